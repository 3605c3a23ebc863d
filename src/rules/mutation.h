/* mutation.h - breaks each rule a little, many times, and reports which breaks no test notices.
 * Floor: rules. A mutant is the rule alone with one change in its text, or in a list or let that it names, run against the
 * tests that name the rule. What does not compile any more is passed over.
 * Memory: what callbacks are given lives during the call. Threads: it starts its own; callbacks come on the caller's, rule
 * by rule in the rule set's order. Example: mutation_run(rules, &watching, &counts, &m); printf("%u of %u", counts.survived, counts.mutants);
 */
#ifndef CS_RULES_MUTATION_H
#define CS_RULES_MUTATION_H

#include "rules/ruleset.h"

enum { CS_MAX_MUTANTS = 40, CS_MAX_FRAME_MUTANTS = 20 }; /* a rule; half of them at most change its frame */

typedef struct cs_mutant {
    const char *rule, *file;
    uint32_t line;
    const char *was, *now; /* now NULL: it was left out */
} cs_mutant;

typedef struct cs_mutation_counts {
    uint32_t rules, untested, failing; /* failing: a test fails without any change, so that mutants say nothing */
    uint32_t mutants, killed, survived, skipped; /* skipped: did not compile, not part of mutants */
    uint32_t tests;
} cs_mutation_counts;

typedef struct cs_mutation_watch {
    unsigned workers; /* 0: one a core */
    void *context;
    void (*on_survivor)(void *context, const cs_mutant *mutant);
    void (*on_rule)(void *context, const cs_rule *rule, const cs_mutation_counts *counts); /* behind its survivors */
} cs_mutation_watch;

cs_error mutation_run(const cs_ruleset *ruleset, const cs_mutation_watch *watch, cs_mutation_counts *counts,
                      cs_message *message);

#endif
