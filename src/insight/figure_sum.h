/* figure_sum.h - cells added up: over the whole span, or for each name or step of time.
 * Floor: insight. Memory: sum_free; sums_free. Threads: one.
 * Example: cs_sum sum; sum_init(&sum, rules, &m); figures_walk(db, &asked, sum_visit, &sum, &truth, &m); sum_free(&sum);
 */
#ifndef CS_INSIGHT_FIGURE_SUM_H
#define CS_INSIGHT_FIGURE_SUM_H

#include "insight/figures_walk.h"

typedef struct cs_sum {
    cs_basics basics;
    cs_rule_count *rules; /* all of the rule set */
    uint32_t rule_count;
    int64_t *waived; /* by rule: of obligations across contacts, -1 of other rules; NULL: none were added */
} cs_sum;

cs_error sum_init(cs_sum *sum, uint32_t rule_count, cs_message *message);
void sum_free(cs_sum *sum);
void sum_add(cs_sum *sum, const cs_cell *cell);
cs_error sum_visit(void *context, int64_t day, const cs_cell *cell, cs_message *message); /* context: the cs_sum */
int64_t sum_not_applicable(const cs_sum *sum, uint32_t rule);

/* Rules across contacts are judged over the event log: their obligations, by the day on which they were opened. They are
 * nobody's, so nothing is visited where one agent, team, queue or channel is asked, or they are told apart. */
typedef struct cs_obligations {
    uint32_t rule;
    int64_t day, met, missed, undecided, waived; /* undecided: with those that wait still */
} cs_obligations;
typedef void (*cs_obligations_visit)(void *context, const cs_obligations *one);
cs_error obligations_walk(cs_db *db, const cs_ruleset *ruleset, const cs_figures_asked *asked, int64_t zone_minutes,
                          cs_obligations_visit visit, void *context, cs_message *message);
cs_error sum_add_obligations(cs_sum *sum, cs_db *db, const cs_ruleset *ruleset, const cs_figures_asked *asked,
                             int64_t zone_minutes, cs_message *message);

/* One sum a name of one dimension. */
typedef struct cs_named_sum {
    char *name; /* NULL: unknown */
    cs_sum sum;
    double badness; /* of the heat map's row */
} cs_named_sum;

enum { CS_MAX_SUMS = 5000 };

typedef struct cs_sums {
    cs_dimension by;
    uint32_t rule_count;
    cs_named_sum **list;
    uint32_t count, room;
    struct cs_arena *arena;
    struct cs_index *index;
    bool is_cut; /* there are more than CS_MAX_SUMS */
} cs_sums;

cs_error sums_init(cs_sums *sums, cs_dimension by, uint32_t rule_count, cs_message *message);
void sums_free(cs_sums *sums);
cs_error sums_visit(void *context, int64_t day, const cs_cell *cell, cs_message *message); /* context: the cs_sums */

#endif
