#include "quality/backtest_explanation.h"

#include "conversation/codec.h"
#include "quality/archive_column.h"
#include "quality/finding_json.h"

#include <string.h>

enum { MAX_BODY_BYTES = 512 << 20 };

/* ---- from the store ---- */

static cs_error unpack(cs_stmt *stmt, cs_packer *packer, cs_arena *arena, cs_explanation *out, cs_message *message) {
    cs_buffer bytes;
    size_t length = 0;
    const void *frame = db_bytes(stmt, 7, &length);
    buffer_init(&bytes, MAX_BODY_BYTES);
    cs_error code = packer_unpack(packer, frame, length, MAX_BODY_BYTES, &bytes, message);
    if (code == CS_OK) out->is_intact = hash_equal(hash_bytes(bytes.data, bytes.length), out->timeline_hash);
    if (code == CS_OK) code = codec_decode(bytes.data, bytes.length, arena, &out->conversation, message);
    buffer_free(&bytes);
    return code;
}

static cs_error fill(cs_stmt *stmt, cs_packer *packer, cs_arena *arena, cs_explanation *out, cs_message *message) {
    out->id = arena_string(arena, db_text(stmt, 0));
    out->newest = db_int64(stmt, 1);
    out->number = db_int64(stmt, 2);
    out->inspected_ms = db_int64(stmt, 3);
    out->ruleset = column_hash(stmt, 4);
    out->engine = arena_string(arena, db_text(stmt, 5));
    out->scorecard = db_int64(stmt, 6);
    out->timeline_version = db_int64(stmt, 8);
    out->timeline_hash = column_hash(stmt, 9);
    const void *verdicts = db_bytes(stmt, 10, &out->stored_count);
    out->stored = (const unsigned char *)arena_copy(arena, verdicts ? verdicts : "", out->stored_count);
    out->has_stored_scores = out->number == out->newest;
    for (int i = 0; i < CS_SCORE_COUNT; i++)
        out->stored_scores[i] = db_is_null(stmt, 11 + i) ? CS_NO_SCORE : (int)db_int64(stmt, 11 + i);
    if (!out->id || !out->engine || !out->stored)
        return message_set(message, CS_ERR_MEMORY, "no memory to load the inspection");
    return unpack(stmt, packer, arena, out, message);
}

static cs_error load(cs_db *db, cs_packer *packer, int64_t seq, int64_t number, cs_arena *arena, cs_explanation *out,
                     cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db,
        "SELECT c.id, c.inspection, i.number, i.inspected_ms, r.id, r.engine, r.scorecard, t.body, t.version, "
        "t.hash, i.verdicts, c.compliance, c.experience, c.risk FROM conversation c "
        "JOIN inspection i ON i.seq = c.seq AND i.number = CASE :number WHEN 0 THEN c.inspection ELSE :number END "
        "JOIN ruleset r ON r.number = i.ruleset "
        "JOIN timeline t ON t.seq = c.seq AND t.version = i.timeline_version WHERE c.seq = :seq",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row) {
        code = message_set(message, CS_ERR_NOT_FOUND, "there is no inspection %lld of it", (long long)number);
        message_remedy(message, "leave --inspection out: then it is the newest");
    }
    if (code == CS_OK) code = fill(stmt, packer, arena, out, message);
    db_done(stmt);
    return code;
}

/* ---- again ---- */

static cs_error evaluate(cs_explanation *r, cs_arena *arena, cs_message *message) {
    cs_scanner *scanner = NULL;
    cs_error code = scanner_create(r->rules, &scanner, message);
    if (code == CS_OK) code = evaluation_run(scanner, r->conversation, arena, &r->verdicts, message);
    if (code == CS_OK) code = scorecard_compute(r->rules, &r->verdicts, arena, &r->scores, message);
    if (code == CS_OK && !(r->numbers = finding_numbers(&r->verdicts, arena)))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the findings");
    scanner_free(scanner);
    return code;
}

static cs_error compare(cs_explanation *r, cs_arena *arena, cs_message *message) {
    cs_explained_difference *differences = arena_array(arena, r->verdicts.rule_count + 1, sizeof *differences);
    if (!differences) return message_set(message, CS_ERR_MEMORY, "no memory for the differences");
    r->differences = differences;
    if (r->stored_count != r->verdicts.rule_count) return CS_OK; /* nothing stands beside anything */
    for (uint32_t i = 0; i < r->verdicts.rule_count; i++) {
        cs_verdict stored = r->stored[i] < CS_VERDICT_COUNT ? (cs_verdict)r->stored[i] : CS_VERDICT_COUNT;
        if (stored != r->verdicts.verdicts[i])
            differences[r->difference_count++] = (cs_explained_difference){
                .rule = ruleset_rule(r->rules, i)->name, .stored = stored, .now = r->verdicts.verdicts[i]};
    }
    return CS_OK;
}

cs_error explanation_make(cs_db *db, cs_packer *packer, const char *id, int64_t number, cs_arena *arena,
                          cs_explanation *out, cs_message *message) {
    int64_t seq = 0;
    *out = (cs_explanation){0};
    cs_error code = archive_find(db, id, &seq, message);
    if (code == CS_OK) code = load(db, packer, seq, number, arena, out, message);
    if (code == CS_OK) {
        code = archive_load_ruleset(db, out->ruleset, &out->rules, message);
        if (code == CS_ERR_PARSE)
            message_remedy(message, "it was made by engine %s, this program has %s: use a program of that time",
                           out->engine, ruleset_engine());
    }
    if (code == CS_OK) code = evaluate(out, arena, message);
    if (code == CS_OK) code = compare(out, arena, message);
    if (code != CS_OK) explanation_close(out);
    return code;
}

void explanation_close(cs_explanation *explanation) {
    ruleset_release(explanation->rules);
    explanation->rules = NULL;
}

static bool has_same_scores(const cs_explanation *r) {
    for (int i = 0; r->has_stored_scores && r->scorecard == CS_SCORECARD_VERSION && i < CS_SCORE_COUNT; i++)
        if (r->scores.lines[i].total != r->stored_scores[i]) return false;
    return true;
}

bool explanation_is_same(const cs_explanation *r) {
    return r->stored_count == r->verdicts.rule_count && r->difference_count == 0 && has_same_scores(r);
}

/* ---- as JSON ---- */

static void versions_write(const cs_explanation *r, cs_json_writer *out) {
    char hex[CS_HASH_CHARS + 1];
    json_object_open(out, "inspection");
    json_write_int(out, "number", r->number);
    json_write_int(out, "newest", r->newest);
    json_write_int(out, "inspected_ms", r->inspected_ms);
    hash_hex(r->ruleset, hex);
    json_write_string(out, "ruleset", hex);
    json_write_string(out, "engine", r->engine);
    json_write_int(out, "scorecard", r->scorecard);
    json_write_int(out, "timeline_version", r->timeline_version);
    hash_hex(r->timeline_hash, hex);
    json_write_string(out, "timeline_hash", hex);
    json_write_bool(out, "timeline_is_intact", r->is_intact);
    json_object_close(out);
    json_object_open(out, "program");
    json_write_string(out, "engine", ruleset_engine());
    json_write_int(out, "scorecard", CS_SCORECARD_VERSION);
    json_object_close(out);
}

static void difference_write(const cs_explanation *r, cs_json_writer *out) {
    json_write_bool(out, "reproduces", explanation_is_same(r));
    json_write_int(out, "verdicts_stored", (int64_t)r->stored_count);
    json_write_int(out, "verdicts_now", r->verdicts.rule_count);
    json_array_open(out, "differences");
    for (uint32_t i = 0; i < r->difference_count; i++) {
        json_object_open(out, NULL);
        json_write_string(out, "rule", r->differences[i].rule);
        json_write_string(out, "stored", verdict_name(r->differences[i].stored));
        json_write_string(out, "now", verdict_name(r->differences[i].now));
        json_object_close(out);
    }
    json_array_close(out);
}

static void stored_scores_write(const cs_explanation *r, cs_json_writer *out) {
    json_object_open(out, "stored_scores");
    for (int i = 0; r->has_stored_scores && i < CS_SCORE_COUNT; i++) {
        if (r->stored_scores[i] == CS_NO_SCORE)
            json_write_null(out, score_name((cs_score)i));
        else
            json_write_int(out, score_name((cs_score)i), r->stored_scores[i]);
    }
    json_object_close(out);
}

void explanation_write(const cs_explanation *r, const char *rule, cs_json_writer *out) {
    const cs_conversation *c = r->conversation;
    const cs_participant *agent = conversation_agent(c);
    json_object_open(out, NULL);
    json_write_string(out, "id", r->id);
    json_write_string(out, "external_id", c->external_id);
    json_write_string(out, "title", c->title);
    json_write_string(out, "channel", channel_name(c->channel));
    json_write_string(out, "agent", agent ? agent->name : NULL);
    time_write(out, "started_ms", c->started_ms);
    json_write_int(out, "zone_minutes", c->zone_minutes);
    json_write_int(out, "turns", c->turn_count);
    json_write_bool(out, "is_timed", c->is_timed);
    versions_write(r, out);
    difference_write(r, out);
    json_write_string(out, "asked", rule);
    rules_write(out, "rules", r->rules, &r->verdicts, r->numbers, true);
    scores_write(out, "scores", &r->scores);
    stored_scores_write(r, out);
    arithmetic_write(out, "arithmetic", r->rules, &r->scores, r->numbers);
    json_object_close(out);
}
