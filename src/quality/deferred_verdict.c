#include "quality/deferred_verdict.h"

#include "quality/archive_column.h"

#include <stdio.h>
#include <string.h>

static const char *const state_names[] = {
#define X(code, name, expect, never, zh) name,
    CS_DEFERRED_TABLE(X)
#undef X
};

const char *deferred_state_name(cs_deferred_state state) {
    return (unsigned)state < CS_DEFERRED_COUNT ? state_names[state] : "";
}

cs_deferred_state deferred_state_parse(const char *name) {
    int state = 0;
    while (state < CS_DEFERRED_COUNT && strcmp(name, state_names[state]) != 0) state++;
    return (cs_deferred_state)state;
}

/* ---- finding ---- */

cs_error obligation_is_stored(cs_deferral *d, int64_t opened_seq, bool *is_stored, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(d->db,
                             "SELECT 1 FROM deferred_obligation WHERE rule = :rule AND opened_seq = :opened AND "
                             "is_current = 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", d->rule->name);
    db_bind_int64(stmt, "opened", opened_seq);
    code = db_step(stmt, is_stored, message);
    db_done(stmt);
    return code;
}

cs_error obligation_from(cs_deferral *d, const char *subject, int64_t at_ms, const char *event_id, bool *is_found,
                         cs_stored_obligation *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(d->db,
                             "SELECT number, opened_ms, opened_event, state FROM deferred_obligation WHERE "
                             "rule = :rule AND subject = :subject AND is_current = 1 AND opened_ms >= :at AND "
                             "(opened_ms > :at OR opened_event >= :id) ORDER BY opened_ms, opened_event LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", d->rule->name);
    db_bind_text(stmt, "subject", subject);
    db_bind_int64(stmt, "at", at_ms);
    db_bind_text(stmt, "id", event_id);
    code = db_step(stmt, is_found, message);
    if (code == CS_OK && *is_found) {
        *out = (cs_stored_obligation){.number = db_int64(stmt, 0),
                                      .opened_ms = db_int64(stmt, 1),
                                      .state = deferred_state_parse(db_text(stmt, 3))};
        (void)snprintf(out->opened_event, sizeof out->opened_event, "%s", db_text(stmt, 2));
    }
    db_done(stmt);
    return code;
}

/* The newest row of the obligation that an event opened; number 0: none. */
typedef struct cs_newest {
    int64_t number;
    bool is_current;
    cs_deferred_state state;
} cs_newest;

static cs_error find_newest(cs_deferral *d, int64_t opened_seq, cs_newest *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = (cs_newest){0};
    cs_error code = db_query(d->db,
                             "SELECT number, is_current, state FROM deferred_obligation WHERE rule = :rule AND "
                             "opened_seq = :opened ORDER BY number DESC LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", d->rule->name);
    db_bind_int64(stmt, "opened", opened_seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        *out = (cs_newest){db_int64(stmt, 0), db_int64(stmt, 1) != 0, deferred_state_parse(db_text(stmt, 2))};
    db_done(stmt);
    return code;
}

/* ---- writing ---- */

static cs_error set_past(cs_deferral *d, int64_t number, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(d->db, "UPDATE deferred_obligation SET is_current = 0 WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

static void bind_judged(cs_stmt *stmt, const cs_deferral *d, const cs_judged *judged) {
    db_bind_int64(stmt, "ruleset", d->ruleset);
    db_bind_int64(stmt, "due", judged->due_ms);
    db_bind_int64(stmt, "closed", judged->closed_ms);
    db_bind_text(stmt, "state", deferred_state_name(judged->state));
    db_bind_text(stmt, "reason", judged->reason);
    db_bind_text(stmt, "evidence", judged->evidence);
}

static cs_error insert(cs_deferral *d, const char *subject, const cs_log_row *opening, const cs_judged *judged,
                       int64_t supersedes, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(d->db,
                             "INSERT INTO deferred_obligation (rule, ruleset, subject, ticket, customer, opened_seq, "
                             "opened_event, opened_ms, due_ms, closed_ms, state, reason, decided_ms, evidence, "
                             "supersedes, is_current) VALUES (:rule, :ruleset, :subject, :ticket, :customer, :opened, "
                             ":opened_event, :opened_ms, :due, :closed, :state, :reason, :decided, :evidence, "
                             ":supersedes, 1)",
                             &stmt, message);
    if (code != CS_OK) return code;
    bind_judged(stmt, d, judged);
    db_bind_text(stmt, "rule", d->rule->name);
    db_bind_text(stmt, "subject", subject);
    db_bind_text(stmt, "ticket", opening->event.ticket);
    db_bind_text(stmt, "customer", opening->event.customer);
    db_bind_int64(stmt, "opened", opening->seq);
    db_bind_text(stmt, "opened_event", opening->event.id);
    db_bind_int64(stmt, "opened_ms", opening->event.at_ms);
    bind_time(stmt, "decided", judged->state == CS_DEFERRED_PENDING ? CS_NO_TIME : d->arrived_ms);
    bind_time(stmt, "supersedes", supersedes ? supersedes : CS_NO_TIME);
    return db_run(stmt, message);
}

/* is_decided: the row was pending and now holds a verdict. */
static cs_error update(cs_deferral *d, int64_t number, const cs_judged *judged, bool is_decided, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(d->db,
                             is_decided ? "UPDATE deferred_obligation SET ruleset = :ruleset, due_ms = :due, "
                                          "closed_ms = :closed, state = :state, reason = :reason, "
                                          "evidence = :evidence, decided_ms = :decided WHERE number = :number"
                                        : "UPDATE deferred_obligation SET ruleset = :ruleset, due_ms = :due, "
                                          "closed_ms = :closed, state = :state, reason = :reason, "
                                          "evidence = :evidence WHERE number = :number AND (evidence <> :evidence OR "
                                          "closed_ms <> :closed OR reason <> :reason)",
                             &stmt, message);
    if (code != CS_OK) return code;
    bind_judged(stmt, d, judged);
    if (is_decided) db_bind_int64(stmt, "decided", d->arrived_ms);
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error obligation_save(cs_deferral *d, const char *subject, const cs_log_row *opening, const cs_judged *judged,
                         cs_message *message) {
    cs_newest newest;
    cs_error code = find_newest(d, opening->seq, &newest, message);
    if (code != CS_OK) return code;
    bool is_decided = judged->state != CS_DEFERRED_PENDING;
    if (!newest.is_current) { /* never judged, or judged while the rule meant something else */
        d->counts->opened++;
        d->counts->decided += is_decided;
        int64_t supersedes = newest.state != CS_DEFERRED_PENDING ? newest.number : 0;
        return insert(d, subject, opening, judged, supersedes, message);
    }
    if (newest.state == judged->state) return update(d, newest.number, judged, false, message);
    d->counts->decided += is_decided;
    if (newest.state == CS_DEFERRED_PENDING) return update(d, newest.number, judged, true, message);
    d->counts->superseded++;
    code = set_past(d, newest.number, message);
    return code == CS_OK ? insert(d, subject, opening, judged, newest.number, message) : code;
}

/* A verdict leaves a row behind that says it was waived; what was only pending becomes that row. */
cs_error obligation_retire(cs_deferral *d, const cs_stored_obligation *stored, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = set_past(d, stored->number, message);
    if (code != CS_OK) return code;
    bool is_verdict = stored->state != CS_DEFERRED_PENDING;
    d->counts->superseded += is_verdict;
    code = db_query(d->db,
                    is_verdict ? "INSERT INTO deferred_obligation (rule, ruleset, subject, ticket, customer, "
                                 "opened_seq, opened_event, opened_ms, due_ms, closed_ms, state, reason, decided_ms, "
                                 "evidence, supersedes, is_current) SELECT rule, :ruleset, subject, ticket, customer, "
                                 "opened_seq, opened_event, opened_ms, due_ms, opened_ms, 'waived', 'retired', "
                                 ":decided, '{}', number, 0 FROM deferred_obligation WHERE number = :number"
                               : "UPDATE deferred_obligation SET state = 'waived', reason = 'retired', "
                                 "ruleset = :ruleset, decided_ms = :decided WHERE number = :number",
                    &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "ruleset", d->ruleset);
    db_bind_int64(stmt, "decided", d->arrived_ms);
    db_bind_int64(stmt, "number", stored->number);
    return db_run(stmt, message);
}
