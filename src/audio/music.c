#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>
#include <string.h>

/* What stays where it is for 100 ms is an instrument: the partials of a voice glide. The fine structure of a spectrum - its
 * peaks, without the shape of the whole - is compared with the one 100 ms before; speech's pauses count as unlike. */
enum {
    SMOOTHED = 6,
    ASKED = 5,
    LONG = 200,
    QUARTER = LONG / 4,
    SHORT = 75,
    AROUND = 2,
    TONE_STEADY = 6,
    RHYTHM_ASKED = 25
};
static const float begins_above = 0.27F, ends_below = 0.20F, alike = 0.30F, never_below = 0.17F;
/* A voice's level swings by 6 dB and more, whatever its pitch does; where music's does so, it must be all the more alike. */
static const float swings_db = 4, begins_swinging_above = 0.6F, ends_swinging_below = 0.5F, swing_range_db = 30;
static const float rhythm_above = 0.8F, rhythm_below = 0.6F, loud_db = -45;

static void structure_of(const float *power, float *out) {
    float line[STRUCTURE_BINS + 2 * SMOOTHED + 4], sums[STRUCTURE_BINS];
    enum { FIRST = STRUCTURE_FIRST - SMOOTHED, COUNT = STRUCTURE_BINS + 2 * SMOOTHED };
    for (int k = 0; k < COUNT; k += 4) {
        int at = FIRST + k + 4 <= SPECTRUM_BINS ? FIRST + k : SPECTRUM_BINS - 4;
        lanes_put(line + k, lanes_log2(lanes_at(power + at) + 1e-9F));
    }
    float sum = 0;
    for (int k = 0; k < 2 * SMOOTHED; k++) sum += line[k];
    for (int k = 0; k < STRUCTURE_BINS; k++) {
        sum += line[k + 2 * SMOOTHED];
        sums[k] = sum;
        sum -= line[k];
    }
    for (int k = 0; k < STRUCTURE_BINS; k += 4)
        lanes_put(out + k, lanes_at(line + k + SMOOTHED) - lanes_at(sums + k) * (1.0F / (2 * SMOOTHED + 1)));
    float scale = 1.0F / sqrtf(lanes_dot(out, out, STRUCTURE_BINS) + 1e-6F);
    for (int k = 0; k < STRUCTURE_BINS; k += 4) lanes_put(out + k, lanes_at(out + k) * scale);
}

static float likeness_over(const cs_music *music, int64_t from, int64_t to) {
    float sum = 0;
    for (int64_t i = from; i < to; i++) sum += music->likeness[i & (MUSIC_WINDOW - 1)];
    return sum / (float)(to - from);
}

static void mark(cs_ear *ear, int64_t from, int64_t to) {
    for (int64_t k = from < 0 ? 0 : from; k < to; k++) ear_frame(ear, k)->marks |= MARK_MUSIC;
}

static void unmark(cs_ear *ear, int64_t from, int64_t to) {
    for (int64_t k = from < 0 ? 0 : from; k < to; k++) ear_frame(ear, k)->marks &= (uint16_t)~MARK_MUSIC;
}

/* A spectrum of music: as it was, or loud enough for a beat. */
static bool is_alike(const cs_ear *ear, int64_t at, int64_t frame) {
    const cs_music *music = &ear->music;
    if (at < AROUND) return false;
    if (likeness_over(music, at - AROUND, at) > alike) return true;
    int64_t when = frame - (music->count - at) * SPECTRUM_FRAMES;
    return music->rhythm > rhythm_below && when >= 0 && ear_frame_of(ear, when)->voice_db > loud_db;
}

/* The first spectrum of music among the last so many. */
static int64_t first_alike(const cs_ear *ear, int spectra, int64_t frame) {
    const cs_music *music = &ear->music;
    for (int64_t i = music->count - spectra; i < music->count; i++)
        if (is_alike(ear, i, frame)) return i;
    return music->count;
}

/* The last one of at least two of the three around it. */
static int64_t last_alike(const cs_ear *ear, int spectra, int64_t frame) {
    const cs_music *music = &ear->music;
    for (int64_t i = music->count; i > music->count - spectra; i--)
        if (is_alike(ear, i, frame) && is_alike(ear, i - 1, frame)) return i;
    return music->count - spectra;
}

static void begin(cs_ear *ear, int64_t frame) {
    cs_music *music = &ear->music;
    music->is_on = true;
    int64_t back = music->count - first_alike(ear, LONG, frame);
    music->since = frame - (back + STRUCTURE_BACK) * SPECTRUM_FRAMES;
    if (music->since < 0) music->since = 0;
    mark(ear, music->since, frame);
    music->until = frame;
    /* The noise is what it was before. */
    float least = 0;
    for (int i = 0; i < 16; i++)
        if (frame / 50 - i >= 0) least = smaller_of(least, ear->floor.minima[(frame / 50 - i) & 15]);
    ear->floor.hold_db = smaller_of(least, -40);
}

void music_finish(cs_ear *ear, int64_t frame) {
    cs_music *music = &ear->music;
    int64_t back = music->count - last_alike(ear, LONG, frame);
    int64_t end = frame - back * SPECTRUM_FRAMES + AROUND;
    unmark(ear, end > ear->decided ? end : ear->decided, frame + 1);
    music->is_on = music->may_be = false;
    for (int i = 0; i < 16; i++) ear->floor.minima[i] = ear->floor.hold_db;
    ear->floor.hold_db = 0;
}

/* How much the level of the last four seconds varies: its standard deviation, dB. */
static float swing_of(const cs_ear *ear, int64_t frame) {
    const int count = LONG * SPECTRUM_FRAMES;
    float top = -96, sum = 0, squares = 0;
    if (frame < count) return swing_range_db;
    for (int64_t k = frame - count + 1; k <= frame; k++) top = larger_of(top, ear_frame_of(ear, k)->voice_db);
    for (int64_t k = frame - count + 1; k <= frame; k++) {
        float level = larger_of(ear_frame_of(ear, k)->voice_db - top, -swing_range_db);
        sum += level;
        squares += level * level;
    }
    float mean = sum / (float)count;
    return sqrtf(larger_of(squares / (float)count - mean * mean, 0));
}

/* Nothing for a second. */
static bool is_quiet(const cs_ear *ear, int64_t frame) {
    for (int64_t k = frame; k > frame - 100; k--)
        if (ear_frame_of(ear, k)->voice_db > loud_db) return false;
    return true;
}

/* For four seconds, all of them: a long vowel is alike, too. */
static bool is_sustained(const cs_music *music, float least) {
    if (music->count < LONG || likeness_over(music, music->count - LONG, music->count) < least) return false;
    for (int64_t at = music->count - LONG; at < music->count; at += QUARTER)
        if (likeness_over(music, at, at + QUARTER) < never_below) return false;
    return true;
}

void music_hear(cs_ear *ear, const float *power, int64_t frame) {
    cs_music *music = &ear->music;
    int64_t at = music->count % (STRUCTURE_BACK + 1), before = (music->count + 1) % (STRUCTURE_BACK + 1);
    music->is_there[at] = power != NULL;
    float likeness = 0;
    if (power) {
        structure_of(power, music->structure[at]);
        if (music->is_there[before] && ear->tone.steady < TONE_STEADY) /* a tone's cadence is no music */
            likeness = lanes_dot(music->structure[at], music->structure[before], STRUCTURE_BINS);
    }
    music->likeness[music->count++ & (MUSIC_WINDOW - 1)] = likeness;
    if (music->is_on) mark(ear, music->until, frame);
    if (music->is_on) music->until = frame;
    if (music->count % ASKED || music->count < SHORT) return;
    if (music->count % RHYTHM_ASKED == 0) music->rhythm = rhythm_of(ear, frame);
    float recent = likeness_over(music, music->count - SHORT, music->count);
    bool swings = swing_of(ear, frame) > swings_db;
    float least = swings ? begins_swinging_above : begins_above;
    if (music->is_on) {
        float whole = likeness_over(music, music->count - LONG, music->count);
        bool is_tonal = recent >= ends_below && (!swings || whole >= ends_swinging_below);
        bool has_beat = music->rhythm >= rhythm_below && !is_quiet(ear, frame);
        if (!is_tonal && !has_beat) music_finish(ear, frame);
        return;
    }
    music->may_be = recent > least;
    if (music->rhythm > rhythm_above || is_sustained(music, least)) begin(ear, frame);
}
