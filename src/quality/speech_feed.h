/* speech_feed.h - a recording's samples, read a second time, on their way to a recogniser: only what lies in the pieces.
 * Floor: quality. One walk through the sound for both sides; long stretches in which nobody speaks are passed over.
 * Memory: one block, however long the recording is. Threads: one.
 * Example: speech_feed(&sound, pieces, count, &taker, &m);
 */
#ifndef CS_QUALITY_SPEECH_FEED_H
#define CS_QUALITY_SPEECH_FEED_H

#include "quality/speech_piece.h"

enum {
    CS_FEED_FRAMES = 2048, /* pushed at once */
    CS_FEED_PASS_MS = 10000, /* a silence this long is passed over rather than read */
};

typedef struct cs_speech_sound { /* where samples come from */
    void *context;
    int rate_hz, channels; /* 1 or 2 */
    cs_error (*seek)(void *context, int64_t frame, cs_message *message);
    /* Up to frames samples of each channel, interleaved; *got 0: the end. */
    cs_error (*read)(void *context, float *out, uint32_t frames, uint32_t *got, cs_message *message);
} cs_speech_sound;

typedef struct cs_speech_taker { /* where they go; piece: its index. At most one piece a side is open. */
    void *context;
    cs_error (*begin)(void *context, uint32_t piece, cs_message *message);
    cs_error (*push)(void *context, uint32_t piece, const float *samples, uint32_t count, cs_message *message);
    cs_error (*finish)(void *context, uint32_t piece, cs_message *message);
} cs_speech_taker;

/* The pieces as speech_pieces_of orders them. A piece behind the end of the sound is not begun; one that the end cuts is finished. */
cs_error speech_feed(const cs_speech_sound *sound, const cs_speech_piece *pieces, uint32_t count,
                     const cs_speech_taker *taker, cs_message *message);

#endif
