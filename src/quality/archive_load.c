#include "quality/archive.h"

#include "conversation/codec.h"
#include "quality/archive_column.h"

#include <string.h>

/* The largest timeline that is unpacked: a hundred times the longest call seen. */
enum { MAX_TIMELINE_BYTES = 256 << 20 };

/* ---- files ---- */

cs_error archive_save_source(cs_db *db, const char *path, int64_t bytes, int64_t modified_ns, cs_hash mapping,
                             int64_t conversations, int64_t import, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO source (path, bytes, modified_ns, mapping, conversations, read_ms, import) "
                 "VALUES (:path, :bytes, :modified, :mapping, :conversations, :now, :import) "
                 "ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified_ns = excluded.modified_ns, "
                 "mapping = excluded.mapping, conversations = excluded.conversations, read_ms = excluded.read_ms, "
                 "import = excluded.import",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "path", path);
    db_bind_int64(stmt, "bytes", bytes);
    db_bind_int64(stmt, "modified", modified_ns);
    bind_hash(stmt, "mapping", &mapping);
    db_bind_int64(stmt, "conversations", conversations);
    db_bind_int64(stmt, "now", clock_now_ms());
    if (import)
        db_bind_int64(stmt, "import", import);
    else
        db_bind_null(stmt, "import");
    return db_run(stmt, message);
}

cs_error archive_source_is_read(cs_db *db, const char *path, int64_t bytes, int64_t modified_ns, cs_hash mapping,
                                int64_t *conversations, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT conversations FROM source WHERE path = :path AND bytes = :bytes "
                             "AND modified_ns = :modified AND mapping = :mapping",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "path", path);
    db_bind_int64(stmt, "bytes", bytes);
    db_bind_int64(stmt, "modified", modified_ns);
    bind_hash(stmt, "mapping", &mapping);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        *conversations = db_int64(stmt, 0);
    else if (code == CS_OK)
        code = message_set(message, CS_ERR_NOT_FOUND, "%s has not been read as it is now", path);
    db_done(stmt);
    return code;
}

/* ---- what is up to date ---- */

cs_error archive_is_current(cs_db *db, const char *external_id, cs_hash timeline, cs_hash ruleset, bool *is_current,
                            cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "SELECT 1 FROM conversation WHERE external_id = :id AND coalesce(read_hash, timeline_hash) = "
                 ":timeline AND ruleset = "
                 "(SELECT number FROM ruleset WHERE id = :ruleset AND scorecard = :scorecard)",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", external_id);
    bind_hash(stmt, "timeline", &timeline);
    bind_hash(stmt, "ruleset", &ruleset);
    db_bind_int64(stmt, "scorecard", CS_SCORECARD_VERSION);
    code = db_step(stmt, &has_row, message);
    db_done(stmt);
    if (code == CS_OK) *is_current = has_row;
    return code;
}

cs_error archive_count(cs_db *db, int64_t *conversations, int64_t *stale, cs_message *message) {
    int64_t all = 0, current = 0;
    cs_error code = query_number(db, "SELECT count(*) FROM conversation", 0, &all, message);
    if (code == CS_OK)
        code = query_number(db,
                            "SELECT count(*) FROM conversation WHERE ruleset = "
                            "(SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'ruleset')",
                            0, &current, message);
    if (code != CS_OK) return code;
    *conversations = all;
    *stale = all - current;
    return CS_OK;
}

/* ---- loading ---- */

/* Not part of the timeline, so that the same words later are the same timeline. */
#define RECOGNISED_MS                                                                                                  \
    "(SELECT x.recognised_ms FROM transcript x WHERE x.seq = c.seq AND x.version = c.timeline_version)"

static cs_error unpack(cs_stmt *stmt, cs_packer *packer, cs_arena *arena, cs_conversation **out, cs_message *message) {
    cs_buffer bytes;
    size_t length = 0;
    const void *frame = db_bytes(stmt, 9, &length);
    buffer_init(&bytes, MAX_TIMELINE_BYTES);
    cs_error code = packer_unpack(packer, frame, length, MAX_TIMELINE_BYTES, &bytes, message);
    if (code == CS_OK) code = codec_decode(bytes.data, bytes.length, arena, out, message);
    buffer_free(&bytes);
    return code;
}

static cs_error fill(cs_stmt *stmt, cs_packer *packer, cs_arena *arena, cs_stored **out, cs_message *message) {
    cs_stored *stored = arena_alloc(arena, sizeof *stored);
    if (!stored) return message_set(message, CS_ERR_MEMORY, "no memory to load a conversation");
    cs_error code = unpack(stmt, packer, arena, &stored->conversation, message);
    if (code != CS_OK) {
        message_place(message, "conversation %s", db_text(stmt, 1));
        return code;
    }
    stored->seq = db_int64(stmt, 0);
    (void)strncpy(stored->id, db_text(stmt, 2), CS_ID_CHARS);
    stored->conversation->source = arena_string(arena, db_text(stmt, 3));
    stored->timeline_version = (int)db_int64(stmt, 4);
    stored->timeline_hash = column_hash(stmt, 5);
    stored->ruleset = column_hash(stmt, 6);
    stored->engine = arena_string(arena, db_text(stmt, 7));
    stored->inspected_ms = db_int64(stmt, 8);
    const void *verdicts = db_bytes(stmt, 10, &stored->verdict_count);
    stored->verdicts = (const unsigned char *)arena_copy(arena, verdicts ? verdicts : "", stored->verdict_count);
    if (stored->conversation->recognition && !db_is_null(stmt, 11)) {
        cs_recognition *recognition = arena_alloc(arena, sizeof *recognition);
        if (!recognition) return message_set(message, CS_ERR_MEMORY, "no memory to load a conversation");
        *recognition = *stored->conversation->recognition;
        recognition->recognised_ms = db_int64(stmt, 11);
        stored->conversation->recognition = recognition;
    }
    if (!stored->engine || !stored->verdicts)
        return message_set(message, CS_ERR_MEMORY, "no memory to load a conversation");
    *out = stored;
    return CS_OK;
}

static cs_error load(cs_db *db, cs_packer *packer, int64_t seq, cs_arena *arena, cs_stored **out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT c.seq, c.external_id, c.id, c.source, c.timeline_version, c.timeline_hash, r.id, "
                             "r.engine, i.inspected_ms, t.body, i.verdicts, " RECOGNISED_MS " FROM conversation c "
                             "JOIN inspection i ON i.seq = c.seq AND i.number = c.inspection "
                             "JOIN ruleset r ON r.number = i.ruleset "
                             "JOIN timeline t ON t.seq = c.seq AND t.version = c.timeline_version WHERE c.seq = :seq",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row)
        code = message_set(message, CS_ERR_STORE,
                           "the store holds conversation %lld without its text or its inspection", (long long)seq);
    if (code == CS_OK) code = fill(stmt, packer, arena, out, message);
    db_done(stmt);
    return code;
}

cs_error archive_load_read(cs_db *db, cs_packer *packer, int64_t seq, cs_arena *arena, cs_stored **out,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db,
        "SELECT c.seq, c.external_id, c.id, c.source, c.timeline_version, coalesce(a.hash, t.hash), "
        "r.id, r.engine, i.inspected_ms, coalesce(a.body, t.body), i.verdicts, " RECOGNISED_MS " FROM conversation c "
        "JOIN inspection i ON i.seq = c.seq AND i.number = c.inspection "
        "JOIN ruleset r ON r.number = i.ruleset "
        "JOIN timeline t ON t.seq = c.seq AND t.version = c.timeline_version "
        "LEFT JOIN as_read a ON a.seq = c.seq AND a.version = c.timeline_version "
        "WHERE c.seq = :seq",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row)
        code = message_set(message, CS_ERR_NOT_FOUND, "there is no conversation %lld", (long long)seq);
    if (code == CS_OK) code = fill(stmt, packer, arena, out, message);
    db_done(stmt);
    return code;
}

cs_error archive_count_import(cs_db *db, int64_t import, int64_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT count(*) FROM import_item WHERE import = :import", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *count = has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

cs_error archive_next_stale(cs_db *db, cs_packer *packer, int64_t after_seq, cs_hash ruleset, cs_arena *arena,
                            cs_stored **out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t seq = 0;
    cs_error code =
        db_query(db,
                 "SELECT seq FROM conversation WHERE seq > :after AND ruleset <> coalesce((SELECT number FROM "
                 "ruleset WHERE id = :ruleset AND scorecard = :scorecard), 0) ORDER BY seq LIMIT 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "after", after_seq);
    bind_hash(stmt, "ruleset", &ruleset);
    db_bind_int64(stmt, "scorecard", CS_SCORECARD_VERSION);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) seq = db_int64(stmt, 0);
    db_done(stmt);
    if (code != CS_OK) return code;
    if (has_row) return load(db, packer, seq, arena, out, message);
    *out = NULL;
    return CS_OK;
}

cs_error archive_find(cs_db *db, const char *id, int64_t *seq, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT seq, 0 AS place FROM conversation WHERE id = :id UNION ALL "
                             "SELECT seq, 1 FROM conversation WHERE external_id = :id ORDER BY place LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", id);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        *seq = db_int64(stmt, 0);
    else if (code == CS_OK) {
        code = message_set(message, CS_ERR_NOT_FOUND, "there is no conversation \"%s\"", id);
        message_remedy(message, "look it up in the list; its id is the one of its file, or ours of 26 characters");
    }
    db_done(stmt);
    return code;
}

cs_error archive_is_of_agent(cs_db *db, const char *id, const char *agent, bool *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t seq = 0;
    cs_error code = archive_find(db, id, &seq, message);
    if (code == CS_OK)
        code = db_query(db, "SELECT 1 FROM conversation WHERE seq = :seq AND agent = :agent", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_text(stmt, "agent", agent);
    code = db_step(stmt, &has_row, message);
    db_done(stmt);
    if (code == CS_OK) *out = has_row;
    return code;
}

cs_error archive_count_of_agent(cs_db *db, const char *agent, int64_t *conversations, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT count(*) FROM conversation WHERE agent = :agent", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "agent", agent);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *conversations = has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

cs_error archive_load(cs_db *db, cs_packer *packer, const char *id, cs_arena *arena, cs_stored **out,
                      cs_message *message) {
    int64_t seq = 0;
    cs_error code = archive_find(db, id, &seq, message);
    return code == CS_OK ? load(db, packer, seq, arena, out, message) : code;
}
