/* Evidence: what was found and where; for what is missing the window searched and the nearest near-miss with its reason. */
#include "rules/obligation.h"

#include "base/utf8.h"

#include <string.h>

enum { MOST_EVIDENCE = 24, MOST_MATCHES = 8, MOST_EXCUSES = 3 };

typedef struct gathering {
    cs_context *context;
    cs_evidence items[MOST_EVIDENCE];
    uint32_t count;
} gathering;

/* Not zeroed: most findings hold two or three of its items. */
static void start(gathering *g, cs_context *context) {
    g->context = context;
    g->count = 0;
}

static cs_evidence from_occurrence(cs_evidence_kind kind, const cs_occurrence *o) {
    return (cs_evidence){.kind = kind,
                         .turn = o->turn,
                         .from = o->from,
                         .to = o->to,
                         .at_ms = o->start_ms,
                         .is_interpolated = o->is_interpolated,
                         .matched = o->matched,
                         .how = o->how,
                         .measured = o->measured,
                         .why = o->why,
                         .by = o->by,
                         .to_turn = CS_NO_TURN,
                         .from_ms = CS_NO_TIME,
                         .to_ms = CS_NO_TIME};
}

static void add(gathering *g, cs_evidence evidence) {
    if (g->count < MOST_EVIDENCE) g->items[g->count++] = evidence;
}

static bool keep(gathering *g, cs_finding *finding) {
    cs_evidence *kept = arena_array(g->context->timeline->arena, g->count + 1, sizeof *kept);
    if (!kept) return false;
    memcpy(kept, g->items, g->count * sizeof *kept);
    finding->evidence = kept;
    finding->evidence_count = g->count;
    return true;
}

static void open_at(cs_finding *finding, const cs_occurrence *o) {
    finding->turn = o->turn;
    finding->at_ms = o->start_ms;
}

/* ---- the window that was searched ---- */

static bool turn_is_inside(const cs_timeline *t, const cs_scope *scope, uint32_t turn) {
    cs_moment at = timeline_moment(t, turn, 0);
    if (moment_compare(at, scope->lo) < 0 || moment_compare(at, scope->hi) >= 0) return false;
    return !t->is_timed || (t->turns[turn]->start_ms >= scope->lo_ms && t->turns[turn]->start_ms <= scope->hi_ms);
}

static cs_evidence window_of(const cs_context *context, const cs_case *c) {
    const cs_timeline *t = context->timeline;
    cs_evidence e = {.kind = CS_EVIDENCE_WINDOW,
                     .turn = CS_NO_TURN,
                     .to_turn = CS_NO_TURN,
                     .at_ms = CS_NO_TIME,
                     .from_ms = CS_NO_TIME,
                     .to_ms = CS_NO_TIME};
    const cs_scope *w = &c->window;
    cs_role last = CS_ROLE_SYSTEM;
    /* The turn that opens at the decision may itself decide (its pace); of several windows it may just close one. */
    bool is_joined = c->node->kind == NODE_AND || c->node->kind == NODE_OR;
    for (uint32_t i = timeline_first_at(t, w->lo); i < t->turn_count; i++) {
        int order = moment_compare(timeline_moment(t, i, 0), c->outcome.decided);
        if (order > 0 || (order == 0 && is_joined) || moment_compare(timeline_moment(t, i, 0), w->hi) >= 0) break;
        if (!turn_is_inside(t, w, i)) continue;
        if (e.turn == CS_NO_TURN) e.turn = i;
        e.to_turn = i;
        cs_role role = timeline_role(t, i);
        if (role == CS_ROLE_SYSTEM) continue;
        e.turns_searched += role != last && (c->body->expected == CS_ANYONE || role == c->body->expected);
        last = role;
    }
    if (c->trigger && (e.turn == CS_NO_TURN || e.turn > c->trigger->turn)) e.turn = c->trigger->turn;
    if (t->is_timed) {
        e.from_ms = w->lo_ms > INT64_MIN ? w->lo_ms : c->trigger ? c->anchor.end_ms : 0;
        if (w->hi_ms < INT64_MAX)
            e.to_ms = w->hi_ms;
        else if (e.to_turn != CS_NO_TURN)
            e.to_ms =
                t->turns[e.to_turn]->end_ms != CS_NO_TIME ? t->turns[e.to_turn]->end_ms : t->turns[e.to_turn]->start_ms;
    }
    e.closed_by = w->closed_by;
    bool is_at_end = c->outcome.decided.at_ms == INT64_MAX; /* a running call knows no last turn */
    if (is_at_end && e.to_turn + 1 == t->turn_count && w->is_cut) e.to_turn = CS_NO_TURN;
    return e;
}

/* ---- the nearest near-miss ---- */

typedef struct candidate {
    const cs_occurrence *occurrence;
    cs_why why;
    uint32_t distance; /* turns outside the window */
} candidate;

static candidate weigh(const cs_scope *window, const cs_occurrence *o, const cs_evidence *searched) {
    candidate out = {.occurrence = o, .why = o->why};
    if (!scope_holds(window, o)) {
        if (o->turn == CS_NO_TURN) return (candidate){.occurrence = o, .why = CS_WHY_TOO_EARLY, .distance = 1};
        bool is_early =
            moment_compare(o->moment, window->lo) < 0 || (o->start_ms != CS_NO_TIME && o->start_ms < window->lo_ms);
        uint32_t from = searched->turn == CS_NO_TURN ? 0 : searched->turn;
        uint32_t to = searched->to_turn == CS_NO_TURN ? o->turn : searched->to_turn;
        out.distance = is_early ? (o->turn < from ? from - o->turn : 0) + 1 : (o->turn > to ? o->turn - to : 0) + 1;
        if (out.why == CS_WHY_NONE) out.why = is_early ? CS_WHY_TOO_EARLY : CS_WHY_TOO_LATE;
    } else if (out.why == CS_WHY_NONE && o->is_possible && o->reason == CS_REASON_LOW_CONFIDENCE) {
        out.why = CS_WHY_LOW_CONFIDENCE;
    }
    return out;
}

/* Nearer is better; at the same distance the right side before the wrong one. */
static bool is_nearer(const candidate *a, const candidate *b) {
    if (a->distance != b->distance) return a->distance < b->distance;
    return (a->why == CS_WHY_WRONG_SIDE) < (b->why == CS_WHY_WRONG_SIDE);
}

bool explain_near_miss(cs_context *context, cs_decided *missed) {
    const cs_rule_body *body = &context->syntax->bodies[missed->finding.rule];
    const cs_evidence *searched = NULL;
    for (uint32_t i = 0; i < missed->finding.evidence_count; i++)
        if (missed->finding.evidence[i].kind == CS_EVIDENCE_WINDOW) searched = &missed->finding.evidence[i];
    if (!searched) return true;
    candidate best = {0};
    for (uint32_t i = 0; i < body->atom_count; i++) {
        const cs_occurrences *all = table_of(context->table, body->atoms[i]->atom);
        for (uint32_t k = 0; k < all->count; k++) {
            candidate next = weigh(&missed->window, &all->items[k], searched);
            if (next.why != CS_WHY_NONE && (!best.occurrence || is_nearer(&next, &best))) best = next;
        }
    }
    if (!best.occurrence) return true;
    gathering g;
    start(&g, context);
    for (uint32_t i = 0; i < missed->finding.evidence_count; i++) add(&g, missed->finding.evidence[i]);
    cs_evidence e = from_occurrence(CS_EVIDENCE_NEAR_MISS, best.occurrence);
    e.why = best.why;
    add(&g, e);
    return keep(&g, &missed->finding);
}

/* What was said but excused, on the right side: why a `never` is clean. */
static void add_excuses(gathering *g, const cs_case *c) {
    unsigned added = 0;
    for (uint32_t i = 0; i < c->body->atom_count; i++) {
        const cs_occurrences *all = table_of(g->context->table, c->body->atoms[i]->atom);
        for (uint32_t k = 0; k < all->count && added < MOST_EXCUSES; k++) {
            const cs_occurrence *o = &all->items[k];
            if (moment_compare(o->moment, c->outcome.decided) > 0) break;
            if (o->why == CS_WHY_NONE || o->why == CS_WHY_WRONG_SIDE || !scope_holds(&c->window, o)) continue;
            add(g, from_occurrence(CS_EVIDENCE_EXCUSE, o));
            added++;
        }
    }
}

/* Possible words that make it undecided. */
static const cs_occurrence *add_possible(gathering *g, const cs_case *c) {
    const cs_occurrence *first = NULL;
    for (uint32_t i = 0; i < c->body->atom_count; i++) {
        const cs_occurrences *all = table_of(g->context->table, c->body->atoms[i]->atom);
        for (uint32_t k = 0; k < all->count; k++) {
            const cs_occurrence *o = &all->items[k];
            if (moment_compare(o->moment, c->outcome.decided) > 0) break;
            if (!o->is_possible || o->why != CS_WHY_NONE || !scope_holds(&c->window, o) ||
                moment_compare(o->moment, c->base.lo) < 0)
                continue;
            cs_evidence e = from_occurrence(CS_EVIDENCE_MATCH, o);
            e.why = o->reason == CS_REASON_LOW_CONFIDENCE ? CS_WHY_LOW_CONFIDENCE : CS_WHY_NONE;
            if (!first) first = o;
            add(g, e);
            if (g->count >= MOST_MATCHES) return first;
        }
    }
    return first;
}

static void add_steps(gathering *g, const cs_case *c) {
    const cs_node *node = c->node;
    cs_step_state states[CS_MAX_STEPS];
    cs_scope scope = c->base;
    for (; node->kind == NODE_WINDOW; node = node->left) scope = scope_narrow(g->context, node, scope, &c->anchor);
    if (node->kind != NODE_STEPS) return;
    (void)steps_value(g->context, node, scope, &c->anchor, states);
    for (uint32_t i = 0; i < node->step_count; i++) {
        const cs_step_state *s = &states[i];
        if (!s->occurrence && !s->is_missing) continue;
        cs_evidence e = {.kind = CS_EVIDENCE_STEP,
                         .turn = CS_NO_TURN,
                         .to_turn = CS_NO_TURN,
                         .at_ms = CS_NO_TIME,
                         .from_ms = CS_NO_TIME,
                         .to_ms = CS_NO_TIME};
        if (s->occurrence) e = from_occurrence(CS_EVIDENCE_STEP, s->occurrence);
        e.step = node->steps[i].name;
        e.by = s->is_premature ? s->missing : NULL;
        e.why = s->is_premature ? CS_WHY_TOO_EARLY : CS_WHY_NONE;
        add(g, e);
    }
}

/* ---- who answers for it ---- */

static cs_role main_side(const cs_case *c) {
    return c->body->expected == CS_ANYONE ? CS_ROLE_AGENT : c->body->expected;
}

/* Who of the expected side spoke first in the window; else who of it hung up; else who of it spoke last before the window;
 * else who of it spoke at all. */
static uint32_t responsible(const cs_context *context, const cs_case *c) {
    const cs_timeline *t = context->timeline;
    cs_role side = main_side(c);
    uint32_t first = CS_NO_PARTICIPANT, before = CS_NO_PARTICIPANT;
    uint32_t begins = timeline_first_at(t, c->window.lo);
    for (uint32_t i = begins; i < t->turn_count && moment_compare(timeline_moment(t, i, 0), c->outcome.decided) <= 0;
         i++) {
        if (timeline_role(t, i) != side) continue;
        if (turn_is_inside(t, &c->window, i)) return t->turns[i]->participant;
        if (first == CS_NO_PARTICIPANT) first = t->turns[i]->participant;
    }
    for (uint32_t i = begins; i-- > 0 && before == CS_NO_PARTICIPANT;)
        if (timeline_role(t, i) == side && moment_compare(timeline_moment(t, i, 0), c->outcome.decided) <= 0)
            before = t->turns[i]->participant;
    bool is_at_end = c->outcome.decided.at_ms == INT64_MAX; /* only then is it known in a running call, too */
    uint32_t hung_up = c->window.is_cut && is_at_end ? timeline_who_hung_up(t, side) : CS_NO_PARTICIPANT;
    return hung_up != CS_NO_PARTICIPANT ? hung_up : before != CS_NO_PARTICIPANT ? before : first;
}

static uint32_t participant_of(const cs_context *context, const cs_occurrence *o) {
    return o->turn == CS_NO_TURN ? CS_NO_PARTICIPANT : context->timeline->turns[o->turn]->participant;
}

bool explain_place(cs_context *context, const cs_occurrence *o, cs_finding *finding) {
    gathering g;
    start(&g, context);
    cs_evidence e = from_occurrence(CS_EVIDENCE_MATCH, o);
    e.why = o->is_possible && o->reason == CS_REASON_LOW_CONFIDENCE ? CS_WHY_LOW_CONFIDENCE : CS_WHY_NONE;
    add(&g, e);
    finding->participant = participant_of(context, o);
    open_at(finding, o);
    return keep(&g, finding);
}

/* Where to open it: the words of the expected side, else the first. */
static const cs_occurrence *main_proof(const cs_context *context, const cs_case *c, const cs_occurrence *const *proof,
                                       uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (proof[i]->turn != CS_NO_TURN && timeline_role(context->timeline, proof[i]->turn) == main_side(c))
            return proof[i];
    return proof[0];
}

bool explain_true(cs_context *context, const cs_case *c, cs_finding *finding) {
    gathering g;
    start(&g, context);
    const cs_occurrence *proof[MOST_MATCHES];
    uint32_t n = expression_proof(context, c->node, c->base, &c->anchor, c->outcome.decided, proof, MOST_MATCHES);
    if (c->trigger && (c->trigger->matched[0] || c->trigger->measured))
        add(&g, from_occurrence(CS_EVIDENCE_TRIGGER, c->trigger));
    for (uint32_t i = 0; i < n; i++) add(&g, from_occurrence(CS_EVIDENCE_MATCH, proof[i]));
    add_steps(&g, c);
    finding->participant = responsible(context, c);
    finding->turn = CS_NO_TURN;
    finding->at_ms = CS_NO_TIME;
    if (n) {
        const cs_occurrence *main = main_proof(context, c, proof, n);
        open_at(finding, main);
        if (main->to > 0) finding->participant = participant_of(context, main);
    } else if (c->trigger) {
        open_at(finding, c->trigger);
    }
    return keep(&g, finding);
}

bool explain_false(cs_context *context, const cs_case *c, cs_finding *finding) {
    gathering g;
    start(&g, context);
    bool is_searched = finding->verdict == CS_VERDICT_MISSED || finding->verdict == CS_VERDICT_UNDECIDED;
    cs_evidence window = {.turn = CS_NO_TURN};
    const cs_occurrence *possible = NULL;
    if (is_searched) window = window_of(context, c);
    finding->participant = CS_NO_PARTICIPANT;
    finding->turn = CS_NO_TURN;
    finding->at_ms = CS_NO_TIME;
    if (c->trigger && (c->trigger->matched[0] || c->trigger->measured))
        add(&g, from_occurrence(CS_EVIDENCE_TRIGGER, c->trigger));
    if (finding->verdict == CS_VERDICT_UNDECIDED) possible = add_possible(&g, c);
    if (is_searched) add(&g, window);
    if (finding->verdict == CS_VERDICT_MISSED) add_steps(&g, c);
    if (finding->verdict == CS_VERDICT_CLEAN || finding->verdict == CS_VERDICT_NOT_NOTED) add_excuses(&g, c);
    if (finding->verdict == CS_VERDICT_NOT_APPLICABLE && finding->reason == CS_REASON_WAIVED) {
        const cs_occurrence *proof[1];
        cs_scope whole = c->trigger ? scope_behind(context, &c->anchor) : scope_whole(context);
        if (expression_proof(context, c->body->waiver, whole, &c->anchor, c->outcome.decided, proof, 1))
            add(&g, from_occurrence(CS_EVIDENCE_WAIVER, proof[0]));
    }
    if (c->trigger)
        open_at(finding, c->trigger);
    else if (possible)
        open_at(finding, possible);
    else if (finding->verdict == CS_VERDICT_MISSED && window.turn != CS_NO_TURN)
        finding->turn = window.turn, finding->at_ms = context->timeline->turns[window.turn]->start_ms;
    if (g.count == 0) return true;
    finding->participant = responsible(context, c);
    return keep(&g, finding);
}
