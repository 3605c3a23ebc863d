/* confidence_fit.h - a calibration fitted on words of which it is known whether they are right, and how good it is.
 * Floor: speech. Logistic regression with a little shrinking; how good it is is told of recordings that the fit had not seen
 * (each is left out in turn), with an interval over recordings: words of one recording go wrong together.
 * Memory: the arena given. Threads: any. Example: words_judge(words, n, said, 0, arena, &judged, &m); calibration_fit(...);
 */
#ifndef CS_SPEECH_CONFIDENCE_FIT_H
#define CS_SPEECH_CONFIDENCE_FIT_H

#include "base/json.h"
#include "speech/phrase.h"

enum {
    CS_LEAST_JUDGED_WORDS = 50, /* fewer fit nothing */
    CS_LEAST_JUDGED_RECORDINGS = 3,
    CS_MAX_JUDGED_WORDS = 2000000,
};

typedef struct cs_judged_word {
    cs_word_signs signs;
    uint32_t recording; /* its number, from 0 */
    bool is_right;
} cs_judged_word;

typedef struct cs_calibration_report {
    uint32_t words, right, recordings;
    /* Expected calibration error: how far, on the average, the confidence of a fifth of the words is from the share of them that
     * is right; 0-1. Of recordings left out; low to high: 95 of 100 draws of recordings. before: of the bare probabilities. */
    double error, error_low, error_high, before;
    double apart; /* that a right word has more confidence than a wrong one; 0.5 is chance (area under the ROC curve) */
    double unsure_right,
        sure_right; /* share that is right below and from CS_CONFIDENCE_LIMIT on; below 0: no such word */
} cs_calibration_report;

/* What was heard is laid beside what was said, character by character or word by word; a word is right when all of it is.
 * Appends to *out, an array of the arena that grows. */
typedef struct cs_judged_words {
    cs_judged_word *items;
    uint32_t count, room;
} cs_judged_words;
cs_error words_judge(const cs_heard_word *words, uint32_t count, const char *said, uint32_t recording, cs_arena *arena,
                     cs_judged_words *out, cs_message *message);

/* CS_ERR_LIMIT: too few words or recordings, or all right or all wrong; words without probabilities are passed over. */
cs_error calibration_fit(const char *model, const cs_judged_words *given, cs_arena *arena, cs_calibration *out,
                         cs_calibration_report *report, cs_message *message);
/* {"model": …, "bias": …, "mean": …, "least": …, "margin": …, "words": …, "error": …}: what models/calibration.json is a list of. */
void calibration_write(cs_json_writer *out, const char *key, const cs_calibration *calibration,
                       const cs_calibration_report *report);

#endif
