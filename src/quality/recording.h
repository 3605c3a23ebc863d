/* recording.h - the recordings of conversations in the store: which blobs, how long, and what was found out about them.
 * Floor: quality. The SQL of recordings stands in recording.c. The bytes are blobs in DATA/recordings (store/blob.h).
 * Memory: rows live in the arena given. Threads: whoever owns the cs_db.
 * Example: if (recording_find(db, seq, arena, &row, &m) == CS_OK) open(row->parts[0].blob);
 */
#ifndef CS_QUALITY_RECORDING_H
#define CS_QUALITY_RECORDING_H

#include "base/arena.h"
#include "conversation/conversation.h"
#include "store/db.h"

typedef struct cs_recording_part {
    const char *path; /* where it came from */
    int64_t bytes, modified_ns; /* as it was then */
    const char *blob; /* the file as it came; converted ones are Ogg Opus */
    int64_t frames; /* samples a channel that were decoded */
} cs_recording_part;

typedef struct cs_recording_row {
    cs_recording_part parts[CS_MAX_RECORDINGS]; /* two: one a side, the first is channel 1 */
    uint32_t part_count;
    int rate_hz, channels; /* as heard: two parts are two channels */
    int64_t duration_ms;
    const char *waveform; /* blob, see waveform.h */
    const char *report; /* JSON: the object "recording" of docs/api.md */
} cs_recording_row;

/* Replaces what was stored for this conversation (on the writer's thread). */
cs_error recording_save(cs_db *db, int64_t seq, const cs_recording_row *row, cs_message *message);
cs_error recording_find(cs_db *db, int64_t seq, cs_arena *arena, cs_recording_row **out,
                        cs_message *message); /* CS_ERR_NOT_FOUND: the conversation has no recording */
/* Of the conversation with the centre's id. CS_ERR_NOT_FOUND: there is none. */
cs_error recording_find_of(cs_db *db, const char *external_id, cs_arena *arena, cs_recording_row **out,
                           cs_message *message);
/* A blob of some recording of the store, to try a key on; NULL: there is none. */
cs_error recording_any(cs_db *db, cs_arena *arena, const char **blob, cs_message *message);
/* Whether every recording of the conversations that stand in this file is still on the disk as it was heard. */
cs_error recording_is_unchanged(cs_db *db, const char *source, bool *is_unchanged, cs_message *message);
/* Whether this file is the recording of a conversation that stands in another file. */
cs_error recording_is_claimed(cs_db *db, const char *path, bool *is_claimed, cs_message *message);

#endif
