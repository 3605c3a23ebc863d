#include "imports/undo_conversation.h"

#include "quality/archive.h"
#include "quality/event_log_conversation.h"
#include "quality/figure_mark.h"
#include "quality/search_fill.h"
#include "records/people.h"
#include "records/record_mark.h"
#include "store/blob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 30 };

/* names: "ab": the first value is :a, the second :b. */
cs_error undo_run_sql(cs_db *db, const char *sql, const char *names, const int64_t *values, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    for (size_t i = 0; names[i]; i++) {
        char name[2] = {names[i], 0};
        db_bind_int64(stmt, name, values[i]);
    }
    return db_run(stmt, message);
}

/* ---- what hangs on it ---- */

static cs_error external_id(cs_db *db, int64_t seq, char **out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = NULL;
    cs_error code = db_query(db, "SELECT external_id FROM conversation WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row && !(*out = strdup(db_text(stmt, 0))))
        code = message_set(message, CS_ERR_MEMORY, "no memory to undo");
    db_done(stmt);
    return code;
}

/* A text without events withdraws all that the conversation told before. */
static cs_error withdraw_events(cs_db *db, const cs_ruleset *rules, const char *id, cs_message *message) {
    const cs_conversation nothing = {.external_id = id, .started_ms = CS_NO_TIME};
    return rules ? event_log_follow(db, rules, &nothing, true, message) : CS_OK;
}

cs_error undo_prepare_blobs(cs_db *db, cs_message *message) {
    static const char *const tables[] = {
        [CS_DB_SQLITE] = "CREATE TEMPORARY TABLE IF NOT EXISTS gone_blob (name TEXT NOT NULL PRIMARY KEY)",
        [CS_DB_POSTGRES] =
            "CREATE TEMPORARY TABLE IF NOT EXISTS gone_blob (name text COLLATE \"C\" NOT NULL PRIMARY KEY)",
    };
    return undo_run_sql(db, tables[db_kind(db)], "", NULL, message);
}

cs_error conversation_remove(cs_db *db, const cs_ruleset *rules, int64_t seq, cs_message *message) {
    static const char *const statements[] = {
        "INSERT INTO gone_blob SELECT waveform FROM recording WHERE seq = :a ON CONFLICT DO NOTHING",
        "INSERT INTO gone_blob SELECT blob FROM recording_part WHERE seq = :a ON CONFLICT DO NOTHING",
        /* wherever it was read last: the file can be read again */
        "DELETE FROM source WHERE path = (SELECT source FROM conversation WHERE seq = :a)",
        "DELETE FROM finding WHERE seq = :a",
        "DELETE FROM inspection WHERE seq = :a",
        "DELETE FROM as_read WHERE seq = :a",
        "DELETE FROM transcript WHERE seq = :a",
        "DELETE FROM timeline WHERE seq = :a",
        "DELETE FROM recording_part WHERE seq = :a",
        "DELETE FROM recording_speech WHERE seq = :a",
        "DELETE FROM recording WHERE seq = :a",
        "DELETE FROM conversation WHERE seq = :a",
    };
    char *id = NULL;
    cs_error code = external_id(db, seq, &id, message);
    if (code != CS_OK || !id) return code;
    code = withdraw_events(db, rules, id, message);
    if (code == CS_OK) code = mark_removed(db, seq, message);
    if (code == CS_OK) code = search_forget(db, seq, message);
    if (code == CS_OK) code = figure_mark(db, seq, message);
    for (size_t i = 0; code == CS_OK && i < sizeof statements / sizeof statements[0]; i++)
        code = undo_run_sql(db, statements[i], "a", &seq, message);
    free(id);
    return code;
}

/* ---- the earlier text ---- */

typedef struct recordings {
    const char *paths[CS_MAX_RECORDINGS];
    size_t count;
} recordings;

static cs_error find_recordings(cs_db *db, int64_t seq, cs_arena *arena, recordings *out, cs_message *message) {
    cs_recording_row *row = NULL;
    cs_error code = recording_find(db, seq, arena, &row, message);
    for (uint32_t i = 0; code == CS_OK && i < row->part_count; i++) out->paths[out->count++] = row->parts[i].path;
    return code == CS_ERR_NOT_FOUND ? CS_OK : code;
}

/* What the newer text told is withdrawn and what the earlier one told holds again; it is found by what that says, and is
 * joined and inspected again. */
static cs_error follow(cs_db *db, cs_packer *packer, const cs_ruleset *rules, int64_t seq, const char *id,
                       bool *is_heard, cs_message *message) {
    cs_stored *stored = NULL, *read = NULL;
    recordings heard = {.count = 0};
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? archive_load(db, packer, id, arena, &stored, message)
                          : message_set(message, CS_ERR_MEMORY, "no memory to undo");
    if (code == CS_OK && rules) code = event_log_follow(db, rules, stored->conversation, true, message);
    if (code == CS_OK) code = search_fill_one(db, seq, stored->conversation, message);
    if (code == CS_OK) code = archive_load_read(db, packer, seq, arena, &read, message);
    if (code == CS_OK) *is_heard = read->conversation->is_heard;
    if (code == CS_OK && read->conversation->is_heard) code = find_recordings(db, seq, arena, &heard, message);
    if (code == CS_OK) code = mark_conversation(db, seq, read->conversation, heard.paths, heard.count, message);
    if (code == CS_OK) code = mark_inspect(db, seq, message);
    arena_free(arena);
    return code;
}

cs_error conversation_name_people(cs_db *db, cs_packer *packer, int64_t seq, int64_t import, cs_message *message) {
    cs_stored *stored = NULL;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? archive_load_read(db, packer, seq, arena, &stored, message)
                          : message_set(message, CS_ERR_MEMORY, "no memory to undo");
    if (code == CS_OK) {
        const char *source = stored->conversation->source;
        code = people_meet_conversation(db, stored->conversation, import, source ? source : "", message);
    }
    arena_free(arena);
    return code;
}

/* A recording that came with the newer text. */
static cs_error forget_recording(cs_db *db, int64_t seq, cs_message *message) {
    static const char *const statements[] = {
        "INSERT INTO gone_blob SELECT waveform FROM recording WHERE seq = :a ON CONFLICT DO NOTHING",
        "INSERT INTO gone_blob SELECT blob FROM recording_part WHERE seq = :a ON CONFLICT DO NOTHING",
        "DELETE FROM recording_part WHERE seq = :a",
        "DELETE FROM recording WHERE seq = :a",
    };
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < sizeof statements / sizeof statements[0]; i++)
        code = undo_run_sql(db, statements[i], "a", &seq, message);
    return code;
}

cs_error conversation_restore(cs_db *db, cs_packer *packer, const cs_ruleset *rules, int64_t seq, int64_t version,
                              cs_message *message) {
    static const char *const statements[] = {
        "DELETE FROM source WHERE path = (SELECT source FROM conversation WHERE seq = :a) AND :b > 0",
        "DELETE FROM finding WHERE seq = :a AND :b > 0",
        ("UPDATE conversation SET timeline_version = :b, timeline_hash = (SELECT hash FROM timeline WHERE seq = :a AND "
         "version = :b), read_hash = (SELECT hash FROM as_read WHERE seq = :a AND version = :b), inspection = coalesce("
         "(SELECT max(number) FROM inspection WHERE seq = :a AND timeline_version <= :b), inspection) WHERE seq = :a"),
        "DELETE FROM inspection WHERE seq = :a AND timeline_version > :b",
        ("UPDATE conversation SET ruleset = coalesce((SELECT ruleset FROM inspection WHERE seq = :a AND number = "
         "conversation.inspection), ruleset) WHERE seq = :a AND :b > 0"),
        "DELETE FROM as_read WHERE seq = :a AND version > :b",
        "DELETE FROM transcript WHERE seq = :a AND version > :b",
        "DELETE FROM timeline WHERE seq = :a AND version > :b",
    };
    const int64_t values[] = {seq, version};
    bool is_heard = true;
    char *id = NULL;
    cs_error code = external_id(db, seq, &id, message);
    if (code != CS_OK || !id) return code;
    code = figure_mark(db, seq, message);
    for (size_t i = 0; code == CS_OK && i < sizeof statements / sizeof statements[0]; i++)
        code = undo_run_sql(db, statements[i], "ab", values, message);
    if (code == CS_OK) code = follow(db, packer, rules, seq, id, &is_heard, message);
    if (code == CS_OK && !is_heard) code = forget_recording(db, seq, message);
    free(id);
    return code;
}

/* ---- blobs ---- */

/* Before the commit: killed in between, the undo goes on with the rows still there. After it the names would be lost. */
cs_error undo_remove_blobs(cs_db *db, const char *data, cs_message *message) {
    char folder[4096];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    if (snprintf(folder, sizeof folder, "%s/recordings", data) >= (int)sizeof folder)
        return message_set(message, CS_ERR_LIMIT, "the path of the store is too long");
    cs_error code = db_query(db,
                             "SELECT name FROM gone_blob EXCEPT SELECT blob FROM recording_part EXCEPT SELECT waveform "
                             "FROM recording",
                             &stmt, message);
    if (code != CS_OK) return code;
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        if (*db_text(stmt, 0)) code = blob_remove(folder, db_text(stmt, 0), message);
    db_done(stmt);
    return code == CS_OK ? undo_run_sql(db, "DELETE FROM gone_blob", "", NULL, message) : code;
}
