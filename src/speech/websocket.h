/* websocket.h - a conversation over WebSocket, as a client: texts and sound out, texts in.
 * Floor: speech, private to funasr.c. Certificates as in http_client.h; no redirects, no proxy.
 * Memory: the connection is its owner's. Threads: one a connection.
 * Example: websocket_open(&options, &ws, &m); websocket_send(ws, CS_FRAME_TEXT, "{}", 2, &m); websocket_receive(ws, 100, text, &has, &m);
 */
#ifndef CS_SPEECH_WEBSOCKET_H
#define CS_SPEECH_WEBSOCKET_H

#include "speech/remote_address.h"
#include "speech/websocket_frame.h"

#include <signal.h>

typedef struct cs_websocket_options {
    const cs_remote_address *address; /* must live as long, like is_stopped, which may be NULL */
    const char *key; /* sent as a bearer's; NULL or "": none. Not kept. */
    const volatile sig_atomic_t *is_stopped;
} cs_websocket_options;

typedef struct cs_websocket cs_websocket;

/* CS_ERR_IO: nobody is there, or nobody who speaks WebSocket; CS_ERR_STOPPED. */
cs_error websocket_open(const cs_websocket_options *options, cs_websocket **out, cs_message *message);
void websocket_close(cs_websocket *websocket); /* NULL is allowed */
/* Waits while the other side is behind, no longer than the address's time. */
cs_error websocket_send(cs_websocket *websocket, cs_frame_kind kind, const void *bytes, size_t length,
                        cs_message *message);
/* The next message, waiting at most so long. *has false: none came. CS_ERR_IO: the connection is gone. */
cs_error websocket_receive(cs_websocket *websocket, int wait_ms, cs_buffer *text, bool *has, cs_message *message);

#endif
