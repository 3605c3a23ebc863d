/* nth, in order, in reply to: places that follow from other places. */
#include "rules/expression.h"
#include "rules/sabotage.h"

static const cs_occurrence *possible_copy(cs_context *context, const cs_occurrence *o, cs_reason reason) {
    if (o->is_possible) return o;
    cs_occurrence *copy = arena_alloc(context->arena, sizeof *copy);
    if (!copy) {
        context->is_out_of_memory = true;
        return o;
    }
    *copy = *o;
    copy->is_possible = true;
    copy->reason = reason;
    return copy;
}

static bool give_room(cs_context *context, cs_found *found, uint32_t most) {
    found->items = arena_array(context->arena, most + 1, sizeof *found->items);
    found->count = 0;
    if (!found->items) context->is_out_of_memory = true;
    return found->items != NULL;
}

/* By position. Where a possible one stands among the first n, each from there to the n-th sure one may be the n-th. */
cs_found nth_find(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor) {
    cs_found all = expression_find(context, node->left, scope, anchor), found = all;
    uint32_t sure = 0, n = node->number + sabotage_breaks("nth");
    if (!give_room(context, &found, all.count)) return all;
    for (uint32_t i = 0; i < all.count && sure < n; i++) {
        sure += !all.items[i]->is_possible;
        if (i + 1 < n) continue;
        bool is_certain = sure == i + 1; /* no possible one up to here */
        const cs_occurrence *first = all.items[i];
        for (uint32_t k = 0; k <= i && !is_certain; k++)
            if (all.items[k]->is_possible) first = all.items[k], k = i;
        found.items[found.count++] = is_certain ? all.items[i] : possible_copy(context, all.items[i], first->reason);
    }
    return found;
}

/* The first item behind `after` that is sure, or with_possible any. */
static const cs_occurrence *next_behind(const cs_found *found, const cs_occurrence *after, bool with_possible) {
    for (uint32_t i = 0; i < found->count; i++) {
        if (found->items[i]->is_possible && !with_possible) continue;
        if (!after || moment_compare(found->items[i]->moment, after->moment) > 0) return found->items[i];
    }
    return NULL;
}

/* The last of the earliest strictly increasing row; NULL: none. */
static const cs_occurrence *row_of(const cs_found parts[], uint32_t count, bool with_possible, cs_reason *doubt) {
    const cs_occurrence *last = NULL;
    for (uint32_t i = 0; i < count; i++) {
        last = next_behind(&parts[i], last, with_possible);
        if (!last) return NULL;
        if (last->is_possible) *doubt = last->reason;
    }
    return last;
}

cs_found order_find(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor) {
    cs_found parts[CS_MAX_PARTS],
        found = {.floor = CS_MOMENT_BEGIN, .closed_at = CS_MOMENT_BEGIN, .moot_before = CS_MOMENT_BEGIN};
    for (uint32_t i = 0; i < node->part_count; i++) {
        parts[i] = expression_find(context, node->parts[i], scope, anchor);
        found.floor = moment_later(found.floor, parts[i].floor);
        found.closed_at = moment_later(found.closed_at, parts[i].closed_at);
        found.is_open |= parts[i].is_open;
        found.is_unsettled |= parts[i].is_unsettled;
        found.is_moot |= parts[i].is_moot; /* without one of them there is no row */
        if (parts[i].is_unknown) found.is_unknown = true, found.reason = parts[i].reason;
    }
    cs_reason doubt = CS_REASON_LOW_CONFIDENCE;
    if (!give_room(context, &found, 2)) return found;
    /* Where one ends for sure, and before it where one may end: what is known early stays when more comes. */
    const cs_occurrence *perhaps = row_of(parts, node->part_count, true, &doubt);
    const cs_occurrence *row = row_of(parts, node->part_count, false, &doubt);
    if (perhaps && (!row || moment_compare(perhaps->moment, row->moment) < 0))
        found.items[found.count++] = possible_copy(context, perhaps, doubt);
    if (row) found.items[found.count++] = row;
    if (sabotage_breaks("order")) found.count = 0;
    return found;
}

/* The speaking turn before the one that the turn is in; NULL: none. */
static const cs_run *run_before(const cs_timeline *t, uint32_t turn) {
    uint32_t low = 0, high = t->run_count;
    if (turn >= t->turn_count || timeline_role(t, turn) == CS_ROLE_SYSTEM) return NULL;
    while (low < high) { /* the first run that begins behind the turn */
        uint32_t middle = low + (high - low) / 2;
        if (t->runs[middle].first > turn)
            high = middle;
        else
            low = middle + 1;
    }
    return low >= 2 ? &t->runs[low - 2] : NULL;
}

/* A sure mark in the turns of the run and before the reply, else a possible one; NULL: none. */
static const cs_occurrence *mark_in(const cs_found *marks, const cs_run *run, cs_moment reply) {
    const cs_occurrence *possible = NULL;
    for (uint32_t i = 0; i < marks->count; i++) {
        const cs_occurrence *o = marks->items[i];
        if (o->turn < run->first || o->turn > run->last || moment_compare(o->moment, reply) >= 0) continue;
        if (!o->is_possible) return o;
        if (!possible) possible = o;
    }
    return possible;
}

cs_found reply_find(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor) {
    cs_found all = expression_find(context, node->left, scope, anchor), found = all;
    cs_found marks = expression_find(context, node->mark, scope_whole(context), anchor);
    if (!give_room(context, &found, all.count) || sabotage_breaks("reply")) return all;
    found.floor = moment_later(found.floor, marks.floor);
    found.is_unsettled |= marks.is_unsettled;
    found.is_open |= marks.is_unsettled;
    for (uint32_t i = 0; i < all.count && !found.is_unsettled; i++) {
        const cs_run *run = run_before(context->timeline, all.items[i]->turn);
        const cs_occurrence *mark = run ? mark_in(&marks, run, all.items[i]->moment) : NULL;
        if (mark)
            found.items[found.count++] =
                mark->is_possible ? possible_copy(context, all.items[i], mark->reason) : all.items[i];
        else if (run && marks.is_unknown)
            found.items[found.count++] = possible_copy(context, all.items[i], marks.reason);
    }
    return found;
}
