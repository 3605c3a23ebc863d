/* db_postgres.h - a connection to PostgreSQL, and how its refusals become our words.
 * Floor: store, private to db_postgres*.c. Results come as text, parameters go as bytes; what a query gives lies in memory,
 * unless it is streamed, so that one query may run inside the rows of another.
 * Memory: a postgres_db is closed by its driver. Threads: those of db.h. No message holds a password.
 * Example: PGresult *r = PQexec(db->raw, "COMMIT"); if (PQresultStatus(r) != PGRES_COMMAND_OK) postgres_failure(db, r, ...);
 */
#ifndef CS_STORE_DB_POSTGRES_H
#define CS_STORE_DB_POSTGRES_H

#include "store/db_driver.h"
#include "store/db_postgres_sql.h"

#include <libpq-fe.h>

typedef struct postgres_db {
    cs_db base;
    PGconn *raw;
    char *place; /* of messages: where the server and the database are */
    char lock[24]; /* the number of the store's write lock */
    uint64_t names; /* of prepared statements and cursors, so far */
    int64_t changes;
    int waiting; /* commands that were sent and not answered yet; see db_postgres_pipeline.c */
    PGresult *failed; /* of one of them: not told yet */
    int64_t written, analyse_at; /* rows, by this handle; see db_postgres_statistics.c */
    bool is_brief; /* the transaction is one of the queue */
    bool is_streaming; /* the transaction was begun for a streamed query alone */
    bool is_contended; /* see db_is_contended */
} postgres_db;

typedef struct postgres_parameter {
    cs_value value; /* bytes live until db_done, as db.h demands */
    Oid known, prepared; /* the type last bound; the one that the server was told */
    char *own; /* a text in the form in which PostgreSQL takes it, where it is not the caller's */
    unsigned char number[8];
} postgres_parameter;

/* A value of the row in the form in which it came, where the server writes it otherwise. */
typedef struct postgres_column {
    unsigned char *bytes;
    size_t capacity, length;
    int row; /* -1: of none */
} postgres_column;

typedef struct postgres_stmt {
    cs_stmt base;
    postgres_sql sql;
    postgres_parameter *parameters;
    uint64_t name; /* of what the server prepared; 0: nothing */
    PGresult *result; /* NULL: not run yet, or at its end */
    int row;
    bool is_done, is_streamed;
    bool owns_transaction; /* of a streamed query outside of one */
    uint64_t cursor; /* 0: none is open */
    int page_rows;
    postgres_column *columns;
    int column_count;
} postgres_stmt;

/* Says what happened, where, and what to do; result is that of a failed command, and cleared. */
cs_error postgres_failure(postgres_db *db, PGresult *result, const char *doing, cs_message *message);
/* The same when no connection came about. */
cs_error postgres_unreachable(postgres_db *db, cs_message *message);
/* A command without rows that anybody wants. */
cs_error postgres_command(postgres_db *db, const char *sql, const char *doing, cs_message *message);
bool postgres_in_transaction(const cs_db *db); /* also in one that failed */
cs_error postgres_begin(cs_db *base, bool is_brief, cs_message *message);
cs_error postgres_commit(cs_db *base, cs_message *message);
void postgres_rollback(cs_db *base);

/* Writes that nobody waits for. */
bool postgres_may_wait(const postgres_db *db);
bool postgres_wait(postgres_db *db); /* before each is sent; false: it can't be */
bool postgres_not_sent(postgres_db *db); /* after it: takes it back, and is false */
void postgres_settle(postgres_db *db); /* all are answered; a failure is kept for postgres_flush */
PGresult *postgres_answer(postgres_db *db); /* the same, of what was sent last; NULL: one before it failed */
cs_error postgres_flush(postgres_db *db, const char *doing, cs_message *message); /* all are answered, and well */
void postgres_forget(postgres_db *db); /* all are answered; nobody wants to know */
void postgres_count_changes(postgres_db *db, PGresult *result);

/* After so many rows were written: tells the planner what grew. */
cs_error postgres_refresh_statistics(postgres_db *db, cs_message *message);

/* The statements of the driver, db_postgres_statement.c. */
cs_error postgres_prepare(cs_stmt *base, const char *sql, cs_message *message);
void postgres_finish(cs_stmt *base);
cs_error postgres_bind(cs_stmt *base, const char *name, const cs_value *value);
void postgres_stream(cs_stmt *base);
cs_error postgres_step(cs_stmt *base, bool *has_row, cs_message *message);
bool postgres_run_later(cs_stmt *base); /* false: it must be waited for */
void postgres_reset(cs_stmt *base);
bool postgres_is_null(cs_stmt *base, int column);
int64_t postgres_int64(cs_stmt *base, int column);
double postgres_real(cs_stmt *base, int column);
const char *postgres_text(cs_stmt *base, int column);
const void *postgres_bytes(cs_stmt *base, int column, size_t *length);

#endif
