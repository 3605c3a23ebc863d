#include "rules/evaluation_state.h"

#include <stdlib.h>
#include <string.h>

/* ---- which rules are looked at ---- */

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "out of memory while inspecting");
}

static bool wake(cs_evaluation *e, uint32_t rule) {
    if (e->state_of[rule]) return true;
    if (!arena_room(e->arena, (void **)&e->states, &e->state_room, e->state_count, sizeof *e->states)) return false;
    e->states[e->state_count++] = (cs_rule_state){.rule = rule};
    e->state_of[rule] = (uint16_t)e->state_count;
    return true;
}

/* What occurred for the first time wakes the rules that wait for it. */
bool evaluation_wake(cs_evaluation *e) {
    for (; e->woken_lists < e->table.count; e->woken_lists++) {
        const uint32_t *rules = e->syntax->woken[e->table.atoms[e->woken_lists]];
        for (; rules && *rules != CS_NO_ATOM; rules++)
            if (!wake(e, *rules)) return false;
    }
    return true;
}

cs_error evaluation_begin(cs_scanner *scanner, const cs_conversation *head, cs_arena *arena, cs_evaluation **out,
                          cs_message *message) {
    const cs_syntax *syntax = ruleset_syntax(scan_ruleset(scanner));
    cs_evaluation *e = arena_alloc(arena, sizeof *e);
    if (!e) return no_memory(message);
    *e = (cs_evaluation){.scanner = scanner, .syntax = syntax, .arena = arena, .rule_count = syntax->rule_count};
    e->state_of = arena_array(arena, syntax->rule_count + 1, sizeof *e->state_of);
    timeline_init(&e->timeline, head, arena);
    if (!e->state_of || !table_init(&e->table, syntax->atom_count, arena) ||
        !feed_init(&e->feed, syntax, &e->timeline, &e->table, scan_passing(scanner)))
        return no_memory(message);
    for (uint32_t i = 0; i < syntax->restless_count; i++)
        if (!wake(e, syntax->restless[i])) return no_memory(message);
    bool is_channel_unknown =
        head->channel == CS_CHANNEL_UNKNOWN; /* undecided from the beginning, like words unheard */
    for (uint32_t r = 0; (is_channel_unknown || head->is_wordless) && r < e->rule_count; r++)
        if ((syntax->bodies[r].channels || head->is_wordless) && !syntax->bodies[r].across && !wake(e, r))
            return no_memory(message);
    *out = e;
    return CS_OK;
}

/* ---- from arrival to order ---- */

static cs_error settle_turn(cs_evaluation *e, const cs_turn *turn, cs_message *message) {
    cs_timeline *t = &e->timeline;
    const cs_folded *folded;
    if (t->is_timed) feed_until(&e->feed, turn->start_ms);
    if (!timeline_add_turn(t, turn)) return no_memory(message);
    uint32_t index = t->turn_count - 1;
    cs_role role = timeline_role(t, index);
    e->spoke |= 1u << role;
    cs_error code = scan_turn(e->scanner, &e->table, turn, role, timeline_is_first_agent(t, index), index,
                              timeline_moment(t, index, 0).at_ms, &folded, message);
    if (code != CS_OK) return code;
    feed_turn(&e->feed, index, folded);
    return CS_OK;
}

cs_error evaluation_settle(cs_evaluation *e, const cs_held *h, cs_message *message) {
    if (h->turn) {
        cs_error code = settle_turn(e, h->turn, message);
        if (code != CS_OK) return code;
    } else if (h->voice) {
        feed_until(&e->feed, h->voice->start_ms);
        if (!timeline_add_voice(&e->timeline, h->voice)) return no_memory(message);
        feed_voice(&e->feed, e->timeline.voice_count - 1);
    } else {
        if (e->timeline.is_timed && h->event->at_ms != CS_NO_TIME) feed_until(&e->feed, h->event->at_ms);
        if (!timeline_add_event(&e->timeline, h->event)) return no_memory(message);
        feed_event(&e->feed, e->timeline.event_count - 1);
    }
    return !e->feed.is_out_of_memory && evaluation_wake(e) ? CS_OK : no_memory(message);
}

static int rank_of(const cs_held *h) {
    return h->turn ? 0 : h->voice ? 1 : 2;
}

/* In the order of the timeline: by start, turns before voices before events; voices by who speaks; then as they came. */
static bool is_behind(const cs_held *a, const cs_held *b) {
    if (a->start_ms != b->start_ms) return a->start_ms > b->start_ms;
    if (a->voice && b->voice) return a->voice->participant > b->voice->participant;
    return rank_of(a) > rank_of(b);
}

static cs_error push(cs_evaluation *e, cs_held item, cs_message *message) {
    if (!e->timeline.is_timed) return evaluation_settle(e, &item, message); /* arrival is the only order there is */
    if (item.start_ms < e->timeline.watermark_ms)
        return message_set(message, CS_ERR_CONFLICT,
                           "it starts at %lld ms, before the watermark %lld ms: only a new inspection can take it in",
                           (long long)item.start_ms, (long long)e->timeline.watermark_ms);
    if (!arena_room(e->arena, (void **)&e->held, &e->held_room, e->held_count, sizeof *e->held))
        return no_memory(message);
    uint32_t at = e->held_count++;
    for (; at > 0 && is_behind(&e->held[at - 1], &item); at--) e->held[at] = e->held[at - 1];
    e->held[at] = item;
    return CS_OK;
}

cs_error evaluation_push_turn(cs_evaluation *e, const cs_turn *turn, cs_message *message) {
    if (turn->participant >= e->timeline.head->participant_count)
        return message_set(message, CS_ERR_USAGE, "a turn by nobody of this conversation");
    return push(e, (cs_held){.turn = turn, .start_ms = turn->start_ms}, message);
}

cs_error evaluation_push_voice(cs_evaluation *e, const cs_voice *voice, cs_message *message) {
    if (voice->participant >= e->timeline.head->participant_count)
        return message_set(message, CS_ERR_USAGE, "a voice of nobody of this conversation");
    return push(e, (cs_held){.voice = voice, .start_ms = voice->start_ms}, message);
}

/* Without a time it stands behind everything: nobody knows when it was. */
cs_error evaluation_push_event(cs_evaluation *e, const cs_event *event, cs_message *message) {
    if (event->participant != CS_NO_PARTICIPANT && event->participant >= e->timeline.head->participant_count)
        return message_set(message, CS_ERR_USAGE, "an event by nobody of this conversation");
    return push(e, (cs_held){.event = event, .start_ms = event->at_ms == CS_NO_TIME ? INT64_MAX : event->at_ms},
                message);
}

static cs_error release(cs_evaluation *e, int64_t watermark_ms, cs_message *message) {
    uint32_t done = 0;
    cs_error code = CS_OK;
    while (code == CS_OK && done < e->held_count && e->held[done].start_ms < watermark_ms)
        code = evaluation_settle(e, &e->held[done++], message);
    if (done == 0) return code;
    memmove(e->held, e->held + done, (e->held_count - done) * sizeof *e->held);
    e->held_count -= done;
    return code;
}

/* ---- verdicts ---- */

static bool on_decided(void *sink, const cs_decided *decided) {
    cs_evaluation *e = sink;
    if (!arena_room(e->arena, (void **)&e->decided, &e->decided_room, e->decided_count, sizeof *e->decided))
        return false;
    e->decided[e->decided_count++] = *decided;
    return true;
}

static int compare_decided(const void *left, const void *right) {
    const cs_decided *a = left, *b = right;
    int by_moment = moment_compare(a->at, b->at);
    if (by_moment) return by_moment;
    if (a->finding.rule != b->finding.rule) return a->finding.rule < b->finding.rule ? -1 : 1;
    return a->finding.ordinal < b->finding.ordinal ? -1 : a->finding.ordinal > b->finding.ordinal;
}

static cs_error too_much(const cs_evaluation *e, uint32_t rule, cs_message *message) {
    (void)message_set(message, CS_ERR_LIMIT, "rule %s finds more in this conversation than one inspection may hold",
                      e->syntax->rules[rule].name);
    message_remedy(message, "split the conversation (%u turns), or make the rule's words rarer",
                   e->timeline.turn_count);
    return CS_ERR_LIMIT;
}

cs_context evaluation_context(const cs_evaluation *e, const cs_conversation *end) {
    return (cs_context){.timeline = &e->timeline,
                        .table = &e->table,
                        .syntax = e->syntax,
                        .end = end,
                        .arena = scan_scratch(e->scanner),
                        .passing = scan_passing(e->scanner)};
}

static cs_error judge_woken(cs_evaluation *e, const cs_conversation *end, cs_message *message) {
    cs_context context = evaluation_context(e, end);
    for (uint32_t i = 0; i < e->state_count; i++) {
        cs_rule_state *state = &e->states[i];
        if (state->is_finished) continue;
        arena_reset(context.arena);
        if (!obligation_step(&context, state->rule, state, end, on_decided, e) || context.is_out_of_memory)
            return too_much(e, state->rule, message);
    }
    if (e->decided_count > e->decided_sorted + 1)
        qsort(e->decided + e->decided_sorted, e->decided_count - e->decided_sorted, sizeof *e->decided,
              compare_decided);
    e->decided_sorted = e->decided_count;
    return CS_OK;
}

cs_error evaluation_advance(cs_evaluation *e, int64_t watermark_ms, cs_message *message) {
    if (e->timeline.is_timed) {
        if (watermark_ms <= e->timeline.watermark_ms) return CS_OK;
        cs_error code = release(e, watermark_ms, message);
        if (code != CS_OK) return code;
        e->timeline.watermark_ms = watermark_ms;
        feed_until(&e->feed, watermark_ms);
        if (e->feed.is_out_of_memory || !evaluation_wake(e)) return no_memory(message);
    }
    return judge_woken(e, NULL, message);
}

/* Rules that nothing woke are judged one by one only where that depends on more than the channel and who spoke. */
static bool wake_for_end(cs_evaluation *e) {
    bool is_doubtful = e->spoke >> CS_ROLE_UNDECIDED & 1;
    for (uint32_t i = 0; i < e->syntax->choosy_count; i++)
        if (!wake(e, e->syntax->choosy[i])) return false;
    for (uint32_t r = 0; is_doubtful && r < e->rule_count; r++) {
        const cs_rule_body *body = &e->syntax->bodies[r];
        if (body->never && !body->across && !wake(e, r)) return false;
    }
    return true;
}

cs_error evaluation_end(cs_evaluation *e, const cs_conversation *end, cs_message *message) {
    cs_error code = release(e, INT64_MAX, message);
    for (uint32_t i = 0; i < e->held_count && code == CS_OK; i++) code = evaluation_settle(e, &e->held[i], message);
    if (code != CS_OK) return code;
    e->held_count = 0;
    int64_t promised_ms = e->timeline.watermark_ms;
    timeline_end(&e->timeline);
    if (e->timeline.is_timed && e->timeline.end_ms != CS_NO_TIME && promised_ms > e->timeline.end_ms) {
        message_set(message, CS_ERR_CONFLICT, "it was said to run at %lld ms, and it ends at %lld ms",
                    (long long)promised_ms, (long long)e->timeline.end_ms);
        message_remedy(message, "push the event that ended it (hang-up, close, inactivity) before");
        return CS_ERR_CONFLICT;
    }
    feed_until(&e->feed, INT64_MAX);
    if (e->feed.is_out_of_memory || !evaluation_wake(e) || !wake_for_end(e)) return no_memory(message);
    code = judge_woken(e, end, message);
    if (e->decided_count > 1) /* a rule that woke late may have been clean for long: in the order of their moments */
        qsort(e->decided, e->decided_count, sizeof *e->decided, compare_decided);
    cs_context context = evaluation_context(e, end);
    for (uint32_t i = 0; code == CS_OK && i < e->decided_count; i++)
        if (e->decided[i].finding.verdict == CS_VERDICT_MISSED && !explain_near_miss(&context, &e->decided[i]))
            code = message_set(message, CS_ERR_MEMORY, "out of memory while looking for near-misses");
    return code;
}

/* ---- the result ---- */

/* What the sleeping rules say of conversations of this channel in which these roles spoke: made once for each. */
static const cs_quiet *quiet_of(cs_evaluation *e) {
    cs_channel channel = e->timeline.head->channel;
    cs_quiet *quiet = scan_quiet(e->scanner, channel, e->spoke);
    if (quiet->verdicts) return quiet;
    cs_verdict *verdicts = arena_array(scan_kept(e->scanner), e->rule_count + 1, sizeof *verdicts);
    cs_reason *reasons = arena_array(scan_kept(e->scanner), e->rule_count + 1, sizeof *reasons);
    if (!verdicts || !reasons) return NULL;
    for (uint32_t r = 0; r < e->rule_count; r++)
        obligation_quiet(&e->syntax->bodies[r], e->syntax->rules[r].kind, channel, e->spoke, &verdicts[r], &reasons[r]);
    *quiet = (cs_quiet){.verdicts = verdicts, .reasons = reasons};
    return quiet;
}

static bool fill_result(cs_evaluation *e, cs_verdicts *out) {
    cs_verdict *verdicts = arena_array(e->arena, e->rule_count + 1, sizeof *verdicts);
    cs_reason *reasons = arena_array(e->arena, e->rule_count + 1, sizeof *reasons);
    cs_finding *findings = arena_array(e->arena, e->decided_count + 1, sizeof *findings);
    const cs_quiet *quiet = verdicts && reasons && findings ? quiet_of(e) : NULL;
    if (!quiet) return false;
    memcpy(verdicts, quiet->verdicts, e->rule_count * sizeof *verdicts);
    memcpy(reasons, quiet->reasons, e->rule_count * sizeof *reasons);
    for (uint32_t i = 0; i < e->state_count; i++) {
        const cs_rule_state *state = &e->states[i];
        verdicts[state->rule] = state->is_begun ? state->verdict : CS_VERDICT_NOT_APPLICABLE;
        reasons[state->rule] = state->is_begun ? state->reason : CS_REASON_NOT_TRIGGERED;
    }
    for (uint32_t i = 0; i < e->decided_count; i++) findings[i] = e->decided[i].finding;
    out->verdicts = verdicts;
    out->reasons = reasons;
    out->findings = findings;
    return true;
}

uint32_t evaluation_finding_count(const cs_evaluation *e) {
    return e->decided_count;
}

const cs_finding *evaluation_finding(const cs_evaluation *e, uint32_t index) {
    return &e->decided[index].finding;
}

void evaluation_result(cs_evaluation *e, cs_verdicts *out) {
    *out = (cs_verdicts){.rule_count = e->rule_count, .finding_count = e->decided_count};
    if (!fill_result(e, out)) out->rule_count = out->finding_count = 0;
}

typedef struct cs_merge {
    uint32_t turn, voice, event;
} cs_merge;

static bool is_voice_next(const cs_conversation *c, const cs_merge *m, bool has_turn, bool has_event) {
    if (!c->is_timed || m->voice >= c->voice_count) return false;
    int64_t start_ms = c->voices[m->voice].start_ms;
    if (has_turn && c->turns[m->turn].start_ms <= start_ms) return false;
    return !has_event || c->events[m->event].at_ms == CS_NO_TIME || start_ms <= c->events[m->event].at_ms;
}

/* The next of the timeline, in its order; false: that was all. */
static bool take_next(const cs_conversation *c, cs_merge *m, cs_held *next) {
    bool has_turn = m->turn < c->turn_count, has_event = m->event < c->event_count;
    if (is_voice_next(c, m, has_turn, has_event))
        *next = (cs_held){.voice = &c->voices[m->voice++]};
    else if (has_event && (!has_turn || c->events[m->event].after_turn <= m->turn))
        *next = (cs_held){.event = &c->events[m->event++]};
    else if (has_turn)
        *next = (cs_held){.turn = &c->turns[m->turn++]};
    else
        return false;
    return true;
}

cs_error evaluation_run(cs_scanner *scanner, const cs_conversation *conversation, cs_arena *arena, cs_verdicts *out,
                        cs_message *message) {
    cs_evaluation *e = NULL;
    cs_error code = evaluation_begin(scanner, conversation, arena, &e, message);
    cs_merge merge = {0}; /* all are in order: merged, nothing is ever held */
    cs_held next;
    while (code == CS_OK && take_next(conversation, &merge, &next)) {
        bool is_placeless = e->timeline.is_timed && next.event && next.event->at_ms == CS_NO_TIME;
        code = is_placeless ? evaluation_push_event(e, next.event, message) : evaluation_settle(e, &next, message);
    }
    if (code == CS_OK) code = evaluation_end(e, conversation, message);
    if (code != CS_OK) return code;
    evaluation_result(e, out);
    return out->rule_count == ruleset_rule_count(scan_ruleset(scanner)) ? CS_OK : no_memory(message);
}
