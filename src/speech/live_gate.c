#include "speech/live_gate.h"

enum {
    MINIMUM_FRAMES = 50, /* half a second: eight of them are four seconds, longer than anybody speaks without a gap */
    SCORE_OPENS = 6, /* so many frames more with a sound than without */
    LONG_MS = 10000, /* from here on a breath ends a piece, */
    BREATH_MS = 200,
    VERY_LONG_MS = 20000, /* and from here on any gap */
    GAP_MS = 100,
};
static const float SILENCE_DB = -96, ABOVE_NOISE_DB = 10, LEAST_DB = -55, MOST_DB = -38, ECHO_DB = 18, SMOOTHING = 0.4F,
                   BELOW_PEAK_DB = 38, PEAK_FALLS_DB = 0.02F;

static int64_t now_ms(const cs_live_gate *g) {
    return g->frames * CS_GATE_FRAME_MS;
}

void live_gate_init(cs_live_gate *g) {
    *g = (cs_live_gate){.smooth_db = SILENCE_DB, .peak_db = SILENCE_DB};
}

/* The smallest smoothed level of the last seconds. */
static float noise_of(cs_live_gate *g) {
    int at = (int)(g->frames / MINIMUM_FRAMES % CS_GATE_MINIMA);
    if (g->frames % MINIMUM_FRAMES == 0) {
        g->minima[at] = g->smooth_db;
        if (g->minimum_count < CS_GATE_MINIMA) g->minimum_count++;
    }
    if (g->smooth_db < g->minima[at]) g->minima[at] = g->smooth_db;
    float least = g->minima[at];
    for (int i = 0; i < g->minimum_count; i++)
        if (g->minima[i] < least) least = g->minima[i];
    return least;
}

static bool has_sound(cs_live_gate *g, float level_db, float other_db) {
    g->smooth_db = g->frames ? g->smooth_db + SMOOTHING * (level_db - g->smooth_db) : level_db;
    float limit = noise_of(g) + ABOVE_NOISE_DB;
    g->peak_db = g->smooth_db > g->peak_db ? g->smooth_db : g->peak_db - PEAK_FALLS_DB;
    if (limit < g->peak_db - BELOW_PEAK_DB) limit = g->peak_db - BELOW_PEAK_DB; /* a room's echo, a breath */
    if (limit < LEAST_DB) limit = LEAST_DB;
    if (limit > MOST_DB) limit = MOST_DB;
    return level_db > limit && level_db > other_db - ECHO_DB;
}

static int64_t pause_of(int64_t length_ms) {
    if (length_ms >= VERY_LONG_MS) return GAP_MS;
    return length_ms >= LONG_MS ? BREATH_MS : CS_GATE_PAUSE_MS;
}

static cs_gate_change shut(cs_live_gate *g) {
    g->is_open = false;
    g->score = 0;
    g->ended_ms = now_ms(g);
    return CS_GATE_ENDS;
}

cs_gate_change live_gate_push(cs_live_gate *g, float level_db, float other_db) {
    bool is_sound = has_sound(g, level_db, other_db);
    g->frames++;
    if (g->is_open) {
        if (is_sound) g->heard_ms = now_ms(g);
        bool is_over = now_ms(g) - g->heard_ms >= pause_of(now_ms(g) - g->begin_ms);
        return is_over || now_ms(g) - g->begin_ms >= CS_GATE_LONGEST_MS ? shut(g) : CS_GATE_GOES_ON;
    }
    if (is_sound && g->score == 0) g->voice_ms = now_ms(g) - CS_GATE_FRAME_MS;
    g->score += is_sound ? 1 : g->score > 0 ? -1 : 0;
    if (g->score < SCORE_OPENS) return CS_GATE_QUIET;
    g->is_open = true;
    g->heard_ms = now_ms(g);
    g->begin_ms = now_ms(g) - CS_GATE_BEFORE_MS;
    if (g->begin_ms < g->ended_ms) g->begin_ms = g->ended_ms;
    if (g->voice_ms < g->begin_ms) g->voice_ms = g->begin_ms;
    return CS_GATE_BEGINS;
}

void live_gate_skip(cs_live_gate *g, int64_t frames) {
    g->is_open = false;
    g->score = 0;
    g->frames += frames;
    g->ended_ms = now_ms(g);
    g->smooth_db = SILENCE_DB;
    g->minimum_count = 0;
}

int64_t live_gate_settled_ms(const cs_live_gate *g) {
    if (g->is_open) return g->begin_ms;
    int64_t earliest = now_ms(g) - CS_GATE_BEFORE_MS;
    return earliest > g->ended_ms ? earliest : g->ended_ms;
}
