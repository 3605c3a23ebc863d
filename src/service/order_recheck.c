#include "service/order_recheck.h"

#include "base/clock.h"
#include "quality/archive_column.h"
#include "quality/finding_json.h"
#include "rules/finding.h"
#include "text/mask_json.h"

enum { MOST_LOOKED_AT = 1000, MOST_SHOWN = 20 };

static void count(cs_recheck_count *out, cs_verdict verdict) {
    switch (verdict) {
    case CS_VERDICT_MET:
    case CS_VERDICT_CLEAN:
    case CS_VERDICT_NOT_NOTED: out->met++; break;
    case CS_VERDICT_HIT:
    case CS_VERDICT_MISSED:
    case CS_VERDICT_NOTED: out->missed++; break;
    case CS_VERDICT_UNDECIDED: out->undecided++; break;
    default: break;
    }
}

static void item_write(cs_stmt *stmt, cs_verdict verdict, bool is_since_answer, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_string(out, "id", db_text(stmt, 0));
    json_write_masked_title(out, "external_id", db_text(stmt, 1), db_text(stmt, 6));
    json_write_masked_title(out, "title", db_is_null(stmt, 2) ? db_text(stmt, 1) : db_text(stmt, 2), db_text(stmt, 6));
    json_write_int(out, "started_ms", db_int64(stmt, 3));
    json_write_string(out, "verdict", verdict_name(verdict));
    json_write_bool(out, "is_since_answer", is_since_answer);
    json_object_close(out);
}

/* The newest first: what is shown are the newest, what is counted at most MOST_LOOKED_AT. */
static cs_error walk(cs_db *db, const cs_rule *rule, int64_t current, const cs_order *order, cs_json_writer *items,
                     cs_recheck *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t looked = 0, shown = 0;
    cs_error code =
        db_query(db,
                 "SELECT c.id, c.external_id, c.title, c.started_ms, i.ruleset, i.verdicts, c.customer FROM "
                 "conversation c JOIN inspection i ON i.seq = c.seq AND i.number = c.inspection WHERE "
                 "c.agent = :agent AND c.started_ms > :after ORDER BY c.started_ms DESC, c.seq DESC LIMIT "
                 ":most",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "agent", order->agent);
    db_bind_int64(stmt, "after", order->started_ms);
    db_bind_int64(stmt, "most", MOST_LOOKED_AT + 1);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        size_t length = 0;
        const unsigned char *verdicts = db_bytes(stmt, 5, &length);
        if (looked++ == MOST_LOOKED_AT) {
            out->is_complete = false;
            break;
        }
        if (db_int64(stmt, 4) != current || rule->index >= length) {
            out->stale++;
            continue;
        }
        cs_verdict verdict = (cs_verdict)verdicts[rule->index];
        bool is_since_answer = order->answered_ms != CS_NO_TIME && db_int64(stmt, 3) > order->answered_ms;
        if (verdict == CS_VERDICT_NOT_APPLICABLE || verdict >= CS_VERDICT_COUNT) continue;
        count(&out->since_found, verdict);
        if (is_since_answer) count(&out->since_answer, verdict);
        if (items && shown++ < MOST_SHOWN) item_write(stmt, verdict, is_since_answer, items);
    }
    db_done(stmt);
    return code;
}

cs_error order_recheck(cs_db *db, const cs_ruleset *ruleset, const cs_order *order, cs_json_writer *items,
                       cs_recheck *out, cs_message *message) {
    const cs_rule *rule = ruleset ? ruleset_find(ruleset, order->rule) : NULL;
    int64_t current = 0;
    *out = (cs_recheck){.is_complete = true};
    if (!rule || !order->agent || order->started_ms == CS_NO_TIME) return CS_OK; /* nothing that could be later */
    cs_error code = ruleset_number(db, ruleset_id(ruleset), &current, message);
    return code == CS_OK ? walk(db, rule, current, order, items, out, message) : code;
}

static void count_write(cs_json_writer *out, const char *key, const cs_recheck_count *counts) {
    json_object_open(out, key);
    json_write_int(out, "met", counts->met);
    json_write_int(out, "missed", counts->missed);
    json_write_int(out, "undecided", counts->undecided);
    json_object_close(out);
}

void recheck_write(cs_json_writer *out, const cs_recheck *recheck) {
    count_write(out, "since_found", &recheck->since_found);
    count_write(out, "since_answer", &recheck->since_answer);
    json_write_int(out, "stale", recheck->stale);
    json_write_bool(out, "is_complete", recheck->is_complete);
}
