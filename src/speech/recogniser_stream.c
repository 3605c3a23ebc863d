/* Streams of a recogniser: begun, fed, finished by who waits for them, or let go by who does not. */
#include "speech/recogniser_state.h"

#include <math.h>
#include <stdlib.h>

bool recogniser_close_frame(cs_recogniser *r, size_t start) {
    cs_buffer *out = &r->link.out;
    if (wire_shut(out, start)) return true;
    out->length = start;
    out->is_failed = false;
    return false;
}

bool recogniser_put_number(cs_recogniser *r, cs_wire_type type, uint32_t number) {
    size_t start = r->link.out.length;
    wire_open(&r->link.out, type);
    wire_put_u32(&r->link.out, number);
    return recogniser_close_frame(r, start);
}

/* Live sound comes again and again: what still waits to be sent, or to be told to its end, has waited since then. */
void recogniser_wait_begins(cs_recogniser *r) {
    if (!r->options.is_live || (link_is_sent(&r->link) && r->ending == 0)) link_wait_begins(&r->link);
}

/* ---- begun ---- */

static void forget(cs_recogniser_stream *stream) {
    for (size_t i = 0; i < CS_MAX_STREAMS; i++)
        if (stream->owner->streams[i] == stream) stream->owner->streams[i] = NULL;
    free(stream);
}

static cs_error check_begin(const cs_recogniser *r, size_t place, int rate_hz, int64_t start_ms, cs_message *message) {
    if (place == CS_MAX_STREAMS)
        return message_set(message, CS_ERR_USAGE, "a recogniser takes at most %d streams at once", (int)CS_MAX_STREAMS);
    if (rate_hz < CS_MIN_SPEECH_RATE || rate_hz > CS_MAX_SPEECH_RATE || start_ms < 0)
        return message_set(message, CS_ERR_USAGE, "speech can't be recognised at %d samples a second", rate_hz);
    if (r->options.model->kind == CS_MODEL_PUNCTUATION)
        return message_set(message, CS_ERR_USAGE, "%.80s punctuates, and hears nothing", r->options.model->name);
    return CS_OK;
}

static cs_error send_begin(cs_recogniser *r, uint32_t number, int rate_hz, int64_t start_ms, cs_message *message) {
    size_t start_of_frame = r->link.out.length;
    wire_open(&r->link.out, CS_WIRE_BEGIN);
    wire_put_u32(&r->link.out, number);
    wire_put_i64(&r->link.out, rate_hz);
    wire_put_i64(&r->link.out, start_ms);
    return recogniser_close_frame(r, start_of_frame) ? CS_OK : recogniser_refuse_pace(message);
}

cs_error recogniser_begin(cs_recogniser *recogniser, int rate_hz, int64_t start_ms, const cs_utterance_sink *sink,
                          cs_recogniser_stream **out, cs_message *message) {
    cs_recogniser *r = recogniser;
    size_t place = 0;
    while (place < CS_MAX_STREAMS && r->streams[place]) place++;
    cs_error code = check_begin(r, place, rate_hz, start_ms, message);
    if (code == CS_OK && !r->remote) code = recogniser_start_again(r, message);
    if (code != CS_OK) return code;
    cs_recogniser_stream *stream = calloc(1, sizeof *stream);
    if (!stream) return message_set(message, CS_ERR_MEMORY, "there is no memory for a stream");
    *stream = (cs_recogniser_stream){.owner = r, .number = ++r->next_number, .sink = *sink};
    code = r->remote ? remote_begin(r->remote, rate_hz, start_ms, sink, &stream->remote, message)
                     : send_begin(r, stream->number, rate_hz, start_ms, message);
    if (code != CS_OK) {
        free(stream);
        return code;
    }
    *out = r->streams[place] = stream;
    return CS_OK;
}

/* ---- fed ---- */

/* CS_OK while the stream goes on. */
static cs_error state_of(const cs_recogniser_stream *stream, cs_message *message) {
    if (stream->is_stopped) return message_set(message, CS_ERR_STOPPED, "the recognition was stopped");
    if (!stream->is_lost) return CS_OK;
    if (message) *message = stream->loss;
    return CS_ERR_IO;
}

static cs_error put_samples(cs_recogniser_stream *stream, const float *samples, uint32_t count, cs_message *message) {
    cs_buffer *out = &stream->owner->link.out;
    for (uint32_t i = 0; i < count; i++)
        if (!isfinite(samples[i])) return message_set(message, CS_ERR_USAGE, "sample %u is no number", i);
    size_t start = out->length;
    wire_open(out, CS_WIRE_SAMPLES);
    wire_put_u32(out, stream->number);
    (void)buffer_append(out, samples, count * sizeof *samples);
    return recogniser_close_frame(stream->owner, start) ? CS_OK : recogniser_refuse_pace(message);
}

cs_error recogniser_push(cs_recogniser_stream *stream, const float *samples, uint32_t count, cs_message *message) {
    cs_recogniser *r = stream->owner;
    if (stream->remote) return remote_push(stream->remote, samples, count, message);
    cs_error code = state_of(stream, message);
    recogniser_wait_begins(r);
    for (uint32_t at = 0; code == CS_OK && at < count;) {
        uint32_t some = count - at < CS_WIRE_MAX_SAMPLES ? count - at : CS_WIRE_MAX_SAMPLES;
        code = put_samples(stream, samples + at, some, message);
        at += some;
        if (code != CS_OK) break;
        code = recogniser_exchange(r, 0, message);
        while (code == CS_OK && !r->options.is_live && !link_is_sent(&r->link))
            code = recogniser_exchange(r, CS_RECOGNISER_EXCHANGE_MS, message);
        if (code == CS_OK) code = state_of(stream, message);
    }
    return code;
}

/* ---- ended ---- */

/* The child did not take the last word on a stream: what it still holds is nobody's. */
static cs_error give_up_behind(cs_recogniser *r, cs_message *message) {
    cs_message words = {0};
    cs_error code = recogniser_give_up(r, recogniser_refuse_pace(&words), &words);
    if (message) *message = words;
    return code;
}

cs_error recogniser_finish(cs_recogniser_stream *stream, cs_message *message) {
    cs_recogniser *r = stream->owner;
    if (stream->remote) {
        cs_error ended = remote_finish(stream->remote, message);
        forget(stream);
        return ended;
    }
    cs_error code = state_of(stream, message);
    if (code == CS_OK && !recogniser_put_number(r, CS_WIRE_END, stream->number)) code = give_up_behind(r, message);
    link_wait_begins(&r->link);
    while (code == CS_OK && !stream->is_ended) {
        code = recogniser_exchange(r, CS_RECOGNISER_EXCHANGE_MS, message);
        if (code == CS_OK) code = state_of(stream, message);
    }
    if (code == CS_OK) r->failures = 0;
    forget(stream);
    return code;
}

void recogniser_stream_over(cs_recogniser_stream *stream, cs_error code, const cs_message *message) {
    const cs_stream_end on_end = stream->on_end;
    void *context = stream->sink.context;
    if (!stream->remote) stream->owner->ending--;
    forget(stream);
    on_end(context, code, message);
}

void recogniser_let_go(cs_recogniser_stream *stream, cs_stream_end on_end) {
    cs_recogniser *r = stream->owner;
    cs_message message = {0};
    cs_error code = CS_OK;
    stream->on_end = on_end;
    if (stream->remote) {
        code = remote_finish(stream->remote, &message);
        recogniser_stream_over(stream, code, &message);
        return;
    }
    recogniser_wait_begins(r);
    r->ending++;
    code = state_of(stream, &message);
    if (code != CS_OK)
        recogniser_stream_over(stream, code, &message);
    else if (!recogniser_put_number(r, CS_WIRE_END, stream->number))
        (void)give_up_behind(r, &message); /* which tells it, too */
    else
        (void)recogniser_exchange(r, 0, &message);
}

void recogniser_drop(cs_recogniser_stream *stream) {
    if (!stream) return;
    cs_recogniser *r = stream->owner;
    const bool is_known = !stream->remote && !stream->is_lost && !stream->is_stopped;
    const uint32_t number = stream->number;
    if (stream->remote)
        remote_drop(stream->remote);
    else if (stream->on_end)
        r->ending--;
    forget(stream);
    if (is_known && !recogniser_put_number(r, CS_WIRE_DROP, number)) (void)give_up_behind(r, NULL);
}
