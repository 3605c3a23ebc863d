/* answer.h - one answer on its way to the browser: status, body, headers.
 * Floor: http. Every answer carries the same security headers; nothing of the API is kept by browsers.
 * Memory: an answer owns its body unless body_is_static; answer_send copies or lends it to the HTTP library.
 * Threads: one. Example: answer_error(&answer, 404, "not_found", "there is no …", "look it up in the list");
 */
#ifndef CS_HTTP_ANSWER_H
#define CS_HTTP_ANSWER_H

#include "base/buffer.h"
#include "base/error.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

enum { CS_MAX_ANSWER_BYTES = 512 << 20 };

typedef struct cs_answer {
    unsigned status;
    const char *type; /* "application/json" */
    cs_buffer body;
    const void *lent; /* instead of body: bytes that live as long as the program */
    size_t lent_bytes;
    const char *encoding; /* "gzip" or NULL */
    const char *cache; /* Cache-Control */
    const char *allow; /* of a 405 */
    char etag[48]; /* empty: none */
    bool varies; /* by Accept-Encoding */
} cs_answer;

void answer_init(cs_answer *answer);
void answer_free(cs_answer *answer);
/* {"error": {"code", "message", "remedy"}}; remedy may be empty. */
void answer_error(cs_answer *answer, unsigned status, const char *code, const char *reason, const char *remedy);
void answer_message(cs_answer *answer, cs_error code,
                    const cs_message *message); /* its status by the table of errors */
enum MHD_Result answer_send(const cs_answer *answer, struct MHD_Connection *connection);

#endif
