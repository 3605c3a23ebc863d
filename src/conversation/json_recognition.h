/* json_recognition.h - the member "recognised" of a conversation: which model wrote its words down, and when.
 * Floor: conversation. Memory: the conversation's arena. Threads: any.
 * Example: json_recognition_read(json_get(object, "recognised"), arena, c, message);
 */
#ifndef CS_CONVERSATION_JSON_RECOGNITION_H
#define CS_CONVERSATION_JSON_RECOGNITION_H

#include "base/json.h"
#include "conversation/conversation.h"

/* Absent: nothing is read, nothing written. */
cs_error json_recognition_read(const cs_json *object, cs_arena *arena, cs_conversation *conversation,
                               cs_message *message);
void json_recognition_write(cs_json_writer *out, const cs_conversation *conversation);

#endif
