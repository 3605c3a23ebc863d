/* rule_test.h - runs the test blocks that stand beside the rules.
 * Floor: rules. Memory: what on_failure is given lives during the call. Threads: one.
 * Example: rule_test_run(rules, on_failure, NULL, &counts, &m);
 */
#ifndef CS_RULES_RULE_TEST_H
#define CS_RULES_RULE_TEST_H

#include "rules/evaluation.h"

typedef struct cs_test_failure {
    const char *file, *test, *rule;
    uint32_t line;
    cs_verdict expected, actual;
    cs_reason reason;
    uint32_t expected_turn, actual_turn; /* from 1; 0: not asked, or nowhere */
    const cs_evidence *evidence; /* of the finding that was made */
    uint32_t evidence_count;
} cs_test_failure;
typedef void (*cs_on_test_failure)(void *context, const cs_test_failure *failure);

typedef struct cs_test_counts {
    uint32_t tests, failed, expectations;
} cs_test_counts;

cs_error rule_test_run(cs_ruleset *ruleset, cs_on_test_failure on_failure, void *context, cs_test_counts *counts,
                       cs_message *message);

/* Only the tests that expect something of this rule, and of them only that. */
cs_error rule_test_run_of(cs_ruleset *ruleset, const char *rule, cs_on_test_failure on_failure, void *context,
                          cs_test_counts *counts, cs_message *message);

/* How many expectations name the rule: a rule without any is unproven. */
uint32_t rule_test_count(const cs_ruleset *ruleset, const char *rule);

#endif
