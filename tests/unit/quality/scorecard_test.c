#include "quality/scorecard.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char rules_text[] =
    "rule a\n  never agent says \"x\"\n  else experience -10 each, max -25, risk +40, mark high-risk\n"
    "rule b\n  expect agent says \"y\"\n  else compliance -15\n"
    "rule c\n  expect agent says \"z\"\n  else compliance fatal\n"
    "rule d\n  expect agent says \"w\"\n  else compliance -85, experience -90\n";

static cs_ruleset *rules;
static cs_arena *arena;

static int set_up(void **state) {
    (void)state;
    char source[2048];
    cs_message message;
    snprintf(source, sizeof source, "%%%%file x.rules %zu\n%s\n", strlen(rules_text), rules_text);
    arena = arena_create(1 << 20);
    return ruleset_restore(source, strlen(source), &rules, &message) == CS_OK && arena ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    ruleset_release(rules);
    arena_free(arena);
    return 0;
}

/* Verdicts of a, b, c, d; a has hits findings. */
static cs_scores score(cs_verdict a, cs_verdict b, cs_verdict c, cs_verdict d, uint32_t hits) {
    cs_verdict all[] = {a, b, c, d};
    cs_reason reasons[4] = {CS_REASON_ABSENT};
    cs_finding findings[16] = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < 4; i++)
        for (uint32_t k = 0; k < (i == 0 ? hits : 1); k++)
            findings[n++] = (cs_finding){.rule = i, .verdict = all[i], .units = 1};
    cs_verdicts verdicts = {
        .verdicts = all, .reasons = reasons, .findings = findings, .rule_count = 4, .finding_count = n};
    cs_scores out;
    cs_message message;
    assert_int_equal(scorecard_compute(rules, &verdicts, arena, &out, &message), CS_OK);
    return out;
}

static void a_clean_conversation_keeps_everything(void **state) {
    (void)state;
    cs_scores s = score(CS_VERDICT_CLEAN, CS_VERDICT_MET, CS_VERDICT_MET, CS_VERDICT_MET, 1);
    assert_int_equal(s.lines[CS_SCORE_COMPLIANCE].total, 100);
    assert_int_equal(s.lines[CS_SCORE_EXPERIENCE].total, 100);
    assert_int_equal(s.lines[CS_SCORE_RISK].total, 0);
    assert_false(s.is_high_risk);
    assert_int_equal(s.lines[CS_SCORE_RISK].term_count, 0);
}

static void each_adds_up_to_its_maximum(void **state) {
    (void)state;
    cs_scores s = score(CS_VERDICT_HIT, CS_VERDICT_MISSED, CS_VERDICT_MET, CS_VERDICT_MET, 3);
    assert_int_equal(s.lines[CS_SCORE_EXPERIENCE].total, 75);
    assert_int_equal(s.lines[CS_SCORE_EXPERIENCE].terms[0].points, -25);
    assert_int_equal(s.lines[CS_SCORE_EXPERIENCE].terms[0].count, 3);
    assert_int_equal(s.lines[CS_SCORE_COMPLIANCE].total, 85);
    assert_int_equal(s.lines[CS_SCORE_RISK].total, 40); /* without each: once a conversation */
    assert_true(s.is_high_risk);
}

static void fatal_zeroes_and_nothing_falls_below_zero(void **state) {
    (void)state;
    cs_scores s = score(CS_VERDICT_CLEAN, CS_VERDICT_MET, CS_VERDICT_MISSED, CS_VERDICT_MISSED, 1);
    assert_int_equal(s.lines[CS_SCORE_COMPLIANCE].total, 0);
    assert_true(s.lines[CS_SCORE_COMPLIANCE].terms[0].is_fatal);
    assert_int_equal(s.lines[CS_SCORE_EXPERIENCE].total, 10);
}

static void undecided_costs_nothing_but_may_hide_the_score(void **state) {
    (void)state;
    cs_scores s = score(CS_VERDICT_CLEAN, CS_VERDICT_UNDECIDED, CS_VERDICT_MET, CS_VERDICT_MET, 1);
    assert_int_equal(s.lines[CS_SCORE_COMPLIANCE].total, 100); /* 185 of 200 decided */
    assert_int_equal(s.lines[CS_SCORE_COMPLIANCE].term_count, 0);
    s = score(CS_VERDICT_CLEAN, CS_VERDICT_MET, CS_VERDICT_UNDECIDED, CS_VERDICT_MET, 1);
    assert_int_equal(s.lines[CS_SCORE_COMPLIANCE].total, CS_NO_SCORE); /* 100 of 200 decided */
    assert_true(s.lines[CS_SCORE_COMPLIANCE].decided_share > 0.49 && s.lines[CS_SCORE_COMPLIANCE].decided_share < 0.51);
}

static void what_is_not_applicable_weighs_nothing(void **state) {
    (void)state;
    cs_scores s = score(CS_VERDICT_NOT_APPLICABLE, CS_VERDICT_NOT_APPLICABLE, CS_VERDICT_NOT_APPLICABLE,
                        CS_VERDICT_NOT_APPLICABLE, 1);
    assert_int_equal(s.lines[CS_SCORE_COMPLIANCE].total, CS_NO_SCORE);
    assert_true(s.lines[CS_SCORE_COMPLIANCE].decided_share < 0);
    assert_true(s.decided_share < 0);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_conversation_keeps_everything),
        cmocka_unit_test(each_adds_up_to_its_maximum),
        cmocka_unit_test(fatal_zeroes_and_nothing_falls_below_zero),
        cmocka_unit_test(undecided_costs_nothing_but_may_hide_the_score),
        cmocka_unit_test(what_is_not_applicable_weighs_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
