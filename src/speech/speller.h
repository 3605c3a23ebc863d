/* speller.h - syllables become characters: the likeliest words that sound like what was heard.
 * Floor: speech. The lexicon (lexicon.h) knows words, how often each is said and which follows which; the tone is evidence,
 * not law; sounds that people and recognisers mistake for each other are near (syllable_near.h). Words of the user's own
 * (names of products and agents, phrases of rules) are preferred, and need not be in the lexicon.
 * Memory: speller_close frees; words live in the arena given. Threads: any at once, a speller is read-only once open.
 * Example: speller_open(NULL, NULL, 0, &s, &m); speller_spell(s, syllables, count, arena, &words, &n, &m);
 */
#ifndef CS_SPEECH_SPELLER_H
#define CS_SPEECH_SPELLER_H

#include "base/arena.h"
#include "base/error.h"
#include "speech/syllable.h"

#include <stdbool.h>

enum {
    SPELLER_MAX_USER_WORDS = 20000,
    SPELLER_MAX_USER_SYLLABLES = 16, /* longer ones are left out: they are found by their parts */
};

typedef struct cs_user_word {
    const char *text; /* "米家", "12315", "VIP会员"; any UTF-8, kept as it is written */
    float weight; /* natural logarithm of how much more often it is said than elsewhere: 0-10, 2 is usual */
    /* As it is written here and nowhere else: 博语灵, 张琪. How often its characters are said elsewhere tells nothing, so it is taken
     * to be a little rarer than what else sounds so. Of other words that is known: 致歉 does not become as likely as 之前. */
    bool is_name;
} cs_user_word;

typedef struct cs_spelt_word {
    const char
        *text; /* "退款"; letters that follow each other are one word: "VIP"; a sound without a character: "biang" */
    uint32_t first, count; /* the syllables that it covers */
    const char *reading; /* how it is read, toneless: "tui kuan"; where it is not what was heard, that was repaired */
    float log_probability; /* of it behind the word before, with what was heard; natural logarithm, for comparisons */
    float margin; /* how much likelier than the best spelling with other characters there; INFINITY: there is none */
    bool is_letters, is_user_word;
    bool is_sound; /* no character is known: text is the sound */
} cs_spelt_word;

typedef struct cs_speller cs_speller;

/* lexicon NULL: the one within the program. Words without a reading, or too long, are left out. CS_ERR_LIMIT: too many. */
cs_error speller_open(const char *lexicon, const cs_user_word *words, uint32_t word_count, cs_speller **out,
                      cs_message *message);
/* The words cover the syllables from the first to the last, each once. */
cs_error speller_spell(const cs_speller *speller, const cs_syllable *syllables, uint32_t count, cs_arena *arena,
                       cs_spelt_word **out, uint32_t *out_count, cs_message *message);
void speller_close(cs_speller *speller); /* NULL is allowed */

#endif
