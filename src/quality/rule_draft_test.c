/* The tests of a draft: those of its rule, and of the rules that come to mean something else by it. */
#include "quality/rule_draft.h"
#include "quality/rulebook_shape.h"
#include "rules/mutation_writing.h"
#include "rules/rule_test.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_EXCERPT_BYTES = CS_MAX_RULES_BYTES * 2, MOST_JSON_BYTES = 4 << 20, MOST_FAILURES = 200 };

typedef struct testing {
    cs_arena *arena;
    const cs_shape_test *own; /* tests of the draft's text, for their lines */
    uint32_t own_count, failures;
    cs_json_writer writer;
    uint32_t tests, failed;
    const char **names; /* of tests that fail; NULL: not asked */
    uint32_t name_count, name_room;
} testing;

static void name_failing(void *context, const cs_test_failure *f) {
    testing *t = context;
    if (t->name_count && strcmp(t->names[t->name_count - 1], f->test) == 0) return;
    if (!arena_room(t->arena, (void **)&t->names, &t->name_room, t->name_count, sizeof *t->names)) return;
    if ((t->names[t->name_count] = arena_string(t->arena, f->test))) t->name_count++;
}

static void on_failure(void *context, const cs_test_failure *f) {
    testing *t = context;
    uint32_t line = 0;
    if (t->failures++ >= MOST_FAILURES) return;
    for (uint32_t i = 0; !line && i < t->own_count; i++)
        if (strcmp(t->own[i].name, f->test) == 0) line = t->own[i].line;
    json_object_open(&t->writer, NULL);
    json_write_string(&t->writer, "test", f->test);
    json_write_int(&t->writer, "line", line);
    json_write_string(&t->writer, "rule", f->rule);
    json_write_string(&t->writer, "expected", verdict_name(f->expected));
    json_write_string(&t->writer, "actual", verdict_name(f->actual));
    json_write_string(&t->writer, "reason", reason_name(f->reason));
    if (f->expected_turn) json_write_int(&t->writer, "expected_turn", f->expected_turn);
    if (f->actual_turn) json_write_int(&t->writer, "actual_turn", f->actual_turn);
    json_object_close(&t->writer);
}

static cs_error run_rule(testing *t, const cs_writing *w, uint32_t rule, bool *wanted, cs_message *message) {
    cs_ruleset *rules = NULL;
    cs_test_counts counts = {0};
    cs_buffer source;
    memset(wanted, 0, w->count * sizeof *wanted);
    writing_mark(w, rule, wanted);
    if (writing_mark_tests(w, rule, wanted) == 0) return CS_OK;
    buffer_init(&source, MOST_EXCERPT_BYTES);
    cs_error code = writing_excerpt(w, wanted, NULL, ruleset_rule(w->ruleset, rule)->name, &source, message);
    if (code == CS_OK) code = ruleset_restore(buffer_string(&source), source.length, &rules, message);
    if (code == CS_OK) code = rule_test_run(rules, on_failure, t, &counts, message);
    ruleset_release(rules);
    buffer_free(&source);
    t->tests += counts.tests;
    t->failed += counts.failed;
    return code;
}

/* Rules of the new set whose meaning is another than now; NULL: out of memory. */
static bool *affected(const cs_ruleset *current, const cs_writing *now, const cs_writing *then, const char *rule,
                      cs_arena *arena) {
    uint32_t count = ruleset_rule_count(then->ruleset);
    bool *made = arena_array(arena, (size_t)count + 1, sizeof *made);
    size_t places = now->count > then->count ? now->count : then->count;
    bool *scratch = arena_array(arena, places + 1, sizeof *scratch);
    for (uint32_t i = 0; made && scratch && i < count; i++) {
        const char *name = ruleset_rule(then->ruleset, i)->name;
        const cs_rule *old = ruleset_find(current, name);
        made[i] = strcmp(name, rule) == 0 || !old ||
                  !hash_equal(writing_meaning(now, old->index, scratch), writing_meaning(then, i, scratch));
    }
    return scratch ? made : NULL;
}

cs_error rule_draft_test(const cs_ruleset *current, const char *rule, const char *text, const cs_draft_check *check,
                         cs_arena *arena, cs_draft_tests *out, cs_message *message) {
    testing t = {0};
    cs_writing *now = NULL, *then = NULL;
    cs_buffer json;
    cs_error code = writing_read(current, arena, &now, message);
    if (code == CS_OK) code = writing_read(check->whole, arena, &then, message);
    if (code == CS_OK) code = shape_tests(text, NULL, arena, &t.own, &t.own_count, message);
    if (code != CS_OK) return code;
    const bool *is_affected = affected(current, now, then, rule, arena);
    bool *wanted = arena_array(arena, (size_t)then->count + 1, sizeof *wanted);
    if (!is_affected || !wanted) return message_set(message, CS_ERR_MEMORY, "out of memory for the tests");
    buffer_init(&json, MOST_JSON_BYTES);
    json_writer_init(&t.writer, &json);
    json_object_open(&t.writer, NULL);
    json_array_open(&t.writer, "failures");
    for (uint32_t i = 0; code == CS_OK && i < ruleset_rule_count(check->whole); i++)
        if (is_affected[i]) code = run_rule(&t, then, i, wanted, message);
    json_array_close(&t.writer);
    json_write_int(&t.writer, "tests", t.tests);
    json_write_int(&t.writer, "failed", t.failed);
    json_object_close(&t.writer);
    *out = (cs_draft_tests){t.tests, t.failed, arena_string(arena, buffer_string(&json))};
    if (code == CS_OK && (json.is_failed || !out->json))
        code = message_set(message, CS_ERR_MEMORY, "out of memory for the tests");
    buffer_free(&json);
    return code;
}

cs_error rule_tests_failing(cs_ruleset *rules, const cs_rule *rule, cs_arena *arena, const char ***names,
                            uint32_t *count, cs_message *message) {
    testing t = {.arena = arena};
    cs_test_counts counts;
    cs_error code = rule_test_run_of(rules, rule->name, name_failing, &t, &counts, message);
    *names = t.names;
    *count = t.name_count;
    return code;
}
