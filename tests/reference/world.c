/* The order of the timeline, its speaking turns, and what can be known of an operator at all. */
#include "world.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- rules ---- */

static pcre2_code *compile(const char *text) {
    int fault;
    PCRE2_SIZE where;
    return pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_CASELESS, &fault, &where, NULL);
}

ref_rules *reference_create(const cs_syntax *syntax) {
    ref_rules *rules = calloc(1, sizeof *rules);
    if (!rules) return NULL;
    rules->syntax = syntax;
    rules->expressions = calloc(syntax->atom_count + 1, sizeof *rules->expressions);
    bool is_good = rules->expressions != NULL;
    for (uint32_t a = 0; is_good && a < syntax->atom_count; a++) {
        const cs_phrases *lists[] = {&syntax->atoms[a]->phrases, &syntax->atoms[a]->excuses};
        uint32_t n = lists[0]->expression_count + lists[1]->expression_count, k = 0;
        rules->expressions[a] = calloc(n + 1, sizeof **rules->expressions);
        is_good = rules->expressions[a] != NULL;
        for (int l = 0; is_good && l < 2; l++)
            for (uint32_t i = 0; is_good && i < lists[l]->expression_count; i++)
                is_good = (rules->expressions[a][k++] = compile(lists[l]->expressions[i])) != NULL;
    }
    if (is_good) return rules;
    reference_free(rules);
    return NULL;
}

void reference_free(ref_rules *rules) {
    if (!rules) return;
    for (uint32_t a = 0; rules->expressions && a < rules->syntax->atom_count; a++) {
        for (uint32_t i = 0; rules->expressions[a] && rules->expressions[a][i]; i++)
            pcre2_code_free(rules->expressions[a][i]);
        free(rules->expressions[a]);
    }
    free(rules->expressions);
    free(rules);
}

/* ---- places ---- */

cs_role ref_role(const ref_world *w, uint32_t turn) {
    return w->conversation->participants[w->conversation->turns[turn].participant].role;
}

ref_place ref_turn_place(const ref_world *w, uint32_t turn, uint32_t offset) {
    return (ref_place){w->is_timed ? w->conversation->turns[turn].start_ms : 0, turn, offset};
}

/* Turns that start in an event's millisecond stand before it; untimed it stands behind the turn it came after. */
uint32_t ref_turns_before_event(const ref_world *w, uint32_t event) {
    const cs_conversation *c = w->conversation;
    uint32_t n = 0;
    if (!w->is_timed) return c->events[event].after_turn;
    while (n < c->turn_count && c->turns[n].start_ms <= c->events[event].at_ms) n++;
    return n;
}

ref_place ref_event_place(const ref_world *w, uint32_t event) {
    uint32_t before = ref_turns_before_event(w, event);
    if (w->is_timed) return (ref_place){w->conversation->events[event].at_ms, UINT32_MAX - 1, event};
    return before ? (ref_place){0, before - 1, UINT32_MAX / 2 + event} : (ref_place){-1, 0, event};
}

void ref_note_place(ref_world *w, ref_place place) {
    uint32_t at = 0;
    while (at < w->place_count && ref_compare(w->places[at], place) < 0) at++;
    if (at < w->place_count && ref_compare(w->places[at], place) == 0) return;
    if (!arena_room(w->arena, (void **)&w->places, &w->place_room, w->place_count, sizeof *w->places)) abort();
    memmove(w->places + at + 1, w->places + at, (w->place_count - at) * sizeof *w->places);
    w->places[at] = place;
    w->place_count++;
}

/* In order of the timeline; at the same place as they were found. */
void ref_add(ref_world *w, uint32_t atom, ref_occurrence occurrence) {
    ref_list *list = &w->atoms[atom];
    if (!arena_room(w->arena, (void **)&list->items, &list->room, list->count, sizeof *list->items)) abort();
    uint32_t at = list->count++;
    for (; at > 0 && ref_compare(list->items[at - 1].at, occurrence.at) > 0; at--)
        list->items[at] = list->items[at - 1];
    list->items[at] = occurrence;
    ref_note_place(w, occurrence.at);
}

/* ---- speaking turns ---- */

/* Messages of one side in a row are one; announcements neither make nor break one. */
static bool find_runs(ref_world *w) {
    const cs_conversation *c = w->conversation;
    w->runs = arena_array(w->arena, c->turn_count + 1, sizeof *w->runs);
    if (!w->runs) return false;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        cs_role role = ref_role(w, i);
        if (role == CS_ROLE_SYSTEM) continue;
        ref_run *last = w->run_count ? &w->runs[w->run_count - 1] : NULL;
        if (last && last->role == role) {
            last->last = i;
            continue;
        }
        ref_place opens = ref_turn_place(w, i, 0);
        if (last) last->closes = opens;
        w->runs[w->run_count++] = (ref_run){.role = role, .first = i, .last = i, .opens = opens, .closes = REF_END};
    }
    return true;
}

/* The last turn of the participant that began by then. */
uint32_t ref_turn_of(const ref_world *w, uint32_t participant, int64_t by_ms) {
    uint32_t found = CS_NO_TURN;
    for (uint32_t i = 0; i < w->conversation->turn_count; i++)
        if (w->conversation->turns[i].participant == participant && w->conversation->turns[i].start_ms <= by_ms)
            found = i;
    return found;
}

static bool find_spoken(ref_world *w) {
    const cs_conversation *c = w->conversation;
    w->spoken = arena_array(w->arena, (size_t)c->turn_count + c->voice_count + 1, sizeof *w->spoken);
    if (!w->spoken) return false;
    for (uint32_t i = 0; w->is_timed && c->is_heard && i < c->voice_count; i++) {
        const cs_voice *v = &c->voices[i];
        w->spoken[w->spoken_count++] = (ref_spoken){.role = c->participants[v->participant].role,
                                                    .participant = v->participant,
                                                    .turn = ref_turn_of(w, v->participant, v->start_ms),
                                                    .start_ms = v->start_ms,
                                                    .end_ms = v->end_ms,
                                                    .at = {v->start_ms, UINT32_MAX - 2, i},
                                                    .is_voice = true};
    }
    for (uint32_t i = 0; w->is_timed && !c->is_heard && i < c->turn_count; i++)
        w->spoken[w->spoken_count++] = (ref_spoken){.role = ref_role(w, i),
                                                    .participant = c->turns[i].participant,
                                                    .turn = i,
                                                    .start_ms = c->turns[i].start_ms,
                                                    .end_ms = w->is_text ? c->turns[i].start_ms : c->turns[i].end_ms,
                                                    .at = ref_turn_place(w, i, 0)};
    return true;
}

static void find_end(ref_world *w) {
    const cs_conversation *c = w->conversation;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        int64_t end = c->turns[i].end_ms == CS_NO_TIME ? c->turns[i].start_ms : c->turns[i].end_ms;
        if (end > w->end_ms) w->end_ms = end;
    }
    for (uint32_t i = 0; i < c->event_count; i++)
        if (c->events[i].at_ms > w->end_ms) w->end_ms = c->events[i].at_ms;
    for (uint32_t i = 0; i < c->voice_count; i++)
        if (c->voices[i].end_ms > w->end_ms) w->end_ms = c->voices[i].end_ms;
}

bool ref_world_make(ref_world *w, const ref_rules *rules, const cs_conversation *c, cs_arena *arena) {
    *w = (ref_world){.rules = rules,
                     .syntax = rules->syntax,
                     .conversation = c,
                     .arena = arena,
                     .end_ms = CS_NO_TIME,
                     .is_timed = c->is_timed,
                     .is_text = c->channel == CS_CHANNEL_CHAT || c->channel == CS_CHANNEL_EMAIL ||
                                c->channel == CS_CHANNEL_TICKET || c->channel == CS_CHANNEL_SURVEY};
    w->folded = arena_array(arena, c->turn_count + 1, sizeof *w->folded);
    w->atoms = arena_array(arena, w->syntax->atom_count + 1, sizeof *w->atoms);
    if (!w->folded || !w->atoms || !find_runs(w) || !find_spoken(w)) return false;
    for (uint32_t i = 0; i < c->turn_count; i++)
        if (!fold_text(c->turns[i].text, c->turns[i].text_bytes, arena, &w->folded[i])) return false;
    if (w->is_timed) find_end(w);
    ref_note_place(w, REF_BEGIN);
    ref_note_place(w, REF_END);
    for (uint32_t i = 0; i < c->turn_count; i++) {
        ref_note_place(w, ref_turn_place(w, i, 0));
        ref_note_place(w, ref_turn_place(w, i, 1));
    }
    for (uint32_t i = 0; i < c->event_count; i++) ref_note_place(w, ref_event_place(w, i));
    for (uint32_t i = 0; i < w->spoken_count; i++) ref_note_place(w, w->spoken[i].at);
    for (uint32_t a = 0; a < w->syntax->atom_count; a++) ref_read_words(w, w->syntax->atoms[a]);
    for (uint32_t a = 0; a < w->syntax->atom_count; a++) {
        ref_read_speech(w, w->syntax->atoms[a]);
        ref_read_clock(w, w->syntax->atoms[a]);
    }
    return true;
}

/* ---- small meanings ---- */

bool ref_compares(cs_compare compare, double value, double limit) {
    bool is_less = value<limit, is_more = value> limit;
    switch (compare) {
    case COMPARE_EQ: return !is_less && !is_more;
    case COMPARE_NE: return is_less || is_more;
    case COMPARE_LT: return is_less;
    case COMPARE_LE: return !is_more;
    case COMPARE_GT: return is_more;
    case COMPARE_GE: return !is_less;
    }
    return false;
}

const char *ref_operator_word(cs_operator operator) {
    for (const cs_vocable *row = vocabulary; row->word; row++)
        if (row->operator== operator) return row->word;
    return "";
}

static bool is_looked_for(const cs_conversation *c, const char *kind) {
    for (uint32_t i = 0; i < c->annotated_count; i++)
        if (strcmp(c->annotated[i], kind) == 0) return true;
    return false;
}

bool ref_is_unknown(const ref_world *w, const cs_node *atom, cs_reason *reason) {
    cs_operator o = atom->operator;
    bool needs_times = o == OPERATOR_SILENCE || o == OPERATOR_RESPONSE || o == OPERATOR_OVERLAP ||
                       o == OPERATOR_INTERRUPTS || o == OPERATOR_PACE ||
                       ((o == OPERATOR_HOLD || o == OPERATOR_HANG_UP) && atom->has_compare);
    bool needs_annotations = o == OPERATOR_ENTITY || o == OPERATOR_TOPIC || o == OPERATOR_EMOTION ||
                             o == OPERATOR_ANSWERS || o == OPERATOR_MODEL || o == OPERATOR_LOUDNESS ||
                             o == OPERATOR_PITCH || (o == OPERATOR_INTENT && !atom->demand);
    bool needs_words = o == OPERATOR_SAYS || o == OPERATOR_ASSERTS || o == OPERATOR_SOUNDS || o == OPERATOR_PLAIN ||
                       o == OPERATOR_SIMILAR || o == OPERATOR_FACT || o == OPERATOR_REPEATS || o == OPERATOR_ASKS ||
                       o == OPERATOR_PACE || (o == OPERATOR_INTENT && atom->demand);
    if (w->conversation->is_wordless && needs_words) return *reason = CS_REASON_NO_WORDS, true;
    *reason = needs_times ? CS_REASON_NO_TIMES : CS_REASON_WAITING;
    if (needs_times && !w->is_timed) return true;
    return needs_annotations && !is_looked_for(w->conversation, ref_operator_word(o));
}

uint32_t ref_units(const cs_folded *folded) {
    uint32_t units = 0;
    bool was_letter = false;
    for (uint32_t at = 0; at < folded->bytes;) {
        unsigned step;
        uint32_t c = utf8_decode(folded->text + at, &step);
        at += step;
        bool is_digit = c >= '0' && c <= '9', is_latin = (c >= 'a' && c <= 'z') || c == '\'';
        bool is_letter = is_digit || is_latin || (c >= 0x80 && c < 0x2E80);
        if (c >= 0x3400 && !(c >= 0xFE00 && c <= 0xFFEF)) units++; /* 汉字 and the like */
        if (is_letter && !was_letter) units++;
        was_letter = is_letter;
    }
    return units;
}
