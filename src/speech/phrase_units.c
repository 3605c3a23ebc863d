#include "speech/phrase_units.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <string.h>

enum {
    MOST_TEXT_BYTES = 1 << 20,
    MOST_SKIPPED = 8, /* characters between two units that no unit tells: marks, mostly */
};
static const char WORD_BEGIN[] = "▁"; /* U+2581, of sentencepiece */

bool is_wide_script(uint32_t c) {
    return (c >= 0x2e80 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff) ||
           (c >= 0x0e00 && c <= 0x0eff);
}

bool is_word_character(uint32_t c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return !((c >= 0x80 && c <= 0xbf) || (c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x303f && c != 0x3005) ||
             (c >= 0xfe10 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20) ||
             (c >= 0xff3b && c <= 0xff40) || (c >= 0xff5b && c <= 0xff65) || c == 0xfeff || c == 0xfffd);
}

/* ---- from units to text ---- */

typedef struct unit_piece {
    const char *text;
    size_t bytes;
    bool begins_word; /* a mark of the model says so */
    bool goes_on; /* "re@@": the next piece belongs to it */
} unit_piece;

static unit_piece piece_of(const char *text) {
    unit_piece p = {.text = text, .bytes = strlen(text)};
    size_t mark = strlen(WORD_BEGIN);
    if (p.bytes >= mark && memcmp(p.text, WORD_BEGIN, mark) == 0) p.begins_word = true, p.text += mark, p.bytes -= mark;
    while (p.bytes > 0 && *p.text == ' ') p.begins_word = true, p.text++, p.bytes--;
    if (p.bytes > 2 && memcmp(p.text + p.bytes - 2, "@@", 2) == 0) p.goes_on = true, p.bytes -= 2;
    while (p.bytes > 0 && p.text[p.bytes - 1] == ' ') p.bytes--;
    if (p.bytes > 2 && p.text[0] == '<' && p.text[p.bytes - 1] == '>') p.bytes = 0; /* <unk>, <|zh|>: nothing said */
    return p;
}

/* Marks like "▁" are used by a model for all its words or for none: without them each piece is a word, unless "@@" binds it. */
static bool has_word_marks(const cs_utterance *u) {
    for (uint32_t i = 0; i < u->unit_count; i++)
        if (piece_of(u->units[i].text).begins_word) return true;
    return false;
}

static bool is_narrow(const char *text, size_t bytes) {
    unsigned length;
    return bytes > 0 && !is_wide_script(utf8_decode(text, &length)) && is_word_character(utf8_decode(text, &length));
}

static void join_units(const cs_utterance *u, cs_buffer *out, uint32_t *from, uint32_t *to) {
    bool has_marks = has_word_marks(u), goes_on = false, was_narrow = false;
    for (uint32_t i = 0; i < u->unit_count; i++) {
        unit_piece p = piece_of(u->units[i].text);
        if (utf8_invalid_at(p.text, p.bytes) != p.bytes)
            p.bytes = 0; /* a byte of a character: the model's text has it whole */
        bool narrow = is_narrow(p.text, p.bytes);
        bool begins = has_marks ? p.begins_word : !goes_on && narrow && was_narrow;
        if (begins && narrow && was_narrow && out->length > 0) buffer_append(out, " ", 1);
        from[i] = (uint32_t)out->length;
        buffer_append(out, p.text, p.bytes);
        to[i] = (uint32_t)out->length;
        if (p.bytes > 0) was_narrow = narrow;
        goes_on = p.goes_on;
    }
}

/* ---- where the units stand in the model's own text ---- */

static bool is_same_letter(char a, char b) {
    char x = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a, y = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
    return x == y;
}

static bool stands_at(const char *text, size_t left, const unit_piece *p) {
    if (p->bytes == 0 || p->bytes > left) return false;
    for (size_t i = 0; i < p->bytes; i++)
        if (!is_same_letter(text[i], p->text[i])) return false;
    return true;
}

static void place_units(const cs_utterance *u, const char *text, uint32_t bytes, uint32_t *from, uint32_t *to) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < u->unit_count; i++) {
        unit_piece p = piece_of(u->units[i].text);
        uint32_t found = at;
        for (int skipped = 0; skipped < MOST_SKIPPED && found < bytes && !stands_at(text + found, bytes - found, &p);
             skipped++) {
            unsigned length;
            (void)utf8_decode(text + found, &length);
            found += length;
        }
        bool stands = found < bytes && stands_at(text + found, bytes - found, &p);
        from[i] = stands ? found : at;
        to[i] = at = stands ? found + (uint32_t)p.bytes : at;
    }
}

bool unit_text_make(const cs_utterance *u, cs_arena *arena, cs_unit_text *out) {
    uint32_t *from = arena_array(arena, (size_t)u->unit_count + 1, sizeof *from);
    uint32_t *to = arena_array(arena, (size_t)u->unit_count + 1, sizeof *to);
    *out = (cs_unit_text){.text = "", .from = from, .to = to};
    if (!from || !to) return false;
    size_t bytes = u->text ? strnlen(u->text, MOST_TEXT_BYTES) : 0;
    if (bytes > 0 && utf8_invalid_at(u->text, bytes) == bytes) {
        out->text = u->text;
        out->bytes = (uint32_t)bytes;
        place_units(u, out->text, out->bytes, from, to);
        return true;
    }
    cs_buffer joined;
    buffer_init(&joined, MOST_TEXT_BYTES);
    join_units(u, &joined, from, to);
    out->bytes = (uint32_t)joined.length;
    out->text = joined.is_failed ? NULL : arena_copy(arena, joined.data ? joined.data : "", joined.length);
    buffer_free(&joined);
    return out->text != NULL;
}

/* ---- words ---- */

/* don't, o'clock, U.S., 3.5 and e-mail are one word: a mark between letters or digits. */
static bool is_inside(const cs_unit_text *t, uint32_t at) {
    unsigned length;
    char c = t->text[at];
    if ((c != '\'' && c != '.' && c != '-' && c != '@' && c != '_') || at + 1 >= t->bytes) return false;
    uint32_t next = utf8_decode(t->text + at + 1, &length);
    return is_word_character(next) && !is_wide_script(next);
}

bool word_next(const cs_unit_text *t, uint32_t *at, uint32_t *from, uint32_t *to) {
    unsigned length = 1;
    while (*at < t->bytes && !is_word_character(utf8_decode(t->text + *at, &length))) *at += length;
    if (*at >= t->bytes) return false;
    *from = *at;
    bool is_wide = is_wide_script(utf8_decode(t->text + *at, &length));
    *at += length;
    while (!is_wide && *at < t->bytes) {
        uint32_t c = utf8_decode(t->text + *at, &length);
        if (is_wide_script(c) || (!is_word_character(c) && !is_inside(t, *at))) break;
        *at += length;
    }
    *to = *at;
    return true;
}
