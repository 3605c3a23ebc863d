#include "rules/rule_test.h"

#include "rules/scan.h"

#include <string.h>

enum { ARENA_BYTES = 64 << 20 };

/* The finding that an expectation speaks of: one with its verdict at its turn, else the one that decided the verdict. */
static const cs_finding *find(const cs_verdicts *verdicts, uint32_t rule, const cs_test_expectation *e) {
    const cs_finding *best = NULL;
    for (uint32_t i = 0; i < verdicts->finding_count; i++) {
        const cs_finding *f = &verdicts->findings[i];
        if (f->rule != rule) continue;
        if (f->verdict == e->verdict && (e->at_turn == 0 || f->turn == e->at_turn - 1)) return f;
        if (!best || f->verdict > best->verdict) best = f;
    }
    return best;
}

static bool is_met(const cs_verdicts *verdicts, uint32_t rule, const cs_finding *found, const cs_test_expectation *e) {
    if (verdicts->verdicts[rule] != e->verdict) return false;
    return e->at_turn == 0 || (found && found->verdict == e->verdict && found->turn == e->at_turn - 1);
}

static bool names(const cs_rule_test *test, const char *rule) {
    for (uint32_t k = 0; k < test->expectation_count; k++)
        if (strcmp(test->expectations[k].rule, rule) == 0) return true;
    return false;
}

/* only: of this rule; NULL: of all. */
static cs_error run_tests(cs_ruleset *ruleset, const char *only, cs_on_test_failure on_failure, void *context,
                          cs_test_counts *counts, cs_message *message) {
    const cs_syntax *syntax = ruleset_syntax(ruleset);
    cs_scanner *scanner = NULL;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? scanner_create(ruleset, &scanner, message)
                          : message_set(message, CS_ERR_MEMORY, "out of memory for the tests");
    *counts = (cs_test_counts){0};
    for (uint32_t i = 0; code == CS_OK && i < syntax->test_count; i++) {
        const cs_rule_test *test = &syntax->tests[i];
        cs_verdicts verdicts;
        if (only && !names(test, only)) continue;
        arena_reset(arena);
        code = evaluation_run(scanner, test->conversation, arena, &verdicts, message);
        bool has_failed = false;
        for (uint32_t k = 0; code == CS_OK && k < test->expectation_count; k++) {
            const cs_test_expectation *e = &test->expectations[k];
            if (only && strcmp(e->rule, only) != 0) continue;
            uint32_t rule = ruleset_find(ruleset, e->rule)->index;
            const cs_finding *found = find(&verdicts, rule, e);
            counts->expectations++;
            if (is_met(&verdicts, rule, found, e)) continue;
            has_failed = true;
            cs_test_failure failure = {.file = test->file,
                                       .test = test->name,
                                       .rule = e->rule,
                                       .line = e->line,
                                       .expected = e->verdict,
                                       .actual = verdicts.verdicts[rule],
                                       .reason = verdicts.reasons[rule],
                                       .expected_turn = e->at_turn};
            if (found) {
                failure.actual_turn = found->turn == CS_NO_TURN ? 0 : found->turn + 1;
                failure.evidence = found->evidence;
                failure.evidence_count = found->evidence_count;
            }
            on_failure(context, &failure);
        }
        counts->tests++;
        counts->failed += has_failed;
    }
    scanner_free(scanner);
    arena_free(arena);
    return code;
}

cs_error rule_test_run(cs_ruleset *ruleset, cs_on_test_failure on_failure, void *context, cs_test_counts *counts,
                       cs_message *message) {
    return run_tests(ruleset, NULL, on_failure, context, counts, message);
}

cs_error rule_test_run_of(cs_ruleset *ruleset, const char *rule, cs_on_test_failure on_failure, void *context,
                          cs_test_counts *counts, cs_message *message) {
    return run_tests(ruleset, rule, on_failure, context, counts, message);
}

uint32_t rule_test_count(const cs_ruleset *ruleset, const char *rule) {
    const cs_syntax *syntax = ruleset_syntax(ruleset);
    uint32_t count = 0;
    for (uint32_t i = 0; i < syntax->test_count; i++)
        for (uint32_t k = 0; k < syntax->tests[i].expectation_count; k++)
            count += strcmp(syntax->tests[i].expectations[k].rule, rule) == 0;
    return count;
}
