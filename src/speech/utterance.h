/* utterance.h - what a recogniser heard in a piece of one side's sound, as its model gave it.
 * Floor: speech. The one shape that every recogniser gives (a child process, an address in the network) and that everything
 * behind it reads: syllables, characters, confidence, the transcript.
 * Memory: everything lives in the arena of whoever made it. Threads: read-only once made.
 * Example: for (uint32_t i = 0; i < u->unit_count; i++) puts(u->units[i].text);
 */
#ifndef CS_SPEECH_UTTERANCE_H
#define CS_SPEECH_UTTERANCE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { CS_MAX_UNITS = 20000 }; /* of one utterance */

/* One token of the model: a character, a piece of a word ("▁the"), a part of a syllable ("zh", "ōng"). */
typedef struct cs_unit {
    const char *text;
    int64_t start_ms; /* from the start of the recording; CS_NO_TIME: the model gives none */
    float log_probability; /* natural logarithm, 0 or less; above 0: the model gives none */
} cs_unit;

typedef struct cs_utterance {
    int64_t start_ms, end_ms; /* from the start of the recording */
    const cs_unit *units;
    uint32_t unit_count;
    const char *text; /* as the model wrote it; NULL: it gives units only */
    const char *language, *emotion, *event; /* "zh", "angry", "applause"; NULL: the model gives none */
    bool is_final; /* false: a partial, which the next one replaces */
} cs_utterance;

#endif
