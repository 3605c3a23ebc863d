#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <string.h>

/* Prints of 32 bits, one every 20 ms: whether the difference of two neighbouring bands grew within 100 ms (after Haitsma and
 * Kalker 2002, "A highly robust audio fingerprinting system"). Two halves of each are keys into the last ten minutes; where
 * several prints in a row are found at the same distance, the bits of 3 s are compared, of which 2.5 s must be sound. */
enum {
    GROWN_OVER = 5,
    LEAST_LAG = 150,
    COMPARED = 150,
    LEAST_COMPARED = 125,
    COMPARED_ON = 50,
    LEAST_HITS = 5,
    MOST_TRIED = 8,
    ABSENT = 0,
    NEAR_BITS = 12
};
enum { STEP_BACK = 10, MOST_BACK = CS_LONGEST_VOICE_MS / CS_FRAME_MS / SPECTRUM_FRAMES };
static const float most_wrong = 0.28F, most_wrong_on = 0.33F, over_noise = 5;

void announcement_init(cs_announcement *announcement) {
    memset(announcement->heads, 0xFF, sizeof announcement->heads);
    memset(announcement->before, 0xFF, sizeof announcement->before);
}

static void sum_bands(const cs_waves *waves, const float *power, float *bands) {
    float sums[PRINT_BANDS + 1] = {0};
    for (int k = 0; k < SPECTRUM_BINS; k++) sums[waves->band_of[k]] += power[k];
    memcpy(bands, sums, PRINT_BANDS * sizeof *bands);
}

static uint32_t print_of(const float *now, const float *before) {
    uint32_t print = 0;
    for (int k = 0; k + 1 < PRINT_BANDS; k++)
        if (now[k] - now[k + 1] > before[k] - before[k + 1]) print |= 1U << k;
    return print;
}

static uint32_t print_at(const cs_announcement *a, int64_t at) {
    return at < 0 || at <= a->count - PRINT_RING ? ABSENT : a->prints[at % PRINT_RING];
}

/* Share of the bits that differ in the spectra before `until`; 1: fewer than `least` are there to compare. */
static float share_wrong(const cs_announcement *a, int64_t lag, int64_t until, int spectra, int least) {
    int wrong = 0, compared = 0;
    for (int64_t at = until; at > until - spectra; at--) {
        uint32_t one = print_at(a, at), other = print_at(a, at - lag);
        if (one == ABSENT || other == ABSENT) continue;
        wrong += __builtin_popcount(one ^ other);
        compared++;
    }
    return compared < least ? 1 : (float)wrong / (32.0F * (float)compared);
}

static void note_hit(cs_announcement *a, int64_t lag) {
    cs_diagonal *oldest = a->diagonals;
    for (int i = 0; i < PRINT_DIAGONALS; i++) {
        cs_diagonal *d = &a->diagonals[i];
        if (d->hits && d->lag == lag && a->count - d->last < COMPARED) {
            d->last = a->count;
            d->hits++;
            return;
        }
        if (!d->is_sure && (oldest->is_sure || d->last < oldest->last)) oldest = d;
    }
    if (!oldest->is_sure) *oldest = (cs_diagonal){.lag = lag, .first = a->count, .last = a->count, .hits = 1};
}

/* Few bits that are set, or few that are not, are a tone's or a hum's. */
static bool is_telling(uint32_t print) {
    int bits = __builtin_popcount(print);
    return bits > 8 && bits < 24;
}

/* One key's match is chance mostly; the whole print and one 100 ms before must be near, too. */
static bool is_near(const cs_announcement *a, int64_t lag) {
    uint32_t now = print_at(a, a->count) ^ print_at(a, a->count - lag);
    uint32_t before = print_at(a, a->count - GROWN_OVER) ^ print_at(a, a->count - GROWN_OVER - lag);
    return __builtin_popcount(now) < NEAR_BITS && __builtin_popcount(before) < NEAR_BITS;
}

static void look_up(cs_announcement *a, uint32_t print) {
    int32_t at = (int32_t)(a->count % PRINT_RING);
    for (int half = 0; half < 2; half++) {
        uint32_t key = (half ? print >> 17 : print) & (PRINT_KEYS - 1);
        int32_t *head = &a->heads[half][key];
        int32_t found = *head;
        int64_t newer = a->count;
        for (int tried = 0; tried < MOST_TRIED && found >= 0; tried++) {
            int64_t age = (a->count - found) % PRINT_RING, when = a->count - age;
            uint32_t other = a->prints[found];
            /* An entry that was written over since, or is younger than the one before it, ends the list. */
            if (when >= newer || ((half ? other >> 17 : other) & (PRINT_KEYS - 1)) != key) break;
            newer = when;
            if (age >= LEAST_LAG && is_near(a, age)) note_hit(a, age);
            found = a->before[half][found];
        }
        a->before[half][at] = *head;
        *head = at;
    }
}

static void mark(cs_ear *ear, int64_t frame, int spectra) {
    for (int64_t k = frame - (int64_t)spectra * SPECTRUM_FRAMES; k <= frame + 1; k++)
        if (k >= 0) ear_frame(ear, k)->marks |= MARK_AGAIN;
}

/* For how many spectra it has been the same already. */
static int begun_before(const cs_announcement *a, int64_t lag) {
    int spectra = COMPARED;
    while (spectra < MOST_BACK && share_wrong(a, lag, a->count - spectra, STEP_BACK, STEP_BACK / 2) < most_wrong_on)
        spectra += STEP_BACK;
    return spectra;
}

static void follow_diagonals(cs_ear *ear, int64_t frame) {
    cs_announcement *a = &ear->announcement;
    for (int i = 0; i < PRINT_DIAGONALS; i++) {
        cs_diagonal *d = &a->diagonals[i];
        if (!d->hits) continue;
        if (d->is_sure) {
            d->is_sure = share_wrong(a, d->lag, a->count, COMPARED_ON, COMPARED_ON / 4) < most_wrong_on;
            if (d->is_sure) mark(ear, frame, 1);
            if (!d->is_sure) d->hits = 0;
        } else if (d->hits >= LEAST_HITS && d->last == a->count &&
                   share_wrong(a, d->lag, a->count, COMPARED, LEAST_COMPARED) < most_wrong) {
            d->is_sure = true;
            mark(ear, frame, begun_before(a, d->lag));
        }
    }
}

void announcement_hear(cs_ear *ear, const cs_waves *waves, const float *power, int64_t frame) {
    cs_announcement *a = &ear->announcement;
    float *bands = a->bands[a->count & 7];
    if (power)
        sum_bands(waves, power, bands);
    else
        memset(bands, 0, PRINT_BANDS * sizeof *bands);
    bool is_heard = power && ear_frame(ear, frame)->voice_db > ear->floor.floor_db + over_noise;
    uint32_t print = is_heard ? print_of(bands, a->bands[(a->count - GROWN_OVER) & 7]) : ABSENT;
    a->prints[a->count % PRINT_RING] = print;
    if (is_telling(print)) look_up(a, print);
    follow_diagonals(ear, frame);
    a->count++;
}
