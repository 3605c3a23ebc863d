#include "rules/obligation.h"

typedef struct judging {
    cs_context *context;
    const cs_rule_body *body;
    const cs_rule *rule;
    cs_rule_state *state;
    cs_moment floor; /* verdicts wait at least until here: fields are known at the end */
    cs_on_decided on_decided;
    void *sink;
} judging;

static bool give(judging *j, cs_finding *finding, cs_moment at, const cs_scope *window) {
    cs_rule_state *state = j->state;
    finding->rule = j->rule->index;
    finding->ordinal = ++state->ordinal;
    if (finding->units == 0) finding->units = 1;
    if (!state->is_begun || finding->verdict > state->verdict) {
        state->verdict = finding->verdict;
        state->reason = finding->reason;
    }
    state->is_begun = true;
    cs_decided decided = {.finding = *finding, .at = moment_later(at, j->floor)};
    if (window) decided.window = *window;
    return j->on_decided(j->sink, &decided);
}

static bool finish_plain(judging *j, cs_verdict verdict, cs_reason reason, cs_moment at) {
    cs_finding finding = {.verdict = verdict,
                          .reason = reason,
                          .participant = CS_NO_PARTICIPANT,
                          .turn = CS_NO_TURN,
                          .at_ms = CS_NO_TIME};
    j->state->is_finished = true;
    return give(j, &finding, at, NULL);
}

/* Whether the expected side had a turn of its own in the window. */
static bool has_spoken(const cs_context *context, cs_role role, const cs_scope *scope, const cs_anchor *anchor) {
    const cs_timeline *t = context->timeline;
    for (uint32_t i = anchor->turn == CS_NO_TURN || !scope->is_after_anchor ? 0 : anchor->turn + 1; i < t->turn_count;
         i++) {
        cs_role speaker = timeline_role(t, i);
        if (role == CS_ANYONE ? speaker == CS_ROLE_SYSTEM : speaker != role) continue;
        cs_moment at = timeline_moment(t, i, 0);
        if (moment_compare(at, scope->hi) >= 0) return false;
        if (moment_compare(at, scope->lo) < 0) continue;
        if (t->is_timed && (t->turns[i]->start_ms < scope->lo_ms || t->turns[i]->start_ms > scope->hi_ms)) continue;
        return true;
    }
    return false;
}

/* ---- one obligation ---- */

/* A possible waiver before a missed obligation's decision leaves it undecided. */
static void apply_possible_waiver(cs_context *context, cs_case *c) {
    if (c->outcome.value != VALUE_FALSE || !node_has_occurrences(c->body->waiver)) return;
    cs_found found = expression_find(context, c->body->waiver, c->base, &c->anchor);
    for (uint32_t i = 0; i < found.count; i++) {
        if (!found.items[i]->is_possible || moment_compare(found.items[i]->moment, c->outcome.decided) > 0) continue;
        c->outcome.value = VALUE_UNKNOWN;
        c->outcome.reason = found.items[i]->reason;
        return;
    }
}

/* A waiver closes the window: what is not met by then is not owed. One that is still pending comes after what is decided. */
static bool apply_waiver(cs_context *context, cs_case *c) {
    if (!c->body->waiver) return false;
    cs_outcome waiver = expression_value(context, c->body->waiver, c->base, &c->anchor);
    if (waiver.value != VALUE_TRUE ||
        (c->outcome.value != VALUE_PENDING && moment_compare(c->outcome.decided, waiver.decided) <= 0)) {
        apply_possible_waiver(context, c);
        return false;
    }
    cs_scope closed = c->base;
    closed.hi = moment_earlier(closed.hi, waiver.decided);
    closed.is_open = false;
    closed.closed_at = waiver.decided;
    closed.closed_by = "until";
    c->base = closed;
    c->window = scope_of(context, c->node, closed, &c->anchor);
    c->outcome = expression_value(context, c->node, closed, &c->anchor);
    c->outcome.decided = waiver.decided;
    return c->outcome.value != VALUE_TRUE;
}

static bool judge_expected(judging *j, cs_case *c, cs_finding *finding) {
    cs_context *context = j->context;
    c->window = scope_of(context, c->node, c->base, &c->anchor);
    c->outcome = expression_value(context, c->node, c->base, &c->anchor);
    bool is_waived = apply_waiver(context, c);
    if (c->outcome.value == VALUE_PENDING) return false;
    if (is_waived) {
        finding->verdict = CS_VERDICT_NOT_APPLICABLE;
        finding->reason = CS_REASON_WAIVED;
    } else if (c->outcome.value == VALUE_TRUE) {
        finding->verdict = CS_VERDICT_MET;
        finding->reason = CS_REASON_PRESENT;
    } else if (c->outcome.value == VALUE_UNKNOWN) {
        finding->verdict = CS_VERDICT_UNDECIDED;
        finding->reason = c->outcome.reason;
    } else if (c->outcome.is_moot) {
        finding->verdict = CS_VERDICT_NOT_APPLICABLE;
        finding->reason = CS_REASON_NOT_TRIGGERED;
    } else {
        bool had_chance = c->body->is_strict || has_spoken(context, c->body->expected, &c->window, &c->anchor) ||
                          (c->window.is_cut && timeline_hung_up(context->timeline, c->body->expected));
        finding->verdict = had_chance ? CS_VERDICT_MISSED : CS_VERDICT_NOT_APPLICABLE;
        finding->reason = !had_chance                                                          ? CS_REASON_NO_CHANCE
                          : c->outcome.reason == CS_REASON_STEP && c->node->kind == NODE_STEPS ? CS_REASON_STEP
                                                                                               : CS_REASON_ABSENT;
        finding->units = c->outcome.units;
    }
    return true;
}

static bool judge_forbidden(judging *j, cs_case *c, cs_finding *finding) {
    cs_context *context = j->context;
    c->window = scope_of(context, c->node, c->base, &c->anchor);
    c->outcome = expression_value(context, c->node, c->base, &c->anchor);
    bool is_waived = apply_waiver(context, c);
    if (c->outcome.value == VALUE_PENDING) return false;
    if (c->outcome.value == VALUE_TRUE) {
        finding->verdict = CS_VERDICT_HIT;
        finding->reason = CS_REASON_PRESENT;
    } else if (c->outcome.value == VALUE_UNKNOWN) {
        finding->verdict = CS_VERDICT_UNDECIDED;
        finding->reason = c->outcome.reason;
    } else if (is_waived || has_spoken(context, c->body->expected, &c->window, &c->anchor)) {
        finding->verdict = CS_VERDICT_CLEAN;
        finding->reason = CS_REASON_ABSENT;
    } else {
        finding->verdict = CS_VERDICT_NOT_APPLICABLE;
        finding->reason = CS_REASON_NO_CHANCE;
    }
    return true;
}

/* By what was found, not by what it means: a possible trigger makes a hit undecided, the words stand there all the same. */
static bool explain(judging *j, const cs_case *c, cs_finding *finding) {
    return c->outcome.value == VALUE_TRUE ? explain_true(j->context, c, finding)
                                          : explain_false(j->context, c, finding);
}

/* Judges the obligation that trigger opens (NULL: the conversation). *is_pending: not decided yet. false: out of memory. */
static bool judge(judging *j, const cs_occurrence *trigger, bool is_sure, cs_case *c, cs_finding *finding,
                  bool *is_pending) {
    const cs_rule_body *body = j->body;
    *c = (cs_case){.body = body, .node = body->expect ? body->expect : body->never, .trigger = trigger};
    c->anchor = trigger ? anchor_at(trigger) : anchor_start();
    c->base = trigger ? scope_behind(j->context, &c->anchor) : scope_whole(j->context);
    *finding = (cs_finding){.participant = CS_NO_PARTICIPANT, .turn = CS_NO_TURN, .at_ms = CS_NO_TIME};
    *is_pending = !(body->expect ? judge_expected(j, c, finding) : judge_forbidden(j, c, finding));
    if (*is_pending) return true;
    if (!is_sure && (finding->verdict == CS_VERDICT_MET || finding->verdict == CS_VERDICT_CLEAN)) {
        finding->verdict = CS_VERDICT_NOT_APPLICABLE; /* owed or not: it was done */
        finding->reason = CS_REASON_NOT_TRIGGERED;
    } else if (!is_sure && finding->verdict != CS_VERDICT_NOT_APPLICABLE) {
        finding->verdict = CS_VERDICT_UNDECIDED;
        finding->reason = trigger->reason;
    }
    return explain(j, c, finding);
}

/* ---- the kinds of rules ---- */

/* A boolean trigger (and, not, count) happens where it becomes true. */
static cs_found triggers(judging *j) {
    const cs_node *when = j->body->when;
    cs_anchor start = anchor_start();
    cs_scope whole = scope_whole(j->context);
    if (node_has_occurrences(when)) return expression_find(j->context, when, whole, &start);
    cs_found found = {.is_open = !j->context->timeline->is_ended, .floor = CS_MOMENT_BEGIN, .closed_at = CS_MOMENT_END};
    cs_outcome value = expression_value(j->context, when, whole, &start);
    if (value.value == VALUE_PENDING || value.value == VALUE_FALSE) return found;
    const cs_occurrence *proof[1];
    cs_occurrence *trigger = arena_alloc(j->context->arena, sizeof *trigger);
    found.items = arena_alloc(j->context->arena, sizeof *found.items);
    if (!trigger || !found.items) {
        j->context->is_out_of_memory = true;
        return found;
    }
    if (expression_proof(j->context, when, whole, &start, value.decided, proof, 1))
        *trigger = *proof[0];
    else
        *trigger = (cs_occurrence){.turn = 0, .moment = CS_MOMENT_BEGIN, .matched = "", .how = "text"};
    trigger->is_possible = value.value == VALUE_UNKNOWN;
    trigger->reason = value.reason;
    found.floor = value.decided;
    found.items[0] = trigger;
    found.count = 1;
    return found;
}

/* A sure trigger stands for a possible one that is still open when it comes. */
static bool is_replaced(const cs_found *found, uint32_t possible, cs_moment until) {
    if (!found->items[possible]->is_possible) return false;
    for (uint32_t i = possible + 1; i < found->count; i++)
        if (!found->items[i]->is_possible && moment_compare(found->items[i]->moment, until) <= 0) return true;
    return false;
}

static bool step_triggered(judging *j) {
    cs_rule_state *state = j->state;
    cs_found found = triggers(j);
    if (found.is_unknown) return found.is_open || finish_plain(j, CS_VERDICT_UNDECIDED, found.reason, CS_MOMENT_END);
    for (uint32_t i = 0; i < found.count; i++) {
        const cs_occurrence *trigger = found.items[i];
        if (state->is_begun && moment_compare(trigger->moment, state->cursor) <= 0) continue;
        cs_case c;
        cs_finding finding;
        bool is_pending;
        if (!judge(j, trigger, !trigger->is_possible, &c, &finding, &is_pending)) return false;
        cs_moment at =
            is_pending ? CS_MOMENT_END : moment_later(c.outcome.decided, moment_later(trigger->moment, found.floor));
        if (!j->body->is_once && is_replaced(&found, i, at)) continue;
        if (is_pending) return true;
        if (!give(j, &finding, at, &c.window)) return false;
        state->cursor = moment_later(at, trigger->moment);
        if (j->body->is_once) {
            state->is_finished = true;
            return true;
        }
    }
    if (found.is_open) return true;
    return state->is_begun ? (state->is_finished = true)
                           : finish_plain(j, CS_VERDICT_NOT_APPLICABLE, CS_REASON_NOT_TRIGGERED, CS_MOMENT_END);
}

static bool step_untriggered(judging *j) {
    cs_case c;
    cs_finding finding;
    bool is_pending;
    if (!judge(j, NULL, true, &c, &finding, &is_pending)) return false;
    if (is_pending) return true;
    j->state->is_finished = true;
    return give(j, &finding, c.outcome.decided, &c.window);
}

/* never without when: each place where it is said is a finding of its own. */
static bool step_each_hit(judging *j) {
    cs_rule_state *state = j->state;
    cs_case c = {.body = j->body, .node = j->body->never, .anchor = anchor_start(), .base = scope_whole(j->context)};
    cs_found found = expression_find(j->context, c.node, c.base, &c.anchor);
    c.window = scope_of(j->context, c.node, c.base, &c.anchor);
    if (found.is_unknown) return found.is_open || finish_plain(j, CS_VERDICT_UNDECIDED, found.reason, CS_MOMENT_END);
    for (uint32_t i = 0; i < found.count; i++) {
        const cs_occurrence *o = found.items[i];
        cs_moment at = moment_later(o->moment, found.floor);
        if (state->is_begun && moment_compare(o->moment, state->cursor) <= 0) continue;
        cs_finding finding = {.verdict = o->is_possible ? CS_VERDICT_UNDECIDED : CS_VERDICT_HIT,
                              .reason = o->is_possible ? o->reason : CS_REASON_PRESENT};
        c.outcome = (cs_outcome){.value = o->is_possible ? VALUE_UNKNOWN : VALUE_TRUE, .decided = o->moment};
        c.base.lo = o->moment;
        bool is_good =
            o->is_possible ? explain_possible(j->context, o, &finding) : explain_true(j->context, &c, &finding);
        if (!is_good || !give(j, &finding, at, NULL)) return false;
        state->cursor = o->moment;
    }
    if (found.is_open) return true;
    state->is_finished = true;
    if (state->is_begun) return true;
    c.base.lo = CS_MOMENT_BEGIN;
    c.outcome = (cs_outcome){.value = VALUE_FALSE, .decided = found.closed_at};
    bool is_clean = has_spoken(j->context, j->body->expected, &c.window, &c.anchor);
    cs_finding finding = {.verdict = is_clean ? CS_VERDICT_CLEAN : CS_VERDICT_NOT_APPLICABLE,
                          .reason = is_clean ? CS_REASON_ABSENT : CS_REASON_NO_CHANCE};
    return explain(j, &c, &finding) && give(j, &finding, found.closed_at, NULL);
}

static bool step_flag(judging *j) {
    cs_case c = {.body = j->body, .node = j->body->when, .anchor = anchor_start(), .base = scope_whole(j->context)};
    c.window = c.base;
    c.outcome = expression_value(j->context, c.node, c.base, &c.anchor);
    if (c.outcome.value == VALUE_PENDING) return true;
    cs_finding finding = {.verdict = c.outcome.value == VALUE_TRUE      ? CS_VERDICT_NOTED
                                     : c.outcome.value == VALUE_UNKNOWN ? CS_VERDICT_UNDECIDED
                                                                        : CS_VERDICT_NOT_NOTED,
                          .reason = c.outcome.value == VALUE_TRUE      ? CS_REASON_PRESENT
                                    : c.outcome.value == VALUE_UNKNOWN ? c.outcome.reason
                                                                       : CS_REASON_ABSENT};
    j->state->is_finished = true;
    return explain(j, &c, &finding) && give(j, &finding, c.outcome.decided, NULL);
}

bool obligation_step(cs_context *context, uint32_t index, cs_rule_state *state, const cs_conversation *end,
                     cs_on_decided on_decided, void *sink) {
    const cs_syntax *syntax = ruleset_syntax(scan_ruleset(context->scanner));
    judging j = {.context = context,
                 .body = &syntax->bodies[index],
                 .rule = &syntax->rules[index],
                 .state = state,
                 .on_decided = on_decided,
                 .sink = sink};
    if (state->is_finished) return true;
    cs_outcome applies = condition_value(j.body, context->timeline->head, end);
    if (applies.value == VALUE_PENDING) return true;
    j.floor = applies.decided;
    if (applies.value == VALUE_FALSE)
        return finish_plain(&j, CS_VERDICT_NOT_APPLICABLE, applies.reason, applies.decided);
    if (applies.value == VALUE_UNKNOWN) return finish_plain(&j, CS_VERDICT_UNDECIDED, applies.reason, applies.decided);
    if (j.rule->kind == CS_RULE_FLAG) return step_flag(&j);
    if (j.body->when) return step_triggered(&j);
    if (j.body->never && node_has_occurrences(j.body->never)) return step_each_hit(&j);
    return step_untriggered(&j);
}
