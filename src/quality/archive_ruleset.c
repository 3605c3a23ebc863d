#include "quality/archive_ruleset.h"

#include "quality/archive_column.h"

#include <string.h>

/* A source holds the files' names beside their text. */
enum { MAX_SOURCE_BYTES = CS_MAX_SOURCE_BYTES * 2 };

static cs_error insert(cs_db *db, const cs_ruleset *ruleset, const cs_buffer *frame, cs_message *message) {
    cs_hash id = ruleset_id(ruleset);
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO ruleset (id, scorecard, engine, source, created_ms) "
                             "VALUES (:id, :scorecard, :engine, :source, :now)",
                             &stmt, message);
    if (code != CS_OK) return code;
    bind_hash(stmt, "id", &id);
    db_bind_int64(stmt, "scorecard", CS_SCORECARD_VERSION);
    db_bind_text(stmt, "engine", ruleset_engine());
    db_bind_bytes(stmt, "source", frame->data, frame->length);
    db_bind_int64(stmt, "now", clock_now_ms());
    return db_run(stmt, message);
}

static cs_error store(cs_db *db, const cs_ruleset *ruleset, cs_message *message) {
    size_t bytes = 0;
    const char *source = ruleset_source(ruleset, &bytes);
    cs_packer *packer = NULL;
    cs_buffer frame;
    buffer_init(&frame, MAX_SOURCE_BYTES);
    cs_error code = packer_open(db, &packer, message);
    if (code == CS_OK) code = packer_pack(packer, source, bytes, &frame, message);
    if (code == CS_OK) code = insert(db, ruleset, &frame, message);
    packer_close(packer);
    buffer_free(&frame);
    return code;
}

cs_error archive_keep_ruleset(cs_db *db, const cs_ruleset *ruleset, int64_t *number, cs_message *message) {
    cs_error code = ruleset_number(db, ruleset_id(ruleset), number, message);
    if (code != CS_ERR_NOT_FOUND) return code;
    code = store(db, ruleset, message);
    return code == CS_OK ? ruleset_number(db, ruleset_id(ruleset), number, message) : code;
}

cs_error archive_save_ruleset(cs_db *db, const cs_ruleset *ruleset, cs_message *message) {
    int64_t number = 0;
    cs_error code = archive_keep_ruleset(db, ruleset, &number, message);
    if (code != CS_OK) return code;
    cs_stmt *stmt = NULL;
    code = db_query(db,
                    "INSERT INTO setting (name, value) VALUES ('ruleset', CAST(:number AS TEXT)) "
                    "ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE setting.value <> excluded.value",
                    &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error archive_current_ruleset(cs_db *db, cs_hash *out, cs_message *message) {
    int64_t number = 0;
    cs_error code = current_number(db, &number, message);
    if (code != CS_OK) return code;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    code = db_query(db, "SELECT id FROM ruleset WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        *out = column_hash(stmt, 0);
    else if (code == CS_OK)
        code = message_set(message, CS_ERR_STORE, "the current rule set is missing in the store");
    db_done(stmt);
    return code;
}

cs_error archive_ruleset_source(cs_db *db, int64_t number, cs_buffer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_packer *packer = NULL;
    bool has_row = false;
    buffer_init(out, MAX_SOURCE_BYTES);
    cs_error code = packer_open(db, &packer, message);
    if (code == CS_OK) code = db_query(db, "SELECT source FROM ruleset WHERE number = :number", &stmt, message);
    if (code == CS_OK) {
        db_bind_int64(stmt, "number", number);
        code = db_step(stmt, &has_row, message);
    }
    if (code == CS_OK && !has_row)
        code = message_set(message, CS_ERR_NOT_FOUND, "the store doesn't hold the rule set %lld", (long long)number);
    size_t length = 0;
    const void *frame = code == CS_OK ? db_bytes(stmt, 0, &length) : NULL;
    if (code == CS_OK) code = packer_unpack(packer, frame, length, MAX_SOURCE_BYTES, out, message);
    db_done(stmt);
    packer_close(packer);
    return code;
}

cs_error archive_load_ruleset(cs_db *db, cs_hash id, cs_ruleset **out, cs_message *message) {
    char hex[CS_HASH_CHARS + 1];
    cs_stmt *stmt = NULL;
    cs_packer *packer = NULL;
    cs_buffer source;
    bool has_row = false;
    hash_hex(id, hex);
    buffer_init(&source, MAX_SOURCE_BYTES);
    cs_error code = packer_open(db, &packer, message);
    if (code == CS_OK) code = db_query(db, "SELECT source FROM ruleset WHERE id = :id LIMIT 1", &stmt, message);
    if (code != CS_OK) goto done;
    bind_hash(stmt, "id", &id);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row)
        code = message_set(message, CS_ERR_NOT_FOUND, "the store doesn't hold the rule set %s", hex);
    if (code != CS_OK) goto done;
    size_t length = 0;
    const void *frame = db_bytes(stmt, 0, &length);
    code = packer_unpack(packer, frame, length, MAX_SOURCE_BYTES, &source, message);
    if (code == CS_OK) code = ruleset_restore(buffer_string(&source), source.length, out, message);
done:
    db_done(stmt);
    packer_close(packer);
    buffer_free(&source);
    return code;
}
