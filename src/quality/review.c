#include "quality/review.h"

#include "quality/archive_column.h"
#include "quality/finding_json.h"
#include "quality/judgement.h"
#include "quality/review_finding.h"
#include "quality/review_sample.h"
#include "text/mask_json.h"

#include <stdlib.h>
#include <string.h>

typedef struct reviewing {
    cs_db *db;
    const cs_ruleset *ruleset;
    const cs_review_wish *wish;
    cs_stratum strata[CS_REVIEW_COUNT];
    int64_t judged, agreed, wrong, missed, passed;
    cs_json_writer *out;
    cs_message *message;
} reviewing;

/* ---- what was said already ---- */

static void count_answer(reviewing *r, cs_review_stratum stratum, const char *answer) {
    bool is_found = stratum == CS_REVIEW_FOUND;
    bool is_agreed = strcmp(answer, answer_word(CS_ANSWER_AGREE)) == 0;
    bool is_missed = strcmp(answer, answer_word(CS_ANSWER_MISSED)) == 0;
    r->judged++;
    r->strata[stratum].trials++;
    r->strata[stratum].successes += is_found ? is_agreed : is_missed;
    if (is_missed)
        r->missed++;
    else if (!is_found)
        r->passed++;
    else if (is_agreed)
        r->agreed++;
    else
        r->wrong++;
}

static cs_error said_write(reviewing *r, const char *id, const char *rule, int64_t turn, cs_review_stratum stratum) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    /* What was missed may be said of any turn. */
    cs_error code = db_query(r->db,
                             "SELECT j.number, j.answer, j.reason, j.note, j.account, j.name, j.judged_ms, j.turn FROM "
                             "judgement j WHERE j.conversation = (SELECT external_id FROM conversation WHERE id = :id) "
                             "AND j.rule = :rule AND j.is_current = 1 AND (j.turn = :turn OR :any = 1) ORDER BY CASE "
                             "WHEN j.answer = 'missed' THEN 0 ELSE 1 END, j.number DESC LIMIT 1",
                             &stmt, r->message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", id);
    db_bind_text(stmt, "rule", rule);
    db_bind_int64(stmt, "turn", turn);
    db_bind_int64(stmt, "any", stratum != CS_REVIEW_FOUND && turn == 0);
    code = db_step(stmt, &has_row, r->message);
    if (code == CS_OK && has_row) {
        json_object_open(r->out, "judgement");
        column_write_int(stmt, 0, r->out, "number");
        column_write_text(stmt, 1, r->out, "answer");
        column_write_text(stmt, 2, r->out, "reason");
        json_write_masked(r->out, "note", db_text(stmt, 3));
        json_object_open(r->out, "by");
        column_write_int(stmt, 4, r->out, "number");
        column_write_text(stmt, 5, r->out, "name");
        json_object_close(r->out);
        column_write_int(stmt, 6, r->out, "judged_ms");
        column_write_int(stmt, 7, r->out, "turn");
        json_object_close(r->out);
        count_answer(r, stratum, db_text(stmt, 1));
    } else if (code == CS_OK)
        json_write_null(r->out, "judgement");
    db_done(stmt);
    return code;
}

/* ---- cards ---- */

static cs_error card_write(reviewing *r, const char *id, const char *rule, cs_review_stratum stratum,
                           cs_verdict verdict, int64_t turn) {
    json_object_open(r->out, NULL);
    json_write_string(r->out, "conversation", id);
    json_write_string(r->out, "rule", rule);
    title_write(r->out, "title", ruleset_find(r->ruleset, rule), rule);
    json_write_string(r->out, "stratum", review_stratum_name(stratum));
    json_write_string(r->out, "verdict", verdict_name(verdict));
    if (turn > 0)
        json_write_int(r->out, "turn", turn);
    else
        json_write_null(r->out, "turn");
    cs_error code = said_write(r, id, rule, turn, stratum);
    json_object_close(r->out);
    return code;
}

/* The turn of the rule's first finding there; 0: none. */
static cs_error first_turn(reviewing *r, const char *id, int64_t *turn) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(r->db,
                             "SELECT f.turn FROM finding f WHERE f.seq = (SELECT seq FROM conversation WHERE id = :id) "
                             "AND f.rule = :rule ORDER BY f.verdict DESC, f.number LIMIT 1",
                             &stmt, r->message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", id);
    db_bind_text(stmt, "rule", r->wish->rule->name);
    code = db_step(stmt, &has_row, r->message);
    *turn = code == CS_OK && has_row && !db_is_null(stmt, 0) ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

static cs_error rule_cards(reviewing *r) {
    cs_review_sample sample;
    const char *rule = r->wish->rule->name;
    cs_error code = review_sample_draw(r->db, r->wish->rule, (uint64_t)r->wish->seed,
                                       (cs_review_take){.total = r->wish->take}, &sample, r->message);
    if (code != CS_OK) return code;
    for (int i = 0; i < CS_REVIEW_COUNT; i++) r->strata[i].population = sample.populations[i];
    for (uint32_t i = 0; i < sample.count && code == CS_OK; i++) {
        const cs_review_item *item = &sample.items[i];
        int64_t turn = 0;
        code = first_turn(r, item->id, &turn);
        if (code == CS_OK) code = card_write(r, item->id, rule, item->stratum, item->verdict, turn);
    }
    review_sample_free(&sample);
    return code;
}

static cs_error finding_cards(reviewing *r) {
    cs_review_finding *findings = calloc((size_t)r->wish->take + 1, sizeof *findings);
    uint32_t count = 0;
    if (!findings) return message_set(r->message, CS_ERR_MEMORY, "out of memory for the sample");
    cs_error code = review_findings_draw(r->db, (uint64_t)r->wish->seed, r->wish->take, findings, &count,
                                         &r->strata[CS_REVIEW_FOUND].population, r->message);
    for (uint32_t i = 0; i < count && code == CS_OK; i++) {
        cs_review_place place;
        code = review_finding_place(r->db, &findings[i], &place, r->message);
        if (code == CS_OK) code = card_write(r, place.id, place.rule, CS_REVIEW_FOUND, place.verdict, place.turn);
    }
    free(findings);
    return code;
}

/* ---- what came out of it ---- */

static void outcome_write(reviewing *r) {
    const cs_stratum *found = &r->strata[CS_REVIEW_FOUND];
    cs_interval precision = interval_sampled(found->successes, found->trials, found->population);
    cs_interval right = interval_total(found, 1);
    cs_interval passed_by = interval_total(&r->strata[CS_REVIEW_PASSED], CS_REVIEW_COUNT - CS_REVIEW_PASSED);
    cs_interval recall = interval_recall(right, passed_by);
    if (!r->wish->rule) recall.is_known = false; /* where nothing was found nobody looked */
    json_object_open(r->out, "outcome");
    json_write_int(r->out, "judged", r->judged);
    json_write_int(r->out, "agreed", r->agreed);
    json_write_int(r->out, "wrong", r->wrong);
    json_write_int(r->out, "missed", r->missed);
    json_write_int(r->out, "passed", r->passed);
    judgement_interval_write(r->out, "precision", &precision);
    judgement_interval_write(r->out, "recall", &recall);
    json_object_close(r->out);
}

cs_error review_write(cs_db *db, const cs_ruleset *ruleset, const cs_review_wish *wish, cs_json_writer *out,
                      cs_message *message) {
    reviewing r = {.db = db, .ruleset = ruleset, .wish = wish, .out = out, .message = message};
    json_object_open(out, NULL);
    json_write_string(out, "rule", wish->rule ? wish->rule->name : NULL);
    json_write_int(out, "seed", wish->seed);
    json_write_int(out, "take", wish->take);
    json_array_open(out, "items");
    cs_error code = wish->rule ? rule_cards(&r) : finding_cards(&r);
    json_array_close(out);
    json_object_open(out, "populations");
    for (int i = 0; i < CS_REVIEW_COUNT; i++)
        json_write_int(out, review_stratum_name((cs_review_stratum)i), r.strata[i].population);
    json_object_close(out);
    outcome_write(&r);
    json_object_close(out);
    return code;
}
