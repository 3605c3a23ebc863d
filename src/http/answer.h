/* answer.h - one answer on its way to the browser: status, body, headers.
 * Floor: http. Every answer carries the same security headers; nothing of the API is kept by browsers.
 * Memory: an answer owns its body; answer_send copies it, lends what is lent, and hands a stream on: it is closed when the
 * last byte is sent or the client is gone, in any case once.
 * Threads: one. Example: answer_error(&answer, 404, "not_found", "there is no …", "look it up in the list");
 */
#ifndef CS_HTTP_ANSWER_H
#define CS_HTTP_ANSWER_H

#include "base/buffer.h"
#include "base/error.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CS_MAX_ANSWER_BYTES = 512 << 20, CS_MAX_REQUEST_ID = 64 };

/* A body that is made while it is sent, a block at a time, from any place of it. */
typedef struct cs_stream {
    void *context;
    int64_t length; /* of the whole */
    /* *got less than most only at the end. Called on the server's threads, which it must not keep waiting. */
    cs_error (*read)(void *context, int64_t offset, void *out, size_t most, size_t *got, cs_message *message);
    void (*close)(void *context);
    const char *type, *cache; /* Content-Type, Cache-Control */
    char etag[48]; /* with its quotes; names every byte of the body */
} cs_stream;

/* What a client says about the part of a stream it wants; NULL: not sent. */
typedef struct cs_wish {
    const char *range, *if_range, *if_none_match;
} cs_wish;

typedef struct cs_answer {
    unsigned status;
    const char *type; /* "application/json" */
    cs_buffer body;
    const void *lent; /* instead of body: bytes that live as long as the program */
    size_t lent_bytes;
    const char *encoding; /* "gzip" or NULL */
    const char *cache; /* Cache-Control */
    const char *allow; /* of a 405 */
    unsigned retry_after_s; /* too much waits already: the failure is 503 "busy", with Retry-After; 0: not */
    unsigned wait_s; /* of a 429: Retry-After; 0: none */
    char etag[48]; /* empty: none */
    char location[128]; /* of what was made; empty: none */
    char disposition[400]; /* Content-Disposition: the name it is kept under; empty: none */
    char cookie[200]; /* Set-Cookie; empty: none */
    bool is_secure; /* over TLS: browsers are told to stay with it */
    bool varies; /* by Accept-Encoding */
    cs_stream stream; /* instead of body, when read is not NULL */
    int64_t stream_first, stream_length; /* the part of it that is sent */
    char content_range[80]; /* empty: none */
    char request_id[CS_MAX_REQUEST_ID + 1]; /* stands in the header, in errors and in the log; empty: none */
    int64_t took_us; /* from the whole request to the answer */
} cs_answer;

void answer_init(cs_answer *answer);
void answer_free(cs_answer *answer);
/* {"error": {"code", "message", "remedy", "request"}}; remedy may be empty. answer_message adds "place" where something sent is wrong. */
void answer_error(cs_answer *answer, unsigned status, const char *code, const char *reason, const char *remedy);
void answer_message(cs_answer *answer, cs_error code,
                    const cs_message *message); /* its status by the table of errors */
/* Chooses what of answer->stream is sent: 200, 206, 304 or 416. */
void answer_choose_range(cs_answer *answer, const cs_wish *wish);
int64_t answer_bytes(const cs_answer *answer); /* of its body */
enum MHD_Result answer_send(cs_answer *answer, struct MHD_Connection *connection);

#endif
