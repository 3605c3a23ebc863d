/* mapping_reader.h - from the JSON of a mapping to the mapping: one function a group of keys.
 * Floor: conversation, private to mappings. Memory: all in the mapping's arena. Threads: one at a time.
 * Each fails with place and remedy. mapping_read does them in the order in which they need each other.
 * Example: code = mapping_read(m, json, message);
 */
#ifndef CS_CONVERSATION_MAPPING_READER_H
#define CS_CONVERSATION_MAPPING_READER_H

#include "base/json.h"
#include "conversation/mapping_columns.h"

cs_error mapping_read(cs_mapping *mapping, const cs_json *json, cs_message *message);

/* Private to mapping_read*.c. */
cs_error mapping_refuse(cs_message *message, const char *place, const char *reason, const char *remedy);
cs_error mapping_no_memory(cs_message *message);
const char *mapping_text_of(const cs_json *object, const char *key); /* NULL: absent */
cs_error mapping_copy(cs_mapping *mapping, const char *text, const char **slot, cs_message *message); /* "" is none */
cs_error mapping_read_columns(cs_mapping *mapping, const cs_json *json, cs_message *message);
/* value: a name, a path or a number from 1. */
cs_error mapping_read_column(cs_mapping *mapping, const cs_json *value, const char *place, cs_column *out,
                             cs_message *message);
cs_error mapping_check_columns(const cs_mapping *mapping,
                               cs_message *message); /* those the kind needs; after all else */
cs_error mapping_read_turns(cs_mapping *mapping, const cs_json *json, cs_message *message);
cs_error mapping_read_words(cs_mapping *mapping, const cs_json *json, cs_message *message); /* speakers, directions … */
bool mapping_is_mapped(const cs_mapping *mapping, cs_column_use use);

#endif
