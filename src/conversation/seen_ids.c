#include "conversation/seen_ids.h"

#include <stdlib.h>
#include <string.h>

static const size_t MOST_IDS = (size_t)16 << 20;

/* An all-zero slot is free; that a hash is all zero does not happen (2^-128). */
static bool is_free(const cs_seen_id *slot) {
    static const cs_hash none = {{0}};
    return hash_equal(slot->id, none);
}

static size_t slot_of(const cs_seen_ids *seen, cs_hash id) {
    uint64_t start;
    memcpy(&start, id.bytes, sizeof start);
    size_t at = (size_t)start & (seen->capacity - 1);
    while (!is_free(&seen->slots[at]) && !hash_equal(seen->slots[at].id, id)) at = (at + 1) & (seen->capacity - 1);
    return at;
}

static bool grow(cs_seen_ids *seen) {
    cs_seen_ids larger = {.count = seen->count, .capacity = seen->capacity ? seen->capacity * 2 : 1024};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots) return false;
    for (size_t i = 0; i < seen->capacity; i++) {
        if (!is_free(&seen->slots[i])) larger.slots[slot_of(&larger, seen->slots[i].id)] = seen->slots[i];
    }
    free(seen->slots);
    *seen = larger;
    return true;
}

cs_seen_id *seen_ids_add(cs_seen_ids *seen, cs_hash id, bool *is_new) {
    if (seen->count >= MOST_IDS) return NULL;
    if (seen->count * 2 >= seen->capacity && !grow(seen)) return NULL;
    cs_seen_id *slot = &seen->slots[slot_of(seen, id)];
    *is_new = is_free(slot);
    if (*is_new) {
        slot->id = id;
        seen->count++;
    }
    return slot;
}

cs_seen_id *seen_ids_find(const cs_seen_ids *seen, cs_hash id) {
    if (seen->capacity == 0) return NULL;
    cs_seen_id *slot = &seen->slots[slot_of(seen, id)];
    return is_free(slot) ? NULL : slot;
}

void seen_ids_free(cs_seen_ids *seen) {
    free(seen->slots);
    *seen = (cs_seen_ids){0};
}
