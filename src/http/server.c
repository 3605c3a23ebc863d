#include "http/server.h"

#include "http/errand.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    THREADS = 2,
    MAX_CONNECTIONS = 256,
    IDLE_SECONDS = 60,
    CONNECTION_BYTES = 32 * 1024,
    SEND_BYTES = 128 * 1024, /* so little is decoded ahead for a player that seeks elsewhere */
};

/* What one thread of the pool keeps open between requests. */
typedef struct cs_seat {
    bool is_taken;
    pthread_t thread;
    cs_desk desk;
} cs_seat;

struct cs_server {
    char *data, *key_file; /* key_file NULL: none was named */
    struct MHD_Daemon *daemon;
    unsigned port;
    pthread_mutex_t lock; /* guards who has which seat */
    cs_seat seats[THREADS + 1];
    cs_house house;
    cs_errands *errands;
};

static int open_socket(unsigned port, unsigned *bound, cs_message *message);
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size,
                                  void **context_of_request);

/* ---- start and stop ---- */

static void *on_address(void *context, const char *address, struct MHD_Connection *connection) {
    (void)context, (void)connection;
    return exchange_open(address);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **exchange,
                         enum MHD_RequestTerminationCode how) {
    (void)context, (void)connection, (void)how;
    exchange_close(*exchange);
    *exchange = NULL;
}

static cs_error start_threads(cs_server *server, unsigned port, cs_message *message) {
    int listening = open_socket(port, &server->port, message);
    if (listening < 0) return CS_ERR_IO;
    server->daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server,
                         MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
                         MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
                         (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
                         MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_address, server,
                         MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_END);
    if (server->daemon) return CS_OK;
    (void)close(listening);
    return message_set(message, CS_ERR_IO, "the server can't start its threads");
}

cs_error server_start(const cs_server_options *options, cs_server **out, cs_message *message) {
    cs_server *server = calloc(1, sizeof *server);
    if (!server) return message_set(message, CS_ERR_MEMORY, "no memory for the server");
    if (pthread_mutex_init(&server->lock, NULL) != 0 || !rule_shelf_init(&server->house.rules)) {
        free(server);
        return message_set(message, CS_ERR_MEMORY, "no memory for the server");
    }
    cs_error code = CS_OK;
    if (!(server->data = strdup(options->data)) ||
        (options->key_file && !(server->key_file = strdup(options->key_file))))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the server");
    server->house.data = server->data;
    server->house.key_file = server->key_file;
    server->house.runner = options->runner;
    if (code == CS_OK) code = playback_shelf_create(&server->house.shelf, message);
    if (code == CS_OK) code = errands_start(&server->house, &server->house.rules, &server->errands, message);
    if (code == CS_OK) code = start_threads(server, options->port, message);
    if (code != CS_OK) {
        server_stop(server);
        return code;
    }
    *out = server;
    return CS_OK;
}

unsigned server_port(const cs_server *server) {
    return server->port;
}

void server_stop(cs_server *server) {
    if (!server) return;
    atomic_store(&server->house.is_ending, true);
    errands_stop(server->errands); /* nothing is suspended any more, and nothing will be */
    if (server->daemon) MHD_stop_daemon(server->daemon);
    for (size_t i = 0; i < sizeof server->seats / sizeof server->seats[0]; i++) desk_close(&server->seats[i].desk);
    playback_shelf_free(server->house.shelf); /* no stream is under way any more */
    rule_shelf_free(&server->house.rules);
    (void)pthread_mutex_destroy(&server->lock);
    free(server->data);
    free(server->key_file);
    free(server);
}

/* 127.0.0.1 and nothing else: who may see what comes with sign-in. */
static int open_socket(unsigned port, unsigned *bound, cs_message *message) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int yes = 1, unsent = SEND_BYTES;
    if (port > 65535) {
        (void)message_set(message, CS_ERR_IO, "%u is no port", port);
        message_remedy(message, "choose a port from 1 to 65535");
        return -1;
    }
    address.sin_port = htons((uint16_t)port);
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listening >= 0 && setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        setsockopt(listening, SOL_SOCKET, SO_SNDBUF, &unsent, sizeof unsent) == 0 &&
        bind(listening, (struct sockaddr *)&address, length) == 0 && listen(listening, SOMAXCONN) == 0 &&
        getsockname(listening, (struct sockaddr *)&address, &length) == 0) {
        *bound = ntohs(address.sin_port);
        return listening;
    }
    int failure = errno;
    (void)message_set(message, CS_ERR_IO, "can't listen on 127.0.0.1:%u: %s", port, strerror(failure));
    message_remedy(message, "%s",
                   failure == EADDRINUSE
                       ? "another program uses this port, perhaps callscope itself: choose one with --port"
                   : failure == EACCES ? "choose a port above 1023 with --port"
                                       : "check that the network of this machine is up");
    if (listening >= 0) (void)close(listening);
    return -1;
}

/* ---- requests ---- */

static cs_desk *own_desk(cs_server *server) {
    cs_desk *found = NULL;
    (void)pthread_mutex_lock(&server->lock);
    for (size_t i = 0; !found && i < sizeof server->seats / sizeof server->seats[0]; i++) {
        cs_seat *seat = &server->seats[i];
        if (!seat->is_taken || pthread_equal(seat->thread, pthread_self())) {
            if (!seat->is_taken) seat->desk = (cs_desk){server->data, &server->house.rules, CS_DB_READ, NULL, NULL};
            seat->is_taken = true;
            seat->thread = pthread_self();
            found = &seat->desk;
        }
    }
    (void)pthread_mutex_unlock(&server->lock);
    return found;
}

static enum MHD_Result answer_plain(struct MHD_Connection *connection) {
    cs_answer answer;
    answer_init(&answer);
    answer_error(&answer, 503, error_name(CS_ERR_MEMORY), "no memory for the request", "try again");
    enum MHD_Result sent = answer_send(&answer, connection);
    answer_free(&answer);
    return sent;
}

/* The library calls this when the head has come, with each piece of the body, behind it, and when a suspended connection is
 * resumed. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size,
                                  void **context_of_request) {
    (void)url, (void)version;
    cs_server *server = context;
    cs_exchange *exchange = *context_of_request;
    if (!exchange) return answer_plain(connection);
    if (!exchange->is_begun) {
        exchange_begin(exchange, &server->house, connection, method);
        if (atomic_load(&exchange->is_answered)) return exchange_send(exchange);
        if (errand_is_needed(exchange->match.route))
            return MHD_YES; /* with the body, or without one, it is called again */
    }
    if (*upload_size > 0) {
        bool goes_on = exchange_take(exchange, upload, *upload_size);
        *upload_size = 0;
        return goes_on ? MHD_YES : MHD_NO;
    }
    if (atomic_load(&exchange->is_answered)) return exchange_send(exchange);
    if (errand_is_needed(exchange->match.route)) {
        if (errand_submit(server->errands, exchange)) return MHD_YES;
    } else {
        cs_desk *desk = own_desk(server);
        if (!desk) return answer_plain(connection);
        exchange_answer(exchange, desk);
    }
    return exchange_send(exchange);
}
