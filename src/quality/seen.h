/* seen.h - which conversations a person has opened, and when last.
 * Floor: quality. One row for each account and conversation, found by its key: lists of a million ask it for each of their rows.
 * Memory: none. Threads: whoever owns the cs_db; writing inside the caller's transaction.
 * Example: seen_mark(db, account->number, "D-AC-0206-01", clock_now_ms(), &m);
 */
#ifndef CS_QUALITY_SEEN_H
#define CS_QUALITY_SEEN_H

#include "base/error.h"
#include "store/db.h"

enum { CS_MOST_SEEN = 200 }; /* of one request */

/* SQL of the moment, of a conversation c for the account :reader; NULL: never. */
#define CS_SEEN_COLUMN "(SELECT s.seen_ms FROM seen s WHERE s.account = :reader AND s.conversation = c.external_id)"

/* id: ours. An unknown one, or one of another agent (agent not NULL), is passed over. */
cs_error seen_mark(cs_db *db, int64_t account, const char *id, const char *agent, int64_t now_ms, cs_message *message);

#endif
