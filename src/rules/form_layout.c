#include "rules/form_layout.h"

#include "base/utf8.h"

#include <string.h>

static bool is_break(char c) {
    return c == CS_BREAK_EACH || c == CS_BREAK_FILL;
}

unsigned form_columns(const char *text, size_t bytes) {
    unsigned columns = 0;
    for (const char *at = text, *end = text + bytes; at < end;) {
        if (is_break(*at)) {
            columns++;
            at += 2;
            continue;
        }
        unsigned length;
        columns += utf8_width(utf8_decode(at, &length));
        at += length;
    }
    return columns;
}

void form_pad(cs_buffer *out, unsigned columns) {
    for (; columns > 0; columns--) buffer_text(out, " ");
}

static void put_plain(cs_buffer *out, const char *from, const char *to) {
    for (const char *at = from; at < to; at++) {
        if (!is_break(*at)) continue;
        buffer_append(out, from, (size_t)(at - from));
        buffer_text(out, " ");
        from = ++at + 1;
    }
    if (from < to) buffer_append(out, from, (size_t)(to - from));
}

/* | and or hang before the body, so that what they join stands in one column; unless goes further in. */
static unsigned indent_of(const char *from, const char *to, unsigned body) {
    static const struct {
        const char *word;
        unsigned columns;
    } hanging[] = {{"| ", 2}, {"and ", 4}, {"or ", 3}, {"且 ", 3}, {"或 ", 3}};
    for (size_t i = 0; i < sizeof hanging / sizeof *hanging; i++) {
        size_t bytes = strlen(hanging[i].word);
        if ((size_t)(to - from) >= bytes && strncmp(from, hanging[i].word, bytes) == 0)
            return body > hanging[i].columns + 2 ? body - hanging[i].columns : body;
    }
    bool is_unless =
        (to - from > 6 && strncmp(from, "unless", 6) == 0) || (to - from > 6 && strncmp(from, "除非", 6) == 0);
    return is_unless ? body + 2 : body;
}

/* The next break of this level; to: there is none. */
static const char *next_break(const char *from, const char *to, char level) {
    for (; from < to; from++)
        if (is_break(*from) && *++from == level) return from - 1;
    return to;
}

static char outermost(const char *from, const char *to) {
    char least = 0;
    for (; from < to; from++)
        if (is_break(*from) && (++from, !least || *from < least)) least = *from;
    return least;
}

/* Each round breaks a level further in, so it goes no deeper than there are levels. */
static void lay(cs_buffer *out, const char *from, const char *to, unsigned *column, unsigned body) {
    unsigned columns = form_columns(from, (size_t)(to - from));
    char level = outermost(from, to);
    if (!level || *column + columns <= CS_LINE_COLUMNS) {
        put_plain(out, from, to);
        *column += columns;
        return;
    }
    for (const char *stop = next_break(from, to, level); from < to; stop = next_break(from, to, level)) {
        lay(out, from, stop, column, body);
        if (stop == to) return;
        char kind = *stop;
        from = stop + 2;
        const char *next = next_break(from, to, level);
        unsigned wanted = 1 + form_columns(from, (size_t)(next - from));
        if (kind == CS_BREAK_FILL && *column + wanted <= CS_LINE_COLUMNS) {
            buffer_text(out, " ");
            (*column)++;
            continue;
        }
        *column = indent_of(from, next, body);
        buffer_text(out, "\n");
        form_pad(out, *column);
    }
}

void form_lay(cs_buffer *out, const char *text, unsigned column, unsigned body) {
    lay(out, text, text + strlen(text), &column, body);
}
