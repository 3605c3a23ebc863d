/* The child of a recogniser: started, with its model; given up; started again, later each time. */
#include "base/clock.h"
#include "speech/recogniser_state.h"

#include <poll.h>
#include <string.h>

enum {
    LOAD_STALLS = 3, /* a model may take so many times longer to load than to give a sign */
    LOADED_BYTES_A_MS = 20000, /* a slow disk */
    PAUSE_MS = 250, /* before a child is started again; doubled each time */
    LONGEST_PAUSE_MS = 30000,
    LONGEST_LIVE_PAUSE_MS = 1000, /* calls that run are not kept waiting longer: their owner asks again */
};

cs_error recogniser_refuse_pace(cs_message *message) {
    message_set(message, CS_ERR_LIMIT, "the recogniser does not keep up with what it is given");
    message_remedy(message, "give fewer calls to one recogniser, or take a faster model");
    return CS_ERR_LIMIT;
}

cs_error recogniser_give_up(cs_recogniser *r, cs_error code, cs_message *message) {
    cs_message words = *message;
    if (!*words.remedy && code != CS_ERR_STOPPED)
        message_remedy(&words, "it is started again for the next recording; if that repeats, take another model");
    *message = words;
    if (code != CS_ERR_STOPPED && code != CS_ERR_MEMORY) code = CS_ERR_IO;
    link_end(&r->link);
    r->is_ready = false;
    if (code != CS_ERR_STOPPED) r->failures++;
    r->failed_ms = clock_steady_ms();
    for (size_t i = 0; i < CS_MAX_STREAMS; i++) {
        cs_recogniser_stream *stream = r->streams[i];
        if (!stream || stream->is_lost) continue;
        stream->is_lost = true;
        stream->loss = words;
        if (stream->on_end) recogniser_stream_over(stream, code, &words);
    }
    return code;
}

cs_error recogniser_exchange(cs_recogniser *r, int wait_ms, cs_message *message) {
    cs_message words = {0};
    cs_error code = link_exchange(&r->link, wait_ms, recogniser_take_frame, r, &words);
    if (code == CS_OK) return CS_OK;
    code = recogniser_give_up(r, code, &words);
    if (message) *message = words;
    return code;
}

static cs_error send_hello(cs_recogniser *r, cs_message *message) {
    const cs_speech_model *model = r->options.model;
    cs_wire_setup setup = {.library = r->library,
                           .kind = model->kind,
                           .is_live = r->options.is_live,
                           .blank_penalty = model->blank_penalty,
                           .file_count = model->file_count,
                           .hot_words = r->options.hot_words,
                           /* A model of sounds knows no characters: the lattice prefers the words there. */
                           .hot_word_count = model->is_phonetic ? 0 : r->options.hot_word_count};
    memcpy(setup.files, model->files, sizeof setup.files);
    wire_open(&r->link.out, CS_WIRE_HELLO);
    wire_put_setup(&r->link.out, &setup);
    if (wire_shut(&r->link.out, 0)) return CS_OK;
    return message_set(message, CS_ERR_LIMIT, "the model's paths and hot words are too long");
}

static cs_error refuse_start(const cs_recogniser *r, int64_t left_ms, cs_message *message) {
    message_set(message, CS_ERR_IO, "the recogniser failed %d times in a row and is left alone for %d s", r->failures,
                (int)(left_ms / 1000));
    message_remedy(message, "if that repeats, take another model");
    return CS_ERR_IO;
}

static cs_error wait_pause(const cs_recogniser *r, cs_message *message) {
    if (r->failures == 0) return CS_OK;
    int64_t pause = LONGEST_PAUSE_MS;
    if (r->failures < 8) pause = (int64_t)PAUSE_MS << (r->failures - 1);
    if (pause > LONGEST_PAUSE_MS) pause = LONGEST_PAUSE_MS;
    for (int64_t left; (left = r->failed_ms + pause - clock_steady_ms()) > 0;) {
        if (r->options.is_stopped && *r->options.is_stopped)
            return message_set(message, CS_ERR_STOPPED, "the recognition was stopped");
        if (r->options.is_live && left > LONGEST_LIVE_PAUSE_MS) return refuse_start(r, left, message);
        (void)poll(NULL, 0, left < CS_RECOGNISER_EXCHANGE_MS ? (int)left : CS_RECOGNISER_EXCHANGE_MS);
    }
    return CS_OK;
}

/* A model that ends its child while it is loaded is broken, or not what the manifest says. */
static cs_error refuse_model(const cs_recogniser *r, const char *fate, cs_message *message) {
    message_set(message, CS_ERR_PARSE, "the model %.80s can't be loaded: the recogniser %.250s", r->options.model->name,
                fate);
    message_remedy(message, "fetch the model again: callscope models");
    return CS_ERR_PARSE;
}

static cs_error load(cs_recogniser *r, cs_message *message) {
    cs_error code = send_hello(r, message);
    while (code == CS_OK && !r->is_ready) {
        code = link_exchange(&r->link, CS_RECOGNISER_EXCHANGE_MS, recogniser_take_frame, r, message);
        if (code == CS_ERR_IO && r->link.child.pid == 0 && !strstr(r->link.child.fate, "code 127"))
            code = refuse_model(r, r->link.child.fate, message);
    }
    if (code == CS_OK) r->identity.memory_bytes = recogniser_child_memory(&r->link.child);
    return code;
}

static cs_error start_child(cs_recogniser *r, cs_message *message) {
    const cs_speech_model *model = r->options.model;
    cs_recogniser_child_plan plan = {
        .program = r->options.program, .library = r->library, .model = model, .memory_bytes = r->link.memory_bytes};
    int64_t stall_ms = r->link.stall_ms, bytes = 0;
    cs_error code = link_start(&r->link, &plan, message);
    for (uint32_t i = 0; i < model->file_count; i++) bytes += model->files[i].bytes;
    r->link.stall_ms = stall_ms * LOAD_STALLS + bytes / LOADED_BYTES_A_MS;
    if (code == CS_OK) code = load(r, message);
    r->link.stall_ms = stall_ms;
    return code;
}

cs_error recogniser_start(cs_recogniser *r, cs_message *message) {
    cs_message words = {0};
    cs_error code = wait_pause(r, &words), reason = code;
    if (code == CS_OK) {
        reason = start_child(r, &words);
        if (reason == CS_OK) return CS_OK;
        (void)recogniser_give_up(r, reason, &words);
    }
    if (message) *message = words;
    return reason;
}

cs_error recogniser_start_again(cs_recogniser *r, cs_message *message) {
    cs_error code = r->is_ready ? CS_OK : recogniser_start(r, message);
    return code == CS_OK || code == CS_ERR_STOPPED || code == CS_ERR_MEMORY ? code : CS_ERR_IO;
}
