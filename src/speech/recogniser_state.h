/* recogniser_state.h - what the parts of a recogniser share: its streams, and the child that hears for them.
 * Floor: speech, private to recogniser*.c. recogniser.c opens and attends it, recogniser_start.c starts the child and gives it up,
 * recogniser_stream.c sends sound, recogniser_answer.c takes what comes back.
 * Memory: streams belong to the recogniser once they were let go, to their owner until then. Threads: one.
 * Example: cs_error code = recogniser_start_again(r, m); if (code == CS_OK) code = recogniser_exchange(r, 100, m);
 */
#ifndef CS_SPEECH_RECOGNISER_STATE_H
#define CS_SPEECH_RECOGNISER_STATE_H

#include "speech/recogniser.h"
#include "speech/recogniser_link.h"
#include "speech/remote.h"

#include <limits.h>

enum { CS_RECOGNISER_EXCHANGE_MS = 100 };

struct cs_recogniser_stream {
    cs_recogniser *owner;
    uint32_t number;
    cs_remote_stream *remote; /* of an address: nothing else is used then */
    cs_utterance_sink sink;
    cs_stream_end on_end; /* let go by its owner; NULL: not yet */
    bool is_ended, is_stopped, is_lost; /* told everything; refused by its sink; its child is gone */
    cs_message loss;
};

struct cs_recogniser {
    cs_recogniser_options options;
    cs_recogniser_identity identity;
    char version[64], library[PATH_MAX];
    cs_recogniser_link link;
    cs_remote *remote; /* in place of a child; NULL: a model of this machine */
    cs_recogniser_stream *streams[CS_MAX_STREAMS];
    uint32_t next_number;
    uint32_t ending; /* streams that were let go and are not told to their end */
    cs_arena *arena; /* of the utterance that is told */
    char *punctuated; /* the answer to PUNCTUATE; NULL: not there yet */
    bool is_ready;
    int failures; /* in a row */
    int64_t failed_ms;
};

/* ---- recogniser_start.c ---- */

/* A child that is gone is replaced; why that fails is no matter of the model any more. */
cs_error recogniser_start(cs_recogniser *recogniser, cs_message *message);
cs_error recogniser_start_again(cs_recogniser *recogniser, cs_message *message);
/* The child is ended; all who waited for it are told why. Whatever went wrong inside it is CS_ERR_IO to them. */
cs_error recogniser_give_up(cs_recogniser *recogniser, cs_error code, cs_message *message);
/* Sends and receives once; whatever goes wrong costs the child. */
cs_error recogniser_exchange(cs_recogniser *recogniser, int wait_ms, cs_message *message);
cs_error recogniser_refuse_pace(cs_message *message);

/* ---- recogniser_stream.c ---- */

bool recogniser_close_frame(cs_recogniser *recogniser, size_t start); /* false: it did not fit and is taken back */
bool recogniser_put_number(cs_recogniser *recogniser, cs_wire_type type, uint32_t number);
void recogniser_wait_begins(cs_recogniser *recogniser); /* unless a sign is already waited for */
/* Of a stream that was let go: its owner is told, and it is gone. */
void recogniser_stream_over(cs_recogniser_stream *stream, cs_error code, const cs_message *message);

/* ---- recogniser_answer.c ---- */

cs_error recogniser_take_frame(void *recogniser, const cs_wire_frame *frame, cs_message *message);

#endif
