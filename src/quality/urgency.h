/* urgency.h - whether a conversation should be inspected before others: the customer speaks of a complaint, exposure or law.
 * Floor: quality. It orders work and nothing else: no verdict depends on it. Memory: none kept. Threads: any.
 * Example: job.is_urgent = urgency_of(conversation, arena);
 */
#ifndef CS_QUALITY_URGENCY_H
#define CS_QUALITY_URGENCY_H

#include "base/arena.h"
#include "conversation/conversation.h"

bool urgency_of(const cs_conversation *conversation, cs_arena *arena);

#endif
