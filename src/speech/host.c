#include "speech/host.h"

#include "base/clock.h"
#include "speech/recogniser.h"
#include "speech/sherpa.h"
#include "speech/wire.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    READ_BYTES = 256 * 1024, /* of sound are taken in before it is recognised: the rest waits in the socket */
    AHEAD_BYTES = 4 << 20, /* of live sound, before what was taken in is recognised */
    MAX_WRITTEN = CS_WIRE_MAX_PAYLOAD + CS_WIRE_HEADER,
    SETUP_BYTES = 8 << 20,
    PROGRESS_MS = 1000,
    TEST_RATE = 16000,
};

typedef struct host {
    int socket;
    cs_buffer in, out;
    cs_arena *arena; /* what the model was set up with */
    cs_sherpa *sherpa;
    int64_t told_ms; /* last sign of life */
    bool is_testing, is_test_done, is_gone;
    bool is_live; /* and recognised as it comes */
    size_t ahead; /* bytes taken in since there was nothing to do */
    float samples[CS_WIRE_MAX_SAMPLES];
} host;

static void send_out(host *h) {
    for (size_t sent = 0; sent < h->out.length && !h->is_gone;) {
        ssize_t wrote = write(h->socket, h->out.data + sent, h->out.length - sent);
        if (wrote > 0)
            sent += (size_t)wrote;
        else if (wrote < 0 && errno != EINTR)
            h->is_gone = true;
    }
    buffer_clear(&h->out);
    h->told_ms = clock_steady_ms();
}

/* The frame begun in h->out is closed and sent; one that does not fit is an error of the model. */
static bool close_frame(host *h) {
    if (!wire_shut(&h->out, 0)) {
        buffer_clear(&h->out);
        return false;
    }
    send_out(h);
    return true;
}

static int fail(host *h, cs_error code, const cs_message *message) {
    wire_open(&h->out, CS_WIRE_ERROR);
    wire_put_u32(&h->out, code);
    wire_put_text(&h->out, message->reason);
    wire_put_text(&h->out, message->remedy);
    (void)close_frame(h);
    return 1;
}

static void tell_utterance(void *context, uint32_t stream, const cs_utterance *utterance) {
    host *h = context;
    if (h->is_testing) return;
    wire_open(&h->out, CS_WIRE_UTTERANCE);
    wire_put_u32(&h->out, stream);
    wire_put_utterance(&h->out, utterance);
    if (close_frame(h)) return;
    cs_message message;
    (void)message_set(&message, CS_ERR_LIMIT, "an utterance is longer than a frame may be");
    (void)fail(h, CS_ERR_LIMIT, &message);
    h->is_gone = true;
}

static void tell_end(void *context, uint32_t stream) {
    host *h = context;
    h->is_test_done = true;
    if (h->is_testing) return;
    wire_open(&h->out, CS_WIRE_ENDED);
    wire_put_u32(&h->out, stream);
    (void)close_frame(h);
}

static void tell_progress(void *context) {
    host *h = context;
    if (clock_steady_ms() - h->told_ms < PROGRESS_MS) return;
    wire_open(&h->out, CS_WIRE_PROGRESS);
    (void)close_frame(h);
}

/* A second of made sound goes through before anybody's does: what breaks, breaks now. */
static cs_error test_model(host *h, cs_message *message) {
    for (int i = 0; i < TEST_RATE; i++) {
        float t = (float)i / TEST_RATE;
        h->samples[i] = 0.1F * sinf(2 * 3.14159265F * 220 * t) * (1 + sinf(2 * 3.14159265F * 4 * t)) / 2;
    }
    h->is_testing = true;
    cs_error code = sherpa_begin(h->sherpa, 0, TEST_RATE, 0, message);
    if (code == CS_OK) code = sherpa_push(h->sherpa, 0, h->samples, TEST_RATE, message);
    if (code != CS_OK) return code;
    sherpa_end(h->sherpa, 0);
    while (sherpa_step(h->sherpa)) tell_progress(h);
    h->is_testing = false;
    return h->is_test_done ? CS_OK : message_set(message, CS_ERR_PARSE, "the model does not recognise a test sound");
}

static cs_error open_model(host *h, const cs_wire_setup *setup, cs_message *message) {
    cs_sherpa_sink sink = {h, tell_utterance, tell_end, tell_progress};
    cs_error code = sherpa_open(setup, &sink, &h->sherpa, message);
    if (code != CS_OK) return code;
    if (setup->kind != CS_MODEL_PUNCTUATION) return test_model(h, message);
    if (sherpa_punctuate(h->sherpa, "你好请问有什么可以帮您")) return CS_OK;
    return message_set(message, CS_ERR_PARSE, "the model does not punctuate a test sentence");
}

static cs_error set_up(host *h, cs_wire_reader *reader, cs_message *message) {
    cs_wire_setup setup;
    if (h->sherpa) return message_set(message, CS_ERR_USAGE, "a model is set up once");
    cs_error code = wire_take_setup(reader, h->arena, &setup, message);
    if (code == CS_OK) code = open_model(h, &setup, message);
    if (code != CS_OK) return code;
    h->is_live = setup.is_live && sherpa_is_streaming(h->sherpa);
    wire_open(&h->out, CS_WIRE_READY);
    wire_put_text(&h->out, sherpa_version(h->sherpa));
    wire_put_u32(&h->out, sherpa_is_streaming(h->sherpa));
    return close_frame(h) ? CS_OK : message_set(message, CS_ERR_MEMORY, "there is no memory for an answer");
}

static cs_error punctuate(host *h, cs_wire_reader *reader, cs_message *message) {
    const char *text = wire_text(reader);
    const char *made = text && h->sherpa ? sherpa_punctuate(h->sherpa, text) : NULL;
    if (!made) return message_set(message, CS_ERR_PARSE, "the model does not punctuate this text");
    wire_open(&h->out, CS_WIRE_PUNCTUATED);
    wire_put_text(&h->out, made);
    return close_frame(h) ? CS_OK : message_set(message, CS_ERR_LIMIT, "the punctuated text is too long");
}

static cs_error take_frame(host *h, const cs_wire_frame *frame, cs_message *message) {
    cs_wire_reader reader = wire_read(frame);
    if (frame->type == CS_WIRE_HELLO) return set_up(h, &reader, message);
    if (frame->type == CS_WIRE_PUNCTUATE) return punctuate(h, &reader, message);
    uint32_t stream = wire_u32(&reader), count = 0;
    if (reader.is_bad || !h->sherpa) return message_set(message, CS_ERR_PARSE, "a frame comes too early or is cut");
    if (frame->type == CS_WIRE_BEGIN) {
        int64_t rate = wire_i64(&reader), start_ms = wire_i64(&reader);
        if (reader.is_bad || rate < CS_MIN_SPEECH_RATE || rate > CS_MAX_SPEECH_RATE)
            return message_set(message, CS_ERR_PARSE, "a stream is begun with a rate that no sound has");
        return sherpa_begin(h->sherpa, stream, (int)rate, start_ms, message);
    }
    if (frame->type == CS_WIRE_SAMPLES) {
        cs_error code = wire_take_samples(&reader, h->samples, &count, message);
        return code == CS_OK ? sherpa_push(h->sherpa, stream, h->samples, count, message) : code;
    }
    if (frame->type == CS_WIRE_END)
        sherpa_end(h->sherpa, stream);
    else if (frame->type == CS_WIRE_DROP)
        sherpa_drop(h->sherpa, stream);
    else
        return message_set(message, CS_ERR_PARSE, "a frame of type %d does not go to a child", (int)frame->type);
    return CS_OK;
}

/* Waits for bytes and takes the frames that are whole. */
static cs_error take_in(host *h, cs_message *message) {
    static char block[READ_BYTES];
    ssize_t got = read(h->socket, block, sizeof block);
    if (got < 0 && errno == EINTR) return CS_OK;
    if (got <= 0) {
        h->is_gone = true;
        return CS_OK;
    }
    h->ahead += (size_t)got;
    if (!buffer_append(&h->in, block, (size_t)got))
        return message_set(message, CS_ERR_MEMORY, "there is no memory for what comes in");
    size_t at = 0, used = 0;
    do {
        cs_wire_frame frame = {0};
        cs_error code = wire_next((const unsigned char *)h->in.data + at, h->in.length - at, &frame, &used, message);
        if (code == CS_OK && used > 0) code = take_frame(h, &frame, message);
        if (code != CS_OK) return code;
        at += used;
    } while (used > 0);
    memmove(h->in.data, h->in.data + at, h->in.length - at);
    h->in.length -= at;
    return CS_OK;
}

/* That somebody stopped speaking is known between two chunks of others, not behind all that they have said. */
static bool may_look(const host *h) {
    struct pollfd file = {.fd = h->socket, .events = POLLIN};
    return h->is_live && h->ahead < AHEAD_BYTES && poll(&file, 1, 0) > 0;
}

static cs_error recognise(host *h, cs_message *message) {
    cs_error code = CS_OK;
    while (code == CS_OK && !h->is_gone && h->sherpa && sherpa_step(h->sherpa)) {
        tell_progress(h);
        if (may_look(h)) code = take_in(h, message);
    }
    h->ahead = 0;
    return code;
}

int host_run(int socket) {
    cs_message message = {0};
    static host only; /* a process hosts one model */
    host *h = &only;
    if (!(h->arena = arena_create(SETUP_BYTES))) return 1;
    h->socket = socket;
    buffer_init(&h->in, MAX_WRITTEN + READ_BYTES);
    buffer_init(&h->out, MAX_WRITTEN);
    while (!h->is_gone) {
        cs_error code = take_in(h, &message);
        if (code == CS_OK) code = recognise(h, &message);
        if (code != CS_OK) return fail(h, code, &message);
    }
    _exit(0); /* the library's own end is not waited for: the parent may be gone */
}
