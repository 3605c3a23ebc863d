/* What FunASR's server sends; where the first byte is odd, as frames of WebSocket, else as the message in them. */
#include "base/utf8.h"
#include "speech/funasr_answer.h"
#include "speech/websocket_frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const cs_funasr_answer *answer, const cs_funasr_span *span) {
    int64_t at = span->told_ms;
    for (uint32_t i = 0; i < answer->count; i++) {
        const cs_utterance *u = &answer->list[i];
        if (u->start_ms < at || u->end_ms < u->start_ms || u->end_ms > span->end_ms) abort();
        if (!u->text || utf8_invalid_at(u->text, strlen(u->text)) != strlen(u->text)) abort();
        for (uint32_t k = 0; k < u->unit_count; k++) {
            if (u->units[k].start_ms < at || !u->units[k].text) abort();
            at = u->units[k].start_ms;
        }
        at = u->end_ms;
    }
}

static void read_message(const char *text, size_t size) {
    const cs_funasr_span span = {60000, 61000, 90000};
    cs_message message = {0};
    cs_funasr_answer answer = {0};
    cs_arena *arena = arena_create(64 << 20);
    cs_error code = funasr_answer_read(text, size, &span, arena, &answer, &message);
    if (code == CS_OK) look_at(&answer, &span);
    if (code != CS_OK && (!*message.reason || answer.count > 0)) abort();
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cs_websocket_frame frame;
    cs_message message = {0};
    size_t used = 1;
    if (size == 0 || size > 1 << 20) return 0;
    if (*data % 2 == 0) {
        read_message((const char *)data + 1, size - 1);
        return 0;
    }
    for (size_t at = 1; used > 0; at += used) {
        if (websocket_frame_read(data + at, size - at, &frame, &used, &message) != CS_OK) {
            if (!*message.reason) abort();
            break;
        }
        if (used > size - at || (used > 0 && frame.length > used)) abort();
        if (used > 0 && frame.kind == CS_FRAME_TEXT) read_message((const char *)frame.bytes, frame.length);
    }
    return 0;
}
