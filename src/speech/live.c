#include "speech/live_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_BYTES = 64 << 20 }; /* of one phrase */

cs_error live_no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "there is no memory to listen to a call");
}

/* ---- a piece ---- */

/* What stood before, the older part first: the ring ends with the frame in hand. */
static cs_error push_before(const cs_live *l, live_side *s, cs_message *message) {
    int64_t samples = (live_now_ms(l) - s->gate.begin_ms) * l->options.rate_hz / 1000;
    uint32_t count = samples < l->before_samples ? (uint32_t)samples : l->before_samples;
    uint32_t end = (uint32_t)(l->samples % l->before_samples);
    uint32_t from = (end + l->before_samples - count) % l->before_samples;
    uint32_t first = from + count <= l->before_samples ? count : l->before_samples - from;
    cs_error code = live_piece_push(s->open, s->before + from, first, message);
    return code == CS_OK ? live_piece_push(s->open, s->before, count - first, message) : code;
}

/* One that is free; else the one that is over for longest is waited for. */
static cs_error find_piece(live_side *s, cs_live_piece **out, cs_message *message) {
    cs_live_piece *oldest = NULL;
    for (int i = 0; i < CS_LIVE_PIECES; i++) {
        *out = &s->pieces[i];
        if (!s->pieces[i].is_used) return CS_OK;
        if (!oldest || s->pieces[i].begin_ms < oldest->begin_ms) oldest = &s->pieces[i];
    }
    *out = oldest;
    return live_piece_wait(oldest, message);
}

static cs_error begin(cs_live *l, live_side *s, cs_message *message) {
    cs_live_piece *piece;
    s->power = 0;
    s->powers = 0;
    cs_error code = find_piece(s, &piece, message);
    if (code == CS_OK) code = live_piece_begin(piece, l, s == l->sides ? 0 : 1, s->gate.begin_ms, message);
    s->open = code == CS_OK ? piece : NULL;
    return code == CS_OK ? push_before(l, s, message) : code;
}

static cs_error end(const cs_live *l, live_side *s, cs_message *message) {
    float level_db = s->powers ? 10 * log10f((float)(s->power / s->powers) + 1e-10F) : -96;
    const cs_live_voice voice = {s->gate.voice_ms, s->gate.heard_ms, level_db};
    cs_live_piece *piece = s->open;
    s->open = NULL;
    cs_error code = live_piece_end(piece, &voice, message);
    return code == CS_OK && l->options.is_patient && piece->is_used ? live_piece_wait(piece, message) : code;
}

static cs_error tend(live_side *s, cs_message *message) {
    cs_error code = CS_OK;
    for (int i = 0; i < CS_LIVE_PIECES && code == CS_OK; i++)
        if (s->pieces[i].is_used) code = live_piece_tend(&s->pieces[i], message);
    return code;
}

/* All that was said is told, or lost. */
static cs_error end_all(cs_live *l, cs_message *message) {
    cs_error code = CS_OK;
    for (uint32_t k = 0; k < (uint32_t)l->options.channels && code == CS_OK; k++)
        if (l->sides[k].open) code = end(l, &l->sides[k], message);
    for (uint32_t i = 0; i < 2 * CS_LIVE_PIECES && code == CS_OK; i++) {
        cs_live_piece *piece = &l->sides[i / CS_LIVE_PIECES].pieces[i % CS_LIVE_PIECES];
        if (piece->is_used) code = live_piece_wait(piece, message);
    }
    return code;
}

/* ---- frames of 10 ms ---- */

static float power_of(const float *samples, uint32_t count) {
    float sum = 0;
    for (uint32_t i = 0; i < count; i++) sum += samples[i] * samples[i];
    return count ? sum / (float)count : 0;
}

static float level_of(float power) {
    return power > 2.5e-10F ? 10 * log10f(power) : -96;
}

static cs_error take_frame(cs_live *l, live_side *s, float power, float other_db, cs_message *message) {
    cs_gate_change change = live_gate_push(&s->gate, level_of(power), other_db);
    if (s->gate.heard_ms == live_now_ms(l)) {
        s->power += (double)power;
        s->powers++;
    }
    if (change == CS_GATE_BEGINS) return begin(l, s, message);
    cs_error code = tend(s, message);
    if (code == CS_OK && s->open) code = live_piece_push(s->open, s->frame, l->frame_samples, message);
    return code == CS_OK && change == CS_GATE_ENDS ? end(l, s, message) : code;
}

/* Rates that are no multiple of 100 have frames of two lengths. */
static uint32_t next_frame(const cs_live *l) {
    int64_t rate = l->options.rate_hz;
    return (uint32_t)((l->frames + 1) * rate / 100 - l->frames * rate / 100);
}

static cs_error take_frames(cs_live *l, cs_message *message) {
    const uint32_t channels = (uint32_t)l->options.channels;
    float power[2] = {0, 0};
    cs_error code = CS_OK;
    for (uint32_t k = 0; k < channels; k++) {
        live_side *s = &l->sides[k];
        power[k] = power_of(s->frame, l->frame_samples);
        for (uint32_t i = 0; i < l->frame_samples; i++)
            s->before[((uint64_t)l->samples + i) % l->before_samples] = s->frame[i];
    }
    l->samples += l->frame_samples;
    l->frames++;
    for (uint32_t k = 0; k < channels && code == CS_OK; k++)
        code = take_frame(l, &l->sides[k], power[k], channels == 2 ? level_of(power[!k]) : -96, message);
    return code;
}

/* ---- the call ---- */

cs_error live_open(const cs_live_options *options, const cs_live_sink *sink, cs_live **out, cs_message *message) {
    if (options->rate_hz < CS_MIN_SPEECH_RATE || options->rate_hz > CS_MAX_SPEECH_RATE || options->channels < 1 ||
        options->channels > 2)
        return message_set(message, CS_ERR_USAGE, "a call of %d channels at %d samples a second can't be listened to",
                           options->channels, options->rate_hz);
    cs_live *l = calloc(1, sizeof *l);
    if (!l) return live_no_memory(message);
    *l = (cs_live){.options = *options, .sink = *sink, .is_partial_wanted = true};
    l->frame_samples = next_frame(l);
    l->before_samples = (l->frame_samples + 1) * (CS_GATE_BEFORE_MS / CS_GATE_FRAME_MS + 1);
    l->scratch = arena_create(SCRATCH_BYTES);
    bool is_good = l->scratch != NULL;
    for (uint32_t k = 0; k < 2; k++) {
        live_gate_init(&l->sides[k].gate);
        l->sides[k].before = calloc(l->before_samples, sizeof(float));
        is_good = is_good && l->sides[k].before;
    }
    if (!is_good) {
        live_close(l);
        return live_no_memory(message);
    }
    *out = l;
    return CS_OK;
}

cs_error live_push(cs_live *l, const float *samples, uint32_t frames, cs_message *message) {
    const uint32_t channels = (uint32_t)l->options.channels;
    cs_error code = CS_OK;
    for (uint32_t i = 0; i < frames && code == CS_OK; i++) {
        for (uint32_t k = 0; k < channels; k++) l->sides[k].frame[l->filled] = samples[i * channels + k];
        if (++l->filled < l->frame_samples) continue;
        l->filled = 0;
        code = take_frames(l, message);
        l->frame_samples = next_frame(l);
    }
    if (code == CS_OK && l->trouble != CS_OK) {
        *message = l->words;
        code = l->trouble;
    }
    return code;
}

cs_error live_skip(cs_live *l, int64_t frames, cs_message *message) {
    cs_message why = {0};
    const int64_t count = frames * 100 / l->options.rate_hz, from_ms = live_now_ms(l);
    cs_error code = end_all(l, message);
    message_set(&why, CS_ERR_LIMIT, "the machine does not keep up");
    message_remedy(&why, "give fewer calls to one recogniser, or take a faster model");
    l->frames += count;
    l->samples += count * l->options.rate_hz / 100;
    l->frame_samples = next_frame(l);
    l->filled = 0;
    for (uint32_t k = 0; k < (uint32_t)l->options.channels && code == CS_OK; k++) {
        live_gate_skip(&l->sides[k].gate, count);
        if (count > 0 && !l->sink.on_lost(l->sink.context, k, from_ms, live_now_ms(l), &why))
            code = live_no_memory(message);
    }
    return code;
}

void live_want_partials(cs_live *live, bool is_wanted) {
    live->is_partial_wanted = is_wanted;
}

int64_t live_now_ms(const cs_live *live) {
    return live->frames * CS_GATE_FRAME_MS;
}

int64_t live_behind_ms(const cs_live *live) {
    int64_t now_ms = live_now_ms(live), first_ms = now_ms;
    for (uint32_t i = 0; i < 2 * CS_LIVE_PIECES; i++) {
        const cs_live_piece *piece = &live->sides[i / CS_LIVE_PIECES].pieces[i % CS_LIVE_PIECES];
        if (piece->is_used && piece->is_over && piece->end_ms < first_ms) first_ms = piece->end_ms;
    }
    return now_ms - first_ms;
}

int64_t live_settled_ms(const cs_live *live) {
    int64_t settled = INT64_MAX;
    for (uint32_t k = 0; k < (uint32_t)live->options.channels; k++) {
        const live_side *s = &live->sides[k];
        int64_t own = live_gate_settled_ms(&s->gate);
        settled = own < settled ? own : settled;
        for (int i = 0; i < CS_LIVE_PIECES; i++)
            if (s->pieces[i].is_used && s->pieces[i].begin_ms < settled) settled = s->pieces[i].begin_ms;
    }
    return settled;
}

int64_t live_sent_ms(const cs_live *live) {
    return live->sent * 1000 / live->options.rate_hz;
}

cs_error live_finish(cs_live *l, cs_message *message) {
    cs_error code = end_all(l, message);
    for (uint32_t k = 0; k < (uint32_t)l->options.channels; k++) live_gate_skip(&l->sides[k].gate, 0);
    return code;
}

void live_close(cs_live *l) {
    if (!l) return;
    for (uint32_t k = 0; k < 2; k++) {
        for (int i = 0; i < CS_LIVE_PIECES; i++) live_piece_drop(&l->sides[k].pieces[i]);
        free(l->sides[k].before);
    }
    arena_free(l->scratch);
    free(l);
}
