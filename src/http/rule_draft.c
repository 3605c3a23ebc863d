/* Drafts: checked as they are typed, saved, tested, dropped. */
#include "http/rule_desk.h"

#include "base/clock.h"
#include "rules/form.h"

#include <string.h>

enum { ARENA_BYTES = 512 << 20, MOST_FORM_BYTES = 4 << 20 };

/* ---- POST /api/v1/rules/check {"rule", "text"} ---- */

static cs_error check(const cs_request *request, const cs_json *body, cs_arena *arena, cs_json_writer *out,
                      cs_message *message) {
    const char *text = NULL, *rule = json_string(json_get(body, "rule"), NULL);
    cs_draft_check made;
    cs_error code = rule_body_text(body, "text", &text, message);
    if (code == CS_OK) code = draft_check(request->db, rule, text, arena, &made, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    draft_problems_write(&made, out, "problems");
    rule_form_write(text, out, "form");
    json_object_close(out);
    draft_check_free(&made);
    return CS_OK;
}

cs_error rules_check(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return rule_with_body(request, ARENA_BYTES, check, out, message);
}

/* ---- POST /api/v1/rules/text {"form", "language"} ---- */

static cs_error language_of(const cs_json *body, cs_form_language *out, cs_message *message) {
    const char *name = json_string(json_get(body, "language"), NULL);
    *out = !name || strcmp(name, "as_written") == 0 ? CS_FORM_AS_WRITTEN
           : strcmp(name, "zh") == 0                ? CS_FORM_CHINESE
                                                    : CS_FORM_ENGLISH;
    if (*out != CS_FORM_ENGLISH || strcmp(name, "en") == 0) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "there is no language \"%.40s\"", name);
    message_place(message, "language");
    message_remedy(message, "language takes as_written, en, zh");
    return CS_ERR_USAGE;
}

/* The form as it was sent: the member's own text, found by its place, so that nothing is lost on the way. */
static cs_error text_of_form(const cs_request *request, const cs_json *body, cs_arena *arena, cs_json_writer *out,
                             cs_message *message) {
    cs_form_language language = CS_FORM_AS_WRITTEN;
    cs_buffer form, text;
    (void)request;
    (void)arena;
    cs_error code = language_of(body, &language, message);
    if (code == CS_OK && json_kind(json_get(body, "form")) != CS_JSON_OBJECT) {
        (void)message_set(message, CS_ERR_USAGE, "\"form\" is missing, or no object");
        message_place(message, "form");
        message_remedy(message, "send what the check of a text answers as its form");
        code = CS_ERR_USAGE;
    }
    if (code != CS_OK) return code;
    buffer_init(&form, MOST_FORM_BYTES);
    buffer_init(&text, 0);
    code = rule_json_copy(json_get(body, "form"), &form)
               ? form_write(buffer_string(&form), form.length, language, &text, message)
               : message_set(message, CS_ERR_LIMIT, "the form is larger than 4 MB");
    if (code == CS_OK) {
        json_object_open(out, NULL);
        json_write_string(out, "text", buffer_string(&text));
        json_object_close(out);
    }
    buffer_free(&form);
    buffer_free(&text);
    return code;
}

cs_error rules_text(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return rule_with_body(request, ARENA_BYTES, text_of_form, out, message);
}

/* ---- PUT /api/v1/rules/{id}/draft {"text", "changes", "version", "reason"} ---- */

/* What stands there now, by whom: the page shows both. */
static cs_error answer_other(const cs_request *request, cs_db *db, cs_arena *arena, cs_json_writer *out,
                             cs_message *message) {
    cs_rule_draft *other = NULL;
    cs_error code = rule_draft_read(db, request->id, arena, &other, message);
    if (code != CS_OK) return code;
    request->answer->status = 409;
    json_object_open(out, NULL);
    json_object_open(out, "error");
    json_write_string(out, "code", error_name(CS_ERR_CONFLICT));
    json_write_string(out, "message", other ? "somebody saved another draft meanwhile" : "the draft is gone meanwhile");
    json_write_string(out, "remedy", "look at both, and choose");
    json_write_string(out, "request", request->answer->request_id);
    json_object_close(out);
    code = rule_draft_write(db, request->id, arena, out, "draft", message);
    json_object_close(out);
    return code;
}

/* Of the draft that was seen; of a new one what stood when it was begun: what stands now, unless it is said. */
static cs_error seen_of(const cs_request *request, const cs_json *body, cs_draft_save *save, cs_message *message) {
    const cs_json *changes = json_get(body, "changes"), *version = json_get(body, "version");
    if (json_kind(changes) != CS_JSON_NULL && (!json_int64(changes, &save->seen) || save->seen < 0)) {
        (void)message_set(message, CS_ERR_USAGE, "\"changes\" is no number of a draft");
        message_place(message, "changes");
        message_remedy(message, "send the changes of the draft that you saw, or null where there was none");
        return CS_ERR_USAGE;
    }
    if (json_int64(version, &save->version) && save->version >= 0) return CS_OK;
    if (json_kind(version) == CS_JSON_NULL && save->seen == 0)
        return rulebook_standing(request->db, request->ruleset, request->id, &save->version, message);
    (void)message_set(message, CS_ERR_USAGE, "\"version\" is missing, or no version of a rule");
    message_place(message, "version");
    message_remedy(message, "send the version of the draft that you saw, beside its changes");
    return CS_ERR_USAGE;
}

static cs_error put(const cs_request *request, const cs_json *body, cs_arena *arena, cs_json_writer *out,
                    cs_message *message) {
    cs_db *db = NULL;
    bool is_other = false;
    cs_draft_save save = {.rule = request->id,
                          .reason = json_string(json_get(body, "reason"), NULL),
                          .account = request->account,
                          .now_ms = clock_now_ms()};
    cs_error code = rule_body_text(body, "text", &save.text, message);
    if (code == CS_OK) code = seen_of(request, body, &save, message);
    if (code == CS_OK) code = rule_write_begin(request, &db, message);
    if (code != CS_OK) return code;
    code = rule_write_end(db, rule_draft_save(db, &save, &is_other, message), message);
    if (code == CS_OK && is_other)
        code = answer_other(request, db, arena, out, message);
    else if (code == CS_OK)
        code = rule_draft_write(db, request->id, arena, out, NULL, message);
    db_close(db);
    return code;
}

cs_error rules_put_draft(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return rule_with_body(request, ARENA_BYTES, put, out, message);
}

/* DELETE /api/v1/rules/{id}/draft?changes= */
cs_error rules_delete_draft(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t changes = 0;
    cs_error code = request_number(request, "changes", 1, INT64_MAX, &changes, message);
    if (code == CS_OK && changes) code = rule_draft_expect(request->db, request->id, changes, message);
    if (code == CS_OK) code = rule_draft_delete(request->db, request->id, message);
    json_object_open(out, NULL);
    json_write_string(out, "rule", request->id);
    json_object_close(out);
    return code;
}

/* ---- POST /api/v1/rules/{id}/draft/test ---- */

static cs_error keep(const cs_request *request, const cs_rule_draft *draft, const cs_draft_tests *tests,
                     cs_arena *arena, cs_json_writer *out, cs_message *message) {
    cs_db *db = NULL;
    cs_error code = rule_write_begin(request, &db, message);
    if (code != CS_OK) return code;
    code = rule_draft_expect(db, request->id, draft->changes, message);
    if (code == CS_OK && tests) code = rule_draft_keep_tests(db, request->id, draft->changes, tests, message);
    code = rule_write_end(db, code, message);
    if (code == CS_OK) code = rule_draft_write(db, request->id, arena, out, NULL, message);
    db_close(db);
    return code;
}

static cs_error test(const cs_request *request, cs_arena *arena, cs_json_writer *out, cs_message *message) {
    cs_rule_draft *draft = NULL;
    cs_draft_check made;
    cs_draft_tests tests;
    cs_error code = rule_draft_read(request->db, request->id, arena, &draft, message);
    if (code == CS_OK && !draft) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "there is no draft of \"%.100s\"", request->id);
        message_remedy(message, "save one first");
        code = CS_ERR_NOT_FOUND;
    }
    if (code == CS_OK) code = draft_check(request->db, request->id, draft->text, arena, &made, message);
    if (code != CS_OK) return code;
    if (made.count) return keep(request, draft, NULL, arena, out, message); /* its problems are told */
    code = rule_draft_test(request->ruleset, request->id, draft->text, &made, arena, &tests, message);
    draft_check_free(&made);
    return code == CS_OK ? keep(request, draft, &tests, arena, out, message) : code;
}

cs_error rules_test_draft(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code =
        arena ? test(request, arena, out, message) : message_set(message, CS_ERR_MEMORY, "out of memory for the tests");
    arena_free(arena);
    return code;
}
