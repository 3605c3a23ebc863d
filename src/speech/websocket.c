#include "speech/websocket.h"

#include "base/clock.h"
#include "speech/http_client.h"

#include <curl/curl.h>
#include <gnutls/crypto.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CONNECT_S = 10, HEAD_BYTES = 16384, LOOK_MS = 100, READ_BYTES = 16384, NONCE = 16, SHA1 = 20, SIGNS = 1000 };
static const char OF_THE_RFC[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; /* section 1.3 */

struct cs_websocket {
    cs_websocket_options options;
    CURL *curl;
    curl_socket_t socket;
    cs_buffer in, out, whole; /* bytes that came; those that go; parts of a message */
    bool is_closed; /* the other side said so */
    char words[CURL_ERROR_SIZE];
};

static cs_error lose(const cs_websocket *w, const char *what, cs_message *message) {
    message_set(message, CS_ERR_IO, "%.150s %.200s", w->options.address->url, what);
    message_remedy(message, "look whether it runs, and into that server's own log");
    return CS_ERR_IO;
}

/* Until bytes can be moved. */
static cs_error wait_for(cs_websocket *w, short events, int64_t until, cs_message *message) {
    for (;;) {
        struct pollfd one = {.fd = w->socket, .events = events};
        int64_t left = until - clock_steady_ms();
        if (w->options.is_stopped && *w->options.is_stopped)
            return message_set(message, CS_ERR_STOPPED, "the recognition was stopped");
        if (left <= 0) return lose(w, "does not keep up within its time", message);
        if (poll(&one, 1, left < LOOK_MS ? (int)left : LOOK_MS) > 0) return CS_OK;
    }
}

static int64_t end_of_time(const cs_websocket *w) {
    return clock_steady_ms() + (int64_t)w->options.address->timeout_s * 1000;
}

static cs_error send_all(cs_websocket *w, const char *bytes, size_t length, cs_message *message) {
    int64_t until = end_of_time(w);
    while (length > 0) {
        size_t sent = 0;
        CURLcode result = curl_easy_send(w->curl, bytes, length, &sent);
        if (result != CURLE_OK && result != CURLE_AGAIN) return lose(w, "has ended the connection", message);
        bytes += sent;
        length -= sent;
        if (result != CURLE_AGAIN) continue;
        cs_error code = wait_for(w, POLLOUT, until, message);
        if (code != CS_OK) return code;
    }
    return CS_OK;
}

/* What is there now. *got 0: nothing. */
static cs_error read_some(cs_websocket *w, size_t *got, cs_message *message) {
    char bytes[READ_BYTES];
    *got = 0;
    CURLcode result = curl_easy_recv(w->curl, bytes, sizeof bytes, got);
    if (result == CURLE_AGAIN) return CS_OK;
    if (result != CURLE_OK || *got == 0) return lose(w, "has ended the connection", message);
    return buffer_append(&w->in, bytes, *got) ? CS_OK : lose(w, "sends more than is taken", message);
}

/* ---- the handshake ---- */

static bool answer_to(const char *nonce, char out[64]) {
    char text[128];
    unsigned char digest[SHA1];
    int length = snprintf(text, sizeof text, "%s%s", nonce, OF_THE_RFC);
    if (gnutls_hash_fast(GNUTLS_DIG_SHA1, text, (size_t)length, digest) != 0) return false;
    (void)sodium_bin2base64(out, 64, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL);
    return true;
}

static cs_error greet(cs_websocket *w, const char *nonce, cs_message *message) {
    const cs_remote_address *a = w->options.address;
    const char *key = w->options.key;
    buffer_clear(&w->out);
    buffer_printf(&w->out,
                  "GET %s HTTP/1.1\r\nHost: %s:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: binary\r\n",
                  a->path, a->host, a->port, nonce);
    if (key && *key) buffer_printf(&w->out, "Authorization: Bearer %s\r\n", key);
    buffer_text(&w->out, "\r\n");
    if (w->out.is_failed) return message_set(message, CS_ERR_MEMORY, "no memory for a connection");
    cs_error code = send_all(w, w->out.data, w->out.length, message);
    explicit_bzero(w->out.data, w->out.length);
    return code;
}

/* The value of a line of the head, or NULL. */
static const char *line_of(const char *head, const char *name) {
    for (const char *at = strstr(head, "\r\n"); at; at = strstr(at + 2, "\r\n"))
        if (strncasecmp(at + 2, name, strlen(name)) == 0)
            return at + 2 + strlen(name) + strspn(at + 2 + strlen(name), " \t");
    return NULL;
}

static cs_error read_head(cs_websocket *w, const char *expected, cs_message *message) {
    int64_t until = end_of_time(w);
    const char *end = NULL;
    size_t got = 0;
    while (!(end = strstr(buffer_string(&w->in), "\r\n\r\n"))) {
        cs_error code = read_some(w, &got, message);
        if (code == CS_OK && got == 0) code = wait_for(w, POLLIN, until, message);
        if (code != CS_OK) return code;
        if (w->in.length > HEAD_BYTES) break;
    }
    const char *accept = line_of(buffer_string(&w->in), "Sec-WebSocket-Accept:");
    bool is_good = end && strncmp(w->in.data, "HTTP/1.1 101", 12) == 0 && accept &&
                   strncmp(accept, expected, strlen(expected)) == 0;
    if (!is_good) {
        int line = (int)strcspn(buffer_string(&w->in), "\r\n\t\x1b");
        message_set(message, CS_ERR_IO, "%.150s does not speak WebSocket: it answers \"%.*s\"", w->options.address->url,
                    line < 60 ? line : 60, buffer_string(&w->in));
        message_remedy(message, "look at the address, its port and its path");
        return CS_ERR_IO;
    }
    size_t used = (size_t)(end + 4 - w->in.data);
    memmove(w->in.data, w->in.data + used, w->in.length - used + 1);
    w->in.length -= used;
    return CS_OK;
}

static cs_error shake_hands(cs_websocket *w, cs_message *message) {
    unsigned char bytes[NONCE];
    char nonce[32], expected[64];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2base64(nonce, sizeof nonce, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
    if (!answer_to(nonce, expected)) return message_set(message, CS_ERR_IO, "the system can't compute SHA-1");
    cs_error code = greet(w, nonce, message);
    return code == CS_OK ? read_head(w, expected, message) : code;
}

/* ---- opening ---- */

static bool prepare(cs_websocket *w) {
    const cs_remote_address *a = w->options.address;
    char url[512];
    int length = snprintf(url, sizeof url, "%s://%s:%s/", a->is_secure ? "https" : "http", a->host, a->port);
    CURL *curl = w->curl;
    return length > 0 && (size_t)length < sizeof url && curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, w->words) == CURLE_OK &&
           (!a->ca_file || curl_easy_setopt(curl, CURLOPT_CAINFO, a->ca_file) == CURLE_OK);
}

cs_error websocket_open(const cs_websocket_options *options, cs_websocket **out, cs_message *message) {
    cs_websocket *w = calloc(1, sizeof *w);
    http_library_start();
    if (!w || !(w->curl = curl_easy_init())) {
        free(w);
        return message_set(message, CS_ERR_MEMORY, "no memory for a connection");
    }
    w->options = *options;
    buffer_init(&w->in, CS_MAX_FRAME_BYTES + READ_BYTES + 16);
    buffer_init(&w->out, CS_MAX_FRAME_BYTES);
    buffer_init(&w->whole, CS_MAX_FRAME_BYTES);
    cs_error code = prepare(w) ? CS_OK : message_set(message, CS_ERR_USAGE, "the address is too long");
    if (code == CS_OK && (curl_easy_perform(w->curl) != CURLE_OK ||
                          curl_easy_getinfo(w->curl, CURLINFO_ACTIVESOCKET, &w->socket) != CURLE_OK)) {
        code = message_set(message, CS_ERR_IO, "%.150s can't be reached: %.180s", options->address->url, w->words);
        message_remedy(message, "look whether it runs; its certificate must be known here, or be of ca-file=FILE");
    }
    if (code == CS_OK) code = shake_hands(w, message);
    w->options.key = NULL;
    if (code != CS_OK) {
        websocket_close(w);
        return code;
    }
    *out = w;
    return CS_OK;
}

void websocket_close(cs_websocket *websocket) {
    if (!websocket) return;
    curl_easy_cleanup(websocket->curl);
    buffer_free(&websocket->in);
    buffer_free(&websocket->out);
    buffer_free(&websocket->whole);
    free(websocket);
}

/* ---- messages ---- */

cs_error websocket_send(cs_websocket *websocket, cs_frame_kind kind, const void *bytes, size_t length,
                        cs_message *message) {
    unsigned char mask[4];
    randombytes_buf(mask, sizeof mask);
    buffer_clear(&websocket->out);
    if (!websocket_frame_write(&websocket->out, kind, bytes, length, mask))
        return message_set(message, CS_ERR_LIMIT, "a message of %zu bytes is too long to be sent", length);
    return send_all(websocket, websocket->out.data, websocket->out.length, message);
}

static cs_error take_frame(cs_websocket *w, const cs_websocket_frame *f, cs_buffer *text, bool *has,
                           cs_message *message) {
    switch (f->kind) {
    case CS_FRAME_PING: return websocket_send(w, CS_FRAME_PONG, f->bytes, f->length, message);
    case CS_FRAME_PONG: return CS_OK;
    case CS_FRAME_CLOSE: w->is_closed = true; return CS_OK;
    default: break;
    }
    if (f->kind != CS_FRAME_GOES_ON) buffer_clear(&w->whole);
    if (!buffer_append(&w->whole, f->bytes, f->length)) return lose(w, "sends more than is taken", message);
    if (!f->is_last) return CS_OK;
    buffer_clear(text);
    *has = buffer_append(text, buffer_string(&w->whole), w->whole.length);
    buffer_clear(&w->whole);
    return *has ? CS_OK : lose(w, "sends more than is taken", message);
}

/* Of what is here already. */
static cs_error take_frames(cs_websocket *w, cs_buffer *text, bool *has, cs_message *message) {
    for (int i = 0; i < SIGNS && !*has && !w->is_closed && w->in.length > 0; i++) {
        cs_websocket_frame frame;
        size_t used = 0;
        cs_error code = websocket_frame_read((const unsigned char *)w->in.data, w->in.length, &frame, &used, message);
        if (code == CS_OK && used > 0) code = take_frame(w, &frame, text, has, message);
        if (code != CS_OK || used == 0) return code;
        memmove(w->in.data, w->in.data + used, w->in.length - used + 1);
        w->in.length -= used;
    }
    return CS_OK;
}

cs_error websocket_receive(cs_websocket *websocket, int wait_ms, cs_buffer *text, bool *has, cs_message *message) {
    cs_websocket *w = websocket;
    int64_t until = clock_steady_ms() + wait_ms;
    *has = false;
    for (;;) {
        size_t got = 0;
        cs_error code = take_frames(w, text, has, message);
        if (code != CS_OK || *has) return code;
        if (w->is_closed) return lose(w, "has ended the connection", message);
        code = read_some(w, &got, message);
        if (code != CS_OK) return code;
        if (got > 0) continue;
        int64_t left = until - clock_steady_ms();
        struct pollfd one = {.fd = w->socket, .events = POLLIN};
        if (w->options.is_stopped && *w->options.is_stopped)
            return message_set(message, CS_ERR_STOPPED, "the recognition was stopped");
        if (left <= 0) return CS_OK;
        (void)poll(&one, 1, left < LOOK_MS ? (int)left : LOOK_MS);
    }
}
