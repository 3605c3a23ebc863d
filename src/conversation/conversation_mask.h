/* conversation_mask.h - a conversation as it is shown: numbers and the customer's names covered, everything else the same.
 * Floor: conversation. Turns, words and annotations keep their places, since a covered character stays one character; rules
 * never see it: they read the conversation as it is.
 * Memory: the copy lives in the arena and borrows what it does not cover. Threads: any.
 * Example: conversation_mask(c, arena, &shown); json_export_write(&out, NULL, shown.conversation);
 */
#ifndef CS_CONVERSATION_CONVERSATION_MASK_H
#define CS_CONVERSATION_CONVERSATION_MASK_H

#include "conversation/conversation.h"

typedef struct cs_masked_conversation {
    cs_conversation *conversation;
    uint32_t covered; /* texts of it in which something is covered */
} cs_masked_conversation;

/* false: no memory. */
bool conversation_mask(const cs_conversation *conversation, cs_arena *arena, cs_masked_conversation *out);
/* One turn of a conversation that is not covered, as it is shown; the turn itself where nothing is. NULL: no memory. */
const char *conversation_mask_turn(const cs_conversation *conversation, uint32_t turn, cs_arena *arena, size_t *bytes);
const char *conversation_customer_name(const cs_conversation *conversation); /* NULL: not known */
/* Words of a turn, code points from to to, as they are shown; matched itself where nothing of them is covered. NULL: no
 * memory. Without a turn (CS_NO_PARTICIPANT) they are looked at by themselves. */
const char *conversation_mask_words(const cs_conversation *masked, uint32_t turn, uint32_t from, uint32_t to,
                                    const char *matched, cs_arena *arena);

#endif
