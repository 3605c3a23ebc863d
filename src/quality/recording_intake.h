/* recording_intake.h - a conversation's recording is taken in: listened to, kept encrypted, and made part of the conversation.
 * Floor: quality. A file as it came becomes a blob; what only ffmpeg reads becomes Ogg Opus on the way. Memory does not grow
 * with the length. Threads: any, one conversation each; keys are shared.
 * Memory: what is filled lives in the conversation's arena.
 * Example: recording_take_in(&intake, conversation, arena, &row, &m);
 */
#ifndef CS_QUALITY_RECORDING_INTAKE_H
#define CS_QUALITY_RECORDING_INTAKE_H

#include "quality/recording.h"
#include "store/keys.h"

#include <signal.h>

typedef struct cs_intake {
    const cs_keys *keys;
    const char *folder; /* of the blobs */
    int agent_channel; /* of two-channel recordings: 1, 2; 0: the centre has not said */
    const volatile sig_atomic_t *is_stopped; /* may be NULL */
} cs_intake;

typedef enum cs_taken {
    CS_TAKEN_WHOLE,
    CS_TAKEN_CUT, /* damaged: what stands before the damage was heard; message says where */
} cs_taken;

/* The files that the conversation names (absolute, or from the program's folder). CS_ERR_PARSE, CS_ERR_IO, CS_ERR_LIMIT,
 * CS_ERR_NOT_FOUND are the recording's own, with the file as its place, and leave the conversation as it was; CS_ERR_STORE: what
 * was heard can't be kept. */
cs_error recording_take_in(const cs_intake *intake, cs_conversation *conversation, cs_arena *arena,
                           cs_recording_row *out, cs_taken *taken, cs_message *message);

/* The same from what the store keeps: the file is gone, or can't be read any more. */
cs_error recording_hear_stored(const cs_intake *intake, const cs_recording_row *stored, cs_conversation *conversation,
                               cs_arena *arena, cs_recording_row *out, cs_taken *taken, cs_message *message);

#endif
