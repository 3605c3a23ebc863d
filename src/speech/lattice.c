#include "speech/lattice.h"

#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STATES = 20 }; /* that stay at a place */
static const float BEAM = 10; /* worse than the best at its place by so much is forgotten */

typedef struct state {
    float cost; /* of the best way to it, wishes and all */
    float bare, rest; /* of the best way to it and from it to the end, nobody wishing anything */
    uint32_t arc;
    uint32_t back; /* the state before */
    uint32_t row; /* of costs behind each state of the place before */
} state;

typedef struct walk {
    const cs_lattice *lattice;
    state *states; /* place by place */
    uint32_t state_count;
    uint32_t first[LATTICE_MAX_SYLLABLES + 2]; /* of a place's states */
    float *rows; /* what a state costs behind each of those before it, without its wish */
    uint32_t row_count, row_room;
    uint32_t *by_end; /* arcs by where they end */
    uint32_t end_first[LATTICE_MAX_SYLLABLES + 2];
} walk;

bool lattice_begin(cs_lattice *lattice, const cs_lexicon *lexicon, uint32_t syllables, cs_arena *arena) {
    *lattice = (cs_lattice){.lexicon = lexicon, .arena = arena, .syllables = syllables};
    return syllables <= LATTICE_MAX_SYLLABLES;
}

bool lattice_add(cs_lattice *lattice, const cs_lattice_arc *arc) {
    if (!arena_room(lattice->arena, (void **)&lattice->arcs, &lattice->arc_room, lattice->arc_count, sizeof *arc))
        return false;
    lattice->arcs[lattice->arc_count++] = *arc;
    return true;
}

static bool sort_by_end(walk *w) {
    const cs_lattice *lattice = w->lattice;
    w->by_end = arena_array(lattice->arena, lattice->arc_count + 1, sizeof *w->by_end);
    if (!w->by_end) return false;
    uint32_t counts[LATTICE_MAX_SYLLABLES + 2] = {0};
    for (uint32_t i = 0; i < lattice->arc_count; i++) counts[lattice->arcs[i].to]++;
    for (uint32_t place = 0, at = 0; place <= lattice->syllables; place++) {
        w->end_first[place] = at;
        at += counts[place];
        counts[place] = w->end_first[place];
    }
    w->end_first[lattice->syllables + 1] = lattice->arc_count;
    for (uint32_t i = 0; i < lattice->arc_count; i++) w->by_end[counts[lattice->arcs[i].to]++] = i;
    return true;
}

static float cost_behind(const cs_lexicon *lexicon, uint32_t first, uint32_t second, uint32_t alone) {
    bool is_paired = first != LEXICON_NONE &&
                     second != LEXICON_NONE; /* what the lexicon has not is as likely behind whatever word */
    uint32_t steps = is_paired ? lexicon_cost_behind(lexicon, first, second, alone) : alone;
    return (float)steps / LEXICON_SCALE;
}

static uint32_t follows_of(const walk *w, uint32_t at) {
    const cs_lattice *lattice = w->lattice;
    return w->states[at].arc == LEXICON_NONE ? lattice->lexicon->word_count : lattice->arcs[w->states[at].arc].follows;
}

static int cheaper(const void *a, const void *b) {
    float x = ((const state *)a)->cost, y = ((const state *)b)->cost;
    return x < y ? -1 : x > y;
}

/* A word at the end of a place's arcs: the best of the states before it, and what it costs behind each. */
static bool state_reach(walk *w, state *out, uint32_t arc_at, const cs_lattice_arc *arc) {
    uint32_t from = w->first[arc->from], to = w->first[arc->from + 1];
    if (from == to) return false;
    *out = (state){.cost = INFINITY, .bare = INFINITY, .arc = arc_at, .row = w->row_count};
    for (uint32_t before = from; before < to; before++) {
        float bare = cost_behind(w->lattice->lexicon, follows_of(w, before), arc->enters, arc->alone) + arc->heard;
        float cost = w->states[before].cost + bare - arc->wish;
        w->rows[w->row_count++] = bare;
        out->bare = fminf(out->bare, w->states[before].bare + bare);
        if (cost >= out->cost) continue;
        out->cost = cost;
        out->back = before;
    }
    return true;
}

/* The states of a place: the words that end there, the best STATES of them. */
static bool place_fill(walk *w, uint32_t place) {
    const cs_lattice *lattice = w->lattice;
    uint32_t from = w->end_first[place], to = w->end_first[place + 1], reached = 0;
    state *found = arena_array(lattice->arena, to - from + 1, sizeof *found);
    if (!found) return false;
    for (uint32_t i = from; i < to; i++) {
        if (w->row_count + STATES > w->row_room) {
            if (w->row_room > (1U << 24)) return false;
            float *grown = realloc(w->rows, sizeof *grown * (w->row_room * 2 + 4096));
            if (!grown) return false;
            w->rows = grown;
            w->row_room = w->row_room * 2 + 4096;
        }
        reached += state_reach(w, &found[reached], w->by_end[i], &lattice->arcs[w->by_end[i]]);
    }
    qsort(found, reached, sizeof *found, cheaper);
    for (uint32_t i = 0; i < reached && i < STATES && found[i].cost <= found[0].cost + BEAM; i++)
        w->states[w->state_count++] = found[i];
    w->first[place + 1] = w->state_count;
    return true;
}

static float edge_cost(const walk *w, uint32_t at) {
    const cs_lexicon *lexicon = w->lattice->lexicon;
    return cost_behind(lexicon, follows_of(w, at), lexicon->word_count, lexicon->edge_cost);
}

/* How much it costs from each state to the end. */
static void rest_fill(walk *w) {
    uint32_t last = w->first[w->lattice->syllables], end = w->state_count;
    for (uint32_t at = 0; at < end; at++) w->states[at].rest = INFINITY;
    for (uint32_t at = last; at < end; at++) w->states[at].rest = edge_cost(w, at);
    for (uint32_t at = end; at-- > 1;) {
        const state *this = &w->states[at];
        uint32_t from = w->first[w->lattice->arcs[this->arc].from], to = w->first[w->lattice->arcs[this->arc].from + 1];
        for (uint32_t before = from; before < to; before++)
            w->states[before].rest = fminf(w->states[before].rest, this->rest + w->rows[this->row + before - from]);
    }
}

/* The character at a place of an arc, to compare; of letters and figures their text's address. */
static uint64_t character_at(const cs_lattice *lattice, const cs_lattice_arc *arc, uint32_t place) {
    uint32_t length = (uint32_t)arc->to - arc->from;
    if (arc->word == LEXICON_NONE) {
        unsigned bytes;
        bool is_chinese = strlen(arc->text) == (size_t)length * 3; /* a syllable is a character, of three bytes */
        return is_chinese ? utf8_decode(arc->text + (size_t)(place - arc->from) * 3, &bytes)
                          : (uint64_t)(uintptr_t)arc->text << 4 | (place - arc->from);
    }
    const cs_lexicon *l = lattice->lexicon;
    return l->text[l->level_text[length] + (arc->word - l->level_word[length]) * length + (place - arc->from)];
}

/* Of a place the best way through the chosen character and the best through another: what somebody wishes is on neither side. */
static bool margins_fill(walk *w, cs_lattice_step *steps, uint32_t count) {
    const cs_lattice *lattice = w->lattice;
    float same[LATTICE_MAX_SYLLABLES], other[LATTICE_MAX_SYLLABLES];
    uint64_t *chosen = arena_array(lattice->arena, lattice->syllables + 1, sizeof *chosen);
    if (!chosen) return false;
    for (uint32_t i = 0; i < count; i++) {
        const cs_lattice_arc *arc = &lattice->arcs[steps[i].arc];
        for (uint32_t place = arc->from; place < arc->to; place++) chosen[place] = character_at(lattice, arc, place);
    }
    for (uint32_t place = 0; place < lattice->syllables; place++) same[place] = other[place] = INFINITY;
    for (uint32_t at = 1; at < w->state_count; at++) {
        const cs_lattice_arc *arc = &lattice->arcs[w->states[at].arc];
        float cost = w->states[at].bare + w->states[at].rest;
        for (uint32_t place = arc->from; place < arc->to; place++) {
            float *best = character_at(lattice, arc, place) == chosen[place] ? same : other;
            best[place] = fminf(best[place], cost);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        const cs_lattice_arc *arc = &lattice->arcs[steps[i].arc];
        steps[i].margin = INFINITY;
        for (uint32_t place = arc->from; place < arc->to; place++)
            steps[i].margin = fmaxf(0, fminf(steps[i].margin, other[place] - same[place]));
    }
    return true;
}

static bool path_read(walk *w, cs_lattice_step **out, uint32_t *out_count) {
    uint32_t best = LEXICON_NONE, count = 0;
    float cost = INFINITY;
    for (uint32_t at = w->first[w->lattice->syllables]; at < w->state_count; at++)
        if (w->states[at].cost + edge_cost(w, at) < cost) {
            cost = w->states[at].cost + edge_cost(w, at);
            best = at;
        }
    if (best == LEXICON_NONE) return false;
    for (uint32_t at = best; at; at = w->states[at].back) count++;
    cs_lattice_step *steps = arena_array(w->lattice->arena, count + 1, sizeof *steps);
    if (!steps) return false;
    for (uint32_t at = best, i = count; at; at = w->states[at].back)
        steps[--i] = (cs_lattice_step){.arc = w->states[at].arc,
                                       .cost = w->states[at].cost - w->states[w->states[at].back].cost};
    rest_fill(w);
    *out = steps;
    *out_count = count;
    return margins_fill(w, steps, count);
}

bool lattice_solve(cs_lattice *lattice, cs_lattice_step **steps, uint32_t *count) {
    walk w = {.lattice = lattice};
    w.states = arena_array(lattice->arena, (size_t)STATES * (lattice->syllables + 1) + 1, sizeof *w.states);
    if (!w.states || !sort_by_end(&w)) return false;
    w.states[w.state_count++] = (state){.arc = LEXICON_NONE};
    w.first[1] = 1;
    bool is_done = true;
    for (uint32_t place = 1; place <= lattice->syllables && is_done; place++) is_done = place_fill(&w, place);
    is_done = is_done && path_read(&w, steps, count);
    free(w.rows);
    return is_done;
}
