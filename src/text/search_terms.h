/* search_terms.h - what an index must hold of a text so that everything in it can be found.
 * Floor: text. Terms are pieces of folded text (fold.h): words of scripts with spaces, pairs of neighbouring characters of
 * the others, and the last character of each of their runs: any single character is then the beginning of a term.
 * Memory: a walk has none; a set owns its text until search_set_free. Threads: any, each its own.
 * Example: cs_term_walk w = {f.text, f.bytes}; while (term_next(&w, &t)) search_set_add(&set, 'a', f.text + t.from, t.bytes);
 */
#ifndef CS_TEXT_SEARCH_TERMS_H
#define CS_TEXT_SEARCH_TERMS_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CS_MAX_TERM_BYTES = 48 }; /* longer words are cut: what is found by them is held against the text anyway */

typedef enum cs_term_kind {
    CS_TERM_WORD,
    CS_TERM_PAIR, /* two characters side by side */
    CS_TERM_LAST, /* the last character of a run */
} cs_term_kind;

typedef struct cs_term {
    cs_term_kind kind;
    uint32_t from, bytes;
    bool is_cut; /* a word whose end is left out */
    bool is_alone; /* CS_TERM_LAST: the only one of its run */
} cs_term;

typedef struct cs_term_walk {
    const char *text; /* folded */
    uint32_t bytes, at;
    bool is_inside; /* of a run of characters */
} cs_term_walk;

bool term_next(cs_term_walk *walk, cs_term *out); /* false: that was all */

/* Distinct terms, each behind the letter of its side, a space between: "a退款 arefund c退款". */
typedef struct cs_search_set {
    cs_buffer text;
    uint32_t *places; /* in text, plus one; 0: free */
    uint32_t room, count;
    bool is_full; /* more than max_bytes: it is to be found by everything */
} cs_search_set;

void search_set_init(cs_search_set *set, size_t max_bytes);
void search_set_free(cs_search_set *set);
void search_set_clear(cs_search_set *set);
bool search_set_add(cs_search_set *set, char side, const char *term, size_t bytes); /* false: no memory, or full */
bool search_set_text(cs_search_set *set, char side, const char *folded, uint32_t bytes); /* all terms of it */

#endif
