#include "quality/replay.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { PARTIAL_MS = 500, LATEST_MS = 3000, MOST_SPOKEN = 64 };

typedef struct coming { /* a turn or event on its way */
    const cs_turn *turn; /* or a voice, or an event */
    const cs_voice *voice;
    const cs_event *event;
    int64_t start_ms, arrival_ms;
    bool has_arrived;
} coming;

typedef struct replaying {
    const cs_conversation *conversation;
    const cs_replay_options *options;
    const cs_replay_listener *listener;
    cs_arena *arena, *partial_arena;
    cs_evaluation *e;
    coming *all;
    int64_t *ticks;
    uint32_t count, tick_count, tick_room, told;
    uint64_t seed;
    int64_t now_ms, end_ms; /* end: of its last turn or event; nothing runs behind it */
} replaying;

static int64_t roll(replaying *r, int64_t below) {
    r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
    return below > 0 ? (int64_t)((r->seed >> 33) % (uint64_t)below) : 0;
}

static int64_t end_of(const cs_turn *turn) {
    return turn->end_ms == CS_NO_TIME ? turn->start_ms : turn->end_ms;
}

/* ---- what comes when ---- */

static bool add_tick(replaying *r, int64_t at_ms) {
    if (!arena_room(r->arena, (void **)&r->ticks, &r->tick_room, r->tick_count, sizeof *r->ticks)) return false;
    r->ticks[r->tick_count++] = at_ms;
    return true;
}

static int compare_times(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static bool plan(replaying *r) {
    const cs_conversation *c = r->conversation;
    r->all = arena_array(r->arena, (size_t)c->turn_count + c->voice_count + c->event_count + 1, sizeof *r->all);
    if (!r->all) return false;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_turn *turn = &c->turns[i];
        int64_t late = r->options->is_random ? roll(r, LATEST_MS) : 0;
        r->all[r->count++] = (coming){.turn = turn, .start_ms = turn->start_ms, .arrival_ms = end_of(turn) + late};
        if (end_of(turn) > r->end_ms) r->end_ms = end_of(turn);
        if (!add_tick(r, end_of(turn) + late)) return false;
        for (int64_t at = turn->start_ms + PARTIAL_MS; at < end_of(turn);
             at += r->options->is_random ? 1 + roll(r, 2 * PARTIAL_MS) : PARTIAL_MS)
            if (!add_tick(r, at)) return false;
    }
    for (uint32_t i = 0; i < c->voice_count; i++) {
        const cs_voice *voice = &c->voices[i];
        int64_t late = r->options->is_random ? roll(r, LATEST_MS) : 0;
        if (voice->end_ms > r->end_ms) r->end_ms = voice->end_ms;
        r->all[r->count++] = (coming){.voice = voice, .start_ms = voice->start_ms, .arrival_ms = voice->end_ms + late};
        if (!add_tick(r, voice->end_ms + late)) return false;
    }
    for (uint32_t i = 0; i < c->event_count; i++) {
        const cs_event *event = &c->events[i];
        int64_t at = event->at_ms == CS_NO_TIME ? INT64_MAX : event->at_ms;
        if (at == INT64_MAX) continue; /* without a time: with the end */
        if (at > r->end_ms) r->end_ms = at;
        int64_t late = r->options->is_random ? roll(r, LATEST_MS) : 0;
        r->all[r->count++] = (coming){.event = event, .start_ms = at, .arrival_ms = at + late};
        if (!add_tick(r, at + late)) return false;
    }
    qsort(r->ticks, r->tick_count, sizeof *r->ticks, compare_times);
    return true;
}

/* ---- one step ---- */

static void on_signal(void *context, const cs_signal *signal, cs_signal_change change) {
    replaying *r = context;
    if (r->listener->on_signal) r->listener->on_signal(r->listener->context, r->now_ms, signal, change);
}

static void tell_verdicts(replaying *r) {
    for (; r->told < evaluation_finding_count(r->e); r->told++)
        if (r->listener->on_verdict)
            r->listener->on_verdict(r->listener->context, r->now_ms, evaluation_finding(r->e, r->told));
}

static cs_error push(replaying *r, coming *c, cs_message *message) {
    c->has_arrived = true;
    if (c->voice) return evaluation_push_voice(r->e, c->voice, message);
    if (!c->turn) return evaluation_push_event(r->e, c->event, message);
    if (r->listener->on_turn) r->listener->on_turn(r->listener->context, r->now_ms, c->turn);
    return evaluation_push_turn(r->e, c->turn, message);
}

/* Of those that start together the earlier comes first: that is their order. */
static bool must_wait(const replaying *r, uint32_t index) {
    const coming *c = &r->all[index];
    for (uint32_t i = 0; c->turn && i < index; i++)
        if (r->all[i].turn && !r->all[i].has_arrived && r->all[i].start_ms == c->start_ms) return true;
    return false;
}

/* Of what is being spoken: as much text as time has passed. */
static uint32_t spoken(const replaying *r, cs_turn out[]) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->count && count < MOST_SPOKEN; i++) {
        const coming *c = &r->all[i];
        if (c->has_arrived || !c->turn || c->start_ms >= r->now_ms) continue;
        cs_turn partial = *c->turn;
        int64_t length = end_of(c->turn) - c->start_ms, passed = r->now_ms - c->start_ms;
        if (passed < length) {
            size_t characters = utf8_count(partial.text, partial.text_bytes);
            size_t said = (size_t)((double)characters * (double)passed / (double)length);
            partial.text_bytes = (uint32_t)utf8_offset(partial.text, partial.text_bytes, (uint32_t)said);
            partial.text = arena_copy(r->partial_arena, partial.text, partial.text_bytes);
            partial.end_ms = r->now_ms;
            partial.words = NULL;
            partial.annotations = NULL;
            partial.word_count = partial.annotation_count = 0;
        }
        if (partial.text) out[count++] = partial;
    }
    return count;
}

static cs_error step(replaying *r, cs_message *message) {
    cs_error code = CS_OK;
    int64_t watermark = r->now_ms < r->end_ms ? r->now_ms : r->end_ms;
    for (uint32_t i = 0; i < r->count && code == CS_OK; i++)
        if (!r->all[i].has_arrived && r->all[i].arrival_ms <= r->now_ms && !must_wait(r, i))
            code = push(r, &r->all[i], message);
    for (uint32_t i = 0; i < r->count; i++)
        if (!r->all[i].has_arrived && r->all[i].start_ms < watermark) watermark = r->all[i].start_ms;
    if (code == CS_OK) code = evaluation_advance(r->e, watermark, message);
    if (code != CS_OK) return code;
    tell_verdicts(r);
    cs_turn partial[MOST_SPOKEN];
    arena_reset(r->partial_arena);
    uint32_t count = spoken(r, partial);
    return evaluation_signals(r->e, partial, count, r->now_ms, on_signal, r, message);
}

/* Without times there is only the order. */
static cs_error run_untimed(replaying *r, cs_message *message) {
    const cs_conversation *c = r->conversation;
    uint32_t event = 0;
    cs_error code = CS_OK;
    for (uint32_t turn = 0; turn <= c->turn_count && code == CS_OK; turn++) {
        while (code == CS_OK && event < c->event_count && c->events[event].after_turn <= turn)
            code = evaluation_push_event(r->e, &c->events[event++], message);
        if (turn == c->turn_count || code != CS_OK) break;
        r->now_ms = turn;
        if (r->listener->wait && !r->listener->wait(r->listener->context, 0)) return CS_ERR_STOPPED;
        if (r->listener->on_turn) r->listener->on_turn(r->listener->context, CS_NO_TIME, &c->turns[turn]);
        code = evaluation_push_turn(r->e, &c->turns[turn], message);
        if (code == CS_OK) code = evaluation_advance(r->e, 0, message);
        if (code == CS_OK) tell_verdicts(r);
        if (code == CS_OK) code = evaluation_signals(r->e, NULL, 0, 0, on_signal, r, message);
    }
    return code;
}

static cs_error run_timed(replaying *r, cs_message *message) {
    const cs_conversation *c = r->conversation;
    cs_error code = plan(r) ? CS_OK : message_set(message, CS_ERR_MEMORY, "out of memory while replaying");
    for (uint32_t i = 0; i < r->tick_count && code == CS_OK; i++) {
        if (i > 0 && r->ticks[i] == r->ticks[i - 1]) continue;
        r->now_ms = r->ticks[i];
        if (r->listener->wait && !r->listener->wait(r->listener->context, r->now_ms)) return CS_ERR_STOPPED;
        code = step(r, message);
    }
    for (uint32_t i = 0; i < r->count && code == CS_OK; i++)
        if (!r->all[i].has_arrived) code = push(r, &r->all[i], message);
    for (uint32_t i = 0; i < c->event_count && code == CS_OK; i++)
        if (c->events[i].at_ms == CS_NO_TIME) code = evaluation_push_event(r->e, &c->events[i], message);
    return code;
}

cs_error replay_run(cs_scanner *scanner, const cs_conversation *conversation, cs_arena *arena,
                    const cs_replay_options *options, const cs_replay_listener *listener, cs_verdicts *out,
                    cs_message *message) {
    replaying r = {.conversation = conversation,
                   .options = options,
                   .listener = listener,
                   .arena = arena,
                   .partial_arena = arena_create(16 << 20),
                   .seed = options->seed * 0x9E3779B97F4A7C15u + 1};
    if (!r.partial_arena) return message_set(message, CS_ERR_MEMORY, "out of memory while replaying");
    cs_error code = evaluation_begin(scanner, conversation, arena, &r.e, message);
    if (code == CS_OK) code = conversation->is_timed ? run_timed(&r, message) : run_untimed(&r, message);
    if (code == CS_OK) code = evaluation_end(r.e, conversation, message);
    if (code == CS_OK) {
        tell_verdicts(&r);
        evaluation_result(r.e, out);
    }
    arena_free(r.partial_arena);
    return code;
}

bool replay_is_same(const cs_verdicts *a, const cs_verdicts *b) {
    if (a->rule_count != b->rule_count || a->finding_count != b->finding_count) return false;
    for (uint32_t i = 0; i < a->rule_count; i++)
        if (a->verdicts[i] != b->verdicts[i] || a->reasons[i] != b->reasons[i]) return false;
    for (uint32_t i = 0; i < a->finding_count; i++) {
        const cs_finding *x = &a->findings[i], *y = &b->findings[i];
        if (x->rule != y->rule || x->ordinal != y->ordinal || x->verdict != y->verdict || x->turn != y->turn ||
            x->at_ms != y->at_ms || x->evidence_count != y->evidence_count)
            return false;
    }
    return true;
}
