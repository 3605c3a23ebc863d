#include "service/order_row.h"

#include "base/clock.h"
#include "quality/archive_column.h"
#include "quality/finding_json.h"
#include "text/mask_json.h"

#include <string.h>

static int64_t time_of(cs_stmt *stmt, int column) {
    return db_is_null(stmt, column) ? CS_NO_TIME : db_int64(stmt, column);
}

cs_error order_read(cs_stmt *stmt, cs_arena *arena, cs_order **out, cs_message *message) {
    cs_order *order = arena_alloc(arena, sizeof *order);
    if (!order) return message_set(message, CS_ERR_MEMORY, "no memory for a work order");
    const char *texts[36] = {NULL};
    static const int text_columns[] = {1, 2, 3, 4, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 20, 21, 22, 23, 27, 29, 35};
    for (size_t i = 0; i < sizeof text_columns / sizeof *text_columns; i++) {
        int column = text_columns[i];
        if (db_is_null(stmt, column)) continue;
        texts[column] = arena_string(arena, db_text(stmt, column));
        if (!texts[column]) return message_set(message, CS_ERR_MEMORY, "no memory for a work order");
    }
    *order = (cs_order){
        .number = db_int64(stmt, 0),
        .conversation = texts[1],
        .external_id = texts[2],
        .title = texts[3],
        .channel = texts[4],
        .started_ms = time_of(stmt, 5),
        .agent = texts[6],
        .team = texts[7],
        .rule = texts[8],
        .rule_zh = texts[9],
        .rule_en = texts[10],
        .turn = db_int64(stmt, 11),
        .at_ms = time_of(stmt, 12),
        .verdict = texts[13],
        .reason = texts[14],
        .evidence = texts[15],
        .effects = texts[16],
        .quote = texts[17],
        .is_high_risk = db_int64(stmt, 18) != 0,
        .assignee = db_int64(stmt, 19),
        .assignee_name = texts[20],
        .state = order_state_parse(texts[21]),
        .before_appeal = texts[22] ? order_state_parse(texts[22]) : CS_ORDER_IS_OPEN,
        .outcome = texts[23],
        .was_appealed = db_int64(stmt, 24) != 0,
        .is_rechecked = !db_is_null(stmt, 25),
        .due_ms = db_int64(stmt, 26),
        .note = texts[27],
        .opened_by = db_int64(stmt, 28),
        .opened_by_name = texts[29],
        .opened_ms = db_int64(stmt, 30),
        .answered_ms = time_of(stmt, 31),
        .closed_ms = time_of(stmt, 32),
        .appealed_by = db_is_null(stmt, 33) ? -1 : db_int64(stmt, 33),
        .changes = db_int64(stmt, 34),
        .customer = texts[35],
    };
    if (order->state == CS_ORDER_STATES || order->before_appeal == CS_ORDER_STATES)
        return message_set(message, CS_ERR_STORE, "the store holds work order %lld in a state that is none",
                           (long long)order->number);
    *out = order;
    return CS_OK;
}

static cs_error not_found(int64_t number, cs_message *message) {
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no work order %lld", (long long)number);
    message_remedy(message, "its number stands in the list of work orders");
    return CS_ERR_NOT_FOUND;
}

cs_error order_load(cs_db *db, int64_t number, cs_arena *arena, cs_order **out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT " ORDER_COLUMNS " FROM work_order w WHERE w.number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) code = order_read(stmt, arena, out, message);
    db_done(stmt);
    return code == CS_OK && !has_row ? not_found(number, message) : code;
}

cs_error order_load_seen(cs_db *db, int64_t number, const cs_account *account, cs_arena *arena, cs_order **out,
                         cs_message *message) {
    cs_error code = order_load(db, number, arena, out, message);
    if (code != CS_OK || account_may(account, CS_ACCOUNT_REVIEWER) || order_is_own(*out, account)) return code;
    return not_found(number, message);
}

bool order_is_own(const cs_order *order, const cs_account *account) {
    if (account->number == 0) return true; /* nobody has an account: whoever is at this machine */
    if (order->assignee == account->number) return true;
    return account->agent[0] && order->agent && strcmp(order->agent, account->agent) == 0;
}

bool order_is_overdue(const cs_order *order, int64_t now_ms) {
    return order->state == CS_ORDER_IS_OPEN && order->due_ms < now_ms;
}

/* The same as the condition in order_list.c. */
bool order_waits_for(const cs_order *order, const cs_account *account) {
    if (account->number == 0) return order->state != CS_ORDER_IS_CLOSED;
    bool reviews = account_may(account, CS_ACCOUNT_REVIEWER);
    bool opened = order->opened_by == account->number || order->opened_by == 0;
    switch (order->state) {
    case CS_ORDER_IS_OPEN:
        if (order->assignee == account->number) return true;
        return order->assignee == 0 && (reviews ? opened : order_is_own(order, account));
    case CS_ORDER_IS_ANSWERED: return reviews && opened;
    case CS_ORDER_IS_APPEALED:
        return reviews && order->opened_by != account->number && order->appealed_by != account->number;
    default: return false;
    }
}

/* ---- JSON ---- */

void order_person_write(cs_json_writer *out, const char *key, int64_t account, const char *name) {
    json_object_open(out, key);
    if (account)
        json_write_int(out, "account", account);
    else
        json_write_null(out, "account");
    json_write_string(out, "name", name);
    json_object_close(out);
}

void order_write_open(cs_json_writer *out, const char *key, const cs_order *order, const cs_account *account,
                      int64_t now_ms) {
    json_object_open(out, key);
    json_write_int(out, "number", order->number);
    json_write_string(out, "state", order_state_name(order->state));
    json_write_string(out, "outcome", order->outcome);
    json_write_bool(out, "is_overdue", order_is_overdue(order, now_ms));
    json_write_bool(out, "waits_for_me", order_waits_for(order, account));
    json_write_int(out, "due_ms", order->due_ms);
    json_object_open(out, "conversation");
    json_write_string(out, "id", order->conversation);
    json_write_masked_title(out, "external_id", order->external_id, order->customer);
    json_write_masked_title(out, "title", order->title ? order->title : order->external_id, order->customer);
    json_write_string(out, "channel", order->channel);
    time_write(out, "started_ms", order->started_ms);
    json_object_close(out);
    json_write_string(out, "agent", order->agent);
    json_write_string(out, "team", order->team);
    json_write_string(out, "rule", order->rule);
    json_object_open(out, "title");
    json_write_string(out, "zh", order->rule_zh);
    json_write_string(out, "en", order->rule_en);
    json_object_close(out);
    if (order->turn)
        json_write_int(out, "turn", order->turn);
    else
        json_write_null(out, "turn");
    time_write(out, "at_ms", order->at_ms);
    json_write_string(out, "verdict", order->verdict);
    if (order->quote)
        json_write_masked_said(out, "quote", order->quote, strlen(order->quote), order->customer);
    else
        json_write_null(out, "quote");
    json_write_raw(out, "effects", order->effects);
    json_write_bool(out, "high_risk", order->is_high_risk);
    order_person_write(out, "assignee", order->assignee, order->assignee_name);
    json_write_masked(out, "note", order->note);
    order_person_write(out, "opened_by", order->opened_by, order->opened_by_name);
    json_write_int(out, "opened_ms", order->opened_ms);
    time_write(out, "answered_ms", order->answered_ms);
    time_write(out, "closed_ms", order->closed_ms);
    json_write_int(out, "changes", order->changes);
}

void order_write(cs_json_writer *out, const char *key, const cs_order *order, const cs_account *account,
                 int64_t now_ms) {
    order_write_open(out, key, order, account, now_ms);
    json_object_close(out);
}
