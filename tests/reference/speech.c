/* How people speak, what other parts wrote on a turn, and what is said again: one look at each turn and those before it. */
#include "base/utf8.h"
#include "text/likeness.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

static ref_occurrence turn_occurrence(const ref_world *w, uint32_t turn) {
    const cs_turn *t = &w->conversation->turns[turn];
    ref_occurrence o = {.at = ref_turn_place(w, turn, 0), .turn = turn, .is_words = true, .has_words = true};
    o.start_ms = o.end_ms = w->is_timed ? t->start_ms : CS_NO_TIME;
    if (w->is_timed && t->end_ms != CS_NO_TIME) o.end_ms = t->end_ms;
    o.window_ms = o.start_ms;
    return o;
}

/* What another role says does not count; what somebody unknown says may. */
static void add_by_role(ref_world *w, const cs_node *atom, cs_role role, ref_occurrence o) {
    if (atom->role != CS_ANYONE && role != CS_ROLE_UNDECIDED && role != atom->role) return;
    if (atom->role != CS_ANYONE && role == CS_ROLE_UNDECIDED && !o.is_possible) /* of two doubts the first */
        o.is_possible = true, o.reason = CS_REASON_ROLE_UNKNOWN;
    ref_add(w, atom->atom, o);
}

static void add_turn(ref_world *w, const cs_node *atom, ref_occurrence o) {
    add_by_role(w, atom, ref_role(w, o.turn), o);
}

/* ---- two at once ---- */

static int64_t end_of(const ref_spoken *s) {
    return s->end_ms == CS_NO_TIME ? s->start_ms : s->end_ms;
}

static void read_overlap(ref_world *w, const cs_node *atom, uint32_t index) {
    const ref_spoken *s = &w->spoken[index];
    int64_t other = CS_NO_TIME, latest = CS_NO_TIME, since = 0;
    uint32_t last = index; /* who would speak longest of all before; may be without an end */
    bool is_overlap = atom->operator== OPERATOR_OVERLAP, is_unwritten = false;
    if (w->is_text || s->role == CS_ROLE_SYSTEM) return;
    for (uint32_t i = 0; i < index; i++) {
        const ref_spoken *before = &w->spoken[i];
        if (before->role == CS_ROLE_SYSTEM) continue;
        if (end_of(before) >= latest) latest = end_of(before), last = i;
    }
    for (int role = 0; role < CS_ROLE_COUNT;
         role++) { /* of each other role what ends last; of these the first that does */
        const ref_spoken *held = NULL;
        for (uint32_t i = 0; i < index && role != CS_ROLE_SYSTEM && (cs_role)role != s->role; i++)
            if (w->spoken[i].role == (cs_role)role && (!held || end_of(&w->spoken[i]) >= end_of(held)))
                held = &w->spoken[i];
        if (held && (other == CS_NO_TIME || end_of(held) > other)) other = end_of(held), since = held->start_ms;
    }
    if (other == CS_NO_TIME) return;
    bool is_open = last < index && w->spoken[last].role != s->role && w->spoken[last].end_ms == CS_NO_TIME;
    if (other <= s->start_ms && !is_open) return;
    if (!is_overlap && s->is_voice && s->end_ms - s->start_ms < 500) return; /* a nod */
    if (!is_overlap && s->is_voice && s->start_ms - since < 300) return; /* they begin together */
    if (atom->characters) {
        bool has_words = !w->conversation->is_wordless && s->turn != CS_NO_TURN;
        int64_t ms = end_of(s) - s->start_ms; /* 100 to 400 ms a character */
        if (has_words && utf8_count(w->folded[s->turn].text, w->folded[s->turn].bytes) < atom->characters) return;
        if (!has_words && ms < 100 * (int64_t)atom->characters) return;
        is_unwritten = !has_words && ms < 400 * (int64_t)atom->characters;
    }
    int64_t until = is_overlap && s->end_ms != CS_NO_TIME && s->end_ms < other ? s->end_ms : other;
    bool is_enough = atom->has_compare
                         ? ref_compares(atom->compare, (double)(until - s->start_ms), (double)atom->limit_ms)
                         : until - s->start_ms >= 200;
    if (!is_enough && !is_open) return;
    bool is_untold = is_open || (is_overlap && s->end_ms == CS_NO_TIME);
    ref_occurrence o = {.at = s->at,
                        .turn = s->turn,
                        .is_words = !s->is_voice,
                        .start_ms = s->start_ms,
                        .end_ms = end_of(s),
                        .window_ms = s->start_ms,
                        .is_possible = is_untold || is_unwritten,
                        .reason = is_untold ? CS_REASON_NO_TIMES : CS_REASON_NO_WORDS,
                        .has_words = !is_untold};
    add_by_role(w, atom, s->role, o);
}

/* ---- pace, loudness, pitch ---- */

static const cs_annotation *annotation_of(const cs_turn *turn, const char *kind) {
    for (uint32_t i = 0; i < turn->annotation_count; i++)
        if (strcmp(turn->annotations[i].kind, kind) == 0) return &turn->annotations[i];
    return NULL;
}

/* Amount and what it is spread over: characters and minutes; a level and one. false: not measured in this turn. */
static bool level_of(const ref_world *w, cs_operator operator, uint32_t turn, double *amount, double *over,
                     bool *is_sure) {
    const cs_turn *t = &w->conversation->turns[turn];
    *is_sure = true;
    if (operator== OPERATOR_PACE) {
        if (w->is_text || t->end_ms == CS_NO_TIME || t->end_ms - t->start_ms < 2000) return false;
        *amount = ref_units(&w->folded[turn]);
        *over = (double)(t->end_ms - t->start_ms) / 60000;
        return true;
    }
    const cs_annotation *a = annotation_of(t, ref_operator_word(operator));
    if (!a) return false;
    *amount = a->value;
    *over = 1;
    *is_sure = a->confidence < 0 || a->confidence >= 0.5f;
    return true;
}

static void read_level(ref_world *w, const cs_node *atom, uint32_t turn) {
    double amount, over, limit = atom->limit, start_amount = 0, start_over = 0, a, b;
    uint32_t measured = 0;
    bool is_sure, ignored;
    if (atom->operator== OPERATOR_PACE && !w->is_text && w->conversation->turns[turn].end_ms == CS_NO_TIME) {
        ref_occurrence o = turn_occurrence(w, turn); /* it may have been fast */
        o.is_possible = true, o.reason = CS_REASON_NO_TIMES, o.has_words = false;
        add_turn(w, atom, o);
        return;
    }
    if (!level_of(w, atom->operator, turn, &amount, &over, &is_sure)) return;
    if (atom->choice == 2) { /* over own start: the mean of the speaker's first three */
        for (uint32_t i = 0; i < turn && measured < 3; i++) {
            if (w->conversation->turns[i].participant != w->conversation->turns[turn].participant) continue;
            if (!level_of(w, atom->operator, i, &a, &b, &ignored)) continue;
            start_amount += a, start_over += b, measured++;
        }
        if (measured < 3) return;
        double start = start_amount / start_over;
        limit = atom->is_percent ? start + start * atom->limit / 100 : start + atom->limit;
    }
    if (!ref_compares(atom->compare, amount / over, limit)) return;
    ref_occurrence o = turn_occurrence(w, turn);
    if (!is_sure) o.is_possible = true, o.reason = CS_REASON_LOW_CONFIDENCE;
    add_turn(w, atom, o);
}

/* ---- annotations ---- */

/* The strength of the emotion that this speaker was last found in; below 0: none. */
static double emotion_before(const ref_world *w, uint32_t turn) {
    double before = -1;
    for (uint32_t i = 0; i < turn; i++) {
        const cs_annotation *a = annotation_of(&w->conversation->turns[i], "emotion");
        if (a && w->conversation->turns[i].participant == w->conversation->turns[turn].participant) before = a->value;
    }
    return before;
}

static bool is_meant(const ref_world *w, const cs_node *atom, uint32_t turn, const cs_annotation *a) {
    const char *label = atom->name ? atom->name : atom->phrases.literal_count ? atom->phrases.literals[0] : NULL;
    if (strcmp(a->kind, ref_operator_word(atom->operator)) != 0) return false;
    if (label && (!a->label || strcmp(a->label, label) != 0)) return false;
    if (atom->has_compare && atom->value) {
        char *end;
        double limit = strtod(atom->value, &end);
        bool is_same = a->text && strcmp(a->text, atom->value) == 0;
        if (*end == 0 && end != atom->value) {
            if (!ref_compares(atom->compare, a->value, limit)) return false;
        } else if (atom->compare == COMPARE_NE ? is_same : atom->compare != COMPARE_EQ || !is_same)
            return false;
    }
    if (!atom->choice) return true;
    double before = emotion_before(w, turn);
    return before >= 0 && (atom->choice == 1 ? a->value < before : a->value > before);
}

static void read_annotation(ref_world *w, const cs_node *atom, uint32_t turn) {
    const cs_turn *t = &w->conversation->turns[turn];
    const cs_annotation *best = NULL;
    for (uint32_t i = 0; i < t->annotation_count; i++) { /* the first; a sure one stands for a possible one */
        const cs_annotation *a = &t->annotations[i];
        bool is_sure = a->confidence < 0 || a->confidence >= 0.5f;
        if (!is_meant(w, atom, turn, a)) continue;
        if (!best || (is_sure && best->confidence >= 0 && best->confidence < 0.5f)) best = a;
    }
    if (!best) return;
    ref_occurrence o = turn_occurrence(w, turn);
    o.from = best->from;
    o.to = best->to;
    o.at.offset = best->from + 1;
    o.has_words = best->label != NULL;
    o.is_possible = best->confidence >= 0 && best->confidence < 0.5f;
    o.reason = CS_REASON_LOW_CONFIDENCE;
    add_turn(w, atom, o);
}

/* What was heard on a turn is its speaker's. */
static void read_heard(ref_world *w, const cs_node *atom, uint32_t turn) {
    cs_role role = ref_role(w, turn);
    cs_node spoken = *atom;
    spoken.role = atom->by;
    if (atom->by == CS_ANYONE || role == atom->by || role == CS_ROLE_UNDECIDED) read_annotation(w, &spoken, turn);
}

/* ---- likeness ---- */

static cs_likeness likeness_in(ref_world *w, const char *text, size_t bytes) {
    cs_likeness l;
    if (!likeness_read(text, bytes, w->arena, &l)) abort();
    return l;
}

/* How many bytes the mark that ends a sentence has; 0: none stands here. */
static uint32_t sentence_mark(const char *text) {
    static const char *const marks[] = {"。", "!", "?", ";", "\n"};
    for (int i = 0; i < 5; i++)
        if (strncmp(text, marks[i], strlen(marks[i])) == 0) return (uint32_t)strlen(marks[i]);
    return 0;
}

static void read_similar(ref_world *w, const cs_node *atom, uint32_t turn) {
    const cs_folded *f = &w->folded[turn];
    double best = 0, limit = atom->limit > 0 ? atom->limit / 100 : 0.6;
    uint32_t from = 0, to = 0;
    for (uint32_t start = 0, at = 0; at <= f->bytes; at++) {
        uint32_t mark = at < f->bytes ? sentence_mark(f->text + at) : 1;
        if (!mark) continue;
        cs_likeness here = likeness_in(w, f->text + start, at - start);
        for (uint32_t i = 0; i < atom->phrases.literal_count; i++) {
            cs_likeness example = likeness_in(w, atom->phrases.literals[i], strlen(atom->phrases.literals[i]));
            double like = likeness_of(&here, &example);
            if (like > best) best = like, from = start, to = at;
        }
        start = at + mark;
        at = start - 1;
    }
    if (best < limit || to <= from) return;
    ref_occurrence o = turn_occurrence(w, turn);
    o.from = f->origin[from];
    o.to = f->origin[to - 1] + 1;
    o.at.offset = o.from + 1;
    add_turn(w, atom, o);
}

static bool stands_in(const ref_world *w, const cs_node *mark, uint32_t turn) {
    if (!mark) return false;
    if (mark->kind == NODE_OR) return stands_in(w, mark->left, turn) || stands_in(w, mark->right, turn);
    for (uint32_t i = 0; i < w->atoms[mark->atom].count; i++)
        if (w->atoms[mark->atom].items[i].turn == turn) return true;
    return false;
}

/* Messages of its role before it that are alike; those that hold an exception are passed over. */
static void read_repeats(ref_world *w, const cs_node *atom, uint32_t turn) {
    cs_role role = ref_role(w, turn);
    uint32_t least = atom->characters ? atom->characters : 4, like = 1, looked = 0;
    double limit = atom->limit > 0 ? atom->limit / 100 : 0.8;
    cs_likeness now = likeness_in(w, w->folded[turn].text, w->folded[turn].bytes);
    if (role == CS_ROLE_SYSTEM || (atom->role != CS_ANYONE && role != atom->role)) return;
    if (now.characters < least || stands_in(w, atom->mark_end, turn)) return;
    for (uint32_t i = turn; i-- > 0 && looked < 100;) {
        if (i + 1 < turn && stands_in(w, atom->mark, i + 1)) break; /* only what stands behind the last of them */
        if (ref_role(w, i) != role || stands_in(w, atom->mark_end, i)) continue;
        cs_likeness before = likeness_in(w, w->folded[i].text, w->folded[i].bytes);
        bool is_like = before.characters >= least && likeness_of(&now, &before) >= limit;
        if (!is_like && (atom->options & 1)) break; /* in a row */
        like += is_like;
        looked++;
    }
    if (like >= atom->number) ref_add(w, atom->atom, turn_occurrence(w, turn));
}

static void read_turn(ref_world *w, const cs_node *atom, uint32_t turn) {
    switch (atom->operator) {
    case OPERATOR_PACE:
        if (w->is_timed) read_level(w, atom, turn);
        break;
    case OPERATOR_LOUDNESS:
    case OPERATOR_PITCH: read_level(w, atom, turn); break;
    case OPERATOR_INTENT:
        if (!atom->demand) read_annotation(w, atom, turn);
        break;
    case OPERATOR_ENTITY:
    case OPERATOR_TOPIC:
    case OPERATOR_EMOTION:
    case OPERATOR_ANSWERS:
    case OPERATOR_MODEL: read_annotation(w, atom, turn); break;
    case OPERATOR_EVENT: read_heard(w, atom, turn); break;
    case OPERATOR_SIMILAR: read_similar(w, atom, turn); break;
    case OPERATOR_REPEATS: read_repeats(w, atom, turn); break;
    default: break;
    }
}

void ref_read_speech(ref_world *w, const cs_node *atom) {
    bool is_overlap = atom->operator== OPERATOR_OVERLAP || atom->operator== OPERATOR_INTERRUPTS;
    for (uint32_t i = 0; i < w->conversation->turn_count; i++) read_turn(w, atom, i);
    for (uint32_t i = 0; is_overlap && i < w->spoken_count; i++) read_overlap(w, atom, i);
}
