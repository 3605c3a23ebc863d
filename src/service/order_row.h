/* order_row.h - a work order as the store holds it, and its JSON in lists.
 * Floor: service. What was found is kept as it was when the order was opened; whose turn it is follows from its state.
 * Memory: the arena given. Threads: whoever owns the cs_db.
 * Example: order_load(db, 12, arena, &order, &m); order_write(out, NULL, order, account, now);
 */
#ifndef CS_SERVICE_ORDER_ROW_H
#define CS_SERVICE_ORDER_ROW_H

#include "base/arena.h"
#include "base/json.h"
#include "service/order.h"
#include "store/db.h"

typedef struct cs_order {
    int64_t number;
    const char *conversation, *external_id, *title, *channel; /* title NULL: none */
    int64_t started_ms; /* CS_NO_TIME: not known */
    const char *agent, *team, *customer; /* NULL: not known */
    const char *rule, *rule_zh, *rule_en;
    int64_t turn; /* from 1; 0: the conversation as a whole */
    int64_t at_ms; /* from its beginning; CS_NO_TIME */
    const char *verdict, *reason;
    const char *evidence, *effects; /* JSON */
    const char *quote; /* the words that were found; NULL: none */
    bool is_high_risk;
    int64_t assignee; /* account; 0: assignee_name alone */
    const char *assignee_name;
    cs_order_state state, before_appeal;
    const char *outcome; /* of a closed one: done, granted; NULL */
    bool was_appealed, is_rechecked;
    int64_t due_ms;
    const char *note;
    int64_t opened_by;
    const char *opened_by_name;
    int64_t opened_ms, answered_ms, closed_ms; /* CS_NO_TIME: not */
    int64_t appealed_by; /* -1: nobody */
    int64_t changes;
} cs_order;

/* First in a SELECT, with work_order as w. */
#define ORDER_COLUMNS                                                                                                  \
    "w.number, w.conversation, w.external_id, w.conversation_title, w.channel, w.started_ms, w.agent, w.team, "        \
    "w.rule, "                                                                                                         \
    "w.rule_zh, w.rule_en, w.turn, w.at_ms, w.verdict, w.reason, w.evidence, w.effects, w.quote, w.high_risk, "        \
    "w.assignee, w.assignee_name, w.state, w.before_appeal, w.outcome, w.appeals, w.recheck, w.due_ms, w.note, "       \
    "w.opened_by, w.opened_by_name, w.opened_ms, w.answered_ms, w.closed_ms, w.appealed_by, w.changes, w.customer"

cs_error order_read(cs_stmt *stmt, cs_arena *arena, cs_order **out, cs_message *message); /* of the row it stands at */
cs_error order_load(cs_db *db, int64_t number, cs_arena *arena, cs_order **out, cs_message *message);
/* CS_ERR_NOT_FOUND where the account may not see it, in the same words as where there is none. */
cs_error order_load_seen(cs_db *db, int64_t number, const cs_account *account, cs_arena *arena, cs_order **out,
                         cs_message *message);

bool order_is_own(const cs_order *order, const cs_account *account);
bool order_is_overdue(const cs_order *order, int64_t now_ms);
bool order_waits_for(const cs_order *order, const cs_account *account); /* it is this person's turn */

/* An object, left open by order_write_open for more. */
void order_write(cs_json_writer *out, const char *key, const cs_order *order, const cs_account *account,
                 int64_t now_ms);
void order_write_open(cs_json_writer *out, const char *key, const cs_order *order, const cs_account *account,
                      int64_t now_ms);
/* {"account": 3, "name": "王强"}; account null: a name alone, or this machine ("" as name). */
void order_person_write(cs_json_writer *out, const char *key, int64_t account, const char *name);

#endif
