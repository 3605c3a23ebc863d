#include "quality/recording_speech.h"

#include "base/clock.h"
#include "quality/archive.h"
#include "quality/speech_choice.h"
#include "speech/model_folder.h"
#include "speech/model_own.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 16 << 20, PLACE_CHARS = 48 };

/* ---- noting ---- */

static cs_error put(cs_db *db, const char *id, const char *state, const cs_speech_outcome *o, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db,
        "INSERT INTO recording_speech (seq, state, model, reason, remedy, tries, at_ms) SELECT seq, :state, :model, "
        ":reason, :remedy, :tries, :now FROM conversation WHERE external_id = :id ON CONFLICT (seq) DO UPDATE SET "
        "state "
        "= excluded.state, model = excluded.model, reason = excluded.reason, remedy = excluded.remedy, tries = CASE "
        "WHEN excluded.tries = 0 THEN 0 ELSE recording_speech.tries + 1 END, at_ms = excluded.at_ms",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", id);
    db_bind_text(stmt, "state", state);
    db_bind_text(stmt, "model", o->model ? o->model : "");
    db_bind_text(stmt, "reason", o->is_lost ? o->trouble.reason : "");
    db_bind_text(stmt, "remedy", o->is_lost ? o->trouble.remedy : "");
    db_bind_int64(stmt, "tries", o->is_lost);
    db_bind_int64(stmt, "now", clock_now_ms());
    return db_run(stmt, message);
}

cs_error recording_speech_forget(cs_db *db, int64_t seq, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM recording_speech WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    return db_run(stmt, message);
}

cs_error recording_speech_note(cs_db *db, const cs_conversation *conversation, const cs_speech_outcome *spoken,
                               cs_message *message) {
    cs_stmt *stmt = NULL;
    const char *id = conversation->external_id;
    if (conversation->is_wordless && spoken->is_lost) return put(db, id, "failed", spoken, message);
    if (conversation->is_wordless && spoken->is_off)
        return put(db, id, spoken->is_none ? "none" : "off", spoken, message);
    cs_error code =
        db_query(db, "DELETE FROM recording_speech WHERE seq = (SELECT seq FROM conversation WHERE external_id = :id)",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", id);
    return db_run(stmt, message);
}

/* ---- the model ---- */

/* Another model that is not well described is told elsewhere. */
static void on_trouble(void *context, const char *path, const cs_message *message) {
    (void)context, (void)path, (void)message;
}

cs_error speech_model_check(const char *model, const char *data, cs_message *message) {
    const cs_model_entry *entry = NULL;
    cs_manifest manifest;
    cs_model_folders folders;
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for the models");
    cs_error code = model_folders(data, arena, &folders, message);
    if (code == CS_OK) code = manifest_known(&folders, on_trouble, NULL, arena, &manifest, message);
    if (code == CS_OK) code = manifest_choose(&manifest, model, &entry, message);
    if (code == CS_ERR_NOT_FOUND) code = CS_ERR_USAGE;
    if (code == CS_OK && !model_kind_recognises(entry->model.kind)) {
        code = message_set(message, CS_ERR_USAGE, "the model %.100s recognises no speech", model);
        message_remedy(message, "callscope models list says what each model is for");
    }
    arena_free(arena);
    return code;
}

bool speech_model_is_here(const char *model, const char *data) {
    const cs_model_entry *entry = NULL;
    cs_manifest manifest;
    cs_model_folders folders;
    const char *path;
    cs_message message;
    cs_arena *arena = arena_create(ARENA_BYTES);
    bool is_here = arena && model_folders(data, arena, &folders, &message) == CS_OK &&
                   manifest_known(&folders, on_trouble, NULL, arena, &manifest, &message) == CS_OK &&
                   manifest_choose(&manifest, model, &entry, &message) == CS_OK &&
                   model_locate(entry, &folders, arena, &path, &message) == CS_OK;
    arena_free(arena);
    return is_here;
}

/* ---- telling ---- */

/* What is known of it, whichever row it stands in. */
typedef struct known {
    int64_t seq, at_ms, tries, timeline_version;
    const char *state, *model, *version, *sha256, *reason, *remedy, *queue, *language;
    bool has_recording;
} known;

static const char KNOWN[] =
    "SELECT c.seq, c.queue, c.language, t.model, t.model_version, t.sha256, t.recognised_ms, s.state, s.model, "
    "s.reason, "
    "s.remedy, s.tries, s.at_ms, j.state, (SELECT count(*) FROM speech_again_item i JOIN speech_again a ON a.number = "
    "i.again AND a.state = 'running' WHERE i.seq = c.seq), r.seq FROM conversation c LEFT JOIN recording r ON r.seq = "
    "c.seq LEFT JOIN transcript t ON t.seq = c.seq AND t.version = c.timeline_version LEFT JOIN recording_speech s ON "
    "s.seq = c.seq LEFT JOIN job j ON j.seq = c.seq AND j.kind = 'speech' WHERE c.seq = :seq";

static const char *text_of(cs_stmt *stmt, int column, cs_arena *arena) {
    const char *text = db_text(stmt, column);
    return text && *text ? arena_string(arena, text) : NULL;
}

static void fill(cs_stmt *stmt, cs_arena *arena, known *k) {
    const bool is_recognised = !db_is_null(stmt, 3);
    const char *job = db_text(stmt, 13);
    const bool is_waiting = (job && strcmp(job, "waiting") == 0) || db_int64(stmt, 14) > 0;
    k->queue = text_of(stmt, 1, arena);
    k->language = text_of(stmt, 2, arena);
    k->has_recording = !db_is_null(stmt, 15);
    k->model = text_of(stmt, is_recognised ? 3 : 8, arena);
    k->version = text_of(stmt, 4, arena);
    k->sha256 = text_of(stmt, 5, arena);
    k->at_ms = is_recognised        ? (db_is_null(stmt, 6) ? CS_NO_TIME : db_int64(stmt, 6))
               : db_int64(stmt, 12) ? db_int64(stmt, 12)
                                    : CS_NO_TIME;
    k->reason = text_of(stmt, 9, arena);
    k->remedy = text_of(stmt, 10, arena);
    k->tries = db_int64(stmt, 11);
    k->state = job && strcmp(job, "running") == 0 ? "running"
               : is_waiting                       ? "waiting"
               : is_recognised                    ? "recognised"
               : !db_is_null(stmt, 7)             ? text_of(stmt, 7, arena)
                                                  : "given";
}

static cs_error load(cs_db *db, const char *id, cs_arena *arena, known *k, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *k = (known){0};
    cs_error code = archive_find(db, id, &k->seq, message);
    if (code == CS_OK) code = db_query(db, KNOWN, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", k->seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) fill(stmt, arena, k);
    db_done(stmt);
    if (code == CS_OK && !k->has_recording)
        code = message_set(message, CS_ERR_NOT_FOUND, "the conversation \"%.100s\" has no recording", id);
    return code == CS_OK && !k->state ? message_set(message, CS_ERR_MEMORY, "no memory for the recording") : code;
}

static void write_time(cs_json_writer *out, const char *key, int64_t ms) {
    if (ms == CS_NO_TIME)
        json_write_null(out, key);
    else
        json_write_int(out, key, ms);
}

/* Which model it would get now. */
static cs_error write_chosen(cs_db *db, const known *k, const cs_recording_speech_asked *asked, cs_arena *arena,
                             cs_json_writer *out, cs_message *message) {
    const char *model = asked->speech;
    bool is_off = model && strcmp(model, CS_SPEECH_OFF) == 0, is_of_server = model != NULL;
    cs_error code = CS_OK;
    if (!model) code = choice_find(db, k->queue, k->language, asked->data, arena, &model, &is_off, message);
    if (code != CS_OK) return code;
    if (is_off) model = NULL;
    json_object_open(out, "chosen");
    json_write_string(out, "model", model);
    json_write_bool(out, "is_off", is_off);
    json_write_bool(out, "is_of_server", is_of_server);
    json_write_bool(out, "is_here", model && speech_model_is_here(model, asked->data));
    json_object_close(out);
    return CS_OK;
}

cs_error recording_speech_write(cs_db *db, const cs_recording_speech_asked *asked, cs_json_writer *out,
                                cs_message *message) {
    known k;
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for the recording");
    cs_error code = load(db, asked->id, arena, &k, message);
    if (code == CS_OK) {
        json_object_open(out, NULL);
        json_write_string(out, "state", k.state);
        json_write_string(out, "model", k.model);
        json_write_string(out, "version", k.version);
        json_write_string(out, "sha256", k.sha256);
        write_time(out, "at_ms", k.at_ms);
        json_write_int(out, "tries", k.tries);
        json_write_string(out, "reason", asked->is_told_why ? k.reason : NULL);
        json_write_string(out, "remedy", asked->is_told_why ? k.remedy : NULL);
        code = write_chosen(db, &k, asked, arena, out, message);
        json_object_close(out);
    }
    arena_free(arena);
    return code;
}

/* ---- all of them ---- */

static cs_error count_of(cs_db *db, const char *sql, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "most", CS_MOST_UNRECOGNISED);
    code = db_step(stmt, &has_row, message);
    *out = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

cs_error recording_speech_count(cs_db *db, int64_t *unrecognised, int64_t *failed, cs_message *message) {
    *failed = 0;
    cs_error code = count_of(db,
                             "SELECT count(*) FROM (SELECT 1 AS one FROM recording_speech WHERE state IN ('failed', "
                             "'none', 'off') LIMIT :most) w",
                             unrecognised, message);
    if (code != CS_OK) return code;
    return count_of(db,
                    "SELECT count(*) FROM (SELECT 1 AS one FROM recording_speech WHERE state = 'failed' LIMIT :most) w",
                    failed, message);
}

static void write_failed(cs_stmt *stmt, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_string(out, "id", db_text(stmt, 2));
    json_write_string(out, "external_id", db_text(stmt, 3));
    json_write_string(out, "model", db_text(stmt, 4));
    json_write_string(out, "reason", db_text(stmt, 5));
    json_write_string(out, "remedy", db_text(stmt, 6));
    json_write_int(out, "tries", db_int64(stmt, 7));
    json_write_int(out, "at_ms", db_int64(stmt, 0));
    json_object_close(out);
}

/* A page's end as it was given: the moment, a dash, the conversation's number. */
static bool read_place(const char *text, int64_t *at_ms, int64_t *seq) {
    char *end = NULL;
    *at_ms = strtoll(text, &end, 10);
    if (end == text || *end != '-') return false;
    const char *second = end + 1;
    *seq = strtoll(second, &end, 10);
    return end != second && !*end;
}

cs_error recording_speech_list_failed(cs_db *db, int limit, const char *after, cs_json_writer *out,
                                      cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t at_ms = INT64_MAX, seq = INT64_MAX;
    char next[PLACE_CHARS] = "";
    if (after && !read_place(after, &at_ms, &seq))
        return message_set(message, CS_ERR_USAGE, "after is none that was given with a page");
    cs_error code = db_query(db,
                             "SELECT s.at_ms, s.seq, c.id, c.external_id, s.model, s.reason, s.remedy, s.tries FROM "
                             "recording_speech s JOIN conversation c ON c.seq = s.seq WHERE s.state = 'failed' AND "
                             "(s.at_ms, s.seq) < (:at, :seq) ORDER BY s.at_ms DESC, s.seq DESC LIMIT :limit",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "at", at_ms);
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "limit", limit + 1);
    json_object_open(out, NULL);
    json_array_open(out, "items");
    for (int i = 0; (code = db_step(stmt, &has_row, message)) == CS_OK && has_row; i++) {
        if (i == limit) {
            (void)snprintf(next, sizeof next, "%" PRId64 "-%" PRId64, at_ms, seq);
            break;
        }
        at_ms = db_int64(stmt, 0);
        seq = db_int64(stmt, 1);
        write_failed(stmt, out);
    }
    db_done(stmt);
    json_array_close(out);
    json_write_string(out, "next", *next ? next : NULL);
    json_object_close(out);
    return code;
}
