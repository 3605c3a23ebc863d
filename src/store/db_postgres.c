/* PostgreSQL behind db.h: the connection and its transactions. */
#include "store/db_postgres.h"

#include "base/clock.h"
#include "base/file.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLDEST_VERSION = 14, CONNECT_WAIT_MS = 10000, MAX_LATE_READS = 8, SETTINGS = 24 };

/* Before the address, which may say otherwise. A server that vanishes without a word is noticed within a minute. */
static const char *const weak[][2] = {
    {"application_name", "callscope"}, {"keepalives", "1"},       {"keepalives_idle", "30"},
    {"keepalives_interval", "10"},     {"keepalives_count", "3"}, {"tcp_user_timeout", "40000"},
    {"gssencmode", "disable"},
};

/* What the program relies on, whatever the server's own settings are. A commit that the server need not write to its disk
 * would break "what was acknowledged is kept"; other values of synchronous_commit do, or do more. */
static const char session[] =
    "SET client_min_messages = warning; SET bytea_output = 'hex'; SET extra_float_digits = 1; SET jit = off; "
    "SET standard_conforming_strings = on; SET cursor_tuple_fraction = 1.0; SET lock_timeout = 20000; "
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';";
static const char session_read[] = "SET default_transaction_read_only = on; SET statement_timeout = 300000;";
/* A writer that hangs inside a transaction keeps the lock of all: the server ends it before others give up (lock_timeout). */
static const char session_write[] = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 15000;";
static const char session_about[] =
    "SELECT current_schema(), hashtextextended('callscope ' || current_schema(), 0), current_database()";

/* ---- the connection ---- */

static void be_quiet(void *context, const char *words) {
    (void)context, (void)words; /* libpq would print them */
}

static bool wait_for(const PGconn *raw, bool is_reading, int64_t until_ms) {
    int64_t left = until_ms - clock_steady_ms();
    struct pollfd socket = {.fd = PQsocket(raw), .events = is_reading ? POLLIN : POLLOUT};
    return left > 0 && poll(&socket, 1, (int)left) >= 0 && clock_steady_ms() < until_ms;
}

static cs_error connect_server(postgres_db *db, const char *address, cs_message *message) {
    const char *names[SETTINGS] = {0}, *values[SETTINGS] = {0};
    size_t count = 0;
    for (; count < sizeof weak / sizeof weak[0]; count++) {
        names[count] = weak[count][0];
        values[count] = weak[count][1];
    }
    names[count] = "dbname", values[count++] = address;
    names[count] = "client_encoding", values[count++] = "UTF8";
    db->raw = PQconnectStartParams(names, values, 1);
    if (!db->raw) return message_set(message, CS_ERR_MEMORY, "no memory to reach the database");
    (void)PQsetNoticeProcessor(db->raw, be_quiet, NULL);
    (void)PQsetErrorVerbosity(db->raw, PQERRORS_VERBOSE); /* only so the code of a refusal can be had */
    int64_t until_ms = clock_steady_ms() + CONNECT_WAIT_MS;
    PostgresPollingStatusType state =
        PQstatus(db->raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
        if (!wait_for(db->raw, state == PGRES_POLLING_READING, until_ms)) {
            (void)message_set(message, CS_ERR_STORE, "the database server doesn't answer within %d seconds",
                              CONNECT_WAIT_MS / 1000);
            message_remedy(message,
                           "check its address and the network; callscope serve and worker try again by themselves");
            return CS_ERR_STORE;
        }
        state = PQconnectPoll(db->raw);
    }
    return state == PGRES_POLLING_OK ? CS_OK : postgres_unreachable(db, message);
}

static char *place_of(const PGconn *raw) {
    const char *host = PQhost(raw), *port = PQport(raw), *name = PQdb(raw);
    char *place = NULL;
    int length = asprintf(&place, "database %s at %s:%s", name ? name : "?", host ? host : "?", port ? port : "?");
    return length < 0 ? NULL : place;
}

static cs_error check_server(const postgres_db *db, cs_message *message) {
    int version = PQserverVersion(db->raw) / 10000;
    const char *encoding = PQparameterStatus(db->raw, "server_encoding");
    if (version < OLDEST_VERSION) {
        (void)message_set(message, CS_ERR_STORE, "the database server is PostgreSQL %d; %d or newer is needed", version,
                          OLDEST_VERSION);
        message_remedy(message, "bring the server up to date, or use another one");
    } else if (!encoding || strcmp(encoding, "UTF8") != 0) {
        (void)message_set(message, CS_ERR_STORE, "the database keeps its text as %s; callscope needs UTF8",
                          encoding ? encoding : "something unknown");
        message_remedy(message, "make one with: createdb -T template0 -E UTF8 NAME");
    } else {
        return CS_OK;
    }
    message_place(message, "%s", db->place);
    return CS_ERR_STORE;
}

static cs_error set_up(postgres_db *db, cs_message *message) {
    char sql[sizeof session + sizeof session_read + sizeof session_write + sizeof session_about];
    (void)snprintf(sql, sizeof sql, "%s%s%s", session, db->base.mode == CS_DB_READ ? session_read : session_write,
                   session_about);
    PGresult *result = PQexec(db->raw, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) return postgres_failure(db, result, "opening", message);
    cs_error code = CS_OK;
    (void)snprintf(db->lock, sizeof db->lock, "%s", PQgetvalue(result, 0, 1));
    if (PQgetisnull(result, 0, 0)) {
        code = message_set(message, CS_ERR_STORE, "the database has no schema that this user may use");
        message_place(message, "%s", db->place);
        message_remedy(message, "make one: CREATE SCHEMA callscope AUTHORIZATION that user; ALTER ROLE ... SET "
                                "search_path = callscope");
    }
    PQclear(result);
    return code;
}

static cs_error open_server(cs_db *base, const cs_database_address *address, cs_message *message) {
    postgres_db *db = (postgres_db *)base;
    cs_error code = connect_server(db, address->text, message);
    if (code != CS_OK) {
        message_place(message, "%s", address->from);
        return code;
    }
    (void)PQsetErrorVerbosity(db->raw, PQERRORS_DEFAULT);
    if (!(db->place = place_of(db->raw))) return message_set(message, CS_ERR_MEMORY, "no memory to reach the database");
    code = check_server(db, message);
    return code == CS_OK ? set_up(db, message) : code;
}

static void close_server(cs_db *base) {
    postgres_db *db = (postgres_db *)base;
    PQclear(db->failed);
    PQfinish(db->raw);
    free(db->place);
}

/* A server that ends says so to those who wait for nothing: that lies in the socket, and nobody has read it yet. */
static bool is_lost(const cs_db *base) {
    PGconn *raw = ((const postgres_db *)base)->raw;
    for (int i = 0; i < MAX_LATE_READS && PQstatus(raw) == CONNECTION_OK; i++) {
        struct pollfd socket = {.fd = PQsocket(raw), .events = POLLIN};
        if (poll(&socket, 1, 0) <= 0) return false;
        if (!PQconsumeInput(raw)) return true;
        (void)PQisBusy(raw); /* reads what came */
    }
    return PQstatus(raw) != CONNECTION_OK;
}

/* ---- transactions ---- */

cs_error postgres_command(postgres_db *db, const char *sql, const char *doing, cs_message *message) {
    cs_error code = postgres_flush(db, doing, message);
    if (code != CS_OK) return code;
    PGresult *result = PQexec(db->raw, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return postgres_failure(db, result, doing, message);
    PQclear(result);
    return CS_OK;
}

bool postgres_in_transaction(const cs_db *db) {
    PGTransactionStatusType status = PQtransactionStatus(((const postgres_db *)db)->raw);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

cs_error postgres_begin(cs_db *base, bool is_brief, cs_message *message) {
    postgres_db *db = (postgres_db *)base;
    char sql[128] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    if (postgres_in_transaction(base)) {
        /* A streamed query made one for itself: it goes over to the caller. */
        if (!db->is_streaming) return message_set(message, CS_ERR_STORE, "a transaction was begun inside another");
        db->is_streaming = false;
        return CS_OK;
    }
    if (base->mode == CS_DB_WRITE)
        (void)snprintf(sql, sizeof sql, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE%s%s%s",
                       is_brief ? "" : "; SELECT pg_advisory_xact_lock(", is_brief ? "" : db->lock,
                       is_brief ? "" : ")");
    db->is_contended = false;
    db->is_brief = is_brief;
    cs_error code = postgres_command(db, sql, "beginning", message);
    if (code != CS_OK && postgres_in_transaction(base)) postgres_rollback(base);
    return code;
}

cs_error postgres_commit(cs_db *base, cs_message *message) {
    postgres_db *db = (postgres_db *)base;
    cs_error code = postgres_flush(db, "writing", message);
    if (code != CS_OK) return code;
    PGresult *result = PQexec(db->raw, "COMMIT");
    if (PQresultStatus(result) != PGRES_COMMAND_OK) return postgres_failure(db, result, "committing", message);
    bool is_committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    if (is_committed) return CS_OK;
    (void)message_set(message, CS_ERR_STORE, "the database undid the transaction: a query in it had failed");
    message_place(message, "%s", db->place);
    return CS_ERR_STORE;
}

void postgres_rollback(cs_db *base) {
    postgres_db *db = (postgres_db *)base;
    postgres_forget(db);
    PQclear(PQexec(db->raw, "ROLLBACK"));
}

static bool send_later(postgres_db *db, const char *sql) {
    if (!postgres_may_wait(db) || !postgres_wait(db)) return false;
    if (PQsendQueryParams(db->raw, sql, 0, NULL, NULL, NULL, NULL, 0)) return true;
    return postgres_not_sent(db);
}

static cs_error savepoint(cs_db *base, cs_message *message) {
    postgres_db *db = (postgres_db *)base;
    return send_later(db, "SAVEPOINT one") ? CS_OK : postgres_command(db, "SAVEPOINT one", "writing", message);
}

/* All that was written since is answered here, so that a failure is of this savepoint and of no other. */
static cs_error savepoint_release(cs_db *base, cs_message *message) {
    postgres_db *db = (postgres_db *)base;
    if (!send_later(db, "RELEASE one")) return postgres_command(db, "RELEASE one", "writing", message);
    cs_error code = postgres_flush(db, "writing", message);
    return code == CS_OK ? postgres_refresh_statistics(db, message) : code;
}

static bool savepoint_rollback(cs_db *base) {
    postgres_forget((postgres_db *)base);
    return postgres_command((postgres_db *)base, "ROLLBACK TO one; RELEASE one", "writing", NULL) == CS_OK;
}

static bool is_contended(const cs_db *base) {
    return ((const postgres_db *)base)->is_contended;
}

static int64_t changes(cs_db *base) {
    postgres_settle((postgres_db *)base);
    return ((const postgres_db *)base)->changes;
}

const cs_db_driver db_postgres = {
    .kind = CS_DB_POSTGRES,
    .handle_bytes = sizeof(postgres_db),
    .stmt_bytes = sizeof(postgres_stmt),
    .open = open_server,
    .close = close_server,
    .is_lost = is_lost,
    .is_contended = is_contended,
    .prepare = postgres_prepare,
    .finish = postgres_finish,
    .bind = postgres_bind,
    .stream = postgres_stream,
    .step = postgres_step,
    .run_later = postgres_run_later,
    .reset = postgres_reset,
    .is_null = postgres_is_null,
    .int64 = postgres_int64,
    .real = postgres_real,
    .text = postgres_text,
    .bytes = postgres_bytes,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .savepoint = savepoint,
    .savepoint_release = savepoint_release,
    .savepoint_rollback = savepoint_rollback,
    .in_transaction = postgres_in_transaction,
    .changes = changes,
};
