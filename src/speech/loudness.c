#include "speech/loudness.h"

#include <math.h>
#include <string.h>

enum {
    FRAMES_A_SECOND = 50,
    FRAMES_A_LOOK = 5,
    LEAST_FRAMES = 10, /* fewer say nothing */
};
/* 14 and 26 dB were no better on speech of known words (docs/evaluate.md); what is 30 dB fainter is hardly speech. */
static const double WANTED = 20, MOST = 30, GATE = 10;

void loudness_begin(cs_loudness *loudness, int rate_hz) {
    memset(loudness, 0, sizeof *loudness);
    loudness->frame_samples = (uint32_t)(rate_hz / FRAMES_A_SECOND);
    loudness->gain = 1;
}

/* Mean of the frames down to so many dB below full scale. */
static double mean_of(const cs_loudness *loudness, double faintest, uint32_t *frames) {
    double power = 0;
    *frames = 0;
    for (int step = 0; step < LOUDNESS_STEPS && step + 0.5 <= faintest; step++) {
        power += loudness->frames[step] * pow(10, -(step + 0.5) / 10);
        *frames += loudness->frames[step];
    }
    return *frames ? -10 * log10(power / *frames) : -1;
}

double loudness_level(const cs_loudness *loudness) {
    uint32_t frames;
    double ungated = mean_of(loudness, LOUDNESS_STEPS, &frames);
    double level = frames ? mean_of(loudness, ungated + GATE, &frames) : -1;
    return frames < LEAST_FRAMES ? -1 : level;
}

static void look(cs_loudness *loudness) {
    double level = loudness_level(loudness), raise = level < 0 ? 0 : fmin(fmax(level - WANTED, 0), MOST);
    float wanted = (float)pow(10, raise / 20);
    loudness->step = (wanted - loudness->gain) / (float)(loudness->frame_samples * FRAMES_A_LOOK);
    loudness->told = 0;
}

static void frame_end(cs_loudness *loudness) {
    double below = -10 * log10(loudness->power / loudness->filled + 1e-12);
    if (below < LOUDNESS_STEPS) loudness->frames[below > 0 ? (int)below : 0]++;
    loudness->power = 0;
    loudness->filled = 0;
    if (++loudness->told == FRAMES_A_LOOK) look(loudness);
}

void loudness_raise(cs_loudness *loudness, float *samples, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        loudness->power += (double)samples[i] * (double)samples[i];
        loudness->gain += loudness->step;
        samples[i] *= loudness->gain;
        if (++loudness->filled == loudness->frame_samples) frame_end(loudness);
    }
}
