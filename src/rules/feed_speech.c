/* How people speak: overlap, interruption, pace, loudness, pitch. */
#include "rules/feed.h"

#include "base/utf8.h"

#include <string.h>

enum {
    LEAST_PACED_MS = 2000, /* shorter turns say nothing about pace */
    LEAST_INTERRUPTION_MS = 200, /* recognisers cut turns less exactly than that */
    LEAST_INTERRUPTING_MS = 500, /* a shorter voice is a nod */
    LEAST_HELD_MS = 300, /* who begins so soon after the other begins with them */
    FASTEST_CHARACTER_MS = 100, /* of what was heard and not written: nobody speaks faster, or slower without a pause */
    SLOWEST_CHARACTER_MS = 400,
    OVER_OWN_START = 2, /* choice */
};

/* ---- two at once ---- */

/* Until when somebody of another role still speaks at the turn's start, and since when; CS_NO_TIME: nobody. */
static int64_t other_end(const cs_feed *feed, cs_role role, int64_t *start_ms, bool *is_unknown) {
    int64_t end = CS_NO_TIME;
    for (int i = 0; i < CS_ROLE_COUNT; i++) {
        if ((cs_role)i == role || i == CS_ROLE_SYSTEM || feed->role_end_ms[i] == CS_NO_TIME) continue;
        if ((uint32_t)i == (uint32_t)feed->last_role) *is_unknown = feed->is_role_end_unknown[i];
        if (end != CS_NO_TIME && feed->role_end_ms[i] <= end) continue;
        end = feed->role_end_ms[i];
        *start_ms = feed->role_start_ms[i];
    }
    return end;
}

/* true: enough characters. Nobody has written them down: by its length a voice holds them for sure, perhaps (*is_unknown), or
 * not. */
static bool has_characters(const cs_feed *feed, const cs_node *atom, const cs_spoken *spoken, bool *is_unknown) {
    if (!atom->characters) return true;
    if (!feed->timeline->head->is_wordless && spoken->turn != CS_NO_TURN) return spoken->characters >= atom->characters;
    int64_t ms = spoken->end_ms == CS_NO_TIME ? 0 : spoken->end_ms - spoken->start_ms;
    *is_unknown = ms < (int64_t)atom->characters * SLOWEST_CHARACTER_MS;
    return ms >= (int64_t)atom->characters * FASTEST_CHARACTER_MS;
}

void feed_overlap_spoken(cs_feed *feed, const cs_node *atom, const cs_spoken *spoken) {
    bool is_unknown = false, is_unwritten = false, is_overlap = atom->operator== OPERATOR_OVERLAP;
    if (feed_is_text(feed->timeline) || spoken->role == CS_ROLE_SYSTEM) return;
    int64_t since = 0, end = other_end(feed, spoken->role, &since, &is_unknown);
    if (end == CS_NO_TIME || (end <= spoken->start_ms && !is_unknown)) return;
    if (!is_overlap && spoken->is_voice && spoken->end_ms - spoken->start_ms < LEAST_INTERRUPTING_MS) return;
    if (!is_overlap && spoken->is_voice && spoken->start_ms - since < LEAST_HELD_MS) return;
    if (!has_characters(feed, atom, spoken, &is_unwritten)) return;
    bool is_short =
        is_overlap && spoken->end_ms != CS_NO_TIME && spoken->end_ms < end; /* over before the other ended */
    int64_t ms = (is_short ? spoken->end_ms : end) - spoken->start_ms;
    bool is_enough = atom->has_compare ? feed_compares(atom->compare, (double)ms, (double)atom->limit_ms)
                                       : ms >= LEAST_INTERRUPTION_MS;
    if (!is_enough && !is_unknown) return;
    if (is_overlap && spoken->end_ms == CS_NO_TIME) is_unknown = true;
    cs_occurrence o = feed_spoken_occurrence(spoken, "time");
    o.measured = is_unknown ? NULL : feed_words(feed, "%.1f s", (double)ms / 1000);
    o.is_possible = is_unknown || is_unwritten;
    o.reason = is_unknown ? CS_REASON_NO_TIMES : CS_REASON_NO_WORDS;
    feed_add_spoken(feed, atom, spoken, o);
}

/* ---- pace, loudness, pitch ---- */

uint32_t feed_units(const char *text, size_t bytes) {
    uint32_t units = 0;
    bool is_in_word = false;
    for (size_t at = 0; at < bytes;) {
        unsigned step;
        uint32_t c = utf8_decode(text + at, &step);
        at += step;
        if (c >= 0xFF10 && c <= 0xFF5A) c -= 0xFEE0; /* full width */
        bool is_letter = c < 0x80
                             ? (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\''
                             : c < 0x2000;
        bool is_han = c >= 0x3400 && !(c >= 0xFE00 && c <= 0xFFEF);
        units += is_han || (is_letter && !is_in_word);
        is_in_word = is_letter;
    }
    return units;
}

static const cs_annotation *annotation_of(const cs_turn *turn, const char *kind) {
    for (uint32_t i = 0; i < turn->annotation_count; i++)
        if (strcmp(turn->annotations[i].kind, kind) == 0) return &turn->annotations[i];
    return NULL;
}

/* false: this turn is too short to be measured, or nothing measured it. */
static bool measure(const cs_feed *feed, cs_operator operator, uint32_t index, double *value) {
    const cs_turn *turn = feed->timeline->turns[index];
    if (operator== OPERATOR_PACE) {
        if (!feed->timeline->is_timed || feed_is_text(feed->timeline) || turn->end_ms == CS_NO_TIME) return false;
        int64_t ms = turn->end_ms - turn->start_ms;
        if (ms < LEAST_PACED_MS) return false;
        *value = feed_units(turn->text, turn->text_bytes) * 60000.0 / (double)ms;
        return true;
    }
    const cs_annotation *a = annotation_of(turn, operator== OPERATOR_LOUDNESS ? "loudness" : "pitch");
    if (a) *value = a->value;
    return a != NULL;
}

/* The mean of the speaker's first turns; false: too few yet. */
static bool own_start(const cs_speaker *s, cs_operator operator, double * value) {
    uint32_t n = operator== OPERATOR_PACE ? s->paced : operator== OPERATOR_LOUDNESS ? s->louds : s->pitches;
    if (n < CS_OWN_START_TURNS) return false;
    *value = operator== OPERATOR_PACE ? s->units * 60000.0 / s->ms
                                      : (operator== OPERATOR_LOUDNESS ? s->loudness : s->pitch) / n;
    return true;
}

/* A spoken turn that ends nobody knows when: it may have been fast. */
static bool lacks_end(const cs_feed *feed, uint32_t index) {
    return feed->timeline->is_timed && !feed_is_text(feed->timeline) &&
           feed->timeline->turns[index]->end_ms == CS_NO_TIME;
}

static void add_perhaps(cs_feed *feed, const cs_node *atom, uint32_t index) {
    cs_occurrence o = feed_occurrence(feed, index, "time");
    o.is_possible = true;
    o.reason = CS_REASON_NO_TIMES;
    feed_add(feed, atom, o);
}

void feed_level_turn(cs_feed *feed, const cs_node *atom, uint32_t index) {
    static const char *const units[] = {"a minute", "dB", "Hz"};
    const char *unit = units[atom->operator - OPERATOR_PACE];
    double value, start = 0, limit = atom->limit;
    bool is_over = atom->choice == OVER_OWN_START;
    if (atom->operator== OPERATOR_PACE && lacks_end(feed, index)) return add_perhaps(feed, atom, index);
    if (!measure(feed, atom->operator, index, &value)) return;
    const cs_speaker *speaker = &feed->speakers[feed->timeline->turns[index]->participant];
    if (is_over && !own_start(speaker, atom->operator, & start)) return;
    if (is_over) limit = atom->is_percent ? start + start * atom->limit / 100 : start + atom->limit;
    if (!feed_compares(atom->compare, value, limit)) return;
    const cs_turn *turn = feed->timeline->turns[index];
    const char *kind = vocabulary_operator(atom->operator)->word;
    const cs_annotation *a = atom->operator== OPERATOR_PACE ? NULL : annotation_of(turn, kind);
    cs_occurrence o = feed_occurrence(feed, index, atom->operator== OPERATOR_PACE ? "time" : "annotation");
    o.measured = is_over ? feed_words(feed, "%.0f %s, own start %.0f", value, unit, start)
                         : feed_words(feed, "%.0f %s", value, unit);
    o.is_possible = a && a->confidence >= 0 && a->confidence < CS_CONFIDENCE_LIMIT;
    if (o.is_possible) o.reason = CS_REASON_LOW_CONFIDENCE;
    feed_add(feed, atom, o);
}

/* The speaker's own start, from the first turns that can be measured. */
void feed_speaker_turn(cs_feed *feed, uint32_t index, const cs_folded *folded) {
    const cs_turn *turn = feed->timeline->turns[index];
    cs_speaker *s = &feed->speakers[turn->participant];
    double value;
    s->last_turn = index;
    s->characters = (uint32_t)utf8_count(folded->text, folded->bytes);
    if (s->paced < CS_OWN_START_TURNS && measure(feed, OPERATOR_PACE, index, &value)) {
        s->paced++;
        s->units += feed_units(turn->text, turn->text_bytes);
        s->ms += (double)(turn->end_ms - turn->start_ms);
    }
    if (s->louds < CS_OWN_START_TURNS && measure(feed, OPERATOR_LOUDNESS, index, &value)) {
        s->louds++;
        s->loudness += value;
    }
    if (s->pitches < CS_OWN_START_TURNS && measure(feed, OPERATOR_PITCH, index, &value)) {
        s->pitches++;
        s->pitch += value;
    }
    const cs_annotation *emotion = annotation_of(turn, "emotion");
    if (emotion) s->emotion = emotion->value;
}
