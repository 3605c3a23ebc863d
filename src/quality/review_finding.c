#include "quality/review_finding.h"

#include "quality/review_sample.h"

#include <string.h>

/* Keeps the smallest keys in their order; take is small, and most rows fail the first comparison. */
static void offer(cs_review_finding *findings, uint32_t *count, uint32_t take, cs_review_finding one) {
    if (*count == take && (take == 0 || one.key >= findings[take - 1].key)) return;
    uint32_t at = *count < take ? (*count)++ : take - 1;
    while (at > 0 && findings[at - 1].key > one.key) {
        findings[at] = findings[at - 1];
        at--;
    }
    findings[at] = one;
}

cs_error review_findings_draw(cs_db *db, uint64_t seed, uint32_t take, cs_review_finding *findings, uint32_t *count,
                              int64_t *population, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *count = 0;
    *population = 0;
    cs_error code = db_query(db, "SELECT seq, number FROM finding WHERE verdict IN (5, 6, 7)", &stmt, message);
    if (code != CS_OK) return code;
    db_stream(stmt);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_review_finding one = {.seq = db_int64(stmt, 0), .number = db_int64(stmt, 1)};
        one.key =
            review_mixed(review_mixed((uint64_t)one.seq + seed * UINT64_C(0x9e3779b97f4a7c15)) + (uint64_t)one.number);
        (*population)++;
        offer(findings, count, take, one);
    }
    db_done(stmt);
    return code;
}

cs_error review_finding_place(cs_db *db, const cs_review_finding *finding, cs_review_place *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = (cs_review_place){0};
    cs_error code = db_query(db,
                             "SELECT c.id, f.rule, f.turn, f.verdict FROM finding f JOIN conversation c ON c.seq = "
                             "f.seq WHERE f.seq = :seq AND f.number = :number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", finding->seq);
    db_bind_int64(stmt, "number", finding->number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        (void)strncpy(out->id, db_text(stmt, 0), sizeof out->id - 1);
        (void)strncpy(out->rule, db_text(stmt, 1), sizeof out->rule - 1);
        out->turn = db_is_null(stmt, 2) ? 0 : db_int64(stmt, 2);
        out->verdict = (cs_verdict)db_int64(stmt, 3);
    }
    db_done(stmt);
    return code;
}
