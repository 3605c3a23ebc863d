/* join.h - what records say about a conversation becomes part of it: who was responsible, queue, direction, ticket, rating.
 * Floor: records. What the conversation says itself stands; records fill what it leaves open. The conversation as it was read
 * is kept apart (table as_read), so that joining again begins from it.
 * Memory: what is added lives in the conversation's arena. Threads: whoever owns the cs_db.
 * Example: join_apply(db, seq, conversation, arena, &has_changed, &m);
 */
#ifndef CS_RECORDS_JOIN_H
#define CS_RECORDS_JOIN_H

#include "conversation/conversation.h"
#include "store/db.h"

/* has_changed: something was added. CS_ERR_LIMIT and other faults of the conversation leave it half joined: drop it. */
cs_error join_apply(cs_db *db, int64_t seq, cs_conversation *conversation, cs_arena *arena, bool *has_changed,
                    cs_message *message);

/* The next conversation after `after` that is due. 0: none. */
cs_error join_next(cs_db *db, int64_t after, int64_t *seq, cs_message *message);
/* How often it became due (0: it is not), and whether it must be inspected again even when joining changes nothing. */
cs_error join_due(cs_db *db, int64_t seq, int64_t *marks, bool *must_inspect, cs_message *message);
/* It is joined as it was due with so many marks: what became due meanwhile stays due. In the caller's transaction. */
cs_error join_done(cs_db *db, int64_t seq, int64_t marks, cs_message *message);

#endif
