/* spelling.h - the known word a misspelt one most likely means, for "did you mean".
 * Floor: base. Compares bytes, so it suits keys and names rather than prose. Memory: none. Threads: any.
 * Example: const char *meant = spelling_nearest("chanel", names, count); if (meant) message_remedy(m, "did you mean %s?", meant);
 */
#ifndef CS_BASE_SPELLING_H
#define CS_BASE_SPELLING_H

#include <stddef.h>

/* Number of letters to change, add, drop or swap with a neighbour; words beyond 64 bytes count as far apart. */
unsigned spelling_distance(const char *a, const char *b);
/* NULL when none is near enough: at most two slips and at most a third of the word. */
const char *spelling_nearest(const char *word, const char *const *known, size_t count);

#endif
