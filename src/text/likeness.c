#include "text/likeness.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <utf8proc.h>

static bool is_letter(uint32_t c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c >= 0x4E00 && c <= 0x9FFF) return true;
    utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)c);
    return (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO) || kind == UTF8PROC_CATEGORY_ND;
}

static int compare(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

bool likeness_read(const char *text, size_t bytes, cs_arena *arena, cs_likeness *out) {
    uint32_t *pairs = arena_array(arena, bytes + 1, sizeof *pairs), count = 0, characters = 0, last = 0;
    if (!pairs) return false;
    for (size_t at = 0; at < bytes;) {
        unsigned step;
        uint32_t c = utf8_decode(text + at, &step);
        at += step;
        if (!is_letter(c)) continue;
        if (characters++) pairs[count++] = (last * 2654435761u) ^ (c * 40503u);
        last = c;
    }
    if (characters == 1) pairs[count++] = last;
    qsort(pairs, count, sizeof *pairs, compare);
    *out = (cs_likeness){.pairs = pairs, .count = count, .characters = characters};
    return true;
}

double likeness_of(const cs_likeness *a, const cs_likeness *b) {
    uint32_t both = 0;
    if (a->count + b->count == 0) return 0;
    for (uint32_t i = 0, j = 0; i < a->count && j < b->count;) {
        if (a->pairs[i] == b->pairs[j])
            both++, i++, j++;
        else if (a->pairs[i] < b->pairs[j])
            i++;
        else
            j++;
    }
    return 2.0 * both / (a->count + b->count);
}
