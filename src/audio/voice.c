#include "audio/listener_state.h"

/* The noise is the least that half a second's frames, three averaged, fell to within the last three seconds (Martin 2001,
 * "Noise power spectral density estimation based on optimal smoothing and minimum statistics"): speech dips that far between
 * its syllables. Somebody speaks where it is louder than that and a pitch is near. */
enum { AVERAGED = 3, BLOCK = 50, BLOCKS = 6, BEGINNING = 150, AT_ONCE = 30, SETTLED = 3 };
enum { ANCHOR_REACH = 3, ANCHOR_LEAST = 3, ANCHOR_NEAR = 10 };
enum { LEAD = 8, TAIL = 25, SHORTEST = 8, SHORTEST_BESIDE = 3, BESIDE = 15 };
/* A voice without a pitch - husky, or in an echoing room - is told from breath and clicks by its low frequencies. */
enum { HUSKY_LEAST = 6, HUSKY_LOW = 70 };
static const float husky_over = 20, husky_below_speech = 18, husky_least_db = -45;
static const float loud_over = 5, strong_over = 8, quietest_db = -72, range_db = 32, least_range_db = 12,
                   steady_within = 5;

static float block_minimum(const cs_floor *floor, int64_t now, int blocks) {
    int64_t block = now / BLOCK;
    float least = 0;
    for (int i = 0; i < blocks && block - i >= 0; i++) least = smaller_of(least, floor->minima[(block - i) & 15]);
    return least;
}

/* Somebody spoke within the last second, and it was no hum: that is steady. */
static bool is_spoken(const cs_floor *floor, int64_t now) {
    int one = (now / BLOCK) & 15, other = (now / BLOCK - 1) & 15;
    float spread =
        larger_of(floor->maxima[one], floor->maxima[other]) - smaller_of(floor->minima[one], floor->minima[other]);
    return floor->anchors && now - floor->last_anchor < 2 * BLOCK && spread > steady_within;
}

void floor_hear(cs_floor *floor, int64_t now, float power, bool is_over) {
    if (is_over) return;
    floor->powers[now & 7] = power;
    int count = now + 1 < AVERAGED ? (int)now + 1 : AVERAGED;
    float sum = 0;
    for (int i = 0; i < count; i++) sum += floor->powers[(now - i) & 7];
    float level = power_db(sum / (float)count);
    float *least = &floor->minima[(now / BLOCK) & 15];
    float *most = &floor->maxima[(now / BLOCK) & 15];
    bool is_first = now % BLOCK == 0 || now == SETTLED;
    *least = is_first ? level : smaller_of(*least, level);
    *most = is_first ? level : larger_of(*most, level);

    float found = floor->hold_db < 0 ? floor->hold_db : block_minimum(floor, now, BLOCKS);
    if (now < BEGINNING) {
        /* A recording may begin in the middle of a word: then the noise is far below what was loudest. */
        floor->highest_db = now <= SETTLED ? level : larger_of(floor->highest_db, level);
        if (now > SETTLED && now < AT_ONCE && floor->highest_db - found > 6) floor->begins_loud = true;
        if (floor->begins_loud) found = smaller_of(found, floor->highest_db - 25);
    }
    bool spoken = is_spoken(floor, now);
    if (spoken && floor->anchors > 30) found = smaller_of(found, floor->speech_db - least_range_db);
    if (floor->anchors > 30) found = larger_of(found, floor->speech_db - range_db - loud_over);
    found = larger_of(found, quietest_db);
    /* In an echoing room a voice does not fall to the noise for seconds. */
    floor->floor_db = now < BLOCK ? found : smaller_of(found, floor->floor_db + (spoken ? 0.01F : 0.15F));
}

static void mark_level(cs_ear *ear, cs_heard *heard) {
    float over = heard->voice_db - ear->floor.floor_db;
    heard->marks &= (uint16_t) ~(MARK_LOUD | MARK_STRONG);
    if (over > loud_over) heard->marks |= MARK_LOUD;
    if (over > strong_over) heard->marks |= MARK_STRONG;
}

static bool is_husky(const cs_floor *floor, const cs_heard *heard) {
    float least = floor->anchors > 30 ? floor->speech_db - husky_below_speech : husky_least_db;
    return heard->low >= HUSKY_LOW && heard->voice_db > least && heard->voice_db > floor->floor_db + husky_over;
}

/* A voiced frame among others of nearly its pitch: noise has a pitch by chance, but not twice the same. */
void voice_mark(cs_ear *ear, int64_t now) {
    int64_t frame = now - ANCHOR_BEHIND;
    if (frame < 0) return;
    cs_heard *heard = ear_frame(ear, frame);
    int near = 0, husky = 0;
    for (int64_t k = frame - ANCHOR_REACH; k <= frame + ANCHOR_REACH; k++) {
        if (k < 0) continue;
        const cs_heard *other = ear_frame(ear, k);
        husky += is_husky(&ear->floor, other);
        int away = other->pitch - heard->pitch;
        near += other->pitch && other->periodicity >= 0.6F && away >= -ANCHOR_NEAR && away <= ANCHOR_NEAR;
    }
    if (husky >= HUSKY_LEAST) heard->marks |= MARK_HUSKY;
    if (near <= ANCHOR_LEAST || !heard->pitch || heard->periodicity < 0.6F) return;
    heard->marks |= MARK_ANCHOR;
    cs_floor *floor = &ear->floor;
    if (heard->voice_db < floor->floor_db + loud_over) return;
    floor->anchors++;
    floor->last_anchor = frame;
    float share = floor->anchors < 50 ? 1.0F / (float)floor->anchors : 0.02F;
    floor->speech_db += share * (heard->voice_db - floor->speech_db);
}

static bool is_near_anchor(const cs_ear *ear, int64_t frame) {
    for (int64_t k = frame + LEAD; k >= frame - TAIL && k >= 0; k--)
        if (ear_frame_of(ear, k)->marks & (MARK_ANCHOR | MARK_HUSKY)) return true;
    return false;
}

/* Long enough from here on for a word; beside a word less is enough. Its frames up to DECIDE_BEHIND later are known. */
static bool is_long_enough(const cs_ear *ear, int64_t frame, bool is_beside) {
    int count = 0, strong = 0, least = is_beside ? SHORTEST_BESIDE : SHORTEST;
    for (int k = 0; k < SHORTEST; k++) {
        uint16_t marks = ear_frame_of(ear, frame + k)->marks;
        if (!(marks & MARK_LOUD)) break;
        count++;
        strong += (marks & MARK_STRONG) != 0;
    }
    return count >= least && strong > 0;
}

bool voice_decide(cs_ear *ear, int64_t frame) {
    const cs_heard *heard = ear_frame_of(ear, frame);
    for (int64_t k = frame; k <= frame + SHORTEST; k++) mark_level(ear, ear_frame(ear, k));
    if (!(heard->marks & MARK_LOUD) || !is_near_anchor(ear, frame)) return false;
    if (ear->span.is_voice) return true;
    return is_long_enough(ear, frame, ear->span.is_open && frame - ear->span.end < BESIDE);
}
