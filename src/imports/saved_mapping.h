/* saved_mapping.h - mappings that are kept under a name, so that next month's export needs no hand.
 * Floor: imports. Memory: buffers are the caller's. Threads: whoever owns the cs_db; writing in the caller's transaction.
 * Names have 1-200 bytes. A mapping that can't be used is not kept.
 * Example: saved_mapping_write(db, "呼叫中心A", json, bytes, now, &m); saved_mapping_read(db, "呼叫中心A", &body, &m);
 */
#ifndef CS_IMPORTS_SAVED_MAPPING_H
#define CS_IMPORTS_SAVED_MAPPING_H

#include "base/arena.h"
#include "base/json.h"
#include "store/db.h"

enum { CS_MAX_MAPPING_NAME = 200, CS_MAX_MAPPING_BYTES = 1 << 20 };

cs_error saved_mapping_write(cs_db *db, const char *name, const char *json, size_t bytes, int64_t now_ms,
                             cs_message *message);
/* body is initialised here, and to be freed in any case. CS_ERR_NOT_FOUND. */
cs_error saved_mapping_read(cs_db *db, const char *name, cs_buffer *body, cs_message *message);
cs_error saved_mapping_delete(cs_db *db, const char *name, cs_message *message); /* CS_ERR_NOT_FOUND */
/* {"items": [{name, kind, format, saved_ms}]}, by name */
cs_error saved_mapping_list(cs_db *db, cs_json_writer *out, cs_message *message);

typedef struct cs_saved_mapping {
    const char *name, *json;
} cs_saved_mapping;

/* All of them, in the arena, by name; at most CS_MAX_SAVED_MAPPINGS. */
enum { CS_MAX_SAVED_MAPPINGS = 1000 };
cs_error saved_mapping_all(cs_db *db, cs_arena *arena, cs_saved_mapping **out, size_t *count, cs_message *message);

#endif
