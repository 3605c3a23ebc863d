/* server.h - the HTTP API and the web interface, on 127.0.0.1 only.
 * Floor: http. Two threads answer; each opens its own read-only handle of the store when it first needs one, so a store
 * that comes later, or is replaced, is noticed without a restart.
 * Memory: server_start gives a server to release with server_stop. Threads: start and stop on one thread.
 * Example: server_start("callscope-data", NULL, CS_SERVER_PORT, &server, &m); wait_for_signal(); server_stop(server);
 */
#ifndef CS_HTTP_SERVER_H
#define CS_HTTP_SERVER_H

#include "base/error.h"

enum { CS_SERVER_PORT = 8377 };

typedef struct cs_server cs_server;

/* key_file: of the recordings (store/keys.h); opened when one is first asked for, so it may come later; NULL: none. port 0:
 * any free one. CS_ERR_IO with the remedy when the port is taken. */
cs_error server_start(const char *data, const char *key_file, unsigned port, cs_server **out, cs_message *message);
unsigned server_port(const cs_server *server);
void server_stop(cs_server *server); /* waits for answers under way */

#endif
