/* figures_walk.h - the cells of a span of days: months where they are whole, days else, and what is due counted on the spot where it
 * is little.
 * Floor: insight. What it says is of one state of the store: call it inside a reading transaction.
 * Memory: blocks in pages; a visit's cell lives during the visit. Threads: whoever owns the cs_db.
 * Example: figures_walk(db, &asked, sum_visit, &sum, &truth, &m); if (!truth.is_settled) say_that_it_is_counted();
 */
#ifndef CS_INSIGHT_FIGURES_WALK_H
#define CS_INSIGHT_FIGURES_WALK_H

#include "insight/figures_refresh.h"
#include "quality/archive.h"

#define CS_FIRST_DAY INT64_MIN
#define CS_LAST_DAY INT64_MAX

typedef enum cs_step_by { CS_STEP_NONE, CS_STEP_DAY, CS_STEP_WEEK, CS_STEP_MONTH } cs_step_by;

typedef struct cs_figures_asked {
    int64_t first_day, last_day; /* last exclusive; all days: CS_FIRST_DAY to CS_LAST_DAY, with those that have none */
    const char *names[CS_DIMENSION_COUNT]; /* NULL: not asked; of channels several with commas */
    unsigned by; /* bit per cs_dimension: told apart in the cells */
    cs_step_by step; /* finest steps that are told apart */
} cs_figures_asked;

/* How far what was visited can be relied on. */
typedef struct cs_figures_truth {
    bool is_settled; /* exact */
    int64_t counted_ms; /* when the oldest of it that isn't was counted; CS_NO_TIME: never, or all is exact */
    int64_t ruleset;
    int64_t first_day, last_day; /* with a conversation; last exclusive; both 0: none with a time */
    int64_t zone_minutes; /* of the newest conversation; 0: none */
    bool
        has_one_zone; /* every conversation of the span and of the days beside it has that zone, as far as is settled */
} cs_figures_truth;

/* day: the first of the day, or month, that the cell is of; CS_UNTIMED_DAY. */
typedef cs_error (*cs_cell_visit)(void *context, int64_t day, const cs_cell *cell, cs_message *message);
cs_error figures_walk(cs_db *db, const cs_figures_asked *asked, cs_cell_visit visit, void *context,
                      cs_figures_truth *truth, cs_message *message);

/* The zone of the newest conversation; 0 where there is none. */
cs_error figures_zone(cs_db *db, int64_t *zone_minutes, cs_message *message);

#endif
