/* Commas and full stops for text that a recogniser wrote without any. */
#include "base/utf8.h"
#include "speech/sherpa_kind.h"

#include <string.h>

static cs_error load(cs_sherpa *sherpa, const cs_wire_setup *setup, cs_message *message) {
    SherpaOnnxOfflinePunctuationConfig config = {
        .model = {.ct_transformer = sherpa_file(setup, "model"), .num_threads = 1, .provider = "cpu"}};
    if (!config.model.ct_transformer) return message_set(message, CS_ERR_PARSE, "the model lacks its file");
    sherpa->punctuation = sherpa->library.CreateOfflinePunctuation(&config);
    return sherpa->punctuation ? CS_OK
                               : message_set(message, CS_ERR_PARSE, "the library does not take the model's file");
}

static bool begin(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    (void)sherpa, (void)stream;
    return false; /* it hears nothing */
}

static bool push(cs_sherpa *sherpa, cs_sherpa_stream *stream, const float *samples, uint32_t count) {
    (void)sherpa, (void)stream, (void)samples, (void)count;
    return false;
}

static bool step(cs_sherpa *sherpa) {
    (void)sherpa;
    return false;
}

static void release(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    (void)sherpa, (void)stream;
}

const char *sherpa_punctuate(cs_sherpa *sherpa, const char *text) {
    if (!sherpa->punctuation) return NULL;
    arena_reset(sherpa->arena);
    const char *made = sherpa->library.punctuate(sherpa->punctuation, text);
    if (!made) return NULL;
    size_t bytes = strlen(made);
    const char *out = utf8_invalid_at(made, bytes) == bytes ? arena_copy(sherpa->arena, made, bytes) : NULL;
    sherpa->library.punctuated_free(made);
    return out;
}

const cs_sherpa_kind sherpa_punctuation = {.load = load, .begin = begin, .push = push, .step = step, .free = release};
