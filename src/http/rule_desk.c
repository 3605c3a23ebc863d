#include "http/rule_desk.h"

#include "insight/figures.h"
#include "quality/finding_json.h"
#include "quality/judgement.h"

#include <string.h>

enum { ARENA_BYTES = 512 << 20 };

/* ---- all rules ---- */

static cs_error count_all(cs_rule_view *view, cs_message *message) {
    const cs_request *request = view->request;
    cs_filter filter;
    cs_figures_asked asked;
    cs_figures_truth truth = {0};
    int64_t zone = 0;
    filter_init(&filter);
    filter.agent = request_agent(request); /* an agent reads how his own conversations fare */
    cs_error code = asked_of(request->db, &filter, &asked, &zone, message);
    if (code == CS_OK) code = sum_init(&view->sum, ruleset_rule_count(request->ruleset), message);
    view->has_sum = code == CS_OK;
    return code == CS_OK ? figures_walk(request->db, &asked, sum_visit, &view->sum, &truth, message) : code;
}

cs_error rule_view_open(const cs_request *request, cs_rule_view *out, cs_message *message) {
    *out = (cs_rule_view){.request = request, .arena = arena_create(ARENA_BYTES)};
    if (!out->arena) return message_set(message, CS_ERR_MEMORY, "out of memory for the rules");
    cs_error code = rulebook_read(request->db, out->arena, &out->book, message);
    if (code == CS_OK && !request_agent(request)) /* drafts are no agent's business */
        code = rule_draft_list(request->db, out->arena, &out->drafts, &out->draft_count, message);
    return code == CS_OK ? count_all(out, message) : code;
}

void rule_view_close(cs_rule_view *view) {
    if (view->has_sum) sum_free(&view->sum);
    arena_free(view->arena);
}

const cs_rule_draft *rule_view_draft(const cs_rule_view *view, const char *rule) {
    for (uint32_t i = 0; i < view->draft_count; i++)
        if (strcmp(view->drafts[i].rule, rule) == 0) return &view->drafts[i];
    return NULL;
}

cs_error rule_view_find(const cs_rule_view *view, const char *name, const cs_rule **rule, cs_message *message) {
    *rule = ruleset_find(view->request->ruleset, name);
    if (*rule || rulebook_page(&view->book, name) || rule_view_draft(view, name)) return CS_OK;
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no rule \"%.100s\"", name);
    message_remedy(message, "GET /api/v1/rules lists them");
    return CS_ERR_NOT_FOUND;
}

/* ---- one ---- */

static void effects_write(cs_json_writer *out, const cs_rule *rule) {
    json_array_open(out, "effects");
    for (uint32_t i = 0; rule && i < rule->effect_count; i++) {
        const cs_effect *effect = &rule->effects[i];
        json_object_open(out, NULL);
        json_write_string(out, "score", score_name(effect->score));
        json_write_int(out, "points", effect->points);
        if (effect->is_each) json_write_bool(out, "each", true);
        if (effect->max > 0) json_write_int(out, "max", effect->max);
        if (effect->is_fatal) json_write_bool(out, "fatal", true);
        json_object_close(out);
    }
    json_array_close(out);
}

/* Nothing of a rule that is not in the rule set. */
static void counts_write(cs_json_writer *out, const cs_rule_view *view, const cs_rule *rule) {
    const cs_rule_count none = {0}, *c = rule ? &view->sum.rules[rule->index] : &none;
    bool is_never = rule && rule->kind == CS_RULE_NEVER, is_flag = rule && rule->kind == CS_RULE_FLAG;
    json_object_open(out, "counts");
    json_write_int(out, "met", c->met);
    json_write_int(out, "missed", c->missed);
    json_write_int(out, "undecided", c->undecided);
    json_write_int(out, "not_applicable", rule ? sum_not_applicable(&view->sum, rule->index) : 0);
    json_write_int(out, "hit", is_never ? c->missed : 0);
    json_write_int(out, "clean", is_never ? c->met : 0);
    json_write_int(out, "noted", is_flag ? c->missed : 0);
    json_write_int(out, "not_noted", is_flag ? c->met : 0);
    json_object_close(out);
}

/* Both sides together, the way the desk speaks of it: those of a draw and those by choice stand apart in "judgements". */
static cs_error judged_write(cs_json_writer *out, cs_db *db, const cs_rule *rule, cs_message *message) {
    cs_judgement_count count;
    cs_error code = judgement_count(db, rule, &count, message);
    if (code != CS_OK) return code;
    const cs_judgement_side *drawn = &count.drawn, *chosen = &count.chosen;
    int64_t agreed = drawn->agreed + chosen->agreed, wrong = drawn->wrong + chosen->wrong,
            missed = drawn->missed + chosen->missed;
    if (agreed + wrong + missed + drawn->passed + chosen->passed == 0) {
        json_write_null(out, "judged");
        return CS_OK;
    }
    json_object_open(out, "judged");
    json_write_int(out, "agreed", agreed);
    json_write_int(out, "wrong", wrong);
    json_write_int(out, "missed", missed);
    /* Only a random draw says how good a rule is; without one, what people looked at is better than nothing. */
    bool is_drawn = drawn->agreed + drawn->wrong > 0;
    judgement_interval_write(out, "precision", is_drawn ? &drawn->precision : &chosen->precision);
    json_write_bool(out, "is_drawn", is_drawn);
    json_object_close(out);
    return CS_OK;
}

static void draft_head_write(cs_json_writer *out, const cs_rule_draft *draft) {
    if (!draft) {
        json_write_null(out, "draft");
        return;
    }
    json_object_open(out, "draft");
    json_write_string(out, "state", draft->state);
    json_write_string(out, "by", draft->by);
    json_write_int(out, "at_ms", draft->at_ms);
    json_write_int(out, "changes", draft->changes);
    json_object_close(out);
}

/* Of a rule that is not in the rule set, as far as its text tells. */
static void describe(const cs_rule_view *view, const char *name, cs_ruleset **alone, const cs_rule **rule) {
    const cs_rule_draft *draft = rule_view_draft(view, name);
    const cs_book_page *page = rulebook_page(&view->book, name);
    const char *text = page ? page->amended.text : draft ? draft->text : "";
    cs_message unused;
    if (ruleset_read_alone(text, strlen(text), "own/rule.rules", NULL, NULL, alone, &unused) == CS_OK)
        *rule = ruleset_find(*alone, name);
}

cs_error rule_members_write(cs_rule_view *view, const char *name, const cs_rule *rule, cs_json_writer *out,
                            cs_message *message) {
    const cs_book_page *page = rulebook_page(&view->book, name);
    const cs_rule *words = rule;
    cs_ruleset *alone = NULL;
    cs_error code = CS_OK;
    if (!rule) describe(view, name, &alone, &words);
    json_write_string(out, "rule", name);
    title_write(out, "title", words, name);
    json_write_string(out, "pack", words ? words->pack : "own");
    json_write_string(out, "kind", words ? rule_kind_name(words->kind) : "expect");
    if (page || rule)
        json_write_int(out, "version", page ? page->version : 1);
    else
        json_write_null(out, "version");
    json_write_string(out, "state", rule ? "published" : page ? "retired" : "draft");
    json_write_bool(out, "is_edited", page != NULL);
    if (!view->is_whole) draft_head_write(out, rule_view_draft(view, name));
    effects_write(out, words);
    counts_write(out, view, rule);
    if (rule && !request_agent(view->request))
        code = judged_write(out, view->request->db, rule, message);
    else
        json_write_null(out, "judged");
    if (alone) ruleset_release(alone);
    return code;
}

/* ---- bodies ---- */

cs_error rule_body(const cs_request *request, cs_json **out, cs_message *message) {
    cs_error code = request_json(request, out, message);
    if (code != CS_OK || json_kind(*out) == CS_JSON_OBJECT) return code;
    json_free(*out);
    *out = NULL;
    (void)message_set(message, CS_ERR_USAGE, "the body is no JSON object");
    message_remedy(message, "send an object; docs/api.md names its members");
    return CS_ERR_USAGE;
}

cs_error rule_body_text(const cs_json *body, const char *key, const char **out, cs_message *message) {
    *out = json_string(json_get(body, key), NULL);
    if (*out) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "\"%s\" is missing, or no text", key);
    message_place(message, "%s", key);
    message_remedy(message, "send it as a string");
    return CS_ERR_USAGE;
}

static void copy_value(cs_json_writer *out, const char *key, const cs_json *json);

static bool copy_member(void *context, const char *key, const cs_json *value) {
    copy_value(context, key, value);
    return true;
}

/* As deep as json_parse lets it be. */
static void copy_value(cs_json_writer *out, const char *key, const cs_json *json) {
    int64_t whole = 0;
    switch (json_kind(json)) {
    case CS_JSON_NULL: json_write_null(out, key); break;
    case CS_JSON_BOOL: json_write_bool(out, key, json_is_true(json)); break;
    case CS_JSON_STRING: json_write_string(out, key, json_string(json, NULL)); break;
    case CS_JSON_NUMBER:
        if (json_int64(json, &whole))
            json_write_int(out, key, whole);
        else
            json_write_double(out, key, json_number(json, 0), 6);
        break;
    case CS_JSON_ARRAY:
        json_array_open(out, key);
        for (size_t i = 0; i < json_length(json); i++) copy_value(out, NULL, json_at(json, i));
        json_array_close(out);
        break;
    case CS_JSON_OBJECT:
        json_object_open(out, key);
        json_each(json, copy_member, out);
        json_object_close(out);
        break;
    }
}

bool rule_json_copy(const cs_json *json, cs_buffer *out) {
    cs_json_writer writer;
    json_writer_init(&writer, out);
    copy_value(&writer, NULL, json);
    return !out->is_failed;
}

/* ---- writing ---- */

cs_error rule_write_begin(const cs_request *request, cs_db **db, cs_message *message) {
    *db = NULL;
    cs_error code = db_open(request->data, CS_DB_WRITE, db, message);
    if (code == CS_OK) code = db_begin(*db, message);
    if (code != CS_OK) {
        db_close(*db);
        *db = NULL;
    }
    return code;
}

cs_error rule_write_end(cs_db *db, cs_error code, cs_message *message) {
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

cs_error rule_with_body(const cs_request *request, size_t most, cs_rule_handler handle, cs_json_writer *out,
                        cs_message *message) {
    cs_json *body = NULL;
    cs_arena *arena = arena_create(most);
    cs_error code =
        arena ? rule_body(request, &body, message) : message_set(message, CS_ERR_MEMORY, "out of memory for the rule");
    if (code == CS_OK) code = handle(request, body, arena, out, message);
    json_free(body);
    arena_free(arena);
    return code;
}
