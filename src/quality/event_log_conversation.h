/* event_log_conversation.h - what a conversation tells the event log.
 * Floor: quality. Its own events, and of a call whether a person answered (call.answered) or nobody did (call.offered), as
 * far as some rule waits for them and it is known when they happened and to whose ticket or customer.
 * Memory: none kept. Threads: whoever owns the cs_db; in the caller's transaction.
 * Example: event_log_follow(db, rules, conversation, version > 1, &m);
 */
#ifndef CS_QUALITY_EVENT_LOG_CONVERSATION_H
#define CS_QUALITY_EVENT_LOG_CONVERSATION_H

#include "quality/event_log.h"

/* Appends what is new. is_corrected: the store holds an older text of this conversation; what only that one told is marked
 * withdrawn. Doing it twice changes nothing. */
cs_error event_log_follow(cs_db *db, const cs_ruleset *ruleset, const cs_conversation *conversation, bool is_corrected,
                          cs_message *message);

/* All that the conversation tells, whoever waits for it; at most `most` events, in the arena. */
cs_error conversation_events(const cs_conversation *conversation, cs_arena *arena, cs_log_event *out, uint32_t most,
                             uint32_t *count, cs_message *message);

#endif
