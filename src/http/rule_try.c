/* A rule on one conversation: tried at once, and held fast as a test. */
#include "http/rule_desk.h"

#include "base/clock.h"
#include "quality/rule_draft_case.h"
#include "quality/rule_try.h"
#include "quality/rulebook_shape.h"

#include <string.h>

enum { ARENA_BYTES = 1 << 30, MOST_DRAFT_BYTES = 16 << 20 };

static cs_error conversation_of(const cs_request *request, const char *id, cs_arena *arena, cs_conversation **out,
                                cs_message *message) {
    cs_stored *stored = NULL;
    cs_error code = request_sees_conversation(request, id, message);
    if (code == CS_OK) code = archive_load(request->db, request->packer, id, arena, &stored, message);
    if (code == CS_OK) *out = stored->conversation;
    return code;
}

static cs_error subject_of(const cs_request *request, const cs_json *body, cs_arena *arena, cs_conversation **out,
                           cs_message *message) {
    const char *id = json_string(json_get(body, "conversation"), NULL);
    const char *dialogue = json_string(json_get(body, "dialogue"), NULL);
    if (id) return conversation_of(request, id, arena, out, message);
    if (dialogue) {
        cs_error code = dialogue_read(dialogue, arena, out, message);
        if (code != CS_OK && !message->place[0]) message_place(message, "dialogue");
        return code;
    }
    (void)message_set(message, CS_ERR_USAGE, "there is no conversation to try it on");
    message_place(message, "conversation");
    message_remedy(message, "send \"conversation\": an id, or \"dialogue\": lines like 客服:您好");
    return CS_ERR_USAGE;
}

static cs_error refuse(const cs_draft_check *check, cs_message *message) {
    const cs_draft_problem *first = &check->problems[0];
    (void)message_set(message, CS_ERR_PARSE, "the rule is not well formed: %s", first->reason);
    message_place(message, "line %u", (unsigned)first->line);
    message_remedy(message, "%s", first->hint ? first->hint : "mend it, then try again");
    return CS_ERR_PARSE;
}

/* ---- POST /api/v1/rules/{id}/try {"text", "conversation" | "dialogue"} ---- */

static cs_error attempt(const cs_request *request, const cs_json *body, cs_arena *arena, cs_json_writer *out,
                        cs_message *message) {
    const char *text = NULL;
    cs_conversation *conversation = NULL;
    cs_draft_check check;
    cs_error code = rule_body_text(body, "text", &text, message);
    if (code == CS_OK) code = subject_of(request, body, arena, &conversation, message);
    if (code == CS_OK) code = draft_check(request->db, request->id, text, arena, &check, message);
    if (code == CS_OK) code = draft_check_small(&check, text, arena, message);
    if (code == CS_OK && check.count) code = refuse(&check, message);
    if (code != CS_OK) return code;
    const cs_rule_attempt one = {
        .rule = request->id, .draft = check.small, .current = request->ruleset, .conversation = conversation};
    json_object_open(out, NULL);
    code = rule_try_write(&one, arena, out, message);
    json_object_close(out);
    draft_check_free(&check);
    return code;
}

/* ---- POST /api/v1/rules/{id}/tests {"conversation", "turn", "expected"} ---- */

static cs_error expected_of(const cs_json *body, cs_case_wish *wish, cs_message *message) {
    char name[32];
    size_t length = 0;
    const char *given = json_string(json_get(body, "expected"), NULL);
    for (const char *at = given ? given : ""; *at && length + 1 < sizeof name; at++)
        name[length++] = *at == '-' ? '_' : *at;
    name[length] = 0;
    wish->expected = verdict_parse(name);
    if (wish->expected != CS_VERDICT_COUNT) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "\"expected\" is no verdict");
    message_place(message, "expected");
    message_remedy(message, "expected takes hit, clean, met, missed, not-applicable, undecided, noted, not-noted");
    return CS_ERR_USAGE;
}

static cs_error turn_of(const cs_json *body, uint32_t *turn, cs_message *message) {
    int64_t given = 0;
    const cs_json *json = json_get(body, "turn");
    if (json_kind(json) == CS_JSON_NULL || (json_int64(json, &given) && given >= 0 && given < INT32_MAX)) {
        *turn = (uint32_t)given;
        return CS_OK;
    }
    (void)message_set(message, CS_ERR_USAGE, "\"turn\" is no number of a turn");
    message_place(message, "turn");
    message_remedy(message, "turns count from 1; 0 is the whole conversation");
    return CS_ERR_USAGE;
}

/* The draft as it is, else what is published. */
static cs_error text_now(const cs_request *request, cs_arena *arena, cs_draft_save *save, cs_message *message) {
    cs_rule_draft *draft = NULL;
    cs_rule_shape shape;
    const cs_rule *rule = ruleset_find(request->ruleset, request->id);
    cs_error code = rule_draft_read(request->db, request->id, arena, &draft, message);
    if (code != CS_OK) return code;
    if (draft) {
        save->text = draft->text;
        save->seen = draft->changes;
        save->version = draft->version;
        return CS_OK;
    }
    if (!rule) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "there is no rule \"%.100s\"", request->id);
        message_remedy(message, "GET /api/v1/rules lists them");
        return CS_ERR_NOT_FOUND;
    }
    code = shape_make(request->ruleset, rule, arena, &shape, message);
    if (code == CS_OK) save->text = shape.text;
    return code == CS_OK ? rulebook_standing(request->db, request->ruleset, request->id, &save->version, message)
                         : code;
}

/* The draft, with one member more. */
static cs_error answer_with(cs_db *db, const char *rule, const cs_case *made, cs_arena *arena, cs_json_writer *out,
                            cs_message *message) {
    cs_buffer json;
    cs_json_writer draft;
    buffer_init(&json, MOST_DRAFT_BYTES);
    json_writer_init(&draft, &json);
    cs_error code = rule_draft_write(db, rule, arena, &draft, NULL, message);
    if (code == CS_OK && json.length > 1 && json.data[json.length - 1] == '}') {
        cs_json_writer test = {.out = &json};
        json.data[--json.length] = 0;
        (void)buffer_text(&json, ",\"test\":");
        json_object_open(&test, NULL);
        json_write_string(&test, "name", made->name);
        json_write_bool(&test, "is_needed", made->is_needed);
        json_write_string(&test, "says", verdict_name(made->says));
        json_object_close(&test);
        (void)buffer_text(&json, "}");
        if (json.is_failed) code = message_set(message, CS_ERR_MEMORY, "out of memory for the test");
        if (code == CS_OK) json_write_raw(out, NULL, buffer_string(&json));
    }
    buffer_free(&json);
    return code;
}

static cs_error save_with(const cs_request *request, cs_draft_save *save, const cs_case *made, cs_arena *arena,
                          cs_json_writer *out, cs_message *message) {
    cs_db *db = NULL;
    bool is_other = false;
    size_t length = strlen(save->text);
    save->text =
        arena_printf(arena, "%s%s\n%s", save->text, length && save->text[length - 1] != '\n' ? "\n" : "", made->block);
    if (!save->text) return message_set(message, CS_ERR_MEMORY, "out of memory for the test");
    cs_error code = rule_write_begin(request, &db, message);
    if (code != CS_OK) return code;
    code = rule_draft_save(db, save, &is_other, message);
    if (code == CS_OK && is_other) {
        (void)message_set(message, CS_ERR_CONFLICT, "somebody saved another draft meanwhile");
        message_remedy(message, "try again: the test goes into that one");
        code = CS_ERR_CONFLICT;
    }
    code = rule_write_end(db, code, message);
    if (code == CS_OK) code = answer_with(db, request->id, made, arena, out, message);
    db_close(db);
    return code;
}

static cs_error add_test(const cs_request *request, const cs_json *body, cs_arena *arena, cs_json_writer *out,
                         cs_message *message) {
    const char *id = NULL;
    cs_conversation *conversation = NULL;
    cs_draft_check check;
    cs_case made;
    cs_case_wish wish = {.rule = request->id};
    cs_draft_save save = {.rule = request->id, .account = request->account, .now_ms = clock_now_ms()};
    cs_error code = rule_body_text(body, "conversation", &id, message);
    if (code == CS_OK) code = turn_of(body, &wish.turn, message);
    if (code == CS_OK) code = expected_of(body, &wish, message);
    if (code == CS_OK) code = conversation_of(request, id, arena, &conversation, message);
    if (code == CS_OK) code = text_now(request, arena, &save, message);
    if (code == CS_OK) code = draft_check(request->db, request->id, save.text, arena, &check, message);
    if (code == CS_OK) code = draft_check_small(&check, save.text, arena, message);
    if (code != CS_OK) return code;
    if (check.count) {
        (void)message_set(message, CS_ERR_CONFLICT, "the draft is not well formed: %s", check.problems[0].reason);
        message_place(message, "line %u", (unsigned)check.problems[0].line);
        message_remedy(message, "mend the draft first: a test can only be made with a rule that works");
        return CS_ERR_CONFLICT;
    }
    wish.rules = check.small;
    wish.conversation = conversation;
    wish.text = save.text;
    code = case_make(&wish, arena, &made, message);
    draft_check_free(&check);
    return code == CS_OK ? save_with(request, &save, &made, arena, out, message) : code;
}

cs_error rules_try(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return rule_with_body(request, ARENA_BYTES, attempt, out, message);
}

cs_error rules_add_test(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return rule_with_body(request, ARENA_BYTES, add_test, out, message);
}
