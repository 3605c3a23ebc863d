/* format.h - the table of formats that go in: one descriptor each drives recognition, reading, help and documentation.
 * Floor: conversation. A reader streams: it hands over one finished conversation at a time and reports what it refuses,
 * then goes on with the rest. What it counts must add up: expected = given + refused.
 * Memory: each conversation lives in the arena that on_conversation receives and must pass on or free.
 * Threads: a reader runs on its caller's thread. Example: format_read(format_find(path, mapping), path, mapping, &sink, &counts, &m);
 */
#ifndef CS_CONVERSATION_FORMAT_H
#define CS_CONVERSATION_FORMAT_H

#include "base/arena.h"
#include "conversation/conversation.h"
#include "conversation/mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_reader_sink {
    void *context;
    /* Takes the arena with the conversation in it (frees it with arena_free). false stops reading. */
    bool (*on_conversation)(void *context, cs_conversation *conversation, cs_arena *arena);
    /* One conversation (or, with id NULL, one piece of the file) that can't be taken in; message has place and remedy.
     * false stops reading. */
    bool (*on_refused)(void *context, const char *id, cs_error code, const cs_message *message);
    /* Called now and then with the bytes consumed so far; may be NULL. false stops reading. */
    bool (*on_progress)(void *context, int64_t bytes);
} cs_reader_sink;

/* expected is counted from the file's own shape (lines, array items, runs of rows with one id), apart from what was
 * handed over. A part of a file that can't be told apart into conversations counts as one, refused. */
typedef struct cs_read_counts {
    int64_t expected, given, refused;
} cs_read_counts;

typedef struct cs_format {
    const char *name; /* "json" */
    const char *title_en, *title_zh;
    const char *extensions; /* ".json", space between */
    bool needs_mapping;
    cs_error (*read)(const char *path, const cs_mapping *mapping, const cs_reader_sink *sink, cs_read_counts *counts,
                     cs_message *message);
} cs_format;

extern const cs_format *const format_table[]; /* NULL at the end */
bool format_is_recording(const cs_format *format); /* sound: it can stand beside a transcript of the same name */
const cs_format *format_of_recordings(void); /* for a file that sounds like one, whatever it is called */

/* The format of a file by its extension; NULL: none. A .txt is only read with a mapping; a .csv or .tsv without one is
 * found, and format_read then says that the mapping is missing. mapping.json and *.mapping.json are no conversations. */
const cs_format *format_find(const char *path, const cs_mapping *mapping);

/* Fails only when the file as a whole can't be read (message says why; on_refused is not called for it); its counts then
 * hold expected 1, refused 1.
 * CS_ERR_STOPPED when the sink asked to stop. */
cs_error format_read(const cs_format *format, const char *path, const cs_mapping *mapping, const cs_reader_sink *sink,
                     cs_read_counts *counts, cs_message *message);

#endif
