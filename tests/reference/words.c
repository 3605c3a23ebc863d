/* Where words stand: every phrase looked for at every place of every turn, then one occurrence a turn. */
#include "base/utf8.h"
#include "rules/assertion.h"
#include "text/pinyin.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

typedef struct found {
    uint32_t from, to; /* bytes of the folded turn */
    uint16_t group;
    bool
        is_doubt; /* by its sound only, where another operator asks for words: counts where they were hardly recognised */
} found;

typedef struct finds {
    found items[256];
    uint32_t count;
} finds;

static void put(finds *all, uint32_t from, uint32_t to, uint16_t group, bool is_doubt) {
    if (all->count == 256) abort(); /* random turns are short */
    all->items[all->count++] = (found){from, to, group, is_doubt};
}

static void find_literal(const cs_folded *f, const char *phrase, uint16_t group, finds *out) {
    uint32_t bytes = (uint32_t)strlen(phrase);
    for (uint32_t at = 0; bytes && at + bytes <= f->bytes; at++)
        if (memcmp(f->text + at, phrase, bytes) == 0 && fold_is_whole_word(f, at, at + bytes))
            put(out, at, at + bytes, group, false);
}

static void find_expression(const cs_folded *f, pcre2_code *code, uint16_t group, finds *out) {
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    for (PCRE2_SIZE at = 0; data && at <= f->bytes;) {
        if (pcre2_match(code, (PCRE2_SPTR)f->text, f->bytes, at, 0, data, NULL) < 0) break;
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
        if (ends[1] > ends[0]) put(out, (uint32_t)ends[0], (uint32_t)ends[1], group, false);
        at = ends[1] > at ? ends[1] : at + 1;
        while (at < f->bytes && ((unsigned char)f->text[at] & 0xC0) == 0x80) at++;
    }
    pcre2_match_data_free(data);
}

/* By its toneless sound, where the phrase has two syllables or more. */
static void find_sound(ref_world *w, const cs_folded *f, const char *phrase, uint16_t group, bool is_doubt,
                       finds *out) {
    cs_folded folded;
    cs_sounds wanted, heard;
    if (!fold_text(phrase, strlen(phrase), w->arena, &folded) || !pinyin_sounds(&folded, w->arena, &wanted) ||
        !pinyin_sounds(f, w->arena, &heard))
        abort();
    uint32_t syllables = 0;
    for (uint32_t i = 0; i < wanted.length; i++) syllables += (unsigned char)wanted.bytes[i] >= 0x80;
    if (syllables / 2 < 2) return;
    for (uint32_t at = 0; at + wanted.length <= heard.length; at++) {
        if (memcmp(heard.bytes + at, wanted.bytes, wanted.length) != 0) continue;
        uint32_t from = heard.origin[at], to = heard.origin[at + wanted.length - 1] + 1;
        while (to < f->bytes && ((unsigned char)f->text[to] & 0xC0) == 0x80) to++;
        if (fold_is_whole_word(f, from, to)) put(out, from, to, group, is_doubt);
    }
}

static void find_all(ref_world *w, const cs_node *atom, bool is_excuse, uint32_t turn, finds *out) {
    const cs_phrases *p = is_excuse ? &atom->excuses : &atom->phrases;
    const cs_folded *f = &w->folded[turn];
    uint32_t first = is_excuse ? atom->phrases.expression_count : 0;
    out->count = 0;
    for (uint32_t i = 0; i < p->literal_count; i++) {
        find_literal(f, p->literals[i], p->literal_groups[i], out);
        if (!is_excuse) find_sound(w, f, p->literals[i], p->literal_groups[i], atom->operator!= OPERATOR_SOUNDS, out);
    }
    for (uint32_t i = 0; i < p->expression_count; i++)
        find_expression(f, w->rules->expressions[atom->atom][first + i], p->expression_groups[i], out);
}

/* ---- from what was found to an occurrence ---- */

/* Of the words that are touched the least, else the turn's. */
static float confidence(const cs_turn *turn, uint32_t from, uint32_t to) {
    float least = 2;
    for (uint32_t i = 0; i < turn->word_count; i++) {
        const cs_word *word = &turn->words[i];
        bool is_touched = word->offset < to && word->offset + word->length > from;
        if (is_touched && word->confidence >= 0 && word->confidence < least) least = word->confidence;
    }
    return least <= 1 ? least : turn->confidence;
}

static int64_t spoken_at(const cs_turn *turn, uint32_t offset, uint32_t length, bool is_end) {
    for (uint32_t i = 0; i < turn->word_count; i++) {
        const cs_word *word = &turn->words[i];
        uint32_t end = word->offset + word->length;
        if (!is_end && word->offset <= offset && offset < end) return word->start_ms;
        if (is_end && word->offset < offset && offset <= end) return word->end_ms;
    }
    if (turn->start_ms == CS_NO_TIME || turn->end_ms == CS_NO_TIME || !length) return turn->start_ms;
    return turn->start_ms + (turn->end_ms - turn->start_ms) * offset / length;
}

static ref_occurrence occurrence_of(ref_world *w, const cs_node *atom, uint32_t turn, const found *m,
                                    const finds *excuses) {
    const cs_folded *f = &w->folded[turn];
    const cs_turn *t = &w->conversation->turns[turn];
    cs_role role = ref_role(w, turn);
    ref_occurrence o = {.turn = turn,
                        .from = f->origin[m->from],
                        .to = f->origin[m->to - 1] + 1,
                        .group = m->group,
                        .demand = atom->demand,
                        .is_words = true,
                        .has_words = true};
    float sure = confidence(t, o.from, o.to);
    if (m->is_doubt && !(sure >= 0 && sure < 0.5f)) o.why = CS_WHY_WRONG_SIDE; /* nothing was said there */
    if (sure >= 0 && sure < 0.5f)
        o.is_possible = true, o.reason = CS_REASON_LOW_CONFIDENCE;
    else if (role == CS_ROLE_UNDECIDED && atom->role != CS_ANYONE)
        o.is_possible = true, o.reason = CS_REASON_ROLE_UNKNOWN;
    const char *cue;
    for (uint32_t i = 0; i < excuses->count; i++)
        if (excuses->items[i].from <= m->from && m->to <= excuses->items[i].to) o.why = CS_WHY_EXCUSED;
    if (!o.why && (atom->operator== OPERATOR_ASSERTS || atom->operator== OPERATOR_INTENT))
        o.why = assertion_excuse(f, m->from, m->to, &cue);
    return o;
}

static bool is_wrong_side(const ref_world *w, const cs_node *atom, uint32_t turn) {
    cs_role role = ref_role(w, turn);
    if (atom->role == CS_ANYONE || role == CS_ROLE_UNDECIDED) return false;
    if (role != atom->role) return true;
    for (uint32_t i = 0; atom->is_first && i < turn; i++)
        if (ref_role(w, i) == CS_ROLE_AGENT) /* the first agent turn says who is first */
            return w->conversation->turns[i].participant != w->conversation->turns[turn].participant;
    return false;
}

static bool is_before(const ref_occurrence *a, const ref_occurrence *b) {
    return a->from != b->from ? a->from < b->from : a->to > b->to;
}

/* Whether enough groups stand together from the i-th on; *end: the last of those needed. */
static bool is_together(const cs_node *atom, const ref_occurrence *all, uint32_t count, uint32_t i, bool with_possible,
                        uint32_t *end) {
    for (uint32_t k = i; k < count; k++) {
        uint32_t groups = 0;
        for (uint32_t a = i; a <= k; a++) {
            bool is_new =
                (with_possible || !all[a].is_possible) && (!atom->near || all[a].to <= all[i].from + atom->near);
            for (uint32_t b = i; b < a && is_new; b++)
                is_new = all[b].group != all[a].group || (!with_possible && all[b].is_possible) ||
                         (atom->near && all[b].to > all[i].from + atom->near);
            groups += is_new;
        }
        if (groups >= atom->quorum) return *end = k, true;
    }
    return false;
}

static bool quorum(const cs_node *atom, const ref_occurrence *all, uint32_t count, ref_occurrence *out) {
    for (int with_possible = 0; with_possible < 2; with_possible++)
        for (uint32_t i = 0; i < count; i++) {
            uint32_t end;
            if (all[i].is_possible && !with_possible) continue;
            if (!is_together(atom, all, count, i, with_possible, &end)) continue;
            *out = all[i];
            for (uint32_t k = i; k <= end; k++) {
                if (atom->near && all[k].to > all[i].from + atom->near) continue;
                if (all[k].to > out->to) out->to = all[k].to;
                if (with_possible && all[k].is_possible && !out->is_possible)
                    out->is_possible = true, out->reason = all[k].reason;
            }
            return true;
        }
    return false;
}

static void add_words(ref_world *w, const cs_node *atom, uint32_t turn, ref_occurrence best) {
    const cs_turn *t = &w->conversation->turns[turn];
    uint32_t length = (uint32_t)utf8_count(t->text, t->text_bytes);
    best.at = ref_turn_place(w, turn, best.from + 1);
    best.start_ms = best.window_ms = spoken_at(t, best.from, length, false);
    best.end_ms = spoken_at(t, best.to, length, true);
    ref_add(w, atom->atom, best);
}

/* Of each term the first sure one, else the first; in the order of the text. */
static void add_terms(ref_world *w, const cs_node *atom, uint32_t turn, const ref_occurrence *all, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        bool is_chosen = true;
        for (uint32_t k = 0; k < count && is_chosen; k++) {
            if (k == i || all[k].group != all[i].group) continue;
            bool is_better = all[k].is_possible != all[i].is_possible ? all[i].is_possible : k < i;
            is_chosen = !is_better;
        }
        if (is_chosen) add_words(w, atom, turn, all[i]);
    }
}

static void read_turn(ref_world *w, const cs_node *atom, uint32_t turn) {
    finds matches, excuses;
    ref_occurrence all[256], best = {.why = CS_WHY_INCOMPLETE};
    uint32_t count = 0;
    find_all(w, atom, false, turn, &matches);
    find_all(w, atom, true, turn, &excuses);
    for (uint32_t i = 0; i < matches.count; i++) {
        ref_occurrence o = occurrence_of(w, atom, turn, &matches.items[i], &excuses);
        if (o.why || is_wrong_side(w, atom, turn)) continue;
        uint32_t at = count++;
        for (; at > 0 && is_before(&o, &all[at - 1]); at--) all[at] = all[at - 1];
        all[at] = o;
    }
    if (atom->quorum > 1) {
        if (!quorum(atom, all, count, &best)) return;
    } else {
        for (uint32_t i = 0; i < count && (best.why || best.is_possible); i++)
            if (best.why || !all[i].is_possible) best = all[i];
    }
    if (atom->operator== OPERATOR_PLAIN) return add_terms(w, atom, turn, all, count);
    if (!best.why) add_words(w, atom, turn, best);
}

void ref_read_words(ref_world *w, const cs_node *atom) {
    bool is_found_by_words = (atom->operator>= OPERATOR_SAYS && atom->operator<= OPERATOR_PLAIN) ||
                             atom->operator== OPERATOR_ASKS ||(atom->operator== OPERATOR_INTENT && atom->demand);
    for (uint32_t i = 0; is_found_by_words && i < w->conversation->turn_count; i++) read_turn(w, atom, i);
}
