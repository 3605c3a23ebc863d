/* seen_ids.h - the conversations of a file by their ids: a set of 128-bit hashes, so that memory stays small.
 * Floor: conversation, private to the reader of rows. Memory: seen_ids_free releases it; an entry moves when another one is
 * added. Threads: one at a time.
 * Example: bool is_new; cs_seen_id *s = seen_ids_add(&seen, hash_bytes(id, length), &is_new); if (!s) out of memory
 */
#ifndef CS_CONVERSATION_SEEN_IDS_H
#define CS_CONVERSATION_SEEN_IDS_H

#include "base/hash.h"

typedef struct cs_seen_id {
    cs_hash id;
    int64_t last_row; /* 0: not known */
    uint32_t parked; /* 1 + its place among the conversations that wait for more rows; 0: it does not */
    bool is_begun;
    bool is_spoilt; /* refused for want of memory: its later rows are passed over */
} cs_seen_id;

/* Starts zeroed. At most 16 million ids (1 GB of table). */
typedef struct cs_seen_ids {
    cs_seen_id *slots;
    size_t count, capacity;
} cs_seen_ids;

cs_seen_id *seen_ids_add(cs_seen_ids *seen, cs_hash id, bool *is_new); /* NULL: too many, or no memory */
cs_seen_id *seen_ids_find(const cs_seen_ids *seen, cs_hash id); /* NULL: not there */
void seen_ids_free(cs_seen_ids *seen);

#endif
