/* seen_ids.h - which conversations of a file began already: a set of 128-bit hashes, so that memory stays small.
 * Floor: conversation, private to the reader of rows. Memory: seen_ids_free releases it. Threads: one at a time.
 * Example: bool is_new; if (!seen_ids_add(&seen, hash_bytes(id, length), &is_new)) out of memory
 */
#ifndef CS_CONVERSATION_SEEN_IDS_H
#define CS_CONVERSATION_SEEN_IDS_H

#include "base/hash.h"

/* Starts zeroed. At most 32 million ids (1 GB of table). */
typedef struct cs_seen_ids {
    cs_hash *slots;
    size_t count, capacity;
} cs_seen_ids;

bool seen_ids_add(cs_seen_ids *seen, cs_hash id, bool *is_new);
void seen_ids_free(cs_seen_ids *seen);

#endif
