/* reading.h - what the readers share: handing over, refusing, and counting both.
 * Floor: conversation, private to the readers. Memory: reading_give passes the arena on. Threads: one at a time.
 * Example: if (code != CS_OK) return reading_refuse(r, id, code, &message); return reading_give(r, c, arena, "line 3", &message);
 */
#ifndef CS_CONVERSATION_READING_H
#define CS_CONVERSATION_READING_H

#include "conversation/format.h"

/* The most one conversation may take, with room for ordering it. */
#define CS_CONVERSATION_ARENA ((size_t)256 << 20)

typedef struct cs_reading {
    const char *path;
    const cs_mapping *mapping;
    const cs_reader_sink *sink;
    cs_read_counts *counts;
} cs_reading;

/* Sets source and place, hands the conversation and its arena over. CS_OK or CS_ERR_STOPPED. */
cs_error reading_give(const cs_reading *reading, cs_conversation *conversation, cs_arena *arena, const char *place);
cs_error reading_refuse(const cs_reading *reading, const char *id, cs_error code, const cs_message *message);
cs_error reading_progress(const cs_reading *reading, int64_t bytes);

/* The readers, one a format; each gets the whole file as format_read describes. */
cs_error json_file_read(const cs_reading *reading, cs_message *message);
cs_error json_lines_read(const cs_reading *reading, cs_message *message);
cs_error webvtt_read(const cs_reading *reading, cs_message *message);
cs_error srt_read(const cs_reading *reading, cs_message *message);
cs_error chat_text_read(const cs_reading *reading, cs_message *message);
cs_error delimited_read(const cs_reading *reading, cs_message *message);
cs_error email_read(const cs_reading *reading, cs_message *message);
cs_error recording_read(const cs_reading *reading, cs_message *message);

/* The same on text in memory, for files that are read whole. WebVTT and SRT unify the line breaks in place. */
cs_error json_text_read(const cs_reading *reading, const char *text, size_t bytes, cs_message *message);
cs_error webvtt_text_read(const cs_reading *reading, char *text, size_t bytes, cs_message *message);
cs_error srt_text_read(const cs_reading *reading, char *text, size_t bytes, cs_message *message);
cs_error email_text_read(const cs_reading *reading, const char *bytes, size_t count, cs_message *message);

#endif
