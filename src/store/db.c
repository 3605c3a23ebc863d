#include "store/db.h"

#include "base/file.h"
#include "store/migrations.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Lists are filtered in many combinations: beyond this number the least recently used statement is given back. */
enum { MAX_CACHED = 96, MAX_PARAMETER_NAME = 64, BUSY_WAIT_MS = 20000 };

struct cs_stmt {
    cs_db *db;
    sqlite3_stmt *raw;
    char *sql; /* NULL: not cached, finalised by db_done */
    uint64_t used; /* when it was last taken, in uses of the handle */
    bool is_busy;
    cs_error bind_code;
    char bind_name[MAX_PARAMETER_NAME];
};

struct cs_db {
    sqlite3 *raw;
    char *path;
    cs_db_mode mode;
    dev_t device;
    ino_t inode;
    uint64_t uses;
    cs_stmt *cache[MAX_CACHED];
    size_t cached;
};

static cs_error failure(cs_db *db, int rc, const char *doing, cs_message *message);
static cs_error open_raw(cs_db *db, cs_message *message);
static cs_error configure(cs_db *db, cs_message *message);
static cs_error simple(cs_db *db, const char *sql, const char *doing, cs_message *message);

/* ---- the handle ---- */

cs_error db_open(const char *data, cs_db_mode mode, cs_db **out, cs_message *message) {
    if (mode == CS_DB_WRITE) {
        cs_error made = file_make_folder(data, message);
        if (made != CS_OK) return made;
    }
    cs_db *db = calloc(1, sizeof *db);
    if (!db || !(db->path = file_join(data, "callscope.db"))) {
        free(db);
        return message_set(message, CS_ERR_MEMORY, "no memory to open the store in %s", data);
    }
    db->mode = mode;
    struct stat info;
    cs_error code = CS_OK;
    if (mode == CS_DB_READ && stat(db->path, &info) != 0) {
        code = message_set(message, CS_ERR_NOT_FOUND, "there is no store in the folder %s", data);
        message_remedy(message, "check the name of the folder");
    }
    if (code == CS_OK) code = open_raw(db, message);
    if (code == CS_OK) code = configure(db, message);
    if (code == CS_OK) code = mode == CS_DB_WRITE ? migrations_apply(db, message) : migrations_check(db, message);
    if (code == CS_OK && stat(db->path, &info) == 0) {
        db->device = info.st_dev;
        db->inode = info.st_ino;
    }
    if (code != CS_OK) {
        db_close(db);
        return code;
    }
    *out = db;
    return CS_OK;
}

void db_close(cs_db *db) {
    if (!db) return;
    /* Keeps the planner's statistics fresh at a bounded cost; a failure here harms nothing. */
    if (db->raw && db->mode == CS_DB_WRITE)
        (void)sqlite3_exec(db->raw, "PRAGMA analysis_limit=1000; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL,
                           NULL);
    for (size_t i = 0; i < db->cached; i++) {
        (void)sqlite3_finalize(db->cache[i]->raw);
        free(db->cache[i]->sql);
        free(db->cache[i]);
    }
    (void)sqlite3_close_v2(db->raw);
    free(db->path);
    free(db);
}

bool db_is_replaced(const cs_db *db) {
    struct stat info;
    return stat(db->path, &info) != 0 || info.st_dev != db->device || info.st_ino != db->inode;
}

static cs_error open_raw(cs_db *db, cs_message *message) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= db->mode == CS_DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    int rc = sqlite3_open_v2(db->path, &db->raw, flags, NULL);
    return rc == SQLITE_OK ? CS_OK : failure(db, rc, "opening", message);
}

static cs_error configure(cs_db *db, cs_message *message) {
    int rc = sqlite3_busy_timeout(db->raw, BUSY_WAIT_MS);
    if (rc != SQLITE_OK) return failure(db, rc, "opening", message);
    (void)sqlite3_limit(db->raw, SQLITE_LIMIT_ATTACHED, 0);
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
    if (code != CS_OK) return code;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    code = db_query(db, "PRAGMA journal_mode=WAL", &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK && (!has_row || strcmp(db_text(stmt, 0), "wal") != 0)) {
        code = message_set(message, CS_ERR_STORE, "the store %s can't keep a write-ahead log", db->path);
        message_remedy(message, "put it on a local disk, not on a network folder");
    }
    db_done(stmt);
    return code;
}

/* Says what happened, where, and what to do. */
static cs_error failure(cs_db *db, int rc, const char *doing, cs_message *message) {
    const char *reason = db->raw ? sqlite3_errmsg(db->raw) : sqlite3_errstr(rc);
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
    message_place(message, "%s", db->path);
    message_remedy(message, "%s", remedy);
    return code;
}

static cs_error simple(cs_db *db, const char *sql, const char *doing, cs_message *message) {
    int rc = sqlite3_exec(db->raw, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? CS_OK : failure(db, rc, doing, message);
}

/* ---- statements ---- */

static cs_stmt *cache_find(cs_db *db, const char *sql) {
    for (size_t i = 0; i < db->cached; i++)
        if (!db->cache[i]->is_busy && strcmp(db->cache[i]->sql, sql) == 0) return db->cache[i];
    return NULL;
}

static bool cache_has(const cs_db *db, const char *sql) {
    for (size_t i = 0; i < db->cached; i++)
        if (strcmp(db->cache[i]->sql, sql) == 0) return true;
    return false;
}

/* Makes room for one statement; false when every cached one is in use. */
static bool cache_make_room(cs_db *db) {
    if (db->cached < MAX_CACHED) return true;
    size_t oldest = MAX_CACHED;
    for (size_t i = 0; i < db->cached; i++)
        if (!db->cache[i]->is_busy && (oldest == MAX_CACHED || db->cache[i]->used < db->cache[oldest]->used))
            oldest = i;
    if (oldest == MAX_CACHED) return false;
    cs_stmt *stmt = db->cache[oldest];
    (void)sqlite3_finalize(stmt->raw);
    free(stmt->sql);
    free(stmt);
    db->cache[oldest] = db->cache[--db->cached];
    return true;
}

cs_error db_query(cs_db *db, const char *sql, cs_stmt **out, cs_message *message) {
    cs_stmt *stmt = cache_find(db, sql);
    if (!stmt) {
        stmt = calloc(1, sizeof *stmt);
        if (!stmt) return message_set(message, CS_ERR_MEMORY, "no memory for a query");
        stmt->db = db;
        int rc = sqlite3_prepare_v3(db->raw, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->raw, NULL);
        if (rc != SQLITE_OK) {
            free(stmt);
            return failure(db, rc, "reading a query", message);
        }
        /* The same text may be in use already (a query inside its own rows): that one is not kept. */
        if (!cache_has(db, sql) && cache_make_room(db) && (stmt->sql = strdup(sql))) db->cache[db->cached++] = stmt;
    }
    stmt->used = ++db->uses;
    stmt->is_busy = true;
    *out = stmt;
    return CS_OK;
}

static int parameter(cs_stmt *stmt, const char *name) {
    char full[MAX_PARAMETER_NAME];
    int length = snprintf(full, sizeof full, ":%s", name);
    int index = length > 0 && (size_t)length < sizeof full ? sqlite3_bind_parameter_index(stmt->raw, full) : 0;
    if (index == 0 && stmt->bind_code == CS_OK) {
        stmt->bind_code = CS_ERR_STORE;
        (void)snprintf(stmt->bind_name, sizeof stmt->bind_name, "%s", name);
    }
    return index;
}

static void bound(cs_stmt *stmt, const char *name, int rc) {
    if (rc == SQLITE_OK || stmt->bind_code != CS_OK) return;
    stmt->bind_code = rc == SQLITE_TOOBIG ? CS_ERR_LIMIT : rc == SQLITE_NOMEM ? CS_ERR_MEMORY : CS_ERR_STORE;
    (void)snprintf(stmt->bind_name, sizeof stmt->bind_name, "%s", name);
}

void db_bind_int64(cs_stmt *stmt, const char *name, int64_t value) {
    int index = parameter(stmt, name);
    if (index) bound(stmt, name, sqlite3_bind_int64(stmt->raw, index, value));
}

void db_bind_real(cs_stmt *stmt, const char *name, double value) {
    int index = parameter(stmt, name);
    if (index) bound(stmt, name, sqlite3_bind_double(stmt->raw, index, value));
}

void db_bind_text(cs_stmt *stmt, const char *name, const char *text) {
    int index = parameter(stmt, name);
    if (!index) return;
    size_t length = text ? strlen(text) : 0;
    bound(stmt, name, sqlite3_bind_text64(stmt->raw, index, text, length, SQLITE_STATIC, SQLITE_UTF8));
}

void db_bind_bytes(cs_stmt *stmt, const char *name, const void *bytes, size_t length) {
    int index = parameter(stmt, name);
    /* A NULL pointer of length 0 is an empty value here, not null. */
    if (index) bound(stmt, name, sqlite3_bind_blob64(stmt->raw, index, bytes ? bytes : "", length, SQLITE_STATIC));
}

void db_bind_null(cs_stmt *stmt, const char *name) {
    int index = parameter(stmt, name);
    if (index) bound(stmt, name, sqlite3_bind_null(stmt->raw, index));
}

cs_error db_step(cs_stmt *stmt, bool *has_row, cs_message *message) {
    if (stmt->bind_code != CS_OK)
        return message_set(message, stmt->bind_code, "the query can't take the parameter :%s", stmt->bind_name);
    int rc = sqlite3_step(stmt->raw);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        const char *doing = sqlite3_stmt_readonly(stmt->raw) ? "reading" : "writing";
        return failure(stmt->db, rc, doing, message);
    }
    *has_row = rc == SQLITE_ROW;
    return CS_OK;
}

cs_error db_run(cs_stmt *stmt, cs_message *message) {
    bool has_row = true;
    cs_error code = CS_OK;
    while (code == CS_OK && has_row) code = db_step(stmt, &has_row, message);
    db_done(stmt);
    return code;
}

void db_done(cs_stmt *stmt) {
    if (!stmt) return;
    if (!stmt->sql) {
        (void)sqlite3_finalize(stmt->raw);
        free(stmt);
        return;
    }
    /* reset repeats the error that step has reported already */
    (void)sqlite3_reset(stmt->raw);
    (void)sqlite3_clear_bindings(stmt->raw);
    stmt->bind_code = CS_OK;
    stmt->is_busy = false;
}

bool db_is_null(cs_stmt *stmt, int column) {
    return sqlite3_column_type(stmt->raw, column) == SQLITE_NULL;
}

int64_t db_int64(cs_stmt *stmt, int column) {
    return sqlite3_column_int64(stmt->raw, column);
}

double db_real(cs_stmt *stmt, int column) {
    return sqlite3_column_double(stmt->raw, column);
}

const char *db_text(cs_stmt *stmt, int column) {
    return (const char *)sqlite3_column_text(stmt->raw, column);
}

const void *db_bytes(cs_stmt *stmt, int column, size_t *length) {
    const void *bytes = sqlite3_column_blob(stmt->raw, column);
    *length = (size_t)sqlite3_column_bytes(stmt->raw, column);
    return bytes;
}

/* ---- transactions ---- */

cs_error db_begin(cs_db *db, cs_message *message) {
    /* A writer takes its lock at once: a later upgrade could not wait for another writer. */
    return simple(db, db->mode == CS_DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", "beginning", message);
}

cs_error db_commit(cs_db *db, cs_message *message) {
    cs_error code = simple(db, "COMMIT", "committing", message);
    if (code != CS_OK) db_rollback(db);
    return code;
}

void db_rollback(cs_db *db) {
    if (db_in_transaction(db)) (void)sqlite3_exec(db->raw, "ROLLBACK", NULL, NULL, NULL);
}

cs_error db_savepoint(cs_db *db, cs_message *message) {
    return simple(db, "SAVEPOINT one", "writing", message);
}

cs_error db_savepoint_release(cs_db *db, cs_message *message) {
    return simple(db, "RELEASE one", "writing", message);
}

void db_savepoint_rollback(cs_db *db) {
    if (!db_in_transaction(db)) return;
    /* Half a job must never be committed: when it can't be undone alone, everything is. */
    if (sqlite3_exec(db->raw, "ROLLBACK TO one; RELEASE one", NULL, NULL, NULL) != SQLITE_OK) db_rollback(db);
}

bool db_in_transaction(const cs_db *db) {
    return sqlite3_get_autocommit(db->raw) == 0;
}

int64_t db_changes(cs_db *db) {
    return sqlite3_changes64(db->raw);
}
