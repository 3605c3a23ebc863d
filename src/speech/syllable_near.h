/* syllable_near.h - what a syllable may have been when it was heard as another: zhi as zi, lan as nan, jin as jing.
 * Floor: speech. Prices are natural logarithms, 0 for what was heard; tones have a price of their own. Where the recogniser
 * itself was unsure everything is cheaper (measured: docs/decisions/0025). Memory: the caller's. Threads: any, read-only.
 * Example: count = near_of(lexicon, "zhi", candidates);
 */
#ifndef CS_SPEECH_SYLLABLE_NEAR_H
#define CS_SPEECH_SYLLABLE_NEAR_H

#include "speech/lexicon.h"
#include "speech/syllable.h"

enum { NEAR_MOST = 48 };

typedef struct cs_near {
    uint16_t syllable; /* of the lexicon */
    float price;
} cs_near;

/* What a sound may have been, given that it was heard wrongly; cheapest first, at most NEAR_MOST. The first is free: what was
 * heard, or what its half most likely was. */
uint32_t near_of(const cs_lexicon *lexicon, const char *sound, cs_near out[NEAR_MOST]);
/* What it costs besides to hear this syllable wrongly at all: much where the recogniser was sure. */
float near_wrong(const cs_syllable *heard);
/* Of saying tone said (of a dictionary) and hearing heard; next: the tone of the syllable behind in the same word, 0 none. */
float near_tone(const cs_syllable *heard, int said, int next);

#endif
