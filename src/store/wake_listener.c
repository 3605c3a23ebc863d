#include "store/wake_listener.h"

#include "store/database_address.h"

#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { AGAIN_MS = 2000 };

/* Before the address, which may say otherwise: a server that vanished holds up neither the news nor the end of the program. */
static const char *const names[] = {"application_name",
                                    "connect_timeout",
                                    "keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "dbname",
                                    NULL};

struct cs_wake_listener {
    cs_database_address address;
    void (*on_told)(void *context);
    void *context;
    pthread_t thread;
    int ending; /* an eventfd: written to once */
};

/* false: it is to end. */
static bool wait_for(const cs_wake_listener *l, PGconn *connection, int most_ms) {
    struct pollfd fds[2] = {{.fd = l->ending, .events = POLLIN},
                            {.fd = connection ? PQsocket(connection) : -1, .events = POLLIN}};
    (void)poll(fds, 2, most_ms);
    return !(fds[0].revents & POLLIN);
}

static void be_quiet(void *context, const char *words) {
    (void)context, (void)words; /* libpq would print them */
}

/* NULL: not now. What was told before is looked for by whoever was waiting. */
static PGconn *connect(const cs_wake_listener *l) {
    const char *values[] = {"callscope", "5", "30", "10", "3", l->address.text, NULL};
    PGconn *connection = PQconnectdbParams(names, values, 1);
    (void)PQsetNoticeProcessor(connection, be_quiet, NULL);
    PGresult *listening = PQstatus(connection) == CONNECTION_OK ? PQexec(connection, "LISTEN " CS_WAKE_CHANNEL) : NULL;
    bool is_good = listening && PQresultStatus(listening) == PGRES_COMMAND_OK;
    PQclear(listening);
    if (is_good) return connection;
    PQfinish(connection);
    return NULL;
}

static bool take_told(PGconn *connection, bool *is_told) {
    PGnotify *one;
    *is_told = false;
    if (!PQconsumeInput(connection)) return false;
    while ((one = PQnotifies(connection)) != NULL) {
        *is_told = true;
        PQfreemem(one);
    }
    return PQstatus(connection) == CONNECTION_OK;
}

static void *listen_on(void *context) {
    cs_wake_listener *l = context;
    PGconn *connection = NULL;
    bool goes_on = true, is_told;
    while (goes_on) {
        if (!connection) {
            connection = connect(l);
            l->on_told(l->context);
            if (!connection) goes_on = wait_for(l, NULL, AGAIN_MS);
            continue;
        }
        goes_on = wait_for(l, connection, -1);
        if (!take_told(connection, &is_told)) {
            PQfinish(connection);
            connection = NULL;
        }
        if (is_told) l->on_told(l->context);
    }
    PQfinish(connection);
    return NULL;
}

static void release(cs_wake_listener *l) {
    if (l->ending >= 0) (void)close(l->ending);
    database_address_free(&l->address);
    free(l);
}

cs_error wake_listener_start(const char *data, void (*on_told)(void *context), void *context, cs_wake_listener **out,
                             cs_message *message) {
    cs_wake_listener *l = calloc(1, sizeof *l);
    *out = NULL;
    if (!l) return message_set(message, CS_ERR_MEMORY, "no memory to listen for work");
    l->ending = -1;
    l->on_told = on_told;
    l->context = context;
    cs_error code = database_address_find(data, &l->address, message);
    if (code != CS_OK || l->address.kind == CS_DB_SQLITE) {
        release(l);
        return code;
    }
    l->ending = eventfd(0, EFD_CLOEXEC);
    if (l->ending < 0 || pthread_create(&l->thread, NULL, listen_on, l) != 0) {
        release(l);
        return message_set(message, CS_ERR_MEMORY, "the system gave no thread to listen for work");
    }
    *out = l;
    return CS_OK;
}

void wake_listener_stop(cs_wake_listener *l) {
    if (!l) return;
    (void)eventfd_write(l->ending, 1);
    (void)pthread_join(l->thread, NULL);
    release(l);
}
