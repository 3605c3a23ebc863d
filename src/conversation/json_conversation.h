/* json_conversation.h - one JSON object, as docs/formats.md describes it, into one conversation.
 * Floor: conversation, private to the JSON readers. Memory: everything is copied into the arena. Threads: any.
 * Example: code = json_conversation_read(object, arena, &conversation, message);
 */
#ifndef CS_CONVERSATION_JSON_CONVERSATION_H
#define CS_CONVERSATION_JSON_CONVERSATION_H

#include "base/json.h"
#include "conversation/conversation.h"

/* The conversation is finished. On failure message has the place inside the object, such as turns[3].text. */
cs_error json_conversation_read(const cs_json *object, cs_arena *arena, cs_conversation **out, cs_message *message);
/* Its id for a report, when it has one that can be shown; else NULL. Borrowed from the tree. */
const char *json_conversation_id(const cs_json *object);

#endif
