/* What the child says: that it is ready, what it hears, that a stream is over, what went wrong. */
#include "speech/recogniser_state.h"

#include <stdlib.h>
#include <string.h>

static cs_error take_ready(cs_recogniser *r, cs_wire_reader *reader, cs_message *message) {
    const char *version = wire_text(reader);
    bool is_streaming = wire_u32(reader) != 0;
    if (reader->is_bad || !version || strlen(version) >= sizeof r->version || r->is_ready)
        return message_set(message, CS_ERR_PARSE, "the recogniser gives no proper sign that it is ready");
    (void)memcpy(r->version, version, strlen(version) + 1);
    r->identity.version = r->version;
    r->identity.is_streaming = is_streaming;
    r->is_ready = true;
    return CS_OK;
}

static cs_error take_error(cs_wire_reader *reader, cs_message *message) {
    uint32_t code = wire_u32(reader);
    const char *reason = wire_text(reader), *remedy = wire_text(reader);
    if (reader->is_bad || !reason || !*error_name((cs_error)code) || code == CS_OK)
        return message_set(message, CS_ERR_PARSE, "the recogniser tells an error that is none");
    message_set(message, (cs_error)code, "%s", reason);
    if (remedy && *remedy) message_remedy(message, "%s", remedy);
    return (cs_error)code;
}

static cs_recogniser_stream *find(const cs_recogniser *r, uint32_t number) {
    for (size_t i = 0; i < CS_MAX_STREAMS; i++)
        if (r->streams[i] && r->streams[i]->number == number) return r->streams[i];
    return NULL;
}

static cs_error stop(cs_recogniser_stream *stream, cs_message *message) {
    cs_recogniser *r = stream->owner;
    cs_message words = {0};
    stream->is_stopped = true;
    if (!recogniser_put_number(r, CS_WIRE_DROP, stream->number)) return recogniser_refuse_pace(message);
    if (!stream->on_end) return CS_OK;
    cs_error code = message_set(&words, CS_ERR_STOPPED, "the recognition was stopped");
    recogniser_stream_over(stream, code, &words);
    return CS_OK;
}

static cs_error take_utterance(cs_recogniser *r, cs_wire_reader *reader, cs_message *message) {
    cs_utterance utterance;
    cs_recogniser_stream *stream = find(r, wire_u32(reader));
    arena_reset(r->arena);
    cs_error code = wire_take_utterance(reader, r->arena, &utterance, message);
    if (code != CS_OK || !stream || stream->is_stopped) return code; /* of a stream that was given up: let it go */
    return stream->sink.on_utterance(stream->sink.context, &utterance) ? CS_OK : stop(stream, message);
}

static cs_error take_punctuated(cs_recogniser *r, cs_wire_reader *reader, cs_message *message) {
    const char *text = wire_text(reader);
    if (!text || r->punctuated)
        return message_set(message, CS_ERR_PARSE, "the recogniser punctuates what nobody asked for");
    r->punctuated = strdup(text);
    return r->punctuated ? CS_OK : message_set(message, CS_ERR_MEMORY, "there is no memory for a punctuated text");
}

static void take_end(cs_recogniser *r, uint32_t number) {
    static const cs_message NOTHING;
    cs_recogniser_stream *stream = find(r, number);
    if (!stream) return;
    stream->is_ended = true;
    if (!stream->on_end) return;
    r->failures = 0;
    recogniser_stream_over(stream, CS_OK, &NOTHING);
}

cs_error recogniser_take_frame(void *recogniser, const cs_wire_frame *frame, cs_message *message) {
    cs_recogniser *r = recogniser;
    cs_wire_reader reader = wire_read(frame);
    switch (frame->type) {
    case CS_WIRE_READY: return take_ready(r, &reader, message);
    case CS_WIRE_ERROR: return take_error(&reader, message);
    case CS_WIRE_UTTERANCE: return take_utterance(r, &reader, message);
    case CS_WIRE_PROGRESS: return CS_OK;
    case CS_WIRE_PUNCTUATED: return take_punctuated(r, &reader, message);
    case CS_WIRE_ENDED: take_end(r, wire_u32(&reader)); return CS_OK;
    default: return message_set(message, CS_ERR_PARSE, "the recogniser sends what only its owner may");
    }
}
