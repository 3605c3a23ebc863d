#include "http/answer.h"

#include "base/json.h"
#include "base/log.h"
#include "http/range.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Enough that a block costs more than the call for it; each client under way holds one. */
enum { STREAM_BLOCK_BYTES = 32 * 1024 };

void answer_init(cs_answer *answer) {
    *answer = (cs_answer){.status = 200, .type = "application/json; charset=utf-8", .cache = "no-store"};
    buffer_init(&answer->body, CS_MAX_ANSWER_BYTES);
}

static void close_stream(cs_answer *answer) {
    if (answer->stream.read) answer->stream.close(answer->stream.context);
    answer->stream = (cs_stream){0};
}

void answer_free(cs_answer *answer) {
    buffer_free(&answer->body);
    close_stream(answer);
}

static void write_error(cs_answer *answer, unsigned status, const char *code, const char *reason, const char *place,
                        const char *remedy) {
    cs_json_writer out;
    buffer_clear(&answer->body);
    json_writer_init(&out, &answer->body);
    json_object_open(&out, NULL);
    json_object_open(&out, "error");
    json_write_string(&out, "code", code);
    json_write_string(&out, "message", reason);
    if (place && *place) json_write_string(&out, "place", place);
    json_write_string(&out, "remedy", remedy && *remedy ? remedy : NULL);
    if (answer->request_id[0]) json_write_string(&out, "request", answer->request_id);
    json_object_close(&out);
    json_object_close(&out);
    close_stream(answer);
    answer->status = status;
    answer->type = "application/json; charset=utf-8";
    answer->lent = NULL;
    answer->cache = "no-store";
}

void answer_error(cs_answer *answer, unsigned status, const char *code, const char *reason, const char *remedy) {
    write_error(answer, status, code, reason, NULL, remedy);
}

/* Where in what was sent; paths of this machine are nobody's business. */
void answer_message(cs_answer *answer, cs_error code, const cs_message *message) {
    unsigned status = (unsigned)error_http_status(code);
    write_error(answer, status, error_name(code), message->reason, status < 500 ? message->place : NULL,
                message->remedy);
}

static bool add(struct MHD_Response *response, const char *name, const char *value) {
    return !value || !*value || MHD_add_response_header(response, name, value) == MHD_YES;
}

/* Only our own scripts and data; styles also in elements, since the component library writes them there. No other site
 * may frame, read or embed an answer. */
static bool add_security(struct MHD_Response *response) {
    return add(response, "Content-Security-Policy",
               "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
               "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'") &&
           add(response, "X-Content-Type-Options", "nosniff") && add(response, "X-Frame-Options", "DENY") &&
           add(response, "Referrer-Policy", "no-referrer") &&
           add(response, "Cross-Origin-Resource-Policy", "same-origin") &&
           add(response, "Cross-Origin-Opener-Policy", "same-origin");
}

/* ---- streams ---- */

void answer_choose_range(cs_answer *answer, const cs_wish *wish) {
    cs_stream *stream = &answer->stream;
    char kept[sizeof stream->etag];
    cs_range range;
    /* If-Range with another ETag, or with a date, asks for the whole: what the client holds is of another body. */
    bool is_same = !wish->if_range || strcmp(wish->if_range, stream->etag) == 0;
    cs_range_kind kind = range_read(is_same ? wish->range : NULL, stream->length, &range);
    (void)memcpy(kept, stream->etag, sizeof kept);
    answer->type = stream->type;
    answer->cache = stream->cache;
    if (wish->if_none_match && (strstr(wish->if_none_match, kept) || strcmp(wish->if_none_match, "*") == 0)) {
        close_stream(answer);
        answer->status = 304;
    } else if (kind == CS_RANGE_BEYOND) {
        char length[48];
        (void)snprintf(length, sizeof length, "it has %lld bytes", (long long)stream->length);
        (void)snprintf(answer->content_range, sizeof answer->content_range, "bytes */%lld", (long long)stream->length);
        answer_error(answer, 416, "usage", "the range begins behind the end", length);
    } else {
        answer->stream_first = range.first;
        answer->stream_length = range.length;
        answer->status = kind == CS_RANGE_PART ? 206 : 200;
        if (kind == CS_RANGE_PART)
            (void)snprintf(answer->content_range, sizeof answer->content_range, "bytes %lld-%lld/%lld",
                           (long long)range.first, (long long)(range.first + range.length - 1),
                           (long long)stream->length);
    }
    (void)memcpy(answer->etag, kept, sizeof kept);
}

/* What the HTTP library holds while it sends. */
typedef struct cs_sending {
    cs_stream stream;
    int64_t first, length;
    char request_id[CS_MAX_REQUEST_ID + 1];
} cs_sending;

static ssize_t send_block(void *context, uint64_t position, char *out, size_t most) {
    cs_sending *sending = context;
    int64_t left = sending->length - (int64_t)position;
    size_t got = 0;
    cs_message message = {0};
    if (left <= 0) return MHD_CONTENT_READER_END_OF_STREAM;
    if ((int64_t)most > left) most = (size_t)left;
    cs_error code =
        sending->stream.read(sending->stream.context, sending->first + (int64_t)position, out, most, &got, &message);
    if (code == CS_OK && got > 0) return (ssize_t)got;
    const cs_log_field fields[] = {
        {.name = "request", .text = sending->request_id},
        {.name = "reason", .text = message.reason},
        {.name = "place", .text = message.place},
    };
    log_event(CS_LOG_ERROR, "an answer is cut short", fields, sizeof fields / sizeof fields[0]);
    return MHD_CONTENT_READER_END_WITH_ERROR; /* closes the connection: the client sees that something is missing */
}

static void end_sending(void *context) {
    cs_sending *sending = context;
    sending->stream.close(sending->stream.context);
    free(sending);
}

static struct MHD_Response *make_stream(cs_answer *answer) {
    cs_sending *sending = malloc(sizeof *sending);
    if (!sending) return NULL;
    *sending = (cs_sending){answer->stream, answer->stream_first, answer->stream_length, {0}};
    (void)memcpy(sending->request_id, answer->request_id, sizeof sending->request_id);
    struct MHD_Response *response = MHD_create_response_from_callback((uint64_t)sending->length, STREAM_BLOCK_BYTES,
                                                                      send_block, sending, end_sending);
    if (!response) {
        free(sending); /* the answer still owns the stream */
        return NULL;
    }
    answer->stream = (cs_stream){0};
    return response;
}

/* ---- sending ---- */

static struct MHD_Response *make_body(const cs_answer *answer) {
    /* The library only reads from the bytes, though it asks for them as void *. */
    union {
        const void *read;
        void *given;
    } bytes = {.read = answer->lent ? answer->lent : buffer_string(&answer->body)};
    size_t length = answer->lent ? answer->lent_bytes : answer->body.length;
    return MHD_create_response_from_buffer(length, bytes.given,
                                           answer->lent ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
}

int64_t answer_bytes(const cs_answer *answer) {
    if (answer->stream.read) return answer->stream_length;
    return (int64_t)(answer->lent ? answer->lent_bytes : answer->body.length);
}

enum MHD_Result answer_send(cs_answer *answer, struct MHD_Connection *connection) {
    char timing[48], retry[16] = "";
    unsigned seconds = answer->wait_s ? answer->wait_s : answer->retry_after_s;
    if (seconds) (void)snprintf(retry, sizeof retry, "%u", seconds);
    bool has_ranges = answer->stream.read || answer->content_range[0];
    struct MHD_Response *response = answer->stream.read ? make_stream(answer) : make_body(answer);
    if (!response) return MHD_NO;
    enum MHD_Result sent = MHD_NO;
    (void)snprintf(timing, sizeof timing, "app;dur=%lld.%03lld", (long long)(answer->took_us / 1000),
                   (long long)(answer->took_us % 1000));
    if (add_security(response) && add(response, "Content-Type", answer->status == 304 ? NULL : answer->type) &&
        add(response, "Cache-Control", answer->cache) && add(response, "Content-Encoding", answer->encoding) &&
        add(response, "Allow", answer->allow) && add(response, "Retry-After", retry) &&
        add(response, "ETag", answer->etag) && add(response, "Accept-Ranges", has_ranges ? "bytes" : NULL) &&
        add(response, "Content-Range", answer->content_range) && add(response, "Location", answer->location) &&
        add(response, "Content-Disposition", answer->disposition) && add(response, "Set-Cookie", answer->cookie) &&
        add(response, "Strict-Transport-Security", answer->is_secure ? "max-age=31536000" : NULL) &&
        add(response, "X-Request-Id", answer->request_id) && add(response, "Server-Timing", timing) &&
        add(response, "Vary", answer->varies ? "Accept-Encoding" : NULL))
        sent = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return sent;
}
