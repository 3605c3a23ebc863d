#include "quality/speech_voices.h"

#include "quality/speech_desk_state.h"

#include <stdlib.h>
#include <string.h>

enum { SHORTEST_MS = 100 }; /* what is left of a voice beside an echo */

typedef struct finding {
    const cs_speech_work *work;
    cs_speech_shop *shop;
    cs_recogniser *recogniser;
    cs_speech_piece pieces[2];
    cs_recogniser_stream *streams[2]; /* by side */
    struct found {
        struct finding *owner;
        int side;
        cs_sound *items;
        uint32_t count, room;
    } found[2];
    bool has_failed, is_short; /* the model did; of memory */
    cs_message trouble;
} finding;

static bool on_voice(void *context, const cs_utterance *utterance) {
    struct found *f = context;
    cs_arena *arena = f->owner->work->arena;
    if (f->count == CS_MAX_VOICES) return true;
    f->owner->is_short = !arena_room(arena, (void **)&f->items, &f->room, f->count, sizeof *f->items);
    if (f->owner->is_short) return false;
    f->items[f->count++] = (cs_sound){
        .kind = CS_SOUND_VOICE, .channel = f->side, .start_ms = utterance->start_ms, .end_ms = utterance->end_ms};
    return true;
}

/* Trouble of the model is told apart from that of the sound. */
static cs_error judge(finding *f, cs_error code, cs_message *message) {
    if (f->is_short) return message_set(message, CS_ERR_MEMORY, "no memory for the voices");
    if (code == CS_OK || code == CS_ERR_STOPPED) return code;
    f->has_failed = true;
    f->trouble = *message;
    return code;
}

static cs_error begin(void *context, uint32_t piece, cs_message *message) {
    finding *f = context;
    const int side = f->pieces[piece].side;
    const cs_utterance_sink sink = {&f->found[side], on_voice};
    return judge(f, recogniser_begin(f->recogniser, f->work->sound->rate_hz, 0, &sink, &f->streams[side], message),
                 message);
}

static cs_error push(void *context, uint32_t piece, const float *samples, uint32_t count, cs_message *message) {
    finding *f = context;
    const cs_speech_work *work = f->work;
    cs_error code = judge(f, recogniser_push(f->streams[f->pieces[piece].side], samples, count, message), message);
    bool is_stopped = f->shop->is_stopped && *f->shop->is_stopped;
    if (code == CS_OK && !is_stopped && work->on_progress) is_stopped = !work->on_progress(work->context);
    return code == CS_OK && is_stopped ? message_set(message, CS_ERR_STOPPED, "stopped") : code;
}

static cs_error finish(void *context, uint32_t piece, cs_message *message) {
    finding *f = context;
    const int side = f->pieces[piece].side;
    cs_recogniser_stream *stream = f->streams[side];
    f->streams[side] = NULL;
    return judge(f, recogniser_finish(stream, message), message);
}

/* ---- what no such model knows ---- */

static bool hides(const cs_sound *s, int side) {
    return s->channel == side && (s->kind == CS_SOUND_ECHO || s->kind == CS_SOUND_ANNOUNCEMENT);
}

uint32_t voices_without(const cs_sound *voices, uint32_t count, const cs_heard *heard, int side, cs_sound *out) {
    uint32_t left = 0, at = 0;
    for (uint32_t i = 0; i < count; i++) {
        cs_sound rest = voices[i];
        while (at < heard->sound_count && heard->sounds[at].end_ms <= rest.start_ms) at++;
        for (uint32_t k = at; k < heard->sound_count && heard->sounds[k].start_ms < rest.end_ms; k++) {
            const cs_sound *s = &heard->sounds[k];
            if (!hides(s, side) || s->end_ms <= rest.start_ms) continue;
            if (s->start_ms - rest.start_ms >= SHORTEST_MS) {
                out[left] = rest;
                out[left++].end_ms = s->start_ms;
            }
            rest.start_ms = s->end_ms;
        }
        if (rest.end_ms - rest.start_ms >= SHORTEST_MS) out[left++] = rest;
    }
    return left;
}

static cs_error collect(finding *f, cs_heard *out, cs_message *message) {
    const cs_heard *heard = f->work->heard;
    size_t most = (size_t)f->found[0].count + f->found[1].count + 2 * (size_t)heard->sound_count + 1;
    cs_sound *all = arena_array(f->work->arena, most, sizeof *all);
    if (!all) return message_set(message, CS_ERR_MEMORY, "no memory for the voices");
    uint32_t count = 0;
    for (int side = 0; side < 2; side++)
        count += voices_without(f->found[side].items, f->found[side].count, heard, side, all + count);
    out->sounds = all;
    out->sound_count = count;
    return CS_OK;
}

cs_error voices_find(cs_speech_desk *desk, const cs_speech_work *work, cs_heard *out, cs_message *message) {
    finding f = {.work = work, .shop = desk->shop};
    const cs_speech_taker taker = {&f, begin, push, finish};
    uint32_t count = 0;
    *out = *work->heard;
    f.recogniser = second_take(desk->shop, &desk->voices, NULL);
    if (!f.recogniser) return CS_OK;
    for (int side = 0; side < 2; side++) {
        f.found[side].owner = &f;
        f.found[side].side = side;
        if (speech_side_is_sent(&out->report, side))
            f.pieces[count++] = (cs_speech_piece){.side = side, .from_ms = 0, .to_ms = out->report.duration_ms};
    }
    cs_error code = speech_feed(work->sound, f.pieces, count, &taker, message);
    for (int side = 0; side < 2; side++) {
        cs_message late;
        if (f.streams[side]) (void)recogniser_finish(f.streams[side], &late);
    }
    if (f.has_failed) {
        second_failed(desk->shop, &desk->voices, &f.trouble);
        return CS_OK;
    }
    return code == CS_OK ? collect(&f, out, message) : code;
}
