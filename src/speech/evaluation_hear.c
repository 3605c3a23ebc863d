#include "speech/evaluation_hear.h"

#include "audio/decoder.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "speech/syllable.h"

#include <string.h>

enum { BLOCK = 4096, SCRATCH_BYTES = 256 << 20 };

typedef struct hearing {
    const cs_evaluation_ear *ear;
    cs_recogniser_stream *stream;
    cs_arena *scratch; /* of an utterance */
    cs_buffer text, pinyin, sounds;
    cs_error code;
    cs_message *message;
} hearing;

/* ---- what comes out ---- */

static cs_error keep_syllables(hearing *h, const cs_utterance *utterance) {
    cs_syllable *syllables;
    uint32_t count;
    cs_error code = syllables_of(utterance, h->scratch, &syllables, &count, h->message);
    for (uint32_t i = 0; code == CS_OK && i < count; i++) {
        buffer_text(&h->sounds, " ");
        buffer_text(&h->sounds, syllables[i].sound);
    }
    return code;
}

static cs_error keep_words(hearing *h, const cs_utterance *utterance) {
    cs_phrase *phrase;
    cs_error code = phrase_make(utterance, h->ear->making, h->scratch, &phrase, h->message);
    for (uint32_t i = 0; code == CS_OK && i < phrase->word_count; i++) {
        if (!phrase->words[i].is_joined) buffer_text(&h->text, " ");
        buffer_text(&h->text, phrase->words[i].text);
        if (phrase->words[i].reading) buffer_printf(&h->pinyin, " %s", phrase->words[i].reading);
        if (h->ear->on_word) h->ear->on_word(h->ear->context, &phrase->words[i]);
    }
    buffer_text(&h->text, " ");
    return code;
}

static bool on_utterance(void *context, const cs_utterance *utterance) {
    hearing *h = context;
    if (!utterance->is_final) return true;
    arena_reset(h->scratch);
    bool is_phonetic = h->ear->making->is_phonetic;
    if (is_phonetic) h->code = keep_syllables(h, utterance);
    if (h->code == CS_OK && (!is_phonetic || h->ear->making->speller)) h->code = keep_words(h, utterance);
    return h->code == CS_OK;
}

/* ---- what goes in ---- */

static bool on_degraded(void *context, const float *samples, uint32_t count) {
    hearing *h = context;
    h->code = recogniser_push(h->stream, samples, count, h->message);
    return h->code == CS_OK;
}

static cs_error push_all(hearing *h, cs_decoder *decoder, uint32_t channel, cs_degrader *degrader, int64_t *frames) {
    float block[BLOCK * CS_MOST_CHANNELS], mono[BLOCK];
    uint32_t channels = (uint32_t)decoder_format(decoder)->channels, got = BLOCK;
    while (h->code == CS_OK && got == BLOCK) {
        h->code = decoder_read(decoder, block, BLOCK, &got, h->message);
        if (h->code != CS_OK) break;
        for (uint32_t i = 0; i < got; i++) mono[i] = block[i * channels + channel];
        *frames += got;
        if (!degrade_push(degrader, mono, got, on_degraded, h)) break;
    }
    if (h->code == CS_OK) (void)degrade_finish(degrader, on_degraded, h);
    return h->code;
}

static cs_error recognise(hearing *h, cs_decoder *decoder, uint32_t channel, cs_evaluation_heard *out) {
    int rate_hz = decoder_format(decoder)->rate_hz;
    int64_t started_us = clock_steady_us(), frames = 0;
    cs_degrader *degrader = NULL;
    cs_utterance_sink sink = {.context = h, .on_utterance = on_utterance};
    cs_error code = degrade_create(rate_hz, &h->ear->degrading, &degrader, h->message);
    if (code == CS_OK)
        code = recogniser_begin(h->ear->recogniser, degrade_rate(degrader), 0, &sink, &h->stream, h->message);
    if (code == CS_OK) {
        cs_message unheard = {0};
        code = push_all(h, decoder, channel, degrader, &frames);
        /* It ends in any case; when it broke before, that is the message. */
        cs_error end = recogniser_finish(h->stream, code == CS_OK ? h->message : &unheard);
        if (code == CS_OK) code = h->code != CS_OK ? h->code : end;
    }
    degrade_free(degrader);
    out->audio_ms = frames * 1000 / rate_hz;
    out->spent_us = clock_steady_us() - started_us;
    return code;
}

static cs_error take_text(hearing *h, cs_arena *arena, cs_evaluation_heard *out) {
    bool is_phonetic = h->ear->making->is_phonetic;
    const cs_buffer *read = h->ear->making->speller ? &h->pinyin : &h->sounds;
    out->line.text = arena_string(arena, buffer_string(&h->text));
    if (is_phonetic) out->line.pinyin = arena_string(arena, buffer_string(read));
    if (is_phonetic) out->line.sounds = arena_string(arena, buffer_string(&h->sounds));
    bool is_whole = out->line.text && !h->text.is_failed && !h->pinyin.is_failed && !h->sounds.is_failed &&
                    (!is_phonetic || (out->line.pinyin && out->line.sounds));
    return is_whole ? CS_OK : message_set(h->message, CS_ERR_MEMORY, "no memory for what was heard");
}

/* ---- which channel ---- */

static cs_error choose_channel(const cs_audio_format *format, int wanted, uint32_t *channel, cs_message *message) {
    bool is_open = !wanted && format->channels > 1;
    if (is_open || wanted > format->channels) {
        if (is_open)
            message_set(message, CS_ERR_USAGE, "it has two channels, and none is chosen");
        else
            message_set(message, CS_ERR_USAGE, "it has no channel %d", wanted);
        message_remedy(message, "write #1 or #2 behind the name of a file of two channels, a line for each");
        return CS_ERR_USAGE;
    }
    *channel = wanted ? (uint32_t)wanted - 1 : 0;
    return CS_OK;
}

static const char *file_of(const char *path, cs_arena *arena, int *wanted) {
    size_t length = strlen(path);
    bool has_channel = length > 2 && path[length - 2] == '#' && strchr("12", path[length - 1]);
    *wanted = has_channel ? path[length - 1] - '0' : 0;
    return arena_copy(arena, path, has_channel ? length - 2 : length);
}

cs_error evaluation_hear(const cs_evaluation_ear *ear, const char *path, cs_arena *arena, cs_evaluation_heard *out,
                         cs_message *message) {
    hearing h = {.ear = ear, .scratch = arena_create(SCRATCH_BYTES), .message = message};
    cs_evaluation_heard heard = {.line = {.file = path}};
    cs_audio_bytes bytes = {0};
    cs_decoder *decoder = NULL;
    uint32_t channel = 0;
    int wanted;
    const char *file = file_of(path, arena, &wanted);
    buffer_init(&h.text, CS_MAX_EVALUATION_LINE);
    buffer_init(&h.pinyin, CS_MAX_EVALUATION_LINE);
    buffer_init(&h.sounds, CS_MAX_EVALUATION_LINE);
    cs_error code = h.scratch && file ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory to hear a recording");
    if (code == CS_OK) code = bytes_of_file(file, &bytes, message);
    if (code == CS_OK) {
        code = decoder_open(&bytes, &decoder, message);
        if (code == CS_OK) code = choose_channel(decoder_format(decoder), wanted, &channel, message);
        if (code == CS_OK) code = recognise(&h, decoder, channel, &heard);
        if (code == CS_OK) code = take_text(&h, arena, &heard);
        decoder_close(decoder);
        bytes_close(&bytes);
    }
    buffer_free(&h.text);
    buffer_free(&h.pinyin);
    buffer_free(&h.sounds);
    arena_free(h.scratch);
    if (code == CS_OK) *out = heard;
    return code;
}
