/* punctuation.h - commas, full stops and question marks where the model gave none: from pauses and particles.
 * Floor: speech. 吗 and 呢 ask, a breath is a comma, the end of a turn a full stop; English sentences get their capital letter.
 * A comma stands only at a pause that can be heard: phrases of rules are looked for as they are spoken, without marks.
 * Memory: the arena given. Threads: any. Example: punctuation_add(words, count, arena);
 */
#ifndef CS_SPEECH_PUNCTUATION_H
#define CS_SPEECH_PUNCTUATION_H

#include "speech/phrase.h"

/* Words of one turn; when one of them has a mark, the model knows better and nothing is added. No comma stays between words that
 * are tied. false: no memory. */
bool punctuation_add(cs_heard_word *words, uint32_t count, cs_arena *arena);
/* Marks as they stand in text, which holds the same words; what can't be found again there is left without. English gets its own
 * marks, and its capitals by them. false: no memory. */
bool punctuation_take(cs_heard_word *words, uint32_t count, const char *text, cs_arena *arena);

#endif
