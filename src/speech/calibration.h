/* calibration.h - the calibrations that come with the program: models/calibration.json, a row a model.
 * Floor: speech. `callscope evaluate speech --calibrate FILE` makes such a row on recordings whose words are known.
 * Memory: plain values. Threads: any. Example: calibration_of_model("zh-zipformer-phonetic-3.3m", &c, &m);
 */
#ifndef CS_SPEECH_CALIBRATION_H
#define CS_SPEECH_CALIBRATION_H

#include "speech/confidence.h"

#include <stddef.h>

/* CS_ERR_NOT_FOUND: none was fitted for it; its words' confidence is then unknown. */
cs_error calibration_of_model(const char *model, cs_calibration *out, cs_message *message);
/* From a list of rows; CS_ERR_PARSE: it is no such list, or the row has a weight below 0. */
cs_error calibrations_find(const char *json, size_t bytes, const char *model, cs_calibration *out, cs_message *message);

#endif
