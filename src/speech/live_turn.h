/* live_turn.h - a phrase of a live call as a turn of its conversation: numbers as people write them, marks, words with times.
 * Floor: speech. The same way as a transcript's turns are made. Memory: the arena given. Threads: any.
 * Example: live_turn_make(phrase, participants, arena, &turns, &count);
 */
#ifndef CS_SPEECH_LIVE_TURN_H
#define CS_SPEECH_LIVE_TURN_H

#include "conversation/conversation.h"
#include "speech/phrase.h"

/* In the order of their starts; more than one where a pause stands within. false: no memory. */
bool live_turn_make(const cs_phrase *phrase, uint32_t participant, cs_arena *arena, cs_turn **out, uint32_t *count);

#endif
