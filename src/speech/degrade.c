#include "speech/degrade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CROSSINGS = 32, /* of the sinc, a side */
    MOST_PHASES = 1024,
    BLOCK = 1024, /* samples looked at at once */
    LEAST_HZ = 4000,
    MOST_HZ = 192000,
};
static const double pi = 3.14159265358979323846, passed = 0.95, kaiser = 8.0;

struct cs_degrader {
    cs_companding companding;
    int rate_hz;
    int64_t in_hz, out_hz; /* without their common divisor; equal: the rate stays */
    int taps, phases;
    float *table; /* a row of taps for each phase */
    float *history; /* taps samples before the block, then the block */
    int64_t position, rest; /* of the next sample out: position + rest / out_hz, in samples in */
    int64_t pushed;
    float out[BLOCK];
    uint32_t out_count;
};

/* ---- rates ---- */

static int64_t common_divisor(int64_t a, int64_t b) {
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static double bessel(double x) { /* I0 */
    double sum = 1, term = 1;
    for (int k = 1; k < 40; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

/* Tap i weighs the sample i - (taps / 2 - 1) places after the one before the wanted moment. */
static void fill_row(float *row, int taps, double fraction, double cut) {
    double wide = taps / 2.0, sum = 0;
    for (int i = 0; i < taps; i++) {
        double x = i - (wide - 1) - fraction, inside = 1 - x / wide * (x / wide);
        double sinc = fabs(x) < 1e-9 ? cut : sin(pi * cut * x) / (pi * x);
        double weight = inside > 0 ? sinc * bessel(kaiser * sqrt(inside)) / bessel(kaiser) : 0;
        row[i] = (float)weight;
        sum += weight;
    }
    for (int i = 0; i < taps; i++) row[i] = (float)(row[i] / sum);
}

static bool open_rate(cs_degrader *d, int from_hz, int to_hz) {
    int64_t divisor = common_divisor(from_hz, to_hz);
    d->in_hz = from_hz / divisor;
    d->out_hz = to_hz / divisor;
    if (d->in_hz == d->out_hz) return true;
    double lower = to_hz < from_hz ? (double)to_hz / from_hz : 1;
    d->taps = 2 * (int)ceil(CROSSINGS / lower);
    d->phases = d->out_hz < MOST_PHASES ? (int)d->out_hz : MOST_PHASES;
    d->table = malloc((size_t)d->phases * (size_t)d->taps * sizeof *d->table);
    d->history = calloc((size_t)d->taps + BLOCK, sizeof *d->history);
    if (!d->table || !d->history) return false;
    for (int phase = 0; phase < d->phases; phase++)
        fill_row(d->table + (size_t)phase * (size_t)d->taps, d->taps, (double)phase / d->phases, passed * lower);
    return true;
}

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
    int to_hz = degrading->rate_hz ? degrading->rate_hz : rate_hz;
    if (rate_hz < LEAST_HZ || rate_hz > MOST_HZ || to_hz < LEAST_HZ || to_hz > MOST_HZ) {
        message_set(message, CS_ERR_USAGE, "%d Hz can't be made %d Hz", rate_hz, to_hz);
        message_remedy(message, "choose a rate from %d to %d", LEAST_HZ, MOST_HZ);
        return CS_ERR_USAGE;
    }
    cs_degrader *d = calloc(1, sizeof *d);
    if (!d || !open_rate(d, rate_hz, to_hz)) {
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

static bool send(cs_degrader *d, cs_degraded on_samples, void *context) {
    bool goes_on = !d->out_count || on_samples(context, d->out, d->out_count);
    d->out_count = 0;
    return goes_on;
}

static bool put(cs_degrader *d, float sample, cs_degraded on_samples, void *context) {
    sample = sample > 1 ? 1 : sample < -1 ? -1 : sample;
    if (d->companding == CS_COMPANDING_MU_LAW) sample = degrade_mu_law(sample);
    if (d->companding == CS_COMPANDING_A_LAW) sample = degrade_a_law(sample);
    d->out[d->out_count++] = sample;
    return d->out_count < BLOCK || send(d, on_samples, context);
}

static float sample_now(const cs_degrader *d, const float *newest) {
    const float *row = d->table + d->rest * d->phases / d->out_hz * d->taps, *from = newest - d->taps + 1;
    float sum = 0;
    for (int i = 0; i < d->taps; i++) sum += from[i] * row[i];
    return sum;
}

/* count up to BLOCK. */
static bool push_block(cs_degrader *d, const float *samples, uint32_t count, cs_degraded on_samples, void *context) {
    memcpy(d->history + d->taps, samples, count * sizeof *samples);
    int64_t first = d->pushed - d->taps, half = d->taps / 2; /* the sample at history[0] */
    d->pushed += count;
    bool goes_on = true;
    while (goes_on && d->position + half < d->pushed) {
        goes_on = put(d, sample_now(d, d->history + (d->position + half - first)), on_samples, context);
        d->rest += d->in_hz;
        d->position += d->rest / d->out_hz;
        d->rest %= d->out_hz;
    }
    memmove(d->history, d->history + count, (size_t)d->taps * sizeof *d->history);
    return goes_on;
}

bool degrade_push(cs_degrader *degrader, const float *samples, uint32_t count, cs_degraded on_samples, void *context) {
    bool goes_on = true;
    for (uint32_t at = 0; goes_on && at < count;) {
        uint32_t some = count - at < BLOCK ? count - at : BLOCK;
        if (degrader->table)
            goes_on = push_block(degrader, samples + at, some, on_samples, context);
        else
            for (uint32_t i = 0; goes_on && i < some; i++)
                goes_on = put(degrader, samples[at + i], on_samples, context);
        at += some;
    }
    return goes_on;
}

bool degrade_finish(cs_degrader *degrader, cs_degraded on_samples, void *context) {
    static const float silence[BLOCK];
    bool goes_on = true;
    for (int left = degrader->taps / 2; goes_on && left > 0; left -= BLOCK) /* what the window still waits for */
        goes_on = push_block(degrader, silence, (uint32_t)(left < BLOCK ? left : BLOCK), on_samples, context);
    return goes_on && send(degrader, on_samples, context);
}

void degrade_free(cs_degrader *degrader) {
    if (!degrader) return;
    free(degrader->table);
    free(degrader->history);
    free(degrader);
}
