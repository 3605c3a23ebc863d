#include "speech/resampler.h"

#include "audio/lanes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_PHASES = 1024,
    BLOCK = 1024, /* samples looked at at once */
    LANES = 4, /* the taps are a multiple of it */
};
static const double pi = 3.14159265358979323846, kaiser = 8.0;

/* How sharp, and how much of the lower rate's half: down, nothing may fold back; up, models miss what a gap at the seam leaves out
 * more than a mirror image of the last tenth disturbs them. */
static const struct {
    int crossings; /* of the sinc, a side */
    double passed;
} DOWN = {32, 0.95}, UP = {24, 0.975};

struct cs_resampler {
    int64_t in_hz, out_hz; /* without their common divisor; equal: the rate stays */
    int taps, phases;
    float *table; /* a row of taps for each phase */
    float *history; /* taps samples before the block, then the block */
    int64_t position, rest; /* of the next sample out: position + rest / out_hz, in samples in */
    int64_t pushed;
    float out[BLOCK];
    uint32_t out_count;
};

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

static bool fill_table(cs_resampler *r) {
    bool is_down = r->out_hz < r->in_hz;
    double lower = is_down ? (double)r->out_hz / (double)r->in_hz : 1, passed = is_down ? DOWN.passed : UP.passed;
    r->taps = 2 * (int)ceil((is_down ? DOWN.crossings : UP.crossings) / lower);
    r->taps = (r->taps + LANES - 1) / LANES * LANES;
    r->phases = r->out_hz < MOST_PHASES ? (int)r->out_hz : MOST_PHASES;
    r->table = malloc((size_t)r->phases * (size_t)r->taps * sizeof *r->table);
    r->history = calloc((size_t)r->taps + BLOCK, sizeof *r->history);
    if (!r->table || !r->history) return false;
    for (int phase = 0; phase < r->phases; phase++)
        fill_row(r->table + (size_t)phase * (size_t)r->taps, r->taps, (double)phase / r->phases, passed * lower);
    return true;
}

cs_resampler *resampler_create(int from_hz, int to_hz) {
    const int least = CS_RESAMPLER_LEAST_HZ, most = CS_RESAMPLER_MOST_HZ;
    if (from_hz < least || from_hz > most || to_hz < least || to_hz > most) return NULL;
    cs_resampler *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    int64_t divisor = common_divisor(from_hz, to_hz);
    r->in_hz = from_hz / divisor;
    r->out_hz = to_hz / divisor;
    if (from_hz == to_hz || fill_table(r)) return r;
    resampler_free(r);
    return NULL;
}

static bool send(cs_resampler *r, cs_resampled on_samples, void *context) {
    bool goes_on = !r->out_count || on_samples(context, r->out, r->out_count);
    r->out_count = 0;
    return goes_on;
}

static float sample_now(const cs_resampler *r, const float *newest) {
    const float *row = r->table + r->rest * r->phases / r->out_hz * r->taps;
    return lanes_dot(newest - r->taps + 1, row, r->taps);
}

/* count up to BLOCK. */
static bool push_block(cs_resampler *r, const float *samples, uint32_t count, cs_resampled on_samples, void *context) {
    memcpy(r->history + r->taps, samples, count * sizeof *samples);
    int64_t first = r->pushed - r->taps, half = r->taps / 2; /* the sample at history[0] */
    r->pushed += count;
    bool goes_on = true;
    while (goes_on && r->position + half < r->pushed) {
        r->out[r->out_count++] = sample_now(r, r->history + (r->position + half - first));
        goes_on = r->out_count < BLOCK || send(r, on_samples, context);
        r->rest += r->in_hz;
        r->position += r->rest / r->out_hz;
        r->rest %= r->out_hz;
    }
    memmove(r->history, r->history + count, (size_t)r->taps * sizeof *r->history);
    return goes_on && send(r, on_samples, context);
}

bool resampler_push(cs_resampler *resampler, const float *samples, uint32_t count, cs_resampled on_samples,
                    void *context) {
    if (!resampler->table) return !count || on_samples(context, samples, count);
    bool goes_on = true;
    for (uint32_t at = 0; goes_on && at < count; at += BLOCK)
        goes_on = push_block(resampler, samples + at, count - at < BLOCK ? count - at : BLOCK, on_samples, context);
    return goes_on;
}

bool resampler_finish(cs_resampler *resampler, cs_resampled on_samples, void *context) {
    static const float silence[BLOCK];
    bool goes_on = true;
    for (int left = resampler->taps / 2; goes_on && left > 0; left -= BLOCK) /* what the window still waits for */
        goes_on = push_block(resampler, silence, (uint32_t)(left < BLOCK ? left : BLOCK), on_samples, context);
    return goes_on;
}

void resampler_free(cs_resampler *resampler) {
    if (!resampler) return;
    free(resampler->table);
    free(resampler->history);
    free(resampler);
}
