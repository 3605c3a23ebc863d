/* event_log_files.h - files of events into the log: .jsonl, one event a line.
 * Floor: quality. What is wrong is told with file, line, reason and remedy, and the rest goes on. Safe to kill at any
 * moment: the same files again finish the rest and double nothing.
 * Memory: flat in the size of the files. Threads: whoever owns the cs_db.
 * Example: event_log_import(db, &import, &counts, &m);
 */
#ifndef CS_QUALITY_EVENT_LOG_FILES_H
#define CS_QUALITY_EVENT_LOG_FILES_H

#include "quality/event_log.h"

typedef struct cs_event_counts {
    int64_t files, lines; /* blank lines don't count; lines = the sum of the others */
    int64_t added, known, refused;
} cs_event_counts;

typedef struct cs_event_import {
    const char *const *paths; /* files, or folders of .jsonl files */
    size_t path_count;
    int zone_minutes; /* of times written without one; CS_ZONE_UNKNOWN refuses them */
    int64_t now_ms;
    void *context;
    void (*on_refused)(void *context, const char *file, const cs_message *message);
} cs_event_import;

/* Refused lines are no failure: they are counted. Fails when the store refuses. */
cs_error event_log_import(cs_db *db, const cs_event_import *import, cs_event_counts *counts, cs_message *message);

#endif
