#include "quality/rule_draft_check.h"

#include "base/utf8.h"
#include "rules/passage.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_EXCERPT_BYTES = CS_MAX_RULES_BYTES * 2 };

typedef struct checking {
    cs_draft_check *out;
    const char *file; /* that holds the draft in the amended source */
    cs_arena *arena;
    bool lacks_memory;
} checking;

static void add(checking *c, uint32_t line, uint32_t column, const char *reason, const char *hint) {
    if (c->out->count == CS_MAX_DRAFT_PROBLEMS) return;
    const char *own_reason = arena_string(c->arena, reason), *own_hint = arena_string(c->arena, hint);
    if (!own_reason || (hint && !own_hint))
        c->lacks_memory = true;
    else
        c->out->problems[c->out->count++] = (cs_draft_problem){line, column, own_reason, own_hint};
}

static void on_problem(void *context, const cs_rule_problem *problem) {
    checking *c = context;
    if (strcmp(problem->file, c->file) == 0) {
        add(c, problem->line, problem->column, problem->reason, problem->hint);
        return;
    }
    const char *reason =
        arena_printf(c->arena, "%s, line %u: %s", problem->file, (unsigned)problem->line, problem->reason);
    if (reason)
        add(c, 0, 0, reason, problem->hint);
    else
        c->lacks_memory = true;
}

/* ---- what the text holds ---- */

static void check_passage(checking *c, const cs_passage *p, const char *rule, uint32_t *rules) {
    if (p->kind == CS_WRITTEN_GLOBAL && strcmp(p->word, "calendar") == 0)
        add(c, p->line, 1, "a calendar holds for every rule", "it stands in the rule files");
    if (p->kind == CS_WRITTEN_TEST && *p->rule && c->out->rule && strcmp(p->rule, c->out->rule) != 0)
        add(c, p->line, 1, "this test first expects something of another rule", "it stands on that rule's page");
    if (p->kind != CS_WRITTEN_RULE) return;
    if (++*rules > 1)
        add(c, p->line, 1, "there is a second rule", "each rule has a page of its own");
    else if (rule && *p->name && strcmp(p->name, rule) != 0)
        add(c, p->line, 1, arena_printf(c->arena, "this is the page of %s, and the rule is called %s", rule, p->name),
            "a rule keeps its name: make a new one for another");
}

static bool read_passages(checking *c, const char *rule, const char *text) {
    cs_passage *passages;
    uint32_t count, rules = 0;
    if (!passages_read(text, strlen(text), c->arena, &passages, &count)) return false;
    c->out->rule = rule;
    for (uint32_t i = 0; i < count && !c->out->rule; i++)
        if (passages[i].kind == CS_WRITTEN_RULE && *passages[i].name) c->out->rule = passages[i].name;
    for (uint32_t i = 0; i < count; i++) check_passage(c, &passages[i], rule, &rules);
    if (rules == 0) add(c, 1, 1, "there is no rule in it", "begin a line with: rule NAME");
    return true;
}

/* ---- patterns ---- */

/* The text as it is, but for its tests, whose lines stay empty. */
static bool without_tests(const char *text, cs_arena *arena, cs_buffer *out) {
    cs_passage *passages;
    uint32_t count;
    const char *at = text;
    if (!passages_read(text, strlen(text), arena, &passages, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        if (passages[i].kind != CS_WRITTEN_TEST) continue;
        if (!buffer_append(out, at, (size_t)(passages[i].from - at))) return false;
        for (at = passages[i].from; at < passages[i].to; at++)
            if (*at == '\n' && !buffer_text(out, "\n")) return false;
    }
    return buffer_text(out, at);
}

static void mark_needed(const cs_writing *w, const cs_rule *rule, const char *except, bool *wanted) {
    writing_mark(w, rule->index, wanted);
    for (uint32_t i = 0; i < w->count; i++)
        if (strcmp(w->statements[i].file, except) == 0) wanted[i] = false;
}

/* Lists that the draft states and the rule does not use are compiled with it: they may name others. */
static void mark_named(const cs_writing *w, const char *file, bool *wanted) {
    for (uint32_t i = 0; i < w->count; i++) {
        const cs_written *s = &w->statements[i];
        if (strcmp(s->file, file) != 0 || (s->kind != CS_WRITTEN_LIST && s->kind != CS_WRITTEN_LET)) continue;
        for (uint32_t k = 0; k < w->count; k++) {
            const cs_written *other = &w->statements[k];
            if ((other->kind != CS_WRITTEN_LIST && other->kind != CS_WRITTEN_LET) || strcmp(other->file, file) == 0)
                continue;
            size_t bytes = strlen(other->name);
            for (const char *at = s->from; !wanted[k] && at + bytes <= s->to; at++)
                if (memcmp(at, other->name, bytes) == 0) wanted[k] = true;
        }
    }
}

static cs_error compile_small(checking *c, const char *text, cs_message *message) {
    cs_writing *w = NULL;
    const cs_rule *rule = ruleset_find(c->out->whole, c->out->rule);
    cs_buffer source, own;
    cs_error code = rule ? writing_read(c->out->whole, c->arena, &w, message)
                         : message_set(message, CS_ERR_PARSE, "the rule is lost in the rule set");
    bool *wanted = code == CS_OK ? arena_array(c->arena, (size_t)w->count + 1, sizeof *wanted) : NULL;
    if (code == CS_OK && !wanted) code = message_set(message, CS_ERR_MEMORY, "out of memory for the draft");
    if (code != CS_OK) return code;
    buffer_init(&source, MOST_EXCERPT_BYTES);
    buffer_init(&own, MOST_EXCERPT_BYTES);
    mark_needed(w, rule, c->file, wanted);
    mark_named(w, c->file, wanted);
    code = writing_excerpt(w, wanted, NULL, NULL, &source, message);
    if (code == CS_OK &&
        (!without_tests(text, c->arena, &own) || !buffer_printf(&source, "%%%%file %s %zu\n", c->file, own.length) ||
         !buffer_append(&source, buffer_string(&own), own.length) || !buffer_text(&source, "\n")))
        code = message_set(message, CS_ERR_LIMIT, "the rule with what it uses is too large");
    if (code == CS_OK) {
        uint32_t before = c->out->count;
        code = ruleset_compile(source.data, source.length, on_problem, c, &c->out->small, message);
        if (code == CS_ERR_PARSE && c->out->count > before) code = CS_OK; /* told */
    }
    buffer_free(&source);
    buffer_free(&own);
    return code;
}

/* ---- the whole ---- */

static cs_error read_whole(checking *c, cs_db *db, const char *text, cs_message *message) {
    cs_book book;
    cs_buffer source;
    cs_amended_page draft = {.rule = c->out->rule, .text = text};
    cs_error code = rulebook_read(db, c->arena, &book, message);
    if (code == CS_OK) code = rulebook_kept(rulebook_page(&book, draft.rule), text, c->arena, &draft.kept, message);
    if (code != CS_OK) return code;
    code = rulebook_amended(db, &draft, c->arena, &source, message);
    if (code == CS_OK) {
        c->file = amend_file(buffer_string(&source), source.length, draft.rule, c->arena);
        if (!c->file) code = message_set(message, CS_ERR_MEMORY, "out of memory for the draft");
    }
    if (code == CS_OK) {
        code = ruleset_read(buffer_string(&source), source.length, on_problem, c, &c->out->whole, message);
        if (code == CS_ERR_PARSE && c->out->count) code = CS_OK; /* told */
    }
    buffer_free(&source);
    return code;
}

static cs_error check(checking *c, cs_db *db, const char *rule, const char *text, cs_message *message) {
    size_t bytes = strlen(text);
    if (bytes > CS_MAX_RULE_TEXT) {
        add(c, 0, 0, "the text of one rule is larger than 256 kB", "put long lists into the rule files");
        return CS_OK;
    }
    if (utf8_invalid_at(text, bytes) != bytes) {
        add(c, 0, 0, "the text is not UTF-8", NULL);
        return CS_OK;
    }
    if (!read_passages(c, rule, text)) return message_set(message, CS_ERR_MEMORY, "out of memory for the draft");
    if (!c->out->rule) return CS_OK;
    cs_error code = read_whole(c, db, text, message);
    /* Phrases always compile; expressions may not. */
    bool has_expressions = strchr(text, '/') != NULL;
    if (code == CS_OK && c->out->whole && c->out->count == 0 && has_expressions) code = compile_small(c, text, message);
    return code;
}

cs_error draft_check(cs_db *db, const char *rule, const char *text, cs_arena *arena, cs_draft_check *out,
                     cs_message *message) {
    checking c = {.out = out, .file = "", .arena = arena};
    *out = (cs_draft_check){0};
    cs_error code = check(&c, db, rule, text, message);
    if (code == CS_OK && c.lacks_memory) code = message_set(message, CS_ERR_MEMORY, "out of memory for the draft");
    if (code != CS_OK || out->count) draft_check_free(out);
    return code;
}

cs_error draft_check_small(cs_draft_check *made, const char *text, cs_arena *arena, cs_message *message) {
    if (made->small || made->count) return CS_OK;
    const cs_rule *rule = ruleset_find(made->whole, made->rule);
    checking c = {.out = made, .file = rule ? rule->file : "", .arena = arena};
    cs_error code = compile_small(&c, text, message);
    if (code != CS_OK || made->count) draft_check_free(made);
    return code;
}

void draft_check_free(cs_draft_check *check_made) {
    ruleset_release(check_made->whole);
    ruleset_release(check_made->small);
    check_made->whole = check_made->small = NULL;
}

void draft_problems_write(const cs_draft_check *made, cs_json_writer *out, const char *key) {
    json_array_open(out, key);
    for (uint32_t i = 0; i < made->count; i++) {
        const cs_draft_problem *p = &made->problems[i];
        json_object_open(out, NULL);
        json_write_int(out, "line", p->line);
        json_write_int(out, "column", p->column);
        json_write_string(out, "reason", p->reason);
        json_write_string(out, "hint", p->hint);
        json_object_close(out);
    }
    json_array_close(out);
}
