#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>

/* A beat: the level of the last six seconds is like itself 0.2 to 1.2 s later. Syllables are not that regular. */
enum { POINTS = 300, FIRST_LAG = 10, LAST_LAG = 60, SECOND = 50 }; /* of 20 ms */
static const float range_db = 30, pause_db = 12, least_top_db = -45, least_variance = 2, valley = 0.5F;

/* A second without anything nearly as loud as the loudest is a pause. */
static bool has_pause(const float *levels, float top) {
    for (int from = 0; from < POINTS; from += SECOND) {
        float most = -96;
        for (int i = from; i < from + SECOND; i++) most = larger_of(most, levels[i]);
        if (most < top - pause_db) return true;
    }
    return false;
}

/* The last levels in the order of time, without what is far below the loudest; false: it is quiet, has pauses, or is a tone's cadence. */
static bool read_levels(const cs_ear *ear, int64_t frame, float *out, float *power_to) {
    float top = -96, mean = 0;
    int tones = 0;
    for (int i = 0; i < POINTS; i++) {
        int64_t at = frame - (int64_t)(POINTS - 1 - i) * SPECTRUM_FRAMES;
        const cs_heard *one = ear_frame_of(ear, at), *other = ear_frame_of(ear, at - 1);
        out[i] = larger_of(one->voice_db, other->voice_db);
        top = larger_of(top, out[i]);
        tones += (one->marks & MARK_TONE) != 0;
    }
    if (has_pause(out, top)) return false;
    for (int i = 0; i < POINTS; i++) {
        out[i] = larger_of(out[i], top - range_db);
        mean += out[i] / POINTS;
    }
    power_to[0] = 0;
    for (int i = 0; i < POINTS; i++) {
        out[i] -= mean;
        power_to[i + 1] = power_to[i] + out[i] * out[i];
    }
    return top > least_top_db && tones * 20 < POINTS && power_to[POINTS] > least_variance * POINTS;
}

float rhythm_of(const cs_ear *ear, int64_t frame) {
    float levels[POINTS + 4] = {0}, power_to[POINTS + 1];
    if (frame < (int64_t)POINTS * SPECTRUM_FRAMES || !read_levels(ear, frame, levels, power_to)) return 0;
    float best = 0, lowest = 1;
    for (int lag = FIRST_LAG; lag <= LAST_LAG; lag++) {
        int count = (POINTS - lag) / 4 * 4;
        float powers = power_to[count] * (power_to[count + lag] - power_to[lag]);
        float likeness = lanes_dot(levels, levels + lag, count) / sqrtf(powers + 1e-6F);
        lowest = smaller_of(lowest, likeness);
        if (lowest < valley) best = larger_of(best, likeness);
    }
    return best;
}
