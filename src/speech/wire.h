/* wire.h - what a recogniser and its child process say to each other: frames with a length, over a socket pair.
 * Floor: speech. Both ends run on one machine: numbers are in its byte order. Neither end trusts the other: every frame and every
 * field has a maximum, and what does not fit is CS_ERR_PARSE. Recogniser: HELLO, then BEGIN, SAMPLES, END, DROP, each for a
 * stream, or PUNCTUATE; child: READY once, then UTTERANCE, ENDED, PROGRESS, ERROR.
 * Memory: what is read points into the frame. Threads: any. Example: wire_open(out, CS_WIRE_END); wire_put_u32(out, 7); wire_shut(out);
 */
#ifndef CS_SPEECH_WIRE_H
#define CS_SPEECH_WIRE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "speech/model.h"
#include "speech/utterance.h"

enum {
    CS_WIRE_VERSION = 1,
    CS_WIRE_MAX_PAYLOAD = 4 << 20,
    CS_WIRE_HEADER = 8, /* type, length of what follows */
    CS_WIRE_MAX_TEXT = 1 << 20, /* bytes of one text */
    CS_WIRE_MAX_SAMPLES = 16000, /* in a frame */
    CS_WIRE_MAX_HOT_WORDS = 2000,
};

typedef enum cs_wire_type {
    CS_WIRE_HELLO = 1, /* the model, see wire_put_setup */
    CS_WIRE_BEGIN, /* u32 stream, i64 rate, i64 start_ms */
    CS_WIRE_SAMPLES, /* u32 stream, then floats */
    CS_WIRE_END, /* u32 stream: no more sound */
    CS_WIRE_DROP, /* u32 stream: nobody wants it any more */
    CS_WIRE_PUNCTUATE, /* text: one at a time */
    CS_WIRE_READY = 64, /* text version of the library, u32 is streaming */
    CS_WIRE_UTTERANCE, /* u32 stream, see wire_put_utterance */
    CS_WIRE_ENDED, /* u32 stream: everything was told */
    CS_WIRE_PROGRESS, /* a sign of life */
    CS_WIRE_ERROR, /* u32 code, text reason, text remedy: the child ends */
    CS_WIRE_PUNCTUATED, /* text */
} cs_wire_type;

/* What a child is told of its model. */
typedef struct cs_wire_setup {
    const char *library; /* path of libsherpa-onnx-c-api.so */
    cs_model_kind kind;
    bool is_live;
    float blank_penalty;
    uint32_t file_count;
    cs_model_file files[CS_MAX_MODEL_FILES]; /* role and path */
    const char *const *hot_words;
    uint32_t hot_word_count;
} cs_wire_setup;

typedef struct cs_wire_frame {
    cs_wire_type type;
    const unsigned char *payload; /* not aligned */
    size_t bytes;
} cs_wire_frame;

/* Reads a payload from its front; a field that is not there makes everything after it zero and is_bad true. */
typedef struct cs_wire_reader {
    const unsigned char *at, *end;
    bool is_bad;
} cs_wire_reader;

void wire_open(cs_buffer *out, cs_wire_type type);
void wire_put_u32(cs_buffer *out, uint32_t value);
void wire_put_i64(cs_buffer *out, int64_t value);
void wire_put_float(cs_buffer *out, float value);
void wire_put_text(cs_buffer *out, const char *text); /* NULL stays NULL */
void wire_put_setup(cs_buffer *out, const cs_wire_setup *setup);
void wire_put_utterance(cs_buffer *out, const cs_utterance *utterance);
bool wire_shut(cs_buffer *out, size_t frame_start); /* frame_start: out->length before wire_open; false: it failed */

/* The first frame in the bytes. *used is 0 while it is not all there. CS_ERR_PARSE: it can be no frame. */
cs_error wire_next(const unsigned char *bytes, size_t length, cs_wire_frame *frame, size_t *used, cs_message *message);

cs_wire_reader wire_read(const cs_wire_frame *frame);
uint32_t wire_u32(cs_wire_reader *reader);
int64_t wire_i64(cs_wire_reader *reader);
float wire_float(cs_wire_reader *reader);
const char *wire_text(cs_wire_reader *reader); /* UTF-8; NULL: it was NULL, or the frame is bad */
/* CS_ERR_PARSE when a field is missing, too large or out of its range; the arena holds the lists. */
cs_error wire_take_setup(cs_wire_reader *reader, cs_arena *arena, cs_wire_setup *out, cs_message *message);
cs_error wire_take_utterance(cs_wire_reader *reader, cs_arena *arena, cs_utterance *out, cs_message *message);
/* Samples are copied into an aligned place of out, which holds CS_WIRE_MAX_SAMPLES. */
cs_error wire_take_samples(cs_wire_reader *reader, float *out, uint32_t *count, cs_message *message);

#endif
