#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>
#include <stddef.h>

/* A signal of one or two steady frequencies that hold nearly all of the power. A voice's never stand still, or stand one an
 * octave above the other. Two of a key's frequencies are enough after 60 ms, others after 200 ms. */
enum { LOWEST_BIN = 12, LOBE = 4, LEAST_STEADY = 8, LEAST_STEADY_KEY = 2, BEFORE = 2 };
static const float least_power = 3e-5F, least_share = 0.93F, most_step_hz = 6, most_drift_hz = 5, key_error = 0.03F,
                   most_octave = 0.003F;
static const float bin_hz = (float)SLOW_RATE_HZ / SPECTRUM_SAMPLES;

/* The strongest bin with its lobe, which are taken out: its power and its middle frequency. */
static float take_peak(float *power, float *hz) {
    int top = LOWEST_BIN;
    for (int k = LOWEST_BIN; k < SPECTRUM_BINS; k++)
        if (power[k] > power[top]) top = k;
    int from = top - LOBE < LOWEST_BIN ? LOWEST_BIN : top - LOBE;
    int to = top + LOBE >= SPECTRUM_BINS ? SPECTRUM_BINS - 1 : top + LOBE;
    float sum = 0, moment = 0;
    for (int k = from; k <= to; k++) {
        sum += power[k];
        moment += power[k] * (float)k;
        power[k] = 0;
    }
    *hz = sum > 0 ? moment / sum * bin_hz : 0;
    return sum;
}

static bool is_one_of(float hz, const float *table, int count) {
    for (int i = 0; i < count; i++)
        if (fabsf(hz - table[i]) < table[i] * key_error) return true;
    return false;
}

static bool is_key(const cs_tone *tone) {
    static const float rows[] = {697, 770, 852, 941}, columns[] = {1209, 1336, 1477, 1633};
    float low = smaller_of(tone->first_hz, tone->second_hz), high = larger_of(tone->first_hz, tone->second_hz);
    return is_one_of(low, rows, 4) && is_one_of(high, columns, 4);
}

/* What is left of the power an octave above, two bins to each side. */
static float octave_power(const float *power, float hz) {
    int middle = (int)(2 * hz / bin_hz + 0.5F);
    float sum = 0;
    for (int k = middle - 2; k <= middle + 2; k++) sum += k < SPECTRUM_BINS ? power[k] : 0;
    return sum;
}

/* False: more than a tone is in it, or what a voice may hum. */
static bool measure(const float *spectrum, cs_tone *out) {
    float power[SPECTRUM_BINS];
    cs_lanes sum = lanes_all(0), squares = sum;
    for (int k = 0; k < SPECTRUM_BINS; k += 4) {
        cs_lanes x = lanes_at(spectrum + k);
        sum += x;
        squares += x * x;
        lanes_put(power + k, x);
    }
    float total = lanes_sum(sum);
    /* Most spectra are spread so far that no two peaks can hold their power: two lobes are four bins high. */
    if (total < least_power || lanes_sum(squares) < 0.15F * total * total) return false;
    float first = take_peak(power, &out->first_hz), octave = octave_power(power, out->first_hz);
    float second = take_peak(power, &out->second_hz);
    if (first + second < least_share * total || out->first_hz < 250) return false;
    out->power_db = power_db(total);
    if (second < 0.02F * first) {
        out->second_hz = 0;
        return out->first_hz > 300 && octave < most_octave * first;
    }
    float low = smaller_of(out->first_hz, out->second_hz), high = larger_of(out->first_hz, out->second_hz);
    float times = high / low;
    return low > 250 && fabsf(times - roundf(times)) > 0.03F;
}

/* The frames whose sound this is: its level tells where it begins and ends. */
static void mark(cs_ear *ear, int64_t from, int64_t to) {
    float level = ear_frame_of(ear, to)->level_db;
    for (int64_t k = from; k <= to; k++) ear_frame(ear, k)->marks |= MARK_TONE;
    for (int64_t k = from - 1; k >= 0 && k >= from - BEFORE && ear_frame_of(ear, k)->level_db > level - 6; k--)
        ear_frame(ear, k)->marks |= MARK_TONE;
    for (int64_t k = to + 1; k <= to + BEFORE && ear_frame_of(ear, k)->level_db > level - 6; k++)
        ear_frame(ear, k)->marks |= MARK_TONE;
}

void tone_hear(cs_ear *ear, const float *power, int64_t frame) {
    cs_tone *tone = &ear->tone, heard = {0};
    if (!power || !measure(power, &heard)) {
        tone->steady = 0;
        return;
    }
    bool goes_on = tone->steady > 0 && fabsf(heard.first_hz - tone->first_hz) < most_step_hz &&
                   fabsf(heard.second_hz - tone->second_hz) < most_step_hz &&
                   fabsf(heard.power_db - tone->power_db) < 3;
    float lowest = goes_on ? smaller_of(tone->lowest_hz, heard.first_hz) : heard.first_hz;
    float highest = goes_on ? larger_of(tone->highest_hz, heard.first_hz) : heard.first_hz;
    goes_on = goes_on && highest - lowest < most_drift_hz;
    heard.steady = goes_on ? tone->steady + 1 : 1;
    heard.since = goes_on ? tone->since : frame;
    heard.lowest_hz = goes_on ? lowest : heard.first_hz;
    heard.highest_hz = goes_on ? highest : heard.first_hz;
    *tone = heard;
    if (tone->steady >= (is_key(tone) ? LEAST_STEADY_KEY : LEAST_STEADY)) mark(ear, tone->since, frame);
}
