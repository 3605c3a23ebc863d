#include "quality/archive.h"

#include "quality/archive_column.h"
#include "quality/event_log_conversation.h"
#include "quality/figure_mark.h"
#include "quality/finding_json.h"
#include "quality/transcript_row.h"
#include "records/join.h"
#include "records/people.h"
#include "records/record_mark.h"
#include "store/search_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORST = 3, MAX_EVIDENCE_BYTES = 4 << 20, MAX_COLUMN_BYTES = 1 << 20 };

/* What the store holds of the conversation already; seq 0: nothing. */
typedef struct cs_kept {
    int64_t seq, timeline_version, ruleset, inspection, run_ms;
    int64_t document; /* of the search index; 0: none yet */
    cs_hash timeline_hash, read_hash; /* as joined, as it was read */
    char source[512]; /* the file it stands in; cut when longer */
    bool is_source_skipped;
} cs_kept;

/* What the new inspection is called, and the columns that are computed from it. */
typedef struct cs_entry {
    const cs_inspected *inspected;
    const cs_ruleset *rules;
    int64_t seq, timeline_version, ruleset, inspection, run_ms;
    int64_t document; /* of the search index; 0: not made yet */
    int64_t counts[CS_VERDICT_COUNT]; /* rules by verdict */
    bool has_joined; /* the timeline is not as it was read */
    cs_hash read_hash;
    char id[CS_ID_CHARS + 1];
    cs_buffer worst; /* lines "missed apologise", the gravest first */
    cs_buffer tags; /* a JSON array */
} cs_entry;

static cs_error find_kept(cs_db *db, const cs_inspected *inspected, cs_kept *kept, cs_message *message);
static cs_error is_another_recording(cs_db *db, const cs_inspected *inspected, const cs_kept *kept, bool *is_another,
                                     cs_message *message);
static cs_error touch(cs_db *db, const cs_inspected *inspected, const cs_kept *kept, cs_message *message);
static cs_error write_entry(cs_db *db, const cs_ruleset *rules, const cs_inspected *inspected, const cs_kept *kept,
                            int64_t ruleset, cs_message *message);
static cs_error save_joined(cs_db *db, const cs_ruleset *rules, const cs_inspected *inspected, const cs_kept *kept,
                            int64_t ruleset, cs_saved *outcome, cs_message *message);

/* ---- what a save comes to ---- */

static cs_error refuse_twin(const cs_conversation *conversation, const cs_kept *kept, cs_message *message) {
    (void)message_set(message, CS_ERR_CONFLICT, "the id \"%s\" stands twice, with different content: also in %s",
                      conversation->external_id, kept->source);
    message_place(message, "%s", conversation->place ? conversation->place : "");
    message_remedy(message, "give each conversation an id of its own; the one that was stored first is kept");
    return CS_ERR_CONFLICT;
}

cs_error archive_save(cs_db *db, const cs_ruleset *ruleset, const cs_inspected *inspected, cs_saved *outcome,
                      cs_message *message) {
    int64_t number = 0;
    cs_kept kept = {0};
    cs_error code = ruleset_number(db, inspected->ruleset, &number, message);
    if (code == CS_OK) code = find_kept(db, inspected, &kept, message);
    if (code != CS_OK) return code;

    bool is_another = false;
    code = is_another_recording(db, inspected, &kept, &is_another, message);
    if (code == CS_OK && is_another) code = refuse_twin(inspected->conversation, &kept, message);
    if (code != CS_OK) return code;
    if (inspected->is_joined) return save_joined(db, ruleset, inspected, &kept, number, outcome, message);
    bool is_again = inspected->seq != 0; /* re-inspecting what is stored: no file was read */
    cs_hash stored = is_again ? kept.timeline_hash : kept.read_hash;
    bool is_same_text = kept.seq != 0 && hash_equal(stored, inspected->timeline_hash);
    bool is_same_run = !is_again && kept.seq != 0 && kept.run_ms == inspected->run_ms;
    if (is_again && !is_same_text) { /* its text was replaced meanwhile, and inspected then */
        *outcome = CS_SAVED_UNCHANGED;
        return CS_OK;
    }
    if ((is_same_run || kept.is_source_skipped) && !is_same_text)
        return refuse_twin(inspected->conversation, &kept, message);
    /* What is joined to it is inspected with it, under the new rules, when all files are read. */
    bool is_left = is_same_text && !is_again && !hash_equal(kept.timeline_hash, kept.read_hash);
    if (is_same_text && (kept.ruleset == number || is_left)) {
        if (!is_again && !is_same_run) code = touch(db, inspected, &kept, message);
        if (code == CS_OK && inspected->recording) code = recording_save(db, kept.seq, inspected->recording, message);
        if (code == CS_OK) *outcome = is_same_run ? CS_SAVED_DUPLICATE : CS_SAVED_UNCHANGED;
        return code;
    }
    code = write_entry(db, ruleset, inspected, &kept, number, message);
    if (code != CS_OK) return code;
    *outcome = !kept.seq ? CS_SAVED_NEW : is_same_text ? CS_SAVED_REINSPECTED : CS_SAVED_CHANGED;
    return CS_OK;
}

/* Joined anew: kept when it comes to something else than before, or was inspected otherwise. */
static cs_error save_joined(cs_db *db, const cs_ruleset *rules, const cs_inspected *inspected, const cs_kept *kept,
                            int64_t ruleset, cs_saved *outcome, cs_message *message) {
    *outcome = CS_SAVED_UNCHANGED;
    /* its text was replaced meanwhile, which made it due again */
    if (!kept->seq || !hash_equal(kept->read_hash, inspected->read_hash)) return CS_OK;
    bool must_inspect = false;
    int64_t marks;
    cs_error code = join_due(db, kept->seq, &marks, &must_inspect, message);
    bool is_same =
        hash_equal(kept->timeline_hash, inspected->timeline_hash) && kept->ruleset == ruleset && !must_inspect;
    if (code == CS_OK) code = is_same ? CS_OK : write_entry(db, rules, inspected, kept, ruleset, message);
    if (code != CS_OK) return code;
    if (!is_same) *outcome = CS_SAVED_REINSPECTED;
    return join_done(db, kept->seq, inspected->join_marks, message);
}

static const char KEPT_COLUMNS[] =
    "SELECT seq, timeline_hash, timeline_version, ruleset, inspection, run_ms, source, coalesce(read_hash, "
    "timeline_hash), search_document FROM conversation WHERE ";

static cs_error read_kept(cs_stmt *stmt, const cs_inspected *inspected, cs_kept *kept, cs_message *message) {
    bool has_row = false;
    cs_error code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        *kept = (cs_kept){.seq = db_int64(stmt, 0),
                          .timeline_hash = column_hash(stmt, 1),
                          .timeline_version = db_int64(stmt, 2),
                          .ruleset = db_int64(stmt, 3),
                          .inspection = db_int64(stmt, 4),
                          .run_ms = db_int64(stmt, 5),
                          .read_hash = column_hash(stmt, 7),
                          .document = db_int64(stmt, 8)};
    const char *source = code == CS_OK && has_row ? db_text(stmt, 6) : NULL;
    if (source) {
        (void)snprintf(kept->source, sizeof kept->source, "%s", source);
        const char *own = inspected->conversation->source;
        if (inspected->is_skipped && own && strcmp(own, source) != 0)
            kept->is_source_skipped = inspected->is_skipped(inspected->context, source);
    }
    db_done(stmt);
    return code;
}

static bool is_recording_alone(const cs_inspected *inspected) {
    const char *source = inspected->conversation->source;
    for (uint32_t i = 0; inspected->recording && source && i < inspected->recording->part_count; i++)
        if (strcmp(inspected->recording->parts[i].path, source) == 0) return true;
    return false;
}

/* A recording that was inspected by itself, before its transcript came: they are one conversation. */
static cs_error find_alone(cs_db *db, const cs_inspected *inspected, cs_kept *kept, cs_message *message) {
    char sql[512];
    cs_error code = CS_OK;
    (void)snprintf(sql, sizeof sql, "%ssource = :path", KEPT_COLUMNS);
    if (!inspected->recording || is_recording_alone(inspected)) return CS_OK;
    for (uint32_t i = 0; i < inspected->recording->part_count && code == CS_OK && !kept->seq; i++) {
        cs_stmt *stmt = NULL;
        code = db_query(db, sql, &stmt, message);
        if (code != CS_OK) return code;
        db_bind_text(stmt, "path", inspected->recording->parts[i].path);
        code = read_kept(stmt, inspected, kept, message);
    }
    return code;
}

static cs_error find_kept(cs_db *db, const cs_inspected *inspected, cs_kept *kept, cs_message *message) {
    char sql[512];
    cs_stmt *stmt = NULL;
    (void)snprintf(sql, sizeof sql, "%s%s", KEPT_COLUMNS, inspected->seq ? "seq = :seq" : "external_id = :external_id");
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    if (inspected->seq)
        db_bind_int64(stmt, "seq", inspected->seq);
    else
        db_bind_text(stmt, "external_id", inspected->conversation->external_id);
    code = read_kept(stmt, inspected, kept, message);
    return code == CS_OK && !kept->seq ? find_alone(db, inspected, kept, message) : code;
}

/* Two recordings of one name in different folders: their names are all that is known of them, and the first is kept. */
static cs_error is_another_recording(cs_db *db, const cs_inspected *inspected, const cs_kept *kept, bool *is_another,
                                     cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *is_another = false;
    if (!kept->seq || !is_recording_alone(inspected) || strcmp(kept->source, inspected->conversation->source) == 0)
        return CS_OK;
    cs_error code = db_query(db, "SELECT blob FROM recording_part WHERE seq = :seq AND number = 1", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", kept->seq);
    code = db_step(stmt, &has_row, message);
    const char *blob = code == CS_OK && has_row ? db_text(stmt, 0) : "";
    *is_another = strcmp(blob ? blob : "", inspected->recording->parts[0].blob) != 0;
    db_done(stmt);
    return code;
}

/* Nothing new, but this run has seen it: a twin with other content is then noticed, and when the import that brought it is taken
 * back it stays. */
static cs_error touch(cs_db *db, const cs_inspected *inspected, const cs_kept *kept, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db,
        "UPDATE conversation SET run_ms = :run_ms, source = :source, seen_import = coalesce(nullif(:import, 0), "
        "seen_import) WHERE seq = :seq",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", inspected->import);
    db_bind_int64(stmt, "run_ms", inspected->run_ms);
    db_bind_text(stmt, "source", inspected->conversation->source);
    db_bind_int64(stmt, "seq", kept->seq);
    return db_run(stmt, message);
}

/* ---- columns that are computed ---- */

static int64_t gravity(const cs_rule *rule, cs_verdict verdict) {
    int64_t weight = verdict == CS_VERDICT_NOTED ? 0 : 100000; /* a flag accuses nobody: after what does */
    if (rule->is_high_risk) weight += 10000;
    for (uint32_t i = 0; i < rule->effect_count; i++) {
        weight += rule->effects[i].is_fatal ? 1000 : 0;
        weight += labs((long)rule->effects[i].points);
    }
    return weight;
}

static void collect_worst(cs_entry *entry) {
    const cs_verdicts *verdicts = entry->inspected->verdicts;
    uint32_t worst[MAX_WORST + 1]; /* the last place takes what falls out */
    int64_t weights[MAX_WORST + 1];
    size_t count = 0;
    for (uint32_t i = 0; i < verdicts->rule_count; i++) {
        cs_verdict verdict = verdicts->verdicts[i];
        if (verdict != CS_VERDICT_HIT && verdict != CS_VERDICT_MISSED && verdict != CS_VERDICT_NOTED) continue;
        int64_t weight = gravity(ruleset_rule(entry->rules, i), verdict);
        size_t at = count;
        for (; at > 0 && weights[at - 1] < weight; at--) {
            worst[at] = worst[at - 1];
            weights[at] = weights[at - 1];
        }
        worst[at] = i;
        weights[at] = weight;
        if (count < MAX_WORST) count++;
    }
    for (size_t i = 0; i < count; i++)
        (void)buffer_printf(&entry->worst, "%s %s\n", verdict_name(verdicts->verdicts[worst[i]]),
                            ruleset_rule(entry->rules, worst[i])->name);
}

static bool compute_columns(cs_entry *entry) {
    const cs_verdicts *verdicts = entry->inspected->verdicts;
    for (uint32_t i = 0; i < verdicts->rule_count; i++)
        if ((unsigned)verdicts->verdicts[i] < CS_VERDICT_COUNT) entry->counts[verdicts->verdicts[i]]++;
    collect_worst(entry);
    cs_json_writer tags;
    json_writer_init(&tags, &entry->tags);
    tags_write(&tags, NULL, entry->rules, verdicts);
    return !entry->worst.is_failed && !entry->tags.is_failed;
}

/* ---- rows ---- */

#define CONVERSATION_COLUMNS(X)                                                                                        \
    X(timeline_hash)                                                                                                   \
    X(read_hash)                                                                                                       \
    X(timeline_version)                                                                                                \
    X(ruleset)                                                                                                         \
    X(inspection)                                                                                                      \
    X(run_ms)                                                                                                          \
    X(started_ms)                                                                                                      \
    X(zone_minutes)                                                                                                    \
    X(duration_ms)                                                                                                     \
    X(channel)                                                                                                         \
    X(language)                                                                                                        \
    X(title)                                                                                                           \
    X(agent)                                                                                                           \
    X(team)                                                                                                            \
    X(queue)                                                                                                           \
    X(customer)                                                                                                        \
    X(turns)                                                                                                           \
    X(compliance)                                                                                                      \
    X(experience)                                                                                                      \
    X(risk)                                                                                                            \
    X(decided_share)                                                                                                   \
    X(high_risk)                                                                                                       \
    X(hit)                                                                                                             \
    X(missed)                                                                                                          \
    X(undecided)                                                                                                       \
    X(noted)                                                                                                           \
    X(met)                                                                                                             \
    X(clean)                                                                                                           \
    X(worst)                                                                                                           \
    X(tags)                                                                                                            \
    X(search_document)                                                                                                 \
    X(source)
#define NAME(column) ", " #column
#define VALUE(column) ", :" #column
#define SET(column) ", " #column " = :" #column
static const char INSERT_CONVERSATION[] = "INSERT INTO conversation (external_id, id" CONVERSATION_COLUMNS(
    NAME) ") VALUES (:external_id, :id" CONVERSATION_COLUMNS(VALUE) ") RETURNING seq";
static const char UPDATE_CONVERSATION[] =
    "UPDATE conversation SET external_id = :external_id" CONVERSATION_COLUMNS(SET) " WHERE seq = :seq RETURNING seq";
#undef NAME
#undef VALUE
#undef SET

static void bind_score(cs_stmt *stmt, const char *name, int total) {
    if (total == CS_NO_SCORE)
        db_bind_null(stmt, name);
    else
        db_bind_int64(stmt, name, total);
}

static void bind_inspection(cs_stmt *stmt, const cs_entry *entry) {
    const cs_scores *scores = entry->inspected->scores;
    bind_hash(stmt, "timeline_hash", &entry->inspected->timeline_hash);
    if (entry->has_joined)
        bind_hash(stmt, "read_hash", &entry->read_hash);
    else
        db_bind_null(stmt, "read_hash");
    db_bind_int64(stmt, "timeline_version", entry->timeline_version);
    db_bind_int64(stmt, "ruleset", entry->ruleset);
    db_bind_int64(stmt, "inspection", entry->inspection);
    db_bind_int64(stmt, "run_ms", entry->run_ms);
    bind_score(stmt, "compliance", scores->lines[CS_SCORE_COMPLIANCE].total);
    bind_score(stmt, "experience", scores->lines[CS_SCORE_EXPERIENCE].total);
    bind_score(stmt, "risk", scores->lines[CS_SCORE_RISK].total);
    if (scores->decided_share < 0)
        db_bind_null(stmt, "decided_share");
    else
        db_bind_real(stmt, "decided_share", scores->decided_share);
    db_bind_int64(stmt, "high_risk", scores->is_high_risk);
    db_bind_int64(stmt, "hit", entry->counts[CS_VERDICT_HIT]);
    db_bind_int64(stmt, "missed", entry->counts[CS_VERDICT_MISSED]);
    db_bind_int64(stmt, "undecided", entry->counts[CS_VERDICT_UNDECIDED]);
    db_bind_int64(stmt, "noted", entry->counts[CS_VERDICT_NOTED]);
    db_bind_int64(stmt, "met", entry->counts[CS_VERDICT_MET]);
    db_bind_int64(stmt, "clean", entry->counts[CS_VERDICT_CLEAN]);
    db_bind_text(stmt, "worst", buffer_string(&entry->worst));
    db_bind_text(stmt, "tags", buffer_string(&entry->tags));
}

static cs_error write_conversation(cs_db *db, cs_entry *entry, cs_message *message) {
    const cs_conversation *conversation = entry->inspected->conversation;
    const cs_participant *agent = conversation_agent(conversation);
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, entry->seq ? UPDATE_CONVERSATION : INSERT_CONVERSATION, &stmt, message);
    if (code != CS_OK) return code;
    if (entry->seq)
        db_bind_int64(stmt, "seq", entry->seq);
    else
        db_bind_text(stmt, "id", entry->id);
    db_bind_text(stmt, "external_id", conversation->external_id);
    bind_time(stmt, "started_ms", conversation->started_ms);
    db_bind_int64(stmt, "zone_minutes", conversation->zone_minutes);
    bind_time(stmt, "duration_ms", conversation_duration_ms(conversation));
    db_bind_text(stmt, "channel", channel_name(conversation->channel));
    db_bind_text(stmt, "language", conversation->language);
    db_bind_text(stmt, "title", conversation->title);
    db_bind_text(stmt, "agent", agent ? agent->name : NULL);
    db_bind_text(stmt, "team", agent ? agent->team : NULL);
    db_bind_text(stmt, "queue", conversation->queue);
    db_bind_text(stmt, "customer", conversation->customer);
    db_bind_int64(stmt, "turns", conversation->turn_count);
    db_bind_text(stmt, "source", conversation->source);
    if (entry->document)
        db_bind_int64(stmt, "search_document", entry->document);
    else
        db_bind_null(stmt, "search_document");
    bind_inspection(stmt, entry);
    bool has_row = false;
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) entry->seq = db_int64(stmt, 0);
    if (code == CS_OK) return db_run(stmt, message);
    db_done(stmt);
    return code;
}

static cs_error write_timeline(cs_db *db, const cs_entry *entry, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db, "INSERT INTO timeline (seq, version, hash, body) VALUES (:seq, :version, :hash, :body)", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", entry->seq);
    db_bind_int64(stmt, "version", entry->timeline_version);
    bind_hash(stmt, "hash", &entry->inspected->timeline_hash);
    db_bind_bytes(stmt, "body", entry->inspected->frame, entry->inspected->frame_bytes);
    return db_run(stmt, message);
}

/* What was read is kept beside what it was joined to. */
static cs_error write_as_read(cs_db *db, const cs_entry *entry, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "INSERT INTO as_read (seq, version, hash, body) VALUES (:seq, :version, :hash, :body)",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", entry->seq);
    db_bind_int64(stmt, "version", entry->timeline_version);
    bind_hash(stmt, "hash", &entry->read_hash);
    db_bind_bytes(stmt, "body", entry->inspected->read_frame, entry->inspected->read_frame_bytes);
    return db_run(stmt, message);
}

/* An import made or changed it; of several changes in one import the first tells what stood before. */
static cs_error write_import_item(cs_db *db, const cs_entry *entry, const cs_kept *kept, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO import_item (import, seq, was_version) VALUES (:import, :seq, :was) ON "
                             "CONFLICT DO NOTHING",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", entry->inspected->import);
    db_bind_int64(stmt, "seq", entry->seq);
    if (kept->seq)
        db_bind_int64(stmt, "was", kept->timeline_version);
    else
        db_bind_null(stmt, "was");
    return db_run(stmt, message);
}

/* It came from outside: others may find it, and it may be found. */
static cs_error note_arrival(cs_db *db, const cs_entry *entry, const cs_kept *kept, cs_message *message) {
    const cs_inspected *in = entry->inspected;
    const char *recordings[CS_MAX_RECORDINGS];
    size_t count = 0;
    for (uint32_t i = 0; in->recording && i < in->recording->part_count; i++)
        recordings[count++] = in->recording->parts[i].path;
    cs_error code = in->import ? write_import_item(db, entry, kept, message) : CS_OK;
    if (in->is_again) return code;
    if (code == CS_OK) code = mark_conversation(db, entry->seq, in->conversation, recordings, count, message);
    if (code == CS_OK)
        code = people_meet_conversation(db, in->conversation, in->import, in->conversation->source, message);
    return code;
}

static cs_error write_inspection(cs_db *db, const cs_entry *entry, cs_message *message) {
    const cs_verdicts *verdicts = entry->inspected->verdicts;
    unsigned char *bytes = malloc((size_t)verdicts->rule_count + 1);
    if (!bytes) return message_set(message, CS_ERR_MEMORY, "no memory for the verdicts");
    for (uint32_t i = 0; i < verdicts->rule_count; i++) bytes[i] = (unsigned char)verdicts->verdicts[i];
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO inspection (seq, number, timeline_version, ruleset, inspected_ms, verdicts) "
                             "VALUES (:seq, :number, :timeline_version, :ruleset, :now, :verdicts)",
                             &stmt, message);
    if (code == CS_OK) {
        db_bind_int64(stmt, "seq", entry->seq);
        db_bind_int64(stmt, "number", entry->inspection);
        db_bind_int64(stmt, "timeline_version", entry->timeline_version);
        db_bind_int64(stmt, "ruleset", entry->ruleset);
        db_bind_int64(stmt, "now", clock_now_ms());
        db_bind_bytes(stmt, "verdicts", bytes, verdicts->rule_count);
        code = db_run(stmt, message);
    }
    free(bytes);
    return code;
}

static cs_error delete_findings(cs_db *db, int64_t seq, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM finding WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    return db_run(stmt, message);
}

static const char *responsible(const cs_conversation *conversation, uint32_t participant) {
    return participant < conversation->participant_count ? conversation->participants[participant].name : NULL;
}

static cs_error write_finding(cs_db *db, const cs_entry *entry, const cs_finding *finding, uint32_t number,
                              cs_buffer *evidence, cs_message *message) {
    cs_json_writer writer;
    buffer_clear(evidence);
    json_writer_init(&writer, evidence);
    writer.is_revealed = true; /* what is stored is what was said */
    evidence_write(&writer, NULL, finding);
    if (evidence->is_failed)
        return message_set(message, CS_ERR_LIMIT, "the evidence of the rule %s is larger than %d bytes",
                           ruleset_rule(entry->rules, finding->rule)->name, MAX_EVIDENCE_BYTES);
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO finding (seq, number, inspection, rule, ordinal, verdict, reason, started_ms, "
                 "agent, turn, at_ms, evidence) VALUES (:seq, :number, :inspection, :rule, :ordinal, :verdict, "
                 ":reason, :started_ms, :agent, :turn, :at_ms, :evidence)",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", entry->seq);
    db_bind_int64(stmt, "number", number);
    db_bind_int64(stmt, "inspection", entry->inspection);
    db_bind_text(stmt, "rule", ruleset_rule(entry->rules, finding->rule)->name);
    db_bind_int64(stmt, "ordinal", finding->ordinal);
    db_bind_int64(stmt, "verdict", finding->verdict);
    db_bind_text(stmt, "reason", reason_name(finding->reason));
    bind_time(stmt, "started_ms", entry->inspected->conversation->started_ms);
    db_bind_text(stmt, "agent", responsible(entry->inspected->conversation, finding->participant));
    bind_time(stmt, "turn", finding->turn == CS_NO_TURN ? CS_NO_TIME : (int64_t)finding->turn + 1);
    bind_time(stmt, "at_ms", finding->at_ms);
    db_bind_text(stmt, "evidence", buffer_string(evidence));
    return db_run(stmt, message);
}

static cs_error write_findings(cs_db *db, const cs_entry *entry, cs_message *message) {
    const cs_verdicts *verdicts = entry->inspected->verdicts;
    cs_arena *arena = arena_create((size_t)verdicts->finding_count * 32 + 65536);
    const uint32_t *numbers = arena ? finding_numbers(verdicts, arena) : NULL;
    cs_buffer evidence;
    buffer_init(&evidence, MAX_EVIDENCE_BYTES);
    cs_error code = numbers ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the findings");
    for (uint32_t i = 0; code == CS_OK && i < verdicts->finding_count; i++)
        if (numbers[i]) code = write_finding(db, entry, &verdicts->findings[i], numbers[i], &evidence, message);
    buffer_free(&evidence);
    arena_free(arena);
    return code;
}

/* The same text is found as before. Without terms another text is found once they are made. */
static cs_error write_terms(cs_db *db, cs_entry *entry, const cs_kept *kept, bool has_new_text, cs_message *message) {
    entry->document = kept->document;
    if (!has_new_text && (kept->document || !entry->inspected->search_terms)) return CS_OK;
    entry->document = 0;
    if (!entry->inspected->search_terms) return search_index_remove(db, kept->document, message);
    return search_index_put(db, entry->inspected->search_terms, kept->document, &entry->document, message);
}

/* Older timelines and inspections stay: they are the history. Findings are kept of the newest inspection only. */
static cs_error write_entry(cs_db *db, const cs_ruleset *rules, const cs_inspected *inspected, const cs_kept *kept,
                            int64_t ruleset, cs_message *message) {
    const cs_conversation *conversation = inspected->conversation;
    bool has_new_text = !kept->seq || !hash_equal(kept->timeline_hash, inspected->timeline_hash);
    bool is_as_kept = !has_new_text && !inspected->is_joined; /* joined or not, it stays so */
    cs_entry entry = {.inspected = inspected,
                      .rules = rules,
                      .has_joined = is_as_kept ? !hash_equal(kept->read_hash, kept->timeline_hash)
                                               : inspected->read_frame != NULL,
                      .read_hash = is_as_kept ? kept->read_hash : inspected->read_hash,
                      .seq = kept->seq,
                      .timeline_version = kept->timeline_version + has_new_text,
                      .ruleset = ruleset,
                      .inspection = kept->inspection + 1,
                      .run_ms = inspected->seq ? kept->run_ms : inspected->run_ms};
    if (!inspected->verdicts || !inspected->scores || (has_new_text && !inspected->frame)) {
        (void)message_set(message, CS_ERR_CONFLICT, "the conversation %s was changed by another run meanwhile",
                          conversation->external_id);
        message_remedy(message, "run the inspection again");
        return CS_ERR_CONFLICT;
    }
    id_make(conversation->started_ms == CS_NO_TIME ? 0 : conversation->started_ms, conversation->external_id,
            strlen(conversation->external_id), entry.id);
    buffer_init(&entry.worst, MAX_COLUMN_BYTES);
    buffer_init(&entry.tags, MAX_COLUMN_BYTES);
    cs_error code = compute_columns(&entry) ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory to save");
    if (code == CS_OK && kept->seq) code = delete_findings(db, kept->seq, message);
    if (code == CS_OK && kept->seq) code = figure_mark(db, kept->seq, message); /* its day before */
    if (code == CS_OK) code = write_terms(db, &entry, kept, has_new_text, message);
    if (code == CS_OK) code = write_conversation(db, &entry, message);
    if (code == CS_OK) code = figure_mark(db, entry.seq, message);
    if (code == CS_OK && has_new_text) code = write_timeline(db, &entry, message);
    cs_transcript_moved moved = {0};
    if (code == CS_OK && has_new_text && kept->seq && conversation->recognition)
        code = transcript_move(db, kept->seq, kept->timeline_version, conversation, &moved, message);
    if (code == CS_OK && has_new_text)
        code = transcript_row_write(db, entry.seq, entry.timeline_version, conversation, &moved, message);
    if (code == CS_OK && has_new_text && inspected->read_frame) code = write_as_read(db, &entry, message);
    if (code == CS_OK && has_new_text && !inspected->seq) code = note_arrival(db, &entry, kept, message);
    if (code == CS_OK && has_new_text && inspected->is_again && !hash_equal(kept->read_hash, kept->timeline_hash))
        code = mark_join(db, kept->seq, message);
    if (code == CS_OK) code = write_inspection(db, &entry, message);
    if (code == CS_OK) code = write_findings(db, &entry, message);
    if (code == CS_OK && inspected->recording) code = recording_save(db, entry.seq, inspected->recording, message);
    if (code == CS_OK) code = event_log_follow(db, rules, conversation, kept->seq && has_new_text, message);
    buffer_free(&entry.worst);
    buffer_free(&entry.tags);
    return code;
}
