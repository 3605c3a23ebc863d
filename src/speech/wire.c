#include "speech/wire.h"

#include "base/utf8.h"

#include <math.h>
#include <string.h>

static const uint32_t NO_TEXT = UINT32_MAX;

void wire_open(cs_buffer *out, cs_wire_type type) {
    wire_put_u32(out, type);
    wire_put_u32(out, 0); /* wire_shut knows it */
}

void wire_put_u32(cs_buffer *out, uint32_t value) {
    (void)buffer_append(out, &value, sizeof value);
}

void wire_put_i64(cs_buffer *out, int64_t value) {
    (void)buffer_append(out, &value, sizeof value);
}

void wire_put_float(cs_buffer *out, float value) {
    (void)buffer_append(out, &value, sizeof value);
}

void wire_put_text(cs_buffer *out, const char *text) {
    size_t bytes = text ? strlen(text) : 0;
    if (bytes > CS_WIRE_MAX_TEXT) {
        out->is_failed = true;
        return;
    }
    wire_put_u32(out, text ? (uint32_t)bytes : NO_TEXT);
    if (text) (void)buffer_append(out, text, bytes + 1); /* with its NUL: the reader points to it */
}

bool wire_shut(cs_buffer *out, size_t frame_start) {
    if (out->is_failed || out->length < frame_start + CS_WIRE_HEADER) return false;
    size_t bytes = out->length - frame_start - CS_WIRE_HEADER;
    uint32_t length = (uint32_t)bytes;
    if (bytes > CS_WIRE_MAX_PAYLOAD) {
        out->is_failed = true;
        return false;
    }
    memcpy(out->data + frame_start + sizeof(uint32_t), &length, sizeof length);
    return true;
}

void wire_put_setup(cs_buffer *out, const cs_wire_setup *setup) {
    wire_put_u32(out, CS_WIRE_VERSION);
    wire_put_text(out, setup->library);
    wire_put_u32(out, setup->kind);
    wire_put_u32(out, setup->is_live);
    wire_put_float(out, setup->blank_penalty);
    wire_put_u32(out, setup->file_count);
    for (uint32_t i = 0; i < setup->file_count; i++) {
        wire_put_text(out, setup->files[i].role);
        wire_put_text(out, setup->files[i].path);
    }
    wire_put_u32(out, setup->hot_word_count);
    for (uint32_t i = 0; i < setup->hot_word_count; i++) wire_put_text(out, setup->hot_words[i]);
}

void wire_put_utterance(cs_buffer *out, const cs_utterance *utterance) {
    wire_put_u32(out, utterance->is_final);
    wire_put_i64(out, utterance->start_ms);
    wire_put_i64(out, utterance->end_ms);
    wire_put_text(out, utterance->text);
    wire_put_text(out, utterance->language);
    wire_put_text(out, utterance->emotion);
    wire_put_text(out, utterance->event);
    wire_put_u32(out, utterance->unit_count);
    for (uint32_t i = 0; i < utterance->unit_count; i++) {
        wire_put_i64(out, utterance->units[i].start_ms);
        wire_put_float(out, utterance->units[i].log_probability);
        wire_put_text(out, utterance->units[i].text);
    }
}

static bool is_type(uint32_t type) {
    return (type >= CS_WIRE_HELLO && type <= CS_WIRE_PUNCTUATE) ||
           (type >= CS_WIRE_READY && type <= CS_WIRE_PUNCTUATED);
}

cs_error wire_next(const unsigned char *bytes, size_t length, cs_wire_frame *frame, size_t *used, cs_message *message) {
    uint32_t type = 0, payload = 0;
    *used = 0;
    if (length < CS_WIRE_HEADER) return CS_OK;
    memcpy(&type, bytes, sizeof type);
    memcpy(&payload, bytes + sizeof type, sizeof payload);
    if (!is_type(type)) return message_set(message, CS_ERR_PARSE, "there is no frame of type %u", type);
    if (payload > CS_WIRE_MAX_PAYLOAD)
        return message_set(message, CS_ERR_PARSE, "a frame of %u bytes is longer than any may be", payload);
    if (length - CS_WIRE_HEADER < payload) return CS_OK;
    *frame = (cs_wire_frame){.type = (cs_wire_type)type, .payload = bytes + CS_WIRE_HEADER, .bytes = payload};
    *used = CS_WIRE_HEADER + (size_t)payload;
    return CS_OK;
}

cs_wire_reader wire_read(const cs_wire_frame *frame) {
    return (cs_wire_reader){.at = frame->payload, .end = frame->payload + frame->bytes};
}

static void take(cs_wire_reader *reader, void *out, size_t bytes) {
    if (reader->is_bad || (size_t)(reader->end - reader->at) < bytes) {
        reader->is_bad = true;
        memset(out, 0, bytes);
        return;
    }
    memcpy(out, reader->at, bytes);
    reader->at += bytes;
}

uint32_t wire_u32(cs_wire_reader *reader) {
    uint32_t value = 0;
    take(reader, &value, sizeof value);
    return value;
}

int64_t wire_i64(cs_wire_reader *reader) {
    int64_t value = 0;
    take(reader, &value, sizeof value);
    return value;
}

float wire_float(cs_wire_reader *reader) {
    float value = 0;
    take(reader, &value, sizeof value);
    return value;
}

const char *wire_text(cs_wire_reader *reader) {
    uint32_t bytes = wire_u32(reader);
    if (reader->is_bad || bytes == NO_TEXT) return NULL;
    const char *text = (const char *)reader->at;
    if (bytes > CS_WIRE_MAX_TEXT || (size_t)(reader->end - reader->at) < (size_t)bytes + 1 || text[bytes] != 0 ||
        utf8_invalid_at(text, bytes) != bytes) {
        reader->is_bad = true;
        return NULL;
    }
    reader->at += (size_t)bytes + 1;
    return text;
}

static cs_error refuse(const char *what, cs_message *message) {
    return message_set(message, CS_ERR_PARSE, "a frame with %s is not well formed", what);
}

cs_error wire_take_setup(cs_wire_reader *reader, cs_arena *arena, cs_wire_setup *out, cs_message *message) {
    cs_wire_setup setup = {0};
    if (wire_u32(reader) != CS_WIRE_VERSION)
        return message_set(message, CS_ERR_CONFLICT, "the recogniser and its child are of different versions");
    setup.library = wire_text(reader);
    uint32_t kind = wire_u32(reader);
    setup.is_live = wire_u32(reader) != 0;
    setup.blank_penalty = wire_float(reader);
    setup.file_count = wire_u32(reader);
    if (kind >= CS_MODEL_KIND_COUNT || setup.file_count > CS_MAX_MODEL_FILES || !isfinite(setup.blank_penalty))
        return refuse("a model", message);
    setup.kind = (cs_model_kind)kind;
    for (uint32_t i = 0; i < setup.file_count; i++) {
        setup.files[i].role = wire_text(reader);
        setup.files[i].path = wire_text(reader);
        if (!setup.files[i].role || !setup.files[i].path) return refuse("a model", message);
    }
    setup.hot_word_count = wire_u32(reader);
    if (setup.hot_word_count > CS_WIRE_MAX_HOT_WORDS) return refuse("hot words", message);
    const char **words = arena_array(arena, (size_t)setup.hot_word_count + 1, sizeof *words);
    if (!words) return message_set(message, CS_ERR_MEMORY, "there is no memory left");
    for (uint32_t i = 0; i < setup.hot_word_count; i++)
        if (!(words[i] = wire_text(reader))) return refuse("hot words", message);
    setup.hot_words = words;
    if (reader->is_bad || reader->at != reader->end || !setup.library) return refuse("a model", message);
    *out = setup;
    return CS_OK;
}

cs_error wire_take_utterance(cs_wire_reader *reader, cs_arena *arena, cs_utterance *out, cs_message *message) {
    cs_utterance u = {.is_final = wire_u32(reader) != 0};
    u.start_ms = wire_i64(reader);
    u.end_ms = wire_i64(reader);
    u.text = wire_text(reader);
    u.language = wire_text(reader);
    u.emotion = wire_text(reader);
    u.event = wire_text(reader);
    u.unit_count = wire_u32(reader);
    if (reader->is_bad || u.unit_count > CS_MAX_UNITS || u.end_ms < u.start_ms) return refuse("an utterance", message);
    cs_unit *units = arena_array(arena, (size_t)u.unit_count + 1, sizeof *units);
    if (!units) return message_set(message, CS_ERR_MEMORY, "there is no memory left for an utterance");
    for (uint32_t i = 0; i < u.unit_count; i++) {
        units[i].start_ms = wire_i64(reader);
        units[i].log_probability = wire_float(reader);
        units[i].text = wire_text(reader);
        if (!units[i].text || isnan(units[i].log_probability)) return refuse("an utterance", message);
    }
    if (reader->is_bad || reader->at != reader->end) return refuse("an utterance", message);
    u.units = units;
    *out = u;
    return CS_OK;
}

cs_error wire_take_samples(cs_wire_reader *reader, float *out, uint32_t *count, cs_message *message) {
    size_t bytes = (size_t)(reader->end - reader->at);
    if (reader->is_bad || bytes % sizeof *out != 0 || bytes / sizeof *out > CS_WIRE_MAX_SAMPLES)
        return refuse("samples", message);
    take(reader, out, bytes);
    *count = (uint32_t)(bytes / sizeof *out);
    for (uint32_t i = 0; i < *count; i++)
        if (!isfinite(out[i])) return refuse("samples", message);
    return CS_OK;
}
