#include "service/order_page.h"

#include "conversation/conversation.h"
#include "conversation/conversation_mask.h"
#include "quality/archive.h"
#include "quality/finding_json.h"
#include "service/order_people.h"
#include "service/order_recheck.h"
#include "service/order_step.h"
#include "text/mask_json.h"

#include <string.h>

enum {
    MAX_ARENA = 1 << 30,
    MAX_EVIDENCE_BYTES = 1 << 20,
    TURNS_BEFORE = 3,
    TURNS_AFTER = 4,
    MOST_TURNS = 40,
};

typedef struct span {
    int64_t first, last; /* turns from 1 */
} span;

/* ---- evidence ---- */

typedef struct evidence_writer {
    cs_json_writer *out;
    const char *customer; /* NULL: not known */
} evidence_writer;

static bool member_write(void *context, const char *key, const cs_json *value) {
    const evidence_writer *writer = context;
    cs_json_writer *out = writer->out;
    int64_t whole = 0;
    size_t bytes = 0;
    const char *text = json_string(value, &bytes);
    switch (json_kind(value)) {
    case CS_JSON_STRING: json_write_masked_said(out, key, text, bytes, writer->customer); break;
    case CS_JSON_BOOL: json_write_bool(out, key, json_is_true(value)); break;
    case CS_JSON_NUMBER:
        if (json_int64(value, &whole))
            json_write_int(out, key, whole);
        else
            json_write_double(out, key, json_number(value, 0), 3);
        break;
    default: json_write_null(out, key); break;
    }
    return true;
}

static void widen(span *around, const cs_json *value) {
    int64_t turn = 0;
    if (!json_int64(value, &turn) || turn < 1) return;
    if (turn < around->first) around->first = turn;
    if (turn > around->last) around->last = turn;
}

/* Its texts covered; *around becomes the turns that it names. */
static cs_error evidence_out(const cs_order *order, span *around, cs_json_writer *out, cs_message *message) {
    cs_json *evidence = NULL;
    evidence_writer writer = {out, order->customer};
    cs_error code = json_parse(order->evidence, strlen(order->evidence), MAX_EVIDENCE_BYTES, &evidence, message);
    if (code != CS_OK) return code;
    json_array_open(out, "evidence");
    for (size_t i = 0; i < json_length(evidence); i++) {
        const cs_json *one = json_at(evidence, i);
        widen(around, json_get(one, "turn"));
        widen(around, json_get(one, "to_turn"));
        json_object_open(out, NULL);
        json_each(one, member_write, &writer);
        json_object_close(out);
    }
    json_array_close(out);
    json_free(evidence);
    return CS_OK;
}

/* ---- the dialogue around it ---- */

static span turns_around(const cs_order *order, span named, int64_t count) {
    span around = named;
    if (order->turn) {
        if (order->turn < around.first) around.first = order->turn;
        if (order->turn > around.last) around.last = order->turn;
    }
    if (around.last == 0) around = (span){1, 1}; /* about the conversation as a whole */
    around.first = around.first > TURNS_BEFORE ? around.first - TURNS_BEFORE : 1;
    around.last += TURNS_AFTER;
    if (around.last - around.first >= MOST_TURNS && order->turn > around.first + MOST_TURNS - TURNS_AFTER)
        around.first = order->turn - TURNS_BEFORE;
    if (around.last - around.first >= MOST_TURNS) around.last = around.first + MOST_TURNS - 1;
    if (around.last > count) around.last = count;
    return around;
}

static void turn_write(const cs_conversation *conversation, int64_t number, cs_json_writer *out) {
    const cs_turn *turn = &conversation->turns[number - 1];
    const cs_participant *who = &conversation->participants[turn->participant];
    json_object_open(out, NULL);
    json_write_int(out, "index", number);
    json_write_string(out, "role", role_name(who->role));
    json_write_string(out, "speaker", who->role == CS_ROLE_AGENT ? who->name : NULL);
    time_write(out, "start_ms", turn->start_ms);
    time_write(out, "end_ms", turn->end_ms);
    json_write_masked_said(out, "text", turn->text, turn->text_bytes, conversation_customer_name(conversation));
    json_object_close(out);
}

static cs_error recording_length(cs_db *db, int64_t seq, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT duration_ms FROM recording WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (has_row)
        json_write_int(out, "recording_ms", db_int64(stmt, 0));
    else
        json_write_null(out, "recording_ms");
    db_done(stmt);
    return code;
}

static void nothing_left(cs_json_writer *out) {
    json_write_bool(out, "is_there", false);
    json_write_bool(out, "is_timed", false);
    json_write_null(out, "recording_ms");
    json_write_int(out, "turn_count", 0);
    json_array_open(out, "turns");
    json_array_close(out);
}

/* A conversation that was taken back by its import leaves its work orders, without their dialogue. */
static cs_error dialogue_out(cs_db *db, cs_packer *packer, const cs_order *order, span named, cs_json_writer *out,
                             cs_message *message) {
    cs_stored *stored = NULL;
    cs_message missing = {0};
    cs_arena *arena = arena_create(MAX_ARENA);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory to load a conversation");
    cs_error code = archive_load(db, packer, order->conversation, arena, &stored, &missing);
    if (code == CS_ERR_NOT_FOUND) {
        arena_free(arena);
        nothing_left(out);
        return CS_OK;
    }
    if (code != CS_OK) {
        if (message) *message = missing;
    } else {
        span around = turns_around(order, named, stored->conversation->turn_count);
        json_write_bool(out, "is_there", true);
        json_write_bool(out, "is_timed", stored->conversation->is_timed);
        code = recording_length(db, stored->seq, out, message);
        json_write_int(out, "turn_count", stored->conversation->turn_count);
        json_array_open(out, "turns");
        for (int64_t i = around.first; i <= around.last; i++) turn_write(stored->conversation, i, out);
        json_array_close(out);
    }
    arena_free(arena);
    return code;
}

/* ---- what can be done ---- */

static cs_error acts_out(cs_db *db, const cs_order *order, const cs_account *account, cs_json_writer *out,
                         cs_message *message) {
    cs_order_facts facts;
    cs_message why = {0};
    bool is_gone = false;
    cs_error code = order_facts(db, order, account, &facts, message);
    if (code == CS_OK) code = order_is_gone(db, order->assignee, &is_gone, message);
    if (code != CS_OK) return code;
    json_array_open(out, "may");
    for (cs_order_act act = 0; act < CS_ORDER_ACTS; act++)
        if (order_check(&facts, act, account, NULL) == CS_OK) json_write_string(out, NULL, order_act_name(act));
    json_array_close(out);
    /* Why whoever could decide an appeal may not decide this one. */
    bool is_judge = order->state == CS_ORDER_IS_APPEALED && account_may(account, CS_ACCOUNT_REVIEWER);
    if (is_judge && order_check(&facts, CS_ORDER_UPHOLD, account, &why) != CS_OK)
        json_write_string(out, "may_not_decide", facts.is_opener ? "opener" : "appellant");
    else
        json_write_null(out, "may_not_decide");
    json_write_bool(out, "is_rechecked", order->is_rechecked);
    json_write_bool(out, "is_assignee_gone", is_gone);
    json_write_bool(out, "sees_conversation",
                    account_may(account, CS_ACCOUNT_REVIEWER) ||
                        (order->agent && account->agent[0] && strcmp(order->agent, account->agent) == 0));
    return CS_OK;
}

static cs_error recheck_out(cs_db *db, const cs_ruleset *ruleset, const cs_order *order, cs_json_writer *out,
                            cs_message *message) {
    cs_recheck recheck;
    json_object_open(out, "recheck");
    json_array_open(out, "items");
    cs_error code = order_recheck(db, ruleset, order, out, &recheck, message);
    json_array_close(out);
    if (code == CS_OK) recheck_write(out, &recheck);
    json_object_close(out);
    return code;
}

cs_error order_page(cs_db *db, cs_packer *packer, const cs_ruleset *ruleset, const cs_order *order,
                    const cs_account *account, int64_t now_ms, const char *key, cs_json_writer *out,
                    cs_message *message) {
    span named = {INT64_MAX, 0};
    order_write_open(out, key, order, account, now_ms);
    json_write_string(out, "reason", order->reason);
    cs_error code = evidence_out(order, &named, out, message);
    if (code == CS_OK) code = dialogue_out(db, packer, order, named, out, message);
    if (code == CS_OK) code = acts_out(db, order, account, out, message);
    if (code == CS_OK) code = recheck_out(db, ruleset, order, out, message);
    if (code == CS_OK) code = order_steps_write(db, order->number, out, message);
    json_object_close(out);
    return code;
}
