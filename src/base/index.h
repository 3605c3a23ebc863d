/* index.h - from a name (any bytes) to a number: names that must be unique, equal things that are kept once.
 * Floor: base. Grows by doubling; nothing is removed.
 * Memory: the arena; keys must live as long as the index. Threads: one while it grows, then read-only.
 * Example: index_add(&names, "apology", 7, 3, arena); index_find(&names, "apology", 7) gives 3
 */
#ifndef CS_BASE_INDEX_H
#define CS_BASE_INDEX_H

#include "base/arena.h"

typedef struct cs_index { /* zeroed: empty */
    struct cs_index_slot *slots;
    uint32_t room, count;
} cs_index;

#define CS_INDEX_NONE UINT32_MAX

uint32_t index_find(const cs_index *index, const void *key, size_t bytes); /* CS_INDEX_NONE: it is not there */
/* The key must not be there yet; value below CS_INDEX_NONE. false: out of memory. */
bool index_add(cs_index *index, const void *key, size_t bytes, uint32_t value, cs_arena *arena);

#endif
