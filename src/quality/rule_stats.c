#include "quality/rule_stats.h"

#include "quality/archive_column.h"
#include "quality/finding_json.h"
#include "quality/interval.h"

#include <stdlib.h>

struct cs_rule_stats {
    const cs_ruleset *ruleset;
    int64_t conversations, left_out;
    int64_t (*verdicts)[CS_VERDICT_COUNT]; /* by rule */
};

static cs_error count_rows(cs_db *db, cs_rule_stats *stats, cs_message *message) {
    uint32_t rules = ruleset_rule_count(stats->ruleset);
    cs_stmt *stmt = NULL;
    bool has_row = true;
    cs_error code = db_query(db,
                             "SELECT i.verdicts FROM conversation c JOIN inspection i ON i.seq = c.seq AND i.number = "
                             "c.inspection WHERE c.ruleset = "
                             "(SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'ruleset')",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_stream(stmt);
    while (code == CS_OK && has_row) {
        code = db_step(stmt, &has_row, message);
        if (code != CS_OK || !has_row) break;
        size_t count = 0;
        const unsigned char *verdicts = db_bytes(stmt, 0, &count);
        stats->conversations++;
        for (uint32_t i = 0; i < rules && i < count; i++)
            if (verdicts[i] < CS_VERDICT_COUNT) stats->verdicts[i][verdicts[i]]++;
    }
    db_done(stmt);
    return code;
}

cs_error rule_stats_count(cs_db *db, const cs_ruleset *ruleset, cs_rule_stats **out, cs_message *message) {
    cs_rule_stats *stats = calloc(1, sizeof *stats);
    if (stats) stats->verdicts = calloc(ruleset_rule_count(ruleset) + 1, sizeof *stats->verdicts);
    if (!stats || !stats->verdicts) {
        rule_stats_free(stats);
        return message_set(message, CS_ERR_MEMORY, "out of memory for the counts");
    }
    stats->ruleset = ruleset;
    int64_t all = 0;
    cs_error code = count_rows(db, stats, message);
    if (code == CS_OK) code = query_number(db, "SELECT count(*) FROM conversation", 0, &all, message);
    if (code != CS_OK) {
        rule_stats_free(stats);
        return code;
    }
    stats->left_out = all > stats->conversations ? all - stats->conversations : 0;
    *out = stats;
    return CS_OK;
}

void rule_stats_free(cs_rule_stats *stats) {
    if (!stats) return;
    free(stats->verdicts);
    free(stats);
}

static void rule_write(cs_json_writer *out, const cs_rule *rule, const int64_t counts[CS_VERDICT_COUNT]) {
    int64_t found = counts[CS_VERDICT_HIT] + counts[CS_VERDICT_MISSED] + counts[CS_VERDICT_NOTED];
    int64_t passed = counts[CS_VERDICT_MET] + counts[CS_VERDICT_CLEAN] + counts[CS_VERDICT_NOT_NOTED];
    cs_interval rate = interval_wilson(found, found + passed);
    json_object_open(out, NULL);
    json_write_string(out, "rule", rule->name);
    title_write(out, "title", rule, rule->name);
    json_write_string(out, "kind", rule_kind_name(rule->kind));
    json_write_int(out, "judged", found + passed + counts[CS_VERDICT_UNDECIDED]);
    json_write_int(out, "found", found);
    json_write_int(out, "passed", passed);
    json_write_int(out, "undecided", counts[CS_VERDICT_UNDECIDED]);
    json_write_int(out, "not_applicable", counts[CS_VERDICT_NOT_APPLICABLE]);
    json_object_open(out, "verdicts");
    for (int i = 0; i < CS_VERDICT_COUNT; i++)
        if (counts[i]) json_write_int(out, verdict_name((cs_verdict)i), counts[i]);
    json_object_close(out);
    if (rate.is_known) {
        json_write_double(out, "rate", rate.share, 6);
        json_write_double(out, "low", rate.low, 6);
        json_write_double(out, "high", rate.high, 6);
    } else {
        json_write_null(out, "rate");
    }
    json_object_close(out);
}

void rule_stats_write(const cs_rule_stats *stats, cs_json_writer *out) {
    char hex[CS_HASH_CHARS + 1];
    json_object_open(out, NULL);
    hash_hex(ruleset_id(stats->ruleset), hex);
    json_write_string(out, "ruleset", hex);
    json_write_int(out, "conversations", stats->conversations);
    json_write_int(out, "left_out", stats->left_out);
    json_array_open(out, "rules");
    for (uint32_t i = 0; i < ruleset_rule_count(stats->ruleset); i++)
        rule_write(out, ruleset_rule(stats->ruleset, i), stats->verdicts[i]);
    json_array_close(out);
    json_object_close(out);
}
