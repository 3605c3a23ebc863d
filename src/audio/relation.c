#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>
#include <string.h>

/* Sums of products of the samples, each channel up to 5 ms later than the other, over all that can be heard. */
void relation_hear(cs_relation *relation, const cs_ear *ears, int64_t now) {
    float lines[2][RELATION_LAGS + SLOW_SAMPLES];
    int64_t first = now * SLOW_SAMPLES - RELATION_LAGS;
    bool is_loud = false;
    for (int c = 0; c < 2; c++) {
        for (int i = 0; i < RELATION_LAGS + SLOW_SAMPLES; i++)
            lines[c][i] = first + i < 0 ? 0 : ears[c].slow[(first + i) & (SLOW_RING - 1)];
        is_loud |= ear_frame_of(&ears[c], now)->voice_db > -60;
    }
    if (!is_loud) return;
    const float *newest[2] = {lines[0] + RELATION_LAGS, lines[1] + RELATION_LAGS};
    for (int c = 0; c < 2; c++) {
        relation->power[c] += lanes_dot(newest[c], newest[c], SLOW_SAMPLES);
        for (int lag = 0; lag <= RELATION_LAGS; lag++)
            relation->later[c][lag] += lanes_dot(newest[c], newest[1 - c] - lag, SLOW_SAMPLES);
    }
}

float relation_likeness(const cs_relation *relation) {
    double most = 0, power = relation->power[0] * relation->power[1];
    for (int lag = 0; lag <= RELATION_LAGS; lag++)
        most = fmax(most, fmax(fabs(relation->later[0][lag]), fabs(relation->later[1][lag])));
    double likeness = power > 0 ? most / sqrt(power) : 0;
    return likeness > 1 ? 1 : (float)likeness;
}
