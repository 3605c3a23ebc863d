#include "rules/source.h"

#include "base/utf8.h"
#include "rules/vocabulary.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* ---- lines and statements ---- */

static size_t indent_of(const char *line, size_t bytes) {
    size_t indent = 0;
    while (indent < bytes && is_blank(line[indent])) indent++;
    return indent;
}

static bool keep_text(cs_statement *statement, const char *start, const char *stop, cs_arena *arena) {
    statement->text = arena_copy(arena, start, (size_t)(stop - start));
    return statement->text != NULL;
}

/* Lists are cut at their marks as text, so the full-width ones become plain ones here, and “…” becomes "…"; what stands in
 * quotes or slashes stays. NULL: out of memory. */
static const char *plain_list_line(const char *text, cs_arena *arena) {
    static const char wide_equals[] = "＝", wide_bar[] = "｜", open_quote[] = "“", close_quote[] = "”";
    if (!strstr(text, wide_equals) && !strstr(text, wide_bar) && !strstr(text, open_quote)) return text;
    char *plain = arena_alloc(arena, strlen(text) + 1);
    const char *closing = NULL, *last_close = text; /* closing: of what stands open here */
    for (const char *next = text; (next = strstr(next, close_quote)) != NULL; next += 3) last_close = next;
    size_t length = 0;
    bool is_start = true;
    while (plain && *text) {
        bool is_equals = strncmp(text, wide_equals, 3) == 0, is_bar = strncmp(text, wide_bar, 3) == 0;
        bool is_open = is_start && text < last_close && strncmp(text, open_quote, 3) == 0;
        if (closing && *closing == *close_quote ? strncmp(text, closing, 3) == 0 : !closing && is_open) {
            closing = closing ? NULL : close_quote;
            is_start = false;
            plain[length++] = '"';
            text += 3;
            continue;
        }
        if (!closing && (is_equals || is_bar)) {
            is_start = true;
            plain[length++] = is_bar ? '|' : '=';
            text += 3;
            continue;
        }
        if (closing && *closing == '/' && *text == '\\' && text[1])
            plain[length++] = *text++;
        else if (closing)
            closing = *text == *closing && *closing != *close_quote ? NULL : closing;
        else if (is_start && (*text == '"' || *text == '/'))
            closing = *text == '"' ? "\"" : "/";
        is_start = !closing && (*text == '|' || *text == '=' || (is_start && is_blank(*text)));
        plain[length++] = *text++;
    }
    return plain;
}

static bool plain_lists(cs_statement *statement, cs_arena *arena) {
    static const char *const words[] = {"words", "词表", "pairs", "对照"};
    const char *first = statement->lines[0].text;
    bool is_list = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t bytes = strlen(words[i]);
        is_list |= strncmp(first, words[i], bytes) == 0 && (first[bytes] == ' ' || first[bytes] == '\t');
    }
    for (uint32_t i = 0; is_list && i < statement->line_count; i++)
        if (!(statement->lines[i].text = plain_list_line(statement->lines[i].text, arena))) return false;
    return true;
}

bool source_split(const char *text, size_t bytes, const char *file, const char *pack, cs_arena *arena,
                  cs_statement **out, uint32_t *count) {
    size_t line_count = 1;
    for (size_t i = 0; i < bytes; i++) line_count += text[i] == '\n';
    cs_source_line *lines = arena_array(arena, line_count, sizeof *lines);
    cs_statement *statements = arena_array(arena, line_count, sizeof *statements);
    if (!lines || !statements) return false;

    uint32_t used = 0, made = 0, number = 0;
    const char *statement_start = text, *statement_stop = text;
    for (size_t at = 0; at < bytes;) {
        const char *line = text + at;
        const char *end = memchr(line, '\n', bytes - at);
        size_t length = end ? (size_t)(end - line) : bytes - at;
        at += length + 1;
        number++;
        size_t indent = indent_of(line, length);
        size_t stop = length;
        while (stop > indent && is_blank(line[stop - 1])) stop--;
        if (stop == indent || line[indent] == '#') continue;
        char *copy = arena_copy(arena, line + indent, stop - indent);
        if (!copy) return false;
        lines[used] = (cs_source_line){.text = copy, .number = number, .indent = (uint32_t)indent};
        if (indent == 0 || made == 0) {
            if (made > 0 && !keep_text(&statements[made - 1], statement_start, statement_stop, arena)) return false;
            statements[made++] = (cs_statement){.file = file, .pack = pack, .lines = &lines[used]};
            statement_start = line;
        }
        statements[made - 1].line_count++;
        statement_stop = line + stop;
        used++;
    }
    if (made > 0 && !keep_text(&statements[made - 1], statement_start, statement_stop, arena)) return false;
    for (uint32_t i = 0; i < made; i++)
        if (!plain_lists(&statements[i], arena)) return false;
    *out = statements;
    *count = made;
    return true;
}

/* ---- tokens ---- */

typedef struct scan {
    const char *at;
    const char *counted; /* column is of this place: tokens come in order, so each character is counted once */
    uint32_t line, column;
    cs_arena *arena;
    cs_token *tokens;
    uint32_t count;
    bool is_full;
} scan;

static bool is_word_byte(unsigned char c) {
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.' || c == '@';
}

static void add(scan *s, cs_token_kind kind, const char *from, size_t bytes, const char *where) {
    char *text = arena_copy(s->arena, from, bytes);
    if (!text) {
        s->is_full = true;
        return;
    }
    const char *english = kind == TOKEN_WORD ? vocabulary_english(text) : NULL;
    s->column += (uint32_t)utf8_count(s->counted, (size_t)(where - s->counted));
    s->counted = where;
    s->tokens[s->count++] =
        (cs_token){.kind = kind, .text = text, .word = english ? english : text, .line = s->line, .column = s->column};
}

static void scan_quoted(scan *s, char quote, cs_token_kind kind) {
    const char *where = s->at++, *end = s->at;
    while (*end && *end != quote) end += *end == '\\' && end[1] && (kind == TOKEN_STRING || end[1] == quote) ? 2 : 1;
    char *text = arena_alloc(s->arena, (size_t)(end - s->at) + 1);
    if (!text) {
        s->is_full = true;
        return;
    }
    size_t length = 0;
    while (s->at < end) {
        if (*s->at == '\\' && s->at[1] && (kind == TOKEN_STRING || s->at[1] == quote)) s->at++;
        text[length++] = *s->at++;
    }
    if (!*s->at) {
        const char *words = kind == TOKEN_STRING ? "the quote is not closed on its line"
                                                 : "the expression's / is not closed on its line";
        add(s, TOKEN_BAD, words, strlen(words), where);
        return;
    }
    s->at++;
    add(s, kind, text, length, where);
}

/* Typographic quotes are what word processors make of "…". */
static bool scan_typographic(scan *s) {
    static const char open[] = "\xE2\x80\x9C", close[] = "\xE2\x80\x9D";
    if (strncmp(s->at, open, 3) != 0) return false;
    const char *end = strstr(s->at + 3, close);
    if (!end) {
        add(s, TOKEN_BAD, "the quote is not closed on its line", 35, s->at);
        s->at += strlen(s->at);
        return true;
    }
    add(s, TOKEN_STRING, s->at + 3, (size_t)(end - s->at - 3), s->at);
    s->at = end + 3;
    return true;
}

/* Full-width punctuation that Chinese keyboards type, and what it means here. NULL: none stands at text; else its end. */
static const char *wide_punctuation(const char *text, const char **plain) {
    static const struct {
        const char *wide, *plain;
    } table[] = {{"\xEF\xBC\x88", "("}, {"\xEF\xBC\x89", ")"}, {"\xEF\xBC\x8C", ","}, {"\xE3\x80\x81", ","},
                 {"\xEF\xBC\x9A", ":"}, {"\xEF\xBD\x9C", "|"}, {"\xEF\xBC\x9D", "="}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t bytes = strlen(table[i].wide);
        if (strncmp(text, table[i].wide, bytes) != 0) continue;
        if (plain) *plain = table[i].plain;
        return text + bytes;
    }
    return NULL;
}

const cs_source_unit source_units[SOURCE_UNITS] = {{"", "", 0},           {"ms", "毫秒", 1},  {"s", "秒", 1000},
                                                   {"m", "分钟", 60000},  {"m", "分", 60000}, {"h", "小时", 3600000},
                                                   {"d", "天", 86400000}, {"%", "%", 0}};

static bool scan_number(scan *s) {
    const char *where = s->at, *at = s->at;
    if (*at == '+' || *at == '-') at++;
    if (*at < '0' || *at > '9') return false;
    while ((*at >= '0' && *at <= '9') || *at == '.') at++;
    const char *unit = at;
    while ((*at >= 'a' && *at <= 'z') || *at == '%' || (unsigned char)*at >= 0x80) {
        const char *end = wide_punctuation(at, NULL);
        if (end) break; /* 30秒，… */
        at++;
    }
    size_t unit_bytes = (size_t)(at - unit);
    if (is_word_byte((unsigned char)*at)) return false; /* 3-step: a word */
    for (size_t i = 0; i < SOURCE_UNITS; i++) {
        const char *written =
            strlen(source_units[i].unit) == unit_bytes && strncmp(source_units[i].unit, unit, unit_bytes) == 0
                ? source_units[i].unit
            : strlen(source_units[i].zh) == unit_bytes && strncmp(source_units[i].zh, unit, unit_bytes) == 0
                ? source_units[i].zh
                : NULL;
        if (!written) continue;
        add(s, TOKEN_NUMBER, where, (size_t)(at - where), where);
        if (s->is_full) return true;
        cs_token *token = &s->tokens[s->count - 1];
        token->value = strtod(where, NULL);
        memcpy(token->unit, source_units[i].unit, strlen(source_units[i].unit));
        s->at = at;
        return true;
    }
    return false; /* 12315abc: a word */
}

static bool scan_wide_punctuation(scan *s) {
    const char *plain, *end = wide_punctuation(s->at, &plain);
    if (!end) return false;
    add(s, TOKEN_PUNCT, plain, 1, s->at);
    s->at = end;
    return true;
}

static void scan_word(scan *s) {
    const char *where = s->at;
    while (is_word_byte((unsigned char)*s->at)) {
        if ((unsigned char)*s->at >= 0x80) {
            if (wide_punctuation(s->at, NULL)) break;
            unsigned length;
            (void)utf8_decode(s->at, &length);
            s->at += length;
        } else {
            s->at++;
        }
    }
    add(s, TOKEN_WORD, where, (size_t)(s->at - where), where);
}

static void scan_line(scan *s, const cs_source_line *line) {
    s->at = s->counted = line->text;
    s->line = line->number;
    s->column = line->indent + 1;
    while (*s->at && !s->is_full) {
        char c = *s->at;
        if (is_blank(c)) {
            s->at++;
        } else if (c == '#') {
            break;
        } else if (c == '"') {
            scan_quoted(s, '"', TOKEN_STRING);
        } else if (c == '/') {
            scan_quoted(s, '/', TOKEN_REGEX);
        } else if ((c == '!' || c == '<' || c == '>') && s->at[1] == '=') {
            add(s, TOKEN_PUNCT, s->at, 2, s->at);
            s->at += 2;
        } else if (strchr("()|,:=<>", c)) {
            add(s, TOKEN_PUNCT, s->at, 1, s->at);
            s->at++;
        } else if (scan_number(s) || scan_typographic(s) || scan_wide_punctuation(s)) {
            continue;
        } else if (is_word_byte((unsigned char)c)) {
            scan_word(s);
        } else {
            add(s, TOKEN_BAD, "this character means nothing here", 33, s->at);
            s->at++;
        }
    }
}

static cs_token *scan_lines(const cs_source_line *lines, uint32_t count, cs_arena *arena) {
    size_t most = 2;
    for (uint32_t i = 0; i < count; i++) most += strlen(lines[i].text) + 1;
    scan s = {.arena = arena, .tokens = arena_array(arena, most, sizeof *s.tokens)};
    if (!s.tokens) return NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            s.tokens[s.count++] = (cs_token){.kind = TOKEN_NEWLINE, .text = "", .line = lines[i].number, .column = 1};
        scan_line(&s, &lines[i]);
    }
    const cs_source_line *last = &lines[count - 1];
    s.tokens[s.count] = (cs_token){.kind = TOKEN_END,
                                   .text = "",
                                   .line = last->number,
                                   .column = last->indent + 1 + (uint32_t)utf8_count(last->text, strlen(last->text))};
    return s.is_full ? NULL : s.tokens;
}

cs_token *source_tokens(const cs_statement *statement, cs_arena *arena) {
    return scan_lines(statement->lines, statement->line_count, arena);
}

cs_token *source_line_tokens(const cs_source_line *line, cs_arena *arena) {
    return scan_lines(line, 1, arena);
}
