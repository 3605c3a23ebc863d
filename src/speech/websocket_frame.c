#include "speech/websocket_frame.h"

enum { LAST = 0x80, MASKED = 0x80, RESERVED = 0x70, KIND = 0x0f, SHORT = 125, OF_2 = 126, OF_8 = 127 };

static cs_error refuse(cs_message *message, const char *what) {
    return message_set(message, CS_ERR_PARSE, "the recogniser sends a frame of WebSocket %s", what);
}

static bool is_known(unsigned kind) {
    return kind <= CS_FRAME_BINARY || (kind >= CS_FRAME_CLOSE && kind <= CS_FRAME_PONG);
}

cs_error websocket_frame_read(const unsigned char *bytes, size_t length, cs_websocket_frame *out, size_t *used,
                              cs_message *message) {
    *used = 0;
    if (length < 2) return CS_OK;
    unsigned kind = bytes[0] & KIND, first = bytes[1] & ~(unsigned)MASKED;
    size_t head = first == OF_8 ? 10 : first == OF_2 ? 4 : 2;
    bool is_last = (bytes[0] & LAST) != 0;
    if ((bytes[0] & RESERVED) || !is_known(kind)) return refuse(message, "of an unknown kind");
    if (bytes[1] & MASKED) return refuse(message, "that is masked");
    if (kind >= CS_FRAME_CLOSE && (!is_last || first > SHORT)) return refuse(message, "that is no proper sign");
    if (length < head) return CS_OK;
    uint64_t size = first > SHORT ? 0 : first;
    for (size_t i = 2; i < head; i++) size = size << 8 | bytes[i];
    if (size > CS_MAX_FRAME_BYTES)
        return message_set(message, CS_ERR_LIMIT, "the recogniser answers with more than %d bytes",
                           (int)CS_MAX_FRAME_BYTES);
    if (length - head < size) return CS_OK;
    *out = (cs_websocket_frame){(cs_frame_kind)kind, is_last, bytes + head, (size_t)size};
    *used = head + (size_t)size;
    return CS_OK;
}

bool websocket_frame_write(cs_buffer *out, cs_frame_kind kind, const void *bytes, size_t length,
                           const unsigned char mask[4]) {
    unsigned char head[14] = {(unsigned char)(LAST | (unsigned)kind)};
    size_t at = 2, width = length <= SHORT ? 0 : length <= UINT16_MAX ? 2 : 8;
    head[1] = (unsigned char)(MASKED | (width == 8 ? OF_8 : width == 2 ? OF_2 : length));
    for (size_t i = width; i > 0; i--) head[at++] = (unsigned char)((uint64_t)length >> (8 * (i - 1)));
    for (size_t i = 0; i < 4; i++) head[at++] = mask[i];
    buffer_append(out, head, at);
    size_t from = out->length;
    buffer_append(out, bytes, length);
    for (size_t i = 0; i < length && !out->is_failed; i++)
        out->data[from + i] = (char)((unsigned char)out->data[from + i] ^ mask[i % 4]);
    return !out->is_failed;
}
