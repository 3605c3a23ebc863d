/* lattice.h - all the words that a row of syllables may be, and the likeliest way through them.
 * Floor: speech. speller.h makes it; here are the words (arcs) and the way (Viterbi over which word follows which).
 * Memory: the arena given. Threads: any; the lexicon is read-only.
 * Example: lattice_begin(&lattice, lexicon, count, arena); lattice_add(&lattice, arc); lattice_solve(&lattice, &path, &n);
 */
#ifndef CS_SPEECH_LATTICE_H
#define CS_SPEECH_LATTICE_H

#include "base/arena.h"
#include "speech/lexicon.h"

enum { LATTICE_MAX_SYLLABLES = 512, LATTICE_MAX_ARCS_OF_A_START = 400 };

typedef struct cs_lattice_arc {
    uint16_t from, to; /* syllables, to exclusive */
    uint32_t word; /* of the lexicon; LEXICON_NONE: a letter, a user's word */
    uint32_t enters; /* the word whose pairs hold for it behind another; LEXICON_NONE: it has none */
    uint32_t follows; /* and that of words behind it: the same but for several words as one */
    uint32_t alone; /* cost without a word before it, in steps */
    float heard; /* how much it differs from what was heard, natural logarithm */
    float wish; /* how much likelier a user wants it */
    const char *text; /* of what is not in the lexicon */
} cs_lattice_arc;

typedef struct cs_lattice {
    const cs_lexicon *lexicon;
    cs_arena *arena;
    uint32_t syllables;
    cs_lattice_arc *arcs;
    uint32_t arc_count, arc_room;
} cs_lattice;

typedef struct cs_lattice_step {
    uint32_t arc; /* into arcs */
    float cost; /* of this word behind the one before */
    /* How much worse the best way is that has another character there, a wish left out: it makes nothing surer. INFINITY: none is
     * known. */
    float margin;
} cs_lattice_step;

bool lattice_begin(cs_lattice *lattice, const cs_lexicon *lexicon, uint32_t syllables, cs_arena *arena);
bool lattice_add(cs_lattice *lattice, const cs_lattice_arc *arc); /* false: out of memory */
/* The best way; there must be one. false: out of memory. */
bool lattice_solve(cs_lattice *lattice, cs_lattice_step **steps, uint32_t *count);

#endif
