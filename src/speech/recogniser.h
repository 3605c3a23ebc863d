/* recogniser.h - sound goes in, utterances come out: the one interface of everything that recognises speech.
 * Floor: speech. History and live calls go the same way: a stream is opened for each side, samples are pushed as they come,
 * utterances are told as they are known. A model on this machine lives in a child process (`callscope speech`) of its own,
 * walled in and supervised; when it crashes, hangs or takes too much, the call in hand fails with CS_ERR_IO and the next
 * one starts a new child. An address in the network (docs/speech.md) is behind the same functions.
 * Memory: a recogniser and its streams are freed by their owner; utterances live until the sink returns.
 * Threads: one at a time for a recogniser with all its streams; several recognisers beside each other, one a core. The child dies with
 * the thread that opened the recogniser, or began the stream for which it was started again: that thread must go on.
 * Example: recogniser_open(&options, &r, &m); recogniser_begin(r, 8000, 0, &sink, &s, &m);
 *          recogniser_push(s, samples, 1600, &m); recogniser_finish(s, &m); recogniser_close(r);
 */
#ifndef CS_SPEECH_RECOGNISER_H
#define CS_SPEECH_RECOGNISER_H

#include "base/error.h"
#include "speech/model.h"
#include "speech/utterance.h"

#include <signal.h>

enum {
    CS_MAX_STREAMS = 128, /* of one recogniser at once */
    CS_MAX_RECOGNISERS = 64, /* waited for together */
    CS_MIN_SPEECH_RATE = 4000,
    CS_MAX_SPEECH_RATE = 192000,
};

typedef struct cs_recogniser_options {
    const cs_speech_model *model; /* must live as long as the recogniser */
    const char *program; /* of the child; NULL: this program */
    /* What the model should rather hear: product names, phrases of rules. Transducers that write characters hear them, at the
     * cost of following several ways at once; other models pass them over. */
    const char *const *hot_words;
    uint32_t hot_word_count;
    int64_t memory_bytes; /* of the child, 0: what the model's manifest says and half as much again, or 1 GB */
    int stall_seconds; /* a child that gives no sign so long while it works is ended; 0: 60 */
    bool is_live; /* partial utterances too, and ends of speech found by the recogniser */
    const volatile sig_atomic_t *is_stopped; /* may be NULL */
} cs_recogniser_options;

/* Who it was: kept with every transcript. */
typedef struct cs_recogniser_identity {
    const char *model; /* name in the manifest, or the address */
    const char *version; /* of the library, or "" */
    char sha256[65]; /* over the model's files in the manifest's order; "" of an address */
    bool is_phonetic; /* units are parts of Mandarin syllables */
    bool tells_signs; /* emotion and event of every utterance; of an address: not known beforehand */
    bool is_streaming; /* utterances come while sound is pushed; else with each 30 seconds, and at the end */
    int64_t memory_bytes; /* what the child took when the model was loaded */
} cs_recogniser_identity;

typedef struct cs_recogniser cs_recogniser;
typedef struct cs_recogniser_stream cs_recogniser_stream;

typedef struct cs_utterance_sink {
    void *context;
    /* In the order of their times within a stream. false stops the stream with CS_ERR_STOPPED. */
    bool (*on_utterance)(void *context, const cs_utterance *utterance);
} cs_utterance_sink;

/* Of a stream that was let go; the context is its sink's. CS_OK: everything was told. The stream is gone. It must not call the
 * recogniser, which is in the middle of something. */
typedef void (*cs_stream_end)(void *context, cs_error code, const cs_message *message);

/* CS_ERR_NOT_FOUND: the model or the library is not installed (the remedy says how); CS_ERR_PARSE: the model is broken;
 * CS_ERR_CONFLICT: the library is of another version; CS_ERR_IO: no child could be started. */
cs_error recogniser_open(const cs_recogniser_options *options, cs_recogniser **out, cs_message *message);
const cs_recogniser_identity *recogniser_identity(const cs_recogniser *recogniser);
void recogniser_close(cs_recogniser *recogniser); /* ends its streams; NULL is allowed */

/* One side's sound from start_ms of its recording on. Silence need not be pushed: a stream for each piece that has a voice. */
cs_error recogniser_begin(cs_recogniser *recogniser, int rate_hz, int64_t start_ms, const cs_utterance_sink *sink,
                          cs_recogniser_stream **out, cs_message *message);
/* Mono, -1 to 1, at the rate given, never resampled by the caller. Waits while the recogniser is behind, unless it is live. */
cs_error recogniser_push(cs_recogniser_stream *stream, const float *samples, uint32_t count, cs_message *message);
/* No more comes: what is still to be told is told before it returns, and the stream is gone, whatever it returns. */
cs_error recogniser_finish(cs_recogniser_stream *stream, cs_message *message);
/* No more comes, and nobody waits: what is still to be told is told by recogniser_poll (or any other call that hears the child), then
 * on_end, once, at times before this returns. An address is waited for. */
void recogniser_let_go(cs_recogniser_stream *stream, cs_stream_end on_end);
/* Nothing more is to be told; on_end is not called. Also of a stream that was let go and is not over; NULL is allowed. */
void recogniser_drop(cs_recogniser_stream *stream);
/* The text with commas and full stops, by a model of that kind, which hears nothing and takes no streams. At most 64 kB.
 * CS_ERR_USAGE: the model is for something else. */
cs_error recogniser_punctuate(cs_recogniser *recogniser, const char *text, cs_arena *arena, const char **out,
                              cs_message *message);
/* Live: tells what came of all streams, waiting at most so long. */
cs_error recogniser_poll(cs_recogniser *recogniser, int wait_ms, cs_message *message);
/* Until one of them may have something for recogniser_poll, or so long; those at an address are not waited for. */
void recognisers_wait(cs_recogniser *const *recognisers, uint32_t count, int wait_ms);

#endif
