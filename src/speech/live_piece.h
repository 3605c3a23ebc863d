/* live_piece.h - what one side says between two pauses of a live call, on its way through the recogniser.
 * Floor: speech, private to live*.c. A piece is sent as it comes and let go at its end: its last text comes when it comes, while other
 * calls go on. Its samples are kept so long: when the child dies, they are sent once more, to the next one; dying twice costs them.
 * Memory: at most 31 s of samples a piece, freed with it. Threads: that of the recogniser.
 * Example: live_piece_begin(p, l, 0, 1200); live_piece_push(p, samples, 80, &m); live_piece_end(p, &voice, &m); live_piece_wait(p, &m);
 */
#ifndef CS_SPEECH_LIVE_PIECE_H
#define CS_SPEECH_LIVE_PIECE_H

#include "base/buffer.h"
#include "speech/live.h"

typedef struct cs_live_voice {
    int64_t from_ms, to_ms;
    float level_db;
} cs_live_voice;

typedef struct cs_live_piece {
    cs_live *live;
    uint32_t side;
    bool is_used, is_over; /* the pause behind it was heard */
    bool is_let_go, is_ended; /* its stream: told that no more comes; told everything, or lost */
    bool was_lost; /* a child died with it */
    cs_recogniser_stream *stream; /* NULL: there is none */
    cs_buffer kept; /* samples from from_ms on: what stands before is told, or told as lost */
    int64_t begin_ms, from_ms, told_ms, end_ms;
    cs_live_voice voice; /* once it is over */
    int tries; /* to begin a stream, in a row */
    int64_t tried_ms;
    cs_error code; /* how the stream ended */
    cs_message why; /* there is none */
} cs_live_piece;

cs_error live_piece_begin(cs_live_piece *piece, cs_live *live, uint32_t side, int64_t begin_ms, cs_message *message);
cs_error live_piece_push(cs_live_piece *piece, const float *samples, uint32_t count, cs_message *message);
cs_error live_piece_end(cs_live_piece *piece, const cs_live_voice *voice, cs_message *message);
/* What became of it, and another try where one is due. Then it is free again, or goes on. */
cs_error live_piece_tend(cs_live_piece *piece, cs_message *message);
cs_error live_piece_wait(cs_live_piece *piece, cs_message *message); /* until it is free; it must be over */
void live_piece_drop(cs_live_piece *piece); /* nothing more is told of it */

#endif
