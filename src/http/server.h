/* server.h - the HTTP API and the web interface; plain on this machine, over TLS beyond it.
 * Floor: http. Two threads serve the connections; each opens its own read-only handle of the store when it first needs one, so
 * a store that comes later, or is replaced, is noticed without a restart. What writes or takes long has threads of its own.
 * Memory: server_start gives a server to release with server_stop. Threads: start and stop on one thread.
 * Example: server_start(&(cs_server_options){.data = "callscope-data"}, &server, &m); wait_for_signal(); server_stop(server);
 */
#ifndef CS_HTTP_SERVER_H
#define CS_HTTP_SERVER_H

#include "base/error.h"
#include "imports/runner.h"

enum { CS_SERVER_PORT = 8377 };

typedef struct cs_server cs_server;

typedef struct cs_server_options {
    const char *data;
    const char
        *key_file; /* of the recordings (store/keys.h); opened when one is first asked for, so it may come later; NULL:
                             none */
    const char *speech; /* --speech of its workers; NULL: as the store says; outlives the server */
    unsigned port; /* 0: any free one */
    const char *listen; /* an address in numbers; NULL: 127.0.0.1 */
    const char *names; /* by which it is known beyond this machine, with commas; NULL: none */
    const char *certificate, *key; /* PEM texts: TLS; NULL: plain HTTP */
    const char *first_token; /* of the link that makes the first account (guard.h); NULL: none */
    cs_runner *runner; /* of imports; outlives the server; NULL: they wait for a program that runs them */
} cs_server_options;

/* CS_ERR_IO with the remedy when the port is taken. */
/* CS_ERR_USAGE: beyond this machine without TLS. */
cs_error server_start(const cs_server_options *options, cs_server **out, cs_message *message);
unsigned server_port(const cs_server *server);
void server_stop(cs_server *server); /* waits for answers under way */

#endif
