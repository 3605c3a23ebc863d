/* A conversation's recording: to be heard, and to be seen. */
#include "http/routes.h"
#include "quality/blob_bytes.h"
#include "quality/playback.h"
#include "quality/recording.h"
#include "quality/waveform.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_BYTES = 1 << 20, USUAL_POINTS = 1200 };

/* ---- what is stored ---- */

static cs_error find_row(const cs_request *request, cs_arena *arena, cs_recording_row **out, cs_message *message) {
    int64_t seq = 0;
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for the recording");
    cs_error code = request_sees_conversation(request, request->id, message);
    if (code == CS_OK) code = archive_find(request->db, request->id, &seq, message);
    return code == CS_OK ? recording_find(request->db, seq, arena, out, message) : code;
}

/* The key file is opened for each request: it is small, and after a rotation the next request has the new key. */
static cs_error open_keys(const cs_request *request, cs_keys **out, cs_message *message) {
    cs_error code;
    if (!request->key_file) {
        code = message_set(message, CS_ERR_NOT_FOUND, "the server was started without a key file");
        message_remedy(message, "start callscope serve with --key-file");
    } else {
        code = keys_open(request->key_file, CS_KEYS_FIND, out, message);
    }
    /* nothing is wrong with what was asked */
    return code == CS_ERR_NOT_FOUND || code == CS_ERR_USAGE || code == CS_ERR_PARSE ? CS_ERR_CONFLICT : code;
}

static cs_error open_blob(const cs_request *request, const cs_keys *keys, const char *name, cs_audio_bytes *out,
                          cs_message *message) {
    char folder[4096];
    int length = snprintf(folder, sizeof folder, "%s/recordings", request->data);
    if (length < 0 || (size_t)length >= sizeof folder)
        return message_set(message, CS_ERR_LIMIT, "the path of the store is too long");
    return bytes_of_blob(keys, folder, name, out, message);
}

/* ---- hearing ---- */

static cs_error read_side(const cs_request *request, cs_playback_side *out, cs_message *message) {
    static const char *const names[] = {"both", "1", "2"};
    const char *text = request_value(request, "side");
    *out = CS_PLAYBACK_BOTH;
    if (!text || !*text) return CS_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        *out = (cs_playback_side)i;
        if (strcmp(text, names[i]) == 0) return CS_OK;
    }
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of side is not understood", text);
    message_remedy(message, "side takes both, 1 or 2");
    return CS_ERR_USAGE;
}

/* What the stream holds: the playback goes back to the shelf, where the player's next seek finds it. */
typedef struct cs_hearing {
    cs_playback *playback;
    cs_playback_shelf *shelf;
    bool is_failed;
    char name[CS_SHELF_NAME_CHARS + 1];
} cs_hearing;

static cs_error read_stream(void *context, int64_t offset, void *out, size_t most, size_t *got, cs_message *message) {
    cs_hearing *hearing = context;
    cs_error code = playback_read(hearing->playback, offset, out, most, got, message);
    if (code != CS_OK) hearing->is_failed = true;
    return code;
}

static void close_stream(void *context) {
    cs_hearing *hearing = context;
    if (hearing->is_failed)
        playback_close(hearing->playback);
    else
        playback_shelf_put(hearing->shelf, hearing->name, hearing->playback);
    free(hearing);
}

/* The bytes follow from the parts, the side and the form of the WAV file; that has the number 1. */
static void write_etag(const cs_recording_row *row, cs_playback_side side, char *out, size_t size) {
    char text[CS_MAX_RECORDINGS * (CS_BLOB_NAME_CHARS + 1) + 64], hex[CS_HASH_CHARS + 1];
    int used = snprintf(text, sizeof text, "1 %d %d", (int)side, row->rate_hz);
    for (uint32_t i = 0; i < row->part_count; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, " %.*s", CS_BLOB_NAME_CHARS, row->parts[i].blob);
    hash_hex(hash_bytes(text, (size_t)used), hex);
    (void)snprintf(out, size, "\"%s\"", hex);
}

static cs_error open_parts(const cs_request *request, const cs_keys *keys, const cs_recording_row *row,
                           cs_playback_source *source, cs_message *message) {
    cs_error code = CS_OK;
    *source = (cs_playback_source){.rate_hz = row->rate_hz};
    for (uint32_t i = 0; code == CS_OK && i < row->part_count; i++) {
        code = open_blob(request, keys, row->parts[i].blob, &source->parts[i], message);
        if (code == CS_OK) source->part_count++;
        source->frames[i] = row->parts[i].frames;
    }
    for (int i = 0; code != CS_OK && i < source->part_count; i++) bytes_close(&source->parts[i]);
    return code;
}

/* Without the key file nothing is played, whatever is still open. */
static cs_error open_hearing(const cs_request *request, const cs_recording_row *row, cs_playback_side side,
                             cs_hearing *hearing, cs_message *message) {
    cs_keys *keys = NULL;
    cs_playback_source source;
    cs_error code = open_keys(request, &keys, message);
    if (code != CS_OK) return code;
    hearing->shelf = request->shelf;
    hearing->playback = playback_shelf_take(request->shelf, hearing->name);
    if (!hearing->playback) {
        code = open_parts(request, keys, row, &source, message);
        if (code == CS_OK) code = playback_open(&source, side, &hearing->playback, message);
    }
    keys_close(keys); /* an open blob has its own key */
    return code;
}

static cs_error start_stream(const cs_request *request, const cs_recording_row *row, cs_playback_side side,
                             cs_message *message) {
    cs_hearing *hearing = calloc(1, sizeof *hearing);
    if (!hearing) return message_set(message, CS_ERR_MEMORY, "no memory for the recording");
    write_etag(row, side, hearing->name, sizeof hearing->name);
    cs_error code = open_hearing(request, row, side, hearing, message);
    if (code != CS_OK) {
        free(hearing);
        return code;
    }
    /* Not kept on the browser's disk, where it would lie unencrypted; seeking asks this machine again. */
    *request->stream = (cs_stream){.context = hearing,
                                   .length = playback_length(hearing->playback),
                                   .read = read_stream,
                                   .close = close_stream,
                                   .type = "audio/wav",
                                   .cache = "private, no-store"};
    (void)snprintf(request->stream->etag, sizeof request->stream->etag, "%s", hearing->name);
    return CS_OK;
}

/* GET /api/v1/conversations/{id}/audio?side= */
cs_error recordings_audio(const cs_request *request, cs_json_writer *out, cs_message *message) {
    (void)out;
    cs_arena *arena = arena_create(ROW_BYTES);
    cs_recording_row *row = NULL;
    cs_playback_side side;
    cs_error code = read_side(request, &side, message);
    if (code == CS_OK) code = find_row(request, arena, &row, message);
    if (code == CS_OK) code = start_stream(request, row, side, message);
    arena_free(arena);
    return code;
}

/* ---- seeing ---- */

typedef struct cs_span {
    int64_t from_ms, to_ms, points;
} cs_span;

static cs_error read_span(const cs_request *request, int64_t duration_ms, cs_span *out, cs_message *message) {
    int64_t longest = (int64_t)CS_MOST_WAVEFORM_SECONDS * 1000;
    *out = (cs_span){0, duration_ms > 0 ? duration_ms : 1, USUAL_POINTS};
    cs_error code = request_number(request, "from_ms", 0, longest, &out->from_ms, message);
    if (code == CS_OK) code = request_number(request, "to_ms", 0, longest, &out->to_ms, message);
    if (code == CS_OK) code = request_number(request, "points", 1, CS_MOST_WAVEFORM_POINTS, &out->points, message);
    if (code != CS_OK || out->from_ms < out->to_ms) return code;
    (void)message_set(message, CS_ERR_USAGE, "the span ends before it begins");
    message_remedy(message, "the recording lasts %lld ms; from_ms must be less than to_ms", (long long)duration_ms);
    return CS_ERR_USAGE;
}

static void write_levels(const uint8_t *levels, int channels, const cs_span *span, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_int(out, "from_ms", span->from_ms);
    json_write_int(out, "to_ms", span->to_ms);
    json_write_int(out, "points", span->points);
    json_array_open(out, "channels");
    for (int c = 0; c < channels; c++) {
        json_array_open(out, NULL);
        for (int64_t i = 0; i < span->points; i++) json_write_int(out, NULL, levels[c * span->points + i]);
        json_array_close(out);
    }
    json_array_close(out);
    json_object_close(out);
}

static cs_error show_levels(const cs_audio_bytes *bytes, const cs_span *span, cs_json_writer *out,
                            cs_message *message) {
    cs_waveform waveform;
    cs_error code = waveform_open(bytes, &waveform, message);
    if (code != CS_OK) return code;
    uint8_t *levels = malloc((size_t)waveform.channels * (size_t)span->points);
    if (!levels) return message_set(message, CS_ERR_MEMORY, "no memory for the waveform");
    code = waveform_levels(&waveform, span->from_ms, span->to_ms, (int)span->points, levels, message);
    if (code == CS_OK) write_levels(levels, waveform.channels, span, out);
    free(levels);
    return code;
}

/* GET /api/v1/conversations/{id}/waveform?from_ms=&to_ms=&points= */
cs_error recordings_waveform(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_arena *arena = arena_create(ROW_BYTES);
    cs_recording_row *row = NULL;
    cs_keys *keys = NULL;
    cs_audio_bytes bytes;
    cs_span span;
    cs_error code = find_row(request, arena, &row, message);
    if (code == CS_OK) code = read_span(request, row->duration_ms, &span, message);
    if (code == CS_OK) code = open_keys(request, &keys, message);
    if (code == CS_OK && (code = open_blob(request, keys, row->waveform, &bytes, message)) == CS_OK) {
        code = show_levels(&bytes, &span, out, message);
        bytes_close(&bytes);
    }
    keys_close(keys);
    arena_free(arena);
    return code;
}
