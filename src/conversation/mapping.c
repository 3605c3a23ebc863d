#include "conversation/mapping_columns.h"

#include "base/file.h"
#include "base/json.h"
#include "conversation/mapping_reader.h"
#include "conversation/recording_name.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const size_t MAX_MAPPING_BYTES = (size_t)1 << 20, MAPPING_ARENA = (size_t)16 << 20;

cs_error mapping_parse(const char *text, size_t bytes, cs_mapping **out, cs_message *message) {
    cs_json *json = NULL;
    cs_error code = json_parse(text, bytes, MAX_MAPPING_BYTES, &json, message);
    if (code != CS_OK) return code;
    cs_arena *arena = arena_create(MAPPING_ARENA);
    cs_mapping *m = arena ? arena_alloc(arena, sizeof *m) : NULL;
    if (!m) {
        code = mapping_no_memory(message);
    } else {
        m->arena = arena;
        m->hash = hash_bytes(text, bytes);
        code = mapping_read(m, json, message);
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

const char *mapping_format_name(cs_mapping_format format) {
    static const char *const names[] = {
#define X(code, name, has_columns) name,
        CS_MAPPING_FORMAT_TABLE(X)
#undef X
    };
    return (size_t)format < COUNT(names) ? names[format] : "";
}

const char *mapping_column_key(cs_column_use use) {
    static const char *const keys[] = {
#define X(code, key, kinds, needed) key,
        CS_COLUMN_TABLE(X)
#undef X
    };
    return (size_t)use < COUNT(keys) ? keys[use] : "";
}

bool mapping_has_rows(const cs_mapping *mapping) {
    return mapping->format <= CS_MAPPING_FORMAT_JSON;
}

static bool has_extension(const char *path, const char *const *extensions, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(file_extension(path), extensions[i]) == 0) return true;
    }
    return false;
}

/* The end of a path with as many folders as the pattern has. */
static const char *tail_of(const char *path, const char *pattern) {
    size_t folders = 0;
    for (const char *at = pattern; *at; at++) folders += *at == '/';
    const char *from = path + strlen(path);
    for (; from > path; from--) {
        if (from[-1] == '/' && folders-- == 0) break;
    }
    return from;
}

static bool is_named(const cs_mapping *mapping, const char *path) {
    for (uint32_t i = 0; i < mapping->file_count; i++) {
        const char *pattern = mapping->files[i];
        if (fnmatch(pattern, tail_of(path, pattern), FNM_CASEFOLD | FNM_PATHNAME) == 0) return true;
    }
    return false;
}

bool mapping_suits(const cs_mapping *mapping, const char *path) {
    static const char *const rows[] = {".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm"};
    static const char *const json[] = {".json", ".jsonl", ".ndjson", ".txt"}, *const text[] = {".txt", ".log"},
                             *const mail[] = {".eml", ".mbox"};
    if (mapping->file_count > 0) return is_named(mapping, path);
    switch (mapping->format) {
    case CS_MAPPING_FORMAT_JSONL:
    case CS_MAPPING_FORMAT_JSON: return has_extension(path, json, COUNT(json));
    case CS_MAPPING_FORMAT_TEXT: return has_extension(path, text, COUNT(text));
    case CS_MAPPING_FORMAT_RECORDING: return recording_name_is(path);
    case CS_MAPPING_FORMAT_EMAIL: return has_extension(path, mail, COUNT(mail));
    default: return has_extension(path, rows, COUNT(rows));
    }
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

static const char *find_pair(const cs_word_pair *pairs, size_t count, const char *word) {
    if (!*word) return "";
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(pairs[i].value, word) == 0) return pairs[i].meaning;
    }
    return NULL;
}

const char *mapping_direction(const cs_mapping *mapping, const char *word) {
    static const cs_word_pair known[] = {
        {"in", "in"},         {"inbound", "in"},    {"incoming", "in"}, {"callin", "in"},    {"呼入", "in"},
        {"来电", "in"},       {"进线", "in"},       {"out", "out"},     {"outbound", "out"}, {"outgoing", "out"},
        {"callout", "out"},   {"呼出", "out"},      {"外呼", "out"},    {"去电", "out"},     {"internal", "internal"},
        {"内部", "internal"}, {"内线", "internal"},
    };
    const char *meaning = find_pair(mapping->directions, mapping->direction_count, word);
    return meaning ? meaning : find_pair(known, COUNT(known), word);
}

const char *mapping_event(const cs_mapping *mapping, const char *word) {
    static const cs_word_pair known[] = {
        {"opened", "ticket.opened"},       {"created", "ticket.opened"},    {"创建", "ticket.opened"},
        {"新建", "ticket.opened"},         {"受理", "ticket.opened"},       {"assigned", "ticket.assigned"},
        {"派单", "ticket.assigned"},       {"转派", "ticket.assigned"},     {"reopened", "ticket.reopened"},
        {"重开", "ticket.reopened"},       {"重新打开", "ticket.reopened"}, {"urged", "ticket.urged"},
        {"催单", "ticket.urged"},          {"closed", "ticket.closed"},     {"resolved", "ticket.closed"},
        {"结单", "ticket.closed"},         {"关闭", "ticket.closed"},       {"办结", "ticket.closed"},
        {"完结", "ticket.closed"},         {"已关闭", "ticket.closed"},     {"已办结", "ticket.closed"},
        {"新建工单", "ticket.opened"},     {"创建工单", "ticket.opened"},   {"建单", "ticket.opened"},
        {"分派", "ticket.assigned"},       {"派发", "ticket.assigned"},     {"转办", "ticket.assigned"},
        {"催办", "ticket.urged"},          {"结案", "ticket.closed"},       {"关闭工单", "ticket.closed"},
        {"cancelled", "ticket.cancelled"}, {"取消", "ticket.cancelled"},    {"撤销", "ticket.cancelled"},
    };
    const char *meaning = find_pair(mapping->events, mapping->event_count, word);
    return meaning ? meaning : find_pair(known, COUNT(known), word);
}

bool mapping_moment(const cs_mapping *mapping, const char *text, int64_t *epoch_ms, int *zone_minutes, bool *is_day) {
    *zone_minutes = mapping->zone_minutes;
    for (uint32_t i = 0; i < mapping->time_count; i++) {
        if (!time_pattern_read(&mapping->times[i], text, mapping->has_zone, mapping->zone_minutes, epoch_ms,
                               zone_minutes))
            continue;
        *is_day = !mapping->times[i].has_hour;
        return true;
    }
    return false;
}

bool mapping_time(const cs_mapping *mapping, const char *text, int64_t *epoch_ms, int *zone_minutes) {
    bool is_day;
    return mapping_moment(mapping, text, epoch_ms, zone_minutes, &is_day);
}

const char *mapping_time_example(const cs_mapping *mapping) {
    return mapping->time_count ? mapping->times[0].example : "";
}

const char *mapping_number(const cs_mapping *mapping, const char *number) {
    size_t bytes = mapping->number_prefix ? strlen(mapping->number_prefix) : 0;
    /* What is left must still be a number: 9 before 138 1234 5678, not before the extension 9001. */
    if (bytes == 0 || strncmp(number, mapping->number_prefix, bytes) != 0 || strlen(number) < bytes + 7) return number;
    return number + bytes;
}
