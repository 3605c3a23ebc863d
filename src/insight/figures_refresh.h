/* figures_refresh.h - counts anew what is due: days from their conversations, months from their days.
 * Floor: insight. Whoever changes a conversation marks its day in the same transaction (quality/figure_mark.h), so what is not
 * due is exact. Counting is done outside of the write lock; writing a day is one short transaction. It may be killed at any
 * moment, and any number of processes may do it at once.
 * Memory: one day or month at a time. Threads: any; it opens its own handles.
 * Example: figures_refresh("callscope-data", true, NULL, &work, &m);
 */
#ifndef CS_INSIGHT_FIGURES_REFRESH_H
#define CS_INSIGHT_FIGURES_REFRESH_H

#include "base/error.h"
#include "insight/figure_block.h"
#include "store/db.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { CS_GRAIN_DAY, CS_GRAIN_MONTH, CS_MAX_SPANS = 200000 };

/* A day or month as the store knows it. */
typedef struct cs_span {
    int64_t start, marks, counted;
    int64_t counted_ms, ruleset; /* CS_NO_TIME, 0: never counted */
    int64_t conversations, zone_least, zone_most;
} cs_span;

typedef struct cs_spans {
    cs_span *list; /* ascending */
    size_t count;
} cs_spans;

/* Those from first to last, last exclusive. spans_free releases them. */
cs_error spans_read(cs_db *db, int grain, int64_t first, int64_t last, cs_spans *out, cs_message *message);
void spans_free(cs_spans *spans);
bool span_is_due(const cs_span *span, int64_t ruleset);

typedef struct cs_figures_work {
    int64_t days, months; /* counted */
    bool is_left; /* something is due still: it changed meanwhile, or its month was left for later */
} cs_figures_work;

/* is_done: nothing more comes soon, so months that changed just now are summed too; without it only those whose last day was
 * counted a minute ago. Does nothing, and writes nothing, where nothing is due or no rule set was ever used. */
cs_error figures_refresh(const char *data, bool is_done, const atomic_bool *is_stopped, cs_figures_work *work,
                         cs_message *message);
/* Whether a refresh might do something: a look that costs next to nothing. */
cs_error figures_are_due(cs_db *db, bool *out, cs_message *message);
/* All days are due: for a store whose figures are damaged. */
cs_error figures_forget(const char *data, cs_message *message);

#endif
