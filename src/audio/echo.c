#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>
#include <string.h>

/* An echo follows the other channel's voice by up to half a second and is fainter than it. First the levels say where it may
 * lie, then the samples around that place say whether it is the same sound. What is louder than the echo can be is a voice. */
enum {
    MOST_LAG = 50,
    CANDIDATES = 2,
    AROUND_MS = 10,
    MOST_FRAMES = 100,
    LONGEST_PIECE = 200,
    LEAST_FRAMES = 8,
    REVERB = 6
};
enum { LAG_STEP = SLOW_SAMPLES, AROUND = AROUND_MS * SLOW_RATE_HZ / 1000, AGREE = SLOW_RATE_HZ / 250 };
enum { MOST_SAMPLES = MOST_FRAMES * SLOW_SAMPLES };
static const float least_loss_db = 5, above_db = 5, most_loss_db = 60;
static const float same_sound = 0.45F, same_as_before = 0.22F, least_shape = 0.4F;

typedef struct cs_match {
    int lag; /* samples */
    float likeness, loss_db;
} cs_match;

static bool is_active(const cs_ear *ear, int64_t frame) {
    return (ear_frame_of(ear, frame)->marks & MARK_VOICE) != 0;
}

/* The loudest of the other's frames around the place. */
static float loudest_near(const cs_ear *other, int64_t frame, int before, int after) {
    float loudest = -96;
    for (int64_t k = frame - before; k <= frame + after; k++)
        if (k >= 0) loudest = larger_of(loudest, ear_frame_of(other, k)->voice_db);
    return loudest;
}

/* Correlation of the levels at this lag; -1 where too many frames are louder than the other's. */
static float shape_at(const cs_ear *ear, const cs_ear *other, int64_t from, int64_t to, int lag) {
    float x1 = 0, y1 = 0, xx = 0, yy = 0, xy = 0;
    int count = 0, explained = 0;
    for (int64_t k = from; k < to; k++) {
        if (!is_active(ear, k) || k < lag) continue;
        float x = ear_frame_of(ear, k)->voice_db, y = ear_frame_of(other, k - lag)->voice_db;
        explained += loudest_near(other, k - lag, 2, 1) - x > least_loss_db;
        x += 40;
        y = larger_of(y, -70) + 40;
        x1 += x;
        y1 += y;
        xx += x * x;
        yy += y * y;
        xy += x * y;
        count++;
    }
    if (count < LEAST_FRAMES || explained * 10 < count * 4) return -1;
    float n = (float)count, spread = (xx - x1 * x1 / n) * (yy - y1 * y1 / n);
    return spread > 1e-3F ? (xy - x1 * y1 / n) / sqrtf(spread) : 0;
}

static void copy_slow(const cs_ear *ear, int64_t first, int count, float *out) {
    for (int i = 0; i < count; i++) out[i] = first + i < 0 ? 0 : ear->slow[(first + i) & (SLOW_RING - 1)];
}

/* What is compared: of up to a second those frames that may be the echo, which the channel's own voice would drown. */
typedef struct cs_sample_pair {
    int64_t first; /* frame */
    int frames;
    bool is_asked[MOST_FRAMES];
    float own[MOST_SAMPLES], theirs[MOST_SAMPLES + 2 * AROUND];
    double power_to[MOST_SAMPLES + 2 * AROUND + 1]; /* of theirs, from the beginning */
} cs_sample_pair;

/* The lag within AROUND of the given one at which the samples are most alike. */
static cs_match match_samples(const cs_ear *ear, const cs_ear *other, cs_sample_pair *pair, int lag) {
    int count = pair->frames * SLOW_SAMPLES;
    copy_slow(ear, pair->first * SLOW_SAMPLES, count, pair->own);
    copy_slow(other, pair->first * SLOW_SAMPLES - lag - AROUND, count + 2 * AROUND, pair->theirs);
    pair->power_to[0] = 0;
    for (int i = 0; i < count + 2 * AROUND; i++)
        pair->power_to[i + 1] = pair->power_to[i] + (double)pair->theirs[i] * pair->theirs[i];
    double own = 0;
    for (int k = 0; k < pair->frames; k++)
        if (pair->is_asked[k])
            own += lanes_dot(pair->own + k * SLOW_SAMPLES, pair->own + k * SLOW_SAMPLES, SLOW_SAMPLES);
    cs_match best = {.lag = lag, .likeness = 0};
    for (int shift = 0; shift <= 2 * AROUND && lag + AROUND - shift >= 0; shift++) {
        double product = 0, theirs = 0;
        for (int k = 0; k < pair->frames; k++) {
            if (!pair->is_asked[k]) continue;
            int at = k * SLOW_SAMPLES;
            product += lanes_dot(pair->own + at, pair->theirs + at + shift, SLOW_SAMPLES);
            theirs += pair->power_to[at + shift + SLOW_SAMPLES] - pair->power_to[at + shift];
        }
        float likeness = (float)(fabs(product) / sqrt(theirs * own + 1e-12));
        if (likeness <= best.likeness) continue;
        best =
            (cs_match){lag + AROUND - shift, likeness, -20 * log10f((float)(fabs(product) / (theirs + 1e-12)) + 1e-6F)};
    }
    return best;
}

/* How much fainter by the power of the frames that it explains: an echo that is smeared is more than its likest part. */
static float loss_by_power(const cs_ear *ear, const cs_ear *other, int64_t from, int64_t to, int lag) {
    double own = 0, theirs = 0;
    for (int64_t k = from; k < to; k++) {
        int64_t at = k - (lag + SLOW_SAMPLES / 2) / SLOW_SAMPLES;
        if (!is_active(ear, k) || at < 0) continue;
        float x = ear_frame_of(ear, k)->voice_db, y = ear_frame_of(other, at)->voice_db;
        if (y - x < least_loss_db) continue;
        own += pow(10, x / 10);
        theirs += pow(10, y / 10);
    }
    return own > 0 ? (float)(10 * log10(theirs / own)) : 96;
}

/* May it be the echo? known: by what is known of it; else by being fainter than the other was within its lag. */
static bool may_be_echo(const cs_ear *ear, const cs_ear *other, int64_t frame, bool is_known) {
    if (!is_active(ear, frame)) return false;
    float level = ear_frame_of(ear, frame)->voice_db;
    if (!is_known) return loudest_near(other, frame, MOST_LAG, 0) > level + least_loss_db;
    int lag = (ear->echo.lag_samples + SLOW_SAMPLES / 2) / SLOW_SAMPLES;
    return loudest_near(other, frame - lag, 2, 2) - ear->echo.loss_db + above_db > level;
}

/* Chooses the second of the piece with most power that may be the echo's. False: there is too little. */
static bool choose_frames(const cs_ear *ear, const cs_ear *other, int64_t from, int64_t to, bool is_known,
                          cs_sample_pair *pair) {
    bool may[LONGEST_PIECE];
    int length = (int)(to - from), frames = length < MOST_FRAMES ? length : MOST_FRAMES, count = 0;
    double sum = 0, best = 0;
    pair->first = from;
    pair->frames = frames;
    for (int k = 0; k < length; k++) {
        may[k] = may_be_echo(ear, other, from + k, is_known);
        if (may[k]) sum += pow(10, ear_frame_of(ear, from + k)->voice_db / 10);
        if (k >= frames && may[k - frames]) sum -= pow(10, ear_frame_of(ear, from + k - frames)->voice_db / 10);
        if (k + 1 < frames || sum <= best) continue;
        best = sum;
        pair->first = from + k + 1 - frames;
    }
    for (int k = 0; k < frames; k++) {
        pair->is_asked[k] = may[pair->first - from + k];
        count += pair->is_asked[k];
    }
    return count >= LEAST_FRAMES;
}

static bool is_near(const cs_echo *echo, int lag) {
    return echo->agreed > 0 && lag - echo->lag_samples < AGREE && echo->lag_samples - lag < AGREE;
}

static bool find_known(const cs_ear *ear, const cs_ear *other, int64_t from, int64_t to, cs_sample_pair *pair,
                       cs_match *out) {
    if (ear->echo.agreed < 2 || !choose_frames(ear, other, from, to, true, pair)) return false;
    *out = match_samples(ear, other, pair, ear->echo.lag_samples);
    return is_near(&ear->echo, out->lag) && out->likeness >= same_as_before;
}

static bool find_new(const cs_ear *ear, const cs_ear *other, int64_t from, int64_t to, cs_sample_pair *pair,
                     cs_match *out) {
    if (!choose_frames(ear, other, from, to, false, pair)) return false;
    float shapes[MOST_LAG + 1];
    for (int lag = 0; lag <= MOST_LAG; lag++) shapes[lag] = shape_at(ear, other, from, to, lag);
    *out = (cs_match){0};
    for (int i = 0; i < CANDIDATES && out->likeness < same_sound; i++) {
        int best = 0;
        for (int lag = 1; lag <= MOST_LAG; lag++)
            if (shapes[lag] > shapes[best]) best = lag;
        if (shapes[best] < least_shape) return false;
        *out = match_samples(ear, other, pair, best * LAG_STEP);
        shapes[best] = -1;
    }
    return out->likeness >= same_sound;
}

static bool find_match(const cs_ear *ear, const cs_ear *other, int64_t from, int64_t to, int64_t now, cs_match *out) {
    if (from * SLOW_SAMPLES < (now + 1 + MOST_LAG + 2) * SLOW_SAMPLES - SLOW_RING) return false;
    cs_sample_pair pair;
    if (!find_known(ear, other, from, to, &pair, out) && !find_new(ear, other, from, to, &pair, out)) return false;
    if (out->likeness < 0.8F) out->loss_db = loss_by_power(ear, other, from, to, out->lag);
    if (out->loss_db < least_loss_db || out->loss_db > most_loss_db) return false;
    /* The same signal on both channels is like itself a period later, too. */
    cs_match equal = match_samples(ear, other, &pair, 0);
    return equal.likeness < 0.8F || equal.loss_db >= least_loss_db;
}

static void remember(cs_echo *echo, const cs_match *match) {
    echo->agreed = is_near(echo, match->lag) ? echo->agreed + 1 : 1;
    echo->lag_samples = match->lag;
    echo->loss_db = match->loss_db;
}

void echo_examine(cs_ear *ear, const cs_ear *other, int64_t from, int64_t to, int64_t now) {
    int theirs = 0;
    for (int64_t k = from; k < to; k++) theirs += may_be_echo(ear, other, k, false);
    cs_match match;
    if (theirs < LEAST_FRAMES || !find_match(ear, other, from, to, now, &match)) return;
    remember(&ear->echo, &match);
    int lag = (match.lag + SLOW_SAMPLES / 2) / SLOW_SAMPLES, explained = 0;
    for (int64_t k = from; k < to; k++) {
        if (!is_active(ear, k)) continue;
        float most = loudest_near(other, k - lag, 2, 2) - match.loss_db + above_db;
        float tail = loudest_near(other, k - lag, REVERB, 2) - match.loss_db;
        if (ear_frame_of(ear, k)->voice_db > larger_of(most, tail)) continue;
        ear_frame(ear, k)->marks |= MARK_ECHO;
        explained++;
    }
    ear->echo.frames += explained;
    ear->echo.weight += explained;
    ear->echo.lag_sum += (double)explained * match.lag;
    ear->echo.loss_sum += (double)explained * match.loss_db;
}
