#include "conversation/mapping_columns.h"

#include "base/file.h"
#include "base/json.h"
#include "conversation/json_object.h"

#include <string.h>
#include <strings.h>

#define TEXT CS_JSON_IS(CS_JSON_STRING)
#define OBJECT CS_JSON_IS(CS_JSON_OBJECT)
#define BOOL CS_JSON_IS(CS_JSON_BOOL)
#define TEXT_OR_NUMBER (TEXT | CS_JSON_IS(CS_JSON_NUMBER))
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const size_t MAX_MAPPING_BYTES = (size_t)1 << 20, MAPPING_ARENA = (size_t)16 << 20;
static const int64_t LAST_MOMENT_MS = INT64_C(230) * 366 * 86400 * 1000; /* about the year 2200 */

static const cs_json_key head_keys[] = {
    {"format", TEXT, true},      {"header", BOOL, false},         {"encoding", TEXT, false}, {"columns", OBJECT, true},
    {"speakers", OBJECT, false}, {"other_speakers", TEXT, false}, {"channel", TEXT, false},  {"queue", TEXT, false},
    {"language", TEXT, false},   {"time_format", TEXT, false},    {"zone", TEXT, false},
};
static const cs_json_key column_keys[] = {
#define X(code, key, kinds, needed) {key, TEXT_OR_NUMBER, false},
    CS_COLUMN_TABLE(X)
#undef X
        {"fields", OBJECT, false},
};
static const struct {
    const char *name, *example;
    cs_time_format format;
} time_formats[] = {
    {"iso8601", "2026-02-14T10:32:00+08:00", CS_TIME_ISO8601},
    {"epoch_ms", "1771036320000", CS_TIME_EPOCH_MS},
    {"epoch_s", "1771036320", CS_TIME_EPOCH_S},
    {"yyyy-mm-dd hh:mm:ss", "2026-02-14 10:32:00", CS_TIME_LOCAL},
};

static cs_error refuse(cs_message *message, const char *place, const char *reason, const char *remedy) {
    message_set(message, CS_ERR_PARSE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_PARSE;
}

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for the mapping");
}

/* The text of a key, or NULL. */
static const char *text_of(const cs_json *object, const char *key) {
    return json_string(json_get(object, key), NULL);
}

static cs_error read_column(cs_mapping *m, const cs_json *value, const char *place, cs_column *out,
                            cs_message *message) {
    const char *name = json_string(value, NULL);
    if (name) {
        if (!*name) return refuse(message, place, "the column's name is empty", "write its name or its number from 1");
        out->name = arena_string(m->arena, name);
        return out->name ? CS_OK : no_memory(message);
    }
    int64_t number;
    if (!json_int64(value, &number) || number < 1 || number > CS_MAX_COLUMNS)
        return refuse(message, place, "a column is a header's name or a whole number from 1 to 1000",
                      "the first column is 1");
    out->number = (uint32_t)number;
    return CS_OK;
}

typedef struct list_reader {
    cs_mapping *m;
    cs_message *message;
    cs_error code;
} list_reader;

static bool read_field_column(void *context, const char *name, const cs_json *value) {
    list_reader *r = context;
    cs_field_column *field = &r->m->fields[r->m->field_count++];
    char place[96];
    cs_message spot; /* message_place bounds and cleans the words */
    message_place(&spot, "columns.fields.%s", name);
    memcpy(place, spot.place, sizeof place);
    if (!*name || strlen(name) > CS_MAX_NAME_BYTES) {
        r->code = refuse(r->message, place, "the field's name must have 1 to 200 bytes", "give it a short name");
        return false;
    }
    field->field = arena_string(r->m->arena, name);
    r->code = field->field ? read_column(r->m, value, place, &field->column, r->message) : no_memory(r->message);
    return r->code == CS_OK;
}

static cs_error read_columns(cs_mapping *m, const cs_json *json, cs_message *message) {
    const cs_json *columns = json_get(json, "columns");
    cs_json_place place = {"columns", -1, NULL};
    cs_error code = json_object_check(columns, column_keys, COUNT(column_keys), &place, message);
    if (code != CS_OK) return code;
    static const char *const places[] = {
#define X(code, key, kinds, needed) "columns." key,
        CS_COLUMN_TABLE(X)
#undef X
    };
    for (size_t i = 0; code == CS_OK && i < CS_COLUMN_USES; i++) {
        const cs_json *value = json_get(columns, column_keys[i].name);
        if (json_kind(value) != CS_JSON_NULL) code = read_column(m, value, places[i], &m->columns[i], message);
    }
    const cs_json *fields = json_get(columns, "fields");
    if (code != CS_OK || json_length(fields) == 0) return code;
    if (json_length(fields) > CS_MAX_FIELDS) return refuse(message, "columns.fields", "more than 1000 fields", "");
    m->fields = arena_array(m->arena, json_length(fields), sizeof *m->fields);
    if (!m->fields) return no_memory(message);
    list_reader r = {m, message, CS_OK};
    json_each(fields, read_field_column, &r);
    return r.code;
}

static bool read_speaker(void *context, const char *value, const cs_json *role) {
    list_reader *r = context;
    cs_speaker *speaker = &r->m->speakers[r->m->speaker_count++];
    const char *name = json_string(role, NULL);
    speaker->role = name ? role_parse(name) : CS_ROLE_COUNT;
    if (speaker->role == CS_ROLE_COUNT) {
        message_set(r->message, CS_ERR_PARSE, "the speaker \"%.60s\" needs a role", value);
        message_place(r->message, "speakers.%s", value);
        message_remedy(r->message, "one of \"agent\", \"customer\", \"bot\", \"system\", \"undecided\"");
        r->code = CS_ERR_PARSE;
        return false;
    }
    speaker->value = arena_string(r->m->arena, value);
    if (!speaker->value) r->code = no_memory(r->message);
    return r->code == CS_OK;
}

static cs_error read_speakers(cs_mapping *m, const cs_json *json, cs_message *message) {
    const char *others = text_of(json, "other_speakers");
    if (others && strcmp(others, "undecided") != 0)
        return refuse(message, "other_speakers", "other speakers can only be \"undecided\"",
                      "list the ones whose role is known in \"speakers\"");
    m->takes_other_speakers = others != NULL;
    const cs_json *speakers = json_get(json, "speakers");
    size_t count = json_length(speakers);
    if (count == 0 && !others)
        return refuse(message, "speakers", "it does not say which speaker is the customer and which the agent",
                      "add \"speakers\": {\"0\": \"customer\", \"1\": \"agent\"} with the values of your file");
    if (count > CS_MAX_PARTICIPANTS) return refuse(message, "speakers", "more than 1000 speakers", "");
    m->speakers = arena_array(m->arena, count, sizeof *m->speakers);
    if (!m->speakers) return no_memory(message);
    list_reader r = {m, message, CS_OK};
    json_each(speakers, read_speaker, &r);
    return r.code;
}

static cs_error read_time_format(cs_mapping *m, const cs_json *json, cs_message *message) {
    const char *zone = text_of(json, "zone"), *format = text_of(json, "time_format");
    if (zone && !clock_parse_zone(zone, &m->zone_minutes))
        return refuse(message, "zone", "the zone must look like +08:00", "China is +08:00; UTC is Z");
    m->has_zone = zone != NULL;
    if (format) {
        size_t found = 0;
        while (found < COUNT(time_formats) && strcasecmp(time_formats[found].name, format) != 0) found++;
        if (found == COUNT(time_formats))
            return refuse(message, "time_format", "this format of time is not known",
                          "one of iso8601, epoch_ms, epoch_s, yyyy-mm-dd hh:mm:ss");
        m->time_format = time_formats[found].format;
    }
    const cs_column *time = &m->columns[CS_COLUMN_TIME];
    if ((time->name || time->number) && !format)
        return refuse(message, "time_format", "there is a time column, but not how its times are written",
                      "add \"time_format\": iso8601, epoch_ms, epoch_s or yyyy-mm-dd hh:mm:ss");
    if (m->time_format == CS_TIME_LOCAL && !zone)
        return refuse(message, "zone", "times without a zone need one here", "add \"zone\": \"+08:00\"");
    return CS_OK;
}

static bool needs_header(const cs_mapping *m) {
    for (size_t i = 0; i < CS_COLUMN_USES; i++) {
        if (m->columns[i].name) return true;
    }
    for (uint32_t i = 0; i < m->field_count; i++) {
        if (m->fields[i].column.name) return true;
    }
    return false;
}

static cs_error read_shape(cs_mapping *m, const cs_json *json, cs_message *message) {
    const char *format = text_of(json, "format"), *encoding = text_of(json, "encoding");
    m->is_csv = strcasecmp(format, "csv") == 0;
    if (!m->is_csv && strcasecmp(format, "tsv") != 0)
        return refuse(message, "format", "the format must be \"csv\" or \"tsv\"",
                      "csv: commas and quotes; tsv: tabs, quotes mean nothing");
    if (encoding && strcasecmp(encoding, "utf-8") != 0 && strcasecmp(encoding, "utf8") != 0)
        return refuse(message, "encoding", "only utf-8 is read",
                      "convert the file first: iconv -f GB18030 -t UTF-8 old.csv > new.csv");
    const cs_json *header = json_get(json, "header");
    m->has_header = json_kind(header) == CS_JSON_NULL ? needs_header(m) : json_is_true(header);
    if (!m->has_header && needs_header(m))
        return refuse(message, "header", "columns are given by name, but the file has no header",
                      "give numbers from 1, or set \"header\": true");
    return CS_OK;
}

static cs_error read_constants(cs_mapping *m, const cs_json *json, cs_message *message) {
    const char *channel = text_of(json, "channel"), *queue = text_of(json, "queue");
    const char *language = text_of(json, "language");
    m->channel = channel ? channel_parse(channel) : CS_CHANNEL_UNKNOWN;
    if (m->channel == CS_CHANNEL_COUNT)
        return refuse(message, "channel", "there is no such channel",
                      "one of call, chat, email, ticket, survey, video, unknown");
    if (queue && *queue && !(m->queue = arena_string(m->arena, queue))) return no_memory(message);
    if (language && *language && !(m->language = arena_string(m->arena, language))) return no_memory(message);
    return CS_OK;
}

static cs_error read_all(cs_mapping *m, const cs_json *json, cs_message *message) {
    cs_error code = json_object_check(json, head_keys, COUNT(head_keys), NULL, message);
    if (code == CS_OK) code = read_columns(m, json, message);
    if (code == CS_OK) code = read_shape(m, json, message);
    if (code == CS_OK) code = read_speakers(m, json, message);
    if (code == CS_OK) code = read_time_format(m, json, message);
    if (code == CS_OK) code = read_constants(m, json, message);
    return code;
}

cs_error mapping_parse(const char *text, size_t bytes, cs_mapping **out, cs_message *message) {
    cs_json *json = NULL;
    cs_error code = json_parse(text, bytes, MAX_MAPPING_BYTES, &json, message);
    if (code != CS_OK) return code;
    cs_arena *arena = arena_create(MAPPING_ARENA);
    cs_mapping *m = arena ? arena_alloc(arena, sizeof *m) : NULL;
    if (!m) {
        code = no_memory(message);
    } else {
        m->arena = arena;
        m->hash = hash_bytes(text, bytes);
        code = read_all(m, json, message);
    }
    json_free(json);
    if (code == CS_OK)
        *out = m;
    else
        arena_free(arena);
    return code;
}

cs_error mapping_load(const char *path, cs_mapping **out, cs_message *message) {
    cs_buffer text;
    cs_error code = file_read(path, MAX_MAPPING_BYTES, &text, message);
    if (code == CS_ERR_LIMIT) message_remedy(message, "a mapping is a small JSON file; is this the data itself?");
    if (code != CS_OK) return code;
    code = mapping_parse(buffer_string(&text), text.length, out, message);
    buffer_free(&text);
    return code;
}

void mapping_free(cs_mapping *mapping) {
    if (mapping) arena_free(mapping->arena);
}

cs_mapping_kind mapping_kind(const cs_mapping *mapping) {
    return mapping->kind;
}

const char *mapping_kind_name(cs_mapping_kind kind) {
    static const char *const names[] = {
#define X(code, name, zh) name,
        CS_MAPPING_TABLE(X)
#undef X
    };
    return (size_t)kind < COUNT(names) ? names[kind] : "";
}

cs_hash mapping_hash(const cs_mapping *mapping) {
    return mapping->hash;
}

const cs_speaker *mapping_speaker(const cs_mapping *mapping, const char *value) {
    for (uint32_t i = 0; i < mapping->speaker_count; i++) {
        if (strcmp(mapping->speakers[i].value, value) == 0) return &mapping->speakers[i];
    }
    return NULL;
}

/* Whole units since 1970, with up to three decimals when they are seconds. */
static bool read_epoch(const char *text, int64_t unit_ms, int64_t *epoch_ms) {
    int64_t value = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 15) return false;
    for (size_t i = 0; i < digits; i++) value = value * 10 + (text[i] - '0');
    if (value > LAST_MOMENT_MS / unit_ms) return false;
    value *= unit_ms;
    text += digits;
    if (*text == '.') {
        text++;
        size_t decimals = strspn(text, "0123456789");
        if (decimals == 0) return false;
        int64_t place = unit_ms / 10;
        for (size_t i = 0; i < decimals && place > 0; i++, place /= 10) value += (text[i] - '0') * place;
        text += decimals;
    }
    if (*text) return false;
    *epoch_ms = value;
    return true;
}

bool mapping_time(const cs_mapping *mapping, const char *text, int64_t *epoch_ms, int *zone_minutes) {
    *zone_minutes = mapping->zone_minutes;
    switch (mapping->time_format) {
    case CS_TIME_ISO8601:
        return clock_parse(text, epoch_ms, zone_minutes) ||
               (mapping->has_zone && clock_parse_local(text, mapping->zone_minutes, epoch_ms));
    case CS_TIME_EPOCH_MS: return read_epoch(text, 1, epoch_ms);
    case CS_TIME_EPOCH_S: return read_epoch(text, 1000, epoch_ms);
    case CS_TIME_LOCAL: return clock_parse_local(text, mapping->zone_minutes, epoch_ms);
    default: return false;
    }
}

const char *mapping_time_example(const cs_mapping *mapping) {
    for (size_t i = 0; i < COUNT(time_formats); i++) {
        if (time_formats[i].format == mapping->time_format) return time_formats[i].example;
    }
    return "";
}
