/* db_driver.h - what a database must do for db.c: the table of functions that SQLite and PostgreSQL fill.
 * Floor: store, private to db*.c. A driver's handle and statement begin with cs_db and cs_stmt; db.c allocates them whole.
 * Statements are cached, bind errors kept and misuse caught in db.c, so that a driver does only what differs.
 * Memory: close and finish free what the driver added, never the object itself. Threads: those of db.h.
 * Example: const cs_db_driver db_sqlite = {.kind = CS_DB_SQLITE, .handle_bytes = sizeof(sqlite_db), ...};
 */
#ifndef CS_STORE_DB_DRIVER_H
#define CS_STORE_DB_DRIVER_H

#include "store/database_address.h"
#include "store/db.h"

/* Lists are filtered in many combinations: beyond this number the least recently used statement is given back. */
enum { CS_MAX_CACHED_STATEMENTS = 96, CS_MAX_PARAMETER_NAME = 64, CS_LOCK_WAIT_MS = 20000 };

typedef enum cs_value_kind {
    CS_VALUE_NULL,
    CS_VALUE_INT64,
    CS_VALUE_REAL,
    CS_VALUE_TEXT,
    CS_VALUE_BYTES
} cs_value_kind;

typedef struct cs_value {
    cs_value_kind kind;
    int64_t int64;
    double real;
    const void *bytes; /* of text and bytes; NULL only of text: a null that is known to be one */
    size_t length;
} cs_value;

typedef struct cs_db_driver {
    cs_db_kind kind;
    size_t handle_bytes, stmt_bytes;

    cs_error (*open)(cs_db *db, const cs_database_address *address, cs_message *message);
    void (*close)(cs_db *db); /* also of what open left half done; its statements are finished before */
    bool (*is_lost)(const cs_db *db);
    bool (*is_contended)(const cs_db *db);

    cs_error (*prepare)(cs_stmt *stmt, const char *sql, cs_message *message);
    void (*finish)(cs_stmt *stmt);
    /* CS_ERR_STORE: no parameter is called that */
    cs_error (*bind)(cs_stmt *stmt, const char *name, const cs_value *value);
    void (*stream)(cs_stmt *stmt);
    cs_error (*step)(cs_stmt *stmt, bool *has_row, cs_message *message);
    /* Runs a write without waiting for it; NULL, or false: not this one. A failure is said by what comes next. */
    bool (*run_later)(cs_stmt *stmt);
    void (*reset)(cs_stmt *stmt); /* rows are gone, parameters null */

    bool (*is_null)(cs_stmt *stmt, int column);
    int64_t (*int64)(cs_stmt *stmt, int column);
    double (*real)(cs_stmt *stmt, int column);
    const char *(*text)(cs_stmt *stmt, int column);
    const void *(*bytes)(cs_stmt *stmt, int column, size_t *length);

    cs_error (*begin)(cs_db *db, bool is_brief, cs_message *message);
    cs_error (*commit)(cs_db *db, cs_message *message); /* may leave the transaction open when it fails */
    void (*rollback)(cs_db *db);
    cs_error (*savepoint)(cs_db *db, cs_message *message);
    cs_error (*savepoint_release)(cs_db *db, cs_message *message);
    bool (*savepoint_rollback)(cs_db *db); /* false: it can't be undone alone */
    bool (*in_transaction)(const cs_db *db);
    int64_t (*changes)(cs_db *db);
} cs_db_driver;

struct cs_stmt {
    cs_db *db;
    char *sql; /* NULL: not cached, finished by db_done */
    uint64_t used; /* when it was last taken, in uses of the handle */
    bool is_busy;
    cs_error bind_code;
    char bind_name[CS_MAX_PARAMETER_NAME];
};

struct cs_db {
    const cs_db_driver *driver;
    char *data;
    cs_db_mode mode;
    bool is_closing;
    uint64_t uses;
    cs_stmt *cache[CS_MAX_CACHED_STATEMENTS];
    size_t cached;
};

extern const cs_db_driver db_sqlite, db_postgres;

#endif
