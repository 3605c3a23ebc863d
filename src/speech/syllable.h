/* syllable.h - Mandarin syllables as a phonetic model heard them.
 * Floor: speech. The model's units are initials ("zh") and finals with tones ("ōng"), at times letters or whole syllables; a
 * syllable is put together from them, with the model's own probability. What is unfinished stays ("zh", "ong"): speller.h
 * knows what it may have been. Memory: the arena given. Threads: any.
 * Example: syllables_of(utterance, arena, &syllables, &count, &m);
 */
#ifndef CS_SPEECH_SYLLABLE_H
#define CS_SPEECH_SYLLABLE_H

#include "base/error.h"
#include "speech/utterance.h"

typedef struct cs_syllable {
    /* Toneless pinyin as references write it: "zhong", "nv", "lue", "er"; a letter that was spelt: "A"; a part of a syllable
     * when its other half was not heard: "zh", "ong". */
    char sound[8];
    int8_t tone; /* 1-5, 5 the neutral one; 0 unknown */
    bool is_letter;
    int64_t start_ms, end_ms; /* CS_NO_TIME: unknown */
    float log_probability; /* of the syllable: the sum of its units'; above 0: the model gives none */
} cs_syllable;

/* Units that are no part of Mandarin ("<unk>", "the") are left out. CS_ERR_LIMIT: more than CS_MAX_UNITS. */
cs_error syllables_of(const cs_utterance *utterance, cs_arena *arena, cs_syllable **out, uint32_t *count,
                      cs_message *message);

/* How many bytes of a sound are its initial: 2 of "zhong", 0 of "ai", "er". */
uint32_t syllable_initial(const char *sound);

#endif
