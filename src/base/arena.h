/* arena.h - memory that lives as long as one request, job or conversation.
 * Floor: base. Everything is freed at once; nothing singly. Grows in blocks up to a declared maximum.
 * Memory: pointers stay valid until arena_reset or arena_free. Threads: one at a time.
 * Example: cs_arena *a = arena_create(64 << 20); char *s = arena_printf(a, "%d", 7); arena_free(a);
 */
#ifndef CS_BASE_ARENA_H
#define CS_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_arena cs_arena;

cs_arena *arena_create(size_t max_bytes); /* NULL when out of memory */
void arena_free(cs_arena *arena); /* NULL is allowed */
void arena_reset(cs_arena *arena); /* keeps one block for reuse, at most 1 MB */
size_t arena_used(const cs_arena *arena);

/* All return NULL when the maximum or the memory is exhausted; memory is zeroed and aligned to 16 bytes. */
void *arena_alloc(cs_arena *arena, size_t bytes);
void *arena_array(cs_arena *arena, size_t count, size_t item_bytes); /* checks the product for overflow */
/* Room for one more item behind count in *items; the old array stays in the arena until it ends. false: no memory. */
bool arena_room(cs_arena *arena, void **items, uint32_t *room, uint32_t count, size_t item_bytes);
char *arena_copy(cs_arena *arena, const char *text, size_t bytes); /* adds a closing NUL */
char *arena_string(cs_arena *arena, const char *text); /* NULL stays NULL */
char *arena_printf(cs_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
