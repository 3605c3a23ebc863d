#include "base/spelling.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 64, FAR = LONGEST + 1, MOST_SLIPS = 2 };

static unsigned least_of(unsigned a, unsigned b, unsigned c) {
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* Damerau-Levenshtein with swaps of neighbours (optimal string alignment), three rows at a time. */
unsigned spelling_distance(const char *a, const char *b) {
    size_t rows = strnlen(a, LONGEST + 1), columns = strnlen(b, LONGEST + 1);
    if (rows > LONGEST || columns > LONGEST) return FAR;
    unsigned table[3][LONGEST + 1];
    unsigned *before = table[0], *last = table[1], *now = table[2];
    for (size_t j = 0; j <= columns; j++) last[j] = (unsigned)j;
    memset(before, 0, sizeof table[0]);
    for (size_t i = 1; i <= rows; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= columns; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            now[j] = least_of(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
            int is_swap =
                i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) && tolower((unsigned char)a[i - 2]) == y;
            if (is_swap && before[j - 2] + 1 < now[j]) now[j] = before[j - 2] + 1;
        }
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[columns];
}

const char *spelling_nearest(const char *word, const char *const *known, size_t count) {
    const char *nearest = NULL;
    unsigned least = MOST_SLIPS + 1;
    for (size_t i = 0; i < count; i++) {
        unsigned distance = spelling_distance(word, known[i]);
        if (distance >= least || distance * 3 > strlen(known[i])) continue;
        nearest = known[i];
        least = distance;
    }
    return nearest;
}
