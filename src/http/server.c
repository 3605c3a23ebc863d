#include "http/server.h"

#include "http/errand.h"
#include "http/metrics.h"
#include "http/server_socket.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    THREADS = 2,
    /* The library's threads ask for 128 events at once, and when exactly 128 come they wait for more before they look at these:
     * each must have fewer connections than that. */
    MAX_CONNECTIONS = 240,
    IDLE_SECONDS = 60,
    CONNECTION_BYTES = 32 * 1024,
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

#define TLS_VERSIONS "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

static cs_error start_threads(cs_server *server, const cs_server_options *options, cs_listening *listening,
                              cs_message *message) {
    bool is_secure = options->certificate != NULL;
    const struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (char *)(uintptr_t)options->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (char *)(uintptr_t)options->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (char *)(uintptr_t)TLS_VERSIONS},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     (is_secure ? (unsigned)MHD_USE_TLS : 0) | (listening->is_six ? (unsigned)MHD_USE_IPv6 : 0);
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, listening->descriptor,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_address, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_ARRAY, is_secure ? tls : tls + 3, MHD_OPTION_END);
    if (server->daemon) return CS_OK;
    (void)close(listening->descriptor);
    if (!is_secure) return message_set(message, CS_ERR_IO, "the server can't start its threads");
    (void)message_set(message, CS_ERR_USAGE, "the certificate and its key don't make a TLS server");
    message_remedy(message, "give PEM files that belong together: the certificate with its chain, and its private key");
    return CS_ERR_USAGE;
}

/* Beyond this machine nothing is said in the clear. */
static cs_error check_options(const cs_server_options *options, bool *is_beyond, cs_message *message) {
    bool is_local = true;
    cs_error code = options->listen ? socket_is_local(options->listen, &is_local, message) : CS_OK;
    *is_beyond = !is_local;
    if (code != CS_OK || is_local || options->certificate) return code;
    (void)message_set(message, CS_ERR_USAGE, "beyond this machine the server listens with TLS only");
    message_remedy(message, "add --tls-certificate FILE and --tls-key FILE, or leave --listen out");
    return CS_ERR_USAGE;
}

static cs_error start_listening(cs_server *server, const cs_server_options *options, cs_message *message) {
    cs_listening listening;
    bool is_beyond = false;
    cs_error code = check_options(options, &is_beyond, message);
    if (code == CS_OK)
        code = socket_open(options->listen ? options->listen : "127.0.0.1", options->port, &listening, message);
    if (code != CS_OK) return code;
    server->port = listening.port;
    const cs_guard_options guard = {.data = server->data,
                                    .port = listening.port,
                                    .names = options->names,
                                    .first_token = options->first_token,
                                    .is_secure = options->certificate != NULL,
                                    .is_beyond = is_beyond};
    code = guard_create(&guard, &server->house.guard, message);
    if (code == CS_OK) return start_threads(server, options, &listening, message);
    (void)close(listening.descriptor);
    return code;
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
    server->house.speech = options->speech;
    server->house.runner = options->runner;
    if (code == CS_OK && !(server->house.metrics = metrics_create()))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the server");
    if (code == CS_OK) code = playback_shelf_create(&server->house.shelf, message);
    if (code == CS_OK) code = errands_start(&server->house, &server->house.rules, &server->errands, message);
    if (code == CS_OK) code = start_listening(server, options, message);
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
    guard_free(server->house.guard);
    metrics_free(server->house.metrics);
    (void)pthread_mutex_destroy(&server->lock);
    free(server->data);
    free(server->key_file);
    free(server);
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
        cs_desk *desk = own_desk(server);
        if (!desk) return answer_plain(connection);
        exchange_begin(exchange, &server->house, desk, connection, method);
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
    exchange_complete(exchange);
    if (errand_is_needed(exchange->match.route)) {
        if (errand_submit(server->errands, exchange)) return MHD_YES;
    } else {
        cs_desk *desk = own_desk(server);
        if (!desk) return answer_plain(connection);
        exchange_answer(exchange, desk);
    }
    return exchange_send(exchange);
}
