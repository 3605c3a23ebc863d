/* SQLite behind db.h: one file in the folder of the store, a write-ahead log, one writer. */
#include "base/file.h"
#include "store/db_driver.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct sqlite_db {
    cs_db base;
    sqlite3 *raw;
    char *path;
    dev_t device;
    ino_t inode;
} sqlite_db;

typedef struct sqlite_stmt {
    cs_stmt base;
    sqlite3_stmt *raw;
} sqlite_stmt;

static sqlite3_stmt *raw_of(const cs_stmt *stmt) {
    return ((const sqlite_stmt *)stmt)->raw;
}

static sqlite3 *raw_of_db(const cs_db *db) {
    return ((const sqlite_db *)db)->raw;
}

/* Says what happened, where, and what to do. */
static cs_error failure(const cs_db *db, int rc, const char *doing, cs_message *message) {
    sqlite3 *raw = raw_of_db(db);
    const char *reason = raw ? sqlite3_errmsg(raw) : sqlite3_errstr(rc);
    cs_error code = CS_ERR_STORE;
    const char *remedy = "";
    switch (rc & 0xff) {
    case SQLITE_NOMEM: code = CS_ERR_MEMORY; break;
    case SQLITE_CONSTRAINT: code = CS_ERR_CONFLICT; break;
    case SQLITE_TOOBIG: code = CS_ERR_LIMIT; break;
    case SQLITE_FULL: remedy = "free some space on the disk; what was acknowledged before is safe"; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: remedy = "another program is writing to it for long; try again when it has finished"; break;
    case SQLITE_IOERR: remedy = "check the disk, its free space and the log of the system"; break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        remedy = "the file is damaged: bring it back from a backup, or move it away and begin anew";
        break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
        code = CS_ERR_IO;
        remedy = "check that you may read and write the file and its folder";
        break;
    default: break;
    }
    (void)message_set(message, code, "the database refused while %s: %s", doing, reason);
    message_place(message, "%s", ((const sqlite_db *)db)->path);
    message_remedy(message, "%s", remedy);
    return code;
}

static cs_error simple(cs_db *db, const char *sql, const char *doing, cs_message *message) {
    int rc = sqlite3_exec(raw_of_db(db), sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? CS_OK : failure(db, rc, doing, message);
}

/* ---- the handle ---- */

static cs_error keep_log(cs_db *db, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "PRAGMA journal_mode=WAL", &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK && (!has_row || strcmp(db_text(stmt, 0), "wal") != 0)) {
        code = message_set(message, CS_ERR_STORE, "the store %s can't keep a write-ahead log",
                           ((const sqlite_db *)db)->path);
        message_remedy(message, "put it on a local disk, not on a network folder");
    }
    db_done(stmt);
    return code;
}

static cs_error configure(cs_db *db, cs_message *message) {
    int rc = sqlite3_busy_timeout(raw_of_db(db), CS_LOCK_WAIT_MS);
    if (rc != SQLITE_OK) return failure(db, rc, "opening", message);
    (void)sqlite3_limit(raw_of_db(db), SQLITE_LIMIT_ATTACHED, 0);
    cs_error code = simple(
        db, "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY",
        "opening", message);
    if (code != CS_OK) return code;
    if (db->mode == CS_DB_READ) return simple(db, "PRAGMA query_only=ON; PRAGMA cache_size=-8192", "opening", message);

    /* Every acknowledged commit is on the disk (FULL); readers never wait for the writer (WAL). A checkpoint each 16 MB
     * instead of each 4 MB spares rewriting the same index pages. */
    code = simple(db,
                  "PRAGMA synchronous=FULL; PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=4096; "
                  "PRAGMA journal_size_limit=67108864",
                  "opening", message);
    return code == CS_OK ? keep_log(db, message) : code;
}

static cs_error open_file(cs_db *base, const cs_database_address *address, cs_message *message) {
    (void)address;
    sqlite_db *db = (sqlite_db *)base;
    struct stat info;
    if (!(db->path = file_join(base->data, "callscope.db")))
        return message_set(message, CS_ERR_MEMORY, "no memory to open the store in %s", base->data);
    if (base->mode == CS_DB_READ && stat(db->path, &info) != 0) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "there is no store in the folder %s", base->data);
        message_remedy(message, "check the name of the folder");
        return CS_ERR_NOT_FOUND;
    }
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= base->mode == CS_DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    int rc = sqlite3_open_v2(db->path, &db->raw, flags, NULL);
    cs_error code = rc == SQLITE_OK ? configure(base, message) : failure(base, rc, "opening", message);
    if (code == CS_OK && stat(db->path, &info) == 0) {
        db->device = info.st_dev;
        db->inode = info.st_ino;
    }
    return code;
}

/* Keeps the planner's statistics fresh at a bounded cost; a failure here harms nothing, so nobody is waited for: whoever closes
 * may be reading with another handle. What is counted of a small table is forgotten: a handle that stays open keeps what it
 * read, and would go through a table that has grown since from end to end. Without, the planner takes it for a large one. */
static const char COUNT_ANEW[] =
    "PRAGMA analysis_limit=1000; BEGIN IMMEDIATE; ANALYZE; DELETE FROM sqlite_stat1 WHERE tbl IN (SELECT tbl FROM "
    "sqlite_stat1 GROUP BY tbl HAVING max(CAST(stat AS INTEGER)) < 10000); COMMIT; PRAGMA wal_checkpoint(TRUNCATE)";

static void close_file(cs_db *base) {
    sqlite_db *db = (sqlite_db *)base;
    if (db->raw && base->mode == CS_DB_WRITE && sqlite3_busy_timeout(db->raw, 0) == SQLITE_OK)
        (void)sqlite3_exec(db->raw, COUNT_ANEW, NULL, NULL, NULL);
    (void)sqlite3_close_v2(db->raw);
    free(db->path);
}

static bool is_replaced(const cs_db *base) {
    const sqlite_db *db = (const sqlite_db *)base;
    struct stat info;
    return stat(db->path, &info) != 0 || info.st_dev != db->device || info.st_ino != db->inode;
}

static bool is_contended(const cs_db *db) {
    (void)db;
    return false; /* who writes has the one lock */
}

/* ---- statements ---- */

static cs_error prepare(cs_stmt *base, const char *sql, cs_message *message) {
    sqlite_stmt *stmt = (sqlite_stmt *)base;
    int rc = sqlite3_prepare_v3(raw_of_db(base->db), sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->raw, NULL);
    return rc == SQLITE_OK ? CS_OK : failure(base->db, rc, "reading a query", message);
}

static void finish(cs_stmt *stmt) {
    (void)sqlite3_finalize(raw_of(stmt));
}

static int bind_value(sqlite3_stmt *raw, int index, const cs_value *value) {
    switch (value->kind) {
    case CS_VALUE_INT64: return sqlite3_bind_int64(raw, index, value->int64);
    case CS_VALUE_REAL: return sqlite3_bind_double(raw, index, value->real);
    case CS_VALUE_TEXT: return sqlite3_bind_text64(raw, index, value->bytes, value->length, SQLITE_STATIC, SQLITE_UTF8);
    case CS_VALUE_BYTES: return sqlite3_bind_blob64(raw, index, value->bytes, value->length, SQLITE_STATIC);
    case CS_VALUE_NULL: break;
    }
    return sqlite3_bind_null(raw, index);
}

static cs_error bind(cs_stmt *stmt, const char *name, const cs_value *value) {
    char full[CS_MAX_PARAMETER_NAME];
    int length = snprintf(full, sizeof full, ":%s", name);
    if (length < 0 || (size_t)length >= sizeof full) return CS_ERR_STORE;
    int index = sqlite3_bind_parameter_index(raw_of(stmt), full);
    if (index == 0) return CS_ERR_STORE;
    int rc = bind_value(raw_of(stmt), index, value);
    if (rc == SQLITE_OK) return CS_OK;
    return rc == SQLITE_TOOBIG ? CS_ERR_LIMIT : rc == SQLITE_NOMEM ? CS_ERR_MEMORY : CS_ERR_STORE;
}

static void stream(cs_stmt *stmt) {
    (void)stmt; /* rows come one by one anyway */
}

static cs_error step(cs_stmt *stmt, bool *has_row, cs_message *message) {
    int rc = sqlite3_step(raw_of(stmt));
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        const char *doing = sqlite3_stmt_readonly(raw_of(stmt)) ? "reading" : "writing";
        return failure(stmt->db, rc, doing, message);
    }
    *has_row = rc == SQLITE_ROW;
    return CS_OK;
}

static void reset(cs_stmt *stmt) {
    /* reset repeats the error that step has reported already */
    (void)sqlite3_reset(raw_of(stmt));
    (void)sqlite3_clear_bindings(raw_of(stmt));
}

static bool column_is_null(cs_stmt *stmt, int column) {
    return sqlite3_column_type(raw_of(stmt), column) == SQLITE_NULL;
}

static int64_t column_int64(cs_stmt *stmt, int column) {
    return sqlite3_column_int64(raw_of(stmt), column);
}

static double column_real(cs_stmt *stmt, int column) {
    return sqlite3_column_double(raw_of(stmt), column);
}

static const char *column_text(cs_stmt *stmt, int column) {
    return (const char *)sqlite3_column_text(raw_of(stmt), column);
}

static const void *column_bytes(cs_stmt *stmt, int column, size_t *length) {
    const void *bytes = sqlite3_column_blob(raw_of(stmt), column);
    *length = (size_t)sqlite3_column_bytes(raw_of(stmt), column);
    return bytes;
}

/* ---- transactions ---- */

static cs_error begin(cs_db *db, bool is_brief, cs_message *message) {
    (void)is_brief; /* one lock for all */
    /* A writer takes its lock at once: a later upgrade could not wait for another writer. */
    return simple(db, db->mode == CS_DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", "beginning", message);
}

static cs_error commit(cs_db *db, cs_message *message) {
    return simple(db, "COMMIT", "committing", message);
}

static void rollback(cs_db *db) {
    (void)sqlite3_exec(raw_of_db(db), "ROLLBACK", NULL, NULL, NULL);
}

static cs_error savepoint(cs_db *db, cs_message *message) {
    return simple(db, "SAVEPOINT one", "writing", message);
}

static cs_error savepoint_release(cs_db *db, cs_message *message) {
    return simple(db, "RELEASE one", "writing", message);
}

static bool savepoint_rollback(cs_db *db) {
    return sqlite3_exec(raw_of_db(db), "ROLLBACK TO one; RELEASE one", NULL, NULL, NULL) == SQLITE_OK;
}

static bool in_transaction(const cs_db *db) {
    return sqlite3_get_autocommit(raw_of_db(db)) == 0;
}

static int64_t changes(cs_db *db) {
    return sqlite3_changes64(raw_of_db(db));
}

const cs_db_driver db_sqlite = {
    .kind = CS_DB_SQLITE,
    .handle_bytes = sizeof(sqlite_db),
    .stmt_bytes = sizeof(sqlite_stmt),
    .open = open_file,
    .close = close_file,
    .is_lost = is_replaced,
    .is_contended = is_contended,
    .prepare = prepare,
    .finish = finish,
    .bind = bind,
    .stream = stream,
    .step = step,
    .reset = reset,
    .is_null = column_is_null,
    .int64 = column_int64,
    .real = column_real,
    .text = column_text,
    .bytes = column_bytes,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .savepoint_release = savepoint_release,
    .savepoint_rollback = savepoint_rollback,
    .in_transaction = in_transaction,
    .changes = changes,
};
