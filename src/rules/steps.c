/* steps: each needs the step before it and its own `if`. Decided true with the last step, false when the window closes:
 * only then is known which steps were owed. */
#include "rules/expression.h"

/* First sure occurrence, else the first possible one. */
static const cs_occurrence *first_of(const cs_found *found) {
    for (uint32_t i = 0; i < found->count; i++)
        if (!found->items[i]->is_possible) return found->items[i];
    return found->count ? found->items[0] : NULL;
}

/* Whether the step was owed, and what a taken step lacked. */
static cs_outcome judge(cs_context *context, const cs_node *node, uint32_t i, cs_scope scope, const cs_anchor *anchor,
                        cs_step_state states[]) {
    const cs_step *step = &node->steps[i];
    cs_step_state *s = &states[i];
    const cs_occurrence *before = i ? states[i - 1].occurrence : NULL;
    cs_outcome sure = {.value = VALUE_TRUE};
    if (i > 0 && (!before || (s->occurrence && moment_compare(before->moment, s->occurrence->moment) >= 0))) {
        const cs_occurrence *perhaps = states[i - 1].perhaps; /* the step before may have been taken in time */
        if (s->occurrence && perhaps && moment_compare(perhaps->moment, s->occurrence->moment) < 0)
            return (cs_outcome){.value = VALUE_UNKNOWN, .reason = perhaps->reason};
        s->is_premature = s->occurrence != NULL;
        s->missing = node->steps[i - 1].name;
        return sure;
    }
    s->is_due = true;
    if (!step->condition) return sure;
    cs_scope until = scope;
    if (s->occurrence) { /* the reason for it must come before it */
        until.hi = moment_earlier(until.hi, s->occurrence->moment);
        until.is_open = false;
        until.closed_at = s->occurrence->moment;
    }
    cs_outcome condition = expression_value(context, step->condition, until, anchor);
    if (condition.value == VALUE_FALSE) {
        s->is_due = false;
        s->is_premature = s->occurrence != NULL;
        s->missing = "if";
    }
    return condition;
}

cs_outcome steps_value(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor,
                       cs_step_state states[]) {
    cs_outcome out = {.value = VALUE_TRUE, .decided = CS_MOMENT_BEGIN, .units = 0};
    bool is_unknown = scope.is_unknown;
    cs_reason reason = scope.reason;
    bool is_unsettled = scope.is_unsettled;
    cs_moment floor = scope.floor;
    for (uint32_t i = 0; i < node->step_count; i++) {
        cs_found found = expression_find(context, node->steps[i].what, scope, anchor);
        states[i] = (cs_step_state){.occurrence = first_of(&found)};
        if (found.is_unknown) is_unknown = true, reason = found.reason;
        if (found.count && found.items[0]->is_possible) states[i].perhaps = found.items[0];
        is_unsettled |= found.is_unsettled;
        floor = moment_later(floor, found.floor);
        if (states[i].occurrence && states[i].occurrence->is_possible) {
            states[i].is_possible = true;
            is_unknown = true;
            reason = states[i].occurrence->reason;
        }
    }
    bool is_complete = !is_unknown;
    for (uint32_t i = 0; i < node->step_count; i++) {
        cs_outcome owed = judge(context, node, i, scope, anchor, states);
        if (owed.value == VALUE_UNKNOWN) is_unknown = true, reason = owed.reason;
        if (owed.value == VALUE_PENDING) return owed;
        states[i].is_missing = states[i].is_due && !states[i].occurrence;
        out.units += states[i].is_missing || states[i].is_premature;
        is_complete = is_complete && states[i].occurrence && !states[i].is_premature && owed.value == VALUE_TRUE;
        if (states[i].occurrence) out.decided = moment_later(out.decided, states[i].occurrence->moment);
    }
    out.decided = moment_later(out.decided, floor);
    if (is_complete && !is_unsettled) return out;
    if (scope.is_open || is_unsettled) return (cs_outcome){.value = VALUE_PENDING};
    out.decided = moment_later(scope.closed_at, floor);
    if (is_unknown) {
        out.value = VALUE_UNKNOWN;
        out.reason = reason;
    } else if (out.units > 0) {
        out.value = VALUE_FALSE;
        out.reason = CS_REASON_STEP;
    }
    return out;
}
