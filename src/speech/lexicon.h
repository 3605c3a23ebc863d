/* lexicon.h - the words of Mandarin by how they sound, how often each is said and which follows which.
 * Floor: speech. A read-only file, mapped, or the one within the program (models/mandarin.lexicon, made by tools/lexicon).
 * Everything in it is checked when it is opened, so that reading it needs no checks.
 * Memory: lexicon_close frees; words' texts are made in the caller's room. Threads: any, read-only once open.
 * Example: lexicon_open(NULL, &l, &m); uint32_t at = lexicon_child(l, 0, lexicon_syllable(l, "tui"));
 */
#ifndef CS_SPEECH_LEXICON_H
#define CS_SPEECH_LEXICON_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LEXICON_LONGEST = 6, /* characters, syllables of a word */
    LEXICON_SCALE = 12, /* steps a nat of every cost */
    LEXICON_MAX_BYTES = 64 << 20,
    LEXICON_MAX_WORDS = 1 << 24, /* a pair has 24 bits for its second word */
    LEXICON_MAX_SYLLABLES = 1024,
};
#define LEXICON_NONE UINT32_MAX

/* A tree of syllables from node 0 on: node n has the children child[n] to child[n + 1], sorted by syllable, and the words
 * word[n] to word[n + 1]. The word word_count is the edge: before the first and behind the last of a phrase. */
typedef struct cs_lexicon {
    const char (*names)[8]; /* of syllables, toneless, sorted */
    const uint32_t *child, *word; /* node_count + 1 each */
    const uint32_t *words; /* 18 bits of tones, 3 a syllable from the lowest on; 8 bits of cost */
    const uint32_t *pair_start; /* word_count + 2 */
    const uint32_t *pairs; /* 24 bits of the second word, ascending; 8 bits of cost */
    const uint32_t
        *aliases; /* two each: another reading of a character, ascending, and the word whose pairs hold for it */
    const uint16_t *node_syllable;
    const uint16_t *text; /* UTF-16; the words of a level one behind the other */
    const uint8_t *backoff; /* word_count + 1 */
    uint32_t syllable_count, node_count, word_count, pair_count, alias_count, text_count, edge_cost;
    uint32_t level_word[LEXICON_LONGEST + 2],
        level_text[LEXICON_LONGEST + 2]; /* the first of words with so many syllables */
    void *mapped; /* NULL: the memory is someone else's */
    size_t mapped_bytes;
} cs_lexicon;

/* path NULL: the one within the program. CS_ERR_PARSE: it is none, or a broken one. */
cs_error lexicon_open(const char *path, cs_lexicon *out, cs_message *message);
/* Over memory that must outlive it, aligned to 4 bytes. */
cs_error lexicon_read(const void *bytes, size_t length, cs_lexicon *out, cs_message *message);
void lexicon_close(cs_lexicon *lexicon);

uint32_t lexicon_syllable(const cs_lexicon *lexicon, const char *sound); /* LEXICON_NONE: no syllable of Mandarin */
uint32_t lexicon_child(const cs_lexicon *lexicon, uint32_t node,
                       uint32_t syllable); /* LEXICON_NONE: no word begins so */
/* The word whose pairs and backoff hold for it: itself but for another reading of a character. */
uint32_t lexicon_main(const cs_lexicon *lexicon, uint32_t word);
/* What second costs behind first, both as lexicon_main says; alone: what second costs alone. */
uint32_t lexicon_cost_behind(const cs_lexicon *lexicon, uint32_t first, uint32_t second, uint32_t alone);
/* UTF-8 of a word with so many syllables into out; gives its bytes. */
uint32_t lexicon_text(const cs_lexicon *lexicon, uint32_t word, uint32_t syllables, char out[LEXICON_LONGEST * 3 + 1]);
/* The syllables that a word stands under, its reading; gives their count. */
uint32_t lexicon_reading(const cs_lexicon *lexicon, uint32_t word, uint16_t out[LEXICON_LONGEST]);

static inline uint32_t lexicon_cost(const cs_lexicon *lexicon, uint32_t word) {
    return lexicon->words[word] >> 18 & 0xff;
}
static inline int lexicon_tone(const cs_lexicon *lexicon, uint32_t word, uint32_t syllable) {
    return (int)(lexicon->words[word] >> (3 * syllable) & 7);
}

#endif
