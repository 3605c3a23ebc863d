#include "conversation/srt_text.h"

#include "base/utf8.h"
#include "conversation/webvtt_text.h"

#include <string.h>
#include <strings.h>

enum { LONGEST_NAME = 60 }; /* bytes: 20 Chinese characters */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

/* Roles by the words of the model, and by others that desks write. */
static cs_role role_of(const char *word, size_t bytes) {
    static const struct {
        const char *word;
        cs_role role;
    } others[] = {{"客服", CS_ROLE_AGENT},
                  {"座席", CS_ROLE_AGENT},
                  {"用户", CS_ROLE_CUSTOMER},
                  {"顾客", CS_ROLE_CUSTOMER},
                  {"caller", CS_ROLE_CUSTOMER}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strlen(others[i].word) == bytes && strncasecmp(others[i].word, word, bytes) == 0) return others[i].role;
    }
    cs_role role = webvtt_role(word, bytes);
    return role == CS_ROLE_UNDECIDED ? CS_ROLE_COUNT : role;
}

static size_t length_at(const char *text, size_t bytes, const char *mark) {
    size_t length = strlen(mark);
    return bytes >= length && memcmp(text, mark, length) == 0 ? length : 0;
}

/* Whether a mark stands at text that no name holds. */
static bool is_mark(const char *text, size_t bytes) {
    static const char *const marks[] = {",", ".",  "?",  "!",  ";",  "<",  ">",  "\"", "[",
                                        "]", "【", "】", "，", "。", "？", "！", "；", "、"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (length_at(text, bytes, marks[i])) return true;
    }
    return false;
}

/* A role, a name, or a role and a name behind a blank. */
static bool read_speaker(const char *text, size_t bytes, cs_srt_prefix *out) {
    while (bytes > 0 && is_blank(*text)) text++, bytes--;
    while (bytes > 0 && is_blank(text[bytes - 1])) bytes--;
    if (bytes == 0 || bytes > LONGEST_NAME) return false;
    size_t word = 0, digits = 0;
    while (word < bytes && !is_blank(text[word])) word++;
    for (size_t i = 0; i < bytes; i++) {
        /* "Dr. Li" is a name, "Well. Yes" is none: a point may only stand behind two or three letters at the start. */
        bool is_title = text[i] == '.' && i > 0 && i <= 3 && word == i + 1;
        if (!is_title && is_mark(text + i, bytes - i)) return false;
        digits += text[i] >= '0' && text[i] <= '9';
    }
    if (digits == bytes) return false; /* 10:30 */
    *out = (cs_srt_prefix){.role = role_of(text, word), .name = text, .name_bytes = bytes};
    if (out->role == CS_ROLE_COUNT) return true;
    while (word < bytes && is_blank(text[word])) word++;
    out->name += word;
    out->name_bytes -= word;
    return true;
}

static size_t skip_blanks(const char *line, size_t bytes, size_t at) {
    while (at < bytes && is_blank(line[at])) at++;
    return at;
}

static size_t skip_colon(const char *line, size_t bytes, size_t at) {
    size_t colon = length_at(line + at, bytes - at, ":");
    return at + (colon ? colon : length_at(line + at, bytes - at, "："));
}

/* [坐席] …, 【客服 李晓芸】…, (agent): … */
static bool read_bracketed(const char *line, size_t bytes, cs_srt_prefix *out) {
    static const char *const pairs[][2] = {{"[", "]"}, {"【", "】"}, {"(", ")"}, {"（", "）"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t open = length_at(line, bytes, pairs[i][0]);
        if (!open) continue;
        const char *close = memmem(line + open, bytes - open, pairs[i][1], strlen(pairs[i][1]));
        if (!close || !read_speaker(line + open, (size_t)(close - line) - open, out)) return false;
        size_t at = (size_t)(close - line) + strlen(pairs[i][1]);
        out->length = skip_blanks(line, bytes, skip_colon(line, bytes, skip_blanks(line, bytes, at)));
        return true;
    }
    return false;
}

bool srt_prefix(const char *line, size_t bytes, cs_srt_prefix *out) {
    size_t from = skip_blanks(line, bytes, 0);
    line += from;
    bytes -= from;
    bool is_found = read_bracketed(line, bytes, out);
    for (size_t at = 0; !is_found && at < bytes && at <= LONGEST_NAME; at++) {
        size_t colon = skip_colon(line, bytes, at) - at;
        if (!colon) continue;
        if (!read_speaker(line, at, out)) return false;
        out->length = skip_blanks(line, bytes, at + colon);
        is_found = true;
    }
    out->length += is_found ? from : 0;
    return is_found;
}

/* Length of the tag at text, 0: it is only text. */
static size_t tag_length(const char *text, size_t bytes) {
    static const char *const names[] = {"i", "b", "u", "s", "font"};
    if (bytes > 1 && text[0] == '{' && text[1] == '\\') {
        const char *end = memchr(text, '}', bytes);
        return end ? (size_t)(end - text) + 1 : 0;
    }
    if (text[0] != '<') return 0;
    size_t at = bytes > 1 && text[1] == '/' ? 2 : 1, name = 0;
    while (at + name < bytes && !strchr(" \t\n>", text[at + name])) name++;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) != name || strncasecmp(names[i], text + at, name) != 0) continue;
        const char *end = memchr(text + at, '>', bytes - at);
        return end ? (size_t)(end - text) + 1 : 0;
    }
    return 0;
}

const char *srt_text(const char *text, size_t bytes, cs_arena *arena, size_t *length) {
    char *out = arena_alloc(arena, bytes + 1);
    if (!out) return NULL;
    size_t used = 0;
    for (size_t i = 0; i < bytes;) {
        size_t tag = tag_length(text + i, bytes - i);
        i += tag;
        if (tag) continue;
        if (text[i] != '\n') {
            out[used++] = text[i++];
            continue;
        }
        /* A line is wrapped for the screen: between Chinese characters that means nothing, else a space. */
        i++;
        bool is_plain_before = used > 0 && (unsigned char)out[used - 1] < 0x80 && !is_blank(out[used - 1]);
        if (is_plain_before && i < bytes && (unsigned char)text[i] < 0x80) out[used++] = ' ';
    }
    while (used > 0 && is_blank(out[used - 1])) used--;
    size_t from = skip_blanks(out, used, 0);
    out[used] = 0;
    *length = used - from;
    return out + from;
}
