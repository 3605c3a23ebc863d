/* evaluation_number.h - the ways in which a number in digits may be said. Private to evaluation_text.c.
 * Floor: speech. Memory: the arena. Threads: any. No more than CS_MAX_SPOKEN ways; the first is taken when the other side
 * says none of them: up to four digits by places (350: 三百五十), longer ones and those with a leading zero digit by digit.
 * Example: evaluation_spoken("350", true, arena, ways, &count);
 */
#ifndef CS_SPEECH_EVALUATION_NUMBER_H
#define CS_SPEECH_EVALUATION_NUMBER_H

#include "speech/evaluation_text.h"

enum { CS_MAX_SPOKEN = 4 };

/* digits: 0-9 with at most one point, not at its ends. false: out of memory. */
bool evaluation_spoken(const char *digits, bool is_chinese, cs_arena *arena, cs_evaluated_units *ways, uint32_t *count);

#endif
