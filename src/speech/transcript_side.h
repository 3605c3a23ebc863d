/* transcript_side.h - what one side said, as one row of words, cut into pieces that become turns. Private to transcript*.c.
 * Floor: speech. Memory: the arena given. Threads: any.
 * Example: transcript_side_gather(phrases, count, 0, arena, &side); transcript_side_cut(&side, &other, arena, &own);
 */
#ifndef CS_SPEECH_TRANSCRIPT_SIDE_H
#define CS_SPEECH_TRANSCRIPT_SIDE_H

#include "speech/phrase.h"

typedef struct cs_said_piece {
    uint32_t first, end; /* of the side's words */
    int64_t start_ms, end_ms;
    bool is_backchannel; /* 嗯, 对, right: it doesn't take the floor */
} cs_said_piece;

typedef struct cs_said_side {
    cs_heard_word *words; /* in the order in which they were said */
    uint32_t word_count;
    cs_said_piece *pieces;
    uint32_t piece_count;
} cs_said_side;

/* The words of the side's phrases, with times that never go back; each phrase begins a piece only when there is a pause.
 * Cut at pauses. false: no memory. */
bool transcript_side_gather(const cs_phrase *phrases, uint32_t count, uint32_t which, cs_arena *arena,
                            cs_said_side *out);
/* Cut again where the other side takes over in a shorter pause. other is as it was gathered. */
bool transcript_side_cut(cs_said_side *side, const cs_said_side *other, cs_arena *arena);

#endif
