#include "speech/confidence.h"

#include <math.h>

static const float MOST_MARGIN = 8; /* natural logarithm a syllable: beyond it nothing is surer */

float confidence_of(const cs_calibration *calibration, const cs_word_signs *signs) {
    if (!calibration || signs->mean > 0 || !isfinite(signs->mean) || !isfinite(signs->least)) return -1;
    float margin = signs->margin > MOST_MARGIN ? MOST_MARGIN : signs->margin;
    if (!(margin > 0)) margin = 0;
    float evidence = calibration->bias + calibration->mean * signs->mean + calibration->least * signs->least +
                     calibration->margin * margin;
    return 1 / (1 + expf(-evidence));
}
