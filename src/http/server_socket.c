#include "http/server_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SEND_BYTES = 128 * 1024 }; /* so little is decoded ahead for a player that seeks elsewhere */

typedef union cs_place_of_socket {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
} cs_place_of_socket;

static cs_error read_address(const char *text, cs_place_of_socket *out, socklen_t *length, cs_message *message) {
    *out = (cs_place_of_socket){.four = {.sin_family = AF_INET}};
    *length = sizeof out->four;
    if (inet_pton(AF_INET, text, &out->four.sin_addr) == 1) return CS_OK;
    *out = (cs_place_of_socket){.six = {.sin6_family = AF_INET6}};
    *length = sizeof out->six;
    if (inet_pton(AF_INET6, text, &out->six.sin6_addr) == 1) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "\"%.60s\" is no address to listen on", text);
    message_remedy(message, "give one of this machine in numbers, as 10.0.0.7; 0.0.0.0 means all of them");
    return CS_ERR_USAGE;
}

cs_error socket_is_local(const char *address, bool *out, cs_message *message) {
    cs_place_of_socket place;
    socklen_t length;
    cs_error code = read_address(address, &place, &length, message);
    if (code != CS_OK) return code;
    *out = place.any.sa_family == AF_INET ? ntohl(place.four.sin_addr.s_addr) >> 24 == 127
                                          : IN6_IS_ADDR_LOOPBACK(&place.six.sin6_addr);
    return CS_OK;
}

static cs_error refuse(const char *address, unsigned port, int failure, cs_message *message) {
    (void)message_set(message, CS_ERR_IO, "can't listen on %s:%u: %s", address, port, strerror(failure));
    message_remedy(message, "%s",
                   failure == EADDRINUSE
                       ? "another program uses this port, perhaps callscope itself: choose one with --port"
                   : failure == EACCES        ? "choose a port above 1023 with --port"
                   : failure == EADDRNOTAVAIL ? "this machine does not have that address: see ip address"
                                              : "check that the network of this machine is up");
    return CS_ERR_IO;
}

cs_error socket_open(const char *address, unsigned port, cs_listening *out, cs_message *message) {
    cs_place_of_socket place;
    socklen_t length;
    int yes = 1, unsent = SEND_BYTES;
    if (port > 65535) {
        (void)message_set(message, CS_ERR_IO, "%u is no port", port);
        message_remedy(message, "choose a port from 1 to 65535");
        return CS_ERR_IO;
    }
    cs_error code = read_address(address, &place, &length, message);
    if (code != CS_OK) return code;
    bool is_six = place.any.sa_family == AF_INET6;
    if (is_six)
        place.six.sin6_port = htons((uint16_t)port);
    else
        place.four.sin_port = htons((uint16_t)port);
    int listening = socket(place.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listening >= 0 && setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        setsockopt(listening, SOL_SOCKET, SO_SNDBUF, &unsent, sizeof unsent) == 0 &&
        bind(listening, &place.any, length) == 0 && listen(listening, SOMAXCONN) == 0 &&
        getsockname(listening, &place.any, &length) == 0) {
        *out = (cs_listening){listening, ntohs(is_six ? place.six.sin6_port : place.four.sin_port), is_six};
        return CS_OK;
    }
    code = refuse(address, port, errno, message);
    if (listening >= 0) (void)close(listening);
    return code;
}
