#include "quality/archive_column.h"
#include "quality/deferred.h"
#include "quality/finding_json.h"

#include "base/clock.h"

#include <string.h>

cs_error deferred_list(cs_db *db, const cs_obligation_filter *filter, cs_on_obligation on_obligation, void *context,
                       cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false, goes_on = true;
    cs_error code =
        db_query(db,
                 "SELECT number, rule, ticket, customer, opened_event, opened_ms, due_ms, state, reason, decided_ms, "
                 "evidence, supersedes, is_current FROM deferred_obligation WHERE (:state IS NULL OR state = :state) "
                 "AND (:rule IS NULL OR rule = :rule) AND is_current >= :least "
                 "ORDER BY due_ms, rule, opened_ms, opened_event, number",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "state", filter->state == CS_DEFERRED_COUNT ? NULL : deferred_state_name(filter->state));
    db_bind_text(stmt, "rule", filter->rule);
    db_bind_int64(stmt, "least", filter->has_history ? 0 : 1);
    db_stream(stmt);
    while (goes_on && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        const char *opened_event = db_text(stmt, 4);
        cs_obligation row = {.number = db_int64(stmt, 0),
                             .rule = db_text(stmt, 1),
                             .ticket = db_text(stmt, 2),
                             .customer = db_text(stmt, 3),
                             .opened_event = strlen(opened_event) > 2 ? opened_event + 2 : opened_event,
                             .opened_ms = db_int64(stmt, 5),
                             .due_ms = db_int64(stmt, 6),
                             .state = db_text(stmt, 7),
                             .reason = db_text(stmt, 8),
                             .decided_ms = db_is_null(stmt, 9) ? CS_NO_TIME : db_int64(stmt, 9),
                             .evidence = db_text(stmt, 10),
                             .supersedes = db_int64(stmt, 11),
                             .is_current = db_int64(stmt, 12) != 0};
        goes_on = on_obligation(context, &row);
    }
    db_done(stmt);
    return code;
}

/* What an inspection calls it: a prohibition is hit or clean. */
static const char *verdict_word(const char *state, const cs_rule *rule) {
    static const char *const of_expect[] = {
#define X(code, name, expect, never, zh) expect,
        CS_DEFERRED_TABLE(X)
#undef X
    };
    static const char *const of_never[] = {
#define X(code, name, expect, never, zh) never,
        CS_DEFERRED_TABLE(X)
#undef X
    };
    cs_deferred_state parsed = deferred_state_parse(state);
    if (parsed == CS_DEFERRED_COUNT) return state;
    return rule && rule->kind == CS_RULE_NEVER ? of_never[parsed] : of_expect[parsed];
}

void obligation_write(cs_json_writer *out, const cs_obligation *o, const cs_rule *rule) {
    json_object_open(out, NULL);
    json_write_int(out, "number", o->number);
    json_write_string(out, "rule", o->rule);
    title_write(out, "title", rule, o->rule);
    json_write_string(out, "ticket", o->ticket);
    json_write_string(out, "customer", o->customer);
    json_write_string(out, "opened_event", o->opened_event);
    json_write_int(out, "opened_ms", o->opened_ms);
    json_write_int(out, "due_ms", o->due_ms);
    json_write_string(out, "state", o->state);
    json_write_string(out, "verdict", verdict_word(o->state, rule));
    json_write_string(out, "reason", o->reason);
    time_write(out, "decided_ms", o->decided_ms);
    json_write_raw(out, "evidence", o->evidence);
    json_array_open(out, "actions"); /* what a missed one asks for */
    for (uint32_t i = 0; rule && strcmp(o->state, "missed") == 0 && i < rule->action_count; i++)
        json_write_string(out, NULL, rule->actions[i]);
    json_array_close(out);
    if (o->supersedes)
        json_write_int(out, "supersedes", o->supersedes);
    else
        json_write_null(out, "supersedes");
    json_write_bool(out, "is_current", o->is_current);
    json_object_close(out);
}
