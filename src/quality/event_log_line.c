#include "quality/event_log_line.h"

#include "conversation/json_object.h"
#include "quality/event_log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VALUE_BYTES = 2000 };

#define TEXT CS_JSON_IS(CS_JSON_STRING)
static const cs_json_key line_keys[] = {
    {"event", TEXT, true},
    {"at", TEXT, true},
    {"id", TEXT | CS_JSON_IS(CS_JSON_NUMBER), false},
    {"ticket", TEXT | CS_JSON_IS(CS_JSON_NUMBER), false},
    {"customer", TEXT | CS_JSON_IS(CS_JSON_NUMBER), false},
    {"conversation", TEXT, false},
    {"by", TEXT, false},
    {"direction", TEXT, false},
    {"fields", CS_JSON_IS(CS_JSON_OBJECT), false},
};

typedef struct reader {
    const cs_json *line;
    cs_arena *arena;
    cs_field *fields;
    uint32_t count;
    cs_message *message;
    cs_error code;
} reader;

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for an event");
}

/* Whole numbers stay whole; others get the fewest digits that read back to the same number. */
static const char *number_text(cs_arena *arena, const cs_json *value) {
    int64_t whole;
    if (json_int64(value, &whole)) return arena_printf(arena, "%lld", (long long)whole);
    double number = json_number(value, 0);
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (!(fabs(strtod(text, NULL) - number) > 0)) break;
    }
    return arena_string(arena, text);
}

/* Absent or empty is unknown: exports write "" for what they don't know. */
static cs_error read_name(const reader *r, const char *key, const char **out) {
    const cs_json *value = json_get(r->line, key);
    size_t bytes = 0;
    const char *text = json_string(value, &bytes);
    if (json_kind(value) == CS_JSON_NULL || (text && bytes == 0)) return CS_OK;
    if (bytes > CS_MAX_NAME_BYTES) {
        (void)message_set(r->message, CS_ERR_LIMIT, "\"%s\" is longer than %d bytes", key, CS_MAX_NAME_BYTES);
        message_place(r->message, "%s", key);
        return CS_ERR_LIMIT;
    }
    *out = text ? arena_copy(r->arena, text, bytes) : number_text(r->arena, value);
    return *out ? CS_OK : no_memory(r->message);
}

static cs_error read_kind(const reader *r, const char **out) {
    cs_error code = read_name(r, "event", out);
    if (code != CS_OK) return code;
    if (!*out) {
        (void)message_set(r->message, CS_ERR_PARSE, "\"event\" is empty");
        message_remedy(r->message, "name what happened, for example ticket.closed");
    } else if (strcmp(*out, CS_EVENT_DUE) == 0 || strcmp(*out, CS_EVENT_CORRECTED) == 0) {
        (void)message_set(r->message, CS_ERR_PARSE, "\"%s\" is an event of the log's own", *out);
        message_remedy(r->message, "give it another name, for example ticket.%s", *out);
    } else {
        return CS_OK;
    }
    message_place(r->message, "event");
    return CS_ERR_PARSE;
}

static cs_error read_at(const reader *r, int zone_minutes, int64_t *out) {
    const char *text = json_string(json_get(r->line, "at"), NULL);
    int zone;
    if (clock_parse(text, out, &zone)) return CS_OK;
    int64_t local;
    bool is_local = clock_parse_local(text, 0, &local);
    if (is_local && zone_minutes != CS_ZONE_UNKNOWN && clock_parse_local(text, zone_minutes, out)) return CS_OK;
    (void)message_set(r->message, CS_ERR_PARSE,
                      is_local ? "the time \"%.60s\" has no zone" : "\"%.60s\" is no time from 1970 to 2199", text);
    message_place(r->message, "at");
    message_remedy(r->message, is_local ? "write +08:00 behind it, or state the zone in a calendar among the rules"
                                        : "write date, time and zone: 2026-03-02T17:40:00+08:00");
    return CS_ERR_PARSE;
}

const char *event_direction(const char *word) {
    static const char *const words[][2] = {
        {"out", "out"}, {"outbound", "out"}, {"outgoing", "out"}, {"呼出", "out"}, {"去电", "out"}, {"外呼", "out"},
        {"in", "in"},   {"inbound", "in"},   {"incoming", "in"},  {"呼入", "in"},  {"来电", "in"},  {"进线", "in"}};
    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i][0]) == 0) return words[i][1];
    return NULL;
}

static cs_error read_direction(const reader *r, const char **out) {
    const char *word = NULL;
    cs_error code = read_name(r, "direction", &word);
    if (code != CS_OK || !word) return code;
    *out = event_direction(word);
    if (*out) return CS_OK;
    (void)message_set(r->message, CS_ERR_PARSE, "\"%.60s\" is no direction", word);
    message_place(r->message, "direction");
    message_remedy(r->message, "write in or out");
    return CS_ERR_PARSE;
}

/* ---- fields ---- */

static bool refuse_field(reader *r, cs_error code, const char *name, const char *words) {
    r->code = message_set(r->message, code, "the field \"%.100s\" %s", name, words);
    message_place(r->message, "fields.%.60s", name);
    return false;
}

static bool read_field(void *context, const char *name, const cs_json *value) {
    reader *r = context;
    size_t bytes = 0;
    const char *text = json_string(value, &bytes);
    cs_json_kind kind = json_kind(value);
    if (kind == CS_JSON_NULL || (text && bytes == 0)) return true;
    if (kind == CS_JSON_ARRAY || kind == CS_JSON_OBJECT)
        return refuse_field(r, CS_ERR_PARSE, name, "must be a text, a number or true/false");
    if (!*name || strlen(name) > CS_MAX_NAME_BYTES || bytes > MAX_VALUE_BYTES)
        return refuse_field(r, CS_ERR_LIMIT, name, "is too long: names have 1-200 bytes, values at most 2000");
    cs_field *field = &r->fields[r->count++];
    field->name = arena_string(r->arena, name);
    field->value = kind == CS_JSON_STRING   ? arena_copy(r->arena, text, bytes)
                   : kind == CS_JSON_NUMBER ? number_text(r->arena, value)
                                            : arena_string(r->arena, json_is_true(value) ? "true" : "false");
    if (!field->name || !field->value) r->code = no_memory(r->message);
    return r->code == CS_OK;
}

static cs_error read_fields(reader *r, cs_log_event *out) {
    const cs_json *fields = json_get(r->line, "fields");
    size_t most = json_length(fields);
    if (most > CS_MAX_EVENT_FIELDS) {
        (void)message_set(r->message, CS_ERR_LIMIT, "an event has more than %d fields", CS_MAX_EVENT_FIELDS);
        message_place(r->message, "fields");
        return CS_ERR_LIMIT;
    }
    r->fields = arena_array(r->arena, most + 1, sizeof *r->fields);
    if (!r->fields) return no_memory(r->message);
    json_each(fields, read_field, r);
    out->fields = r->fields;
    out->field_count = r->count;
    return r->code;
}

/* ---- the line ---- */

cs_hash event_content(const cs_log_event *event) {
    cs_buffer text;
    cs_json_writer writer;
    buffer_init(&text, CS_MAX_EVENT_LINE_BYTES * 8);
    json_writer_init(&writer, &text);
    json_array_open(&writer, NULL);
    json_write_string(&writer, NULL, event->kind);
    json_write_int(&writer, NULL, event->at_ms);
    json_write_string(&writer, NULL, event->ticket);
    json_write_string(&writer, NULL, event->customer);
    json_write_string(&writer, NULL, event->conversation);
    json_write_string(&writer, NULL, event->by);
    json_write_string(&writer, NULL, event->direction);
    event_fields_write(&writer, NULL, event);
    json_array_close(&writer);
    cs_hash hash = hash_bytes(buffer_string(&text), text.length);
    buffer_free(&text);
    return hash;
}

static cs_error read_event(reader *r, int zone_minutes, cs_log_event *out) {
    cs_error code = json_object_check(r->line, line_keys, sizeof line_keys / sizeof *line_keys, NULL, r->message);
    if (code == CS_OK) code = read_kind(r, &out->kind);
    if (code == CS_OK) code = read_at(r, zone_minutes, &out->at_ms);
    if (code == CS_OK) code = read_name(r, "id", &out->id);
    if (code == CS_OK) code = read_name(r, "ticket", &out->ticket);
    if (code == CS_OK) code = read_name(r, "customer", &out->customer);
    if (code == CS_OK) code = read_name(r, "conversation", &out->conversation);
    if (code == CS_OK) code = read_name(r, "by", &out->by);
    if (code == CS_OK) code = read_direction(r, &out->direction);
    if (code == CS_OK) code = read_fields(r, out);
    if (code != CS_OK || out->id) return code;
    char hex[CS_HASH_CHARS + 1];
    hash_hex(event_content(out), hex);
    out->id = arena_printf(r->arena, "=%s", hex);
    return out->id ? CS_OK : no_memory(r->message);
}

cs_error event_line_read(const char *text, size_t bytes, int zone_minutes, cs_arena *arena, cs_log_event *out,
                         cs_message *message) {
    cs_json *json = NULL;
    cs_error code = json_parse(text, bytes, CS_MAX_EVENT_LINE_BYTES, &json, message);
    if (code != CS_OK) return code;
    cs_log_event event = {0};
    reader r = {.line = json, .arena = arena, .message = message};
    code = read_event(&r, zone_minutes, &event);
    if (code == CS_OK) *out = event;
    json_free(json);
    return code;
}
