#include "service/order_step.h"

#include "base/clock.h"
#include "quality/archive.h"
#include "quality/judgement.h"
#include "service/order_open.h"
#include "service/order_recheck.h"
#include "text/mask_json.h"

#include <stdio.h>
#include <string.h>

enum { MAX_SQL_BYTES = 1024, MAX_DETAIL_BYTES = 8192 };

/* What each act sets; the state as order_after says it. */
static const char *const sets[CS_ORDER_ACTS] = {
    [CS_ORDER_ANSWER] = "answered_by = :by, answered_ms = :now, recheck = NULL, ",
    [CS_ORDER_RECHECK] = "recheck = :step, ",
    [CS_ORDER_CLOSE] = "outcome = 'done', closed_ms = :now, ",
    [CS_ORDER_REOPEN] = ("outcome = NULL, closed_ms = NULL, appeals = 0, appealed_by = NULL, recheck = NULL, "
                         "answered_by = NULL, answered_ms = NULL, due_ms = :due, "),
    [CS_ORDER_APPEAL] = "before_appeal = state, appeals = 1, appealed_by = :by, ",
    [CS_ORDER_UPHOLD] = "before_appeal = NULL, ",
    [CS_ORDER_GRANT] = "before_appeal = NULL, outcome = 'granted', closed_ms = :now, ",
    [CS_ORDER_ASSIGN] = "assignee = :assignee, assignee_name = :assignee_name, due_ms = :due, ",
    [CS_ORDER_COMMENT] = "",
};

/* ---- rows ---- */

static cs_error next_step(cs_db *db, int64_t order, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT coalesce(max(number), 0) + 1 FROM work_order_step WHERE work_order = :order",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "order", order);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *out = db_int64(stmt, 0);
    db_done(stmt);
    if (code != CS_OK || *out <= CS_MAX_ORDER_STEPS) return code;
    (void)message_set(message, CS_ERR_LIMIT, "a work order has at most %d steps", CS_MAX_ORDER_STEPS);
    message_remedy(message, "close it");
    return CS_ERR_LIMIT;
}

cs_error order_step_add(cs_db *db, int64_t order, const char *kind, const cs_account *account, const char *words,
                        const char *detail, int64_t now_ms, int64_t *number, cs_message *message) {
    cs_stmt *stmt = NULL;
    int64_t step = 0;
    cs_error code = next_step(db, order, &step, message);
    if (code == CS_OK)
        code = db_query(db,
                        "INSERT INTO work_order_step (work_order, number, kind, at_ms, account, account_name, words, "
                        "detail) VALUES (:order, :number, :kind, :at, :account, :name, :words, :detail)",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "order", order);
    db_bind_int64(stmt, "number", step);
    db_bind_text(stmt, "kind", kind);
    db_bind_int64(stmt, "at", now_ms);
    db_bind_int64(stmt, "account", account->number);
    db_bind_text(stmt, "name", account->name);
    db_bind_text(stmt, "words", words);
    db_bind_text(stmt, "detail", detail);
    if (number) *number = step;
    return db_run(stmt, message);
}

cs_error order_steps_write(cs_db *db, int64_t order, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT number, kind, at_ms, account, account_name, words, detail FROM work_order_step "
                             "WHERE work_order = :order ORDER BY number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "order", order);
    json_array_open(out, "steps");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        json_object_open(out, NULL);
        json_write_int(out, "number", db_int64(stmt, 0));
        json_write_string(out, "kind", db_text(stmt, 1));
        json_write_int(out, "at_ms", db_int64(stmt, 2));
        order_person_write(out, "by", db_int64(stmt, 3), db_text(stmt, 4));
        json_write_masked(out, "text", db_text(stmt, 5));
        json_write_raw(out, "detail", db_text(stmt, 6));
        json_object_close(out);
    }
    json_array_close(out);
    db_done(stmt);
    return code;
}

/* ---- taking a step ---- */

cs_error order_facts(cs_db *db, const cs_order *order, const cs_account *account, cs_order_facts *out,
                     cs_message *message) {
    bool has_others = false;
    cs_error code = order_has_others(db, account->number, &has_others, message);
    if (code == CS_OK)
        *out = (cs_order_facts){.state = order->state,
                                .before_appeal = order->before_appeal,
                                .is_rechecked = order->is_rechecked,
                                .was_appealed = order->was_appealed,
                                .is_own = order_is_own(order, account),
                                .is_opener = order->opened_by == account->number,
                                .is_appellant = order->appealed_by == account->number,
                                .has_others = has_others};
    return code;
}

/* ---- a finding that was wrong ---- */

static cs_error standing_judgement(cs_db *db, const cs_order *order, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = 0;
    cs_error code =
        db_query(db,
                 "SELECT number FROM judgement WHERE conversation = :conversation AND rule = :rule AND turn "
                 "= :turn AND is_current = 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "conversation", order->external_id);
    db_bind_text(stmt, "rule", order->rule);
    db_bind_int64(stmt, "turn", order->turn);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *out = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

/* The words as a note: cut between characters. */
static void note_cut(const char *words, char out[CS_MAX_JUDGEMENT_NOTE + 1]) {
    size_t length = strlen(words);
    if (length > CS_MAX_JUDGEMENT_NOTE) {
        length = CS_MAX_JUDGEMENT_NOTE;
        while (length > 0 && ((unsigned char)words[length] & 0xC0) == 0x80) length--;
    }
    memcpy(out, words, length);
    out[length] = 0;
}

/* A granted appeal counts against the rule. Where there is nothing left to judge (the conversation is gone, or inspected
 * again without that finding) the order closes all the same. */
static cs_error judge_wrong(cs_db *db, const cs_ruleset *ruleset, const cs_order *order, const char *words,
                            const cs_account *account, bool *is_judged, cs_message *message) {
    char note[CS_MAX_JUDGEMENT_NOTE + 1];
    int64_t seq = 0, standing = 0;
    *is_judged = false;
    cs_error code = archive_find(db, order->conversation, &seq, message);
    if (code == CS_OK) code = standing_judgement(db, order, &standing, message);
    note_cut(words, note);
    if (code == CS_OK)
        code = judgement_put(db, ruleset, seq, account,
                             &(cs_judgement){.rule = order->rule,
                                             .turn = order->turn,
                                             .answer = CS_ANSWER_WRONG,
                                             .note = note,
                                             .replaces = standing},
                             message);
    *is_judged = code == CS_OK;
    return code == CS_ERR_NOT_FOUND || code == CS_ERR_USAGE ? CS_OK : code;
}

/* ---- what a step says beside its words ---- */

static cs_error detail_make(cs_db *db, const cs_ruleset *ruleset, const cs_order *order, const cs_order_taking *taking,
                            const cs_account *account, int64_t due_ms, cs_buffer *text, cs_message *message) {
    cs_json_writer out;
    cs_recheck recheck;
    cs_error code = CS_OK;
    bool is_judged = false;
    json_writer_init(&out, text);
    json_object_open(&out, NULL);
    if (taking->act == CS_ORDER_RECHECK) {
        code = order_recheck(db, ruleset, order, NULL, &recheck, message);
        if (code == CS_OK) recheck_write(&out, &recheck);
    }
    if (taking->act == CS_ORDER_GRANT) {
        code = judge_wrong(db, ruleset, order, taking->words, account, &is_judged, message);
        json_write_bool(&out, "is_judged", is_judged);
    }
    if (taking->act == CS_ORDER_ASSIGN && taking->assignee) {
        order_person_write(&out, "assignee", taking->assignee->account, taking->assignee->name);
        order_person_write(&out, "before", order->assignee, order->assignee_name);
    }
    if (due_ms != order->due_ms) json_write_int(&out, "due_ms", due_ms);
    json_object_close(&out);
    if (code == CS_OK && text->is_failed) code = message_set(message, CS_ERR_MEMORY, "no memory for a step");
    return code;
}

static cs_error row_update(cs_db *db, const cs_order *order, const cs_order_taking *taking, const char *state,
                           int64_t due_ms, int64_t step, const cs_account *account, int64_t now_ms,
                           cs_message *message) {
    char sql[MAX_SQL_BYTES];
    cs_stmt *stmt = NULL;
    const char *set = sets[taking->act];
    (void)snprintf(sql, sizeof sql,
                   "UPDATE work_order SET %sstate = :state, changes = changes + 1 WHERE number = :number", set);
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", order->number);
    db_bind_text(stmt, "state", state);
    if (strstr(set, ":by")) db_bind_int64(stmt, "by", account->number);
    if (strstr(set, ":now")) db_bind_int64(stmt, "now", now_ms);
    if (strstr(set, ":step")) db_bind_int64(stmt, "step", step);
    if (strstr(set, ":due")) db_bind_int64(stmt, "due", due_ms);
    if (strstr(set, ":assignee")) {
        db_bind_int64(stmt, "assignee", taking->assignee ? taking->assignee->account : order->assignee);
        db_bind_text(stmt, "assignee_name", taking->assignee ? taking->assignee->name : order->assignee_name);
    }
    return db_run(stmt, message);
}

/* When it is due afterwards. */
static cs_error due_of(const cs_ruleset *ruleset, const cs_order *order, const cs_order_taking *taking, int64_t now_ms,
                       int64_t *out, cs_message *message) {
    bool is_settable = taking->act == CS_ORDER_ASSIGN || taking->act == CS_ORDER_REOPEN;
    *out = order->due_ms;
    if (is_settable && taking->due_ms != CS_NO_TIME) {
        *out = taking->due_ms;
        return order_due_check(taking->due_ms, now_ms, message);
    }
    if (taking->act == CS_ORDER_REOPEN) *out = order_usual_due(ruleset, now_ms);
    return CS_OK;
}

static cs_error stale(const cs_order *order, cs_message *message) {
    (void)message_set(message, CS_ERR_CONFLICT, "somebody else was at work order %lld meanwhile",
                      (long long)order->number);
    message_remedy(message, "look at it as it is now, then decide");
    return CS_ERR_CONFLICT;
}

cs_error order_take(cs_db *db, const cs_ruleset *ruleset, const cs_order *order, const cs_order_taking *taking,
                    const cs_account *account, int64_t now_ms, bool *is_stale, cs_message *message) {
    cs_order_facts facts;
    cs_buffer detail;
    int64_t due_ms = 0, step = 0;
    *is_stale = taking->act != CS_ORDER_COMMENT && taking->changes != order->changes; /* a comment overwrites nothing */
    if (*is_stale) return stale(order, message);
    cs_error code = order_facts(db, order, account, &facts, message);
    if (code == CS_OK) code = order_check(&facts, taking->act, account, message);
    if (code == CS_OK) code = order_words_check(taking->words, order_needs_words(taking->act), message);
    if (code == CS_OK) code = due_of(ruleset, order, taking, now_ms, &due_ms, message);
    if (code != CS_OK) return code;
    buffer_init(&detail, MAX_DETAIL_BYTES);
    code = detail_make(db, ruleset, order, taking, account, due_ms, &detail, message);
    if (code == CS_OK)
        code = order_step_add(db, order->number, order_act_step(taking->act), account, taking->words,
                              buffer_string(&detail), now_ms, &step, message);
    if (code == CS_OK)
        code = row_update(db, order, taking, order_state_name(order_after(&facts, taking->act)), due_ms, step, account,
                          now_ms, message);
    buffer_free(&detail);
    return code;
}
