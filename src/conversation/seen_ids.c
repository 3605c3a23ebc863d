#include "conversation/seen_ids.h"

#include <stdlib.h>
#include <string.h>

static const size_t MOST_IDS = (size_t)32 << 20;

/* An all-zero slot is free; that a hash is all zero does not happen (2^-128). */
static size_t slot_of(const cs_seen_ids *seen, cs_hash id) {
    static const cs_hash none = {{0}};
    uint64_t start;
    memcpy(&start, id.bytes, sizeof start);
    size_t at = (size_t)start & (seen->capacity - 1);
    while (!hash_equal(seen->slots[at], none) && !hash_equal(seen->slots[at], id)) at = (at + 1) & (seen->capacity - 1);
    return at;
}

static bool grow(cs_seen_ids *seen) {
    static const cs_hash none = {{0}};
    cs_seen_ids larger = {.count = seen->count, .capacity = seen->capacity ? seen->capacity * 2 : 1024};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots) return false;
    for (size_t i = 0; i < seen->capacity; i++) {
        if (!hash_equal(seen->slots[i], none)) larger.slots[slot_of(&larger, seen->slots[i])] = seen->slots[i];
    }
    free(seen->slots);
    *seen = larger;
    return true;
}

bool seen_ids_add(cs_seen_ids *seen, cs_hash id, bool *is_new) {
    if (seen->count >= MOST_IDS) return false;
    if (seen->count * 2 >= seen->capacity && !grow(seen)) return false;
    size_t at = slot_of(seen, id);
    *is_new = !hash_equal(seen->slots[at], id);
    if (*is_new) {
        seen->slots[at] = id;
        seen->count++;
    }
    return true;
}

void seen_ids_free(cs_seen_ids *seen) {
    free(seen->slots);
    *seen = (cs_seen_ids){0};
}
