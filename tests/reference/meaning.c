/* Where a condition stands and what it is worth, as far as a place. */
#include "meaning.h"

#include <stdlib.h>
#include <string.h>

bool ref_has_places(const cs_node *node) {
    switch (node->kind) {
    case NODE_ATOM:
    case NODE_NTH:
    case NODE_ORDER:
    case NODE_REPLY: return true;
    case NODE_OR: return ref_has_places(node->left) && ref_has_places(node->right);
    case NODE_WINDOW: return ref_has_places(node->left);
    default: return false;
    }
}

static void put(ref_found *found, ref_occurrence o) {
    if (found->count == REF_MOST) abort(); /* random timelines are short */
    found->items[found->count++] = o;
}

static void put_possible(ref_found *found, ref_occurrence o, cs_reason reason) {
    if (!o.is_possible) o.is_possible = true, o.reason = reason;
    put(found, o);
}

/* ---- places ---- */

/* Of several terms in a turn one, a sure one before a possible one. */
static void join_terms(ref_found *out) {
    ref_occurrence *last = &out->items[out->count - 1], *before = last - 1;
    if (last->turn != before->turn) return;
    if (before->is_possible && !last->is_possible) *before = *last;
    out->count--;
}

static void find_atom(const ref_view *v, const cs_node *node, const ref_scope *s, ref_found *out) {
    const ref_list *all = &v->world->atoms[node->atom];
    cs_reason reason;
    *out = (ref_found){.is_closed = s->is_closed && !s->is_unsettled,
                       .is_moot = s->is_moot,
                       .closes = ref_later(s->closes, s->settles),
                       .settles = s->settles,
                       .moot_before = s->moot_before,
                       .is_unsettled = s->is_unsettled,
                       .is_unknown = s->is_unknown,
                       .reason = s->reason};
    if (ref_is_unknown(v->world, node, &reason)) {
        out->is_unknown = true;
        out->reason = reason;
        return;
    }
    for (uint32_t i = 0; i < all->count && !s->is_unsettled; i++) {
        const ref_occurrence *o = &all->items[i];
        if (!ref_is_reached(v, o->at) || ref_compare(o->at, s->lo) < 0 || ref_compare(o->at, s->hi) >= 0) continue;
        if (o->window_ms != CS_NO_TIME && (o->window_ms < s->lo_ms || o->window_ms > s->hi_ms)) continue;
        if (node->operator== OPERATOR_PLAIN && v->anchor->group >= CS_FIRST_TERM && o->group != v->anchor->group)
            continue;
        bool is_early = ref_compare(o->at, s->doubt_until) < 0, is_late = ref_compare(o->at, s->doubt_from) >= 0;
        if (s->is_unknown)
            put_possible(out, *o, s->reason);
        else if (is_early || is_late)
            put_possible(out, *o, is_early ? s->reason_until : s->reason_from);
        else
            put(out, *o);
        if (node->operator== OPERATOR_PLAIN && out->count> 1) join_terms(out);
    }
}

/* Words occur once a turn, at their first match that counts, a sure one before a possible one; others each for itself. */
static void find_or(const ref_view *v, const cs_node *node, ref_scope s, ref_found *out) {
    ref_found a, b;
    ref_find(v, node->left, s, &a);
    ref_find(v, node->right, s, &b);
    *out = (ref_found){.is_closed = a.is_closed && b.is_closed,
                       .is_moot = a.is_moot && b.is_moot,
                       .closes = ref_later(a.closes, b.closes),
                       .settles = ref_later(a.settles, b.settles),
                       .moot_before = ref_earlier(a.moot_before, b.moot_before),
                       .is_unsettled = a.is_unsettled || b.is_unsettled,
                       .is_unknown = a.is_unknown || b.is_unknown,
                       .reason = a.is_unknown ? a.reason : b.reason};
    if (out->is_unsettled) return;
    for (uint32_t i = 0; i < a.count + b.count; i++) {
        const ref_occurrence *o = i < a.count ? &a.items[i] : &b.items[i - a.count];
        uint32_t same = 0;
        for (; same < out->count; same++) {
            const ref_occurrence *other = &out->items[same];
            bool are_two = o->demand && other->demand && o->demand != other->demand; /* demands */
            if (o->is_words && other->is_words && other->turn == o->turn && !are_two) break;
            if (ref_compare(o->at, other->at) == 0) break; /* both parts mean this one */
        }
        if (same < out->count) {
            ref_occurrence *other = &out->items[same];
            bool is_better =
                o->is_possible == other->is_possible ? ref_compare(o->at, other->at) < 0 : other->is_possible;
            if (!is_better) continue;
            memmove(other, other + 1, (out->count - same - 1) * sizeof *other);
            out->count--;
        }
        put(out, *o);
        for (uint32_t k = out->count - 1; k > 0 && ref_compare(out->items[k - 1].at, out->items[k].at) > 0; k--) {
            ref_occurrence swap = out->items[k];
            out->items[k] = out->items[k - 1];
            out->items[k - 1] = swap;
        }
    }
}

/* Any that may have n - 1 before it: between the sure ones before it and all before it. */
static void find_nth(const ref_view *v, const cs_node *node, ref_scope s, ref_found *out) {
    ref_found all;
    ref_find(v, node->left, s, &all);
    *out = all;
    out->count = 0;
    uint32_t sure = 0, n = node->number;
    const ref_occurrence *doubtful = NULL;
    for (uint32_t i = 0; i < all.count; i++) {
        if (!doubtful && all.items[i].is_possible) doubtful = &all.items[i];
        if (sure <= n - 1 && n - 1 <= i) {
            if (sure == i && !all.items[i].is_possible)
                put(out, all.items[i]);
            else
                put_possible(out, all.items[i], doubtful ? doubtful->reason : all.items[i].reason);
        }
        sure += !all.items[i].is_possible;
    }
}

/* The last of the row that is earliest in every part: NULL: there is no row. */
static const ref_occurrence *row(const ref_found *parts, uint32_t count, bool with_possible, cs_reason *reason) {
    const ref_occurrence *last = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const ref_occurrence *next = NULL;
        for (uint32_t k = 0; k < parts[i].count && !next; k++) {
            const ref_occurrence *o = &parts[i].items[k];
            if ((!o->is_possible || with_possible) && (!last || ref_compare(o->at, last->at) > 0)) next = o;
        }
        if (!next) return NULL;
        if (next->is_possible) *reason = next->reason;
        last = next;
    }
    return last;
}

/* Where a row ends for sure, and before it where one may end. */
static void find_order(const ref_view *v, const cs_node *node, ref_scope s, ref_found *out) {
    ref_found *own = malloc(node->part_count * sizeof *own);
    if (!own) abort();
    *out = (ref_found){.is_closed = true, .closes = REF_END, .settles = REF_BEGIN, .moot_before = REF_BEGIN};
    for (uint32_t i = 0; i < node->part_count; i++) {
        ref_find(v, node->parts[i], s, &own[i]);
        out->is_closed = out->is_closed && own[i].is_closed;
        out->is_unsettled = out->is_unsettled || own[i].is_unsettled;
        out->is_moot = out->is_moot || own[i].is_moot;
        if (own[i].is_unknown) out->is_unknown = true, out->reason = own[i].reason;
    }
    cs_reason reason = CS_REASON_LOW_CONFIDENCE;
    const ref_occurrence *perhaps = row(own, node->part_count, true, &reason);
    const ref_occurrence *sure = row(own, node->part_count, false, &reason);
    if (perhaps && (!sure || ref_compare(perhaps->at, sure->at) < 0)) {
        put_possible(out, *perhaps, reason);
        out->items[0].reason = reason;
    }
    if (sure) put(out, *sure);
    free(own);
}

/* In the speaking turn that follows one with the mark. */
static void find_reply(const ref_view *v, const cs_node *node, ref_scope s, ref_found *out) {
    const ref_world *w = v->world;
    ref_found all, marks;
    ref_find(v, node->left, s, &all);
    ref_find(v, node->mark, ref_whole(v), &marks);
    *out = all;
    out->count = 0;
    if (marks.is_unsettled) out->is_unsettled = true, out->is_closed = false;
    for (uint32_t i = 0; i < all.count && !out->is_unsettled; i++) {
        const ref_occurrence *o = &all.items[i], *mark = NULL;
        const ref_run *before = NULL;
        if (o->turn == CS_NO_TURN || ref_role(w, o->turn) == CS_ROLE_SYSTEM) continue;
        for (uint32_t r = 1; r < w->run_count; r++)
            if (w->runs[r].first <= o->turn && o->turn <= w->runs[r].last) before = &w->runs[r - 1];
        for (uint32_t k = 0; before && k < marks.count; k++) {
            const ref_occurrence *m = &marks.items[k];
            if (m->turn < before->first || m->turn > before->last || ref_compare(m->at, o->at) >= 0) continue;
            if (!mark || (mark->is_possible && !m->is_possible)) mark = m;
        }
        if (mark && !mark->is_possible)
            put(out, *o);
        else if (mark)
            put_possible(out, *o, mark->reason);
        else if (before && marks.is_unknown)
            put_possible(out, *o, marks.reason);
    }
}

void ref_find(const ref_view *v, const cs_node *node, ref_scope s, ref_found *out) {
    switch (node->kind) {
    case NODE_WINDOW: ref_find(v, node->left, ref_narrow(v, node, s), out); break;
    case NODE_OR: find_or(v, node, s, out); break;
    case NODE_NTH: find_nth(v, node, s, out); break;
    case NODE_ORDER: find_order(v, node, s, out); break;
    case NODE_REPLY: find_reply(v, node, s, out); break;
    default: find_atom(v, node, &s, out); break;
    }
}

/* ---- values ---- */

static ref_outcome is(bool value) {
    return (ref_outcome){.value = value ? REF_TRUE : REF_FALSE, .units = 1};
}
static ref_outcome unknown(cs_reason reason) {
    return (ref_outcome){.value = REF_UNKNOWN, .reason = reason, .units = 1};
}
static const ref_outcome pending = {.value = REF_PENDING};

static ref_outcome presence(const ref_found *found) {
    for (uint32_t i = 0; i < found->count; i++)
        if (!found->items[i].is_possible) return is(true);
    if (!found->is_closed) return pending;
    if (found->is_unknown) return unknown(found->reason);
    if (found->count) return unknown(found->items[0].reason);
    ref_outcome none = is(false);
    none.is_moot = found->is_moot || ref_compare(found->closes, found->moot_before) < 0; /* it came too late for that */
    return none;
}

/* More may come while the window is open, and each possible one may be one: decided when all of that changes nothing. */
static ref_outcome count_value(const cs_node *node, const ref_found *found) {
    uint32_t sure = 0;
    const ref_occurrence *first = NULL;
    for (uint32_t i = 0; i < found->count; i++) {
        sure += !found->items[i].is_possible;
        if (found->items[i].is_possible && !first) first = &found->items[i];
    }
    bool is_low = ref_compares(node->compare, sure, node->number), is_same = true;
    if (sure > 0) {
        for (uint32_t n = sure; n <= sure + node->number + 1; n++)
            is_same = is_same && ref_compares(node->compare, n, node->number) == is_low;
        if (is_same) return is(is_low);
    }
    if (!found->is_closed) return pending;
    if (found->is_unknown) return unknown(found->reason);
    for (uint32_t n = sure; n <= found->count; n++)
        if (ref_compares(node->compare, n, node->number) != is_low) return unknown(first->reason);
    return is(is_low);
}

static ref_outcome join(ref_outcome a, ref_outcome b, ref_truth deciding) {
    if (a.value == deciding) {
        a.is_moot = a.is_moot && (b.value != deciding || b.is_moot);
        return a;
    }
    if (b.value == deciding) return b;
    if (a.value == REF_PENDING || b.value == REF_PENDING) return pending;
    if (a.value == REF_UNKNOWN) return a;
    if (b.value == REF_UNKNOWN) return b;
    a.is_moot = a.is_moot && b.is_moot;
    return a;
}

/* ---- steps ---- */

static const ref_occurrence *first_of(const ref_found *found) {
    for (uint32_t i = 0; i < found->count; i++)
        if (!found->items[i].is_possible) return &found->items[i];
    return found->count ? &found->items[0] : NULL;
}

static ref_outcome steps_value(const ref_view *v, const cs_node *node, ref_scope s) {
    ref_occurrence taken[CS_MAX_STEPS], perhaps[CS_MAX_STEPS];
    bool is_perhaps[CS_MAX_STEPS], is_taken[CS_MAX_STEPS], is_unknown = s.is_unknown, is_complete = true;
    cs_reason reason = s.reason;
    uint32_t lacking = 0;
    for (uint32_t i = 0; i < node->step_count; i++) {
        ref_found found;
        ref_find(v, node->steps[i].what, s, &found);
        const ref_occurrence *o = first_of(&found);
        is_taken[i] = o != NULL;
        if (o) taken[i] = *o;
        is_perhaps[i] = found.count && found.items[0].is_possible;
        if (is_perhaps[i]) perhaps[i] = found.items[0];
        if (found.is_unknown) is_unknown = true, reason = found.reason;
        if (found.is_unsettled) return pending;
        if (o && o->is_possible) is_unknown = true, reason = o->reason;
    }
    for (uint32_t i = 0; i < node->step_count; i++) {
        bool is_reachable =
            i == 0 || (is_taken[i - 1] && (!is_taken[i] || ref_compare(taken[i - 1].at, taken[i].at) < 0));
        bool is_due = is_reachable;
        if (!is_reachable && is_taken[i] && is_taken[i - 1] && is_perhaps[i - 1] &&
            ref_compare(perhaps[i - 1].at, taken[i].at) < 0) { /* the step before may have been taken in time */
            is_unknown = true, reason = perhaps[i - 1].reason;
            is_complete = false;
            continue;
        }
        if (is_reachable && node->steps[i].condition) { /* what makes it due must come before it */
            ref_scope before = is_taken[i] ? ref_closed_at(s, taken[i].at, false) : s;
            ref_outcome condition = ref_value(v, node->steps[i].condition, before);
            if (condition.value == REF_PENDING) return pending;
            if (condition.value == REF_UNKNOWN) is_unknown = true, reason = condition.reason;
            is_due = condition.value != REF_FALSE;
        }
        lacking += is_taken[i] ? !is_due : is_due;
        is_complete = is_complete && is_taken[i] && is_due;
    }
    if (is_complete && !is_unknown) return (ref_outcome){.value = REF_TRUE};
    if (!s.is_closed || s.is_unsettled) return pending;
    if (is_unknown) return unknown(reason);
    return (ref_outcome){.value = lacking ? REF_FALSE : REF_TRUE, .reason = CS_REASON_STEP, .units = lacking};
}

ref_outcome ref_value(const ref_view *v, const cs_node *node, ref_scope s) {
    ref_found found;
    ref_outcome a;
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
        a = ref_value(v, node->left, s);
        return join(a, ref_value(v, node->right, s), node->kind == NODE_AND ? REF_FALSE : REF_TRUE);
    case NODE_NOT:
        a = ref_value(v, node->left, s);
        if (a.value == REF_TRUE || a.value == REF_FALSE) a.value = a.value == REF_TRUE ? REF_FALSE : REF_TRUE;
        a.is_moot = false;
        return a;
    case NODE_COUNT: ref_find(v, node->left, s, &found); return count_value(node, &found);
    case NODE_WINDOW: return ref_value(v, node->left, ref_narrow(v, node, s));
    case NODE_STEPS: return steps_value(v, node, s);
    case NODE_MEASURE: return ref_measure(v, node);
    default: ref_find(v, node, s, &found); return presence(&found);
    }
}

uint32_t ref_proof(const ref_view *v, const cs_node *node, ref_scope s, ref_occurrence *out, uint32_t room) {
    ref_found found;
    uint32_t n = 0;
    if (!room || node->kind == NODE_NOT || node->kind == NODE_MEASURE || node->kind == NODE_STEPS) return 0;
    if (node->kind == NODE_WINDOW) return ref_proof(v, node->left, ref_narrow(v, node, s), out, room);
    if (node->kind == NODE_OR && ref_has_places(node)) { /* the first place of those parts that are true */
        ref_occurrence own;
        for (int i = 0; i < 2; i++) {
            const cs_node *part = i ? node->right : node->left;
            if (ref_value(v, part, s).value != REF_TRUE || !ref_proof(v, part, s, &own, 1)) continue;
            if (!n || ref_compare(own.at, out[0].at) < 0) out[0] = own;
            n = 1;
        }
        return n;
    }
    if (node->kind == NODE_COUNT || ref_has_places(node)) {
        ref_find(v, node->kind == NODE_COUNT ? node->left : node, s, &found);
        for (uint32_t i = 0; i < found.count && n < (node->kind == NODE_COUNT ? room : 1); i++)
            if (!found.items[i].is_possible) out[n++] = found.items[i];
        return n;
    }
    const cs_node *parts[] = {node->left, node->right};
    for (int i = 0; i < 2; i++)
        if (ref_value(v, parts[i], s).value == REF_TRUE) n += ref_proof(v, parts[i], s, out + n, room - n);
    return n;
}
