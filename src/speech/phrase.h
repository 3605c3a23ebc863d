/* phrase.h - an utterance as people read it: words with times and confidence, and how they sounded.
 * Floor: speech. Between the recognisers (utterance.h) and the transcript (transcript.h): phrase_make turns units into words;
 * of a phonetic model through syllables (syllable.h) and the speller (spelling of syllables as characters, speller.h).
 * Memory: the arena given. Threads: any; speller and calibration are read-only.
 * Example: phrase_make(utterance, &making, arena, &phrase, &m);
 */
#ifndef CS_SPEECH_PHRASE_H
#define CS_SPEECH_PHRASE_H

#include "base/error.h"
#include "speech/confidence.h"
#include "speech/utterance.h"

typedef struct cs_heard_word {
    const char *text; /* "退款", "refund"; Chinese words follow each other without a blank */
    const char *sounds; /* "tui4 kuan3" as heard, of a phonetic model; else NULL */
    const char *
        reading; /* "tui kuan" as its characters are read, of a phonetic model: the speller may have repaired what was heard; else NULL */
    int64_t start_ms, end_ms; /* from the start of the recording */
    float confidence; /* 0-1, calibrated: of a hundred words at 0.8 eighty are right; below 0: unknown */
    bool is_joined; /* it follows the one before without a blank */
    bool is_tied; /* it and the one behind stand in a phrase that no comma may part (word_ties.h) */
    cs_word_signs signs; /* that its confidence is made of */
    const char *mark; /* what the model wrote behind it: "，", "."; NULL: nothing */
} cs_heard_word;

typedef struct cs_phrase {
    uint32_t side; /* channel of the recording, 0 or 1 */
    int64_t start_ms, end_ms;
    const cs_heard_word *words;
    uint32_t word_count;
    const char *language, *emotion, *event; /* NULL: unknown */
} cs_phrase;

struct cs_speller; /* speller.h */
struct cs_word_ties; /* word_ties.h */

typedef struct cs_phrase_making {
    uint32_t side;
    bool is_phonetic; /* the model's units are parts of syllables (cs_recogniser_identity) */
    const struct cs_speller *speller; /* NULL: a phonetic model's words are written in pinyin */
    const cs_calibration *calibration; /* of the model; NULL: confidence is unknown */
    const struct cs_word_ties *ties; /* phrases that stay whole; NULL: none */
} cs_phrase_making;

/* An utterance without units but with a text becomes words that share its time. Numbers are as they were said: the transcript
 * writes them as people do. A phrase without words is no error. */
cs_error phrase_make(const cs_utterance *utterance, const cs_phrase_making *making, cs_arena *arena, cs_phrase **out,
                     cs_message *message);

#endif
