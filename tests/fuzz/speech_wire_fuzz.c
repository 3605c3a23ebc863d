/* What a recogniser's child may write, and what a child may be told: any bytes are frames within their limits, or refused. What is
 * taken and written again is taken as the same. */
#include "speech/wire.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_utterance(const cs_utterance *given, cs_arena *arena) {
    cs_buffer out;
    cs_message message;
    cs_wire_frame frame;
    cs_utterance got;
    size_t used = 0;
    buffer_init(&out, CS_WIRE_MAX_PAYLOAD + CS_WIRE_HEADER);
    wire_open(&out, CS_WIRE_UTTERANCE);
    wire_put_utterance(&out, given);
    if (!wire_shut(&out, 0) || wire_next((unsigned char *)out.data, out.length, &frame, &used, &message) != CS_OK)
        abort();
    if (used != out.length) abort();
    cs_wire_reader reader = wire_read(&frame);
    if (wire_take_utterance(&reader, arena, &got, &message) != CS_OK || got.unit_count != given->unit_count) abort();
    for (uint32_t i = 0; i < got.unit_count; i++)
        if (strcmp(got.units[i].text, given->units[i].text) != 0) abort();
    buffer_free(&out);
}

static void take(const cs_wire_frame *frame, cs_arena *arena) {
    static float samples[CS_WIRE_MAX_SAMPLES];
    cs_message message;
    cs_utterance utterance;
    cs_wire_setup setup;
    uint32_t count = 0;
    cs_wire_reader reader = wire_read(frame);
    if (wire_take_setup(&reader, arena, &setup, &message) == CS_OK && setup.file_count > CS_MAX_MODEL_FILES) abort();
    reader = wire_read(frame);
    if (wire_take_samples(&reader, samples, &count, &message) == CS_OK && count > CS_WIRE_MAX_SAMPLES) abort();
    reader = wire_read(frame);
    (void)wire_u32(&reader);
    if (wire_take_utterance(&reader, arena, &utterance, &message) == CS_OK) check_utterance(&utterance, arena);
    reader = wire_read(frame);
    (void)wire_text(&reader);
    (void)wire_float(&reader);
    (void)wire_i64(&reader);
    if (reader.at > reader.end) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cs_arena *arena = arena_create(64 << 20);
    cs_message message;
    cs_wire_frame frame = {0};
    size_t used = 0;
    if (!arena) return 0;
    for (size_t at = 0; at <= size; at += used) {
        if (wire_next(data + at, size - at, &frame, &used, &message) != CS_OK || used == 0) break;
        take(&frame, arena);
        arena_reset(arena);
    }
    arena_free(arena);
    return 0;
}
