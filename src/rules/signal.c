/* Signals: the evaluation is copied, what is being said is put behind it, the same rules are judged, and the copy is dropped.
 * So one evaluator makes signals and verdicts. */
#include "rules/evaluation_state.h"

#include <string.h>

typedef struct looking {
    cs_evaluation ahead; /* the copy */
    cs_evaluation *e;
    int64_t now_ms;
    cs_on_signal on_signal;
    void *context;
    bool is_out_of_memory;
} looking;

/* ---- the copy ---- */

static void *copied(looking *l, const void *items, uint32_t count, uint32_t more, size_t bytes) {
    void *copy = arena_array(l->ahead.arena, (size_t)count + more + 1, bytes);
    if (!copy)
        l->is_out_of_memory = true;
    else if (count)
        memcpy(copy, items, count * bytes);
    return copy;
}

/* What changes in place is copied; what only grows is shared, and what is added to it is forgotten with the copy. */
static void fork_evaluation(looking *l) {
    cs_evaluation *a = &l->ahead;
    const cs_evaluation *e = l->e;
    *a = *e;
    a->arena = scan_ahead(e->scanner);
    a->table.arena = a->timeline.arena = a->feed.arena = a->arena;
    a->feed.timeline = &a->timeline;
    a->feed.table = &a->table;
    a->table.lists = copied(l, e->table.lists, e->table.count, 0, sizeof *e->table.lists);
    a->table.atoms = copied(l, e->table.atoms, e->table.count, 0, sizeof *e->table.atoms);
    a->table.list_room = a->table.atom_room = e->table.count;
    for (uint32_t i = 0; !l->is_out_of_memory && i < a->table.count; i++)
        a->table.lists[i].capacity = a->table.lists[i].count;
    a->timeline.runs = copied(l, e->timeline.runs, e->timeline.run_count, 0, sizeof *e->timeline.runs);
    a->timeline.run_room = e->timeline.run_count;
    a->timeline.turn_room = e->timeline.turn_count;
    a->timeline.event_room = e->timeline.event_count;
    a->timeline.voice_room = e->timeline.voice_count;
    if (e->feed.speakers)
        a->feed.speakers =
            copied(l, e->feed.speakers, e->timeline.head->participant_count, 0, sizeof *e->feed.speakers);
    a->feed.said_room = e->feed.said_count;
    a->states = copied(l, e->states, e->state_count, 0, sizeof *e->states);
    a->state_room = e->state_count;
    a->decided = NULL;
    a->decided_count = a->decided_room = a->decided_sorted = 0;
}

/* The two tables by number are shared: what the copy wrote into them is taken back. */
static void drop_fork(looking *l) {
    for (uint32_t i = l->e->table.count; i < l->ahead.table.count; i++)
        l->ahead.table.slot_of[l->ahead.table.atoms[i]] = 0;
    for (uint32_t i = l->e->state_count; i < l->ahead.state_count; i++) l->ahead.state_of[l->ahead.states[i].rule] = 0;
}

/* ---- what stands ---- */

static bool is_same(const cs_signal *a, const cs_signal *b) {
    return a->rule == b->rule && a->kind == b->kind && a->verdict == b->verdict && a->place_ms == b->place_ms;
}

static void stand(looking *l, cs_signal signal) {
    cs_evaluation *e = l->e;
    signal.is_standing = true;
    for (uint32_t i = 0; i < e->signal_count; i++) {
        if (!is_same(&e->signals[i], &signal)) continue;
        e->signals[i].is_standing = true;
        return;
    }
    signal.words = arena_string(e->arena, signal.words ? signal.words : "");
    if (!signal.words ||
        !arena_room(e->arena, (void **)&e->signals, &e->signal_room, e->signal_count, sizeof *e->signals)) {
        l->is_out_of_memory = true;
        return;
    }
    e->signals[e->signal_count++] = signal;
    l->on_signal(l->context, &signal, CS_SIGNAL_RAISED);
}

static int64_t place_of(const cs_timeline *t, uint32_t turn) {
    return turn < t->turn_count ? t->turns[turn]->start_ms : CS_NO_TIME;
}

static void on_open(void *sink, const cs_rule_body *body, const cs_occurrence *trigger) {
    looking *l = sink;
    uint32_t rule = (uint32_t)(body - l->e->syntax->bodies);
    int64_t since = trigger && trigger->end_ms != CS_NO_TIME ? trigger->end_ms : 0;
    if (!body->prompt || l->now_ms < since + body->prompt_ms || (trigger && trigger->is_possible)) return;
    stand(l, (cs_signal){.rule = rule,
                         .kind = CS_SIGNAL_PROMPT,
                         .place_ms = trigger ? place_of(&l->ahead.timeline, trigger->turn) : CS_NO_TIME,
                         .words = body->prompt});
}

static const char *words_of(const cs_finding *finding) {
    for (uint32_t i = 0; i < finding->evidence_count; i++) {
        const cs_evidence *e = &finding->evidence[i];
        if (e->kind != CS_EVIDENCE_MATCH && e->kind != CS_EVIDENCE_TRIGGER) continue;
        if (e->matched && *e->matched) return e->matched;
        if (e->measured) return e->measured;
    }
    return NULL;
}

static bool on_decided(void *sink, const cs_decided *decided) {
    looking *l = sink;
    const cs_finding *f = &decided->finding;
    bool is_alert = f->verdict == CS_VERDICT_HIT || f->verdict == CS_VERDICT_NOTED || f->verdict == CS_VERDICT_MISSED;
    if (is_alert)
        stand(l, (cs_signal){.rule = f->rule,
                             .kind = CS_SIGNAL_ALERT,
                             .verdict = f->verdict,
                             .place_ms = place_of(&l->ahead.timeline, f->turn),
                             .words = words_of(f)});
    return !l->is_out_of_memory;
}

/* An alert that became a verdict is confirmed; everything else that no longer stands is withdrawn. */
static void settle_signals(looking *l) {
    cs_evaluation *e = l->e;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < e->signal_count; i++) {
        cs_signal s = e->signals[i];
        bool is_confirmed = false;
        for (uint32_t k = 0; !s.is_standing && s.kind == CS_SIGNAL_ALERT && k < e->decided_count; k++) {
            const cs_finding *f = &e->decided[k].finding;
            is_confirmed |=
                f->rule == s.rule && f->verdict == s.verdict && place_of(&e->timeline, f->turn) == s.place_ms;
        }
        if (s.is_standing)
            e->signals[kept++] = s;
        else
            l->on_signal(l->context, &s, is_confirmed ? CS_SIGNAL_CONFIRMED : CS_SIGNAL_WITHDRAWN);
    }
    e->signal_count = kept;
}

/* ---- looking ahead ---- */

static cs_error put_behind(looking *l, const cs_turn *partial, uint32_t count, cs_message *message) {
    const cs_evaluation *e = l->e;
    cs_error code = CS_OK;
    uint32_t h = 0, p = 0;
    while (code == CS_OK && (h < e->held_count || p < count)) { /* both in order of their start */
        bool is_held = p == count || (h < e->held_count && e->held[h].start_ms <= partial[p].start_ms);
        cs_held next = is_held ? e->held[h++] : (cs_held){.turn = &partial[p], .start_ms = partial[p].start_ms};
        if (!is_held) p++;
        if (next.start_ms <= l->now_ms) code = evaluation_settle(&l->ahead, &next, message);
    }
    return code;
}

cs_error evaluation_signals(cs_evaluation *e, const cs_turn *partial, uint32_t partial_count, int64_t now_ms,
                            cs_on_signal on_signal, void *listener, cs_message *message) {
    looking l = {.e = e, .now_ms = now_ms, .on_signal = on_signal, .context = listener};
    arena_reset(scan_ahead(e->scanner));
    fork_evaluation(&l);
    if (l.is_out_of_memory) return message_set(message, CS_ERR_MEMORY, "out of memory while looking ahead");
    for (uint32_t i = 0; i < e->signal_count; i++) e->signals[i].is_standing = false;
    cs_error code = put_behind(&l, partial, partial_count, message);
    cs_evaluation *ahead = &l.ahead;
    if (code == CS_OK && ahead->timeline.is_timed) {
        ahead->timeline.watermark_ms = now_ms;
        feed_until(&ahead->feed, now_ms);
        if (ahead->feed.is_out_of_memory || !evaluation_wake(ahead)) l.is_out_of_memory = true;
    }
    cs_context context = evaluation_context(ahead, NULL);
    context.on_open = on_open;
    context.open_sink = &l;
    for (uint32_t i = 0; code == CS_OK && !l.is_out_of_memory && i < ahead->state_count; i++) {
        cs_rule_state *state = &ahead->states[i];
        arena_reset(context.arena);
        if (!state->is_finished && !obligation_step(&context, state->rule, state, NULL, on_decided, &l))
            l.is_out_of_memory = true;
    }
    drop_fork(&l);
    if (code == CS_OK && (l.is_out_of_memory || context.is_out_of_memory))
        code = message_set(message, CS_ERR_MEMORY, "out of memory while looking ahead");
    if (code == CS_OK) settle_signals(&l);
    return code;
}
