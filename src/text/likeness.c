#include "text/likeness.h"

#include "base/utf8.h"

#include <string.h>

enum { LONGEST = 64 };

/* Code points of text, or LONGEST + 1 when there are more. */
static unsigned decode_all(const char *text, unsigned out[LONGEST]) {
    unsigned count = 0;
    while (*text) {
        unsigned length;
        if (count == LONGEST) return LONGEST + 1;
        out[count++] = utf8_decode(text, &length);
        text += length;
    }
    return count;
}

unsigned likeness_edits(const char *a, const char *b, unsigned most) {
    unsigned left[LONGEST], right[LONGEST], row[LONGEST + 1];
    unsigned m = decode_all(a, left), n = decode_all(b, right);
    if (m > LONGEST || n > LONGEST) return most;
    for (unsigned j = 0; j <= n; j++) row[j] = j;
    for (unsigned i = 1; i <= m; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= n; j++) {
            unsigned above = row[j], best = diagonal + (left[i - 1] != right[j - 1]);
            if (above + 1 < best) best = above + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[n] < most ? row[n] : most;
}
