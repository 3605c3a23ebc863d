#include "quality/event_log_files.h"

#include "base/file.h"
#include "quality/event_log_line.h"

#include <string.h>
#include <strings.h>

enum { GROUP = 500, ARENA_BYTES = 64 << 20 }; /* events that are committed together */

typedef struct importing {
    cs_db *db;
    const cs_event_import *import;
    cs_event_counts *counts;
    cs_arena *arena;
    const char *named; /* the path as the user named it */
    int64_t pending; /* appended since the last commit */
    cs_error code; /* the store's: it ends the import */
    cs_message *message;
} importing;

static void refuse(importing *i, const char *path, const cs_message *message) {
    i->counts->refused++;
    i->import->on_refused(i->import->context, path, message);
}

static bool commit(importing *i) {
    if (i->code == CS_OK && db_in_transaction(i->db)) i->code = db_commit(i->db, i->message);
    i->pending = 0;
    return i->code == CS_OK;
}

static bool append(importing *i, const cs_log_event *event, const char *path, int64_t line) {
    cs_message message = {0};
    bool is_new = false;
    if (!db_in_transaction(i->db)) i->code = db_begin(i->db, i->message);
    if (i->code != CS_OK) return false;
    cs_error code = event_log_append(i->db, CS_FROM_FILE, event, path, i->import->now_ms, &is_new, &message);
    if (code == CS_ERR_CONFLICT || code == CS_ERR_LIMIT) {
        message_within(&message, "line %lld", (long long)line);
        refuse(i, path, &message);
    } else if (code != CS_OK) {
        *i->message = message;
        i->code = code;
        return false;
    } else if (is_new) {
        i->counts->added++;
    } else {
        i->counts->known++;
    }
    return ++i->pending < GROUP || commit(i);
}

static bool is_blank(const cs_line *line) {
    return strspn(line->text, " \t\r") == line->bytes;
}

static bool take_line(importing *i, const char *path, const cs_line *line) {
    cs_log_event event;
    cs_message message = {0};
    if (is_blank(line)) return true;
    i->counts->lines++;
    arena_reset(i->arena);
    cs_error code = CS_ERR_LIMIT;
    if (line->is_too_long) {
        (void)message_set(&message, code, "the line is longer than %d bytes", CS_MAX_EVENT_LINE_BYTES);
        message_remedy(&message, "one event a line");
    } else {
        code = event_line_read(line->text, line->bytes, i->import->zone_minutes, i->arena, &event, &message);
    }
    if (code == CS_OK) return append(i, &event, path, line->number);
    if (strncmp(message.place, "line 1, ", 8) == 0) /* the reader of JSON counts lines of its own */
        message_place(&message, "line %lld, %s", (long long)line->number, message.place + 8);
    else
        message_within(&message, "line %lld", (long long)line->number);
    refuse(i, path, &message);
    return true;
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    importing *i = context;
    (void)code;
    i->counts->lines++;
    refuse(i, path, message);
    return true;
}

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    importing *i = context;
    cs_line_reader *reader = NULL;
    cs_message message = {0};
    cs_line line;
    (void)info;
    if (strcmp(path, i->named) != 0 && strcasecmp(file_extension(path), ".jsonl") != 0) return true;
    i->counts->files++;
    cs_error code = line_reader_open(path, CS_MAX_EVENT_LINE_BYTES, &reader, &message);
    while (code == CS_OK && i->code == CS_OK) {
        code = line_reader_next(reader, &line, &message);
        if (code != CS_OK || !line.text || !take_line(i, path, &line)) break;
    }
    line_reader_close(reader);
    if (code != CS_OK) return on_trouble(i, path, code, &message);
    return i->code == CS_OK;
}

cs_error event_log_import(cs_db *db, const cs_event_import *import, cs_event_counts *counts, cs_message *message) {
    *counts = (cs_event_counts){0};
    importing i = {.db = db, .import = import, .counts = counts, .message = message};
    i.arena = arena_create(ARENA_BYTES);
    if (!i.arena) return message_set(message, CS_ERR_MEMORY, "no memory to read events");
    for (size_t p = 0; p < import->path_count && i.code == CS_OK; p++) {
        i.named = import->paths[p];
        (void)file_walk(import->paths[p], on_file, on_trouble, &i); /* troubles were told */
    }
    (void)commit(&i);
    if (i.code != CS_OK) db_rollback(db);
    arena_free(i.arena);
    return i.code;
}
