/* mapping_set.h - several mappings, and which of them a file is read with.
 * Floor: conversation. The first that fits: given for this very file; one of whose "files" is its name; STEM.mapping.json
 * for STEM.csv; mapping.json without "files", or the one mapping given for all, where its format suits the extension.
 * Memory: the set owns its mappings; they live until mapping_set_free. Threads: read-only, then any.
 * Example: mapping_set_load("mappings/", &set, &m); const cs_mapping *mapping = mapping_set_find(set, "in/calls_0214.csv");
 */
#ifndef CS_CONVERSATION_MAPPING_SET_H
#define CS_CONVERSATION_MAPPING_SET_H

#include "conversation/mapping.h"

#include <stdbool.h>
#include <stddef.h>

enum { CS_MAX_MAPPINGS = 1000 };

typedef struct cs_mapping_set cs_mapping_set;

cs_error mapping_set_create(cs_mapping_set **out, cs_message *message); /* an empty one */
/* A mapping's file: for all files. A folder: its mapping.json and *.mapping.json (not those of folders inside it). Fails at the
 * first that can't be read, its name in the place. */
cs_error mapping_set_load(const char *path, cs_mapping_set **out, cs_message *message);
/* What can't be read goes to on_trouble (may be NULL), the others are added. Finding none is no fault. */
cs_error mapping_set_add_folder(cs_mapping_set *set, const char *folder,
                                void (*on_trouble)(void *context, const char *path, const cs_message *message),
                                void *context, cs_message *message);
/* for_file: the path or end of a path ("a/b.csv") it is for; NULL: for its "files", or for all. */
cs_error mapping_set_add_text(cs_mapping_set *set, const char *for_file, const char *text, size_t bytes,
                              cs_message *message);
const cs_mapping *mapping_set_find(const cs_mapping_set *set, const char *path); /* NULL: none fits */
size_t mapping_set_count(const cs_mapping_set *set);
void mapping_set_free(cs_mapping_set *set);

bool mapping_set_is_mapping_file(const char *path); /* mapping.json, X.mapping.json */

#endif
