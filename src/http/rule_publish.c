/* What becomes of a rule: back-tested, published, retired, rolled back. */
#include "http/rule_desk.h"

#include "base/clock.h"
#include "quality/rule_history.h"
#include "quality/rule_trial.h"

enum { ARENA_BYTES = 512 << 20, MOST_LIMIT = 100000000 };

/* ---- back-tests ---- */

static cs_error trial_draft(const cs_request *request, cs_db *db, cs_arena *arena, cs_rule_draft **draft,
                            cs_message *message) {
    cs_error code = rule_draft_read(db, request->id, arena, draft, message);
    if (code != CS_OK || *draft) return code;
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no draft of \"%.100s\"", request->id);
    message_remedy(message, "save one first");
    return CS_ERR_NOT_FOUND;
}

static cs_error limit_of(const cs_request *request, int64_t *limit, cs_message *message) {
    cs_json *body = NULL;
    cs_error code = request_json(request, &body, message);
    const cs_json *given = code == CS_OK ? json_get(body, "limit") : NULL;
    *limit = 0;
    if (code == CS_OK && json_kind(given) != CS_JSON_NULL &&
        (!json_int64(given, limit) || *limit < 0 || *limit > MOST_LIMIT)) {
        (void)message_set(message, CS_ERR_USAGE, "\"limit\" is no number of conversations");
        message_place(message, "limit");
        message_remedy(message, "send how many of the last conversations, or 0 for all");
        code = CS_ERR_USAGE;
    }
    json_free(body);
    return code;
}

/* In the one writing transaction of the request: *ask: a new one, else cancel. */
static cs_error turn_trial(const cs_request *request, bool is_asked, cs_json_writer *out, cs_message *message) {
    cs_rule_draft *draft = NULL;
    int64_t limit = 0;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? limit_of(request, &limit, message)
                          : message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    if (code == CS_OK) code = trial_draft(request, request->db, arena, &draft, message);
    if (code == CS_OK)
        code = is_asked ? rule_trial_ask(request->db, request->id, draft->text, limit, clock_now_ms(), message)
                        : rule_trial_cancel(request->db, request->id, message);
    if (code == CS_OK) code = rule_trial_write(request->db, request->id, draft->text, arena, out, NULL, message);
    arena_free(arena);
    return code;
}

/* POST /api/v1/rules/{id}/draft/backtest {"limit"} */
cs_error rules_ask_backtest(const cs_request *request, cs_json_writer *out, cs_message *message) {
    request->answer->status = 202;
    cs_error code = turn_trial(request, true, out, message);
    return code;
}

/* DELETE /api/v1/rules/{id}/draft/backtest */
cs_error rules_cancel_backtest(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return turn_trial(request, false, out, message);
}

/* GET /api/v1/rules/{id}/draft/backtest */
cs_error rules_show_backtest(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_rule_draft *draft = NULL;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? trial_draft(request, request->db, arena, &draft, message)
                          : message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    if (code == CS_OK) code = rule_trial_write(request->db, request->id, draft->text, arena, out, NULL, message);
    arena_free(arena);
    return code;
}

/* ---- publishing, retiring, rolling back ---- */

typedef cs_error (*turning)(cs_rule_turn *turn, const cs_json *body, cs_arena *arena, cs_message *message);

static cs_error number_of(const cs_json *body, const char *key, int64_t *out, cs_message *message) {
    if (json_int64(json_get(body, key), out) && *out > 0) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "\"%s\" is missing, or no number", key);
    message_place(message, "%s", key);
    message_remedy(message, "send the number that the rule's page shows");
    return CS_ERR_USAGE;
}

/* POST /api/v1/rules/{id}/publish {"changes", "version", "reason", "without_backtest"} */
static cs_error publish(cs_rule_turn *turn, const cs_json *body, cs_arena *arena, cs_message *message) {
    int64_t changes = 0, version = 0;
    bool without = json_is_true(json_get(body, "without_backtest"));
    cs_error code = number_of(body, "changes", &changes, message);
    turn->seen = CS_SEEN_OF_DRAFT;
    if (code == CS_OK && json_kind(json_get(body, "version")) != CS_JSON_NULL)
        code = number_of(body, "version", &turn->seen, message);
    return code == CS_OK ? rule_history_publish(turn, changes, without, arena, &version, message) : code;
}

/* POST /api/v1/rules/{id}/retire {"version", "reason"} */
static cs_error retire(cs_rule_turn *turn, const cs_json *body, cs_arena *arena, cs_message *message) {
    int64_t version = 0;
    cs_error code = number_of(body, "version", &turn->seen, message);
    return code == CS_OK ? rule_history_retire(turn, arena, &version, message) : code;
}

/* POST /api/v1/rules/{id}/rollback {"to", "version", "reason"} */
static cs_error roll_back(cs_rule_turn *turn, const cs_json *body, cs_arena *arena, cs_message *message) {
    int64_t to = 0, version = 0;
    cs_error code = number_of(body, "to", &to, message);
    if (code == CS_OK) code = number_of(body, "version", &turn->seen, message);
    return code == CS_OK ? rule_history_roll_back(turn, to, arena, &version, message) : code;
}

/* The request looks at the store as it was; answers are of what it is now. */
typedef cs_error (*answering)(const cs_request *now, cs_json_writer *out, cs_message *message);

static cs_error answer_now(const cs_request *request, answering answer, cs_json_writer *out, cs_message *message) {
    cs_request now = *request;
    cs_hash id;
    cs_ruleset *rules = NULL;
    cs_db *db = NULL;
    cs_error code = db_open(request->data, CS_DB_READ, &db, message);
    if (code == CS_OK) code = db_begin(db, message);
    if (code == CS_OK) code = archive_current_ruleset(db, &id, message);
    if (code == CS_OK) code = archive_load_ruleset(db, id, &rules, message);
    now.db = db;
    now.ruleset = rules;
    if (code == CS_OK) code = answer(&now, out, message);
    if (db && db_in_transaction(db)) db_rollback(db);
    ruleset_release(rules);
    db_close(db);
    return code;
}

static cs_error answer_rule(const cs_request *now, cs_json_writer *out, cs_message *message) {
    return rule_write_one(now, now->id, out, message);
}

/* What stands there now, by whom: the page shows both. */
static cs_error answer_other(const cs_request *now, cs_json_writer *out, cs_message *message) {
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "out of memory for the rule");
    now->answer->status = 409;
    json_object_open(out, NULL);
    json_object_open(out, "error");
    json_write_string(out, "code", error_name(CS_ERR_CONFLICT));
    json_write_string(out, "message", "another version was published meanwhile");
    json_write_string(out, "remedy", "look at both, and choose");
    json_write_string(out, "request", now->answer->request_id);
    json_object_close(out);
    cs_error code = rule_history_write_newest(now->db, now->ruleset, now->id, arena, out, "published", message);
    json_object_close(out);
    arena_free(arena);
    return code;
}

static cs_error turn_with(const cs_request *request, turning turning_of, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    bool is_other = false;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code =
        arena ? rule_body(request, &body, message) : message_set(message, CS_ERR_MEMORY, "out of memory for the rule");
    cs_rule_turn turn = {.db = request->db,
                         .data = request->data,
                         .current = request->ruleset,
                         .rule = request->id,
                         .reason = json_string(json_get(body, "reason"), NULL),
                         .account = request->account,
                         .now_ms = clock_now_ms(),
                         .is_other = &is_other};
    if (code == CS_OK) code = turning_of(&turn, body, arena, message);
    json_free(body);
    arena_free(arena);
    if (code != CS_OK && !is_other) return code;
    return answer_now(request, is_other ? answer_other : answer_rule, out, message);
}

cs_error rules_publish(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return turn_with(request, publish, out, message);
}

cs_error rules_retire(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return turn_with(request, retire, out, message);
}

cs_error rules_roll_back(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return turn_with(request, roll_back, out, message);
}
