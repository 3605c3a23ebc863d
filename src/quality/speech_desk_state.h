/* speech_desk_state.h - a recording on its way through a recogniser: which pieces are done, and what came of them. Private to
 * speech_desk*.c. Floor: quality. Memory: the conversation's arena. Threads: one.
 * Example: run_prepare(run, &m); run_feed(run, &m); run_apply(run, &m);
 */
#ifndef CS_QUALITY_SPEECH_DESK_STATE_H
#define CS_QUALITY_SPEECH_DESK_STATE_H

#include "quality/speech_desk.h"
#include "quality/speech_second.h"
#include "quality/speech_stream.h"
#include "speech/confidence.h"

enum {
    CS_RUN_KEEP_MS = 30000, /* so much of finished voices is kept at once */
    CS_RUN_KEEP_SPENT_MS = 5000, /* or after so long, whatever it was */
};

struct cs_speech_desk {
    cs_speech_shop *shop;
    cs_recogniser *recogniser; /* NULL: none yet */
    const cs_speech_model *model;
    cs_speech_words *words; /* of this centre; NULL: none yet */
    cs_speech_words *hot; /* those that the recogniser was told; NULL: none */
    const cs_speller *speller; /* of the words, for a phonetic model; else NULL */
    const cs_calibration *calibration; /* of the model; NULL: none */
    cs_speech_second marks; /* puts commas and full stops */
    cs_speech_second voices; /* finds them, where the shop says so */
};

/* The shop's model of this name, looked at once for all desks. */
cs_error speech_shop_model(cs_speech_shop *shop, const char *name, const cs_speech_model **out, cs_message *message);

typedef struct cs_run_piece { /* what came of a piece */
    cs_utterance *utterances;
    uint32_t count, room;
    bool is_done, is_kept; /* kept: it is in the store */
} cs_run_piece;

typedef struct cs_run_part { /* a piece in a stream */
    uint32_t piece;
    int64_t from_ms; /* where its sound begins there */
} cs_run_part;

typedef struct cs_run_stream { /* of a side: its pieces that are being recognised */
    struct cs_speech_run *run;
    cs_recogniser_stream *stream; /* NULL: none is open */
    cs_run_part parts[CS_STREAM_PIECES];
    uint32_t part_count;
    int64_t given, pushed; /* samples: with the silence between, and without */
} cs_run_stream;

typedef struct cs_speech_run {
    cs_speech_desk *desk;
    const cs_speech_work *work;
    cs_speech_outcome *outcome;
    cs_speech_key key;
    cs_speech_piece *pieces;
    cs_run_piece *results; /* beside them */
    uint32_t *stream; /* of each, the first of those that share one */
    uint32_t count;
    const uint32_t *left; /* those that are fed: numbers of pieces */
    uint32_t left_count;
    cs_run_stream streams[2]; /* by side */
    bool has_failed; /* the recogniser did: trouble says how */
    bool is_short; /* of memory */
    cs_message trouble;
    int64_t unkept_ms, kept_at_ms; /* done and not kept yet; when the last were */
} cs_speech_run;

/* The pieces, and what is known of them from before. */
cs_error run_prepare(cs_speech_run *run, cs_message *message);
/* Those that are not done yet, through the recogniser. That it fails is no error: has_failed. */
cs_error run_feed(cs_speech_run *run, cs_message *message);
/* A piece begins, in the side's open stream where there is one; finish: the stream ends, and its pieces are done. */
cs_error run_stream_begin(cs_speech_run *run, uint32_t piece, cs_message *message);
cs_error run_stream_push(cs_speech_run *run, int side, const float *samples, uint32_t count, cs_message *message);
cs_error run_stream_finish(cs_speech_run *run, int side, cs_message *message);
/* Trouble of the recogniser ends the feeding, and is told apart from that of the sound. */
cs_error run_judge(cs_speech_run *run, cs_error code, cs_message *message);
/* What was recognised becomes the conversation's turns. */
cs_error run_apply(cs_speech_run *run, cs_message *message);

#endif
