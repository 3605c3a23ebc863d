/* db.h - the database behind the product: one API; SQLite, or PostgreSQL when outgrown.
 * Floor: store. SQL stands where it is used; here is only how it is run. Parameters are bound by name, types in
 * migrations are written {int64} {bytes} {text} {real}, text compares by bytes (collation C), NULLS are explicit.
 * Memory: statements are cached per handle, keyed by the SQL text, and released by db_close.
 * Threads: a cs_db belongs to one thread; open one each. There is one writer (writer.h).
 * Example: cs_stmt *s; db_query(db, "SELECT seq FROM conversation WHERE id=:id", &s, &m); db_bind_text(s, "id", id);
 *          while (db_step(s, &has_row, &m) == CS_OK && has_row) seq = db_int64(s, 0); db_done(s);
 */
#ifndef CS_STORE_DB_H
#define CS_STORE_DB_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_db cs_db;
typedef struct cs_stmt cs_stmt;
typedef enum cs_db_mode { CS_DB_READ, CS_DB_WRITE } cs_db_mode;
typedef enum cs_db_kind { CS_DB_SQLITE, CS_DB_POSTGRES } cs_db_kind;

/* data is the folder of the store. Which database: database_address.h. CS_DB_WRITE makes the store and brings it to the newest
 * migration; CS_DB_READ fails with CS_ERR_NOT_FOUND when there is none, CS_ERR_STORE with a clear word when its migration is
 * older or newer than this program, or the database is away. SQLite: data/callscope.db (WAL, synchronous=FULL). */
cs_error db_open(const char *data, cs_db_mode mode, cs_db **out, cs_message *message);
/* The same at an address that somebody gave: "sqlite" (the file in data), or one of PostgreSQL. */
cs_error db_open_at(const char *data, const char *address, cs_db_mode mode, cs_db **out, cs_message *message);
void db_close(cs_db *db);
cs_db_kind db_kind(const cs_db *db);

cs_error db_query(cs_db *db, const char *sql, cs_stmt **out, cs_message *message);
void db_bind_int64(cs_stmt *stmt, const char *name, int64_t value);
void db_bind_real(cs_stmt *stmt, const char *name, double value);
void db_bind_text(cs_stmt *stmt, const char *name,
                  const char *text); /* NULL binds null; the text must live until db_done */
void db_bind_bytes(cs_stmt *stmt, const char *name, const void *bytes, size_t length); /* likewise */
void db_bind_null(cs_stmt *stmt, const char *name);
/* Before the first step of a SELECT that reads a whole table: its rows come in pages. Otherwise the rows of PostgreSQL lie in
 * memory all at once. On a handle for writing it does so only inside a transaction. */
void db_stream(cs_stmt *stmt);
cs_error db_step(cs_stmt *stmt, bool *has_row, cs_message *message); /* also reports a failed bind */
/* Steps to the end, then db_done, also after a failure. A write to PostgreSQL inside a transaction may be sent without waiting:
 * what it is refused for is then said by the next call that gives an answer, at the latest by db_commit. */
cs_error db_run(cs_stmt *stmt, cs_message *message);
void db_done(cs_stmt *stmt); /* back to the cache, bindings cleared; NULL is allowed */
bool db_is_null(cs_stmt *stmt, int column);
int64_t db_int64(cs_stmt *stmt, int column);
double db_real(cs_stmt *stmt, int column);
const char *db_text(cs_stmt *stmt, int column); /* NULL for null; valid until the next step */
const void *db_bytes(cs_stmt *stmt, int column, size_t *length);

/* A read transaction sees one state; a writing one holds the store's write lock to its end. */
cs_error db_begin(cs_db *db, cs_message *message);
/* A short transaction of the queue: on PostgreSQL it locks the rows that it touches and not the store. It changes no table
 * that others change under the write lock. */
cs_error db_begin_brief(cs_db *db, cs_message *message);
cs_error db_commit(cs_db *db, cs_message *message);
void db_rollback(cs_db *db);
cs_error db_savepoint(cs_db *db, cs_message *message); /* one level, inside a transaction */
cs_error db_savepoint_release(cs_db *db, cs_message *message);
void db_savepoint_rollback(cs_db *db);
int64_t db_changes(cs_db *db);
bool db_in_transaction(const cs_db *db); /* false after a failure that made the database undo the whole transaction */
/* The files behind the handle were deleted or exchanged, or its connection broke: close it and open again. */
bool db_is_lost(const cs_db *db);
/* What failed last failed since another one was at the same rows (a deadlock, PostgreSQL): the same again may go through. */
bool db_is_contended(const cs_db *db);

#endif
