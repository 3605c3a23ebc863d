/* speech_words.h - the words of this centre, for whoever recognises its speech: what its rules look for, what its book names, who
 * works there, and what somebody wrote into words.txt.
 * Floor: quality. The speller of phonetic models prefers them (speech/speller.h), no comma parts them (speech/word_ties.h), and
 * models that take hot words hear names and words.txt. Weights are by source, measured: docs/decisions/0030.
 * Memory: words_gather gives one with a count of 1; words_hold and words_release count. Threads: any once gathered.
 * Example: words_gather(&sources, &words, &m); words_speller(words, &speller, &m); words_release(words);
 */
#ifndef CS_QUALITY_SPEECH_WORDS_H
#define CS_QUALITY_SPEECH_WORDS_H

#include "rules/ruleset.h"
#include "speech/model.h"
#include "speech/speller.h"
#include "speech/word_file.h"
#include "speech/word_ties.h"
#include "store/db.h"

#include <pthread.h>
#include <stdatomic.h>

/* C name, in JSON, weight (cs_user_word); of words.txt each line has its own */
#define CS_WORDS_TABLE(X)                                                                                              \
    X(OWN, "own", WORD_FILE_WEIGHT)                                                                                    \
    X(BOOK, "book", 2.0F)                                                                                              \
    X(PEOPLE, "people", 1.0F)                                                                                          \
    X(RULES, "rules", 3.0F)
typedef enum cs_words_of {
#define X(code, name, weight) CS_WORDS_##code,
    CS_WORDS_TABLE(X)
#undef X
        CS_WORDS_SOURCES
} cs_words_of;
#define CS_WORDS_SHORT_WEIGHT 0.5F /* of a rule's phrase of two characters: too much else sounds like it */

enum {
    CS_WORDS_MOST_PEOPLE = 2000, /* names of agents, and as many of queues and teams each */
    CS_WORDS_MOST_HOT = 1000, /* that a recogniser is told: each costs a little with every stream */
    CS_WORDS_MOST_CHARACTERS = 8, /* of a phrase: longer ones are found by their parts */
};

typedef struct cs_words_sources {
    const cs_ruleset *ruleset; /* NULL: none */
    cs_db *db; /* who works there; NULL: not known */
    const char *file; /* words.txt; NULL: none. One that is not there is no error */
    cs_on_word_problem on_problem; /* of the file, line 0: as a whole; may be NULL */
    void *context;
} cs_words_sources;

typedef struct cs_speech_words {
    atomic_int holders;
    cs_arena *arena;
    cs_user_word *items; /* each once, with its highest weight; those of the first sources come first */
    uint32_t count, counts[CS_WORDS_SOURCES];
    uint32_t left_out; /* beyond SPELLER_MAX_USER_WORDS */
    const char *const
        *hot_words; /* words.txt, the book's names, people: the first of items. Not the rules' phrases, see 0030 */
    uint32_t hot_count;
    char hot_digest[33]; /* of the hot words, hexadecimal; "": there are none */
    cs_word_ties ties; /* all of them, and every phrase of the rules */
    pthread_mutex_t lock;
    cs_speller *speller; /* under the lock; NULL until somebody asks for it */
    atomic_bool has_speller;
} cs_speech_words;

/* CS_ERR_STORE, CS_ERR_MEMORY. */
cs_error words_gather(const cs_words_sources *sources, cs_speech_words **out, cs_message *message);
void words_hold(cs_speech_words *words);
void words_release(cs_speech_words *words); /* NULL is allowed */
/* Opened with the first call, which takes a while; it lives as long as the words. */
cs_error words_speller(cs_speech_words *words, const cs_speller **out, cs_message *message);
/* Whether the model takes hot words: transducers that write Chinese characters do. An address in the network is sent sound alone,
 * no name (docs/speech.md). */
bool words_suit(const cs_speech_model *model);
const char *words_source_name(cs_words_of source);

#endif
