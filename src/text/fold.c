#include "text/fold.h"

#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= 9 && c <= 13) || c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A);
}

/* Zero-width and variation marks, which chats are full of. */
static bool is_invisible(uint32_t c) {
    return (c >= 0x200B && c <= 0x200F) || c == 0xFEFF || c == 0x2060 || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xAD;
}

static uint32_t fold_code_point(uint32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c >= 0xFF01 && c <= 0xFF5E) return fold_code_point(c - 0xFEE0);
    if (c == 0x2018 || c == 0x2019) return '\'';
    if (c == 0x201C || c == 0x201D) return '"';
    if (c < 0x2000 || (c >= 0xA640 && c <= 0xABFF)) return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
    return c;
}

bool fold_is_spaced_letter(uint32_t c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c >= 0x2E80 && c <= 0xA4CF) return false; /* CJK, kana, punctuation */
    if (c >= 0xAC00 && c <= 0xFAFF) return c <= 0xD7A3; /* Hangul has spaces, compatibility ideographs don't */
    if (c >= 0x20000) return false;
    utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)c);
    return (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO) || kind == UTF8PROC_CATEGORY_ND;
}

/* Ideographs from U+4000 to U+9FFF: nearly all of Chinese text, and nothing to fold. */
static bool is_plain_ideograph(unsigned char lead) {
    return lead >= 0xE4 && lead <= 0xE9;
}

/* One pass; origin NULL: only the text is wanted. Returns the folded length. */
static inline uint32_t fold_into(const char *text, size_t bytes, char *folded, uint32_t *origin, uint32_t *characters) {
    uint32_t length = 0, offset = 0, last = 0;
    bool has_space = false;
    for (size_t at = 0; at < bytes; offset++) {
        unsigned step = 1;
        unsigned char lead = (unsigned char)text[at];
        if (is_plain_ideograph(lead)) {
            size_t from = at;
            do at += 3;
            while (at < bytes && is_plain_ideograph((unsigned char)text[at]));
            memcpy(folded + length, text + from, at - from);
            for (size_t i = 0; origin && i < at - from; i++) origin[length + i] = offset + (uint32_t)(i / 3);
            length += (uint32_t)(at - from);
            offset += (uint32_t)((at - from) / 3 - 1);
            last = 0x4E00;
            has_space = false;
            continue;
        }
        uint32_t c = lead < 0x80 ? lead : utf8_decode(text + at, &step);
        at += step;
        if (is_space(c)) {
            has_space = true;
            continue;
        }
        if (is_invisible(c)) continue;
        c = fold_code_point(c);
        if (has_space && last && fold_is_spaced_letter(last) && fold_is_spaced_letter(c)) {
            if (origin) origin[length] = offset - 1;
            folded[length++] = ' ';
        }
        has_space = false;
        last = c;
        char encoded[4];
        unsigned n = c < 0x80 ? (encoded[0] = (char)c, 1u) : utf8_encode(c, encoded);
        for (unsigned i = 0; i < n; i++) {
            if (origin) origin[length] = offset;
            folded[length++] = encoded[i];
        }
    }
    folded[length] = 0;
    *characters = offset;
    return length;
}

bool fold_text_only(const char *text, size_t bytes, cs_arena *arena, cs_folded *out) {
    /* Lower case of a few letters is one byte longer (U+023A): 2 -> 3. Never more than half again. */
    size_t capacity = bytes + bytes / 2 + 8;
    if (bytes > UINT32_MAX / 4) return false;
    char *folded = arena_alloc(arena, capacity);
    uint32_t characters;
    if (!folded) return false;
    uint32_t length = fold_into(text, bytes, folded, NULL, &characters);
    *out = (cs_folded){.text = folded, .bytes = length};
    return true;
}

bool fold_origin(const char *text, size_t bytes, cs_arena *arena, cs_folded *folded) {
    if (folded->origin) return true;
    char *again = arena_alloc(arena, folded->bytes + 8);
    uint32_t *origin = arena_array(arena, (size_t)folded->bytes + 8, sizeof *origin), characters;
    if (!again || !origin) return false;
    uint32_t length = fold_into(text, bytes, again, origin, &characters);
    origin[length] = characters;
    folded->origin = origin;
    return true;
}

bool fold_text(const char *text, size_t bytes, cs_arena *arena, cs_folded *out) {
    return fold_text_only(text, bytes, arena, out) && fold_origin(text, bytes, arena, out);
}

static uint32_t code_point_before(const cs_folded *folded, uint32_t at) {
    uint32_t start = at - 1;
    while (start > 0 && ((unsigned char)folded->text[start] & 0xC0) == 0x80) start--;
    unsigned length;
    return utf8_decode(folded->text + start, &length);
}

bool fold_is_whole_word(const cs_folded *folded, uint32_t from, uint32_t to) {
    unsigned length;
    if (from > 0 && fold_is_spaced_letter(utf8_decode(folded->text + from, &length)) &&
        fold_is_spaced_letter(code_point_before(folded, from)))
        return false;
    if (to < folded->bytes && fold_is_spaced_letter(utf8_decode(folded->text + to, &length)) &&
        fold_is_spaced_letter(code_point_before(folded, to)))
        return false;
    return true;
}
