#include "quality/judgement.h"

#include "quality/archive_column.h"
#include "quality/finding_json.h"
#include "quality/judgement_place.h"

#include <string.h>

/* ---- rows ---- */

typedef struct counting {
    cs_judgement_count *out;
    cs_stratum strata[CS_REVIEW_COUNT]; /* of draws of this rule alone */
    cs_stratum found; /* of all draws: a draw over all rules is a random one of this rule's findings too */
} counting;

static bool is_found(const char *verdict) {
    cs_verdict parsed = verdict_parse(verdict);
    return parsed == CS_VERDICT_HIT || parsed == CS_VERDICT_MISSED || parsed == CS_VERDICT_NOTED;
}

static void add_to_side(cs_judgement_side *side, const char *answer, bool was_found, int64_t count) {
    if (strcmp(answer, answer_word(CS_ANSWER_MISSED)) == 0)
        side->missed += count;
    else if (!was_found)
        side->passed += count;
    else if (strcmp(answer, answer_word(CS_ANSWER_AGREE)) == 0)
        side->agreed += count;
    else
        side->wrong += count;
}

static void add_to_strata(counting *c, const char *answer, const char *stratum, bool is_of_rule, int64_t count) {
    int which = 0;
    while (which < CS_REVIEW_COUNT && strcmp(review_stratum_name((cs_review_stratum)which), stratum) != 0) which++;
    if (which == CS_REVIEW_COUNT) return;
    const char *yes = answer_word(which == CS_REVIEW_FOUND ? CS_ANSWER_AGREE : CS_ANSWER_MISSED);
    int64_t successes = strcmp(answer, yes) == 0 ? count : 0;
    if (is_of_rule) {
        c->strata[which].trials += count;
        c->strata[which].successes += successes;
    }
    if (which == CS_REVIEW_FOUND) {
        c->found.trials += count;
        c->found.successes += successes;
    }
}

static void add_row(counting *c, cs_stmt *stmt) {
    const char *answer = db_text(stmt, 0), *verdict = db_text(stmt, 1), *stratum = db_text(stmt, 2);
    int64_t drawn = db_int64(stmt, 3), count = db_int64(stmt, 5), since = db_int64(stmt, 6), last = db_int64(stmt, 7);
    if (db_int64(stmt, 4) == 0) {
        c->out->older += count;
        return;
    }
    if (c->out->since_ms == CS_NO_TIME || since < c->out->since_ms) c->out->since_ms = since;
    if (c->out->last_ms == CS_NO_TIME || last > c->out->last_ms) c->out->last_ms = last;
    add_to_side(drawn ? &c->out->drawn : &c->out->chosen, answer, is_found(verdict), count);
    if (drawn) add_to_strata(c, answer, stratum, drawn == 2, count);
}

static cs_error read_rows(cs_db *db, const cs_rule *rule, const cs_hash *definition, counting *c, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "SELECT answer, verdict, stratum, drawn, is_of_now, count(*), min(judged_ms), "
                 "max(judged_ms) FROM (SELECT j.answer, j.verdict, j.stratum, CASE WHEN r.number IS NULL "
                 "THEN 0 WHEN r.rule = :rule THEN 2 ELSE 1 END AS drawn, CASE WHEN j.definition = "
                 ":definition THEN 1 ELSE 0 END AS is_of_now, j.judged_ms FROM judgement j LEFT JOIN review "
                 "r ON r.number = j.review WHERE j.rule = :rule AND j.is_current = 1) AS said GROUP BY "
                 "answer, verdict, stratum, drawn, is_of_now",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule->name);
    bind_hash(stmt, "definition", definition);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) add_row(c, stmt);
    db_done(stmt);
    return code;
}

/* Of how many the newest draw was taken. */
static cs_error read_populations(cs_db *db, const cs_rule *rule, const cs_hash *definition, counting *c,
                                 cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT found, passed, undecided, not_applicable FROM review WHERE rule = :rule AND "
                             "definition = :definition ORDER BY number DESC LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule->name);
    bind_hash(stmt, "definition", definition);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        for (int i = 0; i < CS_REVIEW_COUNT; i++) c->strata[i].population = db_int64(stmt, i);
    db_done(stmt);
    return code;
}

/* ---- what they say ---- */

static void conclude(counting *c) {
    cs_judgement_side *chosen = &c->out->chosen, *drawn = &c->out->drawn;
    chosen->precision = interval_wilson(chosen->agreed, chosen->agreed + chosen->wrong);
    drawn->precision = interval_wilson(c->found.successes, c->found.trials);
    /* Several draws may have looked at more than the newest one's stratum held. */
    for (int i = 0; i < CS_REVIEW_COUNT; i++)
        if (c->strata[i].population < c->strata[i].trials) c->strata[i].population = c->strata[i].trials;
    cs_interval right = interval_total(&c->strata[CS_REVIEW_FOUND], 1);
    cs_interval passed_by = interval_total(&c->strata[CS_REVIEW_PASSED], CS_REVIEW_COUNT - CS_REVIEW_PASSED);
    drawn->recall = interval_recall(right, passed_by);
}

cs_error judgement_count(cs_db *db, const cs_rule *rule, cs_judgement_count *out, cs_message *message) {
    counting c = {.out = out};
    cs_hash definition = judgement_definition(rule);
    *out = (cs_judgement_count){.since_ms = CS_NO_TIME, .last_ms = CS_NO_TIME};
    cs_error code = read_rows(db, rule, &definition, &c, message);
    if (code == CS_OK) code = read_populations(db, rule, &definition, &c, message);
    if (code == CS_OK) conclude(&c);
    return code;
}

void judgement_interval_write(cs_json_writer *out, const char *key, const cs_interval *interval) {
    if (!interval->is_known) {
        json_write_null(out, key);
        return;
    }
    json_object_open(out, key);
    json_write_double(out, "share", interval->share, 4);
    json_write_double(out, "low", interval->low, 4);
    json_write_double(out, "high", interval->high, 4);
    json_object_close(out);
}

static void side_write(cs_json_writer *out, const char *key, const cs_judgement_side *side) {
    json_object_open(out, key);
    json_write_int(out, "agreed", side->agreed);
    json_write_int(out, "wrong", side->wrong);
    json_write_int(out, "missed", side->missed);
    json_write_int(out, "passed", side->passed);
    judgement_interval_write(out, "precision", &side->precision);
    judgement_interval_write(out, "recall", &side->recall);
    json_object_close(out);
}

void judgement_count_write(cs_json_writer *out, const char *key, const cs_judgement_count *count) {
    json_object_open(out, key);
    side_write(out, "chosen", &count->chosen);
    side_write(out, "drawn", &count->drawn);
    json_write_int(out, "older", count->older);
    time_write(out, "since_ms", count->since_ms);
    time_write(out, "last_ms", count->last_ms);
    json_object_close(out);
}
