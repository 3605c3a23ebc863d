#include "conversation/json_recognition.h"

#include "conversation/json_export.h"
#include "conversation/json_object.h"

#include <string.h>

#define TEXT CS_JSON_IS(CS_JSON_STRING)

static const cs_json_key keys[] = {
    {"model", TEXT, true},   {"version", TEXT, false},
    {"sha256", TEXT, false}, {"rate_hz", CS_JSON_IS(CS_JSON_NUMBER), false},
    {"at", TEXT, false},
};
enum { MOST_RATE_HZ = 1000000 };

static cs_error refuse(const cs_json_place *place, const char *key, const char *what, cs_message *message) {
    message_set(message, CS_ERR_PARSE, "\"%s\" must be %s", key, what);
    json_place_set(message, place, key);
    return CS_ERR_PARSE;
}

static const char *text_of(const cs_json *object, const char *key, cs_arena *arena) {
    size_t bytes = 0;
    const char *text = json_string(json_get(object, key), &bytes);
    return arena_copy(arena, text ? text : "", bytes);
}

cs_error json_recognition_read(const cs_json *object, cs_arena *arena, cs_conversation *conversation,
                               cs_message *message) {
    cs_json_place place = {"recognised", -1, NULL};
    if (json_kind(object) == CS_JSON_NULL) return CS_OK;
    cs_error code = json_object_check(object, keys, sizeof keys / sizeof keys[0], &place, message);
    if (code != CS_OK) return code;
    cs_recognition *r = arena_alloc(arena, sizeof *r);
    const char *sha256 = text_of(object, "sha256", arena);
    if (r) r->model = text_of(object, "model", arena);
    if (r) r->version = text_of(object, "version", arena);
    if (!r || !sha256 || !r->model || !r->version)
        return message_set(message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
    if (strlen(sha256) >= sizeof r->sha256)
        return refuse(&place, "sha256", "64 hexadecimal digits in small letters", message);
    memcpy(r->sha256, sha256, strlen(sha256) + 1);
    int64_t rate = 0;
    const cs_json *given = json_get(object, "rate_hz");
    if (json_kind(given) != CS_JSON_NULL && (!json_int64(given, &rate) || rate < 0 || rate > MOST_RATE_HZ))
        return refuse(&place, "rate_hz", "a whole number from 0 to 1000000", message);
    r->rate_hz = (int)rate;
    r->recognised_ms = CS_NO_TIME;
    int zone;
    const char *at = json_string(json_get(object, "at"), NULL);
    if (at && !clock_parse(at, &r->recognised_ms, &zone)) {
        code = refuse(&place, "at", "a date and time with a zone", message);
        message_remedy(message, "write it as 2026-02-14T10:32:00+08:00");
        return code;
    }
    conversation->recognition = r;
    return CS_OK;
}

void json_recognition_write(cs_json_writer *out, const cs_conversation *conversation) {
    const cs_recognition *r = conversation->recognition;
    char at[40];
    if (!r) return;
    json_object_open(out, "recognised");
    json_write_string(out, "model", r->model);
    if (*r->version) json_write_string(out, "version", r->version);
    if (*r->sha256) json_write_string(out, "sha256", r->sha256);
    if (r->rate_hz > 0) json_write_int(out, "rate_hz", r->rate_hz);
    time_format_exact(r->recognised_ms, conversation->zone_minutes, at);
    if (r->recognised_ms != CS_NO_TIME) json_write_string(out, "at", at);
    json_object_close(out);
}
