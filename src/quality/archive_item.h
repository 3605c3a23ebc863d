/* archive_item.h - one row of the list: the same in the list and among the worst of the summary. Only archive*.c.
 * Floor: quality. ITEM_COLUMNS stands first in the SELECT, with the conversation as c; bind :reader, the
 * account whose marks of what was seen are told.
 * Memory: none. Threads: whoever owns the statement.
 * Example: "SELECT " ITEM_COLUMNS " FROM conversation c …"; item_write(stmt, rules, out);
 */
#ifndef CS_QUALITY_ARCHIVE_ITEM_H
#define CS_QUALITY_ARCHIVE_ITEM_H

#include "quality/archive_filter.h"
#include "quality/archive_place.h"
#include "quality/seen.h"

#define ITEM_COLUMNS                                                                                                   \
    "c.id, c.external_id, c.title, c.channel, c.started_ms, c.duration_ms, c.turns, c.agent, c.team, c.queue, "        \
    "c.customer, c.compliance, c.experience, c.risk, c.decided_share, c.high_risk, c.hit, c.missed, c.undecided, "     \
    "c.noted, c.met + c.clean, c.worst, EXISTS (SELECT 1 FROM recording r WHERE r.seq = c.seq), " CS_SEEN_COLUMN       \
    ", (SELECT count(*) FROM judgement j WHERE j.conversation = c.external_id AND j.is_current = 1)"
enum { ITEM_COLUMN_COUNT = 25 };

void item_write(cs_stmt *stmt, const cs_ruleset *ruleset, cs_json_writer *out);
void item_open(cs_stmt *stmt, const cs_ruleset *ruleset, cs_json_writer *out); /* the same, left open for more */
/* These rows, which stand in the order of the sorting. */
cs_error items_write(cs_db *db, const cs_ruleset *ruleset, int64_t reader, const cs_sort *sort, const cs_place *rows,
                     size_t count, cs_json_writer *out, cs_message *message);

#endif
