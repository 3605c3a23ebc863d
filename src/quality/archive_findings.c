#include "quality/archive_findings.h"

#include <string.h>

enum { MAX_EVIDENCE_BYTES = 4 << 20 };

static cs_error read_marks(cs_db *db, int64_t seq, cs_arena *arena, cs_kept_inspection *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT compliance, experience, risk, decided_share, high_risk, hit, missed, undecided, "
                             "noted, tags FROM conversation WHERE seq = :seq",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        for (int i = 0; i < CS_SCORE_COUNT; i++)
            out->totals[i] = db_is_null(stmt, i) ? CS_NO_SCORE : (int)db_int64(stmt, i);
        out->decided_share = db_is_null(stmt, 3) ? -1 : db_real(stmt, 3);
        out->is_high_risk = db_int64(stmt, 4) != 0;
        out->hit = db_int64(stmt, 5);
        out->missed = db_int64(stmt, 6);
        out->undecided = db_int64(stmt, 7);
        out->noted = db_int64(stmt, 8);
        out->tags = arena_string(arena, db_text(stmt, 9));
    }
    db_done(stmt);
    if (code == CS_OK && !out->tags) code = message_set(message, CS_ERR_MEMORY, "no memory to load an inspection");
    return code;
}

/* How often it counts with `each`: steps that are missing or came too early, else once. */
static uint32_t units_of(const cs_kept_finding *finding) {
    cs_json *list = NULL;
    uint32_t units = 0;
    if (strcmp(finding->reason, reason_name(CS_REASON_STEP)) != 0) return 1;
    if (json_parse(finding->evidence, strlen(finding->evidence), MAX_EVIDENCE_BYTES, &list, NULL) != CS_OK) return 1;
    for (size_t i = 0; i < json_length(list); i++) {
        const cs_json *one = json_at(list, i);
        const char *kind = json_string(json_get(one, "kind"), NULL);
        if (!kind || strcmp(kind, evidence_kind_name(CS_EVIDENCE_STEP)) != 0) continue;
        units += json_kind(json_get(one, "turn")) == CS_JSON_NULL || json_get(one, "why") != NULL;
    }
    json_free(list);
    return units ? units : 1;
}

static cs_error count_findings(cs_db *db, int64_t seq, uint32_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT count(*) FROM finding WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *count = (uint32_t)db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

static bool read_finding(cs_stmt *stmt, const cs_ruleset *ruleset, cs_arena *arena, cs_kept_finding *out) {
    *out = (cs_kept_finding){.number = db_int64(stmt, 0),
                             .rule = ruleset_find(ruleset, db_text(stmt, 1)),
                             .verdict = (cs_verdict)db_int64(stmt, 2),
                             .reason = arena_string(arena, db_text(stmt, 3)),
                             .agent = arena_string(arena, db_text(stmt, 4)),
                             .turn = db_is_null(stmt, 5) ? 0 : db_int64(stmt, 5),
                             .at_ms = db_is_null(stmt, 6) ? CS_NO_TIME : db_int64(stmt, 6),
                             .evidence = arena_string(arena, db_text(stmt, 7))};
    if (!out->reason || !out->evidence) return false;
    out->units = units_of(out);
    return true;
}

static cs_error read_findings(cs_db *db, int64_t seq, const cs_ruleset *ruleset, cs_arena *arena,
                              cs_kept_inspection *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    uint32_t count = 0;
    cs_error code = count_findings(db, seq, &count, message);
    cs_kept_finding *findings = arena_array(arena, (size_t)count + 1, sizeof *findings);
    if (code == CS_OK && !findings) code = message_set(message, CS_ERR_MEMORY, "no memory to load findings");
    if (code == CS_OK)
        code = db_query(db,
                        "SELECT number, rule, verdict, reason, agent, turn, at_ms, evidence FROM finding WHERE seq = "
                        ":seq ORDER BY number",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    out->findings = findings;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && out->count < count)
        if (!read_finding(stmt, ruleset, arena, &findings[out->count++])) {
            code = message_set(message, CS_ERR_MEMORY, "no memory to load findings");
            break;
        }
    db_done(stmt);
    return code;
}

/* The scorecard again, over what is stored. */
static cs_error compute(const cs_stored *stored, const cs_ruleset *ruleset, cs_arena *arena, cs_kept_inspection *out,
                        cs_message *message) {
    uint32_t rules = ruleset_rule_count(ruleset);
    if (stored->verdict_count != rules) return CS_OK;
    cs_verdict *verdicts = arena_array(arena, (size_t)rules + 1, sizeof *verdicts);
    cs_reason *reasons = arena_array(arena, (size_t)rules + 1, sizeof *reasons);
    cs_finding *findings = arena_array(arena, (size_t)out->count + 1, sizeof *findings);
    if (!verdicts || !reasons || !findings) return message_set(message, CS_ERR_MEMORY, "no memory for the scores");
    for (uint32_t i = 0; i < rules; i++) verdicts[i] = (cs_verdict)stored->verdicts[i];
    uint32_t count = 0;
    for (uint32_t i = 0; i < out->count; i++) {
        const cs_kept_finding *one = &out->findings[i];
        if (one->rule)
            findings[count++] = (cs_finding){.rule = one->rule->index, .verdict = one->verdict, .units = one->units};
    }
    cs_verdicts given = {verdicts, reasons, findings, rules, count};
    cs_error code = scorecard_compute(ruleset, &given, arena, &out->scores, message);
    out->has_scores = code == CS_OK;
    return code;
}

cs_error archive_findings(cs_db *db, const cs_stored *stored, const cs_ruleset *ruleset, cs_arena *arena,
                          cs_kept_inspection *out, cs_message *message) {
    *out = (cs_kept_inspection){.totals = {CS_NO_SCORE, CS_NO_SCORE, CS_NO_SCORE}};
    cs_error code = read_marks(db, stored->seq, arena, out, message);
    if (code == CS_OK) code = read_findings(db, stored->seq, ruleset, arena, out, message);
    return code == CS_OK ? compute(stored, ruleset, arena, out, message) : code;
}
