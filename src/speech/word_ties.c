#include "speech/word_ties.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 32 }; /* that are looked at from a place on */

static char small(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool ties_make(const cs_user_word *words, uint32_t count, cs_arena *arena, cs_word_ties *out) {
    *out = (cs_word_ties){arena_array(arena, (size_t)count + 1, sizeof *out->phrases), 0};
    if (!out->phrases) return false;
    for (uint32_t i = 0; i < count; i++) {
        size_t bytes = strlen(words[i].text);
        if (bytes < 2 || bytes > WORD_TIES_MOST_BYTES) continue;
        char *copy = arena_copy(arena, words[i].text, bytes);
        if (!copy) return false;
        for (char *c = copy; *c; c++) *c = small(*c);
        out->phrases[out->count++] = copy;
    }
    qsort(out->phrases, out->count, sizeof *out->phrases, by_text);
    return true;
}

/* The bytes of the character that begins here. */
static size_t character_bytes(const char *at) {
    size_t bytes = 1;
    while (((unsigned char)at[bytes] & 0xC0) == 0x80) bytes++;
    return bytes;
}

/* The longest phrase that the text begins with: its bytes; 0: none. Sorted, they stand together behind what is not less than their
 * first character. */
static size_t longest_at(const cs_word_ties *ties, const char *text) {
    uint32_t from = 0, to = ties->count;
    size_t first = character_bytes(text), longest = 0;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (strncmp(ties->phrases[middle], text, first) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    for (; from < ties->count && strncmp(ties->phrases[from], text, first) == 0; from++) {
        size_t bytes = strlen(ties->phrases[from]);
        if (bytes > longest && strncmp(ties->phrases[from], text, bytes) == 0) longest = bytes;
    }
    return longest;
}

/* The words from the first on as one text, so far as a phrase may reach; ends[i]: where words[i] ends in it. */
static uint32_t join(const cs_heard_word *words, uint32_t count, char *text, size_t room, size_t *ends) {
    size_t length = 0;
    uint32_t joined = 0;
    for (; joined < count && joined < MOST_WORDS && length < room - 2; joined++) {
        if (joined && !words[joined].is_joined) text[length++] = ' ';
        for (const char *c = words[joined].text; *c && length < room - 1; c++) text[length++] = small(*c);
        ends[joined] = length;
    }
    text[length] = 0;
    return joined;
}

void ties_mark(const cs_word_ties *ties, cs_heard_word *words, uint32_t count) {
    char text[WORD_TIES_MOST_BYTES * 3];
    size_t ends[MOST_WORDS];
    for (uint32_t i = 0; ties && ties->count && i + 1 < count; i++) {
        uint32_t joined = join(words + i, count - i, text, sizeof text, ends);
        for (size_t at = 0; at < ends[0]; at += character_bytes(text + at)) {
            size_t end = longest_at(ties, text + at);
            for (uint32_t k = 0; end && k < joined && ends[k] < at + end; k++) words[i + k].is_tied = true;
        }
    }
}
