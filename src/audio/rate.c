#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A windowed sinc, as many zero crossings to each side; what is above 0.9 of the lower rate's half is gone. */
enum { CROSSINGS = 8 };
static const double pi = 3.14159265358979323846;

static int64_t common_divisor(int64_t a, int64_t b) {
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void fill_phase(float *row, int taps, double fraction, double cut) {
    double sum = 0;
    for (int i = 0; i < taps; i++) {
        double wide = taps / 2.0, x = i - (wide - 1) - fraction;
        double sinc = fabs(x) < 1e-9 ? cut : sin(pi * cut * x) / (pi * x);
        double window = fabs(x) >= wide ? 0 : 0.5 + 0.5 * cos(pi * x / wide);
        row[i] = (float)(sinc * window);
        sum += sinc * window;
    }
    for (int i = 0; i < taps; i++) row[i] = (float)(row[i] / sum);
}

bool rate_open(cs_rate *rate, int rate_hz) {
    if (rate_hz == HEARD_RATE_HZ) return true;
    int64_t divisor = common_divisor(rate_hz, HEARD_RATE_HZ);
    rate->in_hz = rate_hz / divisor;
    rate->out_hz = HEARD_RATE_HZ / divisor;
    double ratio = (double)rate_hz / HEARD_RATE_HZ, lower = ratio > 1 ? 1 / ratio : 1;
    rate->taps = 2 * (int)ceil(CROSSINGS / lower);
    rate->taps = (rate->taps + 3) / 4 * 4;
    rate->phases = rate->out_hz <= MOST_PHASES ? (int)rate->out_hz : MOST_PHASES;
    rate->table = malloc((size_t)rate->phases * (size_t)rate->taps * sizeof *rate->table);
    if (!rate->table) return false;
    for (int i = 0; i < rate->phases; i++)
        fill_phase(rate->table + (size_t)i * (size_t)rate->taps, rate->taps, (double)i / rate->phases, 0.9 * lower);
    return true;
}

void rate_close(cs_rate *rate) {
    free(rate->table);
}

/* A sample's neighbours up to `position` are there: it comes CROSSINGS crossings late, a millisecond or two. */
void rate_hear(cs_rate *rate, const float *samples, int count, float *out) {
    if (!rate->table) {
        memcpy(out, samples, FRAME_SAMPLES * sizeof *out);
        return;
    }
    float *history = rate->history;
    memcpy(history + rate->taps, samples, (size_t)count * sizeof *samples);
    int64_t first = rate->have - rate->taps; /* the sample at history[0] */
    rate->have += count;
    for (int i = 0; i < FRAME_SAMPLES; i++) {
        const float *row = rate->table + rate->rest * rate->phases / rate->out_hz * rate->taps;
        int64_t at = rate->position - rate->taps - first; /* the newest neighbour stands before position */
        out[i] = lanes_dot(history + (at > 0 ? at : 0), row, rate->taps);
        rate->rest += rate->in_hz;
        rate->position += rate->rest / rate->out_hz;
        rate->rest %= rate->out_hz;
    }
    memmove(history, history + count, (size_t)rate->taps * sizeof *history);
}
