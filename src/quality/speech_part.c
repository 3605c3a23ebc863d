#include "quality/speech_part.h"

#include "base/json.h"
#include "conversation/conversation.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_UTTERANCES = 10000, UNIT_MEMBERS = 3 };

cs_hash speech_recording_hash(const cs_recording_part *files, uint32_t count) {
    cs_hash hash = hash_bytes("recording", strlen("recording"));
    for (uint32_t i = 0; i < count; i++) {
        int64_t what[2] = {files[i].bytes, files[i].modified_ns};
        hash = hash_pair(hash, hash_bytes(files[i].path, strlen(files[i].path)));
        hash = hash_pair(hash, hash_bytes(what, sizeof what));
    }
    return hash;
}

/* ---- as JSON: [[start, end, text, language, emotion, event, [[text, start, bits of the probability] …]] …] ---- */

/* Its bits, so that a resumed recording becomes just what it would have become. */
static int64_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_of(int64_t value) {
    uint32_t bits = (uint32_t)value;
    float out;
    memcpy(&out, &bits, sizeof out);
    return out;
}

static void write_utterance(cs_json_writer *w, const cs_utterance *u) {
    json_array_open(w, NULL);
    json_write_int(w, NULL, u->start_ms);
    json_write_int(w, NULL, u->end_ms);
    json_write_string(w, NULL, u->text);
    json_write_string(w, NULL, u->language);
    json_write_string(w, NULL, u->emotion);
    json_write_string(w, NULL, u->event);
    json_array_open(w, NULL);
    for (uint32_t i = 0; i < u->unit_count; i++) {
        json_array_open(w, NULL);
        json_write_string(w, NULL, u->units[i].text);
        json_write_int(w, NULL, u->units[i].start_ms);
        json_write_int(w, NULL, bits_of(u->units[i].log_probability));
        json_array_close(w);
    }
    json_array_close(w);
    json_array_close(w);
}

static bool read_text(const cs_json *json, cs_arena *arena, const char **out) {
    const char *text = json_string(json, NULL);
    *out = text ? arena_string(arena, text) : NULL;
    return text ? *out != NULL : json_kind(json) == CS_JSON_NULL;
}

static bool read_unit(const cs_json *json, cs_arena *arena, cs_unit *out) {
    int64_t bits = 0;
    if (json_length(json) != UNIT_MEMBERS || !read_text(json_at(json, 0), arena, &out->text) || !out->text)
        return false;
    if (!json_int64(json_at(json, 1), &out->start_ms) || !json_int64(json_at(json, 2), &bits)) return false;
    if (bits < 0 || bits > UINT32_MAX) return false;
    out->log_probability = float_of(bits);
    return out->log_probability == out->log_probability; /* a number */
}

static bool read_utterance(const cs_json *json, cs_arena *arena, cs_utterance *out) {
    const cs_json *units = json_at(json, 6);
    size_t count = json_length(units);
    if (json_kind(json) != CS_JSON_ARRAY || json_kind(units) != CS_JSON_ARRAY || count > CS_MAX_UNITS) return false;
    cs_unit *own = arena_array(arena, count + 1, sizeof *own);
    bool is_good = own && json_int64(json_at(json, 0), &out->start_ms) && json_int64(json_at(json, 1), &out->end_ms) &&
                   read_text(json_at(json, 2), arena, &out->text) &&
                   read_text(json_at(json, 3), arena, &out->language) &&
                   read_text(json_at(json, 4), arena, &out->emotion) && read_text(json_at(json, 5), arena, &out->event);
    for (size_t i = 0; is_good && i < count; i++) is_good = read_unit(json_at(units, i), arena, &own[i]);
    out->units = own;
    out->unit_count = (uint32_t)count;
    out->is_final = true;
    return is_good && out->end_ms >= out->start_ms;
}

static bool read_utterances(const char *text, cs_arena *arena, cs_speech_part *out) {
    cs_json *json = NULL;
    cs_message message;
    size_t bytes = text ? strlen(text) : 0;
    if (!text || json_parse(text, bytes, CS_PART_BYTES, &json, &message) != CS_OK) return false;
    size_t count = json_length(json);
    bool is_good = json_kind(json) == CS_JSON_ARRAY && count <= MOST_UTTERANCES;
    cs_utterance *own = is_good ? arena_array(arena, count + 1, sizeof *own) : NULL;
    is_good = own != NULL;
    for (size_t i = 0; is_good && i < count; i++) is_good = read_utterance(json_at(json, i), arena, &own[i]);
    json_free(json);
    out->utterances = own;
    out->count = (uint32_t)count;
    return is_good;
}

/* ---- rows ---- */

static cs_error save_one(cs_db *db, const cs_speech_key *key, const cs_speech_part *part, int64_t now_ms,
                         cs_buffer *text, cs_message *message) {
    cs_json_writer w;
    cs_stmt *stmt = NULL;
    buffer_clear(text);
    json_writer_init(&w, text);
    json_array_open(&w, NULL);
    for (uint32_t i = 0; i < part->count; i++) write_utterance(&w, &part->utterances[i]);
    json_array_close(&w);
    if (text->is_failed) return CS_OK; /* too much to keep: it is recognised again */
    cs_error code = db_query(db,
                             "INSERT INTO speech_part (recording, model, side, from_ms, to_ms, utterances, made_ms) "
                             "VALUES (:recording, :model, :side, :from, :to, :utterances, :now) ON CONFLICT DO NOTHING",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_bytes(stmt, "recording", key->recording.bytes, CS_HASH_BYTES);
    db_bind_text(stmt, "model", key->model);
    db_bind_int64(stmt, "side", part->piece.side);
    db_bind_int64(stmt, "from", part->piece.from_ms);
    db_bind_int64(stmt, "to", part->piece.to_ms);
    db_bind_text(stmt, "utterances", buffer_string(text));
    db_bind_int64(stmt, "now", now_ms);
    return db_run(stmt, message);
}

cs_error speech_parts_save(cs_db *db, const cs_speech_key *key, const cs_speech_part *parts, uint32_t count,
                           int64_t now_ms, cs_message *message) {
    cs_buffer text;
    cs_error code = CS_OK;
    buffer_init(&text, CS_PART_BYTES);
    for (uint32_t i = 0; i < count && code == CS_OK; i++) code = save_one(db, key, &parts[i], now_ms, &text, message);
    buffer_free(&text);
    return code;
}

static cs_error read_row(cs_stmt *stmt, cs_arena *arena, cs_speech_part **parts, uint32_t *room, uint32_t *count,
                         cs_message *message) {
    cs_speech_part part = {{(int)db_int64(stmt, 0), db_int64(stmt, 1), db_int64(stmt, 2)}, NULL, 0};
    if (!read_utterances(db_text(stmt, 3), arena, &part)) return CS_OK;
    if (!arena_room(arena, (void **)parts, room, *count, sizeof **parts))
        return message_set(message, CS_ERR_MEMORY, "no memory for what was recognised");
    (*parts)[(*count)++] = part;
    return CS_OK;
}

cs_error speech_parts_load(cs_db *db, const cs_speech_key *key, cs_arena *arena, cs_speech_part **out, uint32_t *count,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    uint32_t room = 0;
    bool has_row = true;
    *out = NULL;
    *count = 0;
    cs_error code =
        db_query(db,
                 "SELECT side, from_ms, to_ms, utterances FROM speech_part WHERE recording = :recording AND "
                 "model = :model ORDER BY from_ms, side, to_ms",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_bytes(stmt, "recording", key->recording.bytes, CS_HASH_BYTES);
    db_bind_text(stmt, "model", key->model);
    while (code == CS_OK && *count < CS_MAX_VOICES && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        code = read_row(stmt, arena, out, &room, count, message);
    db_done(stmt);
    return code;
}

static int compare(const void *left, const void *right) {
    const cs_speech_piece *a = left;
    const cs_speech_piece *b = &((const cs_speech_part *)right)->piece;
    if (a->from_ms != b->from_ms) return a->from_ms < b->from_ms ? -1 : 1;
    if (a->side != b->side) return a->side - b->side;
    return a->to_ms == b->to_ms ? 0 : a->to_ms < b->to_ms ? -1 : 1;
}

const cs_speech_part *speech_part_of(const cs_speech_part *parts, uint32_t count, cs_speech_piece piece) {
    return count ? bsearch(&piece, parts, count, sizeof *parts, compare) : NULL;
}

cs_error speech_parts_drop(cs_db *db, cs_hash recording, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM speech_part WHERE recording = :recording", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_bytes(stmt, "recording", recording.bytes, CS_HASH_BYTES);
    return db_run(stmt, message);
}

cs_error speech_parts_sweep(cs_db *db, int64_t before_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM speech_part WHERE made_ms < :before", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "before", before_ms);
    return db_run(stmt, message);
}

cs_error speech_parts_count(cs_db *db, int64_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT count(*) FROM speech_part", &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    *count = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}
