#include "quality/transcript_row.h"

#include "rules/occurrence.h"

typedef struct word_count {
    int64_t turns, words, unsure, known;
    double sum;
} word_count;

static word_count count_words(const cs_conversation *c) {
    word_count n = {0};
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_turn *turn = &c->turns[i];
        n.turns += turn->text_bytes > 0;
        n.words += turn->word_count;
        for (uint32_t k = 0; k < turn->word_count; k++) {
            float confidence = turn->words[k].confidence;
            if (confidence < 0) continue;
            n.known++;
            n.sum += (double)confidence;
            n.unsure += confidence < CS_CONFIDENCE_LIMIT;
        }
    }
    return n;
}

cs_error transcript_row_write(cs_db *db, int64_t seq, int64_t timeline_version, const cs_conversation *conversation,
                              const cs_transcript_moved *moved, cs_message *message) {
    const cs_recognition *r = conversation->recognition;
    cs_stmt *stmt = NULL;
    if (!r) return CS_OK;
    cs_error code = db_query(
        db,
        "INSERT INTO transcript (seq, version, model, model_version, sha256, rate_hz, "
        "recognised_ms, turns, words, unsure, confidence, placed, nearest) VALUES (:seq, :version, :model, "
        ":model_version, :sha256, :rate_hz, :recognised_ms, :turns, :words, :unsure, :confidence, :placed, :nearest)",
        &stmt, message);
    if (code != CS_OK) return code;
    word_count n = count_words(conversation);
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "version", timeline_version);
    db_bind_text(stmt, "model", r->model);
    db_bind_text(stmt, "model_version", r->version);
    db_bind_text(stmt, "sha256", r->sha256);
    db_bind_int64(stmt, "rate_hz", r->rate_hz);
    if (r->recognised_ms == CS_NO_TIME)
        db_bind_null(stmt, "recognised_ms");
    else
        db_bind_int64(stmt, "recognised_ms", r->recognised_ms);
    db_bind_int64(stmt, "turns", n.turns);
    db_bind_int64(stmt, "words", n.words);
    db_bind_int64(stmt, "unsure", n.unsure);
    db_bind_int64(stmt, "placed", moved->placed);
    db_bind_int64(stmt, "nearest", moved->nearest);
    if (n.known)
        db_bind_real(stmt, "confidence", n.sum / (double)n.known);
    else
        db_bind_null(stmt, "confidence");
    return db_run(stmt, message);
}

cs_error transcript_rows(cs_db *db, int64_t seq, cs_arena *arena, cs_transcript_row **out, uint32_t *count,
                         cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = true;
    *out = arena_array(arena, CS_MAX_TRANSCRIPT_ROWS, sizeof **out);
    *count = 0;
    if (!*out) return message_set(message, CS_ERR_MEMORY, "no memory for the transcripts");
    cs_error code =
        db_query(db,
                 "SELECT version, model, model_version, sha256, rate_hz, recognised_ms, turns, words, "
                 "unsure, confidence, placed, nearest FROM transcript WHERE seq = :seq ORDER BY version DESC",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    while (*count < CS_MAX_TRANSCRIPT_ROWS && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_transcript_row *row = &(*out)[(*count)++];
        row->timeline_version = db_int64(stmt, 0);
        row->model = arena_string(arena, db_text(stmt, 1));
        row->version = arena_string(arena, db_text(stmt, 2));
        row->sha256 = arena_string(arena, db_text(stmt, 3));
        row->rate_hz = db_int64(stmt, 4);
        row->recognised_ms = db_is_null(stmt, 5) ? CS_NO_TIME : db_int64(stmt, 5);
        row->turns = db_int64(stmt, 6);
        row->words = db_int64(stmt, 7);
        row->unsure = db_int64(stmt, 8);
        row->confidence = db_is_null(stmt, 9) ? -1 : db_real(stmt, 9);
        row->moved = (cs_transcript_moved){.placed = db_int64(stmt, 10), .nearest = db_int64(stmt, 11)};
        if (!row->model || !row->version || !row->sha256)
            code = message_set(message, CS_ERR_MEMORY, "no memory for the transcripts");
        if (code != CS_OK) break;
    }
    db_done(stmt);
    return code;
}

static void row_write(cs_json_writer *out, const cs_transcript_row *row) {
    json_write_string(out, "model", row->model);
    json_write_string(out, "version", *row->version ? row->version : NULL);
    json_write_string(out, "sha256", *row->sha256 ? row->sha256 : NULL);
    json_write_int(out, "rate_hz", row->rate_hz);
    if (row->recognised_ms == CS_NO_TIME)
        json_write_null(out, "recognised_ms");
    else
        json_write_int(out, "recognised_ms", row->recognised_ms);
    json_write_int(out, "timeline_version", row->timeline_version);
    json_write_int(out, "turns", row->turns);
    json_write_int(out, "words", row->words);
    json_write_int(out, "unsure", row->unsure);
    if (row->confidence < 0)
        json_write_null(out, "confidence");
    else
        json_write_double(out, "confidence", row->confidence, 3);
}

void transcript_write(cs_json_writer *out, const cs_transcript_row *rows, uint32_t count, int64_t timeline_version) {
    if (count == 0 || rows[0].timeline_version != timeline_version) { /* what was given later stands now */
        json_write_null(out, "transcript");
        return;
    }
    json_object_open(out, "transcript");
    row_write(out, &rows[0]);
    json_write_double(out, "limit", (double)CS_CONFIDENCE_LIMIT, 2);
    json_object_open(out, "moved");
    json_write_int(out, "placed", rows[0].moved.placed);
    json_write_int(out, "nearest", rows[0].moved.nearest);
    json_object_close(out);
    json_array_open(out, "earlier");
    for (uint32_t i = 1; i < count; i++) {
        json_object_open(out, NULL);
        row_write(out, &rows[i]);
        json_object_close(out);
    }
    json_array_close(out);
    json_object_close(out);
}
