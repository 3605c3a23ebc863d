/* start_mappings.h - the mappings that were looked at and agreed to when an import was started: put beside the files that
 * they are for, where the pipeline finds them like any other.
 * Floor: imports. Each is checked first: an import does not start with one that can't be used.
 * Memory: none kept. Threads: any. Example: start_mappings_keep(data, 12, json_get(body, "mappings"), &m);
 */
#ifndef CS_IMPORTS_START_MAPPINGS_H
#define CS_IMPORTS_START_MAPPINGS_H

#include "base/json.h"

/* mappings: {"二月/calls.csv": MAPPING, …}; NULL or null: none. Places name the file and the member. */
cs_error start_mappings_keep(const char *data, int64_t import, const cs_json *mappings, cs_message *message);
/* Any JSON as text again: members in the order in which they were read. */
void json_copy(cs_json_writer *out, const char *key, const cs_json *json);

#endif
