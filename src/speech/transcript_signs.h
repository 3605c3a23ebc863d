/* transcript_signs.h - how somebody sounded, and what was heard beside words, as annotations of turns. Private to transcript*.c.
 * Floor: speech. "emotion" with the label "angry", "event" with "laughter", on the words that the model said it of; of whole turns
 * without a place. A model that gives no strength and no confidence gets none. Who told it is the transcript's recogniser.
 * Memory: the arena given. Threads: any.
 * Example: transcript_signs_annotate(phrases, count, turns, sides, turn_count, arena);
 */
#ifndef CS_SPEECH_TRANSCRIPT_SIGNS_H
#define CS_SPEECH_TRANSCRIPT_SIGNS_H

#include "conversation/conversation.h"
#include "speech/phrase.h"

enum { CS_SIGN_NEAR_MS = 2000 }; /* a sound without words belongs to a turn of its side that is so near, else to none */

/* sides: of each turn, 0 or 1; turns in the order of their starts. false: no memory. */
bool transcript_signs_annotate(const cs_phrase *phrases, uint32_t count, cs_turn *turns, const uint8_t *sides,
                               uint32_t turn_count, cs_arena *arena);
/* The kinds that were looked for, in place of those that an earlier recogniser looked for. false: no memory. */
bool transcript_signs_list(const cs_phrase *phrases, uint32_t count, cs_conversation *conversation, cs_arena *arena);

#endif
