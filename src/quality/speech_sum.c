#include "quality/speech_sum.h"

static cs_error add(cs_db *db, const cs_speech_outcome *o, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db,
        "INSERT INTO speech_sum (model, recordings, lost, voice_ms, spent_ms, failures) VALUES (:model, :recordings, "
        ":lost, :voice, :spent, :failures) ON CONFLICT (model) DO UPDATE SET recordings = speech_sum.recordings + "
        "excluded.recordings, lost = speech_sum.lost + excluded.lost, voice_ms = speech_sum.voice_ms + "
        "excluded.voice_ms, spent_ms = speech_sum.spent_ms + excluded.spent_ms, failures = speech_sum.failures + "
        "excluded.failures",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "model", o->model);
    db_bind_int64(stmt, "recordings", o->is_done);
    db_bind_int64(stmt, "lost", o->is_lost);
    db_bind_int64(stmt, "voice", o->is_done ? o->voice_ms : 0);
    db_bind_int64(stmt, "spent", o->spent_ms);
    db_bind_int64(stmt, "failures", o->failures);
    return db_run(stmt, message);
}

cs_error speech_outcome_save(cs_db *db, const cs_speech_outcome *outcome, cs_message *message) {
    if (!outcome->model) return CS_OK;
    cs_error code = outcome->is_done && outcome->has_parts ? speech_parts_drop(db, outcome->recording, message) : CS_OK;
    return code == CS_OK && (outcome->is_done || outcome->is_lost) ? add(db, outcome, message) : code;
}

cs_error speech_sums_list(cs_db *db, cs_arena *arena, cs_speech_sum **out, uint32_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = true;
    *count = 0;
    *out = arena_array(arena, CS_MAX_SPEECH_SUMS, sizeof **out);
    if (!*out) return message_set(message, CS_ERR_MEMORY, "no memory for the sums of speech");
    cs_error code = db_query(db,
                             "SELECT model, recordings, lost, voice_ms, spent_ms, failures FROM speech_sum ORDER BY "
                             "model LIMIT 100",
                             &stmt, message);
    if (code != CS_OK) return code;
    while (*count < CS_MAX_SPEECH_SUMS && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_speech_sum *s = &(*out)[(*count)++];
        *s = (cs_speech_sum){arena_string(arena, db_text(stmt, 0)),
                             db_int64(stmt, 1),
                             db_int64(stmt, 2),
                             db_int64(stmt, 3),
                             db_int64(stmt, 4),
                             db_int64(stmt, 5)};
        if (!s->model) code = message_set(message, CS_ERR_MEMORY, "no memory for the sums of speech");
        if (code != CS_OK) break;
    }
    db_done(stmt);
    return code;
}
