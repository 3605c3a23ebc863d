#include "http/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "http/answer.h"
#include "http/pages.h"
#include "http/router.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    THREADS = 2,
    MAX_CONNECTIONS = 256,
    IDLE_SECONDS = 60,
    MAX_ADDRESS_BYTES = 8192,
    CONNECTION_BYTES = 32 * 1024,
    SEND_BYTES = 128 * 1024, /* so little is decoded ahead for a player that seeks elsewhere */
};

/* What one thread of the pool keeps open between requests. */
typedef struct cs_desk {
    bool is_taken;
    pthread_t thread;
    cs_db *db;
    cs_packer *packer;
} cs_desk;

struct cs_server {
    char *data, *key_file; /* key_file NULL: none was named */
    struct MHD_Daemon *daemon;
    unsigned port;
    pthread_mutex_t lock; /* guards the desks' owners and the rule set */
    cs_desk desks[THREADS + 1];
    cs_ruleset *ruleset;
    cs_hash ruleset_id;
    cs_playback_shelf *shelf;
};

static int open_socket(unsigned port, unsigned *bound, cs_message *message);
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **exchange);

/* ---- start and stop ---- */

/* The address as it was sent: the path is decoded by us, segment by segment. */
static void *on_address(void *context, const char *address, struct MHD_Connection *connection) {
    (void)context, (void)connection;
    return strdup(address);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **exchange,
                         enum MHD_RequestTerminationCode how) {
    (void)context, (void)connection, (void)how;
    free(*exchange);
    *exchange = NULL;
}

cs_error server_start(const char *data, const char *key_file, unsigned port, cs_server **out, cs_message *message) {
    cs_server *server = calloc(1, sizeof *server);
    if (!server) return message_set(message, CS_ERR_MEMORY, "no memory for the server");
    if (pthread_mutex_init(&server->lock, NULL) != 0) {
        free(server);
        return message_set(message, CS_ERR_MEMORY, "no memory for the server");
    }
    int listening = -1;
    cs_error code = CS_OK;
    if (!(server->data = strdup(data)) || (key_file && !(server->key_file = strdup(key_file))))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the server");
    if (code == CS_OK) code = playback_shelf_create(&server->shelf, message);
    if (code == CS_OK && (listening = open_socket(port, &server->port, message)) < 0) code = CS_ERR_IO;
    if (code == CS_OK) {
        server->daemon = MHD_start_daemon(
            MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, listening,
            MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS,
            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
            (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_address, server,
            MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_END);
        if (!server->daemon) {
            (void)close(listening);
            code = message_set(message, CS_ERR_IO, "the server can't start its threads");
        }
    }
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

static void close_desk(cs_desk *desk) {
    packer_close(desk->packer);
    db_close(desk->db);
    desk->packer = NULL;
    desk->db = NULL;
}

void server_stop(cs_server *server) {
    if (!server) return;
    if (server->daemon) MHD_stop_daemon(server->daemon);
    for (size_t i = 0; i < sizeof server->desks / sizeof server->desks[0]; i++) close_desk(&server->desks[i]);
    if (server->ruleset) ruleset_release(server->ruleset);
    playback_shelf_free(server->shelf); /* no stream is under way any more */
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

/* ---- the store, seen from one thread ---- */

static cs_desk *own_desk(cs_server *server) {
    cs_desk *found = NULL;
    (void)pthread_mutex_lock(&server->lock);
    for (size_t i = 0; !found && i < sizeof server->desks / sizeof server->desks[0]; i++) {
        cs_desk *desk = &server->desks[i];
        if (!desk->is_taken || pthread_equal(desk->thread, pthread_self())) {
            desk->is_taken = true;
            desk->thread = pthread_self();
            found = desk;
        }
    }
    (void)pthread_mutex_unlock(&server->lock);
    return found;
}

static cs_error open_desk(const cs_server *server, cs_desk *desk, cs_message *message) {
    if (desk->db && db_is_replaced(desk->db)) close_desk(desk);
    if (desk->db) return CS_OK;
    cs_error code = db_open(server->data, CS_DB_READ, &desk->db, message);
    if (code == CS_ERR_NOT_FOUND) message_remedy(message, "run callscope inspect first: it makes the store");
    if (code == CS_OK) code = packer_open(desk->db, &desk->packer, message);
    if (code != CS_OK) close_desk(desk);
    return code;
}

/* The store's current rule set, held for the caller; compiled once and kept until the store names another. */
static cs_error hold_ruleset(cs_server *server, cs_db *db, cs_ruleset **out, cs_message *message) {
    cs_hash id;
    cs_error code = archive_current_ruleset(db, &id, message);
    if (code == CS_ERR_NOT_FOUND) message_remedy(message, "run callscope inspect first: it fills the store");
    if (code != CS_OK) return code;
    (void)pthread_mutex_lock(&server->lock);
    if (!server->ruleset || !hash_equal(server->ruleset_id, id)) {
        cs_ruleset *loaded = NULL;
        code = archive_load_ruleset(db, id, &loaded, message);
        if (code == CS_OK) {
            if (server->ruleset) ruleset_release(server->ruleset);
            server->ruleset = loaded;
            server->ruleset_id = id;
        }
    }
    if (code == CS_OK) {
        ruleset_hold(server->ruleset);
        *out = server->ruleset;
    }
    (void)pthread_mutex_unlock(&server->lock);
    return code;
}

/* Every answer is of one state of the store, even while an inspection is writing. */
static cs_error handle(cs_server *server, const cs_route *route, cs_request *request, cs_answer *answer,
                       cs_message *message) {
    cs_buffer *body = &answer->body;
    cs_desk *desk = own_desk(server);
    if (!desk) return message_set(message, CS_ERR_MEMORY, "the server has more threads than desks");
    cs_error code = open_desk(server, desk, message);
    if (code == CS_OK) code = db_begin(desk->db, message);
    if (code != CS_OK) return code;
    cs_json_writer out;
    json_writer_init(&out, body);
    request->db = desk->db;
    request->packer = desk->packer;
    request->data = server->data;
    request->key_file = server->key_file;
    request->shelf = server->shelf;
    request->stream = &answer->stream;
    code = hold_ruleset(server, desk->db, &request->ruleset, message);
    if (code == CS_OK) code = route->handle(request, &out, message);
    if (code == CS_OK && body->is_failed)
        code = message_set(message, CS_ERR_MEMORY, "the answer is too large for the memory of this machine");
    if (request->ruleset) ruleset_release(request->ruleset);
    db_rollback(desk->db); /* nothing was written */
    return code;
}

/* ---- requests ---- */

typedef struct cs_reading {
    cs_request *request;
    const cs_route *route;
    cs_error code;
    cs_message *message;
} cs_reading;

static enum MHD_Result read_parameter(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                      const char *value, size_t value_size) {
    (void)kind;
    cs_reading *reading = context;
    cs_request *request = reading->request;
    char known[192];
    if (utf8_invalid_at(name, name_size) != name_size || (value && utf8_invalid_at(value, value_size) != value_size)) {
        reading->code = message_set(reading->message, CS_ERR_ENCODING, "a parameter is not valid UTF-8");
        message_remedy(reading->message, "write it in UTF-8 with %%-escapes");
    } else if (!route_takes(reading->route, name)) {
        route_parameters(reading->route, known, sizeof known);
        reading->code = message_set(reading->message, CS_ERR_USAGE, "the parameter \"%.60s\" is not known here", name);
        message_remedy(reading->message, "%s%s", *known ? "known are: " : "this address takes none", known);
    } else if (request_value(request, name)) {
        reading->code = message_set(reading->message, CS_ERR_USAGE, "the parameter %s is given twice", name);
    } else if (request->query_count == CS_MAX_QUERY) {
        reading->code = message_set(reading->message, CS_ERR_LIMIT, "there are more than %d parameters", CS_MAX_QUERY);
    } else {
        request->query[request->query_count++] = (cs_query_pair){name, value ? value : ""};
    }
    return reading->code == CS_OK ? MHD_YES : MHD_NO;
}

static void choose_range(struct MHD_Connection *connection, const char *method, cs_answer *answer) {
    cs_wish wish = {
        .if_range = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-Range"),
        .if_none_match = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match"),
    };
    if (strcmp(method, "GET") == 0) /* ranges are defined for nothing else */
        wish.range = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Range");
    answer_choose_range(answer, &wish);
}

static void answer_api(cs_server *server, struct MHD_Connection *connection, const char *method, const char *path,
                       cs_answer *answer) {
    cs_match match;
    cs_message message = {0};
    route_match(method, path, &match);
    if (!match.is_known_path) {
        answer_error(answer, 404, "not_found", "there is no such address in the API", "docs/api.md lists them");
        return;
    }
    if (!match.route) {
        answer->allow = match.allow;
        answer_error(answer, 405, "method_not_allowed", "this address is only read", "use GET");
        return;
    }
    if (match.has_bad_encoding) {
        answer_error(answer, 400, "encoding", "the id in the address is not valid", "write it in UTF-8 with %-escapes");
        return;
    }
    cs_request request = {.id = match.id[0] ? match.id : NULL};
    cs_reading reading = {&request, match.route, CS_OK, &message};
    (void)MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, read_parameter, &reading);
    cs_error code = reading.code;
    if (code == CS_OK) code = handle(server, match.route, &request, answer, &message);
    if (code == CS_OK) {
        if (answer->stream.read) choose_range(connection, method, answer);
        return;
    }
    if (error_http_status(code) >= 500)
        log_line(CS_LOG_ERROR, "%s %s: %s %s", method, match.route->pattern, message.reason, message.place);
    answer_message(answer, code, &message);
}

/* A page elsewhere may point a name of its own at 127.0.0.1; it can't make the browser send our name. */
static bool is_our_host(const char *host) {
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    if (!host) return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t length = strlen(names[i]);
        if (strncasecmp(host, names[i], length) == 0 && (host[length] == 0 || host[length] == ':')) return true;
    }
    return false;
}

static void answer_page(struct MHD_Connection *connection, const char *method, const char *path, cs_answer *answer) {
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        answer->allow = "GET, HEAD";
        answer_error(answer, 405, "method_not_allowed", "pages are only read", "use GET");
        return;
    }
    cs_asked asked = {
        .takes_gzip = pages_accept_gzip(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding")),
        .if_none_match = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match"),
    };
    pages_answer(path, &asked, answer);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **exchange) {
    (void)url, (void)version, (void)upload, (void)upload_size;
    cs_server *server = context;
    char *path = *exchange; /* the whole address; cut at the query below */
    cs_answer answer;
    answer_init(&answer);
    if (!path) {
        answer_error(&answer, 503, error_name(CS_ERR_MEMORY), "no memory for the request", "try again");
    } else if (strlen(path) > MAX_ADDRESS_BYTES) {
        answer_error(&answer, 414, error_name(CS_ERR_LIMIT), "the address is too long", "ask for less at once");
    } else if (!is_our_host(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host"))) {
        answer_error(&answer, 403, "forbidden", "this server answers only on this machine",
                     "open it as http://localhost or http://127.0.0.1");
    } else {
        path[strcspn(path, "?")] = 0;
        if (strcmp(path, "/api") == 0 || strncmp(path, "/api/", 5) == 0)
            answer_api(server, connection, method, path, &answer);
        else
            answer_page(connection, method, path, &answer);
    }
    enum MHD_Result sent = answer_send(&answer, connection);
    answer_free(&answer);
    return sent;
}
