/* websocket_frame.h - frames of WebSocket (RFC 6455), as a client writes and reads them.
 * Floor: speech, private to websocket.c. Memory: a frame read points into the bytes given. Threads: any.
 * Example: websocket_frame_read(bytes, length, &frame, &used, &m); if (used > 0) take(frame.bytes, frame.length);
 * A server's frame is never masked, a client's always is (section 5.3); control frames are short and whole (5.5).
 */
#ifndef CS_SPEECH_WEBSOCKET_FRAME_H
#define CS_SPEECH_WEBSOCKET_FRAME_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdint.h>

enum { CS_MAX_FRAME_BYTES = 4 << 20 };

typedef enum cs_frame_kind {
    CS_FRAME_GOES_ON = 0,
    CS_FRAME_TEXT = 1,
    CS_FRAME_BINARY = 2,
    CS_FRAME_CLOSE = 8,
    CS_FRAME_PING = 9,
    CS_FRAME_PONG = 10
} cs_frame_kind;

typedef struct cs_websocket_frame {
    cs_frame_kind kind;
    bool is_last; /* of its message */
    const unsigned char *bytes;
    size_t length;
} cs_websocket_frame;

/* *used 0: more bytes are needed. CS_ERR_PARSE, CS_ERR_LIMIT. */
cs_error websocket_frame_read(const unsigned char *bytes, size_t length, cs_websocket_frame *out, size_t *used,
                              cs_message *message);
/* A whole message in one frame, masked with the four bytes. false: the buffer is full. */
bool websocket_frame_write(cs_buffer *out, cs_frame_kind kind, const void *bytes, size_t length,
                           const unsigned char mask[4]);

#endif
