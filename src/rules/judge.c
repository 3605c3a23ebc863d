#include "rules/judge.h"

/* ---- chances ---- */

typedef enum chance { CHANCE_NONE, CHANCE_PERHAPS, CHANCE_SURE } chance;

/* Whether one of the sides had a turn of its own in the window; perhaps, when somebody of undecided role had one. */
static chance chance_of(const cs_context *context, uint32_t sides, const cs_scope *scope, cs_moment decided) {
    const cs_timeline *t = context->timeline;
    chance found = CHANCE_NONE;
    for (uint32_t i = timeline_first_at(t, scope->lo); i < t->turn_count; i++) {
        if (moment_compare(timeline_moment(t, i, 1), scope->hi) >= 0) break; /* not one character of it is inside */
        if (moment_compare(timeline_moment(t, i, 1), decided) > 0) break; /* what comes later changes no verdict */
        if (t->is_timed && (t->turns[i]->start_ms < scope->lo_ms || t->turns[i]->start_ms > scope->hi_ms)) continue;
        cs_role speaker = timeline_role(t, i);
        if (sides >> speaker & 1) return CHANCE_SURE;
        if (speaker == CS_ROLE_UNDECIDED) found = CHANCE_PERHAPS;
    }
    return found;
}

static bool has_hung_up(const cs_context *context, uint32_t sides) {
    for (int role = 0; role < CS_ROLE_COUNT; role++)
        if (sides >> role & 1 && timeline_who_hung_up(context->timeline, (cs_role)role) != CS_NO_PARTICIPANT)
            return true;
    return false;
}

/* ---- waivers ---- */

cs_scope judge_until(cs_scope scope, cs_moment moment) {
    cs_moment behind = moment;
    if (behind.offset < UINT32_MAX) behind.offset++;
    scope.hi = moment_earlier(scope.hi, behind);
    scope.is_open = false;
    scope.closed_at = moment;
    scope.closed_by = "until";
    return scope;
}

/* A waiver closes the window: what is not met by then is not owed. It is asked about only as far as the decision reaches,
 * so that nothing later can change a verdict. true: the obligation ended waived. */
static bool apply_waiver(cs_context *context, cs_case *c) {
    if (!c->body->waiver) return false;
    bool is_decided = c->outcome.value != VALUE_PENDING;
    cs_scope asked = is_decided ? judge_until(c->base, c->outcome.decided) : c->base;
    cs_outcome waiver = expression_value(context, c->body->waiver, asked, &c->anchor);
    bool is_before = is_decided && moment_compare(waiver.decided, c->outcome.decided) <= 0;
    if (waiver.value == VALUE_UNKNOWN && c->outcome.value == VALUE_FALSE && is_before) {
        c->outcome.value = VALUE_UNKNOWN;
        c->outcome.reason = waiver.reason;
    }
    if (waiver.value != VALUE_TRUE || (is_decided && moment_compare(c->outcome.decided, waiver.decided) <= 0))
        return false;
    cs_scope closed = judge_until(c->base, waiver.decided);
    closed.hi = moment_earlier(c->base.hi, waiver.decided);
    c->base = closed;
    c->outcome = expression_value(context, c->node, closed, &c->anchor);
    bool is_met = c->outcome.value == VALUE_TRUE && moment_compare(c->outcome.decided, waiver.decided) <= 0;
    if (!is_met) c->outcome.value = VALUE_FALSE; /* whatever the end would tell */
    c->outcome.decided = waiver.decided;
    return !is_met;
}

/* ---- expect and never ---- */

static bool has_proof(cs_context *context, const cs_case *c) {
    const cs_occurrence *proof[1];
    return expression_proof(context, c->node, c->base, &c->anchor, c->outcome.decided, proof, 1) > 0;
}

/* It did not happen: missed, if the side could have acted. */
static void judge_absent(const cs_context *context, const cs_case *c, cs_finding *finding) {
    bool is_steps = c->outcome.reason == CS_REASON_STEP && c->node->kind == NODE_STEPS;
    chance had = chance_of(context, c->body->sides, &c->window, c->outcome.decided);
    bool is_at_end =
        c->outcome.decided.at_ms == INT64_MAX; /* only then is it known who hung up, in a running call too */
    bool has_left = is_at_end && c->window.is_cut && has_hung_up(context, c->body->sides);
    /* Time went by while the conversation went on: silence is no excuse. */
    if (c->body->is_strict || c->window.is_elapsed || has_left) had = CHANCE_SURE;
    finding->verdict = had == CHANCE_SURE      ? CS_VERDICT_MISSED
                       : had == CHANCE_PERHAPS ? CS_VERDICT_UNDECIDED
                                               : CS_VERDICT_NOT_APPLICABLE;
    finding->reason = had == CHANCE_PERHAPS ? CS_REASON_ROLE_UNKNOWN
                      : had == CHANCE_NONE  ? CS_REASON_NO_CHANCE
                      : is_steps            ? CS_REASON_STEP
                                            : CS_REASON_ABSENT;
    finding->units = c->outcome.units;
}

/* What is met by silence alone is met only by somebody who could have spoken. */
static void judge_present(cs_context *context, const cs_case *c, cs_finding *finding) {
    bool is_refraining = c->node->kind != NODE_STEPS && !has_proof(context, c);
    bool had_chance =
        !is_refraining || chance_of(context, c->body->sides, &c->window, c->outcome.decided) != CHANCE_NONE;
    finding->verdict = had_chance ? CS_VERDICT_MET : CS_VERDICT_NOT_APPLICABLE;
    finding->reason = had_chance ? CS_REASON_PRESENT : CS_REASON_NO_CHANCE;
}

void judge_clean(const cs_context *context, const cs_case *c, cs_finding *finding) {
    chance had = chance_of(context, c->body->sides, &c->window, c->outcome.decided);
    finding->verdict = had == CHANCE_SURE      ? CS_VERDICT_CLEAN
                       : had == CHANCE_PERHAPS ? CS_VERDICT_UNDECIDED
                                               : CS_VERDICT_NOT_APPLICABLE;
    finding->reason = had == CHANCE_SURE      ? CS_REASON_ABSENT
                      : had == CHANCE_PERHAPS ? CS_REASON_ROLE_UNKNOWN
                                              : CS_REASON_NO_CHANCE;
}

bool judge_case(cs_context *context, const cs_rule_body *body, const cs_occurrence *trigger, cs_case *c,
                cs_finding *finding) {
    *c = (cs_case){.body = body, .node = body->expect ? body->expect : body->never, .trigger = trigger};
    c->anchor = trigger ? anchor_at(trigger) : anchor_start();
    c->base = trigger ? scope_behind(context, &c->anchor) : scope_whole(context);
    *finding = (cs_finding){.participant = CS_NO_PARTICIPANT, .turn = CS_NO_TURN, .at_ms = CS_NO_TIME};
    c->outcome = expression_value(context, c->node, c->base, &c->anchor);
    bool is_waived = apply_waiver(context, c);
    if (c->outcome.value == VALUE_PENDING) return false;
    c->window = scope_of(context, c->node, c->base, &c->anchor, c->outcome.decided);
    bool is_settled = !c->window.is_unsettled && moment_compare(c->window.floor, c->outcome.decided) <= 0;
    if (!is_settled) c->window = c->base; /* where it lies is known only after the verdict */
    c->later = c->window;
    if (moment_compare(c->later.hi, c->outcome.decided) > 0)
        c->later.hi = CS_MOMENT_END; /* nobody knew its end by then */
    if (!c->window.is_open && moment_compare(c->window.closed_at, c->outcome.decided) > 0) {
        c->window.is_elapsed = false; /* it was decided while the window was open: a running call knows no more */
        c->window.is_cut = true;
        c->window.closed_by = "end";
    }
    if (is_waived) {
        finding->verdict = CS_VERDICT_NOT_APPLICABLE;
        finding->reason = CS_REASON_WAIVED;
    } else if (c->outcome.value == VALUE_UNKNOWN) {
        finding->verdict = CS_VERDICT_UNDECIDED;
        finding->reason = c->outcome.reason;
    } else if (body->expect && c->outcome.is_moot) {
        finding->verdict = CS_VERDICT_NOT_APPLICABLE;
        finding->reason = CS_REASON_NOT_TRIGGERED;
    } else if (body->expect) {
        if (c->outcome.value == VALUE_TRUE)
            judge_present(context, c, finding);
        else
            judge_absent(context, c, finding);
    } else if (c->outcome.value == VALUE_TRUE) {
        finding->verdict = CS_VERDICT_HIT;
        finding->reason = CS_REASON_PRESENT;
    } else {
        judge_clean(context, c, finding);
    }
    return true;
}
