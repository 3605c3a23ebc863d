#include "quality/archive.h"

#include "quality/archive_column.h"
#include "quality/archive_filter.h"
#include "quality/archive_item.h"
#include "quality/finding_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SQL_BYTES = 8192, MAX_NAMES = 2000, MAX_NAME_BYTES = 4096, WORST = 5 };

/* ---- the summary ---- */

typedef struct cs_rule_tally {
    int64_t by_verdict[CS_VERDICT_COUNT];
} cs_rule_tally;

typedef struct cs_tally {
    int64_t conversations, scored, high_risk;
    int64_t sums[CS_SCORE_COUNT], counts[CS_SCORE_COUNT];
    cs_rule_tally *rules;
    uint32_t rule_count;
} cs_tally;

static void tally_row(cs_tally *tally, cs_stmt *stmt) {
    bool is_scored = true;
    tally->conversations++;
    for (int score = 0; score < CS_SCORE_COUNT; score++) {
        if (db_is_null(stmt, score)) {
            is_scored = false;
            continue;
        }
        tally->sums[score] += db_int64(stmt, score);
        tally->counts[score]++;
    }
    tally->scored += is_scored;
    tally->high_risk += db_int64(stmt, CS_SCORE_COUNT) != 0;
    size_t length = 0;
    const unsigned char *verdicts = db_bytes(stmt, CS_SCORE_COUNT + 1, &length);
    for (size_t i = 0; i < length && i < tally->rule_count; i++)
        if (verdicts[i] < CS_VERDICT_COUNT) tally->rules[i].by_verdict[verdicts[i]]++;
}

/* One pass. Inspections of another rule set give no verdict bytes here: their rules stand at other places. */
static cs_error tally_all(cs_db *db, const cs_where *where, cs_tally *tally, cs_message *message) {
    int64_t current = 0;
    cs_stmt *stmt = NULL;
    cs_buffer sql;
    buffer_init(&sql, MAX_SQL_BYTES);
    cs_error code = current_number(db, &current, message);
    (void)buffer_printf(&sql,
                        "SELECT c.compliance, c.experience, c.risk, c.high_risk, j.verdicts FROM conversation c "
                        "LEFT JOIN inspection j ON j.seq = c.seq AND j.number = c.inspection AND j.ruleset = :newest "
                        "WHERE 1 = 1%s",
                        buffer_string(&where->sql));
    if (code == CS_OK && sql.is_failed) code = message_set(message, CS_ERR_MEMORY, "no memory for the summary");
    if (code == CS_OK) code = db_query(db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(where, stmt);
    db_bind_int64(stmt, "newest", current);
    bool has_row = false;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) tally_row(tally, stmt);
    db_done(stmt);
    return code;
}

static void scores_tally_write(const cs_tally *tally, cs_json_writer *out) {
    json_object_open(out, "scores");
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++) {
        json_object_open(out, score_name(score));
        if (tally->counts[score] == 0)
            json_write_null(out, "mean");
        else
            json_write_double(out, "mean", (double)tally->sums[score] / (double)tally->counts[score], 1);
        json_write_int(out, "count", tally->counts[score]);
        json_object_close(out);
    }
    json_object_close(out);
}

/* never: clean counts as met, hit as missed; flag: not noted as met, noted as missed. */
static void rules_tally_write(const cs_tally *tally, const cs_ruleset *ruleset, cs_json_writer *out) {
    json_array_open(out, "rules");
    for (uint32_t i = 0; i < tally->rule_count; i++) {
        const cs_rule *rule = ruleset_rule(ruleset, i);
        const int64_t *by = tally->rules[i].by_verdict;
        json_object_open(out, NULL);
        json_write_string(out, "rule", rule->name);
        title_write(out, "title", rule, rule->name);
        json_write_string(out, "kind", rule_kind_name(rule->kind));
        json_write_string(out, "pack", rule->pack);
        json_write_int(out, "met", by[CS_VERDICT_MET] + by[CS_VERDICT_CLEAN] + by[CS_VERDICT_NOT_NOTED]);
        json_write_int(out, "missed", by[CS_VERDICT_MISSED] + by[CS_VERDICT_HIT] + by[CS_VERDICT_NOTED]);
        json_write_int(out, "undecided", by[CS_VERDICT_UNDECIDED]);
        json_write_int(out, "not_applicable", by[CS_VERDICT_NOT_APPLICABLE]);
        json_object_close(out);
    }
    json_array_close(out);
}

/* Those a director opens first: high risk, then the highest risk, then the lowest compliance; none that did nothing. */
static cs_error worst_list(cs_db *db, const cs_where *where, const cs_ruleset *ruleset, cs_json_writer *out,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_buffer sql;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql,
                        "SELECT " ITEM_COLUMNS " FROM conversation c WHERE c.hit + c.missed + c.noted > 0%s "
                        "ORDER BY c.high_risk DESC, c.risk DESC NULLS LAST, c.compliance ASC NULLS LAST, "
                        "c.experience ASC NULLS LAST, c.seq DESC LIMIT %d",
                        buffer_string(&where->sql), WORST);
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the summary")
                                  : db_query(db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(where, stmt);
    bool has_row = false;
    json_array_open(out, "worst");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) item_write(stmt, ruleset, out);
    json_array_close(out);
    db_done(stmt);
    return code;
}

cs_error archive_summary(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_json_writer *out,
                         cs_message *message) {
    cs_where where;
    cs_tally tally = {.rule_count = ruleset_rule_count(ruleset)};
    cs_error code = where_make(db, ruleset, filter, &where, message);
    if (code != CS_OK) return code;
    tally.rules = calloc((size_t)tally.rule_count + 1, sizeof *tally.rules);
    if (!tally.rules) code = message_set(message, CS_ERR_MEMORY, "no memory for the summary");
    if (code == CS_OK) code = tally_all(db, &where, &tally, message);
    if (code == CS_OK) {
        json_object_open(out, NULL);
        json_write_int(out, "conversations", tally.conversations);
        json_write_int(out, "scored", tally.scored);
        scores_tally_write(&tally, out);
        json_write_int(out, "high_risk", tally.high_risk);
        rules_tally_write(&tally, ruleset, out);
        code = worst_list(db, &where, ruleset, out, message);
        json_object_close(out);
    }
    free(tally.rules);
    where_free(&where);
    return code;
}

/* ---- facets ---- */

/* Each name is asked for from the one before: a step in the index, however many conversations bear it. */
static cs_error names_write(cs_db *db, const char *column, const char *key, cs_json_writer *out, cs_message *message) {
    char sql[160], last[MAX_NAME_BYTES] = "";
    (void)snprintf(sql, sizeof sql, "SELECT min(%s) FROM conversation WHERE %s > :last", column, column);
    cs_error code = CS_OK;
    json_array_open(out, key);
    for (int i = 0; i < MAX_NAMES && code == CS_OK; i++) {
        cs_stmt *stmt = NULL;
        bool has_row = false;
        code = db_query(db, sql, &stmt, message);
        if (code != CS_OK) break;
        db_bind_text(stmt, "last", last);
        code = db_step(stmt, &has_row, message);
        const char *name = code == CS_OK && has_row ? db_text(stmt, 0) : NULL;
        if (name) {
            json_write_string(out, NULL, name);
            (void)snprintf(last, sizeof last, "%s", name);
        }
        db_done(stmt);
        if (!name) break;
    }
    json_array_close(out);
    return code;
}

static cs_error time_number_write(cs_db *db, const char *sql, const char *key, cs_json_writer *out,
                                  cs_message *message) {
    int64_t ms = CS_NO_TIME;
    cs_error code = query_number(db, sql, CS_NO_TIME, &ms, message);
    if (code == CS_OK) time_write(out, key, ms);
    return code;
}

cs_error archive_facets(cs_db *db, const cs_ruleset *ruleset, cs_json_writer *out, cs_message *message) {
    json_object_open(out, NULL);
    cs_error code = names_write(db, "channel", "channels", out, message);
    if (code == CS_OK) code = names_write(db, "agent", "agents", out, message);
    if (code == CS_OK) code = names_write(db, "team", "teams", out, message);
    if (code == CS_OK) code = names_write(db, "queue", "queues", out, message);
    if (code == CS_OK)
        code = time_number_write(db, "SELECT min(started_ms) FROM conversation", "from_ms", out, message);
    if (code == CS_OK) code = time_number_write(db, "SELECT max(started_ms) FROM conversation", "to_ms", out, message);
    json_array_open(out, "rules");
    uint32_t count = ruleset_rule_count(ruleset);
    for (uint32_t i = 0; i < count; i++) {
        const cs_rule *rule = ruleset_rule(ruleset, i);
        json_object_open(out, NULL);
        json_write_string(out, "rule", rule->name);
        title_write(out, "title", rule, rule->name);
        json_write_string(out, "kind", rule_kind_name(rule->kind));
        json_write_string(out, "pack", rule->pack);
        json_object_close(out);
    }
    json_array_close(out);
    json_object_close(out);
    return code;
}
