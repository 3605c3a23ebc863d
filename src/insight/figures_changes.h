/* figures_changes.h - two days beside each other, and the same weekdays before: read here, told in figures_changes_write.c.
 * Floor: insight. The day is the centre's last full one with a conversation, unless another is asked; the day before is the
 * last one with a conversation before that, two weeks back at most.
 * Memory: changes_free. Threads: whoever owns the cs_db, inside one reading transaction.
 * Example: changes_read(db, rules, &filter, CS_NO_TIME, &c, &m); changes_write(&c, catalogue, NULL, out); changes_free(&c);
 */
#ifndef CS_INSIGHT_FIGURES_CHANGES_H
#define CS_INSIGHT_FIGURES_CHANGES_H

#include "insight/figures.h"

enum { CS_MAX_MOVED = 12, CS_MAX_MOVED_PARTS = 6 };

/* All of a day, and by each name of it. */
typedef struct cs_changes_day {
    bool is_there;
    int64_t day;
    cs_sum all;
    cs_sums by[CS_DIMENSION_COUNT];
} cs_changes_day;

typedef struct cs_changes {
    cs_figures_asked asked; /* the day */
    cs_figures_truth truth;
    cs_changes_day now, before;
    cs_sum weeks[CS_MOST_USUAL]; /* the same weekday one week before, two … */
    bool has_week[CS_MOST_USUAL]; /* with a conversation of the centre */
    int week_count;
} cs_changes;

/* at_ms: a moment of the day that is asked; CS_NO_TIME: the last full one. */
cs_error changes_read(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, int64_t at_ms, cs_changes *out,
                      cs_message *message);
void changes_free(cs_changes *changes);
/* only: this measure with its parts, whether it moved or not; NULL: those that moved. CS_ERR_MEMORY. */
cs_error changes_write(cs_changes *changes, const cs_measures *catalogue, const cs_measure *only, cs_json_writer *out,
                       cs_message *message);

#endif
