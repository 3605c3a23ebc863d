/* archive_item.h - one row of the list: the same in the list and among the worst of the summary. Only archive*.c.
 * Floor: quality. ITEM_COLUMNS stands first in the SELECT, with the conversation as c.
 * Memory: none. Threads: whoever owns the statement.
 * Example: "SELECT " ITEM_COLUMNS " FROM conversation c …"; item_write(stmt, rules, out);
 */
#ifndef CS_QUALITY_ARCHIVE_ITEM_H
#define CS_QUALITY_ARCHIVE_ITEM_H

#include "quality/archive.h"

#define ITEM_COLUMNS                                                                                                   \
    "c.id, c.external_id, c.title, c.channel, c.started_ms, c.duration_ms, c.turns, c.agent, c.team, c.queue, "        \
    "c.customer, c.compliance, c.experience, c.risk, c.decided_share, c.high_risk, c.hit, c.missed, c.undecided, "     \
    "c.noted, c.met + c.clean, c.worst, EXISTS (SELECT 1 FROM recording r WHERE r.seq = c.seq)"
enum { ITEM_COLUMN_COUNT = 23 };

void item_write(cs_stmt *stmt, const cs_ruleset *ruleset, cs_json_writer *out);

#endif
