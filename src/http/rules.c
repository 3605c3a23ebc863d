/* The rule book: all rules, one rule, its versions, the words of the language. */
#include "http/rule_desk.h"

#include "insight/figure_calendar.h"
#include "insight/figures.h"
#include "quality/rule_history.h"
#include "quality/rulebook_shape.h"
#include "rules/form.h"
#include "rules/passage.h"

#include <string.h>

enum { MINUTE_MS = 60000, DAYS_SHOWN = 90 };

/* ---- GET /api/v1/rules ---- */

static cs_error item_write(cs_rule_view *view, const char *name, const cs_rule *rule, cs_json_writer *out,
                           cs_message *message) {
    json_object_open(out, NULL);
    cs_error code = rule_members_write(view, name, rule, out, message);
    json_object_close(out);
    return code;
}

cs_error rules_list(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_rule_view view;
    cs_error code = rule_view_open(request, &view, message);
    json_object_open(out, NULL);
    json_array_open(out, "items");
    for (uint32_t i = 0; code == CS_OK && i < ruleset_rule_count(request->ruleset); i++) {
        const cs_rule *rule = ruleset_rule(request->ruleset, i);
        code = item_write(&view, rule->name, rule, out, message);
    }
    for (uint32_t i = 0; code == CS_OK && i < view.book.count; i++) {
        const cs_amended_page *page = &view.book.pages[i].amended;
        if (page->is_retired) code = item_write(&view, page->rule, NULL, out, message);
    }
    for (uint32_t i = 0; code == CS_OK && i < view.draft_count; i++) {
        const char *name = view.drafts[i].rule;
        if (!ruleset_find(request->ruleset, name) && !rulebook_page(&view.book, name))
            code = item_write(&view, name, NULL, out, message);
    }
    json_array_close(out);
    json_object_close(out);
    rule_view_close(&view);
    return code;
}

/* ---- GET /api/v1/rules/{id} ---- */

typedef struct over_time {
    uint32_t rule;
    int64_t first_day;
    struct {
        int64_t found, conversations;
    } days[DAYS_SHOWN];
} over_time;

static cs_error visit_day(void *context, int64_t day, const cs_cell *cell, cs_message *message) {
    over_time *o = context;
    int64_t at = day - o->first_day;
    (void)message;
    if (at < 0 || at >= DAYS_SHOWN) return CS_OK;
    o->days[at].conversations += cell->basics.conversations;
    for (uint32_t i = 0; i < cell->rule_count; i++)
        if (cell->rules[i].rule == o->rule) o->days[at].found += cell->rules[i].missed;
    return CS_OK;
}

static cs_error newest_start(cs_db *db, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT max(started_ms) FROM conversation", &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *out = has_row && !db_is_null(stmt, 0) ? db_int64(stmt, 0) : CS_NO_TIME;
    db_done(stmt);
    return code;
}

/* The last 90 days up to the newest conversation. */
static cs_error over_time_write(const cs_request *request, const cs_rule *rule, cs_json_writer *out,
                                cs_message *message) {
    over_time o = {.rule = rule ? rule->index : 0};
    cs_filter filter;
    cs_figures_asked asked;
    cs_figures_truth truth = {0};
    int64_t zone = 0, newest = CS_NO_TIME;
    filter_init(&filter);
    cs_error code = rule ? asked_of(request->db, &filter, &asked, &zone, message) : CS_OK;
    if (code == CS_OK && rule) code = newest_start(request->db, &newest, message);
    if (code == CS_OK && rule && newest != CS_NO_TIME) {
        asked.step = CS_STEP_DAY;
        asked.last_day = floor_divide(newest + zone * MINUTE_MS, CS_DAY_MS) + 1;
        asked.first_day = o.first_day = asked.last_day - DAYS_SHOWN;
        code = figures_walk(request->db, &asked, visit_day, &o, &truth, message);
    }
    json_array_open(out, "over_time");
    for (int i = 0; i < DAYS_SHOWN; i++) {
        if (o.days[i].conversations == 0) continue;
        json_object_open(out, NULL);
        json_write_int(out, "day_ms", (o.first_day + i) * CS_DAY_MS - zone * MINUTE_MS);
        json_write_int(out, "found", o.days[i].found);
        json_write_int(out, "conversations", o.days[i].conversations);
        json_object_close(out);
    }
    json_array_close(out);
    return code;
}

void rule_form_write(const char *text, cs_json_writer *out, const char *key) {
    cs_buffer form;
    cs_message unused;
    if (form_read(text, strlen(text), "rule.rules", NULL, NULL, &form, &unused) == CS_OK)
        json_write_raw(out, key, buffer_string(&form));
    else
        json_write_null(out, key);
    buffer_free(&form);
}

static bool is_among(const char *name, const char *const *names, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static void shape_write(const cs_rule_shape *shape, const char *const *failing, uint32_t failing_count,
                        cs_json_writer *out) {
    json_write_string(out, "text", shape->text);
    json_array_open(out, "shared");
    for (uint32_t i = 0; i < shape->shared_count; i++) {
        const cs_shared_statement *one = &shape->shared[i];
        json_object_open(out, NULL);
        json_write_string(out, "kind", one->kind);
        json_write_string(out, "name", one->name);
        json_write_string(out, "text", one->text);
        json_array_open(out, "used_by");
        for (uint32_t k = 0; k < one->used_by_count; k++) json_write_string(out, NULL, one->used_by[k]);
        json_array_close(out);
        json_object_close(out);
    }
    json_array_close(out);
    rule_form_write(shape->text, out, "form");
    json_array_open(out, "tests");
    for (uint32_t i = 0; i < shape->test_count; i++) {
        json_object_open(out, NULL);
        json_write_string(out, "name", shape->tests[i].name);
        json_write_int(out, "line", shape->tests[i].line);
        json_write_bool(out, "is_passed", !is_among(shape->tests[i].name, failing, failing_count));
        json_object_close(out);
    }
    json_array_close(out);
}

/* An agent reads what the rule says; tests may be made of others' conversations. */
static cs_error leave_tests_out(cs_rule_shape *shape, cs_arena *arena, cs_message *message) {
    cs_passage *passages;
    uint32_t count;
    const char *text = "";
    if (!passages_read(shape->text, strlen(shape->text), arena, &passages, &count))
        return message_set(message, CS_ERR_MEMORY, "out of memory for the rule");
    for (uint32_t i = 0; text && i < count; i++)
        if (passages[i].kind != CS_WRITTEN_TEST)
            text = arena_printf(arena, "%s%s%.*s\n", text, *text ? "\n" : "", (int)(passages[i].to - passages[i].head),
                                passages[i].head);
    if (!text) return message_set(message, CS_ERR_MEMORY, "out of memory for the rule");
    shape->text = text;
    shape->test_count = 0;
    return CS_OK;
}

static cs_error text_write(const cs_rule_view *view, const char *name, const cs_rule *rule, cs_json_writer *out,
                           cs_message *message) {
    cs_rule_shape shape = {.text = ""};
    const cs_book_page *page = rulebook_page(&view->book, name);
    cs_error code = CS_OK;
    json_write_string(out, "file", rule ? rule->file : NULL);
    json_write_int(out, "line", rule ? rule->line : 0);
    const char **failing = NULL;
    uint32_t failing_count = 0;
    if (rule) {
        code = shape_make(view->request->ruleset, rule, view->arena, &shape, message);
        if (code == CS_OK)
            code = rule_tests_failing(view->request->ruleset, rule, view->arena, &failing, &failing_count, message);
    } else if (page) {
        shape.text = page->amended.text;
        code = shape_tests(shape.text, name, view->arena, &shape.tests, &shape.test_count, message);
    }
    if (code == CS_OK && !account_may(view->request->account, CS_ACCOUNT_REVIEWER))
        code = leave_tests_out(&shape, view->arena, message);
    if (code == CS_OK) shape_write(&shape, failing, failing_count, out);
    return code;
}

cs_error rule_write_one(const cs_request *request, const char *name, cs_json_writer *out, cs_message *message) {
    cs_rule_view view;
    const cs_rule *rule = NULL;
    bool is_reviewer = account_may(request->account, CS_ACCOUNT_REVIEWER);
    cs_error code = rule_view_open(request, &view, message);
    if (code == CS_OK) code = rule_view_find(&view, name, &rule, message);
    if (code == CS_OK) {
        json_object_open(out, NULL);
        const cs_rule_draft *draft = rule_view_draft(&view, name);
        view.is_whole = true;
        code = rule_members_write(&view, name, rule, out, message);
        if (code == CS_OK) code = text_write(&view, name, rule, out, message);
        if (code == CS_OK && is_reviewer && draft)
            code = rule_draft_write(request->db, name, view.arena, out, "draft", message);
        else if (code == CS_OK)
            json_write_null(out, "draft");
        if (code == CS_OK) code = over_time_write(request, is_reviewer ? rule : NULL, out, message);
        json_object_close(out);
    }
    rule_view_close(&view);
    return code;
}

cs_error rules_one(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return rule_write_one(request, request->id, out, message);
}

/* GET /api/v1/rules/{id}/versions */
cs_error rules_versions(const cs_request *request, cs_json_writer *out, cs_message *message) {
    enum { ARENA_BYTES = 256 << 20 };
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? rule_history_write(request->db, request->ruleset, request->id, arena, out, message)
                          : message_set(message, CS_ERR_MEMORY, "out of memory for the versions");
    arena_free(arena);
    return code;
}
