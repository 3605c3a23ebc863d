#include "quality/archive_column.h"

#include "base/clock.h"
#include "quality/scorecard.h"

#include <string.h>

void bind_time(cs_stmt *stmt, const char *name, int64_t ms) {
    if (ms == CS_NO_TIME)
        db_bind_null(stmt, name);
    else
        db_bind_int64(stmt, name, ms);
}

void bind_hash(cs_stmt *stmt, const char *name, const cs_hash *hash) {
    db_bind_bytes(stmt, name, hash->bytes, sizeof hash->bytes);
}

cs_hash column_hash(cs_stmt *stmt, int column) {
    cs_hash hash = {{0}};
    size_t length = 0;
    const void *bytes = db_bytes(stmt, column, &length);
    if (length == sizeof hash.bytes) memcpy(hash.bytes, bytes, sizeof hash.bytes);
    return hash;
}

void column_write_int(cs_stmt *stmt, int column, cs_json_writer *out, const char *key) {
    if (db_is_null(stmt, column))
        json_write_null(out, key);
    else
        json_write_int(out, key, db_int64(stmt, column));
}

void column_write_text(cs_stmt *stmt, int column, cs_json_writer *out, const char *key) {
    json_write_string(out, key, db_text(stmt, column));
}

cs_error query_number(cs_db *db, const char *sql, int64_t otherwise, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *out = has_row && !db_is_null(stmt, 0) ? db_int64(stmt, 0) : otherwise;
    db_done(stmt);
    return code;
}

cs_error ruleset_number(cs_db *db, cs_hash id, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db, "SELECT number FROM ruleset WHERE id = :id AND scorecard = :scorecard", &stmt, message);
    if (code != CS_OK) return code;
    bind_hash(stmt, "id", &id);
    db_bind_int64(stmt, "scorecard", CS_SCORECARD_VERSION);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        *out = db_int64(stmt, 0);
    else if (code == CS_OK)
        code = message_set(message, CS_ERR_NOT_FOUND, "the store doesn't hold this rule set");
    db_done(stmt);
    return code;
}

cs_error current_number(cs_db *db, int64_t *out, cs_message *message) {
    int64_t number = 0;
    cs_error code =
        query_number(db, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'ruleset'", 0, &number, message);
    if (code != CS_OK) return code;
    if (number == 0) return message_set(message, CS_ERR_NOT_FOUND, "nothing has been inspected into this store yet");
    *out = number;
    return CS_OK;
}
