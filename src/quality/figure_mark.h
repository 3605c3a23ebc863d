/* figure_mark.h - which days must be counted anew, written in the transaction that changes their conversations.
 * Floor: quality. A day is the conversation's own: its start on its own clock. insight/ counts what is due.
 * Memory: none. Threads: whoever owns the cs_db, inside its writing transaction.
 * Example: figure_mark(db, seq, &m); ... UPDATE conversation ...; figure_mark(db, seq, &m);
 */
#ifndef CS_QUALITY_FIGURE_MARK_H
#define CS_QUALITY_FIGURE_MARK_H

#include "store/db.h"

#define CS_UNTIMED_DAY (-200000000) /* of conversations without a start */

/* The day since 1970-01-01 on a clock zone_minutes east; CS_NO_TIME: CS_UNTIMED_DAY. */
int64_t figure_day(int64_t started_ms, int64_t zone_minutes);
/* The same in SQL, of the conversation's columns with this prefix ("c."). */
#define CS_FIGURE_DAY_SQL(prefix)                                                                                      \
    "coalesce((" prefix "started_ms + " prefix "zone_minutes * 60000 - ((" prefix "started_ms + " prefix               \
    "zone_minutes * 60000) % 86400000 + 86400000) % 86400000) / 86400000, -200000000)"

/* The day on which the stored conversation stands is due; nothing where there is no such conversation. Call it before and
 * after a change of what is counted: time, zone, agent, team, queue, channel, scores, verdicts, or its being there. */
cs_error figure_mark(cs_db *db, int64_t seq, cs_message *message);

#endif
