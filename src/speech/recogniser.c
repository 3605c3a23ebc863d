#include "base/clock.h"
#include "speech/recogniser_identity.h"
#include "speech/recogniser_library.h"
#include "speech/recogniser_state.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { STALL_SECONDS = 60, UTTERANCE_BYTES = 32 << 20, LONGEST_TEXT = 65536 };
#define OTHERWISE_MEMORY ((int64_t)1 << 30)

cs_error recogniser_open(const cs_recogniser_options *options, cs_recogniser **out, cs_message *message) {
    const cs_speech_model *model = options->model;
    if (options->hot_word_count > CS_WIRE_MAX_HOT_WORDS)
        return message_set(message, CS_ERR_LIMIT, "a recogniser takes at most %d hot words",
                           (int)CS_WIRE_MAX_HOT_WORDS);
    cs_recogniser *r = calloc(1, sizeof *r);
    if (!r || !(r->arena = arena_create(UTTERANCE_BYTES))) {
        free(r);
        return message_set(message, CS_ERR_MEMORY, "there is no memory for a recogniser");
    }
    int64_t memory = options->memory_bytes ? options->memory_bytes : model->memory_bytes * 3 / 2;
    r->options = *options;
    link_init(&r->link, memory > 0 ? memory : OTHERWISE_MEMORY,
              (options->stall_seconds > 0 ? options->stall_seconds : STALL_SECONDS) * (int64_t)1000,
              options->is_stopped);
    r->identity = (cs_recogniser_identity){.model = model->name,
                                           .version = "",
                                           .is_phonetic = model->is_phonetic,
                                           .tells_signs = model->kind == CS_MODEL_SENSE_VOICE};
    bool is_remote = remote_is(model);
    cs_error code = is_remote ? remote_open(options, &r->remote, &r->identity, message)
                              : recogniser_library_find(options->program, r->library, message);
    if (code == CS_OK && !is_remote) code = recogniser_identify(model, r->identity.sha256, message);
    if (code == CS_OK && !is_remote) code = recogniser_start(r, message);
    if (code != CS_OK) {
        recogniser_close(r);
        return code;
    }
    *out = r;
    return CS_OK;
}

const cs_recogniser_identity *recogniser_identity(const cs_recogniser *recogniser) {
    return &recogniser->identity;
}

void recogniser_close(cs_recogniser *recogniser) {
    if (!recogniser) return;
    link_free(&recogniser->link);
    for (size_t i = 0; i < CS_MAX_STREAMS; i++) {
        if (recogniser->streams[i]) remote_drop(recogniser->streams[i]->remote);
        free(recogniser->streams[i]);
    }
    remote_close(recogniser->remote);
    arena_free(recogniser->arena);
    free(recogniser->punctuated);
    free(recogniser);
}

cs_error recogniser_punctuate(cs_recogniser *recogniser, const char *text, cs_arena *arena, const char **out,
                              cs_message *message) {
    cs_recogniser *r = recogniser;
    if (r->options.model->kind != CS_MODEL_PUNCTUATION)
        return message_set(message, CS_ERR_USAGE, "%.80s does not punctuate", r->options.model->name);
    if (strlen(text) > LONGEST_TEXT)
        return message_set(message, CS_ERR_LIMIT, "a text of more than %d bytes is not punctuated", (int)LONGEST_TEXT);
    cs_error code = recogniser_start_again(r, message);
    if (code != CS_OK) return code;
    size_t start_of_frame = r->link.out.length;
    wire_open(&r->link.out, CS_WIRE_PUNCTUATE);
    wire_put_text(&r->link.out, text);
    if (!recogniser_close_frame(r, start_of_frame)) return recogniser_refuse_pace(message);
    link_wait_begins(&r->link);
    while (code == CS_OK && !r->punctuated) code = recogniser_exchange(r, CS_RECOGNISER_EXCHANGE_MS, message);
    if (code == CS_OK) {
        r->failures = 0;
        const char *copy = arena_string(arena, r->punctuated);
        if (copy) *out = copy;
        if (!copy) code = message_set(message, CS_ERR_MEMORY, "there is no memory for a punctuated text");
    }
    free(r->punctuated);
    r->punctuated = NULL;
    return code;
}

static cs_error poll_remote(cs_recogniser *r, int wait_ms, cs_message *message) {
    cs_error code = CS_OK;
    for (size_t i = 0; i < CS_MAX_STREAMS && code == CS_OK; i++)
        if (r->streams[i]) code = remote_poll(r->streams[i]->remote, wait_ms, message);
    return code;
}

cs_error recogniser_poll(cs_recogniser *recogniser, int wait_ms, cs_message *message) {
    if (recogniser->remote) return poll_remote(recogniser, wait_ms, message);
    if (!recogniser->is_ready) return CS_OK; /* the streams tell it when they are pushed */
    recogniser_wait_begins(recogniser);
    return recogniser_exchange(recogniser, wait_ms, message);
}

void recognisers_wait(cs_recogniser *const *recognisers, uint32_t count, int wait_ms) {
    struct pollfd files[CS_MAX_RECOGNISERS];
    uint32_t used = 0;
    for (uint32_t i = 0; i < count && used < CS_MAX_RECOGNISERS; i++) {
        const cs_recogniser *r = recognisers[i];
        if (!r->remote && r->is_ready) files[used++] = link_awaited(&r->link);
    }
    (void)poll(files, used, wait_ms);
}
