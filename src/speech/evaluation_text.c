#include "speech/evaluation_text.h"

#include "base/utf8.h"
#include "speech/evaluation_number.h"
#include "text/fold.h"

#include <string.h>
#include <utf8proc.h>

/* Of a text with more numbers the rest is read as if the other side said nothing like them: comparing is a product. */
enum { MOST_NUMBERS = 2000 };

typedef struct side { /* tokens as they stand; a number is one token */
    cs_evaluated_units tokens;
    bool *is_number;
} side;

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for a text and what was heard of it");
}

/* ---- characters ---- */

static bool is_character(uint32_t c) { /* a unit by itself: Chinese, kana */
    return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c) {
    utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)c);
    return (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_ME) && !is_character(c);
}

bool evaluation_is_chinese(const char *text) {
    unsigned length;
    for (; *text; text += length)
        if (is_character(utf8_decode(text, &length))) return true;
    return false;
}

/* ---- tokens ---- */

static const char *one_character(const char *at, unsigned length, cs_arena *arena) {
    if (length == 3 && memcmp(at, "幺", 3) == 0) return "一";
    if (length == 3 && memcmp(at, "〇", 3) == 0) return "零";
    return arena_copy(arena, at, length);
}

/* 1,299.50 without its commas; length: of what was read. */
static char *read_number(const char *at, cs_arena *arena, size_t *length) {
    size_t bytes = 0, kept = 0;
    bool has_point = false;
    while (is_digit(at[bytes]) || (is_digit(at[bytes + 1]) && bytes && (at[bytes] == '.' || at[bytes] == ','))) {
        bool is_group = at[bytes] == ',' && is_digit(at[bytes + 1]) && is_digit(at[bytes + 2]) &&
                        is_digit(at[bytes + 3]) && !is_digit(at[bytes + 4]);
        if (at[bytes] == ',' && (!is_group || has_point)) break;
        if (at[bytes] == '.' && has_point) break;
        has_point |= at[bytes] == '.';
        bytes++;
    }
    char *number = arena_copy(arena, at, bytes);
    if (!number) return NULL;
    for (size_t i = 0; i < bytes; i++)
        if (at[i] != ',') number[kept++] = at[i];
    number[kept] = '\0';
    *length = bytes;
    return number;
}

static size_t word_length(const char *at) {
    size_t bytes = 0;
    unsigned length;
    while (at[bytes]) {
        uint32_t c = utf8_decode(at + bytes, &length);
        bool is_inside = c == '\'' && bytes && is_letter(utf8_decode(at + bytes + 1, &(unsigned){0}));
        if (!is_letter(c) && !is_inside) break;
        bytes += length;
    }
    return bytes;
}

static bool put(side *s, const char *text, bool is_number) {
    if (!text) return false;
    s->is_number[s->tokens.count] = is_number;
    s->tokens.texts[s->tokens.count++] = text;
    return true;
}

static bool put_percent(side *s, const char *number, bool is_chinese) {
    if (!is_chinese) return put(s, number, true) && put(s, "percent", false);
    return put(s, "百", false) && put(s, "分", false) && put(s, "之", false) && put(s, number, true);
}

static bool split(const char *text, bool is_chinese, cs_arena *arena, side *s) {
    cs_folded folded;
    size_t bytes = strlen(text), length;
    unsigned one;
    if (!fold_text_only(text, bytes, arena, &folded)) return false;
    size_t most = 3 * (size_t)folded.bytes + 4; /* 5% is 百分之 and a number */
    s->tokens.texts = arena_array(arena, most, sizeof *s->tokens.texts);
    s->is_number = arena_array(arena, most, sizeof *s->is_number);
    if (!s->tokens.texts || !s->is_number) return false;
    bool is_ok = true;
    for (const char *at = folded.text; is_ok && *at; at += length) {
        uint32_t c = utf8_decode(at, &one);
        length = one;
        if (is_digit(*at)) {
            char *number = read_number(at, arena, &length);
            is_ok = number && (at[length] == '%' ? put_percent(s, number, is_chinese) : put(s, number, true));
        } else if (is_character(c)) {
            is_ok = put(s, one_character(at, one, arena), false);
        } else if (is_letter(c)) {
            length = word_length(at);
            is_ok = put(s, arena_copy(arena, at, length), false);
        }
    }
    return is_ok;
}

/* ---- numbers ---- */

static bool says(const side *other, const cs_evaluated_units *way) {
    for (uint32_t at = 0; at + way->count <= other->tokens.count; at++) {
        uint32_t same = 0;
        while (same < way->count && strcmp(other->tokens.texts[at + same], way->texts[same]) == 0) same++;
        if (same == way->count) return true;
    }
    return false;
}

static bool has_number(const side *other, const char *number) {
    return says(other, &(cs_evaluated_units){&number, 1});
}

static bool spell(const side *s, const side *other, bool is_chinese, cs_arena *arena, cs_evaluated_units *out) {
    cs_evaluated_units ways[CS_MAX_SPOKEN];
    uint32_t way_count, numbers = 0, room = 0;
    *out = (cs_evaluated_units){0};
    for (uint32_t i = 0; i < s->tokens.count; i++) {
        const cs_evaluated_units *chosen = &(cs_evaluated_units){&s->tokens.texts[i], 1};
        if (s->is_number[i]) {
            if (!evaluation_spoken(s->tokens.texts[i], is_chinese, arena, ways, &way_count)) return false;
            chosen = &ways[0];
            if (++numbers <= MOST_NUMBERS && !has_number(other, s->tokens.texts[i]))
                for (uint32_t way = way_count; way-- > 0;)
                    if (says(other, &ways[way])) chosen = &ways[way];
        }
        for (uint32_t unit = 0; unit < chosen->count; unit++) {
            if (!arena_room(arena, (void **)&out->texts, &room, out->count, sizeof *out->texts)) return false;
            out->texts[out->count++] = chosen->texts[unit];
        }
    }
    return true;
}

cs_error evaluation_units(const char *said, const char *heard, cs_arena *arena, cs_evaluated_units *said_units,
                          cs_evaluated_units *heard_units, cs_message *message) {
    side sides[2] = {0};
    bool is_chinese = evaluation_is_chinese(said) || evaluation_is_chinese(heard);
    if (strlen(said) > CS_MAX_EVALUATED_BYTES || strlen(heard) > CS_MAX_EVALUATED_BYTES) {
        message_set(message, CS_ERR_LIMIT, "a text has more than %d bytes", CS_MAX_EVALUATED_BYTES);
        message_remedy(message, "cut the recording and its reference into shorter ones");
        return CS_ERR_LIMIT;
    }
    if (!split(said, is_chinese, arena, &sides[0]) || !split(heard, is_chinese, arena, &sides[1]) ||
        !spell(&sides[0], &sides[1], is_chinese, arena, said_units) ||
        !spell(&sides[1], &sides[0], is_chinese, arena, heard_units))
        return no_memory(message);
    return CS_OK;
}
