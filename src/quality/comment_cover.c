#include "quality/comment_cover.h"

#include "base/utf8.h"
#include "text/mask.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One place in the text as it is and as it is shown: covering keeps every character at its place, not at its byte. */
typedef struct place {
    const char *plain, *shown;
} place;

static void step(place *at) {
    unsigned plain = 0, shown = 0;
    (void)utf8_decode(at->plain, &plain);
    (void)utf8_decode(at->shown, &shown);
    at->plain += plain;
    at->shown += shown;
}

static bool is_covered(const place *at) {
    return *at->shown == '*' && *at->plain != '*';
}

/* What a number or an address is written with: it is found again only as a whole. */
static bool is_of_number(const char *at) {
    unsigned length = 0;
    uint32_t c = utf8_decode(at, &length);
    bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_plain || (c && c < 0x80 && strchr("@_-", (int)c)) || (c >= 0xff10 && c <= 0xff19);
}

typedef struct piece { /* a covered number, with the part of it that is seen */
    place from, to;
} piece;

/* The next one from *at on; false: there is none. */
static bool next_piece(place *at, piece *out) {
    out->from = *at;
    bool has_stars = false;
    for (; *at->plain; step(at)) {
        if (is_covered(at)) {
            has_stars = true;
        } else if (!is_of_number(at->plain)) {
            if (has_stars) break;
            out->from = *at;
            step(&out->from);
        }
    }
    out->to = *at;
    return has_stars;
}

static bool has_stars(const char *text, size_t bytes) {
    for (size_t i = 0; i + 1 < bytes; i++)
        if (text[i] == '*' && text[i + 1] == '*') return true;
    return false;
}

static cs_error put_back(const char *before, const char *shown, const char *given, cs_buffer *out,
                         cs_message *message) {
    place at = {before, shown};
    piece one;
    bool is_missed = false, is_left = false;
    while (next_piece(&at, &one)) {
        size_t bytes = (size_t)(one.to.shown - one.from.shown);
        const char *found = memmem(given, strlen(given), one.from.shown, bytes);
        if (!found) {
            is_missed = true;
            continue;
        }
        is_left = is_left || has_stars(given, (size_t)(found - given));
        (void)buffer_append(out, given, (size_t)(found - given));
        (void)buffer_append(out, one.from.plain, (size_t)(one.to.plain - one.from.plain));
        given = found + bytes;
    }
    is_left = is_left || has_stars(given, strlen(given));
    (void)buffer_text(out, given);
    if (out->is_failed) return message_set(message, CS_ERR_MEMORY, "out of memory for the comment");
    if (!is_missed || !is_left) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "a covered number in the comment was changed");
    message_place(message, "body");
    message_remedy(message, "write the number anew in full, or leave it as it is shown");
    return CS_ERR_USAGE;
}

cs_error comment_uncover(const char *before, const char *given, cs_buffer *out, cs_message *message) {
    size_t bytes = strlen(before);
    char *shown = malloc(bytes + 1);
    if (!shown) return message_set(message, CS_ERR_MEMORY, "out of memory for the comment");
    (void)mask_text(before, bytes, shown);
    cs_error code = put_back(before, shown, given, out, message);
    free(shown);
    return code;
}
