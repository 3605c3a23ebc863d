#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, FIRST_BLOCK = 8 * 1024, LARGEST_GROWTH = 1 << 20 };

typedef struct block {
    struct block *before;
    size_t capacity, used;
    _Alignas(ALIGNMENT) unsigned char bytes[];
} block;

struct cs_arena {
    block *first, *last;
    size_t max, used; /* used: bytes handed out in all blocks, rounded up to the alignment */
};

static block *block_create(size_t capacity, block *before) {
    if (capacity > SIZE_MAX - sizeof(block)) return NULL;
    block *made = malloc(sizeof(block) + capacity);
    if (!made) return NULL;
    made->before = before;
    made->capacity = capacity;
    made->used = 0;
    return made;
}

cs_arena *arena_create(size_t max_bytes) {
    cs_arena *arena = calloc(1, sizeof *arena);
    if (!arena) return NULL;
    arena->max = max_bytes;
    arena->first = arena->last = block_create(FIRST_BLOCK, NULL);
    if (!arena->first) {
        free(arena);
        return NULL;
    }
    return arena;
}

static void free_after_first(cs_arena *arena) {
    while (arena->last != arena->first) {
        block *before = arena->last->before;
        free(arena->last);
        arena->last = before;
    }
}

void arena_free(cs_arena *arena) {
    if (!arena) return;
    free_after_first(arena);
    free(arena->first);
    free(arena);
}

/* Blocks grow: the last holds more than all before it, so that what was needed once needs no memory again. */
void arena_reset(cs_arena *arena) {
    block *kept = arena->last;
    if (kept->capacity <= LARGEST_GROWTH) {
        for (block *b = kept->before; b;) {
            block *before = b->before;
            free(b);
            b = before;
        }
        kept->before = NULL;
        arena->first = kept;
    } else {
        free_after_first(arena);
    }
    arena->first->used = 0;
    arena->used = 0;
}

size_t arena_used(const cs_arena *arena) {
    return arena->used;
}

static bool add_block(cs_arena *arena, size_t at_least) {
    size_t capacity = arena->last->capacity < LARGEST_GROWTH / 2 ? arena->last->capacity * 2 : LARGEST_GROWTH;
    if (capacity < at_least) capacity = at_least;
    block *added = block_create(capacity, arena->last);
    if (!added) return false;
    arena->last = added;
    return true;
}

void *arena_alloc(cs_arena *arena, size_t bytes) {
    if (bytes > SIZE_MAX - ALIGNMENT) return NULL;
    size_t rounded = bytes ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (rounded > arena->max - arena->used) return NULL;
    if (rounded > arena->last->capacity - arena->last->used && !add_block(arena, rounded)) return NULL;
    void *taken = arena->last->bytes + arena->last->used;
    arena->last->used += rounded;
    arena->used += rounded;
    return memset(taken, 0, rounded);
}

void *arena_array(cs_arena *arena, size_t count, size_t item_bytes) {
    if (item_bytes && count > SIZE_MAX / item_bytes) return NULL;
    return arena_alloc(arena, count * item_bytes);
}

bool arena_room(cs_arena *arena, void **items, uint32_t *room, uint32_t count, size_t item_bytes) {
    if (count < *room) return true;
    if (*room > UINT32_MAX / 2) return false;
    uint32_t larger = *room ? *room * 2 : 32;
    void *grown = arena_array(arena, larger, item_bytes);
    if (!grown) return false;
    if (count) memcpy(grown, *items, count * item_bytes);
    *items = grown;
    *room = larger;
    return true;
}

char *arena_copy(cs_arena *arena, const char *text, size_t bytes) {
    if (bytes == SIZE_MAX) return NULL;
    char *copy = arena_alloc(arena, bytes + 1);
    if (copy && bytes) memcpy(copy, text, bytes);
    return copy;
}

char *arena_string(cs_arena *arena, const char *text) {
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

char *arena_printf(cs_arena *arena, const char *format, ...) {
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    char *text = length >= 0 ? arena_alloc(arena, (size_t)length + 1) : NULL;
    if (text && vsnprintf(text, (size_t)length + 1, format, again) != length) text = NULL;
    va_end(again);
    return text;
}
