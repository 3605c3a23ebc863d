#include "speech/remote.h"

#include "speech/funasr.h"
#include "speech/openai.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_BYTES = 64 << 10,
    ANSWER_BYTES = 64 << 20,
    SEARCHED_S = 8, /* of a full piece's end, for a quiet place to cut */
    QUIET_MS = 100,
    SENT_MS = 100, /* to FunASR at once */
    LOOK_MS = 20,
};

struct cs_remote {
    cs_arena *arena; /* the address */
    cs_arena *answer;
    cs_remote_address address;
    cs_recogniser_options options;
    cs_openai *openai;
};

struct cs_remote_stream {
    cs_remote *owner;
    cs_funasr *funasr; /* NULL: pieces go to an OpenAI-compatible address */
    cs_utterance_sink sink;
    int rate_hz;
    int64_t start_ms, sent; /* samples before those that wait */
    int16_t *samples;
    uint32_t count, room;
    cs_error failed; /* what it ended with */
    cs_message loss;
};

bool remote_is(const cs_speech_model *model) {
    return model->kind == CS_MODEL_HTTP || model->kind == CS_MODEL_WEBSOCKET;
}

cs_error remote_open(const cs_recogniser_options *options, cs_remote **out, cs_recogniser_identity *identity,
                     cs_message *message) {
    cs_remote *r = calloc(1, sizeof *r);
    if (!r || !(r->arena = arena_create(NAME_BYTES)) || !(r->answer = arena_create(ANSWER_BYTES))) {
        remote_close(r);
        return message_set(message, CS_ERR_MEMORY, "no memory for a recogniser");
    }
    cs_error code = remote_address_read(options->model->address, r->arena, &r->address, message);
    if (code == CS_OK && r->address.kind == CS_MODEL_HTTP && options->is_live) {
        code = message_set(message, CS_ERR_USAGE, "%.150s recognises whole pieces, not what is being said",
                           r->address.url);
        message_remedy(message, "name a model on this machine, or FunASR's server: ws://, wss://");
    }
    r->options = *options;
    if (code == CS_OK && r->address.kind == CS_MODEL_HTTP)
        code = openai_open(&r->address, options->is_stopped, &r->openai, message);
    if (code != CS_OK) {
        remote_close(r);
        return code;
    }
    *identity = (cs_recogniser_identity){.model = r->address.name, .version = ""};
    *out = r;
    return CS_OK;
}

void remote_close(cs_remote *remote) {
    if (!remote) return;
    openai_close(remote->openai);
    arena_free(remote->answer);
    arena_free(remote->arena);
    free(remote);
}

cs_error remote_begin(cs_remote *remote, int rate_hz, int64_t start_ms, const cs_utterance_sink *sink,
                      cs_remote_stream **out, cs_message *message) {
    cs_remote_stream *s = calloc(1, sizeof *s);
    bool is_funasr = remote->address.kind == CS_MODEL_WEBSOCKET;
    uint32_t room = is_funasr ? (uint32_t)rate_hz * SENT_MS / 1000 : (uint32_t)rate_hz * CS_REMOTE_PIECE_S;
    if (!s || !(s->samples = calloc(room, sizeof *s->samples))) {
        remote_drop(s);
        return message_set(message, CS_ERR_MEMORY, "no memory for a stream");
    }
    s->owner = remote;
    s->sink = *sink;
    s->rate_hz = rate_hz;
    s->start_ms = start_ms;
    s->room = room;
    const cs_funasr_plan plan = {&remote->address, &remote->options, rate_hz, start_ms, sink};
    cs_error code = is_funasr ? funasr_begin(&plan, &s->funasr, message) : CS_OK;
    if (code == CS_OK)
        *out = s;
    else
        remote_drop(s);
    return code;
}

void remote_drop(cs_remote_stream *stream) {
    if (!stream) return;
    funasr_close(stream->funasr);
    free(stream->samples);
    free(stream);
}

/* ---- pieces ---- */

/* The middle of the quietest tenth of a second near the end: no word is cut there. */
static uint32_t quiet_place(const cs_remote_stream *s) {
    uint32_t window = (uint32_t)s->rate_hz * QUIET_MS / 1000, searched = (uint32_t)s->rate_hz * SEARCHED_S;
    uint32_t place = s->count;
    int64_t least = INT64_MAX;
    for (uint32_t at = s->count - searched; at + window <= s->count; at += window) {
        int64_t loud = 0;
        for (uint32_t i = 0; i < window; i++) loud += abs(s->samples[at + i]);
        if (loud > least) continue; /* the last of those that are equal */
        least = loud;
        place = at + window / 2;
    }
    return place;
}

static int64_t ms_at(const cs_remote_stream *s, int64_t sample) {
    return s->start_ms + sample * 1000 / s->rate_hz;
}

static cs_error fail(cs_remote_stream *s, cs_error code, const cs_message *message) {
    s->failed = code;
    s->loss = *message;
    return code;
}

static cs_error send_piece(cs_remote_stream *s, uint32_t count, cs_message *message) {
    const cs_sound_piece piece = {ms_at(s, s->sent), ms_at(s, s->sent + count)};
    cs_message words = {0};
    cs_utterance *list = NULL;
    uint32_t told = 0;
    cs_remote *r = s->owner;
    if (piece.end_ms - piece.start_ms < CS_REMOTE_LEAST_MS) return CS_OK; /* no word is so short */
    arena_reset(r->answer);
    cs_error code = openai_recognise(r->openai, s->samples, count, s->rate_hz, &piece, r->answer, &list, &told, &words);
    for (uint32_t i = 0; code == CS_OK && i < told; i++)
        if (!s->sink.on_utterance(s->sink.context, &list[i]))
            code = message_set(&words, CS_ERR_STOPPED, "the recognition was stopped");
    s->sent += count;
    s->count -= count;
    memmove(s->samples, s->samples + count, s->count * sizeof *s->samples);
    if (code == CS_OK) return CS_OK;
    if (message) *message = words;
    return fail(s, code, &words);
}

static cs_error send_on(cs_remote_stream *s, cs_message *message) {
    cs_message words = {0};
    cs_error code = funasr_push(s->funasr, s->samples, s->count, &words);
    s->count = 0;
    if (code == CS_OK) return CS_OK;
    if (message) *message = words;
    return fail(s, code, &words);
}

static cs_error send_full(cs_remote_stream *s, cs_message *message) {
    return s->funasr ? send_on(s, message) : send_piece(s, quiet_place(s), message);
}

static cs_error state_of(const cs_remote_stream *s, cs_message *message) {
    if (s->failed != CS_OK && message) *message = s->loss;
    return s->failed;
}

cs_error remote_push(cs_remote_stream *stream, const float *samples, uint32_t count, cs_message *message) {
    cs_remote_stream *s = stream;
    cs_error code = state_of(s, message);
    for (uint32_t i = 0; code == CS_OK && i < count; i++) {
        if (!isfinite(samples[i])) return message_set(message, CS_ERR_USAGE, "sample %u is no number", i);
        float loud = samples[i] < -1 ? -1 : samples[i] > 1 ? 1 : samples[i];
        s->samples[s->count++] = (int16_t)lrintf(loud * 32767);
        if (s->count == s->room) code = send_full(s, message);
    }
    return code;
}

cs_error remote_finish(cs_remote_stream *stream, cs_message *message) {
    cs_error code = state_of(stream, message);
    if (code == CS_OK) code = stream->funasr ? send_on(stream, message) : send_piece(stream, stream->count, message);
    if (code == CS_OK && stream->funasr) code = funasr_finish(stream->funasr, message);
    remote_drop(stream);
    return code;
}

cs_error remote_poll(cs_remote_stream *stream, int wait_ms, cs_message *message) {
    cs_message words = {0};
    if (stream->failed != CS_OK || !stream->funasr) return CS_OK; /* it is told when it is pushed */
    cs_error code = funasr_poll(stream->funasr, wait_ms < LOOK_MS ? wait_ms : LOOK_MS, &words);
    if (code == CS_OK) return CS_OK;
    if (message) *message = words;
    return fail(stream, code, &words);
}
