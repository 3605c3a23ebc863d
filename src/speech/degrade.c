#include "speech/degrade.h"

#include "speech/resampler.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 1024 }; /* samples looked at at once */

struct cs_degrader {
    cs_companding companding;
    int rate_hz;
    cs_resampler *resampler;
};

/* ---- G.711 ---- */

static int most_of(int value, int most) {
    return value > most ? most : value;
}

float degrade_mu_law(float sample) {
    enum { BIAS = 132, CLIP = 32635 };
    int value = (int)lrintf(sample * 32768.0F), magnitude = most_of(abs(value), CLIP) + BIAS, segment = 7;
    while (segment > 0 && !(magnitude & (1 << (segment + 7)))) segment--;
    int step = (magnitude >> (segment + 3)) & 15;
    int back = (((step << 3) + BIAS) << segment) - BIAS;
    return (float)(value < 0 ? -back : back) / 32768.0F;
}

float degrade_a_law(float sample) {
    int value = (int)lrintf(sample * 32768.0F) >> 3; /* 13 bits; of negative ones towards the lower */
    bool is_negative = value < 0;
    int magnitude = most_of(is_negative ? -value - 1 : value, 4095), segment = 7;
    while (segment > 0 && !(magnitude & (1 << (segment + 4)))) segment--;
    int step = (magnitude >> (segment ? segment : 1)) & 15;
    int back = segment ? ((step << 4) + 264) << (segment - 1) : (step << 4) + 8; /* the middle of its step, 16 bits */
    return (float)(is_negative ? -back : back) / 32768.0F;
}

/* ---- the way through ---- */

cs_error degrade_create(int rate_hz, const cs_degrading *degrading, cs_degrader **out, cs_message *message) {
    enum { LEAST_HZ = CS_RESAMPLER_LEAST_HZ, MOST_HZ = CS_RESAMPLER_MOST_HZ };
    int to_hz = degrading->rate_hz ? degrading->rate_hz : rate_hz;
    if (rate_hz < LEAST_HZ || rate_hz > MOST_HZ || to_hz < LEAST_HZ || to_hz > MOST_HZ) {
        message_set(message, CS_ERR_USAGE, "%d Hz can't be made %d Hz", rate_hz, to_hz);
        message_remedy(message, "choose a rate from %d to %d", LEAST_HZ, MOST_HZ);
        return CS_ERR_USAGE;
    }
    cs_degrader *d = calloc(1, sizeof *d);
    if (!d || !(d->resampler = resampler_create(rate_hz, to_hz))) {
        degrade_free(d);
        return message_set(message, CS_ERR_MEMORY, "no memory for another rate");
    }
    d->companding = degrading->companding;
    d->rate_hz = to_hz;
    *out = d;
    return CS_OK;
}

int degrade_rate(const cs_degrader *degrader) {
    return degrader->rate_hz;
}

typedef struct receiver {
    cs_companding companding;
    cs_degraded on_samples;
    void *context;
} receiver;

static float companded(cs_companding companding, float sample) {
    sample = sample > 1 ? 1 : sample < -1 ? -1 : sample;
    if (companding == CS_COMPANDING_MU_LAW) return degrade_mu_law(sample);
    return companding == CS_COMPANDING_A_LAW ? degrade_a_law(sample) : sample;
}

static bool on_resampled(void *context, const float *samples, uint32_t count) {
    const receiver *to = context;
    float out[BLOCK];
    for (uint32_t at = 0; at < count;) {
        uint32_t some = 0;
        while (some < BLOCK && at < count) out[some++] = companded(to->companding, samples[at++]);
        if (!to->on_samples(to->context, out, some)) return false;
    }
    return true;
}

bool degrade_push(cs_degrader *degrader, const float *samples, uint32_t count, cs_degraded on_samples, void *context) {
    receiver to = {.companding = degrader->companding, .on_samples = on_samples, .context = context};
    return resampler_push(degrader->resampler, samples, count, on_resampled, &to);
}

bool degrade_finish(cs_degrader *degrader, cs_degraded on_samples, void *context) {
    receiver to = {.companding = degrader->companding, .on_samples = on_samples, .context = context};
    return resampler_finish(degrader->resampler, on_resampled, &to);
}

void degrade_free(cs_degrader *degrader) {
    if (!degrader) return;
    resampler_free(degrader->resampler);
    free(degrader);
}
