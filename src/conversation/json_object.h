/* json_object.h - checking a JSON object against the keys it may have, with places such as turns[3].text.
 * Floor: conversation, private to what reads JSON here. Memory: borrows from the tree. Threads: any.
 * Example: code = json_object_check(object, keys, KEY_COUNT, &(cs_json_place){"turns", 3, NULL}, message);
 */
#ifndef CS_CONVERSATION_JSON_OBJECT_H
#define CS_CONVERSATION_JSON_OBJECT_H

#include "base/json.h"

/* Where an object stands; NULL: it is the whole. Put into words only when something is wrong. */
typedef struct cs_json_place {
    const char *list; /* "turns" */
    int64_t index; /* from 0; -1: not in a list */
    const struct cs_json_place *outer;
} cs_json_place;

typedef struct cs_json_key {
    const char *name;
    unsigned kinds; /* bits 1 << cs_json_kind */
    bool is_needed;
} cs_json_key;

#define CS_JSON_IS(kind) (1u << (kind))

/* Every member must be known and of its kind; needed ones must be there. null counts as absent. */
cs_error json_object_check(const cs_json *object, const cs_json_key *keys, size_t count, const cs_json_place *place,
                           cs_message *message);
/* Sets message->place to place.key (key NULL: the object itself). */
void json_place_set(cs_message *message, const cs_json_place *place, const char *key);

#endif
