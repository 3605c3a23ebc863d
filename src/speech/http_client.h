/* http_client.h - a form posted to an address, and what came back.
 * Floor: speech, private to openai.c and websocket.c. Certificates are checked with the system's, or with a file of one's own; redirects are
 * not followed; no proxy but the one named. What was refused for the moment (429, 5xx) or got lost is tried twice again.
 * Memory: the client is its owner's, the answer goes into the owner's buffer, up to its maximum. Threads: one a client.
 * Example: http_client_open(&options, &client, &m); http_client_post(client, url, parts, 3, &answer, &status, &m);
 */
#ifndef CS_SPEECH_HTTP_CLIENT_H
#define CS_SPEECH_HTTP_CLIENT_H

#include "base/buffer.h"
#include "base/error.h"

#include <signal.h>

enum { CS_HTTP_RETRIES = 2 };

typedef struct cs_http_options {
    const char *key; /* sent as a bearer's; NULL or "": none. Copied, never told. */
    const char *ca_file, *proxy; /* NULL: the system's; none */
    int timeout_s; /* of each try */
    int pause_ms; /* before the first try again, doubled for the next; a server may ask for up to thirty seconds */
    const volatile sig_atomic_t *is_stopped; /* may be NULL */
} cs_http_options;

typedef struct cs_form_part {
    const char *name;
    const void *bytes;
    size_t length;
    const char *file_name, *type; /* NULL: a plain field */
} cs_form_part;

typedef struct cs_http_client cs_http_client;

void http_library_start(void); /* once for the process, whoever calls first; done by http_client_open */
cs_error http_client_open(const cs_http_options *options, cs_http_client **out, cs_message *message);
void http_client_close(cs_http_client *client); /* NULL is allowed */
/* CS_OK: there is an answer, whatever its status. CS_ERR_IO: none could be had; CS_ERR_LIMIT: it is longer than the buffer may
 * be; CS_ERR_STOPPED. */
cs_error http_client_post(cs_http_client *client, const char *url, const cs_form_part *parts, size_t count,
                          cs_buffer *answer, long *status, cs_message *message);

#endif
