/* words, pairs, calendar and test as text. */
#include "rules/form_layout.h"
#include "rules/form_writer.h"

#include "rules/parse.h"

#include <stdio.h>
#include <string.h>

enum { INDENT = 2 };

static unsigned columns_of(const char *text) {
    return form_columns(text, strlen(text));
}

/* ---- words and pairs ---- */

typedef struct reread { /* what was written, read as the parser reads it */
    const cs_json *items;
    size_t count;
    bool is_same;
} reread;

static bool on_item(cs_parser *parser, const cs_source_line *line, const char *from, size_t bytes, void *context) {
    reread *r = context;
    (void)parser;
    (void)line;
    while (bytes && strchr(" \t", *from)) from++, bytes--;
    while (bytes && strchr(" \t", from[bytes - 1])) bytes--;
    if (!bytes) return true;
    const char *item = json_string(json_at(r->items, r->count++), NULL);
    r->is_same = r->is_same && item && strlen(item) == bytes && memcmp(item, from, bytes) == 0;
    return true;
}

/* Quotes, slashes and # could make other items of it: the lines written since `start` must give these. */
static bool check_items(cs_form_writer *w, const cs_json *items, size_t start) {
    reread r = {.items = items, .is_same = true};
    for (const char *at = buffer_string(w->out) + start; *at;) {
        size_t bytes = strcspn(at, "\n");
        const char *text = arena_copy(w->arena, at, bytes);
        cs_source_line line = {.text = text ? text : ""};
        (void)parse_each_item(NULL, &line, line.text, on_item, &r);
        at += bytes + (at[bytes] == '\n');
    }
    if (r.is_same && r.count == json_length(items)) return true;
    return form_fail(w,
                     "a phrase with | or # in it, or beginning with / or a quote, stands in quotes: \"\\\"a | b\\\"\"");
}

static const char *item_of(cs_form_writer *w, const cs_json *json) {
    const char *item = form_string(w, json);
    if (!item) return NULL;
    size_t bytes = strlen(item);
    if (!bytes || strchr(" \t", item[0]) || strchr(" \t", item[bytes - 1]))
        return form_fail(w, "expected a phrase without blanks around it"), NULL;
    return item;
}

/* One line of the form: as many lines of text as it needs. */
static bool write_items(cs_form_writer *w, const cs_json *items, bool is_last, unsigned column) {
    size_t count = json_length(items);
    if (!form_is_array(w, items, 1, 50000)) return false;
    bool is_start = true;
    for (size_t i = 0; i < count; i++) {
        size_t before = form_enter_at(w, i);
        const char *item = item_of(w, json_at(items, i));
        if (!item) return false;
        form_leave(w, before);
        bool has_bar = i + 1 < count || !is_last;
        unsigned wanted = columns_of(item) + (has_bar ? 2 : 0);
        if (!is_start && column + 1 + wanted > CS_LINE_COLUMNS) {
            buffer_text(w->out, "\n");
            form_pad(w->out, column = INDENT);
            is_start = true;
        }
        if (!is_start) buffer_text(w->out, " "), column++;
        buffer_printf(w->out, "%s%s", item, has_bar ? " |" : "");
        column += wanted;
        is_start = false;
    }
    return true;
}

static bool fits(cs_form_writer *w, const cs_json *lines, unsigned column) {
    const cs_json *items = json_at(lines, 0);
    if (json_length(lines) != 1 || json_get(json_get(w->comments, "head"), "behind") ||
        json_get(json_get(w->comments, "1"), "above"))
        return false;
    for (size_t i = 0; i < json_length(items); i++) {
        const char *item = json_string(json_at(items, i), NULL);
        column += columns_of(item ? item : "") + (i ? 3 : 1);
    }
    return column <= CS_LINE_COLUMNS;
}

bool form_write_list(cs_form_writer *w, const cs_json *json, const char *kind) {
    static const char *const keys[] = {"kind", "name", "joined", "comments", "lines", NULL};
    const cs_json *lines = json_get(json, "lines");
    char key[24];
    if (!form_only(w, json, keys)) return false;
    const char *name = form_string_of(w, json, "name");
    form_put(w, form_word_of(w, kind, FAMILY_STATEMENT));
    if (!name || !form_put_name(w, name)) return false;
    form_put(w, "=");
    unsigned column = columns_of(buffer_string(&w->line));
    buffer_text(w->out, buffer_string(&w->line));
    buffer_clear(&w->line);
    size_t outer = form_enter(w, "lines");
    if (!form_is_array(w, lines, 1, 50000)) return false;
    bool is_short = fits(w, lines, column);
    if (is_short)
        buffer_text(w->out, " ");
    else
        form_end_line(w, "head");
    for (size_t i = 0; i < json_length(lines); i++) {
        size_t before = form_enter_at(w, i);
        snprintf(key, sizeof key, "%zu", i + 1);
        if (!is_short) form_write_above(w, key, INDENT);
        size_t start = w->out->length;
        if (!is_short) form_pad(w->out, INDENT);
        if (!write_items(w, json_at(lines, i), i + 1 == json_length(lines), is_short ? column + 1 : INDENT))
            return false;
        form_end_line(w, key);
        if (!check_items(w, json_at(lines, i), start)) return false;
        form_leave(w, before);
    }
    form_leave(w, outer);
    return true;
}

/* ---- calendar ---- */

static const char *const calendar_words[] = {"zone", "workdays", "hours", "holiday", "workday", NULL};

static const char *calendar_word(const cs_form_writer *w, const char *word) {
    return w->is_zh && strcmp(word, "workday") == 0 ? "调休" : form_word(w, word);
}

static const char *key_of(const cs_json *line) {
    for (size_t i = 0; calendar_words[i]; i++)
        if (json_get(line, calendar_words[i])) return calendar_words[i];
    return "";
}

static void put_days(cs_form_writer *w, const char *text) {
    char word[80];
    for (const char *at = text; *at; at += strcspn(at, " "), at += strspn(at, " ")) {
        snprintf(word, sizeof word, "%.*s", (int)strcspn(at, " "), at);
        for (int i = 0; i < 7; i++)
            if (strcmp(word, calendar_weekdays[i][0]) == 0)
                snprintf(word, sizeof word, "%s", calendar_weekdays[i][w->is_zh]);
        form_put(w, word);
    }
}

static bool write_calendar_line(cs_form_writer *w, const cs_json *line, const char *number, unsigned body) {
    if (!form_only(w, line, calendar_words)) return false;
    const char *key = key_of(line), *word = calendar_word(w, key);
    const cs_json *values = json_get(line, key);
    if (json_length(line) != 1) return form_fail(w, "expected one of zone, workdays, hours, holiday, workday");
    size_t outer = form_enter(w, key);
    if (!form_is_array(w, values, 1, 1000)) return false;
    bool may_break = strcmp(key, "holiday") == 0 || strcmp(key, "workday") == 0;
    w->level = 1;
    for (size_t i = 0; i < json_length(values); i++) {
        size_t before = form_enter_at(w, i);
        const char *value = form_string(w, json_at(values, i));
        if (!value) return false;
        if (i) form_put(w, "|");
        if (i && may_break) form_break(w, CS_BREAK_FILL, 0);
        put_days(w, value);
        form_leave(w, before);
    }
    form_leave(w, outer);
    form_write_above(w, number, INDENT);
    form_pad(w->out, INDENT);
    buffer_text(w->out, word);
    form_pad(w->out, body - INDENT - columns_of(word));
    form_lay(w->out, buffer_string(&w->line), body, body);
    buffer_clear(&w->line);
    form_end_line(w, number);
    return true;
}

bool form_write_calendar(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"kind", "joined", "comments", "lines", NULL};
    const cs_json *lines = json_get(json, "lines");
    unsigned body = 0;
    char number[24];
    if (!form_only(w, json, keys)) return false;
    buffer_text(w->out, form_word_of(w, "calendar", FAMILY_STATEMENT));
    form_end_line(w, "head");
    size_t outer = form_enter(w, "lines");
    if (!form_is_array(w, lines, 0, 1000)) return false;
    for (size_t i = 0; i < json_length(lines); i++) {
        unsigned columns = columns_of(calendar_word(w, key_of(json_at(lines, i)))) + INDENT + 1;
        if (columns > body) body = columns;
    }
    for (size_t i = 0; i < json_length(lines); i++) {
        size_t before = form_enter_at(w, i);
        snprintf(number, sizeof number, "%zu", i + 1);
        if (!write_calendar_line(w, json_at(lines, i), number, body)) return false;
        form_leave(w, before);
    }
    form_leave(w, outer);
    return true;
}

/* ---- test ---- */

/* In the text's language, where it is a keyword whose twin means the same. */
static const char *twin_of(const cs_form_writer *w, const char *word) {
    const char *zh = form_word(w, word), *back = w->is_zh ? vocabulary_english(zh) : NULL;
    return back && strcmp(back, word) == 0 ? zh : word;
}

static const char *one_word(cs_form_writer *w, const cs_json *json, const char *key) {
    const char *text = form_string_of(w, json, key);
    if (text && (!*text || strpbrk(text, " \t"))) return form_fail(w, "'%s' is one word, found '%s'", key, text), NULL;
    return text;
}

static bool write_time(cs_form_writer *w, const cs_json *json) {
    if (!json_get(json, "at")) return true;
    const char *at = one_word(w, json, "at");
    if (!at) return false;
    if (!strchr(at, ':') || at[strspn(at, "0123456789:.-")])
        return form_fail(w, "expected a time such as 0:05 or 0:05-0:09, found '%s'", at);
    return buffer_printf(w->out, "%s ", at);
}

static bool write_turn(cs_form_writer *w, const cs_json *json, unsigned role_columns) {
    static const char *const keys[] = {"at", "role", "says", "doubtful", NULL};
    static const char *const roles[] = {"agent", "customer", "bot", "system", "undecided", NULL};
    bool is_doubtful;
    if (!form_only(w, json, keys) || !form_flag_of(w, json, "doubtful", &is_doubtful)) return false;
    const char *role = form_choice_of(w, json, "role", roles), *says = form_string_of(w, json, "says");
    if (!role || !says || !write_time(w, json)) return false;
    const char *word = strcmp(role, "undecided") == 0 ? form_word(w, role) : form_word_of(w, role, FAMILY_ROLE);
    unsigned wide = columns_of(word) + is_doubtful;
    buffer_printf(w->out, "%s%s", word, is_doubtful ? "?" : "");
    form_pad(w->out, role_columns > wide ? role_columns - wide + 1 : 1);
    buffer_text(w->out, says + strspn(says, " \t"));
    return true;
}

static bool write_event(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"at", "event", "by", NULL};
    static const char *const roles[] = {"agent", "customer", "bot", "system", "undecided", NULL};
    const char *event = form_only(w, json, keys) ? one_word(w, json, "event") : NULL;
    if (!event || !write_time(w, json)) return false;
    buffer_printf(w->out, "%s %s", form_word_of(w, "event", FAMILY_OPERATOR), twin_of(w, event));
    if (!json_get(json, "by")) return true;
    const char *by = form_choice_of(w, json, "by", roles);
    if (!by) return false;
    const char *role = strcmp(by, "undecided") == 0 ? form_word(w, by) : form_word_of(w, by, FAMILY_ROLE);
    return buffer_printf(w->out, " %s %s", form_word(w, "by"), role);
}

static bool write_annotation(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"annotation", "label", "value", "in", NULL};
    const char *kind = form_only(w, json, keys) ? one_word(w, json, "annotation") : NULL;
    const cs_json *value = json_get(json, "value");
    int64_t turn;
    if (!kind) return false;
    buffer_printf(w->out, "%s %s", form_word(w, "annotation"), twin_of(w, kind));
    if (json_get(json, "label")) {
        const char *label = one_word(w, json, "label");
        if (!label) return false;
        buffer_printf(w->out, " %s", label);
    }
    if (value && json_kind(value) != CS_JSON_NUMBER) return form_fail(w, "'value' is a number");
    if (value) buffer_printf(w->out, " %.12g", json_number(value, 0));
    if (!form_whole(w, json_get(json, "in"), 1, 100000, &turn)) return false;
    return buffer_printf(w->out, " %s %lld", form_word(w, "in"), (long long)turn);
}

static bool write_expectation(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"expect", "verdict", "at", NULL};
    static const char *const verdicts[] = {"met",       "missed",         "hit", "clean", "noted", "not-noted",
                                           "undecided", "not-applicable", NULL};
    const char *rule = form_only(w, json, keys) ? one_word(w, json, "expect") : NULL;
    const char *verdict = rule ? form_choice_of(w, json, "verdict", verdicts) : NULL;
    int64_t at;
    if (!verdict) return false;
    buffer_printf(w->out, "→ %s %s", rule, form_word(w, verdict));
    if (!json_get(json, "at")) return true;
    if (!form_whole(w, json_get(json, "at"), 1, 100000, &at)) return false;
    return buffer_printf(w->out, " %s %lld", form_word(w, "at"), (long long)at);
}

static bool write_setting(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"for", NULL};
    if (!form_only(w, json, keys)) return false;
    size_t before = form_enter(w, "for");
    if (!form_write_for(w, json_get(json, "for"))) return false;
    form_leave(w, before);
    buffer_printf(w->out, "%s %s", form_word_of(w, "for", FAMILY_CLAUSE), buffer_string(&w->line));
    buffer_clear(&w->line);
    return true;
}

static bool write_line(cs_form_writer *w, const cs_json *json, unsigned role_columns) {
    if (!form_is_object(w, json)) return false;
    if (json_get(json, "for")) return write_setting(w, json);
    if (json_get(json, "expect")) return write_expectation(w, json);
    if (json_get(json, "event")) return write_event(w, json);
    if (json_get(json, "annotation")) return write_annotation(w, json);
    if (json_get(json, "role")) return write_turn(w, json, role_columns);
    return form_fail(w, "expected a line of a test: role with says, event, annotation, for or expect");
}

/* Of the roles, so that what is said stands in one column. */
static unsigned role_columns_of(const cs_form_writer *w, const cs_json *lines) {
    unsigned columns = w->is_zh ? 4 : 8; /* customer */
    for (size_t i = 0; i < json_length(lines); i++) {
        const cs_json *line = json_at(lines, i);
        const char *role = json_string(json_get(line, "role"), NULL);
        if (!role) continue;
        unsigned wide = columns_of(form_word(w, role)) + json_is_true(json_get(line, "doubtful"));
        if (wide > columns) columns = wide;
    }
    return columns;
}

bool form_write_test(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"kind", "name", "joined", "comments", "lines", NULL};
    const cs_json *lines = json_get(json, "lines");
    char key[24];
    if (!form_only(w, json, keys)) return false;
    const char *name = form_string_of(w, json, "name");
    if (!name) return false;
    form_put(w, form_word_of(w, "test", FAMILY_STATEMENT));
    form_put_quoted(w, name);
    buffer_text(w->out, buffer_string(&w->line));
    buffer_clear(&w->line);
    form_end_line(w, "head");
    size_t outer = form_enter(w, "lines");
    if (!form_is_array(w, lines, 1, 100000)) return false;
    unsigned columns = role_columns_of(w, lines);
    for (size_t i = 0; i < json_length(lines); i++) {
        size_t before = form_enter_at(w, i);
        snprintf(key, sizeof key, "%zu", i + 1);
        form_write_above(w, key, INDENT);
        form_pad(w->out, INDENT);
        if (!write_line(w, json_at(lines, i), columns)) return false;
        form_end_line(w, key);
        form_leave(w, before);
    }
    form_leave(w, outer);
    return true;
}
