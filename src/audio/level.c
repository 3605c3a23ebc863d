#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>

/* From here on a sample may be cut off: A-law ends at 0.984, µ-law at 0.980. */
static const float limit = 0.97F;
enum { LEAST_EQUAL = 3 };

float frame_level_db(uint8_t level) {
    return (float)level * (96.0F / 255.0F) - 96.0F;
}

float power_db(float power) {
    return power > 2.5e-10F ? 10.0F * log10f(power) : -96.0F;
}

/* Samples that stand still at the limit, or reach the very end more than once. */
static bool is_cut_off(const float *samples, int count) {
    int equal = 1, ends = 0;
    for (int i = 0; i < count; i++) {
        float size = fabsf(samples[i]);
        ends += size >= 0.9995F;
        equal = i > 0 && size >= limit && samples[i] == samples[i - 1] ? equal + 1 : 1;
        if (equal >= LEAST_EQUAL || ends >= LEAST_EQUAL) return true;
    }
    return false;
}

/* The offset is the mean of the last 100 ms: whole periods of the mains, and soon right after a jump. */
float level_hear(cs_level *level, const float *samples, int count, bool *is_clipped) {
    float before = level->means[(level->at + LEVEL_MEANS - 1) % LEVEL_MEANS];
    cs_lanes offset = lanes_all(before), sum = lanes_all(0), squares = sum, high = sum, low = sum;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
        cs_lanes x = lanes_at(samples + i);
        cs_int_lanes above = x > high, below = x < low;
        high = (cs_lanes)(((cs_int_lanes)x & above) | ((cs_int_lanes)high & ~above));
        low = (cs_lanes)(((cs_int_lanes)x & below) | ((cs_int_lanes)low & ~below));
        x -= offset;
        sum += x;
        squares += x * x;
    }
    float total = lanes_sum(sum), square = lanes_sum(squares);
    float peak = larger_of(larger_of(larger_of(high[0], high[1]), larger_of(high[2], high[3])),
                           -smaller_of(smaller_of(low[0], low[1]), smaller_of(low[2], low[3])));
    for (; i < count; i++) {
        float x = samples[i] - before;
        peak = larger_of(peak, fabsf(samples[i]));
        total += x;
        square += x * x;
    }
    *is_clipped = peak >= limit && is_cut_off(samples, count);

    float mean = total / (float)count;
    level->means[level->at] = before + mean;
    level->at = (level->at + 1) % LEVEL_MEANS;
    float still = 0;
    for (int k = 0; k < LEVEL_MEANS; k++) still += level->means[k];
    float shift = still / LEVEL_MEANS - before;
    float power = square / (float)count - 2 * shift * mean + shift * shift;
    return power_db(power);
}
