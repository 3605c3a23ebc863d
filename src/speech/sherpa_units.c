/* A result of the library becomes the units of an utterance. */
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "speech/sherpa_kind.h"

#include <math.h>
#include <string.h>

enum { MAX_JSON = 16 << 20, LONGEST_SECONDS = 1000000000, CS_SHERPA_PART_BYTES = 16 };

static int64_t time_of(double seconds, int64_t start_ms) {
    return isfinite(seconds) && seconds >= 0 && seconds < LONGEST_SECONDS ? start_ms + (int64_t)llround(seconds * 1000)
                                                                          : CS_NO_TIME;
}

static int64_t time_after(int64_t time_ms, int64_t start_ms) {
    return time_ms != CS_NO_TIME && time_ms < start_ms ? start_ms : time_ms;
}

static float probability_of(double log) {
    if (!isfinite(log)) return 1;
    return log > 0 ? 0 : (float)log;
}

cs_error sherpa_units(const char *json, int64_t start_ms, int lead_ms, cs_arena *arena, cs_utterance *out,
                      cs_message *message) {
    const int64_t first_ms = start_ms;
    start_ms -= lead_ms;
    cs_json *root = NULL;
    cs_error code = json_parse(json, strlen(json), MAX_JSON, &root, message);
    if (code != CS_OK) return code;
    const cs_json *tokens = json_get(root, "tokens"), *times = json_get(root, "timestamps");
    const cs_json *logs = json_get(root, "ys_probs");
    size_t count = json_length(tokens);
    double begun = json_number(json_get(root, "start_time"), 0); /* seconds: times count from the last reset on */
    if (isfinite(begun) && begun > 0 && begun < LONGEST_SECONDS) start_ms += (int64_t)llround(begun * 1000);
    cs_unit *units = count <= CS_MAX_UNITS ? arena_array(arena, count + 1, sizeof *units) : NULL;
    char *text = units ? arena_string(arena, json_string(json_get(root, "text"), NULL)) : NULL;
    for (size_t i = 0; units && i < count; i++) {
        const char *token = json_string(json_at(tokens, i), NULL);
        units[i].text = arena_string(arena, token ? token : "");
        units[i].start_ms = time_after(time_of(json_number(json_at(times, i), NAN), start_ms), first_ms);
        units[i].log_probability = probability_of(json_number(json_at(logs, i), NAN));
        if (!units[i].text) units = NULL;
    }
    json_free(root);
    if (count > CS_MAX_UNITS)
        return message_set(message, CS_ERR_LIMIT, "an utterance has more than %d units", (int)CS_MAX_UNITS);
    if (!units) return message_set(message, CS_ERR_MEMORY, "there is no memory for an utterance");
    out->units = units;
    out->unit_count = (uint32_t)count;
    out->text = text && *text ? text : NULL;
    return CS_OK;
}

bool sherpa_units_of(const sherpa_raw_units *raw, int64_t start_ms, cs_arena *arena, cs_utterance *out) {
    size_t most = raw->count < CS_MAX_UNITS ? raw->count : CS_MAX_UNITS, count = 0;
    cs_unit *units = arena_array(arena, most + 1, sizeof *units);
    char part[CS_SHERPA_PART_BYTES]; /* the beginning of a character whose other bytes are still to come */
    size_t part_bytes = 0;
    for (size_t i = 0; units && i < most; i++) {
        const char *text = raw->texts[i] ? raw->texts[i] : "";
        size_t bytes = strlen(text);
        bool is_joined = part_bytes > 0 && part_bytes + bytes <= sizeof part;
        if (is_joined) {
            memcpy(part + part_bytes, text, bytes);
            text = part;
            bytes += part_bytes;
        }
        if (utf8_invalid_at(text, bytes) != bytes) {
            if (!is_joined && bytes <= sizeof part) memcpy(part, text, bytes);
            part_bytes = bytes <= sizeof part ? bytes : 0;
            continue;
        }
        part_bytes = 0;
        units[count].start_ms = raw->seconds ? time_of((double)raw->seconds[i], start_ms) : CS_NO_TIME;
        units[count].log_probability = raw->logs ? probability_of((double)raw->logs[i]) : 1;
        if (!(units[count++].text = arena_copy(arena, text, bytes))) return false;
    }
    out->units = units;
    out->unit_count = (uint32_t)count;
    return units != NULL;
}
