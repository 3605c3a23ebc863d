#include "conversation/json_recording.h"

#include "conversation/json_object.h"

#include <string.h>

#define TEXT CS_JSON_IS(CS_JSON_STRING)
#define NUMBER CS_JSON_IS(CS_JSON_NUMBER)

enum { MAX_PATH_BYTES = 2000 };

static const cs_json_key recording_keys[] = {{"file", TEXT, true}, {"channels", CS_JSON_IS(CS_JSON_ARRAY), false}};
static const cs_json_key voice_keys[] = {{"from", TEXT, true},
                                         {"start_ms", NUMBER, true},
                                         {"end_ms", NUMBER, true},
                                         {"level_db", NUMBER, false},
                                         {"pitch_hz", NUMBER, false}};

static cs_error refuse(cs_message *message, const cs_json_place *place, const char *key, const char *reason,
                       const char *remedy) {
    (void)message_set(message, CS_ERR_PARSE, "%s", reason);
    json_place_set(message, place, key);
    message_remedy(message, "%s", remedy);
    return CS_ERR_PARSE;
}

static bool find(const cs_conversation *c, const cs_json *id, uint32_t *out) {
    const char *text = json_string(id, NULL);
    for (uint32_t i = 0; text && i < c->participant_count; i++) {
        if (strcmp(c->participants[i].id, text) != 0) continue;
        *out = i;
        return true;
    }
    return false;
}

/* {"file": "a.wav", "channels": ["a1", null]}: who stands behind each channel, null unknown. */
static cs_error read_recording(const cs_json *object, const cs_json_place *place, cs_arena *arena, cs_conversation *c,
                               cs_recording *out, cs_message *message) {
    cs_error code = json_object_check(object, recording_keys, 2, place, message);
    if (code != CS_OK) return code;
    size_t bytes = 0;
    const char *file = json_string(json_get(object, "file"), &bytes);
    const cs_json *channels = json_get(object, "channels");
    if (bytes == 0 || bytes > MAX_PATH_BYTES)
        return refuse(message, place, "file", "the name of the recording is empty or too long",
                      "write its path, from the folder of this file");
    if (json_length(channels) > CS_MAX_RECORDING_CHANNELS)
        return refuse(message, place, "channels", "a recording has at most two channels",
                      "list the participants in the order of the channels, null where unknown");
    if (!(out->path = arena_copy(arena, file, bytes)))
        return message_set(message, CS_ERR_MEMORY, "no memory for the recordings");
    for (size_t i = 0; i < CS_MAX_RECORDING_CHANNELS; i++) {
        const cs_json *id = json_at(channels, i);
        out->channels[i] = CS_NO_PARTICIPANT;
        if (json_kind(id) != CS_JSON_NULL && !find(c, id, &out->channels[i]))
            return refuse(message, place, "channels", "nobody among the participants has this id",
                          "use the id of a participant, or null");
    }
    return CS_OK;
}

static cs_error read_time(const cs_json *object, const char *key, const cs_json_place *place, int64_t *out,
                          cs_message *message) {
    if (json_int64(json_get(object, key), out) && *out >= 0) return CS_OK;
    return refuse(message, place, key, "the time must be a whole number of milliseconds, not below 0",
                  "count from the conversation's start");
}

static cs_error read_voice(const cs_json *object, const cs_json_place *place, const cs_conversation *c, cs_voice *out,
                           cs_message *message) {
    cs_error code = json_object_check(object, voice_keys, 5, place, message);
    if (code != CS_OK) return code;
    if (!find(c, json_get(object, "from"), &out->participant))
        return refuse(message, place, "from", "nobody among the participants has this id",
                      "use the id of a participant");
    out->level_db = (float)json_number(json_get(object, "level_db"), 0);
    out->pitch_hz = (float)json_number(json_get(object, "pitch_hz"), 0);
    code = read_time(object, "start_ms", place, &out->start_ms, message);
    return code == CS_OK ? read_time(object, "end_ms", place, &out->end_ms, message) : code;
}

static cs_error read_voices(const cs_json *list, cs_arena *arena, cs_conversation *c, cs_message *message) {
    size_t count = json_length(list);
    if (json_kind(list) == CS_JSON_NULL) return CS_OK;
    if (count > CS_MAX_VOICES)
        return message_set(message, CS_ERR_LIMIT, "it has %zu voices; at most %d are read", count, CS_MAX_VOICES);
    cs_voice *voices = arena_array(arena, count, sizeof *voices);
    if (!voices) return message_set(message, CS_ERR_MEMORY, "no memory for the voices");
    for (size_t i = 0; i < count; i++) {
        cs_json_place place = {"voices", (int64_t)i, NULL};
        cs_error code = read_voice(json_at(list, i), &place, c, &voices[i], message);
        if (code != CS_OK) return code;
    }
    c->voices = voices;
    c->voice_count = (uint32_t)count;
    c->is_heard = true;
    return CS_OK;
}

cs_error json_recordings_read(const cs_json *object, cs_arena *arena, cs_conversation *c, cs_message *message) {
    const cs_json *list = json_get(object, "recordings");
    size_t count = json_length(list);
    if (count > CS_MAX_RECORDINGS) {
        (void)message_set(message, CS_ERR_LIMIT, "it has %zu recordings; at most %d are read", count,
                          CS_MAX_RECORDINGS);
        message_place(message, "recordings");
        message_remedy(message, "give one file for both sides, or one file a side");
        return CS_ERR_LIMIT;
    }
    cs_recording *recordings = arena_array(arena, count, sizeof *recordings);
    if (!recordings) return message_set(message, CS_ERR_MEMORY, "no memory for the recordings");
    for (size_t i = 0; i < count; i++) {
        cs_json_place place = {"recordings", (int64_t)i, NULL};
        cs_error code = read_recording(json_at(list, i), &place, arena, c, &recordings[i], message);
        if (code != CS_OK) return code;
    }
    c->recordings = recordings;
    c->recording_count = (uint32_t)count;
    return read_voices(json_get(object, "voices"), arena, c, message);
}
