#include "quality/archive_summary.h"

#include "quality/archive_column.h"
#include "quality/archive_filter.h"
#include "quality/finding_json.h"

#include <stdlib.h>

enum { MAX_SQL_BYTES = 160 << 10 };

/* ---- the summary ---- */

typedef struct cs_tally {
    cs_summary_counts counts;
    uint32_t rule_count;
} cs_tally;

static void tally_verdict(cs_summary_rule *rule, unsigned char verdict) {
    switch (verdict) {
    case CS_VERDICT_MET:
    case CS_VERDICT_CLEAN:
    case CS_VERDICT_NOT_NOTED: rule->met++; break;
    case CS_VERDICT_MISSED:
    case CS_VERDICT_HIT:
    case CS_VERDICT_NOTED: rule->missed++; break;
    case CS_VERDICT_UNDECIDED: rule->undecided++; break;
    case CS_VERDICT_NOT_APPLICABLE: rule->not_applicable++; break;
    default: break;
    }
}

static void tally_row(cs_tally *tally, cs_stmt *stmt) {
    cs_summary_counts *counts = &tally->counts;
    bool is_scored = true;
    counts->conversations++;
    for (int score = 0; score < CS_SCORE_COUNT; score++) {
        if (db_is_null(stmt, score)) {
            is_scored = false;
            continue;
        }
        counts->sums[score] += db_int64(stmt, score);
        counts->counts[score]++;
    }
    counts->scored += is_scored;
    counts->high_risk += db_int64(stmt, CS_SCORE_COUNT) != 0;
    size_t length = 0;
    const unsigned char *verdicts = db_bytes(stmt, CS_SCORE_COUNT + 1, &length);
    for (size_t i = 0; i < length && i < tally->rule_count; i++) tally_verdict(&counts->rules[i], verdicts[i]);
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
    db_stream(stmt);
    bool has_row = false;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) tally_row(tally, stmt);
    db_done(stmt);
    return code;
}

static void scores_tally_write(const cs_summary_counts *counts, cs_json_writer *out) {
    json_object_open(out, "scores");
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++) {
        json_object_open(out, score_name(score));
        if (counts->counts[score] == 0)
            json_write_null(out, "mean");
        else
            json_write_double(out, "mean", (double)counts->sums[score] / (double)counts->counts[score], 1);
        json_write_int(out, "count", counts->counts[score]);
        json_object_close(out);
    }
    json_object_close(out);
}

static void rules_tally_write(const cs_summary_counts *counts, const cs_ruleset *ruleset, cs_json_writer *out) {
    json_array_open(out, "rules");
    for (uint32_t i = 0; i < ruleset_rule_count(ruleset); i++) {
        const cs_rule *rule = ruleset_rule(ruleset, i);
        json_object_open(out, NULL);
        json_write_string(out, "rule", rule->name);
        title_write(out, "title", rule, rule->name);
        json_write_string(out, "kind", rule_kind_name(rule->kind));
        json_write_string(out, "pack", rule->pack);
        json_write_int(out, "met", counts->rules[i].met);
        json_write_int(out, "missed", counts->rules[i].missed);
        json_write_int(out, "undecided", counts->rules[i].undecided);
        json_write_int(out, "not_applicable", counts->rules[i].not_applicable);
        json_object_close(out);
    }
    json_array_close(out);
}

cs_error summary_write(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const cs_summary_counts *counts,
                       cs_json_writer *out, cs_message *message) {
    json_object_open(out, NULL);
    json_write_int(out, "conversations", counts->conversations);
    json_write_int(out, "scored", counts->scored);
    scores_tally_write(counts, out);
    json_write_int(out, "high_risk", counts->high_risk);
    rules_tally_write(counts, ruleset, out);
    cs_error code = worst_write(db, ruleset, filter, counts->conversations, out, message);
    json_object_close(out);
    return code;
}

cs_error archive_summary(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_json_writer *out,
                         cs_message *message) {
    cs_where where;
    cs_tally tally = {.rule_count = ruleset_rule_count(ruleset)};
    cs_error code = where_make(db, ruleset, filter, &where, message);
    if (code != CS_OK) return code;
    tally.counts.rules = calloc((size_t)tally.rule_count + 1, sizeof *tally.counts.rules);
    if (!tally.counts.rules) code = message_set(message, CS_ERR_MEMORY, "no memory for the summary");
    if (code == CS_OK) code = tally_all(db, &where, &tally, message);
    where_free(&where);
    if (code == CS_OK) code = summary_write(db, ruleset, filter, &tally.counts, out, message);
    free(tally.counts.rules);
    return code;
}
