#include "speech/sherpa.h"

#include "speech/sherpa_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 64 << 20, BLOCK = 1024 };

static const cs_sherpa_kind *kind_of(cs_model_kind kind) {
    switch (kind) {
    case CS_MODEL_ONLINE_TRANSDUCER: return &sherpa_online;
    case CS_MODEL_OFFLINE_TRANSDUCER:
    case CS_MODEL_SENSE_VOICE:
    case CS_MODEL_PARAFORMER:
    case CS_MODEL_WHISPER:
    case CS_MODEL_DOLPHIN:
    case CS_MODEL_WENET_CTC:
    case CS_MODEL_FIRE_RED_CTC: return &sherpa_offline;
    case CS_MODEL_PUNCTUATION: return &sherpa_punctuation;
    case CS_MODEL_VOICE_ACTIVITY: return &sherpa_voices;
    default: return NULL;
    }
}

cs_error sherpa_open(const cs_wire_setup *setup, const cs_sherpa_sink *sink, cs_sherpa **out, cs_message *message) {
    const cs_sherpa_kind *kind = kind_of(setup->kind);
    if (!kind) return message_set(message, CS_ERR_USAGE, "no recogniser runs models of this kind");
    cs_sherpa *sherpa = calloc(1, sizeof *sherpa);
    if (!sherpa || !(sherpa->arena = arena_create(ARENA_BYTES))) {
        free(sherpa);
        return message_set(message, CS_ERR_MEMORY, "there is no memory for a recogniser");
    }
    sherpa->kind = kind;
    sherpa->sink = *sink;
    sherpa->is_live = setup->is_live;
    cs_error code = sherpa_library_load(setup->library, &sherpa->library, message);
    if (code == CS_OK) code = kind->load(sherpa, setup, message);
    if (code != CS_OK) {
        arena_free(sherpa->arena);
        free(sherpa->hot_words);
        free(sherpa->voice_model);
        free(sherpa);
        return code;
    }
    *out = sherpa;
    return CS_OK;
}

const char *sherpa_version(const cs_sherpa *sherpa) {
    return sherpa->library.GetVersionStr();
}

bool sherpa_is_streaming(const cs_sherpa *sherpa) {
    return sherpa->kind->is_streaming;
}

const char *sherpa_file(const cs_wire_setup *setup, const char *role) {
    for (uint32_t i = 0; i < setup->file_count; i++)
        if (strcmp(setup->files[i].role, role) == 0) return setup->files[i].path;
    return NULL;
}

int64_t sherpa_place_ms(const cs_sherpa_stream *stream, int64_t samples) {
    return stream->start_ms + samples * 1000 / CS_SHERPA_RATE;
}

static cs_sherpa_stream *find(cs_sherpa *sherpa, uint32_t number) {
    for (size_t i = 0; i < CS_MAX_STREAMS; i++)
        if (sherpa->streams[i].is_used && sherpa->streams[i].number == number) return &sherpa->streams[i];
    return NULL;
}

cs_error sherpa_begin(cs_sherpa *sherpa, uint32_t number, int rate_hz, int64_t start_ms, cs_message *message) {
    if (rate_hz < CS_MIN_SPEECH_RATE || rate_hz > CS_MAX_SPEECH_RATE || start_ms < 0)
        return message_set(message, CS_ERR_USAGE, "sound of %d samples a second can't be recognised", rate_hz);
    if (find(sherpa, number)) return message_set(message, CS_ERR_USAGE, "stream %u was begun twice", number);
    for (size_t i = 0; i < CS_MAX_STREAMS; i++) {
        cs_sherpa_stream *stream = &sherpa->streams[i];
        if (stream->is_used) continue;
        *stream = (cs_sherpa_stream){
            .number = number, .start_ms = start_ms, .resampler = resampler_create(rate_hz, CS_SHERPA_RATE)};
        stream->is_used = stream->resampler && sherpa->kind->begin(sherpa, stream);
        if (!stream->is_used) resampler_free(stream->resampler);
        return stream->is_used ? CS_OK : message_set(message, CS_ERR_MEMORY, "there is no memory for a stream");
    }
    return message_set(message, CS_ERR_USAGE, "more than %d streams can't be open at once", (int)CS_MAX_STREAMS);
}

typedef struct pushing {
    cs_sherpa *sherpa;
    cs_sherpa_stream *stream;
} pushing;

/* Models have learnt from sound of 16 bits: its faint noise in every band, where conversion leaves nothing at all. */
static bool on_resampled(void *context, const float *samples, uint32_t count) {
    const pushing *p = context;
    float rounded[BLOCK];
    for (uint32_t at = 0; at < count;) {
        uint32_t some = 0;
        while (some < BLOCK && at < count) rounded[some++] = rintf(samples[at++] * 32768.0F) / 32768.0F;
        if (!p->sherpa->kind->push(p->sherpa, p->stream, rounded, some)) return false;
        p->stream->samples += some;
    }
    return true;
}

cs_error sherpa_push(cs_sherpa *sherpa, uint32_t number, const float *samples, uint32_t count, cs_message *message) {
    cs_sherpa_stream *stream = find(sherpa, number);
    if (!stream || stream->is_ended) return message_set(message, CS_ERR_USAGE, "stream %u is not open", number);
    pushing to = {sherpa, stream};
    return resampler_push(stream->resampler, samples, count, on_resampled, &to)
               ? CS_OK
               : message_set(message, CS_ERR_MEMORY, "there is no memory for the sound of a stream");
}

void sherpa_end(cs_sherpa *sherpa, uint32_t number) {
    cs_sherpa_stream *stream = find(sherpa, number);
    if (!stream || stream->is_ended) return;
    pushing to = {sherpa, stream};
    (void)resampler_finish(stream->resampler, on_resampled,
                           &to); /* without memory the last milliseconds are not heard */
    stream->is_ended = true;
}

static void release(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    sherpa->kind->free(sherpa, stream);
    resampler_free(stream->resampler);
    stream->is_used = false;
}

void sherpa_drop(cs_sherpa *sherpa, uint32_t number) {
    cs_sherpa_stream *stream = find(sherpa, number);
    if (stream) release(sherpa, stream);
}

void sherpa_finish_stream(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    release(sherpa, stream);
    sherpa->sink.on_end(sherpa->sink.context, stream->number);
}

bool sherpa_step(cs_sherpa *sherpa) {
    return sherpa->kind->step(sherpa);
}
