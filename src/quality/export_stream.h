/* export_stream.h - stored conversations out of the store again: JSON, JSON Lines, vCon; findings as CSV and XLSX.
 * Floor: quality. Streams: memory stays that of the largest conversation. docs/formats/export.md describes the formats.
 * Memory: texts live during the call that hands them over. Threads: that of the db; the long work is never a request's.
 * Example: code = export_to_file(&(cs_export){db, packer, rules, &filter, CS_EXPORT_JSONL}, fd, &n, &m);
 */
#ifndef CS_QUALITY_EXPORT_STREAM_H
#define CS_QUALITY_EXPORT_STREAM_H

#include "quality/archive.h"

/* C name, name in commands and addresses, ending of a file, media type */
#define CS_EXPORT_TABLE(X)                                                                                             \
    X(JSON, "json", ".json", "application/json")                                                                       \
    X(JSONL, "jsonl", ".jsonl", "application/x-ndjson")                                                                \
    X(VCON, "vcon", ".vcon.jsonl", "application/x-ndjson")                                                             \
    X(CSV, "csv", ".csv", "text/csv; charset=utf-8")                                                                   \
    X(XLSX, "xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
typedef enum cs_export_format {
#define X(code, name, ending, media) CS_EXPORT_##code,
    CS_EXPORT_TABLE(X)
#undef X
        CS_EXPORT_FORMATS
} cs_export_format;

cs_export_format export_format_parse(const char *name); /* CS_EXPORT_FORMATS: no such format */
const char *export_format_ending(cs_export_format format);
const char *export_format_media(cs_export_format format);
bool export_format_is_conversations(cs_export_format format); /* else findings */

typedef struct cs_export {
    cs_db *db;
    cs_packer *packer;
    cs_ruleset *ruleset; /* the current one */
    const cs_filter *filter;
    cs_export_format format;
    const char *language; /* "zh" or "en": of headings and words */
    bool is_revealed; /* numbers and names of customers as they are; else covered */
    const char *folder; /* for a workbook's rows until it is put together; NULL: the system's */
    bool (*is_stopped)(void *context); /* asked before each conversation; NULL: never */
    void *context;
} cs_export;

/* One conversation after another as text of its own, without a line break at the end. Only formats of conversations. */
typedef cs_error (*cs_export_visit)(void *context, const cs_stored *stored, const char *text, size_t bytes,
                                    cs_message *message);
cs_error export_each(const cs_export *export, cs_export_visit visit, void *context, cs_message *message);

/* All of it into an open file, pipe or socket, from its current place. count: conversations, or rows of findings. What was
 * written before a failure stays there: the caller throws it away. CS_ERR_STOPPED when is_stopped said so. */
cs_error export_to_file(const cs_export *export, int descriptor, int64_t *count, cs_message *message);

#endif
