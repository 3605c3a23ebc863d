#include "rules/usage.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void keep(cs_piece *piece, cs_piece_kind kind, const char *from, size_t bytes) {
    piece->kind = kind;
    snprintf(piece->text, sizeof piece->text, "%.*s", (int)bytes, from);
}

bool usage_next(const char **at, cs_piece *piece) {
    const char *from = *at + strspn(*at, " ");
    if (!*from) return false;
    size_t bytes = 1;
    if (*from == '[') {
        keep(piece, PIECE_OPEN, from, bytes);
    } else if (*from == ']') {
        keep(piece, PIECE_CLOSE, from, bytes);
    } else if (*from == '{') {
        bytes = strcspn(from, "}") + 1;
        keep(piece, PIECE_CHOICE, from + 1, bytes - 2);
    } else {
        bytes = strcspn(from, " []{}");
        keep(piece, isupper((unsigned char)*from) ? PIECE_SLOT : PIECE_WORD, from, bytes);
    }
    *at = from + bytes;
    return true;
}

bool usage_alternative(const cs_piece *choice, unsigned n, char *out, size_t room) {
    const char *from = choice->text;
    for (; n > 0; n--) {
        from = strchr(from, '|');
        if (!from) return false;
        from++;
    }
    snprintf(out, room, "%.*s", (int)strcspn(from, "|"), from);
    return true;
}
