#include "quality/live_call.h"

#include "conversation/sides.h"
#include "quality/replay.h"
#include "speech/live_turn.h"

#include <stdlib.h>
#include <string.h>

enum {
    CALL_BYTES = 512 << 20,
    PARTIAL_BYTES = 16 << 20,
    UNKNOWN_MS = 30000, /* so long it is waited for words that say who is the agent */
    LOOK_MS = 500, /* so often it is looked what is due, when nothing is said */
};

typedef struct list { /* of pointers, so that what they point to stays where it is */
    void **items;
    uint32_t count, room;
} list;

struct cs_live_call {
    cs_live_call_options options;
    cs_live_call_sink sink;
    cs_live *live;
    cs_arena *arena, *partial_arena;
    cs_conversation head;
    cs_participant participants[2];
    cs_evaluation *evaluation; /* NULL: not begun yet */
    list turns, voices;
    uint32_t pushed_turns, pushed_voices, told;
    cs_turn partials[2];
    bool has_partial[2], is_new; /* something was said since it was looked */
    int64_t looked_ms, lost_ms;
};

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "there is no memory to inspect a call while it is spoken");
}

static bool add(cs_live_call *c, list *l, void *item) {
    if (!arena_room(c->arena, (void **)&l->items, &l->room, l->count, sizeof *l->items)) return false;
    l->items[l->count++] = item;
    return true;
}

static void tell(cs_live_call *c, cs_live_event event) {
    event.now_ms = c->live ? live_now_ms(c->live) : 0;
    event.roles[0] = c->participants[0].role;
    event.roles[1] = c->participants[1].role;
    c->sink.on_event(c->sink.context, &event);
}

/* ---- what is heard ---- */

static bool on_partial(void *context, const cs_phrase *phrase) {
    cs_live_call *c = context;
    uint32_t side = phrase->side, count;
    cs_turn *turns;
    if (!c->has_partial[!side]) arena_reset(c->partial_arena);
    if (!live_turn_make(phrase, side, c->partial_arena, &turns, &count)) {
        arena_reset(c->partial_arena); /* the other side's goes with it: the next one is soon there */
        c->has_partial[0] = c->has_partial[1] = false;
        return true;
    }
    if (count == 0) return true;
    c->partials[side] = turns[count - 1];
    if (!c->head.annotated_count) c->partials[side].annotation_count = 0;
    c->partials[side].words = NULL; /* their sounds live as long as the phrase */
    c->partials[side].word_count = 0;
    c->has_partial[side] = c->is_new = true;
    tell(c, (cs_live_event){.kind = CS_LIVE_PARTIAL, .side = side, .turn = &c->partials[side]});
    return true;
}

static bool on_phrase(void *context, const cs_phrase *phrase) {
    cs_live_call *c = context;
    cs_turn *turns;
    uint32_t count, side = phrase->side;
    c->has_partial[side] = false;
    c->is_new = true;
    if (!live_turn_make(phrase, side, c->arena, &turns, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        cs_word *words = arena_array(c->arena, turns[i].word_count + 1u, sizeof *words);
        if (!words) return false;
        for (uint32_t k = 0; k < turns[i].word_count; k++) { /* their sounds live as long as the phrase */
            words[k] = turns[i].words[k];
            words[k].sounds = arena_string(c->arena, words[k].sounds);
        }
        turns[i].words = words;
        /* Whether emotions are looked for is said when the judging begins; what comes unannounced would change what is decided. */
        if (!c->head.annotated_count) turns[i].annotation_count = 0;
        if (!add(c, &c->turns, &turns[i])) return false;
        tell(c, (cs_live_event){.kind = CS_LIVE_FINAL, .side = side, .turn = &turns[i]});
    }
    return true;
}

static bool on_voice(void *context, uint32_t side, int64_t start_ms, int64_t end_ms, float level_db) {
    cs_live_call *c = context;
    cs_voice *voice = arena_alloc(c->arena, sizeof *voice);
    if (!voice) return false;
    *voice = (cs_voice){.participant = side, .start_ms = start_ms, .end_ms = end_ms, .level_db = level_db};
    c->has_partial[side] = false; /* what it was has become final, or was nothing */
    c->is_new = true;
    return add(c, &c->voices, voice);
}

static bool on_lost(void *context, uint32_t side, int64_t from_ms, int64_t to_ms, const cs_message *why) {
    cs_live_call *c = context;
    c->lost_ms += to_ms - from_ms;
    c->has_partial[side] = false;
    tell(c, (cs_live_event){.kind = CS_LIVE_LOST, .side = side, .from_ms = from_ms, .to_ms = to_ms, .why = why});
    return true;
}

/* ---- who is who ---- */

/* Turns and voices so far as a conversation; its lists live in the arena. */
static bool gather(const cs_live_call *c, cs_arena *arena, cs_conversation *out) {
    cs_turn *turns = arena_array(arena, c->turns.count + 1u, sizeof *turns);
    cs_voice *voices = arena_array(arena, c->voices.count + 1u, sizeof *voices);
    if (!turns || !voices) return false;
    for (uint32_t i = 0; i < c->turns.count; i++) turns[i] = *(const cs_turn *)c->turns.items[i];
    for (uint32_t i = 0; i < c->voices.count; i++) voices[i] = *(const cs_voice *)c->voices.items[i];
    *out = c->head;
    out->turns = turns;
    out->turn_count = c->turns.count;
    out->voices = voices;
    out->voice_count = c->voices.count;
    return true;
}

static bool are_sides_known(cs_live_call *c) {
    cs_conversation so_far;
    float confidence = -1;
    if (c->head.participant_count == 1 || c->participants[0].role != CS_ROLE_UNDECIDED ||
        c->participants[1].role != CS_ROLE_UNDECIDED)
        return true;
    cs_arena *scratch = arena_create(PARTIAL_BYTES);
    bool is_good = scratch && gather(c, scratch, &so_far);
    if (is_good) sides_roles_by_words(&so_far, scratch, &confidence);
    arena_free(scratch);
    return confidence >= 0 || live_now_ms(c->live) >= UNKNOWN_MS;
}

static cs_error begin(cs_live_call *c, bool is_end, cs_message *message) {
    if (c->evaluation || !c->options.scanner) return CS_OK;
    if (!is_end && (!c->is_new || !are_sides_known(c))) return CS_OK;
    if (c->head.participant_count == 2) tell(c, (cs_live_event){.kind = CS_LIVE_SIDES});
    return evaluation_begin(c->options.scanner, &c->head, c->arena, &c->evaluation, message);
}

/* ---- judging ---- */

static void on_signal(void *context, const cs_signal *signal, cs_signal_change change) {
    tell(context, (cs_live_event){.kind = CS_LIVE_SIGNAL, .signal = signal, .change = change});
}

static void tell_verdicts(cs_live_call *c) {
    for (; c->told < evaluation_finding_count(c->evaluation); c->told++)
        tell(c, (cs_live_event){.kind = CS_LIVE_VERDICT, .finding = evaluation_finding(c->evaluation, c->told)});
}

static cs_error push_all(cs_live_call *c, cs_message *message) {
    cs_error code = CS_OK;
    while (code == CS_OK && c->pushed_turns < c->turns.count)
        code = evaluation_push_turn(c->evaluation, c->turns.items[c->pushed_turns++], message);
    while (code == CS_OK && c->pushed_voices < c->voices.count)
        code = evaluation_push_voice(c->evaluation, c->voices.items[c->pushed_voices++], message);
    return code;
}

cs_error live_call_look(cs_live_call *c, cs_message *message) {
    int64_t now_ms = live_now_ms(c->live);
    if (!c->options.scanner || (!c->is_new && now_ms - c->looked_ms < LOOK_MS)) return CS_OK;
    cs_turn partials[2];
    uint32_t count = 0;
    cs_error code = begin(c, false, message);
    c->is_new = false;
    c->looked_ms = now_ms;
    if (code != CS_OK || !c->evaluation) return code;
    code = push_all(c, message);
    if (code == CS_OK) code = evaluation_advance(c->evaluation, live_settled_ms(c->live), message);
    if (code != CS_OK) return code;
    tell_verdicts(c);
    for (uint32_t k = 0; k < 2; k++)
        if (c->has_partial[k]) partials[count++] = c->partials[k];
    return evaluation_signals(c->evaluation, partials, count, now_ms, on_signal, c, message);
}

/* ---- the call ---- */

cs_error live_call_open(const cs_live_call_options *options, const cs_live_call_sink *sink, cs_live_call **out,
                        cs_message *message) {
    const cs_live_sink heard = {NULL, on_partial, on_phrase, on_voice, on_lost};
    cs_live_call *c = calloc(1, sizeof *c);
    if (!c) return no_memory(message);
    *c = (cs_live_call){.options = *options, .sink = *sink};
    c->arena = arena_create(CALL_BYTES);
    c->partial_arena = arena_create(PARTIAL_BYTES);
    cs_live_sink own = heard;
    own.context = c;
    cs_error code =
        c->arena && c->partial_arena ? live_open(&options->live, &own, &c->live, message) : no_memory(message);
    if (code != CS_OK) {
        live_call_close(c);
        return code;
    }
    static const char *signs[] = {"emotion", "event"};
    bool tells_signs = recogniser_identity(options->live.recogniser)->tells_signs;
    for (uint32_t k = 0; k < 2; k++)
        c->participants[k] = (cs_participant){.id = k ? "channel 2" : "channel 1", .role = options->roles[k]};
    c->head = (cs_conversation){.external_id = options->name,
                                .title = options->name,
                                .channel = CS_CHANNEL_CALL,
                                .started_ms = CS_NO_TIME,
                                .participants = c->participants,
                                .participant_count = (uint32_t)options->live.channels,
                                .is_timed = true,
                                .annotated = tells_signs ? signs : NULL,
                                .annotated_count = tells_signs ? 2 : 0,
                                .is_heard = true};
    *out = c;
    return CS_OK;
}

cs_error live_call_push(cs_live_call *c, const float *samples, uint32_t frames, cs_message *message) {
    cs_error code = live_push(c->live, samples, frames, message);
    return code == CS_OK ? live_call_look(c, message) : code;
}

cs_error live_call_skip(cs_live_call *c, int64_t frames, cs_message *message) {
    return live_skip(c->live, frames, message);
}

void live_call_want_partials(cs_live_call *call, bool is_wanted) {
    live_want_partials(call->live, is_wanted);
}

int64_t live_call_now_ms(const cs_live_call *call) {
    return live_now_ms(call->live);
}

int64_t live_call_behind_ms(const cs_live_call *call) {
    return live_behind_ms(call->live);
}

/* The same turns judged at once. */
static cs_error compare(cs_live_call *c, const cs_conversation *whole, cs_live_call_end *out, cs_message *message) {
    cs_verdicts live, batch;
    evaluation_result(c->evaluation, &live);
    out->findings = live.finding_count;
    cs_arena *arena = arena_create(CALL_BYTES);
    if (!arena) return no_memory(message);
    cs_error code = evaluation_run(c->options.scanner, whole, arena, &batch, message);
    out->is_same = code == CS_OK && replay_is_same(&live, &batch);
    arena_free(arena);
    return code;
}

static cs_error judge_end(cs_live_call *c, cs_live_call_end *out, cs_message *message) {
    cs_conversation whole;
    cs_event *event = arena_alloc(c->arena, sizeof *event);
    cs_error code = event ? begin(c, true, message) : no_memory(message);
    if (code != CS_OK) return code;
    *event = (cs_event){.kind = "hang-up", .at_ms = live_now_ms(c->live), .participant = CS_NO_PARTICIPANT};
    code = push_all(c, message);
    if (code == CS_OK) code = evaluation_push_event(c->evaluation, event, message);
    if (code == CS_OK && !gather(c, c->arena, &whole)) code = no_memory(message);
    if (code != CS_OK) return code;
    whole.events = event;
    whole.event_count = 1;
    code = conversation_finish(&whole, c->arena, message);
    if (code == CS_OK) code = evaluation_end(c->evaluation, &whole, message);
    if (code != CS_OK) return code;
    tell_verdicts(c);
    return compare(c, &whole, out, message);
}

cs_error live_call_finish(cs_live_call *c, cs_live_call_end *out, cs_message *message) {
    *out = (cs_live_call_end){.is_same = true};
    cs_error code = live_finish(c->live, message);
    if (code == CS_OK && c->options.scanner) code = judge_end(c, out, message);
    out->heard_ms = live_now_ms(c->live);
    out->sent_ms = live_sent_ms(c->live);
    out->lost_ms = c->lost_ms;
    out->turns = c->turns.count;
    return code;
}

void live_call_close(cs_live_call *c) {
    if (!c) return;
    live_close(c->live);
    arena_free(c->arena);
    arena_free(c->partial_arena);
    free(c);
}
