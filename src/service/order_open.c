#include "service/order_open.h"

#include "base/clock.h"
#include "quality/archive.h"
#include "quality/archive_column.h"
#include "rules/across.h"
#include "rules/finding.h"
#include "service/order_row.h"
#include "service/order_step.h"

#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
enum { MAX_DUE_DAYS = 731, MAX_EFFECTS_BYTES = 4096, MAX_EVIDENCE_BYTES = 1 << 20, MAX_DETAIL_BYTES = 8192 };

int64_t order_usual_due(const cs_ruleset *ruleset, int64_t now_ms) {
    const cs_calendar *calendar = ruleset ? across_calendar(ruleset) : NULL;
    return calendar ? calendar_end_of_workday(calendar, now_ms, CS_ORDER_USUAL_DAYS)
                    : calendar_end_of_day(NULL, now_ms, CS_ORDER_USUAL_DAYS);
}

cs_error order_due_check(int64_t due_ms, int64_t now_ms, cs_message *message) {
    if (due_ms >= now_ms - DAY_MS && due_ms <= now_ms + MAX_DUE_DAYS * DAY_MS) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the due date lies %s",
                      due_ms < now_ms ? "in the past" : "more than two years ahead");
    message_place(message, "due_ms");
    message_remedy(message, "choose a day from today on, or leave it out: it is then %d working days",
                   CS_ORDER_USUAL_DAYS);
    return CS_ERR_USAGE;
}

cs_error order_words_check(const char *words, bool is_needed, cs_message *message) {
    cs_error code = CS_OK;
    if (is_needed && !*words) {
        code = message_set(message, CS_ERR_USAGE, "it needs words");
        message_place(message, "text");
        message_remedy(message, "say in a sentence what was done, or why");
    } else if (strlen(words) > CS_MAX_ORDER_WORDS) {
        code = message_set(message, CS_ERR_LIMIT, "the words are longer than %d bytes", CS_MAX_ORDER_WORDS);
        message_place(message, "text");
        message_remedy(message, "say it shorter");
    }
    return code;
}

/* ---- what was found ---- */

typedef struct found {
    int64_t seq, started_ms, turn, at_ms;
    const char *id, *external_id, *title, *channel, *agent, *team, *customer;
    const char *verdict, *reason, *evidence, *quote;
} found;

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory to open a work order");
}

static cs_error conversation_read(cs_db *db, cs_arena *arena, found *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db,
        "SELECT id, external_id, title, channel, agent, team, started_ms, customer FROM conversation WHERE seq = :seq",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", out->seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        out->id = arena_string(arena, db_text(stmt, 0));
        out->external_id = arena_string(arena, db_text(stmt, 1));
        out->title = arena_string(arena, db_text(stmt, 2));
        out->channel = arena_string(arena, db_text(stmt, 3));
        out->agent = arena_string(arena, db_text(stmt, 4));
        out->team = arena_string(arena, db_text(stmt, 5));
        out->customer = arena_string(arena, db_text(stmt, 7));
        out->started_ms = db_is_null(stmt, 6) ? CS_NO_TIME : db_int64(stmt, 6);
        if (!out->id || !out->external_id || !out->channel) code = no_memory(message);
    }
    db_done(stmt);
    return code;
}

/* The first words that the evidence quotes; NULL: none. */
static cs_error quote_read(cs_arena *arena, found *out, cs_message *message) {
    cs_json *evidence = NULL;
    if (!out->evidence) return no_memory(message);
    cs_error code = json_parse(out->evidence, strlen(out->evidence), MAX_EVIDENCE_BYTES, &evidence, message);
    out->quote = NULL;
    for (size_t i = 0; code == CS_OK && !out->quote && i < json_length(evidence); i++) {
        const char *words = json_string(json_get(json_at(evidence, i), "matched"), NULL);
        const char *kind = json_string(json_get(json_at(evidence, i), "kind"), NULL);
        if (words && *words && kind && (strcmp(kind, "trigger") == 0 || strcmp(kind, "match") == 0)) {
            out->quote = arena_string(arena, words);
            if (!out->quote) code = no_memory(message);
        }
    }
    json_free(evidence);
    return code;
}

static cs_error finding_read(cs_db *db, const cs_order_wish *wish, cs_arena *arena, found *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT turn, at_ms, verdict, reason, evidence FROM finding WHERE seq = :seq AND rule = "
                             ":rule AND (:turn < 0 OR coalesce(turn, 0) = :turn) ORDER BY number LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", out->seq);
    db_bind_text(stmt, "rule", wish->rule);
    db_bind_int64(stmt, "turn", wish->turn);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        out->turn = db_is_null(stmt, 0) ? 0 : db_int64(stmt, 0);
        out->at_ms = db_is_null(stmt, 1) ? CS_NO_TIME : db_int64(stmt, 1);
        out->verdict = verdict_name((cs_verdict)db_int64(stmt, 2));
        out->reason = arena_string(arena, db_text(stmt, 3));
        out->evidence = arena_string(arena, db_text(stmt, 4));
        if (!out->reason || !out->evidence) code = no_memory(message);
    }
    db_done(stmt);
    if (code == CS_OK && has_row) return quote_read(arena, out, message);
    if (code != CS_OK) return code;
    (void)message_set(message, CS_ERR_NOT_FOUND, "the rule %.60s found nothing there in conversation \"%.60s\"",
                      wish->rule, out->external_id);
    message_remedy(message, "look at the conversation again: it may have been inspected anew since");
    return CS_ERR_NOT_FOUND;
}

/* ---- the row ---- */

static void effects_write(const cs_rule *rule, cs_buffer *text) {
    cs_json_writer out;
    json_writer_init(&out, text);
    json_array_open(&out, NULL);
    for (uint32_t i = 0; rule && i < rule->effect_count; i++) {
        const cs_effect *effect = &rule->effects[i];
        json_object_open(&out, NULL);
        json_write_string(&out, "score", score_name(effect->score));
        json_write_int(&out, "points", effect->points);
        if (effect->is_fatal) json_write_bool(&out, "fatal", true);
        if (effect->is_each) json_write_bool(&out, "each", true);
        json_object_close(&out);
    }
    json_array_close(&out);
}

static void time_bind(cs_stmt *stmt, const char *name, int64_t ms) {
    bind_time(stmt, name, ms);
}

static cs_error row_insert(cs_db *db, const cs_rule *rule, const cs_order_wish *wish, const found *f,
                           const cs_order_person *assignee, const cs_account *account, int64_t now_ms, int64_t due_ms,
                           int64_t *number, cs_message *message) {
    cs_buffer effects;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    buffer_init(&effects, MAX_EFFECTS_BYTES);
    effects_write(rule, &effects);
    if (effects.is_failed) {
        buffer_free(&effects);
        return no_memory(message);
    }
    cs_error code = db_query(
        db,
        "INSERT INTO work_order (conversation, external_id, conversation_title, started_ms, channel, agent, team, "
        "customer, "
        "rule, "
        "rule_zh, rule_en, turn, at_ms, verdict, reason, evidence, quote, effects, high_risk, assignee, assignee_name, "
        "state, appeals, due_ms, note, opened_by, opened_by_name, opened_ms, changes) VALUES (:conversation, "
        ":external, "
        ":title, :started, :channel, :agent, :team, :customer, :rule, :zh, :en, :turn, :at, :verdict, :reason, "
        ":evidence, :quote, "
        ":effects, :high_risk, :assignee, :assignee_name, 'open', 0, :due, :note, :by, :by_name, :now, 1) "
        "RETURNING number",
        &stmt, message);
    if (code == CS_OK) {
        db_bind_text(stmt, "conversation", f->id);
        db_bind_text(stmt, "external", f->external_id);
        db_bind_text(stmt, "title", f->title);
        time_bind(stmt, "started", f->started_ms);
        db_bind_text(stmt, "channel", f->channel);
        db_bind_text(stmt, "agent", f->agent);
        db_bind_text(stmt, "team", f->team);
        db_bind_text(stmt, "customer", f->customer);
        db_bind_text(stmt, "rule", wish->rule);
        db_bind_text(stmt, "zh", rule ? rule->title_zh : wish->rule);
        db_bind_text(stmt, "en", rule ? rule->title_en : wish->rule);
        db_bind_int64(stmt, "turn", f->turn);
        time_bind(stmt, "at", f->at_ms);
        db_bind_text(stmt, "verdict", f->verdict);
        db_bind_text(stmt, "reason", f->reason);
        db_bind_text(stmt, "evidence", f->evidence);
        db_bind_text(stmt, "quote", f->quote);
        db_bind_text(stmt, "effects", buffer_string(&effects));
        db_bind_int64(stmt, "high_risk", rule && rule->is_high_risk);
        db_bind_int64(stmt, "assignee", assignee->account);
        db_bind_text(stmt, "assignee_name", assignee->name);
        db_bind_int64(stmt, "due", due_ms);
        db_bind_text(stmt, "note", wish->note);
        db_bind_int64(stmt, "by", account->number);
        db_bind_text(stmt, "by_name", account->name);
        db_bind_int64(stmt, "now", now_ms);
        code = db_step(stmt, &has_row, message);
        if (code == CS_OK && has_row) *number = db_int64(stmt, 0);
        db_done(stmt);
    }
    buffer_free(&effects);
    return code;
}

static cs_error existing(cs_db *db, const found *f, const char *rule, cs_order_opened *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db, "SELECT number FROM work_order WHERE conversation = :conversation AND rule = :rule AND turn = :turn", &stmt,
        message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "conversation", f->id);
    db_bind_text(stmt, "rule", rule);
    db_bind_int64(stmt, "turn", f->turn);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *out = (cs_order_opened){.number = has_row ? db_int64(stmt, 0) : 0, .is_new = !has_row};
    db_done(stmt);
    return code;
}

static cs_error first_step(cs_db *db, int64_t order, const cs_order_person *assignee, int64_t due_ms, const char *note,
                           const cs_account *account, int64_t now_ms, cs_message *message) {
    cs_buffer detail;
    cs_json_writer out;
    buffer_init(&detail, MAX_DETAIL_BYTES);
    json_writer_init(&out, &detail);
    json_object_open(&out, NULL);
    order_person_write(&out, "assignee", assignee->account, assignee->name);
    json_write_int(&out, "due_ms", due_ms);
    json_object_close(&out);
    cs_error code = detail.is_failed ? no_memory(message)
                                     : order_step_add(db, order, "opened", account, note, buffer_string(&detail),
                                                      now_ms, NULL, message);
    buffer_free(&detail);
    return code;
}

cs_error order_open(cs_db *db, const cs_ruleset *ruleset, const cs_order_wish *wish, const cs_account *account,
                    int64_t now_ms, cs_arena *arena, cs_order_opened *out, cs_message *message) {
    found f = {0};
    cs_order_person agent;
    const cs_order_person *assignee = wish->assignee;
    int64_t due_ms = wish->due_ms == CS_NO_TIME ? order_usual_due(ruleset, now_ms) : wish->due_ms;
    cs_error code = order_words_check(wish->note, false, message);
    if (code == CS_OK) code = order_due_check(due_ms, now_ms, message);
    if (code == CS_OK) code = archive_find(db, wish->conversation, &f.seq, message);
    if (code == CS_OK) code = conversation_read(db, arena, &f, message);
    if (code == CS_OK) code = finding_read(db, wish, arena, &f, message);
    if (code == CS_OK) code = existing(db, &f, wish->rule, out, message);
    if (code != CS_OK || !out->is_new) return code;
    if (!assignee) {
        code = order_person_of_agent(db, f.agent, &agent, message);
        if (code != CS_OK) return code;
        assignee = &agent;
    }
    const cs_rule *rule = ruleset ? ruleset_find(ruleset, wish->rule) : NULL;
    code = row_insert(db, rule, wish, &f, assignee, account, now_ms, due_ms, &out->number, message);
    return code == CS_OK ? first_step(db, out->number, assignee, due_ms, wish->note, account, now_ms, message) : code;
}
