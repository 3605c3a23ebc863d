/* The keys of a mapping that say what the file is and how it is written. */
#include "conversation/mapping_reader.h"

#include "conversation/json_object.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define TEXT CS_JSON_IS(CS_JSON_STRING)
#define OBJECT CS_JSON_IS(CS_JSON_OBJECT)
#define ARRAY CS_JSON_IS(CS_JSON_ARRAY)
#define BOOL CS_JSON_IS(CS_JSON_BOOL)
#define NUMBER CS_JSON_IS(CS_JSON_NUMBER)
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { MAX_FILES = 50, MAX_STARS = 8, MAX_SKIPPED = 1000, MAX_TOLERANCE_S = 86400, DEFAULT_TOLERANCE_S = 120 };

static const cs_json_key head_keys[] = {
    {"kind", TEXT, false},
    {"format", TEXT, true},
    {"files", TEXT | ARRAY, false},
    {"columns", OBJECT, false},
    {"turns", OBJECT | ARRAY, false},
    {"id", TEXT, false},
    {"speakers", OBJECT, false},
    {"other_speakers", TEXT, false},
    {"channel", TEXT, false},
    {"queue", TEXT, false},
    {"language", TEXT, false},
    {"time_format", TEXT | ARRAY, false},
    {"zone", TEXT, false},
    {"header", BOOL, false},
    {"skip", NUMBER, false},
    {"delimiter", TEXT, false},
    {"sheet", TEXT, false},
    {"encoding", TEXT, false},
    {"each", TEXT, false},
    {"interleaved", BOOL, false},
    {"directions", OBJECT, false},
    {"events", OBJECT, false},
    {"tolerance_s", NUMBER, false},
    {"number_prefix", TEXT, false},
    {"line", TEXT, false},
    {"new_after_minutes", NUMBER, false},
    {"name", TEXT, false},
    {"agents", ARRAY, false},
    {"note", TEXT, false},
};

cs_error mapping_refuse(cs_message *message, const char *place, const char *reason, const char *remedy) {
    message_set(message, CS_ERR_PARSE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_PARSE;
}

cs_error mapping_no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for the mapping");
}

const char *mapping_text_of(const cs_json *object, const char *key) {
    return json_string(json_get(object, key), NULL);
}

cs_error mapping_copy(cs_mapping *mapping, const char *text, const char **slot, cs_message *message) {
    if (!text || !*text) return CS_OK;
    *slot = arena_string(mapping->arena, text);
    return *slot ? CS_OK : mapping_no_memory(message);
}

/* A whole number from 0 to most; absent: what *out holds. */
static cs_error read_count(const cs_json *json, const char *key, int64_t most, int64_t *out, cs_message *message) {
    const cs_json *value = json_get(json, key);
    if (json_kind(value) == CS_JSON_NULL) return CS_OK;
    if (json_int64(value, out) && *out >= 0 && *out <= most) return CS_OK;
    message_set(message, CS_ERR_PARSE, "\"%s\" must be a whole number from 0 to %lld", key, (long long)most);
    message_place(message, "%s", key);
    return CS_ERR_PARSE;
}

static cs_error read_kind(cs_mapping *m, const cs_json *json, cs_message *message) {
    const char *kind = mapping_text_of(json, "kind"), *format = mapping_text_of(json, "format");
    m->kind = CS_MAPPING_CONVERSATIONS;
    while (kind && m->kind < CS_MAPPING_KINDS && strcmp(mapping_kind_name(m->kind), kind) != 0) m->kind++;
    if (m->kind == CS_MAPPING_KINDS)
        return mapping_refuse(message, "kind", "there is no such kind of rows",
                              "one of conversations, calls, tickets, roster, satisfaction, customers");
    while (m->format < CS_MAPPING_FORMATS && strcasecmp(mapping_format_name(m->format), format) != 0) m->format++;
    if (m->format == CS_MAPPING_FORMATS)
        return mapping_refuse(message, "format", "there is no such format of files",
                              "one of csv (commas and quotes), tsv (tabs), xlsx, jsonl, json, text, recording, email");
    if (m->kind != CS_MAPPING_CONVERSATIONS && !mapping_has_rows(m))
        return mapping_refuse(message, "kind", "text, recording and email are formats of conversations only",
                              "leave \"kind\" out, or choose csv, tsv, xlsx, jsonl or json");
    return CS_OK;
}

static cs_error read_glob(cs_mapping *m, const cs_json *value, cs_message *message) {
    const char *text = json_string(value, NULL);
    size_t bytes = text ? strlen(text) : 0, stars = 0;
    for (size_t i = 0; i < bytes; i++) stars += text[i] == '*';
    if (bytes == 0 || bytes > CS_MAX_NAME_BYTES || stars > MAX_STARS)
        return mapping_refuse(message, "files", "the name of files must be a text of 1 to 200 bytes with at most 8 *",
                              "for example \"files\": \"calls_*.csv\"");
    return mapping_copy(m, text, &m->files[m->file_count++], message);
}

static cs_error read_files(cs_mapping *m, const cs_json *json, cs_message *message) {
    const cs_json *files = json_get(json, "files");
    if (json_kind(files) == CS_JSON_NULL) return CS_OK;
    bool is_list = json_kind(files) == CS_JSON_ARRAY;
    size_t count = is_list ? json_length(files) : 1;
    if (count > MAX_FILES) return mapping_refuse(message, "files", "more than 50 names of files", "use * and ?");
    m->files = arena_array(m->arena, count + 1, sizeof *m->files);
    if (!m->files) return mapping_no_memory(message);
    cs_error code = CS_OK;
    for (size_t i = 0; i < count && code == CS_OK; i++)
        code = read_glob(m, is_list ? json_at(files, i) : files, message);
    return code;
}

static bool needs_header(const cs_mapping *m) {
    for (size_t i = 0; i < CS_COLUMN_USES; i++) {
        if (m->columns[i].name) return true;
    }
    for (uint32_t i = 0; i < m->field_count; i++) {
        if (m->fields[i].column.name) return true;
    }
    for (uint32_t i = 0; i < m->extra_count; i++) {
        if (m->extras[i].name) return true;
    }
    return false;
}

static cs_error refuse_elsewhere(const cs_mapping *m, const cs_json *json, cs_message *message) {
    static const struct {
        const char *key, *formats;
        unsigned bits;
    } only[] = {
        {"header", "csv, tsv and xlsx",
         1u << CS_MAPPING_FORMAT_CSV | 1u << CS_MAPPING_FORMAT_TSV | 1u << CS_MAPPING_FORMAT_XLSX},
        {"skip", "csv, tsv, xlsx and text",
         1u << CS_MAPPING_FORMAT_CSV | 1u << CS_MAPPING_FORMAT_TSV | 1u << CS_MAPPING_FORMAT_XLSX |
             1u << CS_MAPPING_FORMAT_TEXT},
        {"delimiter", "csv", 1u << CS_MAPPING_FORMAT_CSV},
        {"sheet", "xlsx", 1u << CS_MAPPING_FORMAT_XLSX},
        {"each", "json", 1u << CS_MAPPING_FORMAT_JSON},
        {"line", "text", 1u << CS_MAPPING_FORMAT_TEXT},
        {"new_after_minutes", "text", 1u << CS_MAPPING_FORMAT_TEXT},
        {"name", "recording", 1u << CS_MAPPING_FORMAT_RECORDING},
        {"agents", "email", 1u << CS_MAPPING_FORMAT_EMAIL},
    };
    for (size_t i = 0; i < COUNT(only); i++) {
        if (json_kind(json_get(json, only[i].key)) == CS_JSON_NULL || only[i].bits & 1u << m->format) continue;
        message_set(message, CS_ERR_PARSE, "\"%s\" is a key of %s only", only[i].key, only[i].formats);
        message_place(message, "%s", only[i].key);
        message_remedy(message, "leave it out, or check \"format\": it is \"%s\"", mapping_format_name(m->format));
        return CS_ERR_PARSE;
    }
    return CS_OK;
}

static cs_error read_shape(cs_mapping *m, const cs_json *json, cs_message *message) {
    const char *delimiter = mapping_text_of(json, "delimiter"), *encoding = mapping_text_of(json, "encoding");
    const cs_json *header = json_get(json, "header");
    int64_t skip = 0;
    m->delimiter = m->format == CS_MAPPING_FORMAT_TSV ? '\t' : ',';
    if (delimiter) {
        if (strlen(delimiter) != 1 || !strchr(",;|\t:^", *delimiter))
            return mapping_refuse(message, "delimiter", "the delimiter must be one of , ; | : ^ and tab",
                                  "\"delimiter\": \";\" is what German and French Excel write");
        m->delimiter = *delimiter;
    }
    if (encoding && !encoding_parse(encoding, &m->encoding))
        return mapping_refuse(message, "encoding", "this encoding is not read",
                              "one of utf-8, gb18030 (also gbk, gb2312), utf-16; leave it out to have it found out");
    cs_error code = read_count(json, "skip", MAX_SKIPPED, &skip, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(json, "sheet"), &m->sheet, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(json, "each"), &m->each, message);
    if (code != CS_OK) return code;
    m->skip_rows = (uint32_t)skip;
    m->is_unsorted_refused =
        json_kind(json_get(json, "interleaved")) == CS_JSON_BOOL && !json_is_true(json_get(json, "interleaved"));
    m->has_header = json_kind(header) == CS_JSON_NULL ? needs_header(m) : json_is_true(header);
    if (m->format <= CS_MAPPING_FORMAT_XLSX && !m->has_header && needs_header(m))
        return mapping_refuse(message, "header", "columns are given by name, but the file has no header",
                              "give numbers from 1, or set \"header\": true");
    return CS_OK;
}

static cs_error add_time_format(cs_mapping *m, const cs_json *value, const char *zone, cs_message *message) {
    const char *format = json_string(value, NULL);
    if (!format)
        return mapping_refuse(message, "time_format", "a format of time must be a text",
                              "iso8601, epoch_ms, epoch_s, excel or letters as in yyyy-mm-dd hh:mm:ss");
    cs_time_pattern *time = &m->times[m->time_count++];
    cs_error code = time_pattern_parse(format, m->arena, time, message);
    if (code != CS_OK) {
        message_place(message, "time_format");
        return code;
    }
    if (!time->needs_zone || zone) return CS_OK;
    return mapping_refuse(message, "zone", "times without a zone need one here", "add \"zone\": \"+08:00\"");
}

/* Whether a column holds times. */
static bool has_times(const cs_mapping *m) {
    static const cs_column_use uses[] = {CS_COLUMN_TIME,   CS_COLUMN_ENDED, CS_COLUMN_ANSWERED,
                                         CS_COLUMN_CLOSED, CS_COLUMN_FROM,  CS_COLUMN_TO};
    for (size_t i = 0; i < COUNT(uses); i++) {
        if (mapping_is_mapped(m, uses[i])) return true;
    }
    for (uint32_t i = 0; i < m->turns.column_count; i++) {
        if (m->turns.columns[i].time != CS_NO_EXTRA) return true;
    }
    return m->turns.time || (m->line_template && strstr(m->line_template, "{time}"));
}

static cs_error read_times(cs_mapping *m, const cs_json *json, cs_message *message) {
    const char *zone = mapping_text_of(json, "zone");
    const cs_json *formats = json_get(json, "time_format");
    if (zone && !clock_parse_zone(zone, &m->zone_minutes))
        return mapping_refuse(message, "zone", "the zone must look like +08:00", "China is +08:00; UTC is Z");
    m->has_zone = zone != NULL;
    bool is_list = json_kind(formats) == CS_JSON_ARRAY, is_there = json_kind(formats) != CS_JSON_NULL;
    size_t count = is_list ? json_length(formats) : is_there;
    if (count > CS_MAX_TIME_PATTERNS)
        return mapping_refuse(message, "time_format", "more than 16 formats of time", "keep those that occur");
    m->times = arena_array(m->arena, count + 1, sizeof *m->times);
    if (!m->times) return mapping_no_memory(message);
    cs_error code = CS_OK;
    for (size_t i = 0; i < count && code == CS_OK; i++)
        code = add_time_format(m, is_list ? json_at(formats, i) : formats, zone, message);
    for (uint32_t i = 0; code == CS_OK && m->name && i < m->name->count; i++) {
        const cs_time_pattern *time = m->name->parts[i].time;
        if (time && time->needs_zone && !zone)
            return mapping_refuse(message, "zone", "times without a zone need one here", "add \"zone\": \"+08:00\"");
    }
    if (code == CS_OK && count == 0 && has_times(m))
        return mapping_refuse(message, "time_format", "there is a time column, but not how its times are written",
                              "add \"time_format\": iso8601, epoch_ms, epoch_s, or as in yyyy-mm-dd hh:mm:ss");
    return code;
}

static cs_error read_constants(cs_mapping *m, const cs_json *json, cs_message *message) {
    const char *channel = mapping_text_of(json, "channel"), *prefix = mapping_text_of(json, "number_prefix");
    m->channel = channel ? channel_parse(channel) : CS_CHANNEL_UNKNOWN;
    if (m->channel == CS_CHANNEL_COUNT)
        return mapping_refuse(message, "channel", "there is no such channel",
                              "one of call, chat, email, ticket, survey, video, unknown");
    if (prefix && (strlen(prefix) > 8 || strspn(prefix, "0123456789*#+") != strlen(prefix)))
        return mapping_refuse(message, "number_prefix", "the prefix must be at most 8 digits",
                              "\"number_prefix\": \"9\" where 9 is dialled before outside numbers");
    m->tolerance_s = DEFAULT_TOLERANCE_S;
    cs_error code = read_count(json, "tolerance_s", MAX_TOLERANCE_S, &m->tolerance_s, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(json, "queue"), &m->queue, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(json, "language"), &m->language, message);
    if (code == CS_OK) code = mapping_copy(m, prefix, &m->number_prefix, message);
    return code;
}

static cs_error read_template(cs_mapping *m, const cs_json *json, const char *key, cs_template_kind kind,
                              const cs_template **out, cs_message *message) {
    const char *text = mapping_text_of(json, key);
    if (!text) return CS_OK;
    cs_error code = template_parse(text, kind, m->arena, out, message);
    if (code != CS_OK) message_place(message, "%s", key);
    return code;
}

static cs_error read_templates(cs_mapping *m, const cs_json *json, cs_message *message) {
    int64_t minutes = 0;
    cs_error code = read_template(m, json, "id", CS_TEMPLATE_ID, &m->id, message);
    if (code == CS_OK) code = read_template(m, json, "name", CS_TEMPLATE_NAME, &m->name, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(json, "line"), &m->line_template, message);
    if (code == CS_OK) code = read_count(json, "new_after_minutes", 525600, &minutes, message);
    m->new_after_ms = minutes * 60000;
    if (code != CS_OK) return code;
    if (m->format == CS_MAPPING_FORMAT_RECORDING && !m->name)
        return mapping_refuse(message, "name", "it does not say what the names of recordings look like",
                              "\"name\": \"{extension}_{number}_{time:yyyymmddhhmmss}.wav\"");
    if (m->format == CS_MAPPING_FORMAT_TEXT && !m->line_template)
        return mapping_refuse(message, "line", "it does not say what a line of the text looks like",
                              "\"line\": \"[{time}] {speaker}: {text}\"");
    return CS_OK;
}

cs_error mapping_read(cs_mapping *m, const cs_json *json, cs_message *message) {
    cs_error code = json_object_check(json, head_keys, COUNT(head_keys), NULL, message);
    if (code == CS_OK) code = read_kind(m, json, message);
    if (code == CS_OK) code = refuse_elsewhere(m, json, message);
    if (code == CS_OK) code = read_files(m, json, message);
    if (code == CS_OK) code = mapping_read_columns(m, json, message);
    if (code == CS_OK) code = mapping_read_turns(m, json, message);
    if (code == CS_OK) code = read_templates(m, json, message);
    if (code == CS_OK) code = read_shape(m, json, message);
    if (code == CS_OK) code = mapping_read_words(m, json, message);
    if (code == CS_OK) code = read_times(m, json, message);
    if (code == CS_OK) code = read_constants(m, json, message);
    if (code == CS_OK) code = mapping_check_columns(m, message);
    return code;
}
