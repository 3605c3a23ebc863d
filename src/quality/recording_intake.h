/* recording_intake.h - a conversation's recording is taken in: listened to, kept encrypted, and made part of the conversation.
 * Floor: quality. One that came without a transcript is recognised (speech_desk.h). A file as it came becomes a blob; what only ffmpeg reads becomes Ogg Opus on the way. Memory does not grow
 * with the length. Threads: any, one conversation each; keys are shared.
 * Memory: what is filled lives in the conversation's arena.
 * Example: recording_take_in(&intake, conversation, arena, &row, &m);
 */
#ifndef CS_QUALITY_RECORDING_INTAKE_H
#define CS_QUALITY_RECORDING_INTAKE_H

#include "quality/recording.h"
#include "quality/speech_desk.h"
#include "store/keys.h"

#include <signal.h>

typedef struct cs_intake {
    const cs_keys *keys;
    const char *folder; /* of the blobs */
    int agent_channel; /* of two-channel recordings: 1, 2; 0: the centre has not said */
    const volatile sig_atomic_t *is_stopped; /* may be NULL */
    /* Called now and then while it is listened to; false ends it, as is_stopped does. May be NULL. */
    bool (*on_progress)(void *context);
    void *context;
    /* What is wordless is recognised there; NULL: nothing is. With it come a database to read, and what is told of it. */
    cs_speech_desk *desk;
    cs_db *db;
    const char *model; /* that recognises it; NULL: the one that is chosen */
    /* Asked before a recording that was taken in is recognised: whether its words are known, and part of it now. May be NULL. */
    cs_error (*know_words)(void *context, cs_conversation *conversation, const cs_recording_row *row, bool *are_known,
                           cs_message *message);
    void *knowing; /* its context */
    cs_speech_outcome *spoken;
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

/* Only the words, by the desk, for a conversation that was heard before: from what the store keeps. What came with a transcript stays
 * as it is. */
cs_error recording_recognise_stored(const cs_intake *intake, const cs_recording_row *stored,
                                    cs_conversation *conversation, cs_arena *arena, cs_message *message);

#endif
