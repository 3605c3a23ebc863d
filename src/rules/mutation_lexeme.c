#include "rules/mutation_lexeme.h"

#include <string.h>

bool is_blank_byte(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* ---- lines ---- */

void line_read(const char *at, const char *end, const char **from, const char **to, const char **next) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *next = stop && stop + 1 < end ? stop + 1 : NULL;
    if (!stop) stop = end;
    while (at < stop && is_blank_byte(*at)) at++;
    while (stop > at && is_blank_byte(stop[-1])) stop--;
    *from = at;
    *to = stop;
}

const char *line_comment(const char *from, const char *to) {
    bool is_quoted = false;
    const char *end = to;
    for (const char *at = from; at < to && end == to; at++) {
        if (*at == '"') is_quoted = !is_quoted;
        if (*at == '#' && !is_quoted && (at == from || is_blank_byte(at[-1]))) end = at;
    }
    while (end > from && is_blank_byte(end[-1])) end--;
    return end;
}

/* ---- lexemes ---- */

static unsigned character_bytes(const char *at, const char *to) {
    unsigned char first = (unsigned char)*at;
    unsigned bytes = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return bytes <= (size_t)(to - at) ? bytes : 1;
}

/* Full-width ( ) , 、 : | = and typographic quotes, which the language reads as the plain ones. */
static bool is_wide_mark(const char *at, const char *to) {
    static const char *const marks[] = {"（", "）", "，", "、", "：", "｜", "＝", "“", "”"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (to - at >= 3 && memcmp(at, marks[i], 3) == 0) return true;
    return false;
}

static bool is_word_byte(const char *at, const char *to) {
    char c = *at;
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("_-.@", c)) ||
           ((unsigned char)c >= 0x80 && !is_wide_mark(at, to));
}

static const char *phrase_end(const char *at, const char *to) {
    if (to - at >= 3 && memcmp(at, "“", 3) == 0) {
        for (at += 3; to - at >= 3; at++)
            if (memcmp(at, "”", 3) == 0) return at + 3;
        return to;
    }
    char quote = *at++;
    while (at < to && *at != quote) at += *at == '\\' && at + 1 < to && (quote == '"' || at[1] == quote) ? 2 : 1;
    return at < to ? at + 1 : to;
}

static const char *word_end(const char *at, const char *to) {
    while (at < to && is_word_byte(at, to)) at += (unsigned char)*at >= 0x80 ? character_bytes(at, to) : 1;
    return at;
}

static const char *number_end(const char *at, const char *to) {
    if (at < to && (*at == '+' || *at == '-')) at++;
    const char *digits = at;
    while (at < to && ((*at >= '0' && *at <= '9') || *at == '.')) at++;
    return at == digits ? NULL : word_end(at, to);
}

static bool is_number(const char *at, const char *end) {
    if (*at == '+' || *at == '-') at++;
    if (at >= end || *at < '0' || *at > '9') return false;
    while (at < end && ((*at >= '0' && *at <= '9') || *at == '.')) at++;
    for (; at < end; at++) /* behind it a unit: letters, and no second name as in 3-step */
        if (*at == '-' || *at == '_' || *at == '@' || (*at >= '0' && *at <= '9')) return false;
    return true;
}

static cs_lexeme lexeme_at(const char *at, const char *to, uint32_t line) {
    cs_lexeme lexeme = {.kind = CS_LEXEME_MARK, .at = at, .line = line};
    const char *end;
    if (*at == '"' || *at == '/' || (to - at >= 3 && memcmp(at, "“", 3) == 0)) {
        lexeme.kind = CS_LEXEME_PHRASE;
        end = phrase_end(at, to);
    } else if (number_end(at, to) && is_number(at, number_end(at, to))) {
        lexeme.kind = CS_LEXEME_NUMBER;
        end = number_end(at, to);
        if (end < to && *end == '%') end++;
    } else if (is_word_byte(at, to)) {
        lexeme.kind = CS_LEXEME_WORD;
        end = word_end(at, to);
    } else if (strchr("!<>", *at) && at + 1 < to && at[1] == '=') {
        end = at + 2;
    } else {
        end = at + character_bytes(at, to);
    }
    lexeme.bytes = (uint32_t)(end - at);
    return lexeme;
}

bool lexemes_read(const char *from, const char *to, uint32_t line, cs_arena *arena, const cs_lexeme **out,
                  uint32_t *count) {
    cs_lexeme *lexemes = NULL;
    uint32_t made = 0, room = 0;
    const char *at, *end, *next;
    for (const char *start = from; start; start = next, line++) {
        line_read(start, to, &at, &end, &next);
        bool is_further = made > 0;
        while (at < end && *at != '#') {
            if (!arena_room(arena, (void **)&lexemes, &room, made, sizeof *lexemes)) return false;
            if (is_further) {
                lexemes[made++] = (cs_lexeme){.kind = CS_LEXEME_LINE, .at = at, .line = line};
                is_further = false;
                continue;
            }
            lexemes[made] = lexeme_at(at, end, line);
            at += lexemes[made++].bytes;
            while (at < end && is_blank_byte(*at)) at++;
        }
    }
    *out = lexemes;
    *count = made;
    return true;
}
