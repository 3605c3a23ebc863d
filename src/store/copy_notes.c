#include "store/copy_notes.h"

static cs_error run(cs_db *db, const char *sql, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

cs_error notes_exist(cs_db *to, bool *exist, cs_message *message) {
    static const char *const queries[] = {
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '" CS_COPY_NOTES "'",
        "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '" CS_COPY_NOTES "'",
    };
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(to, queries[db_kind(to)], &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *exist = has_row && db_int64(stmt, 0) > 0;
    db_done(stmt);
    return code;
}

cs_error notes_make(cs_db *to, cs_message *message) {
    return run(to,
               "CREATE TABLE " CS_COPY_NOTES
               " (table_name text NOT NULL PRIMARY KEY, is_copied bigint NOT NULL, row_count "
               "bigint NOT NULL, sum_low bigint NOT NULL, sum_high bigint NOT NULL, last_key text NOT NULL)",
               message);
}

cs_error notes_drop(cs_db *to, cs_message *message) {
    return run(to, "DROP TABLE IF EXISTS " CS_COPY_NOTES, message);
}

cs_error notes_read(cs_db *to, const char *table, cs_copy_note *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    buffer_clear(&out->last_key);
    out->is_known = out->is_copied = false;
    out->sum = (cs_row_sum){0};
    cs_error code = db_query(
        to, "SELECT is_copied, row_count, sum_low, sum_high, last_key FROM " CS_COPY_NOTES " WHERE table_name = :table",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "table", table);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        out->is_known = true;
        out->is_copied = db_int64(stmt, 0) != 0;
        out->sum = (cs_row_sum){db_int64(stmt, 1), (uint64_t)db_int64(stmt, 2), (uint64_t)db_int64(stmt, 3)};
        if (!buffer_text(&out->last_key, db_text(stmt, 4)))
            code = message_set(message, CS_ERR_MEMORY, "no memory to go on with a copy");
    }
    db_done(stmt);
    return code;
}

cs_error notes_write(cs_db *to, const char *table, const cs_copy_note *note, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(to,
                 "INSERT INTO " CS_COPY_NOTES " (table_name, is_copied, row_count, sum_low, sum_high, last_key) VALUES "
                 "(:table, :copied, :rows, :low, :high, :key) ON CONFLICT (table_name) DO UPDATE SET is_copied = "
                 "excluded.is_copied, row_count = excluded.row_count, sum_low = excluded.sum_low, sum_high = "
                 "excluded.sum_high, last_key = excluded.last_key",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "table", table);
    db_bind_int64(stmt, "copied", note->is_copied);
    db_bind_int64(stmt, "rows", note->sum.rows);
    db_bind_int64(stmt, "low", (int64_t)note->sum.low);
    db_bind_int64(stmt, "high", (int64_t)note->sum.high);
    db_bind_text(stmt, "key", buffer_string(&note->last_key));
    return db_run(stmt, message);
}

cs_error notes_forget(cs_db *to, const char *table, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(to, "DELETE FROM " CS_COPY_NOTES " WHERE table_name = :table", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "table", table);
    return db_run(stmt, message);
}

/* ---- in use ---- */

static const char placed[] = ""; /* no table has this name */

cs_error notes_place(cs_db *to, cs_message *message) {
    cs_copy_note note = {.is_copied = true};
    buffer_init(&note.last_key, 1);
    return notes_write(to, placed, &note, message);
}

cs_error notes_are_placed(cs_db *to, bool *are_they, cs_message *message) {
    cs_copy_note note = {.is_copied = true};
    buffer_init(&note.last_key, 1);
    cs_error code = notes_read(to, placed, &note, message);
    *are_they = code == CS_OK && note.is_known;
    buffer_free(&note.last_key);
    return code;
}
