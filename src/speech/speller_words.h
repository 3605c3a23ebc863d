/* speller_words.h - the user's own words by how they sound, for speller.c.
 * Floor: speech. Readings come from text/pinyin, so tones are unknown; digits are read one by one, letters stay letters.
 * Memory: the arena given, which must outlive them. Threads: read-only once made.
 * Example: user_words_make(words, count, &lexicon, arena, &made); first = user_words_at(&made, 0, made.count, 0, sound);
 */
#ifndef CS_SPEECH_SPELLER_WORDS_H
#define CS_SPEECH_SPELLER_WORDS_H

#include "speech/lexicon.h"
#include "speech/speller.h"

enum { SPELLER_LETTER = 0x8000 }; /* a sound that is a letter: 0x8000 | 'A' */

typedef struct cs_user_sound {
    uint16_t sounds[SPELLER_MAX_USER_SYLLABLES]; /* syllables of the lexicon, letters */
    uint8_t tones[SPELLER_MAX_USER_SYLLABLES]; /* of its words in the lexicon; 0: unknown */
    uint32_t count;
    /* Its text as words of the lexicon, the likeliest way: pairs hold before the first and behind the last of them, and it costs
     * what they cost. LEXICON_NONE: the lexicon can't write it. */
    uint32_t enters, follows;
    uint32_t alone; /* of the first, in steps */
    float inner; /* of the others behind it, natural logarithm */
    float weight;
    bool is_name;
    const char *text;
} cs_user_sound;

typedef struct cs_user_words {
    cs_user_sound *items; /* sorted by sounds */
    uint32_t count;
} cs_user_words;

bool user_words_make(const cs_user_word *words, uint32_t count, const cs_lexicon *lexicon, cs_arena *arena,
                     cs_user_words *out); /* false: out of memory */
/* Of items[first, end), which begin alike and are longer than place, the first whose sound there is not less. */
uint32_t user_words_at(const cs_user_words *words, uint32_t first, uint32_t end, uint32_t place, uint32_t sound);

#endif
