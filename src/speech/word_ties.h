/* word_ties.h - phrases that no mark may part: a comma at a breath inside 还有其他 would hide it from the rule that looks for it.
 * Floor: speech. Whatever the recogniser made of them: one word, several, or a word a character.
 * Memory: ties live in the arena given, words in the caller's. Threads: any, read-only once made.
 * Example: ties_make(phrases, count, arena, &ties); ties_mark(&ties, words, word_count);
 */
#ifndef CS_SPEECH_WORD_TIES_H
#define CS_SPEECH_WORD_TIES_H

#include "base/arena.h"
#include "speech/phrase.h"
#include "speech/speller.h"

typedef struct cs_word_ties {
    const char **phrases; /* Latin letters small, sorted */
    uint32_t count;
} cs_word_ties;

enum { WORD_TIES_MOST_BYTES = 96 }; /* longer phrases are left out */

/* false: out of memory. */
bool ties_make(const cs_user_word *words, uint32_t count, cs_arena *arena, cs_word_ties *out);
/* Words that stand inside a phrase are tied to those behind them: is_tied. */
void ties_mark(const cs_word_ties *ties, cs_heard_word *words, uint32_t count);

#endif
