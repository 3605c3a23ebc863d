#include "rules/obligation.h"

#include "rules/judge.h"

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
    bool is_gravest = !state->is_begun || finding->verdict > state->verdict ||
                      (finding->verdict == state->verdict && finding->ordinal < state->gravest);
    if (is_gravest) {
        state->verdict = finding->verdict;
        state->reason = finding->reason;
        state->gravest = finding->ordinal;
    }
    state->is_begun = true;
    if (finding->evidence_count == 0 && !verdict_needs_eye(finding->verdict) && finding->verdict != CS_VERDICT_MET)
        return true; /* the rule's verdict says it all: nothing stands anywhere */
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

/* By what was found, not by what it means: a possible trigger makes a hit undecided, the words stand there all the same. */
static bool explain(judging *j, const cs_case *c, cs_finding *finding) {
    return c->outcome.value == VALUE_TRUE ? explain_true(j->context, c, finding)
                                          : explain_false(j->context, c, finding);
}

static bool tell_open(const judging *j, const cs_occurrence *trigger) {
    if (j->context->on_open) j->context->on_open(j->context->open_sink, j->body, trigger);
    return true;
}

/* ---- rules with a trigger ---- */

/* The place of a condition that has none of its own (and, not, count): the words that made it true last, else the moment
 * itself, behind the last turn before it. */
static cs_occurrence place_of(cs_context *context, const cs_node *when, const cs_scope *whole, cs_moment decided) {
    enum { MOST = 64 };
    const cs_timeline *t = context->timeline;
    const cs_occurrence *proof[MOST], *last = NULL;
    cs_anchor start = anchor_start();
    uint32_t count = expression_proof(context, when, *whole, &start, decided, proof, MOST);
    for (uint32_t i = 0; i < count; i++)
        if (!last || moment_compare(proof[i]->moment, last->moment) > 0) last = proof[i];
    if (last && moment_compare(last->moment, decided) == 0) return *last;
    cs_occurrence place = {
        .moment = decided, .matched = "", .how = "text", .start_ms = CS_NO_TIME, .end_ms = CS_NO_TIME};
    uint32_t behind = t->turn_count; /* the turns that opened by then */
    while (behind > 0 && moment_compare(timeline_moment(t, behind - 1, 0), decided) > 0) behind--;
    place.turn = behind ? behind - 1 : CS_NO_TURN;
    place.to = UINT32_MAX - 1; /* behind all that is said in that turn */
    if (t->is_timed && decided.at_ms != INT64_MAX)
        place.start_ms = place.end_ms = decided.at_ms == INT64_MIN ? 0 : decided.at_ms; /* from the beginning */
    else if (t->is_timed && behind)
        place.start_ms = place.end_ms = t->turns[behind - 1]->start_ms;
    return place;
}

static cs_found triggers(judging *j) {
    const cs_node *when = j->body->when;
    cs_anchor start = anchor_start();
    cs_scope whole = scope_whole(j->context);
    if (node_has_occurrences(when)) return expression_find(j->context, when, whole, &start);
    cs_found found = {.is_open = !j->context->timeline->is_ended, .floor = CS_MOMENT_BEGIN, .closed_at = CS_MOMENT_END};
    cs_outcome value = expression_value(j->context, when, whole, &start);
    if (value.value == VALUE_PENDING || value.value == VALUE_FALSE) return found;
    cs_occurrence *trigger = arena_alloc(j->context->arena, sizeof *trigger);
    found.items = arena_alloc(j->context->arena, sizeof *found.items);
    if (!trigger || !found.items) {
        j->context->is_out_of_memory = true;
        return found;
    }
    *trigger = place_of(j->context, when, &whole, value.decided);
    trigger->is_possible = value.value == VALUE_UNKNOWN;
    trigger->reason = value.reason;
    found.floor = value.decided;
    found.items[0] = trigger;
    found.count = 1;
    return found;
}

static bool has_sure(const cs_found *found) {
    for (uint32_t i = 0; i < found->count; i++)
        if (!found->items[i]->is_possible) return true;
    return false;
}

/* A sure trigger stands for a possible one that is still open when it comes. */
static bool is_replaced(const cs_found *found, uint32_t possible, cs_moment until) {
    if (!found->items[possible]->is_possible) return false;
    for (uint32_t i = possible + 1; i < found->count; i++) {
        if (moment_compare(found->items[i]->moment, until) > 0) return false;
        if (!found->items[i]->is_possible) return true;
    }
    return false;
}

/* A trigger that is only possible: what was done is done, owed or not; the rest nobody can tell. With once a later, sure
 * trigger may be the one that counts, so nothing can be told at all. */
static void doubt(cs_finding *finding, cs_reason reason, bool is_once) {
    bool is_done = finding->verdict == CS_VERDICT_MET || finding->verdict == CS_VERDICT_CLEAN;
    if (is_done && !is_once) {
        finding->verdict = CS_VERDICT_NOT_APPLICABLE;
        finding->reason = CS_REASON_NOT_TRIGGERED;
    } else if (finding->verdict != CS_VERDICT_NOT_APPLICABLE) {
        finding->verdict = CS_VERDICT_UNDECIDED;
        finding->reason = reason;
    }
}

/* From when on possible triggers count: where nobody knows whether there are more, from the first sure one. */
static cs_moment certain_from(const cs_found *found) {
    for (uint32_t i = 0; found->is_unknown && i < found->count; i++)
        if (!found->items[i]->is_possible) return found->items[i]->moment;
    return CS_MOMENT_BEGIN;
}

static bool judge_triggers(judging *j, const cs_found *found) {
    cs_rule_state *state = j->state;
    cs_moment certain = moment_later(found->floor, certain_from(found));
    if (found->is_unknown && !has_sure(found))
        return found->is_open ||
               finish_plain(j, CS_VERDICT_UNDECIDED, found->reason, moment_later(found->closed_at, found->floor));
    for (uint32_t i = 0; i < found->count; i++) {
        const cs_occurrence *trigger = found->items[i];
        if (state->is_begun && moment_compare(trigger->moment, state->cursor) <= 0) continue;
        arena_reset(j->context->arena);
        cs_case c;
        cs_finding finding;
        bool is_decided = judge_case(j->context, j->body, trigger, &c, &finding);
        cs_moment at =
            is_decided ? moment_later(c.outcome.decided, moment_later(trigger->moment, certain)) : CS_MOMENT_END;
        if (!j->body->is_once && is_replaced(found, i, at)) continue;
        if (!is_decided) return tell_open(j, trigger);
        if (trigger->is_possible) doubt(&finding, trigger->reason, j->body->is_once);
        if (!explain(j, &c, &finding) || !give(j, &finding, at, &c.later)) return false;
        state->cursor = moment_later(at, trigger->moment);
        if (j->body->is_once) {
            state->is_finished = true;
            return true;
        }
    }
    if (found->is_open) return true;
    if (!state->is_begun) return finish_plain(j, CS_VERDICT_NOT_APPLICABLE, CS_REASON_NOT_TRIGGERED, CS_MOMENT_END);
    state->is_finished = true;
    return true;
}

/* ---- once per demand: what the customer wants splits the conversation ---- */

/* The last demand at or before the moment, from 1 (0: none), by sure occurrences or by all; *last: the one that raised it. */
static uint32_t demand_by(const judging *j, cs_moment moment, bool with_possible, const cs_occurrence **last) {
    const cs_syntax *syntax = j->context->syntax;
    uint32_t demand = 0;
    *last = NULL;
    for (uint32_t i = 0; i < syntax->demand_count; i++) {
        const cs_occurrences *all = table_of(j->context->table, syntax->demands[i]);
        for (uint32_t k = all->count; k-- > 0;) {
            const cs_occurrence *o = &all->items[k];
            if (o->why != CS_WHY_NONE || (o->is_possible && !with_possible) || moment_compare(o->moment, moment) > 0)
                continue;
            if (!*last || moment_compare(o->moment, (*last)->moment) >= 0) *last = o, demand = i + 1;
            break;
        }
    }
    return demand;
}

/* *doubt: not NULL when the last one was only possibly raised, and another demand may still be the one. */
static uint32_t demand_at(const judging *j, cs_moment moment, const cs_occurrence **doubt) {
    const cs_occurrence *last, *sure;
    uint32_t demand = demand_by(j, moment, true, &last);
    *doubt = demand != demand_by(j, moment, false, &sure) ? last : NULL;
    return demand;
}

/* Each demand opens one obligation, at its first trigger; they run side by side. */
static bool judge_demands(judging *j, const cs_found *found) {
    cs_rule_state *state = j->state;
    uint64_t seen = 0;
    uint32_t ordinal = 0; /* by trigger, however the decisions fall */
    bool is_pending = found->is_open;
    cs_moment certain = moment_later(found->floor, certain_from(found));
    for (uint32_t i = 0; i < found->count; i++) {
        const cs_occurrence *trigger = found->items[i];
        const cs_occurrence *doubtful;
        uint64_t bit = (uint64_t)1 << demand_at(j, trigger->moment, &doubtful);
        if (seen & bit) continue;
        seen |= bit;
        ordinal++;
        if (state->demands & bit) continue;
        arena_reset(j->context->arena);
        cs_case c;
        cs_finding finding;
        if (!judge_case(j->context, j->body, trigger, &c, &finding)) {
            is_pending = tell_open(j, trigger);
            continue;
        }
        cs_moment at = moment_later(c.outcome.decided, moment_later(trigger->moment, certain));
        if (trigger->is_possible || doubtful)
            doubt(&finding, trigger->is_possible ? trigger->reason : doubtful->reason, true);
        state->ordinal = ordinal - 1;
        if (!explain(j, &c, &finding) || !give(j, &finding, at, &c.later)) return false;
        state->demands |= bit;
    }
    if (is_pending) return true;
    if (!state->is_begun) return finish_plain(j, CS_VERDICT_NOT_APPLICABLE, CS_REASON_NOT_TRIGGERED, CS_MOMENT_END);
    state->is_finished = true;
    return true;
}

/* Whether nothing of what the condition waits for stands anywhere, neither sure nor excused: most rules, most of the time.
 * Where nothing was written down nobody knows. */
static bool is_silent(const judging *j) {
    if (j->context->timeline->head->is_wordless) return false;
    for (uint32_t i = 0; i < j->body->waker_count; i++)
        if (table_of(j->context->table, j->body->wakers[i])->count) return false;
    return j->body->is_quiet_able;
}

static bool step_triggered(judging *j) {
    if (is_silent(j))
        return !j->context->timeline->is_ended ||
               finish_plain(j, CS_VERDICT_NOT_APPLICABLE, CS_REASON_NOT_TRIGGERED, CS_MOMENT_END);
    cs_found found = triggers(j);
    cs_arena *kept = j->context->arena; /* holds the triggers; what one obligation needs goes with it */
    j->context->arena = j->context->passing;
    bool is_good = j->body->is_per_demand && !(found.is_unknown && !has_sure(&found)) ? judge_demands(j, &found)
                                                                                      : judge_triggers(j, &found);
    j->context->arena = kept;
    return is_good;
}

/* ---- rules without ---- */

static bool step_untriggered(judging *j) {
    cs_case c;
    cs_finding finding;
    if (!judge_case(j->context, j->body, NULL, &c, &finding)) return tell_open(j, NULL);
    j->state->is_finished = true;
    return explain(j, &c, &finding) && give(j, &finding, c.outcome.decided, &c.later);
}

/* Whether the prohibition was lifted before the words were said; unknown leaves a hit undecided. */
static cs_outcome waiver_before(judging *j, const cs_case *c, cs_moment moment) {
    cs_outcome none = {.value = VALUE_FALSE, .decided = CS_MOMENT_BEGIN};
    return j->body->waiver ? expression_value(j->context, j->body->waiver, judge_until(c->base, moment), &c->anchor)
                           : none;
}

/* One place where it is said; *is_lifted: a waiver came before it. */
static bool give_place(judging *j, const cs_case *c, const cs_occurrence *o, cs_moment floor, bool *is_lifted) {
    cs_moment known = moment_later(o->moment, floor);
    cs_outcome waiver = waiver_before(j, c, known);
    if (moment_compare(waiver.decided, known) > 0) waiver.value = VALUE_FALSE; /* not known by then */
    *is_lifted = waiver.value == VALUE_TRUE && moment_compare(waiver.decided, known) < 0;
    if (*is_lifted) return true;
    bool is_doubted = o->is_possible || waiver.value == VALUE_UNKNOWN;
    cs_finding finding = {.verdict = is_doubted ? CS_VERDICT_UNDECIDED : CS_VERDICT_HIT,
                          .reason = o->is_possible ? o->reason
                                    : is_doubted   ? waiver.reason
                                                   : CS_REASON_PRESENT};
    j->state->cursor = o->moment;
    return explain_place(j->context, o, &finding) && give(j, &finding, moment_later(o->moment, floor), NULL);
}

/* never without when: each place where it is said is a finding of its own. */
static bool step_each_hit(judging *j) {
    cs_rule_state *state = j->state;
    cs_case c = {.body = j->body, .node = j->body->never, .anchor = anchor_start(), .base = scope_whole(j->context)};
    cs_finding clean = {.participant = CS_NO_PARTICIPANT};
    if (!j->body->waiver && is_silent(j)) {
        if (!j->context->timeline->is_ended) return true;
        c.window = c.base;
        c.outcome.decided = CS_MOMENT_END;
        state->is_finished = true;
        judge_clean(j->context, &c, &clean);
        if (clean.verdict != CS_VERDICT_UNDECIDED) return give(j, &clean, CS_MOMENT_END, NULL);
        state->is_finished = false; /* somebody of unknown role spoke: the long way shows who */
    }
    cs_found found = expression_find(j->context, c.node, c.base, &c.anchor);
    bool is_lifted = false;
    for (uint32_t i = 0; i < found.count && !is_lifted; i++) {
        if (state->is_begun && moment_compare(found.items[i]->moment, state->cursor) <= 0) continue;
        if (!give_place(j, &c, found.items[i], found.floor, &is_lifted)) return false;
    }
    cs_outcome waiver = {.value = VALUE_FALSE};
    if (j->body->waiver) waiver = expression_value(j->context, j->body->waiver, c.base, &c.anchor);
    cs_moment closed = moment_later(found.closed_at, found.floor);
    if (waiver.value == VALUE_TRUE && (found.is_open || moment_compare(waiver.decided, closed) <= 0)) {
        state->is_finished = true;
        return state->is_begun || finish_plain(j, CS_VERDICT_NOT_APPLICABLE, CS_REASON_WAIVED, waiver.decided);
    }
    if (found.is_open) return true;
    state->is_finished = true;
    if (state->is_begun) return true;
    if (found.is_unknown) return finish_plain(j, CS_VERDICT_UNDECIDED, found.reason, closed);
    c.window = scope_of(j->context, c.node, c.base, &c.anchor, closed);
    c.outcome = (cs_outcome){.value = VALUE_FALSE, .decided = closed};
    judge_clean(j->context, &c, &clean);
    return explain(j, &c, &clean) && give(j, &clean, c.outcome.decided, NULL);
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
    const cs_syntax *syntax = context->syntax;
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

void obligation_quiet(const cs_rule_body *body, cs_rule_kind kind, cs_channel channel, uint32_t spoke,
                      cs_verdict *verdict, cs_reason *reason) {
    bool is_elsewhere = body->channels && !(body->channels >> channel & 1);
    bool had_chance = spoke & body->sides;
    *verdict = CS_VERDICT_NOT_APPLICABLE;
    *reason = body->across ? CS_REASON_ACROSS : is_elsewhere ? CS_REASON_CHANNEL : CS_REASON_NOT_TRIGGERED;
    if (body->across || is_elsewhere) return;
    if (kind == CS_RULE_FLAG) {
        *verdict = CS_VERDICT_NOT_NOTED;
        *reason = CS_REASON_ABSENT;
    } else if (!body->when) {
        *verdict = had_chance ? CS_VERDICT_CLEAN : CS_VERDICT_NOT_APPLICABLE;
        *reason = had_chance ? CS_REASON_ABSENT : CS_REASON_NO_CHANCE;
    }
}
