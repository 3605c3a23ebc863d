/* written.h - what was said, as people write it: 二零二四年五月 is 2024年5月, "twenty five dollars" is $25.
 * Floor: speech. Recognisers tell numbers word by word. Years, dates, times, amounts, percentages and digits read one by one
 * are written in figures; what only looks like a number (一下, 万一, 三心二意, "one or two") stays, and small counts (三个, two
 * bags) stay words. tests/cases/written holds what changes and what must not.
 * Memory: the arena given. Threads: any. Example: written_find("一千二百块", 15, arena, &edits, &count);
 */
#ifndef CS_SPEECH_WRITTEN_H
#define CS_SPEECH_WRITTEN_H

#include "speech/phrase.h"

typedef struct cs_written_edit {
    uint32_t from, to; /* bytes of the text */
    const char *text; /* that stand there instead */
} cs_written_edit;

/* In the order of the text, without overlap. text is valid UTF-8. false: no memory. */
bool written_find(const char *text, uint32_t bytes, cs_arena *arena, cs_written_edit **out, uint32_t *count);
/* The whole text, changed; NULL: no memory. */
const char *written_text(const char *text, uint32_t bytes, cs_arena *arena);
/* Words that become one number become one word: from the first one's start to the last one's end, as sure as the least sure
 * of them. *out may be the words given. false: no memory. */
bool written_words(const cs_heard_word *words, uint32_t count, cs_arena *arena, cs_heard_word **out,
                   uint32_t *out_count);
/* Whether a blank stands between the two; before NULL: no. */
bool words_have_blank(const cs_heard_word *before, const cs_heard_word *word);

#endif
