#include "conversation/hearing.h"

#include "conversation/hearing_voices.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SNAP_MS = 700, /* transcripts give whole seconds, or the moment their text was ready */
    LEAST_MEASURED_MS = 200, /* of voice in a turn: less says nothing about its loudness */
    MOST_HOLD_GAP_MS = 20000, /* between music and music; a longer one is no hold any more */
};
static const float NOISY_DB = 15, CLIPPED_PERCENT = 3, FAINT_DB = -45;

/* ---- times ---- */

typedef struct cs_edge {
    int64_t start_ms, end_ms;
} cs_edge;

/* The voice of the participant whose edge lies nearest to the time, if it is near enough. */
static int64_t nearest_edge(const cs_voice *voices, uint32_t count, uint32_t participant, int64_t time_ms,
                            bool is_start, int64_t otherwise) {
    uint32_t low = 0, high = count;
    int64_t best = otherwise, distance = SNAP_MS + 1;
    while (low < high) { /* the first that starts late enough to matter */
        uint32_t middle = low + (high - low) / 2;
        if (voices[middle].start_ms < time_ms - 60000)
            low = middle + 1;
        else
            high = middle;
    }
    for (uint32_t i = low; i < count && voices[i].start_ms <= time_ms + SNAP_MS; i++) {
        int64_t edge = is_start ? voices[i].start_ms : voices[i].end_ms;
        if (voices[i].participant != participant || llabs(edge - time_ms) >= distance) continue;
        best = edge;
        distance = llabs(edge - time_ms);
    }
    return best;
}

/* Turns begin and end where their speaker is heard to; words that have times of their own know better. */
static void set_times_right(cs_conversation *c, const cs_voice *voices, uint32_t count) {
    for (uint32_t i = 0; i < c->turn_count; i++) {
        cs_turn *turn = &c->turns[i];
        if (turn->word_count > 0) continue;
        int64_t start = nearest_edge(voices, count, turn->participant, turn->start_ms, true, turn->start_ms);
        int64_t end = turn->end_ms == CS_NO_TIME
                          ? CS_NO_TIME
                          : nearest_edge(voices, count, turn->participant, turn->end_ms, false, turn->end_ms);
        if (end != CS_NO_TIME && end <= start) continue;
        turn->start_ms = start;
        turn->end_ms = end;
    }
}

/* ---- loudness and pitch ---- */

typedef struct cs_measured {
    double ms, level, pitch_ms, pitch;
} cs_measured;

static void measure(const cs_conversation *c, const cs_turn *turn, cs_measured *out) {
    uint32_t low = 0, high = c->voice_count;
    *out = (cs_measured){0};
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->voices[middle].start_ms < turn->start_ms - 60000)
            low = middle + 1;
        else
            high = middle;
    }
    for (uint32_t i = low; i < c->voice_count && c->voices[i].start_ms < turn->end_ms; i++) {
        const cs_voice *v = &c->voices[i];
        int64_t from = v->start_ms > turn->start_ms ? v->start_ms : turn->start_ms;
        int64_t to = v->end_ms < turn->end_ms ? v->end_ms : turn->end_ms;
        if (v->participant != turn->participant || to <= from) continue;
        double ms = (double)(to - from);
        out->ms += ms;
        out->level += ms * (double)v->level_db;
        if (v->pitch_hz <= 0) continue;
        out->pitch_ms += ms;
        out->pitch += ms * (double)v->pitch_hz;
    }
}

static bool has_kind(const cs_conversation *c, const char *kind) {
    for (uint32_t i = 0; i < c->annotated_count; i++)
        if (strcmp(c->annotated[i], kind) == 0) return true;
    return false;
}

static bool annotate_turn(cs_turn *turn, const cs_measured *m, const bool wants[2], cs_arena *arena) {
    bool has[2] = {wants[0] && m->ms >= LEAST_MEASURED_MS, wants[1] && m->pitch_ms >= LEAST_MEASURED_MS};
    uint32_t more = (uint32_t)has[0] + (uint32_t)has[1];
    if (!more || turn->annotation_count + more > CS_MAX_ANNOTATIONS) return true;
    cs_annotation *all = arena_array(arena, turn->annotation_count + more, sizeof *all);
    if (!all) return false;
    if (turn->annotation_count) memcpy(all, turn->annotations, turn->annotation_count * sizeof *all);
    uint32_t at = turn->annotation_count;
    if (has[0])
        all[at++] = (cs_annotation){.kind = "loudness", .value = round(m->level / m->ms * 10) / 10, .confidence = -1};
    if (has[1]) all[at++] = (cs_annotation){.kind = "pitch", .value = round(m->pitch / m->pitch_ms), .confidence = -1};
    turn->annotations = all;
    turn->annotation_count = at;
    return true;
}

/* What others measured stays. */
static bool annotate(cs_conversation *c, cs_arena *arena) {
    bool wants[2] = {!has_kind(c, "loudness"), !has_kind(c, "pitch")};
    const char *const kinds[2] = {"loudness", "pitch"};
    const char **annotated = arena_array(arena, c->annotated_count + 2, sizeof *annotated);
    if (!annotated) return false;
    if (c->annotated_count) memcpy(annotated, c->annotated, c->annotated_count * sizeof *annotated);
    for (int k = 0; k < 2; k++)
        if (wants[k] && c->annotated_count < CS_MAX_ANNOTATED) annotated[c->annotated_count++] = kinds[k];
    c->annotated = annotated;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        cs_measured m;
        if (c->turns[i].start_ms == CS_NO_TIME || c->turns[i].end_ms == CS_NO_TIME) continue;
        measure(c, &c->turns[i], &m);
        if (!annotate_turn(&c->turns[i], &m, wants, arena)) return false;
    }
    return true;
}

bool hearing_measure(cs_conversation *c, cs_arena *arena) {
    for (uint32_t i = 0; i < c->turn_count && c->is_heard; i++) {
        cs_turn *turn = &c->turns[i];
        bool wants[2] = {true, true};
        cs_measured m;
        if (turn->start_ms == CS_NO_TIME || turn->end_ms == CS_NO_TIME) continue;
        for (uint32_t k = 0; k < turn->annotation_count; k++) {
            if (strcmp(turn->annotations[k].kind, "loudness") == 0) wants[0] = false;
            if (strcmp(turn->annotations[k].kind, "pitch") == 0) wants[1] = false;
        }
        measure(c, turn, &m);
        if (!annotate_turn(turn, &m, wants, arena)) return false;
    }
    return true;
}

/* ---- holds ---- */

/* Whether somebody speaks between two stretches of music: an announcement alone does not end a hold. */
static bool is_voice_between(const cs_heard *heard, int64_t from_ms, int64_t to_ms) {
    for (uint32_t i = 0; i < heard->sound_count && heard->sounds[i].start_ms < to_ms; i++)
        if (heard->sounds[i].kind == CS_SOUND_VOICE && heard->sounds[i].end_ms > from_ms) return true;
    return to_ms - from_ms > MOST_HOLD_GAP_MS;
}

/* Hold music is a hold where the telephone system tells of none. */
static bool add_holds(cs_conversation *c, const cs_heard *heard, bool is_placeable, cs_arena *arena) {
    uint32_t music = 0;
    int64_t until = INT64_MIN;
    for (uint32_t i = 0; i < heard->sound_count; i++) music += heard->sounds[i].kind == CS_SOUND_MUSIC;
    for (uint32_t i = 0; i < c->event_count; i++)
        if (strcmp(c->events[i].kind, "hold") == 0) return true;
    if (!music || !is_placeable || c->event_count + 2 * music > CS_MAX_EVENTS) return true;
    cs_event *events = arena_array(arena, c->event_count + (size_t)2 * music, sizeof *events);
    if (!events) return false;
    if (c->event_count) memcpy(events, c->events, c->event_count * sizeof *events);
    const cs_participant *agent = conversation_agent(c);
    uint32_t who = agent ? (uint32_t)(agent - c->participants) : CS_NO_PARTICIPANT;
    for (uint32_t i = 0; i < heard->sound_count; i++) {
        const cs_sound *s = &heard->sounds[i];
        if (s->kind != CS_SOUND_MUSIC || s->end_ms <= until) continue;
        bool is_new = until == INT64_MIN || (s->start_ms > until && is_voice_between(heard, until, s->start_ms));
        if (is_new) {
            events[c->event_count++] =
                (cs_event){.kind = "hold", .at_ms = s->start_ms, .after_turn = UINT32_MAX, .participant = who};
            events[c->event_count++] = (cs_event){.kind = "resume", .after_turn = UINT32_MAX, .participant = who};
        }
        events[c->event_count - 1].at_ms = until = s->end_ms; /* both channels may carry it */
    }
    c->events = events;
    return true;
}

/* ---- the line ---- */

const char *hearing_line(const cs_side_report *side) {
    if (side->voiced_ms == 0) return "silent";
    if (side->clipped_percent >= CLIPPED_PERCENT) return "clipped";
    if (side->speech_db - side->noise_db < NOISY_DB) return "noisy";
    if (side->speech_db < FAINT_DB) return "faint";
    return "good";
}

static bool add_field(cs_conversation *c, cs_arena *arena, cs_field_kind kind, const char *name, const char *value) {
    for (uint32_t i = 0; i < c->field_count; i++)
        if (strcmp(c->fields[i].name, name) == 0) return true;
    if (c->field_count == CS_MAX_FIELDS) return true;
    c->fields[c->field_count++] = (cs_field){
        .name = arena_string(arena, name), .value = arena_string(arena, value), .kind = kind, .at_ms = CS_NO_TIME};
    return c->fields[c->field_count - 1].name && c->fields[c->field_count - 1].value;
}

const char *channels_name(cs_channels relation) {
    static const char *const names[] = {"one", "two", "same", "first_only", "second_only", "silent"};
    return names[relation];
}

/* So that rules can tell a bad line from a bad agent. */
static bool add_fields(cs_conversation *c, const cs_heard *heard, const cs_sides *sides, cs_arena *arena) {
    enum { MORE = 8 };
    char name[64], value[32];
    cs_field *fields = arena_array(arena, (size_t)c->field_count + MORE, sizeof *fields);
    if (!fields) return false;
    if (c->field_count) memcpy(fields, c->fields, c->field_count * sizeof *fields);
    c->fields = fields;
    const char *worst = NULL; /* of the sides that are heard */
    for (int k = 0; k < (sides->is_one ? 1 : 2); k++) {
        const cs_side_report *side = &heard->report.sides[k];
        const char *line = hearing_line(side);
        bool is_bad = strcmp(line, "good") != 0;
        if (side->voiced_ms > 0 && (!worst || (is_bad && strcmp(worst, "good") == 0))) worst = line;
        if (sides->roles[k] == CS_ROLE_UNDECIDED || side->voiced_ms == 0) continue;
        (void)snprintf(name, sizeof name, "recording.%s_line", role_name(sides->roles[k]));
        if (!add_field(c, arena, CS_FIELD_TEXT, name, line)) return false;
        (void)snprintf(name, sizeof name, "recording.%s_snr_db", role_name(sides->roles[k]));
        (void)snprintf(value, sizeof value, "%.0f", (double)(side->speech_db - side->noise_db));
        if (!add_field(c, arena, CS_FIELD_NUMBER, name, value)) return false;
    }
    return add_field(c, arena, CS_FIELD_TEXT, "recording.line", worst ? worst : "silent") &&
           add_field(c, arena, CS_FIELD_TEXT, "recording.channels", channels_name(heard->report.relation));
}

/* ---- what is written knows better ---- */

/* How much of the sound lies under turns that were written down: own those of the side that its channel is. */
static void weigh_written(const cs_conversation *c, const cs_sides *sides, const cs_sound *s, int64_t *own,
                          int64_t *other) {
    cs_role side = sides->is_one ? CS_ROLE_UNDECIDED : sides->roles[s->channel > 0];
    *own = *other = 0;
    for (uint32_t i = 0; i < c->turn_count && c->turns[i].start_ms < s->end_ms; i++) {
        const cs_turn *turn = &c->turns[i];
        bool is_customer = c->participants[turn->participant].role == CS_ROLE_CUSTOMER;
        bool is_own = side == CS_ROLE_UNDECIDED || is_customer == (side == CS_ROLE_CUSTOMER);
        if (turn->text_bytes == 0 || turn->end_ms == CS_NO_TIME || turn->end_ms <= s->start_ms) continue;
        int64_t from = s->start_ms > turn->start_ms ? s->start_ms : turn->start_ms;
        int64_t to = s->end_ms < turn->end_ms ? s->end_ms : turn->end_ms;
        *(is_own ? own : other) += to - from;
    }
}

/* A monotonous voice may sound like music: where its words stand in the transcript it is a voice; where those of the other side
 * stand, over most of it, it is their echo. */
static bool correct_sounds(const cs_conversation *c, const cs_sides *sides, cs_heard *heard, cs_arena *arena) {
    cs_sound *own = NULL;
    for (uint32_t i = 0; i < heard->sound_count && c->is_timed && c->turn_count; i++) {
        const cs_sound *s = &heard->sounds[i];
        int64_t by_own, by_other, ms = s->end_ms - s->start_ms;
        if (s->kind != CS_SOUND_MUSIC && s->kind != CS_SOUND_TONE) continue;
        weigh_written(c, sides, s, &by_own, &by_other);
        if (by_own * 3 < ms && by_other * 3 < ms * 2) continue;
        if (!own && !(own = arena_array(arena, heard->sound_count, sizeof *own))) return false;
        if (heard->sounds != own) memcpy(own, heard->sounds, heard->sound_count * sizeof *own);
        heard->sounds = own;
        own[i].kind = by_own * 3 >= ms ? CS_SOUND_VOICE : CS_SOUND_ECHO;
    }
    return true;
}

/* ---- all of it ---- */

cs_error hearing_apply(cs_conversation *c, const cs_heard *heard, const cs_side_hint *hint, cs_arena *arena,
                       cs_hearing *out, cs_message *message) {
    bool is_written = c->turn_count > 0;
    float by_words = -1;
    cs_voices voices = {0};
    *out = (cs_hearing){.heard = *heard};
    if (is_written) sides_roles_by_words(c, arena, &by_words);
    sides_decide(c, heard, hint, &out->sides);
    if (by_words >= 0 && out->sides.basis == CS_SIDE_TIMES) {
        out->sides.basis = CS_SIDE_WORDS;
        out->sides.confidence *= by_words;
    }
    bool is_good = correct_sounds(c, &out->sides, &out->heard, arena);
    heard = &out->heard;
    is_good = is_good && voices_attribute(c, heard, &out->sides, arena, &voices);
    if (is_good && is_written && c->is_timed && !out->sides.is_one) set_times_right(c, voices.items, voices.count);
    c->voices = voices.items;
    c->voice_count = voices.count;
    c->is_heard = true;
    if (is_good && !is_written) is_good = voices_make_turns(c, arena);
    is_good = is_good && annotate(c, arena) && add_holds(c, heard, !is_written || c->is_timed, arena) &&
              add_fields(c, heard, &out->sides, arena);
    if (!is_good) return message_set(message, CS_ERR_MEMORY, "no memory for what was heard");
    return conversation_finish(c, arena, message);
}
