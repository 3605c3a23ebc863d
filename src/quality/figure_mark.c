#include "quality/figure_mark.h"

#include "base/clock.h"

enum { DAY_MS = 86400000, MINUTE_MS = 60000 };

int64_t figure_day(int64_t started_ms, int64_t zone_minutes) {
    if (started_ms == CS_NO_TIME) return CS_UNTIMED_DAY;
    int64_t ms = started_ms + zone_minutes * MINUTE_MS;
    return (ms - (ms % DAY_MS + DAY_MS) % DAY_MS) / DAY_MS;
}

/* While a day waits already, and nobody has begun to count it, it is left alone: a day of imports is written once. */
cs_error figure_mark(cs_db *db, int64_t seq, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db,
        "INSERT INTO figure_span (grain, start, marks, taken, counted, conversations) "
        "SELECT 0, " CS_FIGURE_DAY_SQL("c.") ", 1, 0, 0, 0 FROM conversation c WHERE c.seq = :seq "
                                             "ON CONFLICT (grain, start) DO UPDATE SET marks = figure_span.marks + 1 "
                                             "WHERE figure_span.marks = figure_span.taken",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    return db_run(stmt, message);
}
