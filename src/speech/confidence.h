/* confidence.h - from what a model thinks of its own words to how often such words are right.
 * Floor: speech. A model's probabilities are no promise: one is too sure of itself, another too shy. A calibration is a small
 * monotone curve for one model, fitted on recordings whose words are known (docs/speech.md), kept beside the model.
 * Memory: plain values. Threads: any. Example: word.confidence = confidence_of(calibration, &signs);
 */
#ifndef CS_SPEECH_CONFIDENCE_H
#define CS_SPEECH_CONFIDENCE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* What speaks for a word and against it. */
typedef struct cs_word_signs {
    float mean; /* of its units' log-probabilities, 0 or less; above 0: the model gives none */
    float least; /* the lowest of them */
    float margin; /* by how much its spelling beats the next best, a syllable; below 0: it was not spelt */
} cs_word_signs;

/* right = 1 / (1 + exp(-(bias + mean * signs.mean + least * signs.least + margin * min(signs.margin, 8)))); the three weights
 * are 0 or more, so that a better sign never makes a word less sure. */
typedef struct cs_calibration {
    char model[120]; /* the model's name; "": for any */
    float bias, mean, least, margin;
} cs_calibration;

/* 0-1; below 0: unknown, for there is no calibration or the model gave no probability. */
float confidence_of(const cs_calibration *calibration, const cs_word_signs *signs);

#endif
