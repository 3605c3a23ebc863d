#include "quality/inspect_origin.h"

#include "base/json.h"

#include <string.h>

enum { MAX_ORIGIN_BYTES = 1 << 20 };

void origin_write(const cs_origin *origin, cs_buffer *out) {
    char hex[CS_HASH_CHARS + 1];
    cs_json_writer w;
    json_writer_init(&w, out);
    json_object_open(&w, NULL);
    json_write_string(&w, "file", origin->file);
    json_write_string(&w, "source", origin->source);
    json_write_string(&w, "place", origin->place);
    if (origin->stands_in) json_write_string(&w, "stands_in", origin->stands_in);
    if (origin->agent_channel) json_write_int(&w, "agent_channel", origin->agent_channel);
    if (origin->recording_count) {
        hash_hex(origin->mapping, hex);
        json_write_string(&w, "data", origin->data);
        json_write_bool(&w, "is_recording", origin->is_recording);
        json_write_bool(&w, "is_whole", origin->is_whole);
        json_write_int(&w, "bytes", origin->bytes);
        json_write_int(&w, "modified_ns", origin->modified_ns);
        json_write_string(&w, "mapping", hex);
        json_array_open(&w, "recordings");
        for (uint32_t i = 0; i < origin->recording_count; i++) {
            json_array_open(&w, NULL);
            json_write_string(&w, NULL, origin->recordings[i].path);
            for (int c = 0; c < CS_MAX_RECORDING_CHANNELS; c++)
                json_write_int(&w, NULL, (int64_t)origin->recordings[i].channels[c]);
            json_array_close(&w);
        }
        json_array_close(&w);
    }
    json_object_close(&w);
}

static bool read_hex(const char *text, cs_hash *out) {
    static const char digits[] = "0123456789abcdef";
    if (strlen(text) != CS_HASH_CHARS) return false;
    for (size_t i = 0; i < CS_HASH_CHARS; i++) {
        const char *digit = strchr(digits, text[i]);
        if (!digit) return false;
        unsigned char *byte = &out->bytes[i / 2];
        *byte = (unsigned char)(*byte << 4 | (digit - digits));
    }
    return true;
}

static int64_t integer(const cs_json *object, const char *key) {
    int64_t value = 0;
    return json_int64(json_get(object, key), &value) ? value : 0;
}

static const char *text(const cs_json *object, const char *key, cs_arena *arena) {
    const char *value = json_string(json_get(object, key), NULL);
    return value ? arena_string(arena, value) : NULL;
}

static const char *path_here(const char *path, const char *from, const char *data, cs_arena *arena) {
    size_t bytes = from ? strlen(from) : 0;
    if (!path) return NULL;
    if (bytes && strncmp(path, from, bytes) == 0 && path[bytes] == '/')
        return arena_printf(arena, "%s%s", data, path + bytes);
    return arena_string(arena, path);
}

static bool read_recordings(const cs_json *list, const char *data, cs_arena *arena, cs_origin *out) {
    size_t count = json_length(list);
    if (count > CS_MAX_RECORDINGS) return false;
    cs_recording *recordings = arena_array(arena, count + 1, sizeof *recordings);
    for (size_t i = 0; recordings && i < count; i++) {
        const cs_json *one = json_at(list, i);
        recordings[i].path = path_here(json_string(json_at(one, 0), NULL), out->data, data, arena);
        if (!recordings[i].path) return false;
        for (size_t c = 0; c < CS_MAX_RECORDING_CHANNELS; c++) {
            int64_t who = CS_NO_PARTICIPANT;
            (void)json_int64(json_at(one, c + 1), &who);
            recordings[i].channels[c] = (uint32_t)who;
        }
    }
    out->recordings = recordings;
    out->recording_count = (uint32_t)count;
    return recordings != NULL;
}

cs_error origin_read(const char *json, const char *data, cs_arena *arena, cs_origin *out, cs_message *message) {
    cs_json *all = NULL;
    *out = (cs_origin){0};
    if (!json) return CS_OK;
    cs_error code = json_parse(json, strlen(json), MAX_ORIGIN_BYTES, &all, message);
    if (code != CS_OK) return code;
    out->file = text(all, "file", arena);
    out->source = text(all, "source", arena);
    out->place = text(all, "place", arena);
    out->data = text(all, "data", arena);
    out->stands_in = text(all, "stands_in", arena);
    out->is_recording = json_is_true(json_get(all, "is_recording"));
    out->is_whole = json_is_true(json_get(all, "is_whole"));
    out->bytes = integer(all, "bytes");
    out->modified_ns = integer(all, "modified_ns");
    out->agent_channel = (int)integer(all, "agent_channel");
    const char *mapping = json_string(json_get(all, "mapping"), NULL);
    bool is_good = (!mapping || read_hex(mapping, &out->mapping)) &&
                   (!json_get(all, "recordings") || read_recordings(json_get(all, "recordings"), data, arena, out));
    json_free(all);
    return is_good ? CS_OK : message_set(message, CS_ERR_PARSE, "the origin of a waiting conversation is damaged");
}
