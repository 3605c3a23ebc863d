/* Engine = reference: random rules over random timelines, judged by the reference evaluator (tests/reference), by the engine
 * in one go, and by the engine as a running call under random arrivals. What differs is made small and printed.
 * REFERENCE_CASES: how many timelines; REFERENCE_SEED: from which; REFERENCE_QUICK: stop at the first difference, unshrunk.
 * --operators lists what tests/reference/sabotage.sh breaks. */
#include "../../reference/random.h"
#include "../../reference/reference.h"
#include "base/hash.h"
#include "rules/evaluation.h"
#include "rules/scan.h"
#include "rules/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DEFAULT_CASES = 5000, TIMELINES_A_SET = 20, RULES_A_SET = 6, RULE_BYTES = 4096, ARENA_BYTES = 256 << 20 };

typedef struct judges { /* one rule set, ready to be asked */
    cs_ruleset *rules;
    cs_scanner *batch, *live;
    ref_rules *reference;
} judges;

static cs_arena *arena_a, *arena_b, *arena_c;
static uint64_t live_seed;

static void judges_free(judges *j) {
    reference_free(j->reference);
    scanner_free(j->batch);
    scanner_free(j->live);
    if (j->rules) ruleset_release(j->rules);
    *j = (judges){0};
}

static bool judges_make(const char *text, judges *j) {
    static char source[RULES_A_SET * RULE_BYTES + 4096];
    cs_message m;
    *j = (judges){0};
    snprintf(source, sizeof source, "%%%%file x.rules %zu\n%s\n", strlen(text), text);
    if (ruleset_restore(source, strlen(source), &j->rules, &m) != CS_OK) {
        if (getenv("REFERENCE_TELL")) fprintf(stderr, "%s\n%s\n", m.reason, text);
        return false;
    }
    j->reference = reference_create(ruleset_syntax(j->rules));
    if (scanner_create(j->rules, &j->batch, &m) == CS_OK && scanner_create(j->rules, &j->live, &m) == CS_OK &&
        j->reference)
        return true;
    judges_free(j);
    return false;
}

/* ---- as a running call ---- */

static uint32_t live_roll(uint32_t below) {
    live_seed = live_seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(live_seed >> 33) % below;
}

static void push_untimed(cs_evaluation *e, const cs_conversation *c) {
    cs_message m;
    uint32_t turn = 0, event = 0;
    while (turn < c->turn_count || event < c->event_count) {
        if (event < c->event_count && (turn == c->turn_count || c->events[event].after_turn <= turn))
            assert_int_equal(evaluation_push_event(e, &c->events[event++], &m), CS_OK);
        else
            assert_int_equal(evaluation_push_turn(e, &c->turns[turn++], &m), CS_OK);
        if (live_roll(2)) assert_int_equal(evaluation_advance(e, 0, &m), CS_OK);
    }
}

/* Turns first, then voices, then events: the n-th of them. */
static int64_t start_of(const cs_conversation *c, uint32_t n) {
    if (n < c->turn_count) return c->turns[n].start_ms;
    n -= c->turn_count;
    return n < c->voice_count ? c->voices[n].start_ms : c->events[n - c->voice_count].at_ms;
}

static unsigned list_of(const cs_conversation *c, uint32_t n) {
    return n < c->turn_count ? 0 : n < c->turn_count + c->voice_count ? 1 : 2;
}

static cs_error push_one(cs_evaluation *e, const cs_conversation *c, uint32_t n, cs_message *m) {
    if (n < c->turn_count) return evaluation_push_turn(e, &c->turns[n], m);
    n -= c->turn_count;
    return n < c->voice_count ? evaluation_push_voice(e, &c->voices[n], m)
                              : evaluation_push_event(e, &c->events[n - c->voice_count], m);
}

static int64_t end_of(const cs_conversation *c) {
    int64_t end = 0;
    for (uint32_t i = 0; i < c->event_count; i++)
        if (c->events[i].at_ms > end) end = c->events[i].at_ms;
    for (uint32_t i = 0; i < c->voice_count; i++)
        if (c->voices[i].end_ms > end) end = c->voices[i].end_ms;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        int64_t stop = c->turns[i].end_ms == CS_NO_TIME ? c->turns[i].start_ms : c->turns[i].end_ms;
        if (stop > end) end = stop;
    }
    return end;
}

/* In a shuffled order, but of those that start together the earlier first: that is their order. The watermark never passes
 * what has not arrived. */
static void push_timed(cs_evaluation *e, const cs_conversation *c) {
    cs_message m;
    bool is_pushed[TIMELINE_TURNS + TIMELINE_VOICES + TIMELINE_EVENTS] = {false};
    uint32_t all = c->turn_count + c->voice_count + c->event_count;
    for (uint32_t left = all; left > 0; left--) {
        uint32_t pick = live_roll(all);
        while (is_pushed[pick]) pick = (pick + 1) % all;
        if (live_roll(2))
            for (pick = 0; is_pushed[pick]; pick++) {
            }
        for (uint32_t i = pick; i-- > 0 && list_of(c, i) == list_of(c, pick);)
            if (!is_pushed[i] && start_of(c, i) == start_of(c, pick)) pick = i;
        assert_int_equal(push_one(e, c, pick, &m), CS_OK);
        is_pushed[pick] = true;
        int64_t limit = end_of(c);
        for (uint32_t i = 0; i < all; i++)
            if (!is_pushed[i] && start_of(c, i) < limit) limit = start_of(c, i);
        if (limit > 0 && live_roll(3) == 0) limit -= live_roll((uint32_t)limit);
        if (live_roll(4)) assert_int_equal(evaluation_advance(e, limit, &m), CS_OK);
    }
}

static void run_live(cs_scanner *scanner, const cs_conversation *c, cs_arena *arena, cs_verdicts *out) {
    cs_evaluation *e;
    cs_message m;
    assert_int_equal(evaluation_begin(scanner, c, arena, &e, &m), CS_OK);
    if (c->is_timed)
        push_timed(e, c);
    else
        push_untimed(e, c);
    assert_int_equal(evaluation_end(e, c, &m), CS_OK);
    evaluation_result(e, out);
}

/* ---- comparing ---- */

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_evidence(const cs_evidence *x, const cs_evidence *y) {
    return x->kind == y->kind && x->turn == y->turn && x->from == y->from && x->to == y->to && x->at_ms == y->at_ms &&
           x->why == y->why && same_text(x->matched, y->matched) && same_text(x->by, y->by) &&
           same_text(x->step, y->step) && same_text(x->measured, y->measured) &&
           same_text(x->closed_by, y->closed_by) && x->turns_searched == y->turns_searched &&
           x->from_ms == y->from_ms && x->to_ms == y->to_ms && x->to_turn == y->to_turn;
}

static bool same_finding(const cs_finding *a, const cs_finding *b) {
    if (a->rule != b->rule || a->ordinal != b->ordinal || a->verdict != b->verdict || a->reason != b->reason ||
        a->participant != b->participant || a->turn != b->turn || a->at_ms != b->at_ms || a->units != b->units ||
        a->evidence_count != b->evidence_count)
        return false;
    for (uint32_t i = 0; i < a->evidence_count; i++)
        if (!same_evidence(&a->evidence[i], &b->evidence[i])) return false;
    return true;
}

/* The first rule that the live run judges otherwise; rule_count: none. */
static uint32_t live_differs(const cs_verdicts *a, const cs_verdicts *b) {
    for (uint32_t r = 0; r < a->rule_count; r++)
        if (a->verdicts[r] != b->verdicts[r] || a->reasons[r] != b->reasons[r]) return r;
    for (uint32_t i = 0; i < a->finding_count && i < b->finding_count; i++)
        if (!same_finding(&a->findings[i], &b->findings[i])) return a->findings[i].rule;
    if (a->finding_count == b->finding_count) return a->rule_count;
    return a->finding_count > b->finding_count ? a->findings[b->finding_count].rule
                                               : b->findings[a->finding_count].rule;
}

static const cs_evidence *evidence_of(const cs_finding *f, cs_evidence_kind kind, uint32_t n) {
    for (uint32_t i = 0; i < f->evidence_count; i++)
        if (f->evidence[i].kind == kind && n-- == 0) return &f->evidence[i];
    return NULL;
}

static bool same_span(const cs_evidence *e, const ref_span *s) {
    return e->turn == s->turn && e->from == s->from && e->to == s->to;
}

static bool agrees(const cs_finding *f, const ref_finding *r) {
    const cs_evidence *trigger = evidence_of(f, CS_EVIDENCE_TRIGGER, 0),
                      *near = evidence_of(f, CS_EVIDENCE_NEAR_MISS, 0);
    if (f->rule != r->rule || f->ordinal != r->ordinal || f->verdict != r->verdict || f->reason != r->reason)
        return false;
    if (r->is_place_told && (f->turn != r->turn || f->participant != r->participant)) return false;
    if (f->verdict == CS_VERDICT_MISSED && f->units != r->units) return false;
    if ((trigger != NULL) != r->has_trigger || (trigger && !same_span(trigger, &r->trigger))) return false;
    if (near && near->why == CS_WHY_NONE) return false; /* what counts is no near-miss */
    for (uint32_t i = 0; r->are_matches_told && i < r->match_count; i++) {
        const cs_evidence *match = evidence_of(f, CS_EVIDENCE_MATCH, i);
        if (!match || !same_span(match, &r->matches[i])) return false;
    }
    return !r->are_matches_told || !evidence_of(f, CS_EVIDENCE_MATCH, r->match_count);
}

static bool says_more(const cs_finding *f) {
    return verdict_needs_eye(f->verdict) || f->verdict == CS_VERDICT_MET || evidence_of(f, CS_EVIDENCE_TRIGGER, 0);
}

/* The first rule that the reference judges otherwise; rule_count: none. */
static uint32_t reference_differs(const cs_verdicts *a, const ref_result *b) {
    uint32_t k = 0;
    for (uint32_t r = 0; r < a->rule_count; r++)
        if (a->verdicts[r] != b->verdicts[r] || a->reasons[r] != b->reasons[r]) return r;
    for (uint32_t i = 0; i < a->finding_count; i++) {
        if (!says_more(&a->findings[i])) continue;
        if (k == b->finding_count) return a->findings[i].rule;
        if (!agrees(&a->findings[i], &b->findings[k])) return b->findings[k].rule;
        k++;
    }
    return k < b->finding_count ? b->findings[k].rule : a->rule_count;
}

typedef enum difference { SAME, REFERENCE_DIFFERS, LIVE_DIFFERS } difference;
typedef struct trial {
    timeline work;
    cs_verdicts batch, live;
    ref_result reference;
    uint32_t rule; /* that differs */
} trial;

static difference try(const judges *j, const timeline *t, uint64_t seed, trial *out) {
    cs_message m;
    arena_reset(arena_a);
    arena_reset(arena_b);
    arena_reset(arena_c);
    out->work = *t;
    if (!timeline_finish(&out->work, arena_a)) return SAME;
    const cs_conversation *c = &out->work.conversation;
    live_seed = seed;
    assert_int_equal(evaluation_run(j->batch, c, arena_a, &out->batch, &m), CS_OK);
    run_live(j->live, c, arena_b, &out->live);
    assert_true(reference_run(j->reference, c, arena_c, &out->reference));
    out->rule = reference_differs(&out->batch, &out->reference);
    if (out->rule < out->batch.rule_count) return REFERENCE_DIFFERS;
    out->rule = live_differs(&out->batch, &out->live);
    return out->rule < out->batch.rule_count ? LIVE_DIFFERS : SAME;
}

/* ---- showing ---- */

static void print_span(const char *what, uint32_t turn, uint32_t from, uint32_t to) {
    printf(" %s ", what);
    if (turn == CS_NO_TURN)
        printf("-");
    else
        printf("%u:%u-%u", turn + 1, from, to);
}

static void print_engine(const char *who, const cs_verdicts *v, uint32_t rule, bool is_whole) {
    printf("  %-9s %s (%s)\n", who, verdict_name(v->verdicts[rule]), reason_name(v->reasons[rule]));
    for (uint32_t i = 0; i < v->finding_count; i++) {
        const cs_finding *f = &v->findings[i];
        printf("    rule %u #%u %s (%s)%s, turn %d, by %d, units %u;", f->rule + 1, f->ordinal,
               verdict_name(f->verdict), reason_name(f->reason), says_more(f) ? "" : " -",
               f->turn == CS_NO_TURN ? -1 : (int)f->turn + 1, (int)f->participant, f->units);
        for (uint32_t k = 0; k < f->evidence_count; k++) {
            const cs_evidence *e = &f->evidence[k];
            print_span(evidence_kind_name(e->kind), e->turn, e->from, e->to);
            if (is_whole)
                printf(" (%s %s %s %u, to %d, %lld-%lld)", why_name(e->why), e->measured ? e->measured : "",
                       e->closed_by ? e->closed_by : "", e->turns_searched, (int)e->to_turn + 1, (long long)e->from_ms,
                       (long long)e->to_ms);
        }
        printf("\n");
    }
}

static void print_reference(const ref_result *v, uint32_t rule) {
    printf("  reference %s (%s)\n", verdict_name(v->verdicts[rule]), reason_name(v->reasons[rule]));
    for (uint32_t i = 0; i < v->finding_count; i++) {
        const ref_finding *f = &v->findings[i];
        printf("    rule %u #%u %s (%s), turn %d, by %d, units %u, decided %lld/%d/%d;", f->rule + 1, f->ordinal,
               verdict_name(f->verdict), reason_name(f->reason), f->turn == CS_NO_TURN ? -1 : (int)f->turn + 1,
               (int)f->participant, f->units, f->decided.ms == INT64_MAX ? -1 : (long long)f->decided.ms,
               (int)f->decided.turn, (int)f->decided.offset);
        if (f->has_trigger) print_span("trigger", f->trigger.turn, f->trigger.from, f->trigger.to);
        for (uint32_t k = 0; k < f->match_count; k++)
            print_span("match", f->matches[k].turn, f->matches[k].from, f->matches[k].to);
        printf("\n");
    }
}

static void show(const char *text, const trial *t, difference what) {
    printf("%s\n%s\n",
           what == LIVE_DIFFERS ? "the running call differs from the batch:" : "the engine differs from the reference:",
           text);
    timeline_print(&t->work);
    print_engine("batch", &t->batch, t->rule, what == LIVE_DIFFERS);
    if (what == LIVE_DIFFERS) print_engine("live", &t->live, t->rule, true);
    print_reference(&t->reference, t->rule);
    fflush(stdout);
}

/* ---- making it small ---- */

static char *write_rules(const drawn_rule *rules, unsigned count, unsigned first) {
    static char text[RULES_A_SET * RULE_BYTES];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", random_lists());
    for (unsigned i = 0; i < count; i++) {
        random_write_rule(&rules[i], first + i + 1, text + used, sizeof text - used);
        used += strlen(text + used);
    }
    return text;
}

/* Of rules and timelines, the live arrivals of some seed show the same kind of difference. */
static difference try_some(const judges *j, const timeline *t, uint64_t seed, difference wanted, trial *out) {
    for (uint64_t i = 0; i < (wanted == LIVE_DIFFERS ? 12 : 1); i++)
        if (try(j, t, seed + i, out) == wanted) return wanted;
    return SAME;
}

/* Takes away whatever can go while it still differs. */
static void shrink(drawn_rule *rules, unsigned *count, timeline *t, uint64_t seed, difference what) {
    static trial tried;
    static timeline smaller;
    drawn_rule kept[RULES_A_SET], one;
    judges j;
    for (unsigned i = 0; *count > 1 && i < *count;) { /* rules that don't matter */
        memcpy(kept, rules, sizeof kept);
        memmove(&kept[i], &kept[i + 1], (*count - i - 1) * sizeof *kept);
        bool is_same = judges_make(write_rules(kept, *count - 1, 0), &j) && try_some(&j, t, seed, what, &tried) == what;
        judges_free(&j);
        if (is_same)
            memcpy(rules, kept, sizeof kept), --*count;
        else
            i++;
    }
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        for (unsigned r = 0; r < *count; r++)
            for (unsigned n = 0; random_simpler_rule(&rules[r], n, &one); n++) {
                if (!one.count) continue;
                memcpy(kept, rules, sizeof kept);
                kept[r] = one;
                bool is_same =
                    judges_make(write_rules(kept, *count, 0), &j) && try_some(&j, t, seed, what, &tried) == what;
                judges_free(&j);
                if (!is_same) continue;
                rules[r] = one;
                has_changed = true;
            }
        if (!judges_make(write_rules(rules, *count, 0), &j)) return;
        for (unsigned n = 0; timeline_simpler(t, n, &smaller); n++) {
            if (!smaller.conversation.turn_count || try_some(&j, &smaller, seed, what, &tried) != what) continue;
            *t = smaller;
            has_changed = true;
            n = (unsigned)-1;
        }
        judges_free(&j);
    }
    if (!judges_make(write_rules(rules, *count, 0), &j)) return;
    if (try_some(&j, t, seed, what, &tried) == what) show(write_rules(rules, *count, 0), &tried, what);
    judges_free(&j);
}

/* ---- the property ---- */

static unsigned number_of(const char *name, unsigned otherwise) {
    const char *asked = getenv(name);
    return asked ? (unsigned)strtoul(asked, NULL, 10) : otherwise;
}

static bool draw_set(uint64_t seed, drawn_rule *rules, judges *j) {
    random_seed(seed);
    for (unsigned i = 0; i < RULES_A_SET; i++) {
        for (int tries = 0; tries < 20;
             tries++) { /* a few are too long or need what the grammar does not allow there */
            random_rule(&rules[i]);
            bool is_good = judges_make(write_rules(&rules[i], 1, i), j);
            judges_free(j);
            if (is_good) break;
        }
    }
    return judges_make(write_rules(rules, RULES_A_SET, 0), j);
}

static void engine_equals_reference(void **state) {
    (void)state;
    static trial tried;
    static timeline t;
    drawn_rule rules[RULES_A_SET];
    judges j = {0};
    unsigned cases = number_of("REFERENCE_CASES", DEFAULT_CASES), first = number_of("REFERENCE_SEED", 1), bad = 0,
             sets = 0;
    unsigned most_bad = number_of("REFERENCE_MOST", 1);
    uint32_t seen[CS_VERDICT_COUNT] = {0};
    for (unsigned n = 0; n < cases; n++) {
        if (n % TIMELINES_A_SET == 0) {
            judges_free(&j);
            sets++;
            assert_true(draw_set((uint64_t)first * 1000003 + n / TIMELINES_A_SET, rules, &j));
        }
        uint64_t seed = ((uint64_t)first << 32) + n + 1;
        random_seed(seed);
        random_timeline(&t);
        difference what = try(&j, &t, seed, &tried);
        for (uint32_t r = 0; r < tried.batch.rule_count; r++) seen[tried.batch.verdicts[r]]++;
        if (what == SAME) continue;
        bad++;
        printf("seed %u, case %u (of %u):\n", first, n, cases);
        if (getenv("REFERENCE_QUICK")) break;
        unsigned count = RULES_A_SET;
        shrink(rules, &count, &t, seed, what);
        if (bad >= most_bad) break;
        n += TIMELINES_A_SET - n % TIMELINES_A_SET - 1; /* the next rules */
        if (n + 1 >= cases) break;
    }
    judges_free(&j);
    printf("seed %u: %u cases, %u rule sets, %u differ; not applicable %u, clean %u, met %u, undecided %u, noted %u, "
           "missed %u, hit %u\n",
           first, cases, sets, bad, seen[0], seen[CS_VERDICT_CLEAN], seen[CS_VERDICT_MET], seen[CS_VERDICT_UNDECIDED],
           seen[CS_VERDICT_NOTED], seen[CS_VERDICT_MISSED], seen[CS_VERDICT_HIT]);
    assert_int_equal(bad, 0);
}

/* Every operator and window that rules are drawn with. What a facts book says needs one: tests/unit/rules/facts_test.c. */
static int list_operators(void) {
    for (const cs_vocable *row = vocabulary; row->word; row++)
        if ((row->family == FAMILY_OPERATOR || row->family == FAMILY_WINDOW) && row->operator!= OPERATOR_FACT)
            printf("%s\n", row->word);
    return 0;
}

int main(int count, char **words) {
    if (!hash_start()) return 1;
    if (count > 1 && strcmp(words[1], "--operators") == 0) return list_operators();
    arena_a = arena_create(ARENA_BYTES);
    arena_b = arena_create(ARENA_BYTES);
    arena_c = arena_create(ARENA_BYTES);
    const struct CMUnitTest tests[] = {cmocka_unit_test(engine_equals_reference)};
    int code = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena_a);
    arena_free(arena_b);
    arena_free(arena_c);
    return code;
}
