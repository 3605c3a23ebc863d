/* json_annotation.h - what other parts found in a turn, as JSON. Private to conversation/.
 * Floor: conversation. Memory: the arena. Threads: any.
 * Example: json_annotations_read(json_get(turn, "annotations"), &place, arena, turn, &m)
 */
#ifndef CS_CONVERSATION_JSON_ANNOTATION_H
#define CS_CONVERSATION_JSON_ANNOTATION_H

#include "conversation/conversation.h"
#include "conversation/json_object.h"

cs_error json_annotations_read(const cs_json *list, const cs_json_place *turn_place, cs_arena *arena, cs_turn *turn,
                               cs_message *message);
/* The kinds that were looked for. */
cs_error json_annotated_read(const cs_json *list, cs_arena *arena, cs_conversation *conversation, cs_message *message);

#endif
