/* From the matches of a turn to the atom's one occurrence in it, with the reason when it does not count. */
#include "rules/scan_state.h"

#include "base/utf8.h"
#include "rules/assertion.h"

#include <stdlib.h>

static float confidence_of(const cs_turn *turn, uint32_t from, uint32_t to) {
    float least = turn->confidence;
    bool has_word = false;
    for (uint32_t i = 0; i < turn->word_count; i++) {
        const cs_word *w = &turn->words[i];
        if (w->offset >= to || w->offset + w->length <= from || w->confidence < 0) continue;
        least = has_word && least < w->confidence ? least : w->confidence;
        has_word = true;
    }
    return least;
}

/* When the character is spoken: by its word's time, else interpolated through the turn. */
static int64_t time_of(const cs_turn *turn, uint32_t offset, uint32_t length, bool is_end, bool *is_interpolated) {
    if (turn->start_ms == CS_NO_TIME) return CS_NO_TIME;
    for (uint32_t i = 0; i < turn->word_count; i++) {
        const cs_word *w = &turn->words[i];
        if (is_end ? w->offset < offset && offset <= w->offset + w->length
                   : w->offset <= offset && offset < w->offset + w->length)
            return is_end ? w->end_ms : w->start_ms;
    }
    if (turn->end_ms == CS_NO_TIME || turn->end_ms <= turn->start_ms || length == 0) return turn->start_ms;
    if (offset == 0 || offset == length) return offset ? turn->end_ms : turn->start_ms; /* the turn's own bounds */
    *is_interpolated = true;
    return turn->start_ms + (turn->end_ms - turn->start_ms) * (int64_t)offset / (int64_t)length;
}

static bool is_wrong_side(const cs_node *atom, const cs_turn_scan *t) {
    if (atom->role == CS_ANYONE || t->role == CS_ROLE_UNDECIDED) return false;
    return t->role != atom->role || (atom->is_first && !t->is_first);
}

/* The excuse that holds the match, NULL: none. Excuses are sorted by their beginning, and each knows which of those up to
 * it ends last: one search by halves answers. */
static const cs_match *excuse_around(const cs_scanner *s, uint32_t excuse_count, const cs_match *m) {
    uint32_t low = 0, high = excuse_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->matches[s->order[middle]].from <= m->from)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const cs_match *longest = &s->matches[s->matches[s->order[low - 1]].next];
    return longest->to >= m->to ? longest : NULL;
}

static cs_occurrence occurrence_of(const cs_scanner *s, const cs_node *atom, const cs_turn_scan *t, const cs_match *m,
                                   uint32_t excuse_count) {
    const cs_folded *f = t->folded;
    cs_occurrence o = {.turn = t->index,
                       .from = f->origin[m->from],
                       .to = m->to > m->from ? f->origin[m->to - 1] + 1 : f->origin[m->from]};
    o.moment = (cs_moment){t->at_ms, t->index, o.from + 1};
    o.how = m->is_sound ? "sound" : m->is_expression ? "expression" : "text";
    o.group = m->group;
    o.demand = (uint16_t)atom->demand;
    float confidence = confidence_of(t->turn, o.from, o.to);
    if (m->is_over_limit || s->has_excuse_over_limit || s->is_cut) {
        o.is_possible = true;
        o.reason = CS_REASON_LIMIT;
    } else if (confidence >= 0 && confidence < CS_CONFIDENCE_LIMIT) {
        o.is_possible = true;
        o.reason = CS_REASON_LOW_CONFIDENCE;
    } else if (t->role == CS_ROLE_UNDECIDED && atom->role != CS_ANYONE) {
        o.is_possible = true;
        o.reason = CS_REASON_ROLE_UNKNOWN;
    }
    const cs_match *excuse = excuse_around(s, excuse_count, m);
    if (excuse) {
        o.why = CS_WHY_EXCUSED;
        o.by = arena_copy(s->table->arena, f->text + excuse->from, excuse->to - excuse->from);
    } else if (atom->operator== OPERATOR_ASSERTS || atom->operator== OPERATOR_INTENT) {
        o.why = assertion_excuse(f, m->from, m->to, &o.by);
    }
    if (o.why == CS_WHY_NONE && is_wrong_side(atom, t)) o.why = CS_WHY_WRONG_SIDE;
    return o;
}

/* By sound alone where the words were recognised well: nothing. */
static bool is_nothing(const cs_turn_scan *t, const cs_match *m) {
    if (!m->is_doubt) return false;
    const cs_folded *f = t->folded;
    float confidence = confidence_of(t->turn, f->origin[m->from], f->origin[m->to - 1] + 1);
    return confidence < 0 || confidence >= CS_CONFIDENCE_LIMIT;
}

/* Sure before possible before what does not count; then the earliest, then the longest. */
static bool is_better(const cs_occurrence *a, const cs_occurrence *b) {
    int rank_a = a->why ? 2 : a->is_possible, rank_b = b->why ? 2 : b->is_possible;
    if (rank_a != rank_b) return rank_a < rank_b;
    return a->from != b->from ? a->from < b->from : a->to > b->to;
}

static bool keep(cs_scanner *s, uint32_t atom, const cs_turn_scan *t, cs_occurrence o) {
    size_t begin = utf8_offset(t->turn->text, t->turn->text_bytes, o.from);
    size_t end = utf8_offset(t->turn->text, t->turn->text_bytes, o.to);
    o.matched = arena_copy(s->table->arena, t->turn->text + begin, end - begin);
    uint32_t length = t->folded->origin[t->folded->bytes];
    o.start_ms = time_of(t->turn, o.from, length, false, &o.is_interpolated);
    o.end_ms = time_of(t->turn, o.to, length, true, &o.is_interpolated);
    return o.matched && table_add(s->table, atom, &o);
}

/* Excuses first, then by place, the longer first; of equals what was found first: text before expression before sound. */
static int compare_sorted(const void *left, const void *right) {
    const cs_sorted *a = left, *b = right;
    if (a->is_excuse != b->is_excuse) return a->is_excuse ? -1 : 1;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    if (a->to != b->to) return a->to > b->to ? -1 : 1;
    return a->match < b->match ? -1 : a->match > b->match;
}

/* Puts the atom's matches of this turn into s->order, excuses first; each excuse's next becomes the one up to it that ends
 * last. false: out of memory. */
static bool order_matches(cs_scanner *s, uint32_t atom, const cs_turn_scan *t, uint32_t *count,
                          uint32_t *excuse_count) {
    uint32_t n = 0;
    *excuse_count = 0;
    s->has_excuse_over_limit = false;
    for (int32_t i = s->first_match[atom]; i != NO_MATCH; i = s->matches[i].next) n++;
    if (n > s->order_capacity) {
        uint32_t *order = realloc(s->order, n * 2 * sizeof *order);
        if (order) s->order = order;
        cs_sorted *keys = realloc(s->keys, n * 2 * sizeof *keys);
        if (keys) s->keys = keys;
        if (!order || !keys) return false;
        s->order_capacity = n * 2;
    }
    uint32_t k = 0;
    for (int32_t i = s->first_match[atom]; i != NO_MATCH; i = s->matches[i].next)
        if (is_nothing(t, &s->matches[i]))
            continue;
        else if (s->matches[i].is_excuse && s->matches[i].is_over_limit)
            s->has_excuse_over_limit = true;
        else
            s->keys[k++] = (cs_sorted){(uint32_t)i, s->matches[i].from, s->matches[i].to, s->matches[i].is_excuse};
    n = k;
    if (n > 1) qsort(s->keys, n, sizeof *s->keys, compare_sorted);
    for (uint32_t i = 0; i < n; i++) {
        s->order[i] = s->keys[i].match;
        if (!s->keys[i].is_excuse) continue;
        int32_t before = i ? s->matches[s->order[i - 1]].next : NO_MATCH;
        bool is_longest = before == NO_MATCH || s->matches[before].to <= s->keys[i].to;
        s->matches[s->order[i]].next = is_longest ? (int32_t)s->order[i] : before;
        ++*excuse_count;
    }
    *count = n;
    return true;
}

/* ---- several of the phrases in one turn ---- */

enum { MOST_TOGETHER = 256 };

/* From the i-th on: the first match with which enough groups are together. 0: never. */
static uint32_t completes(const cs_node *node, const cs_occurrence *all, uint32_t count, uint32_t i,
                          bool with_possible) {
    uint16_t seen[MOST_TOGETHER];
    uint32_t groups = 0, need = node->quorum < MOST_TOGETHER ? node->quorum : MOST_TOGETHER;
    for (uint32_t k = i; k < count; k++) {
        if (all[k].is_possible && !with_possible) continue;
        if (node->near && all[k].to > all[i].from + node->near) continue;
        uint32_t known = 0;
        while (known < groups && seen[known] != all[k].group) known++;
        if (known < groups) continue;
        seen[groups++] = all[k].group;
        if (groups == need) return k + 1;
    }
    return 0;
}

/* The earliest place where enough of the phrases stand together, sure ones first. */
static cs_occurrence together(const cs_node *node, const cs_occurrence *all, uint32_t count) {
    for (int with_possible = 0; with_possible < 2; with_possible++)
        for (uint32_t i = 0; i < count; i++) {
            uint32_t end = all[i].is_possible && !with_possible ? 0 : completes(node, all, count, i, with_possible);
            if (!end) continue;
            cs_occurrence o = all[i];
            for (uint32_t k = i; k < end; k++) {
                if (node->near && all[k].to > all[i].from + node->near) continue;
                if (all[k].to > o.to) o.to = all[k].to;
                if (!all[k].is_possible || o.is_possible || !with_possible) continue;
                o.is_possible = true;
                o.reason = all[k].reason;
            }
            return o;
        }
    cs_occurrence none = all[0];
    if (count == MOST_TOGETHER) { /* not all of them were looked at */
        none.is_possible = true;
        none.reason = CS_REASON_LIMIT;
    } else {
        none.why = CS_WHY_INCOMPLETE;
    }
    return none;
}

static bool settle_quorum(cs_scanner *s, uint32_t atom, const cs_turn_scan *t, uint32_t count, uint32_t excuse_count) {
    const cs_node *node = s->syntax->atoms[atom];
    cs_occurrence all[MOST_TOGETHER], first = {0};
    uint32_t kept = 0;
    for (uint32_t i = excuse_count; i < count && kept < MOST_TOGETHER; i++) {
        cs_occurrence o = occurrence_of(s, node, t, &s->matches[s->order[i]], excuse_count);
        if (i == excuse_count) first = o;
        if (o.why == CS_WHY_NONE) all[kept++] = o;
    }
    return keep(s, atom, t, kept ? together(node, all, kept) : first);
}

/* The plain forms of several terms in one turn: the best of each term, in order. */
static bool settle_terms(cs_scanner *s, uint32_t atom, const cs_turn_scan *t, uint32_t count, uint32_t excuse_count) {
    const cs_node *node = s->syntax->atoms[atom];
    cs_occurrence best[MOST_TOGETHER];
    uint32_t terms = 0;
    for (uint32_t i = excuse_count; i < count; i++) {
        cs_occurrence o = occurrence_of(s, node, t, &s->matches[s->order[i]], excuse_count);
        uint32_t known = 0;
        while (known < terms && best[known].group != o.group) known++;
        if (known == MOST_TOGETHER || (known < terms && !is_better(&o, &best[known]))) continue;
        best[known] = o;
        terms += known == terms;
    }
    for (uint32_t i = 1; i < terms; i++) /* few, and nearly in order */
        for (uint32_t k = i; k > 0 && best[k].from < best[k - 1].from; k--) {
            cs_occurrence swapped = best[k];
            best[k] = best[k - 1];
            best[k - 1] = swapped;
        }
    for (uint32_t i = 0; i < terms; i++)
        if (!keep(s, atom, t, best[i])) return false;
    return true;
}

bool scan_settle(cs_scanner *s, uint32_t atom, const cs_turn_scan *t) {
    const cs_node *node = s->syntax->atoms[atom];
    cs_occurrence best = {0};
    bool has_best = false;
    uint32_t count, excuse_count;
    if (!order_matches(s, atom, t, &count, &excuse_count)) return false;
    if (node->operator== OPERATOR_PLAIN) return settle_terms(s, atom, t, count, excuse_count);
    if (node->quorum > 1 && count > excuse_count) return settle_quorum(s, atom, t, count, excuse_count);
    for (uint32_t i = excuse_count; i < count; i++) {
        cs_occurrence o = occurrence_of(s, node, t, &s->matches[s->order[i]], excuse_count);
        if (!has_best || is_better(&o, &best)) best = o;
        has_best = true;
        if ((o.why == CS_WHY_NONE && !o.is_possible) || is_wrong_side(node, t)) break; /* nothing behind it is better */
    }
    return !has_best || keep(s, atom, t, best);
}
