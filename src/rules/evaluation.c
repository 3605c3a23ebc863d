#include "rules/evaluation.h"

#include "rules/obligation.h"

#include <stdlib.h>
#include <string.h>

typedef struct held { /* pushed, not yet final */
    const cs_turn *turn; /* or an event */
    const cs_event *event;
    int64_t start_ms;
    uint64_t order; /* of arrival, for what starts at the same time */
} held;

struct cs_evaluation {
    cs_scanner *scanner;
    cs_arena *arena;
    cs_timeline timeline;
    cs_rule_state *states;
    uint32_t rule_count;
    held *held;
    uint32_t held_count, held_room;
    uint64_t arrivals;
    cs_decided *decided; /* in order of decision */
    uint32_t decided_count, decided_room, decided_sorted;
};

cs_error evaluation_begin(cs_scanner *scanner, const cs_conversation *head, cs_arena *arena, cs_evaluation **out,
                          cs_message *message) {
    uint32_t rules = ruleset_rule_count(scan_ruleset(scanner));
    cs_evaluation *e = arena_alloc(arena, sizeof *e);
    cs_rule_state *states = arena_array(arena, rules + 1, sizeof *states);
    if (!e || !states) return message_set(message, CS_ERR_MEMORY, "out of memory for an evaluation");
    e->scanner = scanner;
    e->arena = arena;
    e->states = states;
    e->rule_count = rules;
    timeline_init(&e->timeline, head, arena);
    scan_begin(scanner, arena);
    *out = e;
    return CS_OK;
}

/* ---- from arrival to order ---- */

static cs_error settle(cs_evaluation *e, const held *h, cs_message *message) {
    cs_timeline *t = &e->timeline;
    bool is_good = h->turn ? timeline_add_turn(t, h->turn) : timeline_add_event(t, h->event);
    if (!is_good) return message_set(message, CS_ERR_MEMORY, "out of memory while inspecting");
    if (!h->turn) return CS_OK;
    uint32_t index = t->turn_count - 1;
    return scan_turn(e->scanner, h->turn, timeline_role(t, index), index, timeline_moment(t, index, 0).at_ms, message);
}

static cs_error push(cs_evaluation *e, held item, cs_message *message) {
    if (!e->timeline.is_timed) return settle(e, &item, message); /* arrival is the only order there is */
    if (item.start_ms < e->timeline.watermark_ms)
        return message_set(message, CS_ERR_CONFLICT,
                           "it starts at %lld ms, before the watermark %lld ms: only a new inspection can take it in",
                           (long long)item.start_ms, (long long)e->timeline.watermark_ms);
    if (!arena_room(e->arena, (void **)&e->held, &e->held_room, e->held_count, sizeof *e->held))
        return message_set(message, CS_ERR_MEMORY, "out of memory while inspecting");
    item.order = e->arrivals++;
    uint32_t at = e->held_count++;
    for (; at > 0 && e->held[at - 1].start_ms > item.start_ms; at--) e->held[at] = e->held[at - 1];
    e->held[at] = item;
    return CS_OK;
}

cs_error evaluation_push_turn(cs_evaluation *e, const cs_turn *turn, cs_message *message) {
    if (turn->participant >= e->timeline.head->participant_count)
        return message_set(message, CS_ERR_USAGE, "a turn by nobody of this conversation");
    return push(e, (held){.turn = turn, .start_ms = turn->start_ms}, message);
}

cs_error evaluation_push_event(cs_evaluation *e, const cs_event *event, cs_message *message) {
    return push(
        e, (held){.event = event, .start_ms = event->at_ms == CS_NO_TIME ? e->timeline.watermark_ms : event->at_ms},
        message);
}

static cs_error release(cs_evaluation *e, int64_t watermark_ms, cs_message *message) {
    uint32_t done = 0;
    cs_error code = CS_OK;
    while (code == CS_OK && done < e->held_count && e->held[done].start_ms < watermark_ms)
        code = settle(e, &e->held[done++], message);
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
                      ruleset_rule(scan_ruleset(e->scanner), rule)->name);
    message_remedy(message, "split the conversation (%u turns), or make the rule's words rarer",
                   e->timeline.turn_count);
    return CS_ERR_LIMIT;
}

static cs_error judge_all(cs_evaluation *e, const cs_conversation *end, cs_message *message) {
    cs_arena *scratch = scan_scratch(e->scanner);
    for (uint32_t i = 0; i < e->rule_count; i++) {
        arena_reset(scratch);
        cs_context context = {
            .timeline = &e->timeline, .scanner = e->scanner, .arena = scratch, .passing = scan_passing(e->scanner)};
        if (!obligation_step(&context, i, &e->states[i], end, on_decided, e) || context.is_out_of_memory)
            return too_much(e, i, message);
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
    }
    return judge_all(e, NULL, message);
}

cs_error evaluation_end(cs_evaluation *e, const cs_conversation *end, cs_message *message) {
    cs_error code = release(e, INT64_MAX, message);
    if (code != CS_OK) return code;
    timeline_end(&e->timeline);
    code = judge_all(e, end, message);
    cs_context context = {.timeline = &e->timeline, .scanner = e->scanner, .arena = scan_scratch(e->scanner)};
    for (uint32_t i = 0; code == CS_OK && i < e->decided_count; i++)
        if (e->decided[i].finding.verdict == CS_VERDICT_MISSED && !explain_near_miss(&context, &e->decided[i]))
            code = message_set(message, CS_ERR_MEMORY, "out of memory while looking for near-misses");
    return code;
}

void evaluation_result(const cs_evaluation *e, cs_verdicts *out) {
    *out = (cs_verdicts){.rule_count = e->rule_count, .finding_count = e->decided_count};
    cs_verdict *verdicts = arena_array(e->arena, e->rule_count + 1, sizeof *verdicts);
    cs_reason *reasons = arena_array(e->arena, e->rule_count + 1, sizeof *reasons);
    cs_finding *findings = arena_array(e->arena, e->decided_count + 1, sizeof *findings);
    if (!verdicts || !reasons || !findings) {
        out->rule_count = out->finding_count = 0;
        return;
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        verdicts[i] = e->states[i].is_begun ? e->states[i].verdict : CS_VERDICT_NOT_APPLICABLE;
        reasons[i] = e->states[i].is_begun ? e->states[i].reason : CS_REASON_NOT_TRIGGERED;
    }
    for (uint32_t i = 0; i < e->decided_count; i++) findings[i] = e->decided[i].finding;
    out->verdicts = verdicts;
    out->reasons = reasons;
    out->findings = findings;
}

cs_error evaluation_run(cs_scanner *scanner, const cs_conversation *conversation, cs_arena *arena, cs_verdicts *out,
                        cs_message *message) {
    cs_evaluation *e = NULL;
    cs_error code = evaluation_begin(scanner, conversation, arena, &e, message);
    uint32_t turn = 0, event = 0; /* both are in order: merged, each is held at the end of what is held */
    while (code == CS_OK && (turn < conversation->turn_count || event < conversation->event_count)) {
        bool is_event = turn == conversation->turn_count ||
                        (event < conversation->event_count && conversation->events[event].after_turn <= turn);
        if (is_event)
            code = evaluation_push_event(e, &conversation->events[event++], message);
        else
            code = evaluation_push_turn(e, &conversation->turns[turn++], message);
    }
    if (code == CS_OK) code = evaluation_end(e, conversation, message);
    if (code != CS_OK) return code;
    evaluation_result(e, out);
    return out->rule_count == ruleset_rule_count(scan_ruleset(scanner))
               ? CS_OK
               : message_set(message, CS_ERR_MEMORY, "out of memory while inspecting");
}
