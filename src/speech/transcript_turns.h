/* transcript_turns.h - the words of both sides cut into turns, in the order of their beginnings. Private to transcript*.c.
 * Floor: speech. Memory: the arena given. Threads: any.
 * Example: transcript_turns_make(phrases, count, &making, arena, &turns);
 */
#ifndef CS_SPEECH_TRANSCRIPT_TURNS_H
#define CS_SPEECH_TRANSCRIPT_TURNS_H

#include "speech/transcript.h"

typedef struct cs_transcript_turns {
    cs_turn *items;
    uint32_t count;
} cs_transcript_turns;

/* false: no memory. Phrases' sides are 0 or 1. */
bool transcript_turns_make(const cs_phrase *phrases, uint32_t count, const cs_transcript_making *making,
                           cs_arena *arena, cs_transcript_turns *out);

#endif
