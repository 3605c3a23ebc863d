/* live_state.h - a live call inside: its sides, each with a gate and the pieces that are not told to their end.
 * Floor: speech, private to live*.c. Memory: fixed but for the samples of its pieces (live_piece.h). Threads: that of the recogniser.
 * A side has one piece that is open, and one before it whose last text is still to come. When a third begins, the first is waited for.
 * Trouble of the sink, or of memory, is kept until the call is pushed again: callbacks can't return it.
 * Example: for (uint32_t i = 0; i < CS_LIVE_PIECES; i++) if (side->pieces[i].is_used) live_piece_tend(&side->pieces[i], m);
 */
#ifndef CS_SPEECH_LIVE_STATE_H
#define CS_SPEECH_LIVE_STATE_H

#include "speech/live_gate.h"
#include "speech/live_piece.h"

enum {
    CS_LIVE_PIECES = 2, /* a side's */
    CS_LIVE_MOST_FRAME = CS_MAX_SPEECH_RATE * CS_GATE_FRAME_MS / 1000 + 1,
};

typedef struct live_side {
    cs_live_gate gate;
    cs_live_piece pieces[CS_LIVE_PIECES];
    cs_live_piece *open; /* NULL: nobody speaks */
    float *before; /* the last CS_GATE_BEFORE_MS, as a ring */
    float frame[CS_LIVE_MOST_FRAME];
    double power; /* of the open piece's sounding frames */
    uint32_t powers;
} live_side;

struct cs_live {
    cs_live_options options;
    cs_live_sink sink;
    live_side sides[2];
    uint32_t frame_samples, filled; /* of the 10 ms in hand */
    int64_t frames; /* of 10 ms taken in */
    uint32_t before_samples;
    int64_t samples, sent; /* of a side; to the recogniser, of all */
    cs_arena *scratch;
    bool is_partial_wanted;
    cs_error trouble; /* of a sink, or of memory */
    cs_message words;
};

cs_error live_no_memory(cs_message *message);

#endif
