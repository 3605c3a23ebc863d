#include "http/answer.h"

#include "base/json.h"

#include <stdio.h>

void answer_init(cs_answer *answer) {
    *answer = (cs_answer){.status = 200, .type = "application/json; charset=utf-8", .cache = "no-store"};
    buffer_init(&answer->body, CS_MAX_ANSWER_BYTES);
}

void answer_free(cs_answer *answer) {
    buffer_free(&answer->body);
}

void answer_error(cs_answer *answer, unsigned status, const char *code, const char *reason, const char *remedy) {
    cs_json_writer out;
    buffer_clear(&answer->body);
    json_writer_init(&out, &answer->body);
    json_object_open(&out, NULL);
    json_object_open(&out, "error");
    json_write_string(&out, "code", code);
    json_write_string(&out, "message", reason);
    json_write_string(&out, "remedy", remedy && *remedy ? remedy : NULL);
    json_object_close(&out);
    json_object_close(&out);
    answer->status = status;
    answer->lent = NULL;
    answer->cache = "no-store";
}

void answer_message(cs_answer *answer, cs_error code, const cs_message *message) {
    answer_error(answer, (unsigned)error_http_status(code), error_name(code), message->reason, message->remedy);
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

enum MHD_Result answer_send(const cs_answer *answer, struct MHD_Connection *connection) {
    /* The library only reads from the bytes, though it asks for them as void *. */
    union {
        const void *read;
        void *given;
    } bytes = {.read = answer->lent ? answer->lent : buffer_string(&answer->body)};
    size_t length = answer->lent ? answer->lent_bytes : answer->body.length;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        length, bytes.given, answer->lent ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
    if (!response) return MHD_NO;
    enum MHD_Result sent = MHD_NO;
    if (add_security(response) && add(response, "Content-Type", answer->status == 304 ? NULL : answer->type) &&
        add(response, "Cache-Control", answer->cache) && add(response, "Content-Encoding", answer->encoding) &&
        add(response, "Allow", answer->allow) && add(response, "ETag", answer->etag) &&
        add(response, "Vary", answer->varies ? "Accept-Encoding" : NULL))
        sent = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return sent;
}
