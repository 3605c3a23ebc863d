/* The whole file: statements in their order, the comments between them, and a last look by the parser. */
#include "rules/form.h"
#include "rules/form_layout.h"
#include "rules/form_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 16 << 20, MAX_STATEMENTS = 100000 };

static const char *kind_of(const cs_json *statement) {
    const char *kind = json_string(json_get(statement, "kind"), NULL);
    return kind ? kind : "";
}

/* Lets in a row stand with their = in one column. */
static unsigned let_columns(const cs_json *statements, size_t index) {
    size_t from = index, to = index + 1;
    unsigned longest = 0;
    while (from > 0 && json_is_true(json_get(json_at(statements, from), "joined")) &&
           strcmp(kind_of(json_at(statements, from - 1)), "let") == 0)
        from--;
    while (to < json_length(statements) && json_is_true(json_get(json_at(statements, to), "joined")) &&
           strcmp(kind_of(json_at(statements, to)), "let") == 0)
        to++;
    for (; from < to; from++) {
        const char *name = json_string(json_get(json_at(statements, from), "name"), NULL);
        unsigned columns = name ? form_columns(name, strlen(name)) : 0;
        if (columns > longest) longest = columns;
    }
    return longest < 40 ? longest : 0;
}

static bool write_comment(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"kind", "joined", "lines", NULL};
    const cs_json *lines = json_get(json, "lines");
    if (!form_only(w, json, keys)) return false;
    size_t outer = form_enter(w, "lines");
    if (!form_is_array(w, lines, 1, 100000)) return false;
    for (size_t i = 0; i < json_length(lines); i++) {
        size_t before = form_enter_at(w, i);
        const char *text = form_string(w, json_at(lines, i));
        if (!text) return false;
        form_write_comment(w->out, text);
        buffer_text(w->out, "\n");
        form_leave(w, before);
    }
    form_leave(w, outer);
    return true;
}

/* ---- comments of a statement ---- */

typedef struct comment_check {
    cs_form_writer *writer;
    size_t count;
} comment_check;

static bool on_comment(void *context, const char *key, const cs_json *value) {
    static const char *const keys[] = {"above", "behind", NULL};
    comment_check *c = context;
    cs_form_writer *w = c->writer;
    size_t before = form_enter(w, key);
    if (!form_only(w, value, keys)) return false;
    const cs_json *above = json_get(value, "above"), *behind = json_get(value, "behind");
    if (above && !form_is_array(w, above, 1, 100000)) return false;
    for (size_t i = 0; i < json_length(above); i++)
        if (!form_string(w, json_at(above, i))) return false;
    if (behind && !form_string(w, behind)) return false;
    c->count += above ? 1 : 0;
    c->count += behind ? 1 : 0;
    form_leave(w, before);
    return true;
}

/* How many there are; what they are is checked before they are written. */
static bool check_comments(cs_form_writer *w, size_t *count) {
    comment_check c = {.writer = w};
    *count = 0;
    if (!w->comments) return true;
    size_t before = form_enter(w, "comments");
    if (!form_is_object(w, w->comments)) return false;
    json_each(w->comments, on_comment, &c);
    if (w->code == CS_OK) form_leave(w, before);
    *count = c.count;
    return w->code == CS_OK;
}

/* ---- statements ---- */

static bool write_body(cs_form_writer *w, const cs_json *statements, size_t index) {
    static const char *const kinds[] = {"rule", "flag", "let", "words", "pairs", "test", "calendar", "comment", NULL};
    const cs_json *json = json_at(statements, index);
    const char *kind = form_choice_of(w, json, "kind", kinds);
    if (!kind) return false;
    if (strcmp(kind, "comment") == 0) return write_comment(w, json);
    form_write_above(w, "head", 0);
    if (strcmp(kind, "rule") == 0 || strcmp(kind, "flag") == 0) return form_write_rule(w, json, kind);
    if (strcmp(kind, "let") == 0) return form_write_let(w, json, let_columns(statements, index));
    if (strcmp(kind, "test") == 0) return form_write_test(w, json);
    if (strcmp(kind, "calendar") == 0) return form_write_calendar(w, json);
    return form_write_list(w, json, kind);
}

static bool write_statement(cs_form_writer *w, const cs_json *statements, size_t index) {
    const cs_json *json = json_at(statements, index);
    bool is_joined;
    size_t comments;
    if (!form_is_object(w, json) || !form_flag_of(w, json, "joined", &is_joined)) return false;
    if (index > 0 && !is_joined) buffer_text(w->out, "\n");
    arena_reset(w->arena);
    buffer_clear(&w->line);
    w->comments = json_get(json, "comments");
    w->comment_count = 0;
    if (!check_comments(w, &comments) || !write_body(w, statements, index)) return false;
    form_write_above(w, "end", 2);
    if (w->line.is_failed) return form_fail(w, "it is too long");
    return w->comment_count == comments || form_fail(w, "a member of 'comments' belongs to no line of it");
}

/* ---- a last look: what the parser says about the text, told by the statement it stands in ---- */

typedef struct look {
    const uint32_t *lines; /* the first of each statement */
    size_t count;
    cs_message *message;
    bool has_problem;
} look;

static void on_problem(void *context, const cs_rule_problem *problem) {
    look *l = context;
    size_t index = 0;
    if (l->has_problem) return;
    l->has_problem = true;
    while (index + 1 < l->count && l->lines[index + 1] <= problem->line) index++;
    message_set(l->message, CS_ERR_PARSE, "%s", problem->reason);
    message_place(l->message, "statements[%zu]", index);
    if (problem->hint) message_remedy(l->message, "%s", problem->hint);
}

static uint32_t line_of(const cs_buffer *text, uint32_t line, size_t *from) {
    for (; *from < text->length; ++*from) line += text->data[*from] == '\n';
    return line;
}

static cs_error write_all(cs_form_writer *w, const cs_json *json, cs_form_language language) {
    static const char *const keys[] = {"language", "statements", NULL};
    static const char *const languages[] = {"zh", "en", NULL};
    const cs_json *statements = json_get(json, "statements");
    if (!form_only(w, json, keys)) return w->code;
    const char *own = json_get(json, "language") ? form_choice_of(w, json, "language", languages) : "en";
    size_t outer = form_enter(w, "statements");
    if (!own || !form_is_array(w, statements, 0, MAX_STATEMENTS)) return w->code;
    w->is_zh = language == CS_FORM_AS_WRITTEN ? strcmp(own, "zh") == 0 : language == CS_FORM_CHINESE;
    uint32_t *lines = calloc(json_length(statements) + 1, sizeof *lines), line = 1;
    if (!lines) return message_set(w->message, CS_ERR_MEMORY, "out of memory for the rules");
    size_t counted = 0;
    for (size_t i = 0; i < json_length(statements); i++) {
        line = lines[i] = line_of(w->out, line, &counted);
        size_t before = form_enter_at(w, i);
        if (!write_statement(w, statements, i)) break;
        form_leave(w, before);
    }
    form_leave(w, outer);
    look l = {.lines = lines, .count = json_length(statements), .message = w->message};
    cs_error code = w->code;
    if (code == CS_OK && w->out->is_failed)
        code = message_set(w->message, CS_ERR_LIMIT, "the rules would be larger than %d bytes", CS_MAX_RULES_BYTES);
    if (code == CS_OK) {
        cs_message words;
        code = ruleset_examine(buffer_string(w->out), w->out->length, "form", on_problem, &l, &words);
        if (code != CS_OK && !l.has_problem && w->message) *w->message = words;
    }
    free(lines);
    return code;
}

cs_error form_write(const char *json, size_t bytes, cs_form_language language, cs_buffer *text, cs_message *message) {
    cs_json *tree = NULL;
    cs_message unheard;
    buffer_init(text, CS_MAX_RULES_BYTES);
    cs_error code = json_parse(json, bytes, CS_MAX_FORM_BYTES, &tree, message);
    if (code != CS_OK) return code;
    cs_form_writer w = {.out = text, .message = message ? message : &unheard, .arena = arena_create(ARENA_BYTES)};
    buffer_init(&w.line, CS_MAX_RULES_BYTES);
    code = w.arena ? write_all(&w, tree, language) : message_set(message, CS_ERR_MEMORY, "out of memory for the rules");
    buffer_free(&w.line);
    arena_free(w.arena);
    json_free(tree);
    if (code != CS_OK) buffer_clear(text);
    return code;
}
