/* backtest_plan.h - what differs between two rule sets, and the small rule sets that hold only what differs.
 * Floor: quality. Rules are paired by name. A rule differs when its text does, or a list, let, calendar or book that it names
 * (comments, blanks and order don't count); a rule that does not differ is not evaluated.
 * Memory: plan_free releases all but the two whole rule sets, which must live longer. Threads: read-only once made.
 * Example: plan_make(old_rules, new_rules, &plan, &m); for (uint32_t i = 0; i < plan->count; i++) plan->compared[i].change
 */
#ifndef CS_QUALITY_BACKTEST_PLAN_H
#define CS_QUALITY_BACKTEST_PLAN_H

#include "base/arena.h"
#include "rules/ruleset.h"

typedef enum cs_rule_change { CS_RULE_CHANGED, CS_RULE_ADDED, CS_RULE_REMOVED } cs_rule_change;

#define CS_NO_RULE UINT32_MAX

typedef struct cs_compared { /* a rule that differs */
    cs_rule_change change;
    const cs_rule *old_rule, *new_rule; /* of the whole rule sets; NULL: it has none */
    uint32_t old_part, new_part; /* its place in the parts */
} cs_compared;

typedef struct cs_backtest_plan {
    cs_arena *arena;
    cs_ruleset *old_rules, *new_rules; /* whole */
    cs_ruleset *old_part, *new_part; /* only what differs; NULL: nothing */
    cs_compared *compared;
    uint32_t count, same; /* that differ; that don't */
    const uint32_t *old_of_new; /* for each rule of new_rules its place in old_rules, CS_NO_RULE where it differs */
    const uint32_t *compared_old,
        *compared_new; /* for each rule its place in compared, CS_NO_RULE where it is the same */
} cs_backtest_plan;

cs_error plan_make(cs_ruleset *old_rules, cs_ruleset *new_rules, cs_backtest_plan **out, cs_message *message);
void plan_free(cs_backtest_plan *plan); /* NULL is allowed */

#endif
