#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>
#include <string.h>

/* Normalised cross-correlation (Talkin 1995, "A robust algorithm for pitch tracking") of 25 ms with what follows 2.25 to 18 ms
 * later. A lag's multiples fit as well as the lag: the first that is nearly as good as the best is taken. */
enum { FIRST_OF_60_HZ = SLOW_RATE_HZ / 400, LAST_OF_60_HZ = SLOW_RATE_HZ / 60, OCTAVE = 64, NEARBY = 14 };
static const float least_peak = 0.5F, nearly = 0.88F;

float frame_pitch_hz(uint8_t pitch) {
    return pitch ? 50.0F * exp2f((float)(pitch - 1) / OCTAVE) : 0;
}

uint8_t pitch_code(float hz) {
    float code = 1.5F + OCTAVE * log2f(hz / 50.0F);
    return code < 1 ? 1 : code > 255 ? 255 : (uint8_t)code;
}

static void correlate(const float *x, float *out) {
    for (int lag = 0; lag < PITCH_LAGS; lag += 16) {
        const float *y = x + PITCH_FIRST_LAG + lag;
        cs_lanes a = lanes_all(0), b = a, c = a, d = a;
        for (int i = 0; i < PITCH_WINDOW; i++) {
            cs_lanes one = lanes_all(x[i]);
            a += one * lanes_at(y + i);
            b += one * lanes_at(y + i + 4);
            c += one * lanes_at(y + i + 8);
            d += one * lanes_at(y + i + 12);
        }
        lanes_put(out + lag, a);
        lanes_put(out + lag + 4, b);
        lanes_put(out + lag + 8, c);
        lanes_put(out + lag + 12, d);
    }
    float own = lanes_dot(x, x, PITCH_WINDOW), powers[PITCH_LAGS];
    double power = 0;
    for (int i = 0; i < PITCH_WINDOW; i++) power += (double)x[PITCH_FIRST_LAG + i] * x[PITCH_FIRST_LAG + i];
    for (int lag = 0; lag < PITCH_LAGS; lag++) {
        const float *y = x + PITCH_FIRST_LAG + lag;
        powers[lag] = (float)(power > 0 ? power : 0);
        power += (double)y[PITCH_WINDOW] * y[PITCH_WINDOW] - (double)y[0] * y[0];
    }
    for (int lag = 0; lag < PITCH_LAGS; lag += 4)
        lanes_put(out + lag, lanes_at(out + lag) * lanes_inverse_root(own * lanes_at(powers + lag) + 1e-16F));
}

/* The top of the parabola through three points: its place between -0.5 and 0.5, and its height. */
static float parabola_top(const float *at, float *height) {
    float left = at[-1], middle = at[0], right = at[1];
    float bend = left - 2 * middle + right;
    float place = bend < 0 ? 0.5F * (left - right) / bend : 0;
    *height = middle - 0.25F * (left - right) * place;
    return place;
}

/* 0: nothing repeats. */
static float find_lag(const float *likeness, float *periodicity) {
    float lags[PITCH_LAGS / 2], heights[PITCH_LAGS / 2], best = 0;
    int count = 0;
    for (int i = FIRST_OF_60_HZ - PITCH_FIRST_LAG; i <= LAST_OF_60_HZ - PITCH_FIRST_LAG; i++) {
        if (likeness[i] < least_peak || likeness[i] < likeness[i - 1] || likeness[i] <= likeness[i + 1]) continue;
        lags[count] = (float)(i + PITCH_FIRST_LAG) + parabola_top(likeness + i, &heights[count]);
        if (heights[count] > best) best = heights[count];
        count++;
    }
    *periodicity = best > 1 ? 1 : best;
    for (int i = 0; i < count; i++)
        if (heights[i] >= best * nearly) return lags[i];
    return 0;
}

/* Middle of up to five codes that are not 0. */
static uint8_t middle_code(const uint8_t *codes, int count) {
    uint8_t sorted[5];
    for (int i = 0; i < count; i++) {
        int k = i;
        for (; k > 0 && sorted[k - 1] > codes[i]; k--) sorted[k] = sorted[k - 1];
        sorted[k] = codes[i];
    }
    return sorted[count / 2];
}

/* What its neighbours make of a frame's pitch: alone it is none, an octave beside them it is theirs. */
static uint8_t agree(const uint8_t *raw, int64_t frame) {
    uint8_t own = raw[frame & 7], there[5];
    int count = 0;
    for (int64_t k = frame - 2; k <= frame + 2; k++)
        if (k >= 0 && raw[k & 7]) there[count++] = raw[k & 7];
    if (!own || count < 3) return 0;
    int away = own - middle_code(there, count);
    if (away >= -NEARBY && away <= NEARBY) return own;
    if (away >= OCTAVE - NEARBY && away <= OCTAVE + NEARBY) return (uint8_t)(own - OCTAVE);
    if (away >= -OCTAVE - NEARBY && away <= -OCTAVE + NEARBY) return (uint8_t)(own + OCTAVE);
    return 0;
}

void pitch_hear(cs_ear *ear, int64_t now) {
    int64_t frame = now - PITCH_BEHIND;
    if (frame < 0) return;
    cs_heard *heard = ear_frame(ear, frame);
    ear->raw_pitch[frame & 7] = 0;
    bool goes_on = frame > 0 && ear_frame(ear, frame - 1)->periodicity > 0.7F;
    if (heard->voice_db > -66 && (goes_on || heard->voice_db > ear->floor.floor_db + 3)) {
        float likeness[PITCH_LAGS];
        correlate(ear->pitch_samples, likeness);
        float lag = find_lag(likeness, &heard->periodicity);
        if (lag > 0) ear->raw_pitch[frame & 7] = pitch_code(SLOW_RATE_HZ / lag);
    }
    frame = now - PITCH_SURE;
    if (frame >= 0) ear_frame(ear, frame)->pitch = agree(ear->raw_pitch, frame);
}
