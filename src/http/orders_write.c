/* Work orders, written: opened for findings, answered, checked again, closed, appealed against, decided. */
#include "http/routes.h"

#include "base/clock.h"
#include "service/order_choose.h"
#include "service/order_open.h"
#include "service/order_page.h"
#include "service/order_step.h"

#include <stdlib.h>
#include <string.h>

enum { WRITE_ARENA = 64 << 20 };

/* ---- what is sent ---- */

static cs_error wrong(const char *place, const char *reason, const char *remedy, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

static cs_error text_read(const cs_json *body, const char *key, const char **out, cs_message *message) {
    const cs_json *value = json_get(body, key);
    *out = "";
    if (json_kind(value) == CS_JSON_NULL) return CS_OK;
    *out = json_string(value, NULL);
    return *out ? CS_OK : wrong(key, "it is no text", "send it in quotes", message);
}

static cs_error time_read(const cs_json *body, const char *key, int64_t *out, cs_message *message) {
    const cs_json *value = json_get(body, key);
    *out = CS_NO_TIME;
    if (json_kind(value) == CS_JSON_NULL || json_int64(value, out)) return CS_OK;
    return wrong(key, "it is no time", "send epoch milliseconds", message);
}

/* "assignee": the number of an account; else "assignee_name": a name alone. *is_given false: neither. */
static cs_error assignee_read(cs_db *db, const cs_json *body, cs_order_person *out, bool *is_given,
                              cs_message *message) {
    const cs_json *account = json_get(body, "assignee");
    const char *name = "";
    int64_t number = 0;
    *is_given = json_kind(account) != CS_JSON_NULL;
    if (*is_given)
        return json_int64(account, &number)
                   ? order_person(db, number, out, message)
                   : wrong("assignee", "it is no account's number", "GET /api/v1/orders/people lists them", message);
    cs_error code = text_read(body, "assignee_name", &name, message);
    if (code != CS_OK || !*name) return code;
    if (strlen(name) > CS_MAX_ACCOUNT_AGENT)
        return wrong("assignee_name", "the name is longer than 200 bytes", "say it shorter", message);
    *is_given = true;
    out->account = 0;
    (void)memcpy(out->name, name, strlen(name) + 1);
    return CS_OK;
}

/* ---- opening ---- */

typedef struct opening {
    const cs_request *request;
    cs_arena *arena;
    cs_order_opened results[CS_MAX_ORDER_FINDINGS];
    cs_order_choice choice;
    int64_t now_ms;
} opening;

static cs_error open_all(opening *work, const cs_json *body, cs_message *message) {
    const cs_request *request = work->request;
    cs_order_person assignee;
    bool is_given = false;
    const char *note = "";
    int64_t due_ms = CS_NO_TIME;
    cs_error code = order_choose(request->db, request->ruleset, body, work->arena, &work->choice, message);
    if (code == CS_OK) code = assignee_read(request->db, body, &assignee, &is_given, message);
    if (code == CS_OK) code = text_read(body, "note", &note, message);
    if (code == CS_OK) code = time_read(body, "due_ms", &due_ms, message);
    for (uint32_t i = 0; i < work->choice.count && code == CS_OK; i++) {
        const cs_chosen_finding *one = &work->choice.findings[i];
        cs_order_wish wish = {.conversation = one->conversation,
                              .rule = one->rule,
                              .turn = one->turn,
                              .assignee = is_given ? &assignee : NULL,
                              .due_ms = due_ms,
                              .note = note};
        code = order_open(request->db, request->ruleset, &wish, request->account, work->now_ms, work->arena,
                          &work->results[i], message);
        if (code == CS_ERR_NOT_FOUND && work->choice.count > 1) message_place(message, "findings[%u]", (unsigned)i);
    }
    return code;
}

static cs_error results_write(const opening *work, const char *key, bool is_new, uint32_t *count, cs_json_writer *out,
                              cs_message *message) {
    cs_order *order = NULL;
    cs_error code = CS_OK;
    *count = 0;
    json_array_open(out, key);
    for (uint32_t i = 0; i < work->choice.count && code == CS_OK; i++) {
        if (work->results[i].is_new != is_new) continue;
        code = order_load(work->request->db, work->results[i].number, work->arena, &order, message);
        if (code == CS_OK) order_write(out, NULL, order, work->request->account, work->now_ms);
        (*count)++;
    }
    json_array_close(out);
    return code;
}

/* One finding that has an order already is a conflict; among several it is told apart. */
static cs_error there_is_one(const opening *work, cs_json_writer *out, cs_message *message) {
    cs_order *order = NULL;
    cs_error code = order_load(work->request->db, work->results[0].number, work->arena, &order, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_object_open(out, "error");
    json_write_string(out, "code", error_name(CS_ERR_CONFLICT));
    json_write_string(out, "message", "there is a work order for this finding already");
    json_write_string(out, "remedy", "go on with that one; a closed one can be opened again");
    json_write_string(out, "request", work->request->answer->request_id);
    json_object_close(out);
    order_write(out, "order", order, work->request->account, work->now_ms);
    json_object_close(out);
    work->request->answer->status = (unsigned)error_http_status(CS_ERR_CONFLICT);
    return CS_OK;
}

static cs_error opened_write(const opening *work, cs_json_writer *out, cs_message *message) {
    uint32_t opened = 0, existing = 0;
    if (work->choice.count == 1 && !work->results[0].is_new) return there_is_one(work, out, message);
    json_object_open(out, NULL);
    cs_error code = results_write(work, "opened", true, &opened, out, message);
    if (code == CS_OK) code = results_write(work, "existing", false, &existing, out, message);
    json_write_bool(out, "is_cut", work->choice.is_cut);
    json_object_close(out);
    if (opened > 0) work->request->answer->status = 201;
    return code;
}

/* POST /api/v1/orders */
cs_error orders_create(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    opening *work = calloc(1, sizeof *work);
    if (!work) return message_set(message, CS_ERR_MEMORY, "no memory to open work orders");
    work->request = request;
    work->now_ms = clock_now_ms();
    work->arena = arena_create(WRITE_ARENA);
    cs_error code = work->arena ? request_json(request, &body, message)
                                : message_set(message, CS_ERR_MEMORY, "no memory to open work orders");
    if (code == CS_OK) code = open_all(work, body, message);
    if (code == CS_OK) code = opened_write(work, out, message);
    json_free(body);
    arena_free(work->arena);
    free(work);
    return code;
}

/* ---- steps ---- */

/* What stands there now goes with the refusal, so that the page can show both. */
static cs_error stale_write(const cs_request *request, const cs_order *order, int64_t now_ms, const cs_message *why,
                            cs_json_writer *out, cs_message *message) {
    json_object_open(out, NULL);
    json_object_open(out, "error");
    json_write_string(out, "code", error_name(CS_ERR_CONFLICT));
    json_write_string(out, "message", why->reason);
    json_write_string(out, "remedy", why->remedy);
    json_write_string(out, "request", request->answer->request_id);
    json_object_close(out);
    cs_error code = order_page(request->db, request->packer, request->ruleset, order, request->account, now_ms, "order",
                               out, message);
    json_object_close(out);
    request->answer->status = (unsigned)error_http_status(CS_ERR_CONFLICT);
    return code;
}

static cs_error taking_read(const cs_request *request, const cs_json *body, cs_order_taking *out,
                            cs_order_person *assignee, cs_message *message) {
    bool is_given = false;
    cs_error code = text_read(body, "text", &out->words, message);
    if (code == CS_OK) code = time_read(body, "due_ms", &out->due_ms, message);
    if (code == CS_OK && out->act == CS_ORDER_ASSIGN) {
        code = assignee_read(request->db, body, assignee, &is_given, message);
        out->assignee = is_given ? assignee : NULL;
    }
    if (code != CS_OK || out->act == CS_ORDER_COMMENT || json_int64(json_get(body, "changes"), &out->changes))
        return code;
    return wrong("changes", "it does not say which state of the work order was seen",
                 "send the changes of the work order that was read", message);
}

static cs_error take(const cs_request *request, const cs_json *body, cs_order_act act, cs_arena *arena,
                     cs_json_writer *out, cs_message *message) {
    cs_order_taking taking = {.act = act};
    cs_order_person assignee;
    cs_order *order = NULL;
    cs_message why = {0};
    int64_t number = 0, now_ms = clock_now_ms();
    bool is_stale = false;
    cs_error code = request_row(request, "work order", &number, message);
    if (code == CS_OK) code = taking_read(request, body, &taking, &assignee, message);
    if (code == CS_OK) code = order_load_seen(request->db, number, request->account, arena, &order, message);
    if (code != CS_OK) return code;
    code = order_take(request->db, request->ruleset, order, &taking, request->account, now_ms, &is_stale, &why);
    if (is_stale) return stale_write(request, order, now_ms, &why, out, message);
    if (code != CS_OK) {
        if (message) *message = why;
        return code;
    }
    code = order_load(request->db, number, arena, &order, message);
    if (code != CS_OK) return code;
    return order_page(request->db, request->packer, request->ruleset, order, request->account, now_ms, NULL, out,
                      message);
}

static cs_error take_parsed(const cs_request *request, const cs_json *body, cs_order_act act, cs_json_writer *out,
                            cs_message *message) {
    cs_arena *arena = arena_create(WRITE_ARENA);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for a work order");
    cs_error code = take(request, body, act, arena, out, message);
    arena_free(arena);
    return code;
}

static cs_error act(const cs_request *request, cs_order_act which, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    cs_error code = request_json(request, &body, message);
    if (code == CS_OK) code = take_parsed(request, body, which, out, message);
    json_free(body);
    return code;
}

/* POST /api/v1/orders/{id}/answer {"changes", "text"} */
cs_error orders_answer(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return act(request, CS_ORDER_ANSWER, out, message);
}

/* POST /api/v1/orders/{id}/recheck */
cs_error orders_recheck(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return act(request, CS_ORDER_RECHECK, out, message);
}

/* POST /api/v1/orders/{id}/close */
cs_error orders_close(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return act(request, CS_ORDER_CLOSE, out, message);
}

/* POST /api/v1/orders/{id}/reopen {…, "due_ms"} */
cs_error orders_reopen(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return act(request, CS_ORDER_REOPEN, out, message);
}

/* POST /api/v1/orders/{id}/appeal */
cs_error orders_appeal(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return act(request, CS_ORDER_APPEAL, out, message);
}

/* POST /api/v1/orders/{id}/assign {…, "assignee" or "assignee_name", "due_ms"} */
cs_error orders_assign(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return act(request, CS_ORDER_ASSIGN, out, message);
}

/* POST /api/v1/orders/{id}/comment {"text"} */
cs_error orders_comment(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return act(request, CS_ORDER_COMMENT, out, message);
}

/* POST /api/v1/orders/{id}/decide {…, "outcome": "upheld" or "granted"} */
cs_error orders_decide(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    cs_error code = request_json(request, &body, message);
    const char *outcome = code == CS_OK ? json_string(json_get(body, "outcome"), NULL) : NULL;
    bool is_granted = outcome && strcmp(outcome, order_act_step(CS_ORDER_GRANT)) == 0;
    if (code == CS_OK && !is_granted && (!outcome || strcmp(outcome, order_act_step(CS_ORDER_UPHOLD)) != 0))
        code = wrong("outcome", "it does not say how the appeal is decided", "send upheld or granted", message);
    if (code == CS_OK) code = take_parsed(request, body, is_granted ? CS_ORDER_GRANT : CS_ORDER_UPHOLD, out, message);
    json_free(body);
    return code;
}
