#include "quality/rulebook_shape.h"

#include "base/buffer.h"
#include "rules/passage.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SHAPE_BYTES = 4 << 20 };

typedef struct shaping {
    const cs_ruleset *rules;
    const cs_rule *rule;
    cs_arena *arena;
    cs_writing *writing;
    bool *wanted; /* by statement: what the rule uses */
    uint32_t *users; /* by statement: how many rules use it */
} shaping;

static cs_error lack_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "out of memory for the rule's page");
}

/* ---- who uses what ---- */

static bool is_named(const cs_written *s) {
    return s->kind == CS_WRITTEN_LIST || s->kind == CS_WRITTEN_LET;
}

static bool count_users(shaping *s) {
    const cs_writing *w = s->writing;
    s->wanted = arena_array(s->arena, (size_t)w->count + 1, sizeof *s->wanted);
    s->users = arena_array(s->arena, (size_t)w->count + 1, sizeof *s->users);
    bool *scratch = calloc((size_t)w->count + 1, sizeof *scratch);
    if (!s->wanted || !s->users || !scratch) {
        free(scratch);
        return false;
    }
    writing_mark(w, s->rule->index, s->wanted);
    for (uint32_t i = 0; i < ruleset_rule_count(s->rules); i++) {
        memset(scratch, 0, w->count * sizeof *scratch);
        writing_mark(w, i, scratch);
        for (uint32_t k = 0; k < w->count; k++) s->users[k] += scratch[k];
    }
    free(scratch);
    return true;
}

static const char *written_kind(const cs_written *s) {
    if (s->kind == CS_WRITTEN_LET) return "let";
    return s->lexeme_count && lexeme_is(&s->lexemes[0], "pairs", "对照") ? "pairs" : "list";
}

static bool name_users(const shaping *s, cs_shared_statement **list, uint32_t count, const uint32_t *places) {
    const cs_writing *w = s->writing;
    bool *scratch = calloc((size_t)w->count + 1, sizeof *scratch);
    bool is_good = scratch != NULL;
    for (uint32_t i = 0; is_good && i < count; i++) {
        (*list)[i].used_by = arena_array(s->arena, (size_t)s->users[places[i]] + 1, sizeof *(*list)[i].used_by);
        is_good = (*list)[i].used_by != NULL;
    }
    for (uint32_t r = 0; is_good && r < ruleset_rule_count(s->rules); r++) {
        memset(scratch, 0, w->count * sizeof *scratch);
        writing_mark(w, r, scratch);
        for (uint32_t i = 0; i < count; i++)
            if (scratch[places[i]]) (*list)[i].used_by[(*list)[i].used_by_count++] = ruleset_rule(s->rules, r)->name;
    }
    free(scratch);
    return is_good;
}

static cs_error find_shared(const shaping *s, cs_rule_shape *out, cs_message *message) {
    const cs_writing *w = s->writing;
    cs_shared_statement *list = arena_array(s->arena, (size_t)w->named_count + 1, sizeof *list);
    uint32_t *places = arena_array(s->arena, (size_t)w->named_count + 1, sizeof *places);
    uint32_t count = 0;
    if (!list || !places) return lack_memory(message);
    for (uint32_t i = 0; i < w->count; i++) {
        const cs_written *one = &w->statements[i];
        if (!s->wanted[i] || !is_named(one) || s->users[i] < 2) continue;
        const char *text = arena_copy(s->arena, one->from, (size_t)(one->to - one->from));
        if (!text) return lack_memory(message);
        list[count] = (cs_shared_statement){.kind = written_kind(one), .name = one->name, .text = text};
        places[count++] = i;
    }
    if (count && !name_users(s, &list, count, places)) return lack_memory(message);
    out->shared = list;
    out->shared_count = count;
    return CS_OK;
}

/* ---- the text ---- */

static const char *first_expected(const cs_written *test, size_t *bytes) {
    const char *name = NULL;
    for (const char *at = test->from; at < test->to; at++) {
        if (at > test->from && at[-1] != '\n') continue;
        const char *from = at, *to = memchr(at, '\n', (size_t)(test->to - at));
        if (!to) to = test->to;
        while (from < to && (*from == ' ' || *from == '\t')) from++;
        while (to > from && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r')) to--;
        if (passage_expects(from, to, &name, bytes)) return name;
    }
    return NULL;
}

static bool is_own(const shaping *s, uint32_t place) {
    const cs_written *one = &s->writing->statements[place];
    if (place == s->writing->of_rule[s->rule->index]) return true;
    if (is_named(one)) return s->wanted[place] && s->users[place] == 1;
    if (one->kind != CS_WRITTEN_TEST) return false;
    size_t bytes = 0;
    const char *name = first_expected(one, &bytes);
    return name && strlen(s->rule->name) == bytes && memcmp(name, s->rule->name, bytes) == 0;
}

/* Lists and lets, then the rule, then its tests, each as the files have them. */
static bool write_text(const shaping *s, cs_buffer *out) {
    size_t source_bytes;
    const char *source = ruleset_source(s->rules, &source_bytes);
    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < s->writing->count; i++) {
            const cs_written *one = &s->writing->statements[i];
            int kind = is_named(one) ? 0 : one->kind == CS_WRITTEN_RULE ? 1 : 2;
            if (kind != round || !is_own(s, i)) continue;
            const char *head = passage_head(source, one->from);
            if ((out->length && !buffer_text(out, "\n")) || !buffer_append(out, head, (size_t)(one->to - head)) ||
                !buffer_text(out, "\n"))
                return false;
        }
    }
    return true;
}

cs_error shape_tests(const char *text, const char *rule, cs_arena *arena, const cs_shape_test **out, uint32_t *count,
                     cs_message *message) {
    cs_passage *passages;
    uint32_t passage_count;
    if (!passages_read(text, strlen(text), arena, &passages, &passage_count)) return lack_memory(message);
    cs_shape_test *tests = arena_array(arena, (size_t)passage_count + 1, sizeof *tests);
    if (!tests) return lack_memory(message);
    *count = 0;
    for (uint32_t i = 0; i < passage_count; i++)
        if (passages[i].kind == CS_WRITTEN_TEST && (!rule || strcmp(passages[i].rule, rule) == 0))
            tests[(*count)++] = (cs_shape_test){passages[i].name, passages[i].line};
    *out = tests;
    return CS_OK;
}

cs_error shape_make(const cs_ruleset *rules, const cs_rule *rule, cs_arena *arena, cs_rule_shape *out,
                    cs_message *message) {
    shaping s = {.rules = rules, .rule = rule, .arena = arena};
    cs_buffer text;
    *out = (cs_rule_shape){.text = ""};
    cs_error code = writing_read(rules, arena, &s.writing, message);
    if (code == CS_OK && !count_users(&s)) code = lack_memory(message);
    if (code == CS_OK) code = find_shared(&s, out, message);
    if (code != CS_OK) return code;
    buffer_init(&text, MOST_SHAPE_BYTES);
    bool is_good = write_text(&s, &text) && (out->text = arena_string(arena, buffer_string(&text)));
    buffer_free(&text);
    return is_good ? shape_tests(out->text, rule->name, arena, &out->tests, &out->test_count, message)
                   : lack_memory(message);
}
