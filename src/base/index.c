#include "base/index.h"

#include "base/hash.h"

#include <string.h>

struct cs_index_slot {
    const void *key; /* NULL: free */
    size_t bytes;
    uint64_t hash;
    uint32_t value;
};

static uint64_t hash_of(const void *key, size_t bytes) {
    cs_hash hash = hash_bytes(key, bytes);
    uint64_t number;
    memcpy(&number, &hash, sizeof number);
    return number;
}

/* Where the key is, or the free slot where it belongs. The room is a power of two and never full. */
static struct cs_index_slot *slot_of(const cs_index *index, const void *key, size_t bytes, uint64_t hash) {
    uint32_t at = (uint32_t)hash & (index->room - 1);
    for (;; at = (at + 1) & (index->room - 1)) {
        struct cs_index_slot *slot = &index->slots[at];
        if (!slot->key) return slot;
        if (slot->hash == hash && slot->bytes == bytes && memcmp(slot->key, key, bytes) == 0) return slot;
    }
}

uint32_t index_find(const cs_index *index, const void *key, size_t bytes) {
    if (index->count == 0) return CS_INDEX_NONE;
    const struct cs_index_slot *slot = slot_of(index, key, bytes, hash_of(key, bytes));
    return slot->key ? slot->value : CS_INDEX_NONE;
}

static bool grow(cs_index *index, cs_arena *arena) {
    cs_index larger = {.room = index->room ? index->room * 2 : 64, .count = index->count};
    larger.slots = arena_array(arena, larger.room, sizeof *larger.slots);
    if (!larger.slots) return false;
    for (uint32_t i = 0; i < index->room; i++) {
        const struct cs_index_slot *slot = &index->slots[i];
        if (slot->key) *slot_of(&larger, slot->key, slot->bytes, slot->hash) = *slot;
    }
    *index = larger;
    return true;
}

bool index_add(cs_index *index, const void *key, size_t bytes, uint32_t value, cs_arena *arena) {
    if (index->count >= index->room / 2 && !grow(index, arena)) return false;
    uint64_t hash = hash_of(key, bytes);
    *slot_of(index, key, bytes, hash) =
        (struct cs_index_slot){.key = key, .bytes = bytes, .hash = hash, .value = value};
    index->count++;
    return true;
}
