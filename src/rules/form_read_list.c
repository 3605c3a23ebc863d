/* words, pairs, calendar and test: statements that are read line by line. */
#include "rules/form_reader.h"

#include "rules/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static const char *copy_trimmed(cs_form_reader *r, const char *from, size_t bytes) {
    while (bytes && is_blank(*from)) from++, bytes--;
    while (bytes && is_blank(from[bytes - 1])) bytes--;
    const char *text = arena_copy(r->arena, from, bytes);
    return text ? text : (form_refuse(r, 0, "out of memory"), "");
}

/* ---- words and pairs ---- */

static bool on_item(cs_parser *parser, const cs_source_line *line, const char *from, size_t bytes, void *context) {
    cs_form_reader *r = context;
    (void)parser;
    (void)line;
    const char *item = copy_trimmed(r, from, bytes);
    if (*item) form_text(r->out, item);
    return true;
}

bool form_read_list(cs_form_reader *r, const cs_statement *statement) {
    const char *first = strchr(statement->lines[0].text, '=');
    if (!first) return form_refuse(r, statement->lines[0].number, "'=' is missing");
    char key[CS_FORM_TEXT_BYTES];
    uint32_t number = 0;
    form_key(r->out, "lines");
    buffer_text(r->out, "[");
    for (uint32_t i = 0; i < statement->line_count; i++) {
        const cs_source_line *line = &statement->lines[i];
        size_t before = r->out->length;
        form_comma(r->out);
        buffer_text(r->out, "[");
        size_t empty = r->out->length;
        if (!parse_each_item(NULL, line, i == 0 ? first + 1 : line->text, on_item, r)) return false;
        if (r->out->length == empty) {
            r->out->length = before; /* "words NAME =" alone, or a bar alone */
            r->out->data[before] = 0;
        } else {
            buffer_text(r->out, "]");
            number++;
        }
        bool is_empty = r->out->length == before;
        if (is_empty && i > 0) continue; /* its comment goes to the next line */
        snprintf(key, sizeof key, "%u", number);
        form_take_notes(r, is_empty ? "head" : key, line->number);
    }
    return buffer_text(r->out, "]");
}

/* ---- calendar ---- */

/* 09:00 as one word: what stands up to the next blank-separated dash. */
static bool read_calendar_value(cs_form_reader *r) {
    char text[CS_FORM_TEXT_BYTES] = "";
    bool is_joined = true;
    for (size_t used = 0;
         r->t->kind != TOKEN_NEWLINE && r->t->kind != TOKEN_END && !form_is(r->t, "|") && !form_is(r->t, ",");) {
        bool is_dash = form_is(r->t, "-"), is_colon = form_is(r->t, ":");
        bool is_apart = used && (is_dash || !(is_joined || is_colon));
        const char *word = r->t->text;
        for (int i = 0; i < 7; i++)
            if (strcmp(word, calendar_weekdays[i][0]) == 0 || strcmp(word, calendar_weekdays[i][1]) == 0) {
                form_count_language(r, word);
                word = calendar_weekdays[i][0];
            }
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", is_apart ? " " : "", word);
        if (used >= sizeof text) return form_refuse(r, r->t->line, "it is too long for a form");
        is_joined = is_colon;
        r->t++;
    }
    form_text(r->out, text);
    return true;
}

static bool read_calendar_line(cs_form_reader *r, uint32_t number) {
    static const char *const words[] = {"zone", "workdays", "hours", "holiday", "workday"};
    char key[CS_FORM_TEXT_BYTES];
    form_comma(r->out);
    buffer_text(r->out, "{");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!form_take(r, words[i])) continue;
        form_key(r->out, words[i]);
        buffer_text(r->out, "[");
        do {
            form_skip_newlines(r);
            if (!read_calendar_value(r)) return false;
        } while (form_take(r, "|") || form_take(r, ","));
        buffer_text(r->out, "]}");
        snprintf(key, sizeof key, "%u", number);
        form_take_notes(r, key, r->t[-1].line);
        form_skip_newlines(r);
        return true;
    }
    return form_refuse(r, r->t->line, "begins no line of a calendar");
}

bool form_read_calendar(cs_form_reader *r, const cs_statement *statement) {
    cs_token *tokens = source_tokens(statement, r->arena);
    if (!tokens) return form_refuse(r, 0, "out of memory");
    r->t = tokens + 1;
    form_take_notes(r, "head", tokens->line);
    form_skip_newlines(r);
    form_key(r->out, "lines");
    buffer_text(r->out, "[");
    for (uint32_t number = 1; r->t->kind != TOKEN_END; number++)
        if (!read_calendar_line(r, number)) return false;
    return buffer_text(r->out, "]");
}

/* ---- test ---- */

typedef struct words { /* of a line, one by one */
    cs_form_reader *reader;
    const char *rest;
} words;

/* The next word as it is, "" at the end. */
static const char *next(words *w) {
    while (is_blank(*w->rest)) w->rest++;
    const char *from = w->rest;
    while (*w->rest && !is_blank(*w->rest)) w->rest++;
    size_t bytes = (size_t)(w->rest - from);
    while (is_blank(*w->rest)) w->rest++;
    return copy_trimmed(w->reader, from, bytes);
}

/* In English, where it is a keyword. */
static const char *english(cs_form_reader *r, const char *word) {
    const char *keyword = *word ? vocabulary_english(word) : NULL;
    if (keyword) form_count_language(r, word);
    return keyword ? keyword : word;
}

static bool is_clock(const char *word) {
    return strchr(word, ':') && !word[strspn(word, "0123456789:.-")];
}

static void read_event(cs_form_reader *r, words *w) {
    form_member(r->out, "event", english(r, next(w)));
    if (strcmp(english(r, next(w)), "by") == 0) form_member(r->out, "by", english(r, next(w)));
}

/* Of two labels or numbers the last counts. */
static void read_annotation(cs_form_reader *r, words *w) {
    char number[CS_FORM_TEXT_BYTES] = "";
    const char *label = NULL;
    form_member(r->out, "annotation", english(r, next(w)));
    for (const char *word = next(w); *word && strcmp(english(r, word), "in") != 0; word = next(w)) {
        char *end;
        cs_token token = {.kind = TOKEN_NUMBER, .text = word, .value = strtod(word, &end)};
        if (*end)
            label = word;
        else
            form_number(&token, number);
    }
    if (label) form_member(r->out, "label", label);
    if (*number) form_key(r->out, "value"), buffer_text(r->out, number);
    form_key(r->out, "in");
    buffer_printf(r->out, "%lu", strtoul(w->rest, NULL, 10));
}

static void read_expectation(cs_form_reader *r, words *w) {
    form_member(r->out, "expect", next(w));
    char verdict[CS_FORM_TEXT_BYTES];
    snprintf(verdict, sizeof verdict, "%s", english(r, next(w)));
    for (char *c = verdict; *c; c++) *c = *c == '_' ? '-' : *c;
    form_member(r->out, "verdict", verdict);
    if (strcmp(english(r, next(w)), "at") != 0) return;
    form_key(r->out, "at");
    buffer_printf(r->out, "%lu", strtoul(w->rest, NULL, 10));
}

static bool read_setting(cs_form_reader *r, const cs_source_line *line) {
    cs_token *tokens = source_line_tokens(line, r->arena);
    if (!tokens) return form_refuse(r, 0, "out of memory");
    r->t = tokens;
    form_take(r, "for");
    form_key(r->out, "for");
    buffer_text(r->out, "{");
    return form_read_for(r) && buffer_text(r->out, "}");
}

static bool read_line(cs_form_reader *r, const cs_source_line *line) {
    words w = {.reader = r, .rest = line->text};
    const char *word = next(&w);
    if (strcmp(vocabulary_english(word) ? vocabulary_english(word) : word, "for") == 0) return read_setting(r, line);
    if (strcmp(word, "->") == 0 || strcmp(word, "→") == 0) return read_expectation(r, &w), true;
    const char *at = is_clock(word) ? word : NULL;
    if (at) word = next(&w);
    size_t bytes = strlen(word);
    bool is_doubtful = bytes > 1 && word[bytes - 1] == '?';
    if (is_doubtful) word = copy_trimmed(r, word, bytes - 1);
    const char *name = english(r, word);
    if (at) form_member(r->out, "at", at);
    if (strcmp(name, "event") == 0) return read_event(r, &w), true;
    if (strcmp(name, "annotation") == 0) return read_annotation(r, &w), true;
    if (name == word) form_count_language(r, word);
    form_member(r->out, "role", name);
    if (is_doubtful) form_flag(r->out, "doubtful");
    form_member(r->out, "says", w.rest);
    return true;
}

bool form_read_test(cs_form_reader *r, const cs_statement *statement) {
    char key[CS_FORM_TEXT_BYTES];
    form_take_notes(r, "head", statement->lines[0].number);
    form_key(r->out, "lines");
    buffer_text(r->out, "[");
    for (uint32_t i = 1; i < statement->line_count; i++) {
        const cs_source_line *line = &statement->lines[i];
        form_comma(r->out);
        buffer_text(r->out, "{");
        if (!read_line(r, line)) return false;
        buffer_text(r->out, "}");
        snprintf(key, sizeof key, "%u", i);
        form_take_notes(r, key, line->number);
    }
    return buffer_text(r->out, "]");
}
