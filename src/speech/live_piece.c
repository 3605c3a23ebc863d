#include "base/clock.h"
#include "speech/live_state.h"

#include <string.h>

enum {
    KEPT_SECONDS = 31, /* the longest piece, with what stands before */
    AGAIN_MS = 1000, /* of the call, before a recogniser that can't be had is asked again */
    MOST_TRIES = 3, /* for a piece that is over */
    WAIT_MS = 100,
};

/* ---- what the recogniser says ---- */

static int64_t last_ms(const cs_live_piece *p) {
    return p->is_over ? p->end_ms : live_now_ms(p->live);
}

static int64_t within(int64_t at_ms, int64_t least_ms, int64_t most_ms) {
    if (at_ms == CS_NO_TIME || at_ms < least_ms) return least_ms;
    return at_ms > most_ms ? most_ms : at_ms;
}

/* Nothing starts before the piece that it was heard in, for what stands before is settled; and nothing ends after it. */
static void hold(const cs_live_piece *p, cs_phrase *phrase) {
    int64_t most_ms = last_ms(p);
    cs_heard_word *words = (cs_heard_word *)(uintptr_t)phrase->words; /* ours: made in the scratch */
    phrase->start_ms = within(phrase->start_ms, p->begin_ms, most_ms);
    phrase->end_ms = within(phrase->end_ms, phrase->start_ms, most_ms);
    for (uint32_t i = 0; i < phrase->word_count; i++) {
        words[i].start_ms = within(words[i].start_ms, phrase->start_ms, most_ms);
        words[i].end_ms = within(words[i].end_ms, words[i].start_ms, most_ms);
    }
}

/* The last text of the piece before is still to come. */
static bool is_second(const cs_live_piece *p) {
    const live_side *s = &p->live->sides[p->side];
    for (int i = 0; i < CS_LIVE_PIECES; i++)
        if (s->pieces[i].is_used && s->pieces[i].begin_ms < p->begin_ms) return true;
    return false;
}

static bool tell(cs_live_piece *p, const cs_utterance *utterance) {
    cs_live *l = p->live;
    cs_phrase *phrase = NULL;
    cs_phrase_making making = l->options.making;
    arena_reset(l->scratch);
    making.side = p->side;
    l->trouble = phrase_make(utterance, &making, l->scratch, &phrase, &l->words);
    if (l->trouble != CS_OK || phrase->word_count == 0) return l->trouble == CS_OK;
    hold(p, phrase);
    bool (*on)(void *, const cs_phrase *) = utterance->is_final ? l->sink.on_phrase : l->sink.on_partial;
    if (!on(l->sink.context, phrase)) l->trouble = live_no_memory(&l->words);
    return l->trouble == CS_OK;
}

static bool on_utterance(void *context, const cs_utterance *utterance) {
    cs_live_piece *p = context;
    const cs_live *l = p->live;
    if (l->trouble != CS_OK) return false;
    if (utterance->is_final && utterance->end_ms > p->told_ms) p->told_ms = utterance->end_ms;
    return (!utterance->is_final && (!l->is_partial_wanted || is_second(p))) || tell(p, utterance);
}

static void on_end(void *context, cs_error code, const cs_message *message) {
    cs_live_piece *p = context;
    p->stream = NULL;
    p->is_ended = true;
    p->code = code;
    p->why = *message;
}

/* ---- told, or lost ---- */

static cs_error close_piece(cs_live_piece *p, cs_message *message) {
    const cs_live *l = p->live;
    p->is_used = false;
    buffer_free(&p->kept);
    bool is_kept = l->sink.on_voice(l->sink.context, p->side, p->voice.from_ms, p->voice.to_ms, p->voice.level_db);
    return is_kept ? CS_OK : live_no_memory(message);
}

/* What was told is not sent again. */
static void forget_told(cs_live_piece *p) {
    if (p->told_ms <= p->from_ms) return;
    size_t bytes = (size_t)((p->told_ms - p->from_ms) * p->live->options.rate_hz / 1000) * sizeof(float);
    if (bytes > p->kept.length) bytes = p->kept.length;
    if (bytes > 0) memmove(p->kept.data, p->kept.data + bytes, p->kept.length - bytes);
    p->kept.length -= bytes;
    p->from_ms = p->told_ms;
}

static cs_error lose(cs_live_piece *p, const cs_message *why, cs_message *message) {
    const cs_live *l = p->live;
    int64_t from_ms = p->from_ms, to_ms = last_ms(p);
    p->why = *why;
    p->from_ms = p->told_ms = to_ms;
    buffer_clear(&p->kept);
    if (from_ms < to_ms && !l->sink.on_lost(l->sink.context, p->side, from_ms, to_ms, why))
        return live_no_memory(message);
    return p->is_over ? close_piece(p, message) : CS_OK;
}

/* The stream is gone. A child that dies is no reason to lose anything yet; no memory, and the user, end the call. */
static cs_error fail(cs_live_piece *p, cs_error code, const cs_message *why, cs_message *message) {
    const cs_live *l = p->live;
    const cs_message words = *why;
    recogniser_drop(p->stream);
    p->stream = NULL;
    p->is_let_go = p->is_ended = false;
    p->tried_ms = live_now_ms(l) - AGAIN_MS;
    if (l->trouble != CS_OK || code == CS_ERR_STOPPED || code == CS_ERR_MEMORY) {
        *message = l->trouble != CS_OK ? l->words : words;
        return l->trouble != CS_OK ? l->trouble : code;
    }
    forget_told(p);
    bool is_last = p->was_lost || code != CS_ERR_IO;
    p->was_lost = true;
    p->why = words;
    if (p->is_over && p->kept.length == 0) return close_piece(p, message);
    return is_last ? lose(p, &words, message) : CS_OK;
}

/* ---- sent ---- */

static cs_error send(cs_live_piece *p, const float *samples, uint32_t count, cs_message *message) {
    cs_message words = {0};
    if (count == 0) return CS_OK;
    cs_error code = recogniser_push(p->stream, samples, count, &words);
    p->live->sent += count;
    return code == CS_OK ? CS_OK : fail(p, code, &words, message);
}

static void let_go(cs_live_piece *p) {
    p->is_let_go = true;
    recogniser_let_go(p->stream, on_end);
}

static cs_error open_stream(cs_live_piece *p, cs_message *message) {
    const cs_live *l = p->live;
    const cs_utterance_sink sink = {p, on_utterance};
    p->tried_ms = live_now_ms(l);
    p->tries++;
    cs_error code = recogniser_begin(l->options.recogniser, l->options.rate_hz, p->from_ms, &sink, &p->stream, &p->why);
    if (code != CS_OK) {
        p->stream = NULL;
        *message = p->why;
        if (code == CS_ERR_STOPPED || code == CS_ERR_MEMORY) return code;
        return p->is_over && p->tries >= MOST_TRIES ? lose(p, message, message) : CS_OK;
    }
    p->tries = 0;
    code = send(p, (const float *)(const void *)p->kept.data, (uint32_t)(p->kept.length / sizeof(float)), message);
    if (code == CS_OK && p->stream && p->is_over) let_go(p);
    return code;
}

/* ---- the piece ---- */

cs_error live_piece_begin(cs_live_piece *p, cs_live *live, uint32_t side, int64_t begin_ms, cs_message *message) {
    *p = (cs_live_piece){
        .live = live, .side = side, .is_used = true, .begin_ms = begin_ms, .from_ms = begin_ms, .told_ms = begin_ms};
    buffer_init(&p->kept, (size_t)live->options.rate_hz * KEPT_SECONDS * sizeof(float));
    return open_stream(p, message);
}

cs_error live_piece_push(cs_live_piece *p, const float *samples, uint32_t count, cs_message *message) {
    if (!buffer_append(&p->kept, samples, count * sizeof *samples)) return live_no_memory(message);
    return p->stream ? send(p, samples, count, message) : CS_OK;
}

cs_error live_piece_end(cs_live_piece *p, const cs_live_voice *voice, cs_message *message) {
    p->is_over = true;
    p->end_ms = live_now_ms(p->live);
    p->voice = *voice;
    p->tries = 0;
    if (p->stream) let_go(p);
    return live_piece_tend(p, message);
}

cs_error live_piece_tend(cs_live_piece *p, cs_message *message) {
    if (p->is_ended) {
        cs_error code = p->code == CS_OK ? close_piece(p, message) : fail(p, p->code, &p->why, message);
        if (code != CS_OK || !p->is_used) return code;
    }
    if (p->stream) forget_told(p);
    bool is_due = !p->stream && !p->is_let_go && live_now_ms(p->live) - p->tried_ms >= AGAIN_MS;
    return is_due ? open_stream(p, message) : CS_OK;
}

cs_error live_piece_wait(cs_live_piece *p, cs_message *message) {
    cs_message late;
    cs_error code = CS_OK;
    while (code == CS_OK && p->is_used) {
        if (!p->is_let_go) p->tried_ms = live_now_ms(p->live) - AGAIN_MS;
        if (p->is_let_go && !p->is_ended) (void)recogniser_poll(p->live->options.recogniser, WAIT_MS, &late);
        code = live_piece_tend(p, message); /* which is told what went wrong */
    }
    return code;
}

void live_piece_drop(cs_live_piece *p) {
    if (!p->is_used) return;
    recogniser_drop(p->stream);
    buffer_free(&p->kept);
    *p = (cs_live_piece){.is_used = false};
}
