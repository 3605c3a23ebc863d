#include "conversation/format.h"

#include "base/file.h"
#include "conversation/mapping_columns.h"
#include "conversation/reading.h"
#include "conversation/recording_name.h"

#include <string.h>
#include <strings.h>

/* One row a format: name, titles, extensions, whether it needs a mapping, its reader. */
#define CS_FORMAT_TABLE(X)                                                                                             \
    X(json, "json", "JSON", "JSON", ".json .vcon", false, json_file_read)                                              \
    X(jsonl, "jsonl", "JSON Lines", "JSON 行", ".jsonl .ndjson", false, json_lines_read)                               \
    X(webvtt, "webvtt", "WebVTT captions", "WebVTT 字幕", ".vtt", false, webvtt_read)                                  \
    X(srt, "srt", "SRT captions", "SRT 字幕", ".srt", false, srt_read)                                                 \
    X(email, "email", "e-mail: a message, or an mbox of threads", "电子邮件", ".eml .mbox", false, email_read)         \
    X(csv, "csv", "CSV or TSV with a mapping", "CSV / TSV(需列映射)", ".csv .tsv .txt", true, delimited_read)          \
    X(xlsx, "xlsx", "Excel workbook with a mapping", "Excel 工作簿(需列映射)", ".xlsx .xlsm .xls .xlsb .ods", true,    \
      delimited_read)                                                                                                  \
    X(text, "text", "text of a chat program with a mapping", "聊天记录文本(需映射)", ".txt", true, chat_text_read)     \
    X(recording, "recording", "recording", "录音", CS_RECORDING_EXTENSIONS, false, recording_read)

#define X(id, name, en, zh, extensions, needs_mapping, reader)                                                         \
    static cs_error read_##id(const char *path, const cs_mapping *mapping, const cs_reader_sink *sink,                 \
                              cs_read_counts *counts, cs_message *message) {                                           \
        cs_reading reading = {path, mapping, sink, counts};                                                            \
        return reader(&reading, message);                                                                              \
    }                                                                                                                  \
    static const cs_format format_##id = {name, en, zh, extensions, needs_mapping, read_##id};
CS_FORMAT_TABLE(X)
#undef X

const cs_format *const format_table[] = {
#define X(id, name, en, zh, extensions, needs_mapping, reader) &format_##id,
    CS_FORMAT_TABLE(X)
#undef X
        NULL};

bool format_is_recording(const cs_format *format) {
    return format == &format_recording;
}

const cs_format *format_of_recordings(void) {
    return &format_recording;
}

static bool has_extension(const cs_format *format, const char *extension) {
    size_t length = strlen(extension);
    for (const char *at = format->extensions; *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && strncasecmp(at, extension, length) == 0) return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

/* mapping.json and jddc.mapping.json describe other files. */
static bool is_mapping_file(const char *path) {
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    size_t length = strlen(name), tail = strlen("mapping.json");
    if (length < tail || strcmp(name + length - tail, "mapping.json") != 0) return false;
    return length == tail || name[length - tail - 1] == '.';
}

/* A mapping decides, not the file's extension. */
static const cs_format *format_of_mapping(const cs_mapping *mapping) {
    if (mapping_has_rows(mapping)) return &format_csv;
    if (mapping->format == CS_MAPPING_FORMAT_RECORDING) return &format_recording;
    for (size_t i = 0; format_table[i]; i++) {
        if (strcmp(format_table[i]->name, mapping_format_name(mapping->format)) == 0) return format_table[i];
    }
    return NULL;
}

const cs_format *format_find(const char *path, const cs_mapping *mapping) {
    const char *extension = file_extension(path);
    if (is_mapping_file(path)) return NULL;
    if (mapping && mapping_suits(mapping, path)) return format_of_mapping(mapping);
    if (!*extension) return NULL;
    /* Without a mapping a .txt is any text; a .csv or .tsv is meant to be read, so its reader says what is missing. */
    if (!mapping && strcasecmp(extension, ".txt") == 0) return NULL;
    for (size_t i = 0; format_table[i]; i++) {
        if (has_extension(format_table[i], extension)) return format_table[i];
    }
    return NULL;
}

cs_error format_read(const cs_format *format, const char *path, const cs_mapping *mapping, const cs_reader_sink *sink,
                     cs_read_counts *counts, cs_message *message) {
    *counts = (cs_read_counts){0};
    cs_error code = CS_OK;
    const char *extension = file_extension(path);
    bool is_old = strcasecmp(extension, ".xls") == 0 || strcasecmp(extension, ".xlsb") == 0;
    if (!mapping && (is_old || strcasecmp(extension, ".ods") == 0)) { /* a mapping would not help */
        code = message_set(message, CS_ERR_PARSE, "workbooks of this kind (%s) are not read", extension);
        message_remedy(message, "open it in Excel or LibreOffice and save it as .xlsx or .csv");
    } else if (format->needs_mapping && !mapping) {
        code = message_set(message, CS_ERR_USAGE, "%s needs a mapping that says which column means what", path);
        message_remedy(message, "give --mapping FILE, or put a mapping.json into the same folder");
    } else {
        code = format->read(path, mapping, sink, counts, message);
    }
    if (code == CS_OK || code == CS_ERR_STOPPED) return code;
    if (!*message->remedy) message_remedy(message, "%s", error_remedy(code));
    *counts = (cs_read_counts){.expected = 1, .refused = 1};
    return code;
}

cs_error reading_give(const cs_reading *reading, cs_conversation *conversation, cs_arena *arena, const char *place) {
    conversation->source = arena_string(arena, reading->path);
    conversation->place = arena_string(arena, place);
    if (!conversation->source || !conversation->place) {
        cs_message message;
        message_set(&message, CS_ERR_MEMORY, "no memory for the conversation's source");
        cs_error code = reading_refuse(reading, conversation->external_id, CS_ERR_MEMORY, &message);
        arena_free(arena);
        return code;
    }
    reading->counts->given++;
    return reading->sink->on_conversation(reading->sink->context, conversation, arena) ? CS_OK : CS_ERR_STOPPED;
}

cs_error reading_refuse(const cs_reading *reading, const char *id, cs_error code, const cs_message *message) {
    cs_message whole = *message;
    if (!*whole.remedy) message_remedy(&whole, "%s", error_remedy(code));
    reading->counts->refused++;
    return reading->sink->on_refused(reading->sink->context, id, code, &whole) ? CS_OK : CS_ERR_STOPPED;
}

cs_error reading_progress(const cs_reading *reading, int64_t bytes) {
    if (!reading->sink->on_progress) return CS_OK;
    return reading->sink->on_progress(reading->sink->context, bytes) ? CS_OK : CS_ERR_STOPPED;
}
