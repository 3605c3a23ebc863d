/* json_recording.h - the members "recordings" and "voices" of a conversation in JSON. Private to conversation/.
 * Floor: conversation. Memory: the conversation's arena. Threads: one.
 * Example: code = json_recordings_read(object, arena, conversation, message);
 */
#ifndef CS_CONVERSATION_JSON_RECORDING_H
#define CS_CONVERSATION_JSON_RECORDING_H

#include "base/json.h"
#include "conversation/conversation.h"

/* Both members; the participants must be read before. Paths stay as they stand. */
cs_error json_recordings_read(const cs_json *conversation_object, cs_arena *arena, cs_conversation *conversation,
                              cs_message *message);

#endif
