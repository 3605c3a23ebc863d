#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>
#include <string.h>

/* Every second tap of a half-band low-pass but its middle (0.5): a sinc in a Hamming window. Their sum is 0.5. */
static const float half[HALF_TAPS / 2] = {-0.0027779F, 0.0076203F,  -0.0192065F, 0.0420993F,  -0.0921196F, 0.3143844F,
                                          0.3143844F,  -0.0921196F, 0.0420993F,  -0.0192065F, 0.0076203F,  -0.0027779F};

/* What is below 120 Hz is the mains and the handling of the receiver: a high-pass of the second order. */
static void pass_high(float *state, float *samples) {
    static const float b0 = 0.8751831F, b1 = -1.7503662F, a1 = -1.7347258F, a2 = 0.7660066F;
    float x1 = state[0], x2 = state[1], y1 = state[2], y2 = state[3];
    if (fabsf(y1) < 1e-15F && fabsf(y2) < 1e-15F) y1 = y2 = 0; /* no numbers too small to be quick */
    for (int i = 0; i < SLOW_SAMPLES; i++) {
        float x = samples[i], y = b0 * (x + x2) + b1 * x1 - a1 * y1 - a2 * y2;
        x2 = x1;
        x1 = x;
        y2 = y1;
        y1 = y;
        samples[i] = y;
    }
    state[0] = x1;
    state[1] = x2;
    state[2] = y1;
    state[3] = y2;
}

/* 1 4 6 4 1: half of the voltage is left at 720 Hz, nothing at 2 kHz, so that a peak lies on a wide curve. */
static void pass_soft(float *state, const float *samples, float *out) {
    float line[SLOW_SAMPLES + 4];
    memcpy(line, state, 4 * sizeof *line);
    memcpy(line + 4, samples, SLOW_SAMPLES * sizeof *line);
    for (int i = 0; i < SLOW_SAMPLES; i += 4)
        lanes_put(out + i, ((lanes_at(line + i) + lanes_at(line + i + 4)) + 6 * lanes_at(line + i + 2) +
                            4 * (lanes_at(line + i + 1) + lanes_at(line + i + 3))) *
                               0.0625F);
    memcpy(state, line + SLOW_SAMPLES, 4 * sizeof *line);
}

float band_hear(cs_band *band, const float *samples, float *slow, float *soft) {
    float *history = band->history;
    memcpy(history + HALF_TAPS, samples, FRAME_SAMPLES * sizeof *samples);
    float odd[SLOW_SAMPLES + HALF_TAPS / 2], middle[SLOW_SAMPLES], high = 0;
    for (int i = 0; i < SLOW_SAMPLES + HALF_TAPS / 2; i++) odd[i] = history[2 * i + 1];
    for (int i = 0; i < SLOW_SAMPLES; i++) middle[i] = 0.5F * history[2 * i + HALF_TAPS / 2];
    cs_lanes above = lanes_all(0);
    for (int i = 0; i < SLOW_SAMPLES; i += 4) {
        cs_lanes sum = lanes_all(0), centre = lanes_at(middle + i);
        for (int k = 0; k < HALF_TAPS / 2; k++) sum += half[k] * lanes_at(odd + i + k);
        lanes_put(slow + i, centre + sum);
        above += (centre - sum) * (centre - sum);
    }
    high = lanes_sum(above) / SLOW_SAMPLES;
    memmove(history, history + FRAME_SAMPLES, HALF_TAPS * sizeof *history);
    pass_high(band->passed, slow);
    pass_soft(band->soft, slow, soft);
    return lanes_dot(slow, slow, SLOW_SAMPLES) / SLOW_SAMPLES + high;
}
