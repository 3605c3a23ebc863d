/* likeness.h - how much two texts are alike, by the pairs of characters they share (Dice's coefficient, 0 to 1).
 * Floor: text. Works on folded text; marks and blanks don't count. One character alone is a pair with nothing.
 * Memory: the arena. Threads: any.
 * Example: likeness_read(a.text, a.bytes, arena, &x); likeness_read(b.text, b.bytes, arena, &y); likeness_of(&x, &y) >= 0.8
 */
#ifndef CS_TEXT_LIKENESS_H
#define CS_TEXT_LIKENESS_H

#include "base/arena.h"

typedef struct cs_likeness {
    const uint32_t *pairs; /* hashed, sorted */
    uint32_t count, characters; /* characters without marks and blanks */
} cs_likeness;

bool likeness_read(const char *text, size_t bytes, cs_arena *arena, cs_likeness *out); /* false: out of memory */
double likeness_of(const cs_likeness *a, const cs_likeness *b);

#endif
