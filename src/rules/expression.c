#include "rules/expression.h"

#include "rules/feed.h"
#include "rules/sabotage.h"

bool node_has_occurrences(const cs_node *node) {
    if (node->kind == NODE_ATOM || node->kind == NODE_NTH || node->kind == NODE_ORDER || node->kind == NODE_REPLY)
        return true;
    if (node->kind == NODE_OR) return node_has_occurrences(node->left) && node_has_occurrences(node->right);
    return node->kind == NODE_WINDOW && node_has_occurrences(node->left);
}

/* ---- conditions that have places ---- */

/* The occurrence, or a possible copy of it where the window's bound itself is in doubt. */
static const cs_occurrence *doubted(cs_context *context, const cs_occurrence *o, const cs_scope *scope) {
    bool is_early = moment_compare(o->moment, scope->doubt_until) < 0;
    bool is_between = is_early || moment_compare(o->moment, scope->doubt_from) >= 0;
    if (o->is_possible || (!is_between && !scope->is_unknown)) return o;
    cs_occurrence *copy = arena_alloc(context->arena, sizeof *copy);
    if (!copy) {
        context->is_out_of_memory = true;
        return o;
    }
    *copy = *o;
    copy->is_possible = true;
    copy->reason = scope->is_unknown ? scope->reason : is_early ? scope->reason_until : scope->reason_from;
    return copy;
}

/* Index of the first occurrence at or behind the moment: they are in order. */
static uint32_t first_at(const cs_occurrences *all, cs_moment moment) {
    uint32_t low = 0, high = all->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (moment_compare(all->items[middle].moment, moment) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* `plain` means the plain form of the term that opened the obligation. */
static bool is_of_term(const cs_node *node, const cs_occurrence *o, const cs_anchor *anchor) {
    return node->operator!= OPERATOR_PLAIN || anchor->group<CS_FIRST_TERM || o->group == anchor->group;
}

/* Where the search may end: behind the first sure one, if that is enough, and where the window has run out. */
static uint32_t search_end(const cs_occurrences *all, const cs_node *node, const cs_scope *scope,
                           const cs_anchor *anchor, uint32_t from, uint32_t to, bool is_first_enough) {
    for (uint32_t i = from; i < to; i++) {
        const cs_occurrence *o = &all->items[i];
        if (o->moment.at_ms > scope->hi_ms) return i;
        if (!is_first_enough || o->why != CS_WHY_NONE || o->is_possible || scope->is_unknown) continue;
        bool is_doubted =
            moment_compare(o->moment, scope->doubt_until) < 0 || moment_compare(o->moment, scope->doubt_from) >= 0;
        if (!is_doubted && scope_holds(scope, o) && is_of_term(node, o, anchor)) return i + 1;
    }
    return to;
}

static cs_found find_atom(cs_context *context, const cs_node *node, const cs_scope *scope, const cs_anchor *anchor,
                          bool is_first_enough) {
    cs_found found = {.floor = scope->floor,
                      .is_open = scope->is_open || scope->is_unsettled,
                      .is_unsettled = scope->is_unsettled,
                      .is_moot = scope->is_moot,
                      .moot_before = scope->moot_before,
                      .is_unknown = scope->is_unknown,
                      .reason = scope->reason,
                      .closed_at = scope->closed_at};
    cs_reason reason = CS_REASON_WAITING;
    bool may_be_unknown = node->operator>= OPERATOR_FACT || context->timeline->head->is_wordless;
    if (may_be_unknown && feed_is_unknown(context->timeline, context->syntax, node, &reason)) {
        found.is_unknown = true;
        found.reason = reason;
        return found;
    }
    const cs_occurrences *all = table_of(context->table, node->atom);
    if (all->count == 0 || scope->is_unsettled) return found;
    uint32_t from = first_at(all, scope->lo), to = first_at(all, scope->hi);
    if (from < to) to = search_end(all, node, scope, anchor, from, to, is_first_enough);
    if (from >= to) return found;
    bool is_broken = sabotage_breaks(vocabulary_operator(node->operator)->word);
    found.items = arena_array(context->arena, to - from, sizeof *found.items);
    if (!found.items) {
        context->is_out_of_memory = true;
        return found;
    }
    for (uint32_t i = from; i < to; i++) {
        const cs_occurrence *o = &all->items[i];
        if (is_broken && i % 2 == 0) continue;
        if (o->why != CS_WHY_NONE || !scope_holds(scope, o) || !is_of_term(node, o, anchor)) continue;
        const cs_occurrence *last = found.count ? found.items[found.count - 1] : NULL;
        o = doubted(context, o, scope);
        if (node->operator!= OPERATOR_PLAIN || !last || last->turn != o->turn)
            found.items[found.count++] = o;
        else if (last->is_possible && !o->is_possible) /* of several terms in a turn one, a sure one */
            found.items[found.count - 1] = o;
    }
    return found;
}

/* Stands in a turn: not a voice, not an event, not a deadline. */
static bool is_words(const cs_occurrence *o) {
    return o->moment.at_ms >= 0 && o->moment.turn < CS_VOICE_TURN && o->moment.offset < UINT32_MAX - 2 * CS_MAX_EVENTS;
}

/* Words occur once a turn; but two demands raised in one turn are two. */
static bool is_one_turn(const cs_occurrence *a, const cs_occurrence *b) {
    bool are_demands = a->demand && b->demand && a->demand != b->demand;
    return is_words(a) && is_words(b) && a->moment.turn == b->moment.turn && !are_demands;
}

static cs_found merge(cs_context *context, cs_found a, cs_found b) {
    cs_found both = {.floor = moment_later(a.floor, b.floor),
                     .is_open = a.is_open || b.is_open,
                     .is_moot = a.is_moot && b.is_moot,
                     .moot_before = a.is_moot   ? b.moot_before
                                    : b.is_moot ? a.moot_before
                                                : moment_earlier(a.moot_before, b.moot_before),
                     .is_unknown = a.is_unknown || b.is_unknown,
                     .reason = a.is_unknown ? a.reason : b.reason,
                     .is_unsettled = a.is_unsettled || b.is_unsettled,
                     .closed_at = moment_later(a.closed_at, b.closed_at)};
    if (sabotage_breaks("or")) b.count = 0;
    if (a.count + b.count == 0 || both.is_unsettled) return both; /* what stands first is not known yet */
    both.items = arena_array(context->arena, a.count + b.count, sizeof *both.items);
    if (!both.items) {
        context->is_out_of_memory = true;
        return both;
    }
    for (uint32_t i = 0, j = 0; i < a.count || j < b.count;) {
        bool is_left = j == b.count || (i < a.count && moment_compare(a.items[i]->moment, b.items[j]->moment) <= 0);
        const cs_occurrence *next = is_left ? a.items[i++] : b.items[j++];
        const cs_occurrence *last = both.count ? both.items[both.count - 1] : NULL;
        bool is_same = last && moment_compare(last->moment, next->moment) == 0; /* both parts mean this one */
        if (is_same || (last && is_one_turn(last, next))) { /* a sure one stands for a possible one */
            if (last->is_possible && !next->is_possible) both.items[both.count - 1] = next;
        } else {
            both.items[both.count++] = next;
        }
    }
    return both;
}

cs_found expression_find(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor) {
    if (node->kind == NODE_WINDOW)
        return expression_find(context, node->left, scope_narrow(context, node, scope, anchor), anchor);
    if (node->kind == NODE_OR) {
        cs_found left = expression_find(context, node->left, scope, anchor);
        return merge(context, left, expression_find(context, node->right, scope, anchor));
    }
    if (node->kind == NODE_NTH) return nth_find(context, node, scope, anchor);
    if (node->kind == NODE_ORDER) return order_find(context, node, scope, anchor);
    if (node->kind == NODE_REPLY) return reply_find(context, node, scope, anchor);
    return find_atom(context, node, &scope, anchor, false);
}

/* ---- values ---- */

static const cs_outcome pending = {.value = VALUE_PENDING};

static cs_outcome decide(cs_value value, cs_moment at) {
    return (cs_outcome){.value = value, .decided = at, .units = 1};
}

static cs_outcome undecided(cs_reason reason, cs_moment at) {
    return (cs_outcome){.value = VALUE_UNKNOWN, .decided = at, .reason = reason, .units = 1};
}

static cs_outcome presence(const cs_found *found) {
    for (uint32_t i = 0; i < found->count; i++)
        if (!found->items[i]->is_possible)
            return decide(VALUE_TRUE, moment_later(found->items[i]->moment, found->floor));
    if (found->is_open) return pending;
    cs_moment at = moment_later(found->closed_at, found->floor);
    if (found->is_unknown) return undecided(found->reason, at);
    if (found->count) return undecided(found->items[0]->reason, at);
    cs_outcome none = decide(VALUE_FALSE, at);
    none.is_moot = found->is_moot || moment_compare(at, found->moot_before) < 0;
    return none;
}

/* Whether n compares so with number. */
static bool compares(cs_compare compare, uint32_t n, uint32_t number) {
    switch (compare) {
    case COMPARE_EQ: return n == number;
    case COMPARE_NE: return n != number;
    case COMPARE_LT: return n < number;
    case COMPARE_LE: return n <= number;
    case COMPARE_GT: return n > number;
    case COMPARE_GE: return n >= number;
    }
    return false;
}

/* The comparison can't change any more once the sure ones alone are beyond this. */
static uint32_t saturation(cs_compare compare, uint32_t number) {
    return compare == COMPARE_GE || compare == COMPARE_LT ? number : number + 1;
}

static cs_outcome count_value(const cs_node *node, const cs_found *found) {
    uint32_t sure = 0, most = saturation(node->compare, node->number);
    for (uint32_t i = 0; i < found->count; i++) {
        sure += !found->items[i]->is_possible;
        if (sure == most && most > 0 && !found->items[i]->is_possible)
            return decide(compares(node->compare, sure, node->number) ? VALUE_TRUE : VALUE_FALSE,
                          moment_later(found->items[i]->moment, found->floor));
    }
    if (found->is_open) return pending;
    cs_moment at = moment_later(found->closed_at, found->floor);
    if (found->is_unknown) return undecided(found->reason, at);
    bool low = compares(node->compare, sure, node->number);
    for (uint32_t n = sure + 1; n <= found->count; n++) {
        if (compares(node->compare, n, node->number) == low) continue;
        for (uint32_t i = 0; i < found->count; i++)
            if (found->items[i]->is_possible) return undecided(found->items[i]->reason, at);
    }
    return decide(low ? VALUE_TRUE : VALUE_FALSE, at);
}

static cs_outcome negate(cs_outcome o) {
    if (o.value == VALUE_TRUE)
        o.value = VALUE_FALSE;
    else if (o.value == VALUE_FALSE)
        o.value = VALUE_TRUE;
    o.is_moot = false;
    return o;
}

/* False decides `and`, true decides `or`, at once; else pending outranks unknown. */
static cs_outcome join(cs_outcome a, cs_outcome b, cs_value deciding) {
    if (a.value == deciding && b.value == deciding) {
        int order = moment_compare(a.decided, b.decided);
        if (order == 0) a.is_moot = a.is_moot && b.is_moot; /* which of them is written first is no reason */
        return order <= 0 ? a : b;
    }
    if (a.value == deciding) return a;
    if (b.value == deciding) return b;
    if (a.value == VALUE_PENDING || b.value == VALUE_PENDING) return pending;
    cs_moment at = moment_later(a.decided, b.decided);
    if (a.value == VALUE_UNKNOWN || b.value == VALUE_UNKNOWN)
        return undecided(a.value == VALUE_UNKNOWN ? a.reason : b.reason, at);
    cs_outcome both = a;
    both.decided = at;
    both.is_moot = a.is_moot && b.is_moot;
    return both;
}

cs_outcome expression_value(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor) {
    if (node->kind != NODE_OR && node->kind != NODE_WINDOW && node_has_occurrences(node)) {
        cs_found found = node->kind == NODE_ATOM ? find_atom(context, node, &scope, anchor, true)
                                                 : expression_find(context, node, scope, anchor);
        return presence(&found);
    }
    switch (node->kind) {
    case NODE_NOT:
        if (sabotage_breaks("not")) return expression_value(context, node->left, scope, anchor);
        return negate(expression_value(context, node->left, scope, anchor));
    case NODE_AND:
    case NODE_OR: {
        cs_outcome left = expression_value(context, node->left, scope, anchor);
        if (sabotage_breaks(node->kind == NODE_AND ? "and" : "or")) return left;
        return join(left, expression_value(context, node->right, scope, anchor),
                    node->kind == NODE_AND ? VALUE_FALSE : VALUE_TRUE);
    }
    case NODE_COUNT: {
        cs_found found = expression_find(context, node->left, scope, anchor);
        if (sabotage_breaks("count")) return negate(count_value(node, &found));
        return count_value(node, &found);
    }
    case NODE_WINDOW: return expression_value(context, node->left, scope_narrow(context, node, scope, anchor), anchor);
    case NODE_STEPS: {
        cs_step_state states[CS_MAX_STEPS];
        if (sabotage_breaks("steps")) return negate(steps_value(context, node, scope, anchor, states));
        return steps_value(context, node, scope, anchor, states);
    }
    case NODE_MEASURE:
        if (sabotage_breaks(vocabulary_operator(node->operator)->word)) return negate(measure_value(context, node));
        return measure_value(context, node);
    case NODE_ATOM:
    case NODE_NTH:
    case NODE_ORDER:
    case NODE_REPLY: break;
    }
    return pending;
}

uint32_t expression_proof(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor,
                          cs_moment until, const cs_occurrence **out, uint32_t most) {
    if (most == 0 || node->kind == NODE_NOT || node->kind == NODE_MEASURE) return 0; /* it has no place */
    if (node->kind == NODE_WINDOW)
        return expression_proof(context, node->left, scope_narrow(context, node, scope, anchor), anchor, until, out,
                                most);
    if ((node->kind != NODE_OR && node_has_occurrences(node)) || node->kind == NODE_COUNT) {
        bool is_count = node->kind == NODE_COUNT;
        cs_found found = node->kind == NODE_ATOM
                             ? find_atom(context, node, &scope, anchor, true)
                             : expression_find(context, is_count ? node->left : node, scope, anchor);
        uint32_t n = 0, wanted = is_count ? most : 1;
        for (uint32_t i = 0; i < found.count && n < wanted; i++)
            if (moment_compare(found.items[i]->moment, until) <= 0 && !found.items[i]->is_possible)
                out[n++] = found.items[i];
        return n;
    }
    if (node->kind == NODE_STEPS) return 0; /* steps show themselves */
    uint32_t n = 0;
    const cs_node *parts[] = {node->left, node->right};
    for (int i = 0; i < 2; i++) { /* of an `or` only the part that is true by then proves anything */
        cs_outcome part = expression_value(context, parts[i], scope, anchor);
        if (part.value != VALUE_TRUE || moment_compare(part.decided, until) > 0) continue;
        uint32_t more = expression_proof(context, parts[i], scope, anchor, until, out + n, most - n);
        bool is_one_place = node->kind == NODE_OR && node_has_occurrences(node); /* of these the first */
        if (is_one_place && n && more && moment_compare(out[n]->moment, out[0]->moment) < 0) out[0] = out[n];
        n = is_one_place && n ? 1 : n + more;
    }
    return n;
}
