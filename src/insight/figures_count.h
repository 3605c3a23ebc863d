/* figures_count.h - a day counted from its conversations, as they stand in the store.
 * Floor: insight. Memory: flat: rows are read in pages. Threads: whoever owns the cs_db, inside a transaction, so that all
 * pages are of one state.
 * Example: figures_count_day(db, day, ruleset, 0, NULL, set, &span, &m);
 */
#ifndef CS_INSIGHT_FIGURES_COUNT_H
#define CS_INSIGHT_FIGURES_COUNT_H

#include "insight/figure_set.h"
#include "quality/figure_mark.h"
#include "store/db.h"

#include <stdatomic.h>

typedef struct cs_counted_day {
    int64_t conversations;
    int64_t zone_least, zone_most; /* of its conversations; 0 where there are none */
    bool is_cut; /* it has more than most: the set holds a part and is of no use */
} cs_counted_day;

/* ruleset: the number whose verdicts count. most: conversations at most; 0: all. is_stopped: looked at between pages, NULL:
 * never; then CS_ERR_STOPPED. */
cs_error figures_count_day(cs_db *db, int64_t day, int64_t ruleset, int64_t most, const atomic_bool *is_stopped,
                           cs_figure_set *set, cs_counted_day *out, cs_message *message);

#endif
