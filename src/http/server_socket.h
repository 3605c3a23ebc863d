/* server_socket.h - the address a server listens on.
 * Floor: http. Addresses are written in numbers: 127.0.0.1, 10.0.0.7, 0.0.0.0, ::1, ::. Names of hosts are never looked up.
 * Memory: the socket is the caller's. Threads: any.
 * Example: socket_open("127.0.0.1", 8377, &listening, &m);
 */
#ifndef CS_HTTP_SERVER_SOCKET_H
#define CS_HTTP_SERVER_SOCKET_H

#include "base/error.h"

#include <stdbool.h>

typedef struct cs_listening {
    int descriptor;
    unsigned port; /* that was bound */
    bool is_six;
} cs_listening;

/* CS_ERR_USAGE: it is no address. */
cs_error socket_is_local(const char *address, bool *out, cs_message *message);
/* port 0: any free one. CS_ERR_IO with the remedy when the port is taken. */
cs_error socket_open(const char *address, unsigned port, cs_listening *out, cs_message *message);

#endif
