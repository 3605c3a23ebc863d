/* evaluate_calibrate.h - the words that `callscope evaluate speech --calibrate FILE` hears are judged, and a calibration fitted.
 * Floor: cli. Memory: the arena given. Threads: one.
 * Example: ear.on_word = calibrating_hear; ear.context = &c; ... calibrating_judge(&c, said, &m); ... calibrating_end(&c, name, path, is_json);
 */
#ifndef CS_CLI_EVALUATE_CALIBRATE_H
#define CS_CLI_EVALUATE_CALIBRATE_H

#include "cli/report.h"
#include "speech/confidence_fit.h"

#include <stdio.h>

typedef struct cs_calibrating {
    cs_arena *arena;
    cs_heard_word *words; /* of the recording in hand */
    uint32_t word_count, room, recordings;
    cs_judged_words judged;
    bool has_failed; /* no memory */
} cs_calibrating;

void calibrating_hear(void *context, const cs_heard_word *word);
cs_error calibrating_judge(cs_calibrating *calibrating, const char *said, cs_message *message);
/* Fits, prints how good it is, writes the row to the file (an error is printed). false: it could not. */
bool calibrating_end(cs_calibrating *calibrating, const char *model, const char *path, FILE *out, cs_language language);

#endif
