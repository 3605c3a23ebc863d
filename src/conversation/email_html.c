/* HTML of a mail as text: no script, no style, nothing fetched; blocks and line breaks become lines. */
#include "base/utf8.h"
#include "conversation/email_text.h"

#include <string.h>
#include <strings.h>

enum { LONGEST_TAG_NAME = 16, DEEPEST_QUOTE = 9 };

typedef struct stripper {
    cs_buffer *out;
    unsigned quote; /* blockquotes that are open */
    bool is_line_empty, has_blank; /* nothing stands in the line yet; a blank waits for the next word */
    unsigned empty_lines; /* at the end of out */
} stripper;

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void end_line(stripper *s) {
    s->has_blank = false;
    if (s->is_line_empty && s->empty_lines > 0) return; /* at most one empty line */
    s->empty_lines = s->is_line_empty ? s->empty_lines + 1 : 0;
    buffer_append(s->out, "\n", 1);
    s->is_line_empty = true;
}

static void put(stripper *s, const char *text, size_t bytes) {
    if (s->is_line_empty) {
        for (unsigned i = 0; i < s->quote && i < DEEPEST_QUOTE; i++) buffer_append(s->out, "> ", 2);
    } else if (s->has_blank) {
        buffer_append(s->out, " ", 1);
    }
    s->has_blank = s->is_line_empty = false;
    s->empty_lines = 0;
    buffer_append(s->out, text, bytes);
}

/* Bytes of the entity at text, its characters put; 0: it is only an &. */
static size_t put_entity(stripper *s, const char *text, size_t bytes) {
    static const char *const named[][2] = {
        {"amp", "&"},   {"lt", "<"},    {"gt", ">"},     {"quot", "\""}, {"apos", "'"},  {"nbsp", " "},
        {"copy", "©"},  {"reg", "®"},   {"yen", "¥"},    {"euro", "€"},  {"pound", "£"}, {"middot", "·"},
        {"mdash", "—"}, {"ndash", "–"}, {"hellip", "…"}, {"ldquo", "“"}, {"rdquo", "”"}, {"lsquo", "‘"},
        {"rsquo", "’"}, {"laquo", "«"}, {"raquo", "»"},  {"times", "×"}, {"deg", "°"},   {"bull", "•"},
        {"ensp", " "},  {"emsp", " "},  {"zwnj", ""},    {"zwj", ""},    {"shy", ""}};
    const char *end = memchr(text, ';', bytes < 12 ? bytes : 12);
    if (!end) return 0;
    size_t length = (size_t)(end - text) - 1;
    const char *name = text + 1;
    if (length > 1 && *name == '#') {
        bool is_hex = name[1] == 'x' || name[1] == 'X';
        uint32_t value = 0;
        for (size_t i = is_hex ? 2 : 1; i < length; i++) {
            char c = name[i];
            int digit = c >= '0' && c <= '9' ? c - '0' : is_hex && strchr("abcdef", c | 32) ? (c | 32) - 'a' + 10 : -1;
            if (digit < 0 || value > 0x10ffff) return 0;
            value = value * (is_hex ? 16 : 10) + (uint32_t)digit;
        }
        char character[4];
        bool is_text = value >= 0x20 && value != 0x7f && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
        if (value == 0xa0 || value == '\n' || value == '\t')
            s->has_blank = true;
        else if (is_text)
            put(s, character, utf8_encode(value, character));
        return length + 2;
    }
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (strlen(named[i][0]) != length || memcmp(named[i][0], name, length) != 0) continue;
        if (strcmp(named[i][1], " ") == 0)
            s->has_blank = true;
        else if (*named[i][1])
            put(s, named[i][1], strlen(named[i][1]));
        return length + 2;
    }
    return 0;
}

static void read_tag_name(const char *tag, const char *end, char out[LONGEST_TAG_NAME]) {
    size_t length = 0;
    for (; tag < end && length + 1 < LONGEST_TAG_NAME && !is_blank(*tag) && *tag != '>' && *tag != '/'; tag++)
        out[length++] = *tag >= 'A' && *tag <= 'Z' ? (char)(*tag + 32) : *tag;
    out[length] = 0;
}

static bool is_one_of(const char *name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) return true;
    }
    return false;
}

/* Behind the element's end: </script>, or the end of the text. */
static const char *skip_element(const char *at, const char *end, const char *name) {
    size_t length = strlen(name);
    for (; at < end; at++) {
        const char *close = memchr(at, '<', (size_t)(end - at));
        if (!close) return end;
        at = close;
        if ((size_t)(end - at) > length + 2 && at[1] == '/' && strncasecmp(at + 2, name, length) == 0) {
            const char *behind = memchr(at, '>', (size_t)(end - at));
            return behind ? behind + 1 : end;
        }
    }
    return end;
}

/* Behind the > of the tag at at; one inside a quoted attribute does not end it. */
static const char *tag_end(const char *at, const char *end) {
    char quote = 0;
    for (const char *c = at; c < end; c++) {
        if (quote)
            quote = *c == quote ? 0 : quote;
        else if ((*c == '"' || *c == '\'') && c > at && c[-1] == '=')
            quote = *c;
        else if (*c == '>')
            return c + 1;
    }
    const char *plain = memchr(at, '>', (size_t)(end - at)); /* a quote was never closed */
    return plain ? plain + 1 : end;
}

static const char *read_tag(stripper *s, const char *at, const char *end) {
    static const char *const hidden[] = {"script", "style", "head", "title", "template"};
    static const char *const blocks[] = {"p",          "div", "tr",      "li",      "ul", "ol",    "h1",
                                         "h2",         "h3",  "h4",      "h5",      "h6", "table", "hr",
                                         "blockquote", "pre", "section", "article", "br", "dt",    "dd"};
    if (end - at > 3 && memcmp(at, "<!--", 4) == 0) {
        const char *close = memmem(at + 4, (size_t)(end - at) - 4, "-->", 3);
        return close ? close + 3 : end;
    }
    bool is_closing = end - at > 1 && at[1] == '/';
    char name[LONGEST_TAG_NAME];
    read_tag_name(at + 1 + is_closing, end, name);
    const char *behind = tag_end(at, end);
    if (!is_closing && is_one_of(name, hidden, sizeof hidden / sizeof hidden[0]))
        return skip_element(behind, end, name);
    if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0) s->has_blank = true;
    if (!is_one_of(name, blocks, sizeof blocks / sizeof blocks[0])) return behind;
    if (strcmp(name, "br") == 0 || !s->is_line_empty) end_line(s);
    if (strcmp(name, "p") == 0 && s->out->length > 0 && s->empty_lines == 0) end_line(s);
    if (strcmp(name, "blockquote") == 0 && !is_closing) s->quote++;
    if (strcmp(name, "blockquote") == 0 && is_closing && s->quote > 0) s->quote--;
    return behind;
}

bool email_html_strip(const char *html, size_t bytes, cs_buffer *out) {
    stripper s = {.out = out, .is_line_empty = true};
    const char *at = html, *end = html + bytes;
    while (at < end && !out->is_failed) {
        if (*at == '<' && end - at > 1 &&
            (at[1] == '/' || at[1] == '!' || at[1] == '?' || ((at[1] | 32) >= 'a' && (at[1] | 32) <= 'z'))) {
            at = read_tag(&s, at, end);
            continue;
        }
        size_t entity = *at == '&' ? put_entity(&s, at, (size_t)(end - at)) : 0;
        if (entity) {
            at += entity;
            continue;
        }
        if (is_blank(*at)) {
            s.has_blank = !s.is_line_empty;
            at++;
            continue;
        }
        const char *word = at++;
        while (at < end && !is_blank(*at) && *at != '<' && *at != '&') at++;
        put(&s, word, (size_t)(at - word));
    }
    return !out->is_failed;
}
