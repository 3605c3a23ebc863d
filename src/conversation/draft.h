/* draft.h - a conversation while a reader builds it turn by turn, without knowing how many come.
 * Floor: conversation, private to the readers. Memory: all in the draft's arena, which draft_take or draft_drop ends.
 * Threads: one at a time. Example: cs_draft d; if (!draft_start(&d)) …; cs_turn *t = draft_turn(&d); … draft_drop(&d);
 */
#ifndef CS_CONVERSATION_DRAFT_H
#define CS_CONVERSATION_DRAFT_H

#include "conversation/conversation.h"

typedef struct cs_draft {
    cs_arena *arena;
    cs_conversation *c;
    uint32_t participant_room, turn_room, event_room, field_room;
} cs_draft;

bool draft_start(cs_draft *draft);
/* Goes on with a conversation that stands in this arena; its lists are copied when they grow. */
cs_draft draft_of(cs_conversation *conversation, cs_arena *arena);
void draft_drop(cs_draft *draft); /* frees what was not taken */
/* Each gives a fresh entry at the end, or NULL at the limit or without memory (draft_why tells which). */
cs_turn *draft_turn(cs_draft *draft); /* without times, confidence and words */
cs_event *draft_event(cs_draft *draft); /* nobody's, without time, at the end */
cs_participant *draft_participant(cs_draft *draft);
/* Sets a field, over the value it had. */
cs_error draft_field(cs_draft *draft, const char *name, const char *value, cs_message *message);
cs_error draft_why(const cs_draft *draft, cs_message *message);
/* Sets *slot once; empty text is unknown. */
cs_error draft_text(cs_draft *draft, const char **slot, const char *text, cs_message *message);

#endif
