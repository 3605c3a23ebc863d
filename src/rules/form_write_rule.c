/* Rules, flags and lets as text: clauses in one column, steps one a line. */
#include "rules/form_layout.h"
#include "rules/form_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, LEAST_CLAUSE_COLUMNS = 6, MAX_STEPS = 16 };

static void flush_line(cs_form_writer *w, unsigned column, unsigned body) {
    form_lay(w->out, buffer_string(&w->line), column, body);
    buffer_clear(&w->line);
}

/* ---- steps ---- */

typedef struct step {
    const char *name, *what, *condition; /* in the arena */
} step;

static const char *taken_line(cs_form_writer *w) {
    const char *text = arena_copy(w->arena, buffer_string(&w->line), w->line.length);
    buffer_clear(&w->line);
    if (!text) form_fail(w, "out of memory");
    return text;
}

static bool read_step(cs_form_writer *w, const cs_json *json, step *out) {
    static const char *const keys[] = {"name", "what", "if", NULL};
    if (!form_only(w, json, keys)) return false;
    const char *name = form_string_of(w, json, "name");
    if (!name || !form_put_name(w, name)) return false;
    out->name = taken_line(w);
    size_t before = form_enter(w, "what");
    if (!form_write_expression(w, json_get(json, "what"))) return false;
    out->what = taken_line(w);
    form_leave(w, before);
    if (!json_get(json, "if")) return out->name && out->what;
    before = form_enter(w, "if");
    if (!form_write_expression(w, json_get(json, "if"))) return false;
    out->condition = taken_line(w);
    form_leave(w, before);
    return out->name && out->what && out->condition;
}

static unsigned columns_of(const char *text) {
    return form_columns(text, strlen(text));
}

/* The column of `if`, two behind the longest that has one; 0: they don't fit and begin lines of their own. */
static unsigned if_column(const cs_form_writer *w, const step *steps, size_t count, unsigned from) {
    unsigned longest = 0, widest = 0, word = columns_of(form_word(w, "if")) + 1;
    for (size_t i = 0; i < count; i++) {
        if (!steps[i].condition) continue;
        unsigned what = columns_of(steps[i].what), condition = columns_of(steps[i].condition);
        if (what > longest) longest = what;
        if (condition > widest) widest = condition;
    }
    unsigned column = from + longest + 2;
    return column + word + widest <= CS_LINE_COLUMNS ? column : 0;
}

bool form_write_steps(cs_form_writer *w, const cs_json *json, unsigned body) {
    step steps[MAX_STEPS] = {0};
    char key[80];
    unsigned names = 0;
    size_t outer = form_enter(w, "steps");
    if (!form_is_array(w, json, 2, MAX_STEPS)) return false;
    size_t count = json_length(json);
    for (size_t i = 0; i < count; i++) {
        size_t before = form_enter_at(w, i);
        if (!read_step(w, json_at(json, i), &steps[i])) return false;
        form_leave(w, before);
        if (columns_of(steps[i].name) > names) names = columns_of(steps[i].name);
    }
    form_leave(w, outer);
    unsigned from = body + names + 3, at_if = if_column(w, steps, count, from);
    for (size_t i = 0; i < count; i++) {
        const step *s = &steps[i];
        snprintf(key, sizeof key, "steps.%zu", i + 1);
        form_write_above(w, key, body);
        form_pad(w->out, body);
        buffer_text(w->out, s->name);
        form_pad(w->out, names - columns_of(s->name));
        buffer_text(w->out, " : ");
        form_lay(w->out, s->what, from, from);
        if (s->condition && at_if) {
            form_pad(w->out, at_if - from - columns_of(s->what));
        } else if (s->condition) {
            buffer_text(w->out, "\n");
            form_pad(w->out, from);
        }
        if (s->condition) {
            const char *word = form_word(w, "if");
            unsigned column = (at_if ? at_if : from) + columns_of(word) + 1;
            buffer_printf(w->out, "%s ", word);
            form_lay(w->out, s->condition, column, column);
        }
        form_end_line(w, key);
    }
    return true;
}

/* A condition, or steps, behind what stands in the line; ends it. key: of its comments. */
static bool write_condition(cs_form_writer *w, const cs_json *json, unsigned column, unsigned body, const char *manner,
                            const char *key) {
    if (json_get(json, "steps")) {
        static const char *const keys[] = {"steps", NULL};
        if (!form_only(w, json, keys)) return false;
        if (manner) return form_fail(w, "steps take no '%s'", manner);
        form_put(w, form_word_of(w, "steps", FAMILY_OPERATOR));
        flush_line(w, column, body);
        form_end_line(w, key);
        return form_write_steps(w, json_get(json, "steps"), body + INDENT);
    }
    if (!form_write_expression(w, json)) return false;
    if (manner) {
        form_put_tight(w, ",");
        form_put_word(w, manner);
        if (strcmp(manner, "once") != 0 && strcmp(manner, "strict") != 0) return false;
    }
    return true;
}

/* ---- clauses ---- */

static bool write_title(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"zh", "en", NULL};
    if (!form_only(w, json, keys)) return false;
    const char *zh = json_get(json, "zh") ? form_string_of(w, json, "zh") : "";
    const char *en = json_get(json, "en") ? form_string_of(w, json, "en") : NULL;
    if (w->code != CS_OK) return false;
    form_put_quoted(w, zh);
    if (!en) return true;
    form_put(w, "|");
    form_put_quoted(w, en);
    return true;
}

bool form_write_for(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"channels", "where", NULL};
    static const char *const channels[] = {"call", "chat", "email", "ticket", "survey", "video", NULL};
    const cs_json *list = json_get(json, "channels");
    if (!form_only(w, json, keys)) return false;
    if (list) {
        size_t outer = form_enter(w, "channels");
        if (!form_is_array(w, list, 1, 6)) return false;
        for (size_t i = 0; i < json_length(list); i++) {
            size_t before = form_enter_at(w, i), known = 0;
            const char *channel = form_string(w, json_at(list, i));
            if (!channel) return false;
            while (channels[known] && strcmp(channel, channels[known]) != 0) known++;
            if (!channels[known]) return form_fail(w, "there is no channel '%s'", channel);
            if (i) form_put_tight(w, ",");
            form_put_word(w, channel);
            form_leave(w, before);
        }
        form_leave(w, outer);
    }
    if (!json_get(json, "where")) return list || form_fail(w, "expected channels, where, or both");
    form_put_word(w, "where");
    size_t before = form_enter(w, "where");
    if (!form_write_fields(w, json_get(json, "where"))) return false;
    form_leave(w, before);
    return true;
}

static bool write_prompt(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"at", "text", NULL};
    if (!form_only(w, json, keys)) return false;
    if (json_get(json, "at")) {
        const char *at = form_string_of(w, json, "at");
        form_put_word(w, "at");
        if (!at || !form_put_duration(w, at)) return false;
    }
    const char *text = form_string_of(w, json, "text");
    if (text) form_put_quoted(w, text);
    return text != NULL;
}

/* ---- effects ---- */

static bool write_points(cs_form_writer *w, const cs_json *json, const char *score) {
    static const char *const keys[] = {"effect", "points", "fatal", "each", "max", NULL};
    bool is_fatal, is_each, is_risk = strcmp(score, "risk") == 0;
    int64_t points;
    char text[32];
    if (!form_only(w, json, keys) || !form_flag_of(w, json, "fatal", &is_fatal) ||
        !form_flag_of(w, json, "each", &is_each))
        return false;
    if (is_fatal) {
        if (json_get(json, "points")) return form_fail(w, "fatal takes no points");
        form_put_word(w, "fatal");
    } else {
        size_t before = form_enter(w, "points");
        if (!form_whole(w, json_get(json, "points"), is_risk ? 1 : -100, is_risk ? 100 : -1, &points)) return false;
        form_leave(w, before);
        snprintf(text, sizeof text, "%+d", (int)points);
        form_put(w, text);
    }
    if (is_each) form_put_word(w, "each");
    if (!json_get(json, "max")) return true;
    size_t before = form_enter(w, "max");
    if (!is_each) return form_fail(w, "max needs each");
    if (!form_whole(w, json_get(json, "max"), 1, 100, &points)) return false;
    form_leave(w, before);
    form_put_tight(w, ",");
    form_put_word(w, "max");
    snprintf(text, sizeof text, "%+d", is_risk ? (int)points : -(int)points);
    form_put(w, text);
    return true;
}

/* Words one by one where each is one, else in quotes. */
static bool write_words(cs_form_writer *w, const char *words) {
    char word[200];
    size_t before = w->line.length;
    for (const char *at = words; *at;) {
        size_t bytes = strcspn(at, " ");
        if (!bytes || bytes >= sizeof word) return form_put_quoted(w, words), true;
        snprintf(word, sizeof word, "%.*s", (int)bytes, at);
        size_t length = w->line.length;
        form_put_value(w, word);
        if (w->line.data[w->line.length - 1] == '"' && word[bytes - 1] != '"') { /* not a word: all of it in quotes */
            w->line.length = before;
            w->line.data[before] = 0;
            return form_put_quoted(w, words), true;
        }
        (void)length;
        at += bytes;
        if (*at == ' ' && *++at == 0) break;
    }
    return true;
}

static bool write_effect(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"effect", "words", NULL};
    const char *name = form_is_object(w, json) ? form_string_of(w, json, "effect") : NULL;
    if (!name) return false;
    const cs_vocable *row = vocabulary_find(FAMILY_EFFECT, name);
    if (!row) {
        const char *nearest = vocabulary_nearest(name, FAMILY_EFFECT);
        return form_fail(w, nearest ? "there is no effect '%s'; did you mean %s?" : "there is no effect '%s'", name,
                         nearest);
    }
    form_put(w, form_word_of(w, name, FAMILY_EFFECT));
    if (strcmp(name, "compliance") == 0 || strcmp(name, "experience") == 0 || strcmp(name, "risk") == 0)
        return write_points(w, json, name);
    if (!form_only(w, json, keys)) return false;
    bool is_mark = strcmp(name, "mark") == 0, is_bare = !is_mark && strcmp(name, "tag") != 0;
    const char *words = is_bare && !json_get(json, "words") ? "" : form_string_of(w, json, "words");
    if (!words) return false;
    if (!is_mark) return is_bare ? write_words(w, words) : form_put_value(w, words);
    if (strcmp(words, "high-risk") != 0) return form_fail(w, "mark knows only high-risk, found '%s'", words);
    form_put_word(w, words);
    return true;
}

static bool write_effects(cs_form_writer *w, const cs_json *json) {
    if (!form_is_array(w, json, 1, 100)) return false;
    w->level = 1;
    for (size_t i = 0; i < json_length(json); i++) {
        size_t before = form_enter_at(w, i);
        if (i) form_put_tight(w, ",");
        if (i) form_break(w, CS_BREAK_FILL, 0);
        if (!write_effect(w, json_at(json, i))) return false;
        form_leave(w, before);
    }
    return true;
}

/* ---- rules across conversations ---- */

static bool write_due(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"within", "by", NULL};
    static const char *const words[] = {"end", "of", "day", "workday", "workdays", "after", NULL};
    if (!form_only(w, json, keys)) return false;
    const char *key = json_get(json, "within") ? "within" : "by";
    const char *text = form_string_of(w, json, key);
    if (!text) return false;
    form_put(w, form_word_of(w, key, FAMILY_WINDOW));
    size_t before = form_enter(w, key);
    if (!form_put_words(w, text, words)) return false;
    form_leave(w, before);
    return true;
}

static bool write_pattern(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"event", "call", "to", "from", "where", "about", "window", NULL};
    static const char *const calls[] = {"answered", "offered", NULL}, *const subjects[] = {"ticket", "customer", NULL};
    if (!form_only(w, json, keys)) return false;
    if (json_get(json, "call")) {
        const char *call = form_choice_of(w, json, "call", calls);
        if (!call) return false;
        form_put_word(w, "call");
        form_put_word(w, call);
        const char *side = json_get(json, "to") ? "to" : json_get(json, "from") ? "from" : NULL;
        if (side && !form_choice_of(w, json, side, subjects + 1)) return false;
        if (side) form_put_word(w, side);
        if (side) form_put(w, form_word_of(w, "customer", FAMILY_ROLE));
    } else {
        const char *event = form_string_of(w, json, "event");
        form_put(w, form_word_of(w, "event", FAMILY_OPERATOR));
        if (!event || !form_put_value(w, event)) return false;
    }
    if (json_get(json, "where")) {
        form_put_word(w, "where");
        size_t before = form_enter(w, "where");
        if (!form_write_fields(w, json_get(json, "where"))) return false;
        form_leave(w, before);
    }
    if (json_get(json, "about")) {
        const char *subject = form_choice_of(w, json, "about", subjects);
        if (!subject) return false;
        form_put_word(w, "about");
        form_put_word(w, "this");
        form_put_word(w, subject);
    }
    if (!json_get(json, "window")) return true;
    size_t before = form_enter(w, "window");
    if (!write_due(w, json_get(json, "window"))) return false;
    form_leave(w, before);
    return true;
}

/* ---- the statement ---- */

typedef struct rule_writing {
    cs_form_writer *writer;
    unsigned body; /* the column of the clauses' bodies */
} rule_writing;

static const char *clause_word(const char *key) {
    return strcmp(key, "waived_by") == 0 ? "waived" : key;
}

static bool is_clause(const char *key) {
    return strcmp(key, "waived") != 0 && vocabulary_find(FAMILY_CLAUSE, clause_word(key));
}

static bool write_owed(cs_form_writer *w, const cs_json *json, const char *key, unsigned body) {
    static const char *const keys[] = {"condition", "once", "strict", NULL};
    static const char *const bare[] = {"condition", NULL};
    bool is_when = strcmp(key, "when") == 0, is_expect = strcmp(key, "expect") == 0, is_set = false;
    const cs_json *once = json_get(json, "once");
    if (!form_only(w, json, is_when || is_expect ? keys : bare)) return false;
    if ((once && !is_when) || (json_get(json, "strict") && !is_expect))
        return form_fail(w, "once belongs to when, strict to expect");
    bool is_demand = json_kind(once) == CS_JSON_STRING && strcmp(json_string(once, NULL), "per demand") == 0;
    if (once && !is_demand && json_kind(once) != CS_JSON_BOOL)
        return form_fail(w, "expected \"once\": true or \"per demand\"");
    if (!form_flag_of(w, json, "strict", &is_set)) return false;
    const char *manner = is_set ? "strict" : is_demand || json_is_true(once) ? "once" : NULL;
    size_t before = form_enter(w, "condition");
    if (!write_condition(w, json_get(json, "condition"), body, body, manner, key)) return false;
    form_leave(w, before);
    if (is_demand) form_put_word(w, "per");
    if (is_demand) form_put_word(w, "demand");
    return true;
}

static bool write_body(cs_form_writer *w, const char *key, const cs_json *json, unsigned body) {
    if (strcmp(key, "title") == 0) return write_title(w, json);
    if (strcmp(key, "for") == 0) return form_write_for(w, json);
    if (strcmp(key, "prompt") == 0) return write_prompt(w, json);
    if (strcmp(key, "else") == 0 || strcmp(key, "then") == 0) return write_effects(w, json);
    if (strcmp(key, "waived_by") == 0) form_put_word(w, "by");
    if (json_get(json, "event") || json_get(json, "call")) return write_pattern(w, json);
    return write_owed(w, json, key, body);
}

static bool write_clause(cs_form_writer *w, const char *key, const cs_json *json, unsigned body) {
    const char *word = form_word_of(w, clause_word(key), FAMILY_CLAUSE);
    form_write_above(w, key, INDENT);
    form_pad(w->out, INDENT);
    buffer_text(w->out, word);
    form_pad(w->out, body - INDENT - columns_of(word));
    size_t before = form_enter(w, key);
    bool has_steps = json_get(json_get(json, "condition"), "steps") != NULL;
    if (!write_body(w, key, json, body)) return false;
    form_leave(w, before);
    if (has_steps) return true; /* they end their own lines */
    flush_line(w, body, body);
    form_end_line(w, key);
    return true;
}

static bool on_member(void *context, const char *key, const cs_json *value) {
    rule_writing *r = context;
    if (strcmp(key, "kind") == 0 || strcmp(key, "name") == 0 || strcmp(key, "joined") == 0 ||
        strcmp(key, "comments") == 0)
        return true;
    return write_clause(r->writer, key, value, r->body);
}

static bool on_width(void *context, const char *key, const cs_json *value) {
    rule_writing *r = context;
    (void)value;
    if (!is_clause(key)) return true;
    unsigned columns = columns_of(form_word_of(r->writer, clause_word(key), FAMILY_CLAUSE)) + INDENT + 1;
    if (columns > r->body) r->body = columns;
    return true;
}

bool form_write_rule(cs_form_writer *w, const cs_json *json, const char *kind) {
    const char *keys[32] = {"kind", "name", "joined", "comments"};
    size_t count = 4;
    for (const cs_vocable *row = vocabulary; row->word; row++)
        if (row->family == FAMILY_CLAUSE && count < 31)
            keys[count++] = strcmp(row->word, "waived") == 0 ? "waived_by" : row->word;
    if (!form_only(w, json, keys)) return false;
    const char *name = form_string_of(w, json, "name");
    rule_writing r = {.writer = w, .body = INDENT + (w->is_zh ? 4 : LEAST_CLAUSE_COLUMNS) + 1};
    form_put(w, form_word_of(w, kind, FAMILY_STATEMENT));
    if (!name || !form_put_name(w, name)) return false;
    flush_line(w, 0, 0);
    form_end_line(w, "head");
    json_each(json, on_width, &r);
    json_each(json, on_member, &r);
    return w->code == CS_OK;
}

bool form_write_let(cs_form_writer *w, const cs_json *json, unsigned name_columns) {
    static const char *const keys[] = {"kind", "name", "joined", "comments", "condition", NULL};
    if (!form_only(w, json, keys)) return false;
    const char *name = form_string_of(w, json, "name"), *word = form_word_of(w, "let", FAMILY_STATEMENT);
    if (!name || !form_put_name(w, name)) return false;
    unsigned padding = name_columns > columns_of(name) ? name_columns - columns_of(name) : 0;
    unsigned column = columns_of(word) + 1 + columns_of(name) + padding + 3;
    buffer_clear(&w->line);
    buffer_printf(w->out, "%s %s", word, name);
    form_pad(w->out, padding);
    buffer_text(w->out, " = ");
    size_t before = form_enter(w, "condition");
    const cs_json *condition = json_get(json, "condition");
    if (!write_condition(w, condition, column, column > 30 ? 8 : column, NULL, "head")) return false;
    form_leave(w, before);
    if (json_get(condition, "steps")) return true;
    flush_line(w, column, column > 30 ? 8 : column);
    form_end_line(w, "head");
    return true;
}
