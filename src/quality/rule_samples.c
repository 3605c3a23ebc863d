#include "quality/rule_samples.h"

#include "conversation/conversation_mask.h"
#include "quality/archive.h"
#include "quality/archive_column.h"
#include "quality/finding_json.h"
#include "quality/judgement_place.h"
#include "quality/review_sample.h"
#include "text/mask_json.h"

#include <string.h>

enum {
    FEW = 200, /* findings of which the sample is drawn one by one */
    MOST_PROBES = 400,
    TURNS_AROUND = 2,
    CONVERSATION_BYTES = 256 << 20
};

typedef struct draw {
    cs_db *db;
    const cs_rule *rule;
    uint64_t state;
    uint32_t take;
    int64_t chosen[CS_MOST_RULE_SAMPLES];
    uint32_t count;
} draw;

static uint64_t next_random(draw *d) {
    return review_mixed(d->state += UINT64_C(0x9e3779b97f4a7c15));
}

/* true: it is one more. */
static bool choose(draw *d, int64_t seq) {
    for (uint32_t i = 0; i < d->count; i++)
        if (d->chosen[i] == seq) return false;
    if (d->count == d->take) return false;
    d->chosen[d->count++] = seq;
    return true;
}

/* ---- what it found ---- */

static int verdict_of(const cs_rule *rule) {
    return rule->kind == CS_RULE_EXPECT  ? CS_VERDICT_MISSED
           : rule->kind == CS_RULE_NEVER ? CS_VERDICT_HIT
                                         : CS_VERDICT_NOTED;
}

/* All of them when they are few. */
static cs_error read_few(draw *d, int64_t *seqs, uint32_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(d->db,
                 "SELECT seq FROM finding WHERE rule = :rule AND verdict = :verdict ORDER BY started_ms NULLS "
                 "FIRST, seq LIMIT :most",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", d->rule->name);
    db_bind_int64(stmt, "verdict", verdict_of(d->rule));
    db_bind_int64(stmt, "most", FEW + 1);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) seqs[(*count)++] = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

static cs_error span_of(draw *d, const char *sql, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(d->db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", d->rule->name);
    db_bind_int64(stmt, "verdict", verdict_of(d->rule));
    code = db_step(stmt, &has_row, message);
    *out = code == CS_OK && has_row && !db_is_null(stmt, 0) ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

/* The first finding from a moment drawn by chance on. */
static cs_error probe_found(draw *d, int64_t from_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(d->db,
                 "SELECT seq FROM finding WHERE rule = :rule AND verdict = :verdict AND started_ms >= :from "
                 "ORDER BY started_ms, seq LIMIT 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", d->rule->name);
    db_bind_int64(stmt, "verdict", verdict_of(d->rule));
    db_bind_int64(stmt, "from", from_ms);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) (void)choose(d, db_int64(stmt, 0));
    db_done(stmt);
    return code;
}

static cs_error draw_found(draw *d, cs_message *message) {
    int64_t few[FEW + 1], first = 0, last = 0;
    uint32_t count = 0;
    cs_error code = read_few(d, few, &count, message);
    if (code != CS_OK) return code;
    if (count <= FEW) {
        for (uint32_t left = count; left > 0 && d->count < d->take;) {
            uint32_t at = (uint32_t)(next_random(d) % left);
            (void)choose(d, few[at]);
            few[at] = few[--left];
        }
        return CS_OK;
    }
    code =
        span_of(d,
                "SELECT min(started_ms) FROM finding WHERE rule = :rule AND verdict = :verdict AND started_ms IS NOT "
                "NULL",
                &first, message);
    if (code == CS_OK)
        code =
            span_of(d,
                    "SELECT max(started_ms) FROM finding WHERE rule = :rule AND verdict = :verdict AND started_ms IS "
                    "NOT NULL",
                    &last, message);
    for (int i = 0; code == CS_OK && i < MOST_PROBES && d->count < d->take; i++)
        code = probe_found(d, first + (int64_t)(next_random(d) % ((uint64_t)(last - first) + 1)), message);
    return code;
}

/* ---- what it passed ---- */

typedef struct probed {
    int64_t seq, ruleset;
    cs_verdict verdict;
} probed;

static cs_error probe(draw *d, int64_t from, probed *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = (probed){0};
    cs_error code =
        db_query(d->db,
                 "SELECT c.seq, c.ruleset, i.verdicts FROM conversation c JOIN inspection i ON i.seq = c.seq "
                 "AND i.number = c.inspection WHERE c.seq >= :from ORDER BY c.seq LIMIT 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "from", from);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        size_t bytes = 0;
        const unsigned char *verdicts = db_bytes(stmt, 2, &bytes);
        out->seq = db_int64(stmt, 0);
        out->ruleset = db_int64(stmt, 1);
        out->verdict = d->rule->index < bytes ? (cs_verdict)verdicts[d->rule->index] : CS_VERDICT_UNDECIDED;
    }
    db_done(stmt);
    return code;
}

/* Those that it had a say in; where they are rare, others too. */
static cs_error draw_passed(draw *d, cs_message *message) {
    int64_t last = 0, current = 0, others[CS_MOST_RULE_SAMPLES];
    uint32_t other_count = 0;
    cs_error code = query_number(d->db, "SELECT max(seq) FROM conversation", 0, &last, message);
    if (code == CS_OK) code = current_number(d->db, &current, message);
    for (int i = 0; code == CS_OK && last > 0 && i < MOST_PROBES && d->count < d->take; i++) {
        probed one;
        code = probe(d, 1 + (int64_t)(next_random(d) % (uint64_t)last), &one, message);
        if (code != CS_OK || !one.seq || one.ruleset != current) continue;
        cs_review_stratum stratum = review_stratum_of(one.verdict);
        if (stratum == CS_REVIEW_PASSED)
            (void)choose(d, one.seq);
        else if (stratum == CS_REVIEW_NOT_APPLICABLE && other_count < CS_MOST_RULE_SAMPLES)
            others[other_count++] = one.seq;
    }
    for (uint32_t i = 0; i < other_count && d->count < d->take; i++) (void)choose(d, others[i]);
    return code;
}

/* ---- showing them ---- */

typedef struct showing {
    cs_db *db;
    cs_packer *packer;
    cs_scanner *scanner;
    const cs_rule *rule;
    cs_json_writer *out;
} showing;

static const cs_finding *main_finding(const cs_verdicts *verdicts, uint32_t rule) {
    const cs_finding *best = NULL;
    for (uint32_t i = 0; i < verdicts->finding_count; i++) {
        const cs_finding *f = &verdicts->findings[i];
        if (f->rule == rule && (!best || f->verdict > best->verdict)) best = f;
    }
    return best;
}

static uint32_t place_of(const cs_finding *f) {
    if (!f) return CS_NO_TURN;
    if (f->turn != CS_NO_TURN) return f->turn;
    for (uint32_t i = 0; i < f->evidence_count; i++)
        if (f->evidence[i].turn != CS_NO_TURN) return f->evidence[i].turn;
    return CS_NO_TURN;
}

static void marks_write(const showing *s, const cs_finding *f, uint32_t turn) {
    json_array_open(s->out, "marks");
    for (uint32_t i = 0; f && i < f->evidence_count; i++) {
        const cs_evidence *e = &f->evidence[i];
        if (e->turn != turn || e->kind == CS_EVIDENCE_WINDOW || e->to <= e->from) continue;
        json_object_open(s->out, NULL);
        json_write_int(s->out, "from", e->from);
        json_write_int(s->out, "to", e->to);
        json_write_string(s->out, "kind", evidence_kind_name(e->kind));
        json_object_close(s->out);
    }
    json_array_close(s->out);
}

static void turns_write(const showing *s, const cs_conversation *c, const cs_finding *f) {
    uint32_t place = place_of(f), shown = 2 * TURNS_AROUND + 1;
    uint32_t first = place == CS_NO_TURN || place < TURNS_AROUND ? 0 : place - TURNS_AROUND;
    json_array_open(s->out, "turns");
    for (uint32_t i = first; i < c->turn_count && i < first + shown; i++) {
        json_object_open(s->out, NULL);
        json_write_int(s->out, "turn", (int64_t)i + 1);
        json_write_string(s->out, "role", role_name(c->participants[c->turns[i].participant].role));
        json_write_masked_said(s->out, "text", c->turns[i].text, c->turns[i].text_bytes, conversation_customer_name(c));
        marks_write(s, f, i);
        json_object_close(s->out);
    }
    json_array_close(s->out);
}

static cs_error judgement_write(const showing *s, const char *external_id, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(s->db,
                             "SELECT answer FROM judgement WHERE conversation = :conversation AND rule = :rule AND "
                             "is_current = 1 ORDER BY turn LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "conversation", external_id);
    db_bind_text(stmt, "rule", s->rule->name);
    code = db_step(stmt, &has_row, message);
    json_write_string(s->out, "judgement", code == CS_OK && has_row ? db_text(stmt, 0) : NULL);
    db_done(stmt);
    return code;
}

static cs_error id_of(cs_db *db, int64_t seq, char *id, size_t size, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT id FROM conversation WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    const char *text = code == CS_OK && has_row ? db_text(stmt, 0) : NULL;
    id[0] = 0;
    if (text && strlen(text) < size) (void)memcpy(id, text, strlen(text) + 1);
    db_done(stmt);
    return code;
}

static cs_error show(const showing *s, int64_t seq, cs_arena *arena, cs_message *message) {
    char id[CS_ID_CHARS + 1];
    cs_stored *stored = NULL;
    cs_verdicts verdicts;
    cs_error code = id_of(s->db, seq, id, sizeof id, message);
    if (code == CS_OK) code = archive_load(s->db, s->packer, id, arena, &stored, message);
    if (code == CS_OK) code = evaluation_run(s->scanner, stored->conversation, arena, &verdicts, message);
    if (code != CS_OK) return code;
    const cs_conversation *c = stored->conversation;
    const cs_participant *agent = conversation_agent(c);
    json_object_open(s->out, NULL);
    json_write_string(s->out, "conversation", stored->id);
    json_write_masked_title(s->out, "external_id", c->external_id, c->customer);
    json_write_masked_title(s->out, "title", c->title, c->customer);
    json_write_string(s->out, "channel", channel_name(c->channel));
    time_write(s->out, "started_ms", c->started_ms);
    json_write_string(s->out, "agent", agent ? agent->name : NULL);
    json_write_string(s->out, "verdict", verdict_name(verdicts.verdicts[s->rule->index]));
    turns_write(s, c, main_finding(&verdicts, s->rule->index));
    code = judgement_write(s, c->external_id, message);
    json_object_close(s->out);
    return code;
}

static cs_error show_all(const showing *s, const char *key, const draw *d, cs_message *message) {
    cs_arena *arena = arena_create(CONVERSATION_BYTES);
    cs_error code = arena ? CS_OK : message_set(message, CS_ERR_MEMORY, "out of memory for the samples");
    json_array_open(s->out, key);
    for (uint32_t i = 0; code == CS_OK && i < d->count; i++) {
        arena_reset(arena);
        code = show(s, d->chosen[i], arena, message);
    }
    json_array_close(s->out);
    arena_free(arena);
    return code;
}

cs_error rule_samples_write(cs_db *db, cs_packer *packer, cs_ruleset *rules, const cs_rule *rule,
                            const cs_rule_samples *wish, cs_json_writer *out, cs_message *message) {
    draw found = {.db = db, .rule = rule, .state = wish->seed, .take = wish->take};
    draw passed = {.db = db, .rule = rule, .state = ~wish->seed, .take = wish->take};
    showing s = {.db = db, .packer = packer, .rule = rule, .out = out};
    cs_error code = draw_found(&found, message);
    if (code == CS_OK) code = draw_passed(&passed, message);
    if (code == CS_OK) code = scanner_create(rules, &s.scanner, message);
    if (code == CS_OK) {
        json_object_open(out, NULL);
        code = show_all(&s, "found", &found, message);
        if (code == CS_OK) code = show_all(&s, "passed", &passed, message);
        json_object_close(out);
    }
    scanner_free(s.scanner);
    return code;
}
