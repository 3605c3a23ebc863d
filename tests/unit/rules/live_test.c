/* Live = batch: the same timeline under any arrival schedule and any cut of the watermark gives the same findings with the
 * same evidence in the same order. Random timelines over a small vocabulary, a rule set that uses every live operator. */
#include "base/hash.h"
#include "rules/evaluation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char rules_text[] =
    "words bad = 投诉 | 太差\n"
    "words sorry = 抱歉 | 对不起\n"
    "let   solved = customer says \"好了\" unless in \"好了吗\"\n"
    "let   broken = customer says \"还是不行\"\n"
    "rule r01\n  when customer says bad\n  expect agent says sorry within 2 agent turns after\n"
    "rule r02\n  when customer says bad\n  expect agent says sorry within 4s after\n"
    "rule r03\n  never agent asserts \"个人问题\"\n  else risk +40 each, max +80\n"
    "rule r04\n  expect agent says \"录音\" by 6s\n"
    "rule r05\n  expect agent says \"您好\" first 1 agent turns\n"
    "rule r06\n  expect agent says \"再见\" last 2 agent turns\n"
    "rule r07\n  expect agent says \"核实\" before agent says \"退款\"\n"
    "rule r08\n  when customer says bad, once\n  expect agent says sorry until agent says \"退款\"\n"
    "rule r09\n  when customer says \"漏水\", once\n  expect steps\n    a : agent says \"远程\"\n    b : agent says "
    "\"上门\" if broken after a\n"
    "    c : agent says \"换机\" if broken after b\n  waived by solved\n  else compliance -5 each, max -15\n"
    "rule r10\n  never count(agent says \"稍等\") >= 2 within 6 turns after\n"
    "flag r11\n  when count(customer says bad) >= 2 and not agent says sorry\n"
    "rule r12\n  when customer says bad\n  never agent says \"不知道\" within 3 turns around\n"
    "rule r13\n  expect agent says sorry or (agent says \"核实\" and not agent says \"不知道\") first 3 agent turns\n"
    "rule r14\n  when agent says \"退款\"\n  expect agent says \"核实\" within 5s before\n"
    "rule r15\n  for call where vip = true\n  expect agent says sorry\n"
    "rule r16\n  when customer says /不[行管]/\n  expect agent says \"上门\" within 10s after, strict\n"
    "rule r17\n  when customer says bad and agent says \"退款\"\n  expect agent says sorry anywhere\n"
    "rule r18\n  when anyone says \"漏水\"\n  expect agent says \"远程\" after customer says \"好了\"\n  waived by "
    "broken\n"
    "flag r19\n  when customer says \"好了\" last 4s\n"
    "rule r20\n  never agent says \"退款\" first 5s\n"
    "rule r21\n  never agent says \"退款\"\n  waived by customer says \"好了\"\n"
    "rule r22\n  when count(customer says bad) >= 2\n  expect agent says sorry within 1 agent turns after\n  waived by "
    "customer says \"好了\" and "
    "customer says \"嗯\"\n"
    "rule r23\n  when customer says bad\n  expect agent says sorry within 3 agent turns after or agent says \"核实\" "
    "within 4s after\n"
    "rule r24\n  when customer says bad, once\n  expect (agent says sorry by 8s) within 6s around\n"
    "rule r25\n  when not agent says \"您好\" first 3s\n  expect agent says sorry\n  waived by not customer says "
    "\"嗯\" within 5s after\n";

static const char *const phrases[] = {
    "投诉", "太差了", "抱歉", "对不起", "好了", "好了吗", "还是不行", "这是个人问题", "这不是个人问题", "录音", "您好",
    "再见", "核实",   "退款", "漏水",   "远程", "上门",   "换机",     "稍等",         "不知道",         "嗯",   "不管"};
enum { PHRASES = sizeof phrases / sizeof *phrases, MOST_TURNS = 14, DEFAULT_CASES = 5000 };

static uint64_t seed;
static uint32_t roll(uint32_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

typedef struct world {
    cs_conversation conversation;
    cs_participant participants[5];
    cs_turn turns[MOST_TURNS];
    cs_event events[1];
    cs_field fields[1];
    char texts[MOST_TURNS][64];
} world;

static void make_world(world *w) {
    static const cs_role roles[] = {CS_ROLE_AGENT, CS_ROLE_CUSTOMER, CS_ROLE_BOT, CS_ROLE_SYSTEM, CS_ROLE_UNDECIDED};
    memset(w, 0, sizeof *w);
    cs_conversation *c = &w->conversation;
    *c = (cs_conversation){.external_id = "x",
                           .title = "x",
                           .channel = roll(8) ? CS_CHANNEL_CALL : CS_CHANNEL_UNKNOWN,
                           .started_ms = CS_NO_TIME,
                           .participants = w->participants,
                           .turns = w->turns,
                           .events = w->events,
                           .fields = w->fields,
                           .participant_count = 5,
                           .turn_count = 1 + roll(MOST_TURNS - 1),
                           .is_timed = true};
    for (uint32_t i = 0; i < 5; i++) w->participants[i] = (cs_participant){.id = "p", .role = roles[i]};
    int64_t now = 0;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        uint32_t who = roll(20);
        now += roll(3) ? roll(3000) : 0;
        snprintf(w->texts[i], sizeof w->texts[i], "%s%s%s", phrases[roll(PHRASES)], roll(3) ? "" : ",",
                 roll(3) ? "" : phrases[roll(PHRASES)]);
        w->turns[i] = (cs_turn){.participant = who < 9    ? 0
                                               : who < 17 ? 1
                                                          : who - 15,
                                .start_ms = now,
                                .end_ms = roll(4) ? now + roll(2500) : CS_NO_TIME,
                                .text = w->texts[i],
                                .text_bytes = (uint32_t)strlen(w->texts[i]),
                                .confidence = roll(12) ? 0.9f : 0.3f};
        if (w->turns[i].participant > 4) w->turns[i].participant = 2;
    }
    if (roll(2)) { /* the stored end: nothing is later, the watermark may run up to it */
        c->event_count = 1;
        w->events[0] = (cs_event){.kind = "hang-up", .at_ms = now + roll(9000), .participant = roll(2)};
    }
    if (roll(2)) {
        c->field_count = 1;
        w->fields[0] = (cs_field){.name = "vip", .value = roll(2) ? "true" : "false", .kind = CS_FIELD_BOOL};
    }
}

static int64_t end_of(const world *w) {
    int64_t end = w->conversation.event_count ? w->events[0].at_ms : 0;
    for (uint32_t i = 0; i < w->conversation.turn_count; i++) {
        const cs_turn *t = &w->turns[i];
        int64_t stop = t->end_ms != CS_NO_TIME ? t->end_ms : t->start_ms;
        if (stop > end) end = stop;
    }
    return end;
}

/* Pushes in a shuffled order and advances the watermark at random, never past what has not arrived. */
static void run_live(cs_scanner *scanner, const world *w, cs_arena *arena, cs_verdicts *out) {
    const cs_conversation *c = &w->conversation;
    cs_evaluation *e;
    cs_message m;
    bool is_pushed[MOST_TURNS] = {false};
    bool has_event = c->event_count == 0;
    uint32_t left = c->turn_count;
    assert_int_equal(evaluation_begin(scanner, c, arena, &e, &m), CS_OK);
    while (left > 0) {
        uint32_t pick = roll(c->turn_count), oldest = 0;
        while (is_pushed[oldest]) oldest++;
        if (is_pushed[pick]) pick = oldest;
        for (uint32_t i = 0; i < pick;
             i++) /* of turns that start together the earlier arrives first: that is their order */
            if (!is_pushed[i] && w->turns[i].start_ms == w->turns[pick].start_ms) pick = i;
        assert_int_equal(evaluation_push_turn(e, &w->turns[pick], &m), CS_OK);
        is_pushed[pick] = true;
        left--;
        if (!has_event && roll(4) == 0) {
            assert_int_equal(evaluation_push_event(e, &w->events[0], &m), CS_OK);
            has_event = true;
        }
        int64_t limit = end_of(w);
        for (uint32_t i = 0; i < c->turn_count; i++)
            if (!is_pushed[i] && w->turns[i].start_ms < limit) limit = w->turns[i].start_ms;
        if (!has_event && w->events[0].at_ms < limit) limit = w->events[0].at_ms;
        if (roll(3))
            assert_int_equal(
                evaluation_advance(e, limit > 0 ? limit - (int64_t)roll(2) * roll((uint32_t)limit + 1) : 0, &m), CS_OK);
    }
    if (!has_event) assert_int_equal(evaluation_push_event(e, &w->events[0], &m), CS_OK);
    assert_int_equal(evaluation_end(e, c, &m), CS_OK);
    evaluation_result(e, out);
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_finding(const cs_finding *a, const cs_finding *b) {
    if (a->rule != b->rule || a->ordinal != b->ordinal || a->verdict != b->verdict || a->reason != b->reason ||
        a->participant != b->participant || a->turn != b->turn || a->at_ms != b->at_ms || a->units != b->units ||
        a->evidence_count != b->evidence_count)
        return false;
    for (uint32_t i = 0; i < a->evidence_count; i++) {
        const cs_evidence *x = &a->evidence[i], *y = &b->evidence[i];
        if (x->kind != y->kind || x->turn != y->turn || x->from != y->from || x->to != y->to || x->at_ms != y->at_ms ||
            x->why != y->why || !same_text(x->matched, y->matched) || !same_text(x->by, y->by) ||
            !same_text(x->step, y->step) || !same_text(x->closed_by, y->closed_by) ||
            x->turns_searched != y->turns_searched || x->from_ms != y->from_ms || x->to_ms != y->to_ms ||
            x->to_turn != y->to_turn)
            return false;
    }
    return true;
}

static void print_world(const cs_ruleset *rules, const world *w, const cs_verdicts *a, const cs_verdicts *b) {
    static const char *const names[] = {"agent", "customer", "bot", "system", "undecided"};
    for (uint32_t i = 0; i < w->conversation.turn_count; i++)
        print_error("%2u %6lld-%6lld %-9s %s %.1f\n", i + 1, (long long)w->turns[i].start_ms,
                    w->turns[i].end_ms == CS_NO_TIME ? -1 : (long long)w->turns[i].end_ms,
                    names[w->turns[i].participant], w->texts[i], (double)w->turns[i].confidence);
    if (w->conversation.event_count) print_error("hang-up at %lld\n", (long long)w->events[0].at_ms);
    const cs_verdicts *both[] = {a, b};
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < both[k]->finding_count; i++) {
            const cs_finding *f = &both[k]->findings[i];
            print_error("%s %s #%u %s %s turn %d at %lld, %u evidence\n", k ? "live " : "batch",
                        ruleset_rule(rules, f->rule)->name, f->ordinal, verdict_name(f->verdict),
                        reason_name(f->reason), f->turn == CS_NO_TURN ? -1 : (int)f->turn + 1, (long long)f->at_ms,
                        f->evidence_count);
        }
}

static void live_equals_batch(void **state) {
    (void)state;
    char source[8192];
    cs_ruleset *rules;
    cs_scanner *batch_scanner, *live_scanner;
    cs_message m;
    uint32_t seen[CS_VERDICT_COUNT] = {0};
    snprintf(source, sizeof source, "%%%%file x.rules %zu\n%s\n", strlen(rules_text), rules_text);
    assert_int_equal(ruleset_restore(source, strlen(source), &rules, &m), CS_OK);
    assert_int_equal(scanner_create(rules, &batch_scanner, &m), CS_OK);
    assert_int_equal(scanner_create(rules, &live_scanner, &m), CS_OK);
    cs_arena *a = arena_create(64 << 20), *b = arena_create(64 << 20);
    const char *asked = getenv("LIVE_CASES");
    unsigned cases = asked ? (unsigned)strtoul(asked, NULL, 10) : DEFAULT_CASES;
    for (unsigned n = 1; n <= cases; n++) {
        world w;
        cs_verdicts batch, live;
        seed = n * 0x9E3779B97F4A7C15u;
        make_world(&w);
        arena_reset(a);
        arena_reset(b);
        assert_int_equal(evaluation_run(batch_scanner, &w.conversation, a, &batch, &m), CS_OK);
        run_live(live_scanner, &w, b, &live);
        bool is_same = batch.finding_count == live.finding_count;
        for (uint32_t i = 0; is_same && i < batch.finding_count; i++) {
            is_same = same_finding(&batch.findings[i], &live.findings[i]);
            if (!is_same) print_error("finding %u differs\n", i);
        }
        if (!is_same) {
            print_error("case %u\n", n);
            print_world(rules, &w, &batch, &live);
        }
        assert_true(is_same);
        for (uint32_t i = 0; i < batch.rule_count; i++) {
            assert_int_equal(batch.verdicts[i], live.verdicts[i]);
            assert_int_equal(batch.reasons[i], live.reasons[i]);
            seen[batch.verdicts[i]]++;
        }
    }
    for (int v = 0; v < CS_VERDICT_COUNT; v++) assert_true(seen[v] > cases / 10); /* the cases reach every verdict */
    arena_free(a);
    arena_free(b);
    scanner_free(batch_scanner);
    scanner_free(live_scanner);
    ruleset_release(rules);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(live_equals_batch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
