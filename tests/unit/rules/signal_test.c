/* Signals: immediate and provisional. They are raised by what is being said, withdrawn when it turns out otherwise,
 * confirmed when they become verdicts; and asking for them changes no verdict and keeps no memory. */
#include "base/hash.h"
#include "rules/evaluation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { AGENT, CUSTOMER, PEOPLE };

typedef struct told { /* what changed since the last look, as lines */
    const cs_ruleset *rules;
    char text[1024];
    size_t used;
} told;

typedef struct stage {
    cs_ruleset *rules;
    cs_scanner *scanner;
    cs_arena *arena;
    cs_evaluation *e;
    cs_participant people[PEOPLE];
    cs_conversation head;
    told told;
} stage;

static cs_ruleset *restored(const char *text) {
    char source[8192];
    cs_ruleset *rules = NULL;
    cs_message m;
    snprintf(source, sizeof source, "%%%%file x.rules %zu\n%s\n", strlen(text), text);
    assert_int_equal(ruleset_restore(source, strlen(source), &rules, &m), CS_OK);
    return rules;
}

static void set_head(cs_conversation *head, cs_participant people[PEOPLE]) {
    people[AGENT] = (cs_participant){.id = "a", .role = CS_ROLE_AGENT};
    people[CUSTOMER] = (cs_participant){.id = "c", .role = CS_ROLE_CUSTOMER};
    *head = (cs_conversation){.external_id = "x",
                              .title = "x",
                              .channel = CS_CHANNEL_CALL,
                              .started_ms = CS_NO_TIME,
                              .participants = people,
                              .participant_count = PEOPLE,
                              .is_timed = true};
}

static void begin(stage *s, const char *rules) {
    cs_message m;
    *s = (stage){.rules = restored(rules), .arena = arena_create(64 << 20)};
    assert_non_null(s->arena);
    set_head(&s->head, s->people);
    s->told.rules = s->rules;
    assert_int_equal(scanner_create(s->rules, &s->scanner, &m), CS_OK);
    assert_int_equal(evaluation_begin(s->scanner, &s->head, s->arena, &s->e, &m), CS_OK);
}

static void end(stage *s) {
    scanner_free(s->scanner);
    arena_free(s->arena);
    ruleset_release(s->rules);
}

static void on_signal(void *context, const cs_signal *signal, cs_signal_change change) {
    static const char *const changes[] = {"raised", "withdrawn", "confirmed"};
    told *t = context;
    bool is_alert = signal->kind == CS_SIGNAL_ALERT;
    int wrote = snprintf(t->text + t->used, sizeof t->text - t->used, "%s %s %s %s at %lld: %s\n", changes[change],
                         is_alert ? "alert" : "prompt", ruleset_rule(t->rules, signal->rule)->name,
                         is_alert ? verdict_name(signal->verdict) : "-", (long long)signal->place_ms, signal->words);
    assert_true(wrote > 0 && (size_t)wrote < sizeof t->text - t->used);
    t->used += (size_t)wrote;
}

static cs_turn turn_of(uint32_t who, int64_t start_ms, int64_t end_ms, const char *text) {
    return (cs_turn){.participant = who,
                     .start_ms = start_ms,
                     .end_ms = end_ms,
                     .text = text,
                     .text_bytes = (uint32_t)strlen(text),
                     .confidence = 0.9f};
}

/* What is told at now, with this being spoken (NULL: nobody speaks). */
static void tells(stage *s, const cs_turn *partial, int64_t now_ms, const char *expected) {
    cs_message m;
    s->told.used = 0;
    s->told.text[0] = 0;
    assert_int_equal(evaluation_signals(s->e, partial, partial != NULL, now_ms, on_signal, &s->told, &m), CS_OK);
    assert_string_equal(s->told.text, expected);
}

static void says(stage *s, const cs_turn *turn) {
    cs_message m;
    assert_int_equal(evaluation_push_turn(s->e, turn, &m), CS_OK);
}

static void advances(stage *s, int64_t watermark_ms) {
    cs_message m;
    assert_int_equal(evaluation_advance(s->e, watermark_ms, &m), CS_OK);
}

/* ---- alerts ---- */

static const char blame[] = "rule blame\n  never agent asserts \"个人问题\"\n  else risk +40, alert supervisor\n";

static void an_alert_is_withdrawn_when_the_final_text_lacks_the_words(void **state) {
    (void)state;
    stage s;
    begin(&s, blame);
    cs_turn heard = turn_of(AGENT, 1000, 3000, "这是您的个人问题"),
            final = turn_of(AGENT, 1000, 4000, "这是您的个人情况");
    cs_turn begun = turn_of(AGENT, 1000, 2000, "这是您的");
    tells(&s, &begun, 2000, "");
    tells(&s, &heard, 3000, "raised alert blame hit at 1000: 个人问题\n");
    tells(&s, &heard, 3100, ""); /* it stands: told once */
    says(&s, &final);
    advances(&s, 4000);
    tells(&s, NULL, 4000, "withdrawn alert blame hit at 1000: 个人问题\n");
    tells(&s, NULL, 5000, "");
    assert_int_equal(evaluation_finding_count(s.e), 0);
    end(&s);
}

static void an_alert_is_withdrawn_when_the_sentence_goes_on_otherwise(void **state) {
    (void)state;
    stage s;
    begin(&s, blame);
    cs_turn heard = turn_of(AGENT, 1000, 3000, "您的个人问题"), more = turn_of(AGENT, 1000, 4000, "您的个人问题吗");
    tells(&s, &heard, 3000, "raised alert blame hit at 1000: 个人问题\n");
    tells(&s, &more, 4000, "withdrawn alert blame hit at 1000: 个人问题\n");
    end(&s);
}

static void an_alert_is_confirmed_when_it_becomes_a_verdict(void **state) {
    (void)state;
    stage s;
    begin(&s, blame);
    cs_turn heard = turn_of(AGENT, 1000, 3000, "这是您的个人问题"), next = turn_of(CUSTOMER, 4000, 5000, "什么");
    tells(&s, &heard, 3000, "raised alert blame hit at 1000: 个人问题\n");
    says(&s, &heard);
    tells(&s, NULL, 3500, ""); /* final, but something earlier may still come: it goes on standing */
    assert_int_equal(evaluation_finding_count(s.e), 0);
    says(&s, &next);
    advances(&s, 4000);
    assert_int_equal(evaluation_finding_count(s.e), 1);
    assert_int_equal(evaluation_finding(s.e, 0)->verdict, CS_VERDICT_HIT);
    tells(&s, NULL, 4000, "confirmed alert blame hit at 1000: 个人问题\n");
    tells(&s, NULL, 5000, ""); /* confirmed once */
    end(&s);
}

static void words_of_the_other_side_alert_nobody(void **state) {
    (void)state;
    stage s;
    begin(&s, blame);
    cs_turn heard = turn_of(CUSTOMER, 1000, 3000, "这是您的个人问题");
    tells(&s, &heard, 3000, "");
    end(&s);
}

static void two_places_are_two_alerts(void **state) {
    (void)state;
    stage s;
    begin(&s, blame);
    cs_turn first = turn_of(AGENT, 1000, 3000, "个人问题"), second = turn_of(AGENT, 4000, 5000, "就是个人问题");
    tells(&s, &first, 3000, "raised alert blame hit at 1000: 个人问题\n");
    says(&s, &first);
    advances(&s, 4000);
    tells(&s, &second, 5000, "raised alert blame hit at 4000: 个人问题\nconfirmed alert blame hit at 1000: 个人问题\n");
    end(&s);
}

static void a_silence_alerts_while_it_lasts(void **state) {
    (void)state;
    stage s;
    begin(&s, "flag quiet\n  when silence > 4s owed by agent\n  then tag 冷场\n");
    cs_turn asked = turn_of(CUSTOMER, 0, 2000, "在吗"), late = turn_of(AGENT, 5500, 7000, "在");
    says(&s, &asked);
    advances(&s, 2000);
    tells(&s, NULL, 6000, ""); /* exactly four seconds are not longer */
    tells(&s, NULL, 6001, "raised alert quiet noted at 0: > 4.0 s\n");
    says(&s, &late); /* it had been said before: it was on its way */
    tells(&s, NULL, 6500, "withdrawn alert quiet noted at 0: > 4.0 s\n");
    end(&s);
}

/* ---- prompts ---- */

static const char sorry[] = "rule sorry\n  when customer says \"太差\"\n"
                            "  expect agent says \"抱歉\" within 2 agent turns after\n"
                            "  prompt at 10s \"请先致歉\"\n  else experience -10\n";

static void a_prompt_is_shown_when_it_was_open_long_enough(void **state) {
    (void)state;
    stage s;
    begin(&s, sorry);
    cs_turn bad = turn_of(CUSTOMER, 1000, 2000, "太差"), reply = turn_of(AGENT, 14000, 15000, "非常抱歉");
    says(&s, &bad);
    advances(&s, 2000);
    tells(&s, NULL, 11999, "");
    tells(&s, NULL, 12000, "raised prompt sorry - at 1000: 请先致歉\n"); /* from the end of the words, inclusive */
    tells(&s, NULL, 13000, "");
    tells(&s, &reply, 15000, "withdrawn prompt sorry - at 1000: 请先致歉\n"); /* met while it is still being said */
    says(&s, &reply);
    advances(&s, 15000);
    tells(&s, NULL, 16000, "");
    assert_int_equal(evaluation_finding_count(s.e), 1);
    assert_int_equal(evaluation_finding(s.e, 0)->verdict, CS_VERDICT_MET);
    end(&s);
}

static void a_prompt_comes_back_when_what_met_it_was_misheard(void **state) {
    (void)state;
    stage s;
    begin(&s, sorry);
    cs_turn bad = turn_of(CUSTOMER, 1000, 2000, "太差"), heard = turn_of(AGENT, 14000, 15000, "抱歉");
    cs_turn final = turn_of(AGENT, 14000, 15000, "报一下");
    says(&s, &bad);
    advances(&s, 2000);
    tells(&s, NULL, 12000, "raised prompt sorry - at 1000: 请先致歉\n");
    tells(&s, &heard, 15000, "withdrawn prompt sorry - at 1000: 请先致歉\n");
    says(&s, &final);
    advances(&s, 15000);
    tells(&s, NULL, 15500, "raised prompt sorry - at 1000: 请先致歉\n");
    end(&s);
}

static void a_prompt_is_not_shown_for_what_is_only_possible(void **state) {
    (void)state;
    stage s;
    begin(&s, sorry);
    cs_turn bad = turn_of(CUSTOMER, 1000, 2000, "太差");
    bad.confidence = 0.3f;
    says(&s, &bad);
    advances(&s, 2000);
    tells(&s, NULL, 60000, "");
    end(&s);
}

static void a_missed_one_alerts_and_takes_its_prompt_back(void **state) {
    (void)state;
    stage s;
    begin(&s, "rule soon\n  when customer says \"太差\"\n  expect agent says \"抱歉\" within 30s after\n"
              "  prompt at 10s \"请先致歉\"\n  else experience -10\n");
    cs_turn bad = turn_of(CUSTOMER, 1000, 2000, "太差");
    says(&s, &bad);
    advances(&s, 2000);
    tells(&s, NULL, 12000, "raised prompt soon - at 1000: 请先致歉\n");
    tells(&s, NULL, 32000, ""); /* the bound is inclusive */
    tells(&s, NULL, 32001, "raised alert soon missed at 1000: 太差\nwithdrawn prompt soon - at 1000: 请先致歉\n");
    advances(&s, 32001);
    tells(&s, NULL, 32100, "confirmed alert soon missed at 1000: 太差\n");
    end(&s);
}

/* ---- verdicts and memory stay as they are ---- */

static const char many[] =
    "words bad = 投诉 | 太差\n"
    "rule r1\n  when customer says bad\n  expect agent says \"抱歉\" within 2 agent turns after\n  prompt at 1s \"p\"\n"
    "rule r2\n  never agent asserts \"个人问题\"\n"
    "rule r3\n  never silence > 2s owed by agent\n"
    "rule r4\n  never agent repeats 2 times of at least 2 characters\n"
    "rule r5\n  never agent interrupts\n"
    "rule r6\n  expect agent says \"录音\" by 4s\n  prompt at 2s \"p\"\n"
    "rule r7\n  never count(customer says bad) >= 2\n"
    "rule r8\n  when agent response time > 1s\n  expect agent says \"抱歉\" within 3s after\n"
    "rule r9\n  never agent pace > 200 or agent overlap > 100ms\n"
    "rule r10\n  expect in order (agent says \"录音\", agent says \"抱歉\")\n"
    "rule r11\n  expect agent sounds like \"致歉\" last 2 agent turns\n"
    "flag r12\n  when duration > 9s and agent turns > 2\n";

static const char *const phrases[] = {"投诉", "太差了", "非常抱歉", "个人问题", "不是个人问题",
                                      "录音", "致谦",   "好的",     "嗯"};
enum { PHRASES = sizeof phrases / sizeof *phrases, MOST_TURNS = 10, MOST_CASES = 500 };

static uint64_t seed;
static uint32_t roll(uint32_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static void make_conversation(cs_conversation *c, cs_participant people[PEOPLE], cs_turn turns[MOST_TURNS]) {
    set_head(c, people);
    int64_t now = 0;
    c->turns = turns;
    c->turn_count = 1 + roll(MOST_TURNS - 1);
    for (uint32_t i = 0; i < c->turn_count; i++) {
        now += roll(3500);
        turns[i] = turn_of(roll(2), now, roll(6) ? now + 200 + roll(3000) : CS_NO_TIME, phrases[roll(PHRASES)]);
        if (!roll(8)) turns[i].confidence = 0.3f;
    }
}

static void ignore(void *context, const cs_signal *signal, cs_signal_change change) {
    (void)signal;
    uint32_t *counts = context;
    counts[change]++;
}

/* Some other words, of anybody, begun at any time up to now. */
static void look_ahead(cs_evaluation *e, int64_t after_ms, int64_t now_ms, uint32_t counts[3]) {
    cs_turn partial[2];
    uint32_t count = roll(3);
    cs_message m;
    int64_t start = after_ms;
    for (uint32_t i = 0; i < count; i++) {
        start += roll(1500);
        partial[i] = turn_of(roll(2), start, start + roll(2000), phrases[roll(PHRASES)]);
    }
    assert_int_equal(evaluation_signals(e, partial, count, now_ms, ignore, counts, &m), CS_OK);
}

static void run(cs_scanner *scanner, const cs_conversation *c, cs_arena *arena, bool with_signals, cs_verdicts *out,
                uint32_t counts[3]) {
    cs_evaluation *e;
    cs_message m;
    assert_int_equal(evaluation_begin(scanner, c, arena, &e, &m), CS_OK);
    for (uint32_t i = 0; i < c->turn_count; i++) {
        int64_t start = c->turns[i].start_ms;
        if (with_signals) look_ahead(e, start, start + roll(8000), counts);
        assert_int_equal(evaluation_push_turn(e, &c->turns[i], &m), CS_OK);
        if (with_signals) look_ahead(e, start, start + roll(8000), counts);
        assert_int_equal(evaluation_advance(e, start, &m), CS_OK);
        if (with_signals) look_ahead(e, start, start + roll(8000), counts);
    }
    assert_int_equal(evaluation_end(e, c, &m), CS_OK);
    evaluation_result(e, out);
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void assert_same(const cs_verdicts *a, const cs_verdicts *b) {
    assert_int_equal(a->finding_count, b->finding_count);
    for (uint32_t i = 0; i < a->rule_count; i++) assert_int_equal(a->verdicts[i], b->verdicts[i]);
    for (uint32_t i = 0; i < a->finding_count; i++) {
        const cs_finding *x = &a->findings[i], *y = &b->findings[i];
        assert_true(x->rule == y->rule && x->ordinal == y->ordinal && x->verdict == y->verdict);
        assert_true(x->reason == y->reason && x->turn == y->turn && x->at_ms == y->at_ms);
        assert_int_equal(x->evidence_count, y->evidence_count);
        for (uint32_t k = 0; k < x->evidence_count; k++) {
            const cs_evidence *p = &x->evidence[k], *q = &y->evidence[k];
            assert_true(p->kind == q->kind && p->turn == q->turn && p->from == q->from && p->to == q->to);
            assert_true(p->at_ms == q->at_ms && p->why == q->why && p->turns_searched == q->turns_searched);
            assert_true(same_text(p->matched, q->matched) && same_text(p->measured, q->measured));
        }
    }
}

static void asking_for_signals_changes_no_verdict(void **state) {
    (void)state;
    cs_ruleset *rules = restored(many);
    cs_scanner *plain_scanner, *asked_scanner;
    cs_message m;
    uint32_t counts[3] = {0};
    assert_int_equal(scanner_create(rules, &plain_scanner, &m), CS_OK);
    assert_int_equal(scanner_create(rules, &asked_scanner, &m), CS_OK);
    cs_arena *a = arena_create(64 << 20), *b = arena_create(64 << 20);
    for (unsigned n = 1; n <= MOST_CASES; n++) {
        cs_conversation c;
        cs_participant people[PEOPLE];
        cs_turn turns[MOST_TURNS];
        cs_verdicts plain, asked;
        seed = n * 0x9E3779B97F4A7C15u;
        make_conversation(&c, people, turns);
        arena_reset(a);
        arena_reset(b);
        run(plain_scanner, &c, a, false, &plain, counts);
        run(asked_scanner, &c, b, true, &asked, counts);
        assert_same(&plain, &asked);
    }
    for (int i = 0; i < 3; i++) assert_true(counts[i] > MOST_CASES); /* the cases raise, withdraw and confirm */
    arena_free(a);
    arena_free(b);
    scanner_free(plain_scanner);
    scanner_free(asked_scanner);
    ruleset_release(rules);
}

static void looking_ahead_keeps_no_memory(void **state) {
    (void)state;
    stage s;
    cs_message m;
    uint32_t counts[3] = {0};
    begin(&s, many);
    cs_turn turns[] = {turn_of(CUSTOMER, 0, 1000, "太差了"), turn_of(AGENT, 1500, 3000, "嗯嗯嗯"),
                       turn_of(CUSTOMER, 5000, 6000, "投诉")};
    for (size_t i = 0; i < 3; i++) says(&s, &turns[i]);
    advances(&s, 6000);
    cs_turn partial = turn_of(AGENT, 7000, 9000, "这是您的个人问题");
    for (int i = 0; i < 10; i++)
        assert_int_equal(evaluation_signals(s.e, &partial, 1, 9000, ignore, counts, &m), CS_OK);
    size_t before = arena_used(s.arena);
    for (int i = 0; i < 20000; i++)
        assert_int_equal(evaluation_signals(s.e, &partial, 1, 9000 + i, ignore, counts, &m), CS_OK);
    assert_true(counts[CS_SIGNAL_RAISED] > 0);
    assert_int_equal(arena_used(s.arena), before);
    end(&s);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_alert_is_withdrawn_when_the_final_text_lacks_the_words),
                                       cmocka_unit_test(an_alert_is_withdrawn_when_the_sentence_goes_on_otherwise),
                                       cmocka_unit_test(an_alert_is_confirmed_when_it_becomes_a_verdict),
                                       cmocka_unit_test(words_of_the_other_side_alert_nobody),
                                       cmocka_unit_test(two_places_are_two_alerts),
                                       cmocka_unit_test(a_silence_alerts_while_it_lasts),
                                       cmocka_unit_test(a_prompt_is_shown_when_it_was_open_long_enough),
                                       cmocka_unit_test(a_prompt_comes_back_when_what_met_it_was_misheard),
                                       cmocka_unit_test(a_prompt_is_not_shown_for_what_is_only_possible),
                                       cmocka_unit_test(a_missed_one_alerts_and_takes_its_prompt_back),
                                       cmocka_unit_test(asking_for_signals_changes_no_verdict),
                                       cmocka_unit_test(looking_ahead_keeps_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
