/* From conditions to verdicts: when each obligation opens, when it is decided, and how. */
#include "meaning.h"

#include <stdlib.h>
#include <string.h>

typedef struct state {
    ref_world *world;
    const cs_rule *rule;
    const cs_rule_body *body;
    ref_place least; /* verdicts wait at least until here */
    ref_finding *findings;
    uint32_t count, room;
} state;

typedef struct judged { /* one obligation at the place where it is decided */
    const cs_node *node;
    const ref_occurrence *trigger;
    ref_anchor anchor;
    ref_place decided;
    ref_scope base, window;
    ref_outcome outcome;
    bool is_waived;
    ref_finding finding;
} judged;

/* ---- at which place ---- */

static ref_place next_place(const ref_world *w, ref_place now) {
    uint32_t i = 0;
    while (ref_compare(w->places[i], now) <= 0) i++;
    return w->places[i];
}

/* The least place at which the condition's value is known; pending nowhere: it is known at the end. */
static ref_place decided_at(ref_world *w, const cs_node *node, ref_outcome *out) {
    ref_anchor start = ref_anchor_start();
    for (ref_place now = REF_BEGIN;; now = next_place(w, now)) {
        ref_view v = {.world = w, .now = now, .anchor = &start};
        *out = ref_value(&v, node, ref_whole(&v));
        if (out->value != REF_PENDING || ref_compare(now, REF_END) == 0) return now;
    }
}

static ref_scope base_of(const ref_view *v, const judged *j) {
    return j->trigger ? ref_behind(v) : ref_whole(v);
}

/* ---- chances ---- */

enum { NO_CHANCE, PERHAPS, CHANCE };

static int chance(const ref_view *v, uint32_t sides, const ref_scope *window) {
    const ref_world *w = v->world;
    int found = NO_CHANCE;
    for (uint32_t i = 0; i < w->conversation->turn_count; i++) {
        int64_t start = w->conversation->turns[i].start_ms;
        ref_place opens = ref_turn_place(w, i, 0), begins = ref_turn_place(w, i, 1);
        if (!ref_is_reached(v, begins)) break;
        if (ref_compare(opens, window->lo) < 0 || ref_compare(begins, window->hi) >= 0) continue;
        if (w->is_timed && (start < window->lo_ms || start > window->hi_ms)) continue;
        if (sides >> ref_role(w, i) & 1) return CHANCE;
        if (ref_role(w, i) == CS_ROLE_UNDECIDED) found = PERHAPS;
    }
    return found;
}

static uint32_t who_hung_up(const ref_view *v, uint32_t sides) {
    const cs_conversation *c = v->world->conversation;
    for (uint32_t i = 0; i < c->event_count; i++) {
        uint32_t who = c->events[i].participant;
        if (who == CS_NO_PARTICIPANT || strcmp(c->events[i].kind, "hang-up") != 0) continue;
        if (sides >> c->participants[who].role & 1) return who;
    }
    return CS_NO_PARTICIPANT;
}

/* ---- who answers for it ---- */

static cs_role side_of(const cs_rule_body *body) {
    return body->expected == CS_ANYONE ? CS_ROLE_AGENT : body->expected;
}

static bool opens_inside(const ref_world *w, const ref_scope *window, uint32_t turn) {
    ref_place opens = ref_turn_place(w, turn, 0);
    int64_t start = w->conversation->turns[turn].start_ms;
    if (ref_compare(opens, window->lo) < 0 || ref_compare(opens, window->hi) >= 0) return false;
    return !w->is_timed || (start >= window->lo_ms && start <= window->hi_ms);
}

/* Who of the expected side spoke first in the window; else who of it hung up, when the end cut it; else who of it spoke last
 * before the window; else who of it spoke first. */
static uint32_t responsible(const ref_view *v, const cs_rule_body *body, const ref_scope *window) {
    const ref_world *w = v->world;
    uint32_t first = CS_NO_PARTICIPANT, before = CS_NO_PARTICIPANT, hung_up = CS_NO_PARTICIPANT;
    for (uint32_t i = 0; i < w->conversation->turn_count; i++) {
        uint32_t who = w->conversation->turns[i].participant;
        if (!ref_is_reached(v, ref_turn_place(w, i, 0)) || ref_role(w, i) != side_of(body)) continue;
        if (opens_inside(w, window, i)) return who;
        if (first == CS_NO_PARTICIPANT) first = who;
        if (ref_compare(ref_turn_place(w, i, 0), window->lo) < 0) before = who;
    }
    if (window->is_cut && ref_compare(v->now, REF_END) == 0) hung_up = who_hung_up(v, 1u << side_of(body));
    return hung_up != CS_NO_PARTICIPANT ? hung_up : before != CS_NO_PARTICIPANT ? before : first;
}

/* ---- verdicts of one obligation ---- */

static void say(ref_finding *f, cs_verdict verdict, cs_reason reason) {
    f->verdict = verdict;
    f->reason = reason;
}

static void judge_present(const ref_view *v, const cs_rule_body *body, judged *j) {
    ref_occurrence proof[1];
    bool is_refraining = j->node->kind != NODE_STEPS && !ref_proof(v, j->node, j->base, proof, 1);
    if (!body->expect)
        say(&j->finding, CS_VERDICT_HIT, CS_REASON_PRESENT);
    else if (is_refraining && chance(v, body->sides, &j->window) == NO_CHANCE)
        say(&j->finding, CS_VERDICT_NOT_APPLICABLE, CS_REASON_NO_CHANCE);
    else
        say(&j->finding, CS_VERDICT_MET, CS_REASON_PRESENT);
}

static void judge_absent(const ref_view *v, const cs_rule_body *body, judged *j) {
    int had = chance(v, body->sides, &j->window);
    if (body->expect && j->outcome.is_moot) {
        say(&j->finding, CS_VERDICT_NOT_APPLICABLE, CS_REASON_NOT_TRIGGERED);
        return;
    }
    if (body->expect && (body->is_strict || j->window.is_elapsed)) had = CHANCE;
    if (body->expect && j->window.is_cut && who_hung_up(v, body->sides) != CS_NO_PARTICIPANT) had = CHANCE;
    cs_reason absent = j->node->kind == NODE_STEPS ? CS_REASON_STEP : CS_REASON_ABSENT;
    if (had == CHANCE)
        say(&j->finding, body->expect ? CS_VERDICT_MISSED : CS_VERDICT_CLEAN, absent);
    else if (had == PERHAPS)
        say(&j->finding, CS_VERDICT_UNDECIDED, CS_REASON_ROLE_UNKNOWN);
    else
        say(&j->finding, CS_VERDICT_NOT_APPLICABLE, CS_REASON_NO_CHANCE);
    if (j->finding.verdict == CS_VERDICT_MISSED) j->finding.units = j->outcome.units;
}

static void judge(const ref_view *v, const cs_rule_body *body, judged *j) {
    switch (j->outcome.value) {
    case REF_TRUE: judge_present(v, body, j); break;
    case REF_FALSE: judge_absent(v, body, j); break;
    default: say(&j->finding, CS_VERDICT_UNDECIDED, j->outcome.reason); break;
    }
}

/* Walks on until the condition is decided or a waiver comes, whichever is first; at the same place the condition is. */
static void decide(state *s, judged *j) {
    const cs_node *waiver = s->body->waiver;
    j->anchor = j->trigger ? ref_anchor_at(j->trigger) : ref_anchor_start();
    for (ref_place now = REF_BEGIN;; now = next_place(s->world, now)) {
        ref_view v = {.world = s->world, .now = now, .anchor = &j->anchor};
        j->base = base_of(&v, j);
        j->decided = now;
        j->outcome = ref_value(&v, j->node, j->base);
        ref_outcome lifted = {.value = REF_FALSE};
        if (j->outcome.value == REF_FALSE && waiver) /* what may have lifted it leaves it open */
            lifted = ref_value(&v, waiver, ref_closed_at(j->base, now, true));
        if (lifted.value == REF_UNKNOWN) j->outcome.value = REF_UNKNOWN, j->outcome.reason = lifted.reason;
        if (j->outcome.value == REF_PENDING && waiver && ref_value(&v, waiver, j->base).value == REF_TRUE) {
            j->base = ref_closed_at(j->base, now, false);
            j->outcome = ref_value(&v, j->node, j->base);
            j->is_waived = j->outcome.value != REF_TRUE;
        } else if (j->outcome.value == REF_PENDING) {
            if (ref_compare(now, REF_END) == 0) abort(); /* at the end everything is known */
            continue;
        }
        j->window = ref_hull(&v, j->node, j->base);
        if (j->window.is_unsettled) j->window = j->base; /* where it lies is known only after the verdict */
        if (j->is_waived)
            say(&j->finding, CS_VERDICT_NOT_APPLICABLE, CS_REASON_WAIVED);
        else
            judge(&v, s->body, j);
        return;
    }
}

/* ---- evidence ---- */

static ref_span span_of(const ref_occurrence *o) {
    return (ref_span){o->turn, o->from, o->to};
}

static uint32_t speaker(const ref_world *w, uint32_t turn) {
    return turn == CS_NO_TURN ? CS_NO_PARTICIPANT : w->conversation->turns[turn].participant;
}

static void show_matches(const ref_view *v, const cs_rule_body *body, judged *j) {
    ref_occurrence proof[REF_MOST_MATCHES];
    ref_finding *f = &j->finding;
    uint32_t n = ref_proof(v, j->node, j->base, proof, REF_MOST_MATCHES), main = 0;
    f->are_matches_told = true;
    f->match_count = n;
    for (uint32_t i = 0; i < n; i++) f->matches[i] = span_of(&proof[i]);
    if (!n) return;
    while (main < n && (proof[main].turn == CS_NO_TURN || ref_role(v->world, proof[main].turn) != side_of(body)))
        main++;
    if (main == n) main = 0;
    f->turn = proof[main].turn;
    if (proof[main].to) f->participant = speaker(v->world, f->turn);
}

/* The words of what is met, hit or noted, else the trigger; of a miss without one the first turn that was searched. */
static void show(state *s, judged *j) {
    ref_view v = {.world = s->world, .now = j->decided, .anchor = &j->anchor};
    const cs_conversation *c = s->world->conversation;
    ref_finding *f = &j->finding;
    f->participant = responsible(&v, s->body, &j->window);
    f->turn = j->trigger ? j->trigger->turn : CS_NO_TURN;
    f->has_trigger = j->trigger && j->trigger->has_words;
    if (f->has_trigger) f->trigger = span_of(j->trigger);
    f->is_place_told = j->trigger || f->verdict != CS_VERDICT_UNDECIDED;
    for (uint32_t i = 0; !j->trigger && f->verdict == CS_VERDICT_MISSED && i < c->turn_count; i++)
        if (f->turn == CS_NO_TURN && ref_is_reached(&v, ref_turn_place(s->world, i, 0)) &&
            opens_inside(s->world, &j->window, i))
            f->turn = i;
    if (j->outcome.value == REF_TRUE && !j->is_waived) show_matches(&v, s->body, j);
}

static void give(state *s, ref_finding f, ref_place at) {
    if (s->count == s->room) abort();
    f.rule = s->rule->index;
    f.ordinal = s->count + 1;
    f.decided = ref_later(at, s->least);
    if (!f.units) f.units = 1;
    s->findings[s->count++] = f;
}

static void give_plain(state *s, cs_verdict verdict, cs_reason reason, ref_place at) {
    ref_finding f = {.participant = CS_NO_PARTICIPANT, .turn = CS_NO_TURN, .is_place_told = true};
    say(&f, verdict, reason);
    give(s, f, at);
}

/* ---- triggers ---- */

/* The place of a condition without one: the words that made it true last, else behind the last turn before it. */
static ref_occurrence place_of(ref_world *w, const cs_node *when, ref_place decided) {
    ref_anchor start = ref_anchor_start();
    ref_view v = {.world = w, .now = decided, .anchor = &start};
    ref_occurrence proof[64], place = {.at = decided, .turn = CS_NO_TURN, .to = UINT32_MAX - 1};
    uint32_t n = ref_proof(&v, when, ref_whole(&v), proof, 64);
    for (uint32_t i = 0; i < n; i++)
        if (ref_compare(proof[i].at, decided) == 0) return proof[i];
    place.start_ms = place.end_ms = place.window_ms = CS_NO_TIME;
    for (uint32_t i = 0; i < w->conversation->turn_count; i++)
        if (ref_compare(ref_turn_place(w, i, 0), decided) <= 0) place.turn = i;
    if (w->is_timed && ref_compare(decided, REF_END) != 0)
        place.start_ms = place.end_ms = decided.ms == INT64_MIN ? 0 : decided.ms; /* true from the beginning */
    else if (w->is_timed && place.turn != CS_NO_TURN)
        place.start_ms = place.end_ms = w->conversation->turns[place.turn].start_ms;
    return place;
}

/* All places of the condition, and from when each is known. */
static void find_places(state *s, const cs_node *node, ref_found *out, ref_place *known) {
    ref_anchor start = ref_anchor_start();
    ref_view end = {.world = s->world, .now = REF_END, .anchor = &start};
    ref_find(&end, node, ref_whole(&end), out);
    for (uint32_t i = 0; i < out->count; i++) {
        bool is_known = false;
        for (known[i] = out->items[i].at;; known[i] = next_place(s->world, known[i])) {
            ref_view v = {.world = s->world, .now = known[i], .anchor = &start};
            ref_found by_then;
            ref_find(&v, node, ref_whole(&v), &by_then);
            for (uint32_t k = 0; k < by_then.count; k++)
                is_known = is_known || (ref_compare(by_then.items[k].at, out->items[i].at) == 0 &&
                                        by_then.items[k].is_possible == out->items[i].is_possible);
            if (is_known || ref_compare(known[i], REF_END) == 0) break;
        }
    }
}

static void find_triggers(state *s, ref_found *out, ref_place *known) {
    const cs_node *when = s->body->when;
    ref_outcome value;
    if (ref_has_places(when)) {
        find_places(s, when, out, known);
        return;
    }
    *out = (ref_found){.is_closed = true};
    known[0] = decided_at(s->world, when, &value);
    if (value.value == REF_FALSE) return;
    out->items[0] = place_of(s->world, when, known[0]);
    if (value.value == REF_UNKNOWN) out->items[0].is_possible = true, out->items[0].reason = value.reason;
    out->count = 1;
}

/* Nobody knows whether it was triggered: what was done is done; the rest can't be told. */
static void doubt(ref_finding *f, cs_reason reason, bool is_once) {
    bool is_done = f->verdict == CS_VERDICT_MET || f->verdict == CS_VERDICT_CLEAN;
    if (is_done && !is_once)
        say(f, CS_VERDICT_NOT_APPLICABLE, CS_REASON_NOT_TRIGGERED);
    else if (f->verdict != CS_VERDICT_NOT_APPLICABLE)
        say(f, CS_VERDICT_UNDECIDED, reason);
}

static judged open(state *s, const ref_occurrence *trigger, ref_place known, ref_place *at, bool is_once) {
    judged j = {.node = s->body->expect ? s->body->expect : s->body->never, .trigger = trigger};
    decide(s, &j);
    if (trigger->is_possible) doubt(&j.finding, trigger->reason, is_once);
    show(s, &j);
    *at = ref_later(j.decided, ref_later(trigger->at, known));
    return j;
}

/* While one is open further triggers join it. */
static void judge_in_turn(state *s, const ref_found *found, const ref_place *known) {
    ref_place until = REF_BEGIN, at;
    for (uint32_t i = 0; i < found->count; i++) {
        const ref_occurrence *trigger = &found->items[i];
        if (s->count && ref_compare(trigger->at, until) <= 0) continue;
        judged j = open(s, trigger, known[i], &at, s->body->is_once);
        bool is_replaced = false; /* a sure trigger that comes while it is open stands for a possible one */
        for (uint32_t k = i + 1; k < found->count && trigger->is_possible && !s->body->is_once; k++)
            if (!found->items[k].is_possible && ref_compare(found->items[k].at, at) <= 0) is_replaced = true;
        if (is_replaced) continue;
        give(s, j.finding, at);
        until = at;
        if (s->body->is_once) return;
    }
}

/* The demand that was raised last by then, from 1; 0: none yet. only_sure: hardly recognised ones don't count. */
static uint32_t demand_by(const ref_world *w, ref_place place, bool only_sure, cs_reason *reason) {
    ref_place latest = REF_BEGIN;
    uint32_t demand = 0;
    for (uint32_t d = 0; d < w->syntax->demand_count; d++) {
        const ref_list *all = &w->atoms[w->syntax->demands[d]];
        for (uint32_t i = 0; i < all->count; i++)
            if (!(only_sure && all->items[i].is_possible) && ref_compare(all->items[i].at, place) <= 0 &&
                ref_compare(all->items[i].at, latest) >= 0)
                latest = all->items[i].at, demand = d + 1, *reason = all->items[i].reason;
    }
    return demand;
}

static uint32_t demand_at(const ref_world *w, ref_place place) {
    cs_reason reason;
    return demand_by(w, place, false, &reason);
}

static void judge_by_demand(state *s, const ref_found *found, const ref_place *known) {
    for (uint32_t i = 0; i < found->count; i++) {
        uint32_t demand = demand_at(s->world, found->items[i].at);
        bool is_open = false;
        for (uint32_t k = 0; k < i; k++) is_open = is_open || demand_at(s->world, found->items[k].at) == demand;
        if (is_open) continue;
        ref_place at;
        judged j = open(s, &found->items[i], known[i], &at, true);
        cs_reason reason = CS_REASON_LOW_CONFIDENCE, other;
        demand_by(s->world, found->items[i].at, false, &reason);
        if (!found->items[i].is_possible && demand_by(s->world, found->items[i].at, true, &other) != demand)
            doubt(&j.finding, reason, true);
        give(s, j.finding, at);
    }
}

/* The least place from which on nothing more of it can come. */
static ref_place closed_at(ref_world *w, const cs_node *node) {
    ref_anchor start = ref_anchor_start();
    for (ref_place now = REF_BEGIN;; now = next_place(w, now)) {
        ref_view v = {.world = w, .now = now, .anchor = &start};
        ref_found found;
        ref_find(&v, node, ref_whole(&v), &found);
        if (found.is_closed || ref_compare(now, REF_END) == 0) return now;
    }
}

static void judge_triggered(state *s) {
    ref_found found;
    ref_place known[REF_MOST];
    bool has_sure = false;
    find_triggers(s, &found, known);
    uint32_t sure = 0;
    while (sure < found.count && found.items[sure].is_possible) sure++;
    has_sure = sure < found.count;
    for (uint32_t i = 0; i < sure && has_sure && found.is_unknown;
         i++) /* until then nobody knew whether there are any */
        known[i] = ref_later(known[i], known[sure]);
    if (found.is_unknown && !has_sure) {
        give_plain(s, CS_VERDICT_UNDECIDED, found.reason, closed_at(s->world, s->body->when));
        return;
    }
    if (s->body->is_per_demand)
        judge_by_demand(s, &found, known);
    else
        judge_in_turn(s, &found, known);
    if (!s->count) give_plain(s, CS_VERDICT_NOT_APPLICABLE, CS_REASON_NOT_TRIGGERED, REF_END);
}

/* ---- without a trigger ---- */

static void judge_whole(state *s) {
    judged j = {.node = s->body->expect ? s->body->expect : s->body->never};
    decide(s, &j);
    show(s, &j);
    give(s, j.finding, j.decided);
}

/* The least place at which it is true, with true: there is one. */
static bool true_at(ref_world *w, const cs_node *node, ref_place *at) {
    ref_anchor start = ref_anchor_start();
    for (*at = REF_BEGIN;; *at = next_place(w, *at)) {
        ref_view v = {.world = w, .now = *at, .anchor = &start};
        if (ref_value(&v, node, ref_whole(&v)).value == REF_TRUE) return true;
        if (ref_compare(*at, REF_END) == 0) return false;
    }
}

static void give_hit(state *s, const ref_occurrence *o, ref_place known) {
    ref_anchor start = ref_anchor_start();
    ref_view v = {.world = s->world, .now = known, .anchor = &start};
    ref_outcome lifted = {.value = REF_FALSE};
    if (s->body->waiver) lifted = ref_value(&v, s->body->waiver, ref_closed_at(ref_whole(&v), known, true));
    ref_finding f = {.participant = speaker(s->world, o->turn),
                     .turn = o->turn,
                     .is_place_told = true,
                     .are_matches_told = true,
                     .match_count = 1,
                     .matches = {span_of(o)}};
    if (o->is_possible)
        say(&f, CS_VERDICT_UNDECIDED, o->reason);
    else if (lifted.value == REF_UNKNOWN)
        say(&f, CS_VERDICT_UNDECIDED, lifted.reason);
    else
        say(&f, CS_VERDICT_HIT, CS_REASON_PRESENT);
    give(s, f, known);
}

/* never without when: each place is a finding of its own, until a waiver lifts it. */
static void judge_each(state *s) {
    judged j = {.node = s->body->never, .anchor = ref_anchor_start(), .outcome = {.value = REF_FALSE}};
    ref_found found;
    ref_place known[REF_MOST], lifted;
    find_places(s, j.node, &found, known);
    bool is_lifted = s->body->waiver && true_at(s->world, s->body->waiver, &lifted);
    for (uint32_t i = 0; i < found.count; i++) {
        if (is_lifted && ref_compare(lifted, known[i]) < 0) break;
        give_hit(s, &found.items[i], known[i]);
    }
    j.decided = closed_at(s->world, j.node);
    if (s->count) return;
    if (is_lifted && ref_compare(lifted, j.decided) <= 0) {
        give_plain(s, CS_VERDICT_NOT_APPLICABLE, CS_REASON_WAIVED, lifted);
        return;
    }
    if (found.is_unknown) {
        give_plain(s, CS_VERDICT_UNDECIDED, found.reason, j.decided);
        return;
    }
    ref_view v = {.world = s->world, .now = j.decided, .anchor = &j.anchor};
    j.base = ref_whole(&v);
    j.window = ref_hull(&v, j.node, j.base);
    judge_absent(&v, s->body, &j);
    show(s, &j);
    give(s, j.finding, j.decided);
}

static void judge_flag(state *s) {
    judged j = {.node = s->body->when};
    j.anchor = ref_anchor_start();
    j.decided = decided_at(s->world, j.node, &j.outcome);
    ref_view v = {.world = s->world, .now = j.decided, .anchor = &j.anchor};
    j.base = j.window = ref_whole(&v);
    if (j.outcome.value == REF_TRUE)
        say(&j.finding, CS_VERDICT_NOTED, CS_REASON_PRESENT);
    else if (j.outcome.value == REF_UNKNOWN)
        say(&j.finding, CS_VERDICT_UNDECIDED, j.outcome.reason);
    else
        say(&j.finding, CS_VERDICT_NOT_NOTED, CS_REASON_ABSENT);
    show(s, &j);
    give(s, j.finding, j.decided);
}

/* ---- for … where ---- */

static ref_truth where(const cs_condition *c, const cs_conversation *record) {
    if (c->kind == CONDITION_NOT) {
        ref_truth inner = where(c->left, record);
        return inner == REF_UNKNOWN ? inner : inner == REF_TRUE ? REF_FALSE : REF_TRUE;
    }
    if (c->kind == CONDITION_AND || c->kind == CONDITION_OR) {
        ref_truth a = where(c->left, record), b = where(c->right, record);
        ref_truth deciding = c->kind == CONDITION_AND ? REF_FALSE : REF_TRUE;
        if (a == deciding || b == deciding) return deciding;
        return a == REF_UNKNOWN || b == REF_UNKNOWN ? REF_UNKNOWN : a;
    }
    if (c->kind == CONDITION_COMPARE) return ref_field(record, c->field, c->compare, c->values[0]);
    if (!ref_field_text(record, c->field)) return REF_UNKNOWN;
    for (uint32_t i = 0; i < c->value_count; i++)
        if (ref_field(record, c->field, COMPARE_EQ, c->values[i]) == REF_TRUE) return REF_TRUE;
    return REF_FALSE;
}

/* false: the rule is not for this conversation, or nobody knows, and that was said. */
static bool is_for(state *s) {
    const cs_conversation *c = s->world->conversation;
    const cs_rule_body *body = s->body;
    bool is_somewhere = body->channels && c->channel == CS_CHANNEL_UNKNOWN;
    if (body->channels && !is_somewhere && !(body->channels >> c->channel & 1))
        return give_plain(s, CS_VERDICT_NOT_APPLICABLE, CS_REASON_CHANNEL, REF_BEGIN), false;
    if (body->where) {
        ref_truth value = where(body->where, c);
        s->least = REF_END;
        if (value != REF_TRUE) {
            cs_reason reason = value == REF_UNKNOWN ? CS_REASON_FIELD_UNKNOWN : CS_REASON_CONDITION;
            return give_plain(s, CS_VERDICT_NOT_APPLICABLE, reason, REF_END), false;
        }
    }
    if (is_somewhere) return give_plain(s, CS_VERDICT_UNDECIDED, CS_REASON_CHANNEL, REF_BEGIN), false;
    return true;
}

/* ---- all rules ---- */

static int in_order(const void *left, const void *right) {
    const ref_finding *a = left, *b = right;
    int by_place = ref_compare(a->decided, b->decided);
    if (by_place) return by_place;
    if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
    return a->ordinal < b->ordinal ? -1 : a->ordinal > b->ordinal;
}

static bool says_more(const ref_finding *f) {
    bool is_quiet =
        f->verdict == CS_VERDICT_NOT_APPLICABLE || f->verdict == CS_VERDICT_CLEAN || f->verdict == CS_VERDICT_NOT_NOTED;
    return !is_quiet || f->has_trigger;
}

bool reference_run(const ref_rules *rules, const cs_conversation *conversation, cs_arena *arena, ref_result *out) {
    const cs_syntax *syntax = rules->syntax;
    ref_world world;
    cs_verdict *verdicts = arena_array(arena, syntax->rule_count + 1, sizeof *verdicts);
    cs_reason *reasons = arena_array(arena, syntax->rule_count + 1, sizeof *reasons);
    ref_finding *all = arena_array(arena, (syntax->rule_count + 1) * REF_MOST, sizeof *all);
    uint32_t count = 0;
    if (!verdicts || !reasons || !all || !ref_world_make(&world, rules, conversation, arena)) return false;
    for (uint32_t r = 0; r < syntax->rule_count; r++) {
        state s = {.world = &world,
                   .rule = &syntax->rules[r],
                   .body = &syntax->bodies[r],
                   .least = REF_BEGIN,
                   .findings = all + count,
                   .room = REF_MOST};
        if (!is_for(&s)) {
        } else if (s.rule->kind == CS_RULE_FLAG) {
            judge_flag(&s);
        } else if (s.body->when) {
            judge_triggered(&s);
        } else if (s.body->never && ref_has_places(s.body->never)) {
            judge_each(&s);
        } else {
            judge_whole(&s);
        }
        uint32_t kept = 0;
        for (uint32_t i = 0; i < s.count; i++) { /* the gravest, of equals the first, stands for the rule */
            const ref_finding *f = &s.findings[i];
            if (i == 0 || f->verdict > verdicts[r]) verdicts[r] = f->verdict, reasons[r] = f->reason;
        }
        for (uint32_t i = 0; i < s.count; i++)
            if (says_more(&s.findings[i])) s.findings[kept++] = s.findings[i];
        count += kept;
    }
    qsort(all, count, sizeof *all, in_order);
    *out = (ref_result){.verdicts = verdicts, .reasons = reasons, .findings = all, .finding_count = count};
    return true;
}
