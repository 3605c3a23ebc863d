#include "quality/recording.h"

#include "base/file.h"

#include <string.h>

/* ---- writing ---- */

static cs_error remove_old(cs_db *db, const char *sql, int64_t seq, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    return db_run(stmt, message);
}

static cs_error save_part(cs_db *db, int64_t seq, uint32_t number, const cs_recording_part *part, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO recording_part (seq, number, path, bytes, modified_ns, blob, frames) VALUES "
                             "(:seq, :number, :path, :bytes, :modified, :blob, :frames)",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "number", number);
    db_bind_text(stmt, "path", part->path);
    db_bind_int64(stmt, "bytes", part->bytes);
    db_bind_int64(stmt, "modified", part->modified_ns);
    db_bind_text(stmt, "blob", part->blob);
    db_bind_int64(stmt, "frames", part->frames);
    return db_run(stmt, message);
}

cs_error recording_save(cs_db *db, int64_t seq, const cs_recording_row *row, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = remove_old(db, "DELETE FROM recording_part WHERE seq = :seq", seq, message);
    if (code == CS_OK) code = remove_old(db, "DELETE FROM recording WHERE seq = :seq", seq, message);
    if (code == CS_OK)
        code = db_query(db,
                        "INSERT INTO recording (seq, rate_hz, channels, duration_ms, waveform, report) VALUES (:seq, "
                        ":rate, :channels, :duration, :waveform, :report)",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "rate", row->rate_hz);
    db_bind_int64(stmt, "channels", row->channels);
    db_bind_int64(stmt, "duration", row->duration_ms);
    db_bind_text(stmt, "waveform", row->waveform);
    db_bind_text(stmt, "report", row->report);
    code = db_run(stmt, message);
    for (uint32_t i = 0; i < row->part_count && code == CS_OK; i++)
        code = save_part(db, seq, i + 1, &row->parts[i], message);
    return code;
}

/* ---- reading ---- */

static cs_error read_parts(cs_db *db, int64_t seq, cs_arena *arena, cs_recording_row *row, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db, "SELECT path, bytes, modified_ns, blob, frames FROM recording_part WHERE seq = :seq ORDER BY number", &stmt,
        message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && row->part_count < CS_MAX_RECORDINGS) {
        cs_recording_part *part = &row->parts[row->part_count++];
        *part = (cs_recording_part){.path = arena_string(arena, db_text(stmt, 0)),
                                    .bytes = db_int64(stmt, 1),
                                    .modified_ns = db_int64(stmt, 2),
                                    .blob = arena_string(arena, db_text(stmt, 3)),
                                    .frames = db_int64(stmt, 4)};
        if (!part->path || !part->blob) {
            code = message_set(message, CS_ERR_MEMORY, "no memory for the recording");
            break;
        }
    }
    db_done(stmt);
    return code;
}

cs_error recording_find(cs_db *db, int64_t seq, cs_arena *arena, cs_recording_row **out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_recording_row *row = arena_alloc(arena, sizeof *row);
    if (!row) return message_set(message, CS_ERR_MEMORY, "no memory for the recording");
    cs_error code = db_query(
        db, "SELECT rate_hz, channels, duration_ms, waveform, report FROM recording WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        *row = (cs_recording_row){.rate_hz = (int)db_int64(stmt, 0),
                                  .channels = (int)db_int64(stmt, 1),
                                  .duration_ms = db_int64(stmt, 2),
                                  .waveform = arena_string(arena, db_text(stmt, 3)),
                                  .report = arena_string(arena, db_text(stmt, 4))};
    db_done(stmt);
    if (code == CS_OK && !has_row) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "this conversation has no recording");
        message_remedy(message, "put the recording beside its transcript, under the same name, and inspect again");
        return CS_ERR_NOT_FOUND;
    }
    if (code == CS_OK && (!row->waveform || !row->report))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the recording");
    if (code == CS_OK) code = read_parts(db, seq, arena, row, message);
    if (code == CS_OK) *out = row;
    return code;
}

cs_error recording_find_of(cs_db *db, const char *external_id, cs_arena *arena, cs_recording_row **out,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t seq = 0;
    cs_error code = db_query(db,
                             "SELECT r.seq FROM conversation c JOIN recording r ON r.seq = c.seq WHERE c.external_id = "
                             ":id",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", external_id);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) seq = db_int64(stmt, 0);
    db_done(stmt);
    if (code != CS_OK) return code;
    return has_row ? recording_find(db, seq, arena, out, message)
                   : message_set(message, CS_ERR_NOT_FOUND, "this conversation has no recording");
}

/* ---- what is known already ---- */

cs_error recording_any(cs_db *db, cs_arena *arena, const char **blob, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *blob = NULL;
    cs_error code = db_query(db, "SELECT waveform FROM recording LIMIT 1", &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row && !(*blob = arena_string(arena, db_text(stmt, 0))))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the name of a recording");
    db_done(stmt);
    return code;
}

static bool is_as_it_was(const char *path, int64_t bytes, int64_t modified_ns) {
    cs_file_info info;
    cs_message message;
    return file_info(path, &info, &message) == CS_OK && info.bytes == bytes && info.modified_ns == modified_ns;
}

cs_error recording_is_unchanged(cs_db *db, const char *source, bool *is_unchanged, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *is_unchanged = true;
    cs_error code = db_query(db,
                             "SELECT p.path, p.bytes, p.modified_ns FROM conversation c JOIN recording_part p ON p.seq "
                             "= c.seq WHERE c.source = :source",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "source", source);
    while (*is_unchanged && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        *is_unchanged = is_as_it_was(db_text(stmt, 0), db_int64(stmt, 1), db_int64(stmt, 2));
    db_done(stmt);
    return code;
}

cs_error recording_is_claimed(cs_db *db, const char *path, bool *is_claimed, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db,
        "SELECT 1 FROM recording_part p JOIN conversation c ON c.seq = p.seq WHERE p.path = :path AND c.source <> "
        ":path AND c.source NOT IN (SELECT path FROM recording_part WHERE seq = c.seq) LIMIT 1",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "path", path);
    code = db_step(stmt, is_claimed, message);
    db_done(stmt);
    return code;
}
