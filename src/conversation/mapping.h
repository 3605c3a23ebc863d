/* mapping.h - which column of a CSV or TSV means what.
 * Floor: conversation. A mapping is a small JSON file; docs/formats.md describes it.
 * Memory: mapping_load gives one to release with mapping_free. Threads: read-only, then any.
 * Example: cs_mapping *m; mapping_load("jddc.mapping.json", &m, &message);
 */
#ifndef CS_CONVERSATION_MAPPING_H
#define CS_CONVERSATION_MAPPING_H

#include "base/error.h"
#include "base/hash.h"

typedef struct cs_mapping cs_mapping;

cs_error mapping_load(const char *path, cs_mapping **out, cs_message *message);
void mapping_free(cs_mapping *mapping);
cs_hash mapping_hash(const cs_mapping *mapping); /* of its file: a changed mapping means reading again */

#endif
