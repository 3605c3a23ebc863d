#include "conversation/row_conversation_list.h"

#include "base/utf8.h"

#include <string.h>

void text_list_begin(cs_text_list *list, const char *cell, cs_arena *arena) {
    *list = (cs_text_list){.at = cell, .arena = arena};
    if (*cell == '[')
        list->at++;
    else
        list->is_broken = true;
}

static bool give_up(cs_text_list *list) {
    list->is_broken = true;
    return false;
}

static void skip_blank(cs_text_list *list) {
    while (*list->at == ' ' || *list->at == '\t' || *list->at == '\n' || *list->at == '\r') list->at++;
}

static bool read_hex(const char *at, int digits, uint32_t *out) {
    *out = 0;
    for (int i = 0; i < digits; i++) {
        const char *hex = "0123456789abcdef", *found = at[i] ? strchr(hex, at[i] | 0x20) : NULL;
        if (!found) return false;
        *out = *out * 16 + (uint32_t)(found - hex);
    }
    return true;
}

static size_t write_utf8(uint32_t code, char *out) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t bytes = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = bytes; i-- > 1; code >>= 6) out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((bytes == 2 ? 0xc0u : bytes == 3 ? 0xe0u : 0xf0u) | code);
    return bytes;
}

/* \uD83D\uDE00 is one character. A half without its other half is no character. */
static bool read_code(const char **at, uint32_t *code) {
    int digits = **at == 'x' ? 2 : **at == 'u' ? 4 : 8;
    uint32_t low;
    if (!read_hex(*at + 1, digits, code)) return false;
    *at += 1 + digits;
    if (*code >= 0xd800 && *code < 0xdc00) {
        if ((*at)[0] != '\\' || (*at)[1] != 'u' || !read_hex(*at + 2, 4, &low) || low < 0xdc00 || low > 0xdfff)
            return false;
        *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
        *at += 6;
    }
    return *code > 0 && *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff);
}

/* Behind a backslash; writes at most 4 bytes. */
static bool read_escape(const char **at, char **out) {
    static const char letters[] = "nrtbfva0", meanings[] = "\n\r\t\b\f\v\a ";
    if (!**at) return false;
    const char *letter = strchr(letters, **at);
    if (**at == 'x' || **at == 'u' || **at == 'U') {
        uint32_t code;
        if (!read_code(at, &code)) return false;
        *out += write_utf8(code, *out);
        return true;
    }
    *(*out)++ = letter ? meanings[letter - letters] : **at;
    (*at)++;
    return true;
}

static bool read_text(cs_text_list *list, const char **text) {
    char quote = *list->at++;
    size_t room = 0; /* an escape is never shorter than its meaning */
    while (list->at[room] && list->at[room] != quote) room += list->at[room] == '\\' && list->at[room + 1] ? 2 : 1;
    char *out = arena_alloc(list->arena, room + 1), *start = out;
    if (!out) return give_up(list);
    while (*list->at && *list->at != quote) {
        if (*list->at != '\\') {
            *out++ = *list->at++;
            continue;
        }
        list->at++;
        if (!read_escape(&list->at, &out)) return give_up(list);
    }
    if (!*list->at) return give_up(list);
    list->at++;
    *out = 0;
    *text = start;
    return true;
}

bool text_list_next(cs_text_list *list, const char **text) {
    while (!list->is_broken) {
        skip_blank(list);
        if (*list->at == ']') {
            const char *rest = list->at + 1;
            if (rest[strspn(rest, " \t\r\n")]) return give_up(list);
            return false;
        }
        bool is_text = *list->at == '"' || *list->at == '\'';
        if (is_text && !read_text(list, text)) return false;
        if (!is_text) {
            size_t word = strcspn(list->at, ",][{}'\"");
            if (word == 0) return give_up(list);
            list->at += word;
        }
        skip_blank(list);
        if (*list->at == ',')
            list->at++;
        else if (*list->at != ']')
            return give_up(list);
        if (is_text) return true;
    }
    return false;
}
