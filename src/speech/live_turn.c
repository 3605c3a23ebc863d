#include "speech/live_turn.h"

#include "speech/transcript_turns.h"

bool live_turn_make(const cs_phrase *phrase, uint32_t participant, cs_arena *arena, cs_turn **out, uint32_t *count) {
    const cs_transcript_making making = {.participants = {participant, participant}};
    cs_transcript_turns turns;
    if (!transcript_turns_make(phrase, 1, &making, arena, &turns)) return false;
    *out = turns.items;
    *count = turns.count;
    return true;
}
