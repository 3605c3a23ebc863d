#include "store/db.h"

#include "base/file.h"
#include "store/db_driver.h"
#include "store/migrations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the handle ---- */

static cs_error open_database(const char *data, const cs_database_address *address, cs_db_mode mode, cs_db **out,
                              cs_message *message) {
    const cs_db_driver *driver = address->kind == CS_DB_POSTGRES ? &db_postgres : &db_sqlite;
    if (mode == CS_DB_WRITE) {
        cs_error made = file_make_folder(data, message);
        if (made != CS_OK) return made;
    }
    cs_db *db = calloc(1, driver->handle_bytes);
    if (!db || !(db->data = strdup(data))) {
        free(db);
        return message_set(message, CS_ERR_MEMORY, "no memory to open the store in %s", data);
    }
    db->driver = driver;
    db->mode = mode;
    cs_error code = driver->open(db, address, message);
    if (code == CS_OK) code = mode == CS_DB_WRITE ? migrations_apply(db, message) : migrations_check(db, message);
    if (code != CS_OK) {
        db_close(db);
        return code;
    }
    *out = db;
    return CS_OK;
}

cs_error db_open(const char *data, cs_db_mode mode, cs_db **out, cs_message *message) {
    cs_database_address address;
    cs_error code = database_address_find(data, &address, message);
    if (code != CS_OK) return code;
    code = open_database(data, &address, mode, out, message);
    database_address_free(&address);
    return code;
}

cs_error db_open_at(const char *data, const char *address, cs_db_mode mode, cs_db **out, cs_message *message) {
    cs_database_address read;
    cs_error code = database_address_read(address, "the address given", &read, message);
    if (code != CS_OK) return code;
    code = open_database(data, &read, mode, out, message);
    database_address_free(&read);
    return code;
}

static void give_back(cs_stmt *stmt) {
    stmt->db->driver->finish(stmt);
    free(stmt->sql);
    free(stmt);
}

void db_close(cs_db *db) {
    if (!db) return;
    db->is_closing = true;
    for (size_t i = 0; i < db->cached; i++) give_back(db->cache[i]);
    db->driver->close(db);
    free(db->data);
    free(db);
}

cs_db_kind db_kind(const cs_db *db) {
    return db->driver->kind;
}

bool db_is_lost(const cs_db *db) {
    return db->driver->is_lost(db);
}

bool db_is_contended(const cs_db *db) {
    return db->driver->is_contended(db);
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
    if (db->cached < CS_MAX_CACHED_STATEMENTS) return true;
    size_t oldest = CS_MAX_CACHED_STATEMENTS;
    for (size_t i = 0; i < db->cached; i++)
        if (!db->cache[i]->is_busy &&
            (oldest == CS_MAX_CACHED_STATEMENTS || db->cache[i]->used < db->cache[oldest]->used))
            oldest = i;
    if (oldest == CS_MAX_CACHED_STATEMENTS) return false;
    give_back(db->cache[oldest]);
    db->cache[oldest] = db->cache[--db->cached];
    return true;
}

cs_error db_query(cs_db *db, const char *sql, cs_stmt **out, cs_message *message) {
    cs_stmt *stmt = cache_find(db, sql);
    if (!stmt) {
        stmt = calloc(1, db->driver->stmt_bytes);
        if (!stmt) return message_set(message, CS_ERR_MEMORY, "no memory for a query");
        stmt->db = db;
        cs_error code = db->driver->prepare(stmt, sql, message);
        if (code != CS_OK) {
            free(stmt);
            return code;
        }
        /* The same text may be in use already (a query inside its own rows): that one is not kept. */
        if (!cache_has(db, sql) && cache_make_room(db) && (stmt->sql = strdup(sql))) db->cache[db->cached++] = stmt;
    }
    stmt->used = ++db->uses;
    stmt->is_busy = true;
    *out = stmt;
    return CS_OK;
}

static void bind(cs_stmt *stmt, const char *name, const cs_value *value) {
    cs_error code = stmt->db->driver->bind(stmt, name, value);
    if (code == CS_OK || stmt->bind_code != CS_OK) return;
    stmt->bind_code = code;
    (void)snprintf(stmt->bind_name, sizeof stmt->bind_name, "%s", name);
}

void db_bind_int64(cs_stmt *stmt, const char *name, int64_t value) {
    bind(stmt, name, &(cs_value){.kind = CS_VALUE_INT64, .int64 = value});
}

void db_bind_real(cs_stmt *stmt, const char *name, double value) {
    bind(stmt, name, &(cs_value){.kind = CS_VALUE_REAL, .real = value});
}

void db_bind_text(cs_stmt *stmt, const char *name, const char *text) {
    bind(stmt, name, &(cs_value){.kind = CS_VALUE_TEXT, .bytes = text, .length = text ? strlen(text) : 0});
}

void db_bind_bytes(cs_stmt *stmt, const char *name, const void *bytes, size_t length) {
    /* A NULL pointer of length 0 is an empty value here, not null. */
    bind(stmt, name, &(cs_value){.kind = CS_VALUE_BYTES, .bytes = bytes ? bytes : "", .length = length});
}

void db_bind_null(cs_stmt *stmt, const char *name) {
    bind(stmt, name, &(cs_value){.kind = CS_VALUE_NULL});
}

void db_stream(cs_stmt *stmt) {
    stmt->db->driver->stream(stmt);
}

cs_error db_step(cs_stmt *stmt, bool *has_row, cs_message *message) {
    if (stmt->bind_code != CS_OK)
        return message_set(message, stmt->bind_code, "the query can't take the parameter :%s", stmt->bind_name);
    return stmt->db->driver->step(stmt, has_row, message);
}

cs_error db_run(cs_stmt *stmt, cs_message *message) {
    const cs_db_driver *driver = stmt->db->driver;
    bool has_row = stmt->bind_code != CS_OK || !driver->run_later || !driver->run_later(stmt);
    cs_error code = CS_OK;
    while (code == CS_OK && has_row) code = db_step(stmt, &has_row, message);
    db_done(stmt);
    return code;
}

void db_done(cs_stmt *stmt) {
    if (!stmt) return;
    if (!stmt->sql) {
        give_back(stmt);
        return;
    }
    stmt->db->driver->reset(stmt);
    stmt->bind_code = CS_OK;
    stmt->is_busy = false;
}

bool db_is_null(cs_stmt *stmt, int column) {
    return stmt->db->driver->is_null(stmt, column);
}

int64_t db_int64(cs_stmt *stmt, int column) {
    return stmt->db->driver->int64(stmt, column);
}

double db_real(cs_stmt *stmt, int column) {
    return stmt->db->driver->real(stmt, column);
}

const char *db_text(cs_stmt *stmt, int column) {
    return stmt->db->driver->text(stmt, column);
}

const void *db_bytes(cs_stmt *stmt, int column, size_t *length) {
    return stmt->db->driver->bytes(stmt, column, length);
}

/* ---- transactions ---- */

cs_error db_begin(cs_db *db, cs_message *message) {
    return db->driver->begin(db, false, message);
}

cs_error db_begin_brief(cs_db *db, cs_message *message) {
    return db->driver->begin(db, true, message);
}

cs_error db_commit(cs_db *db, cs_message *message) {
    cs_error code = db->driver->commit(db, message);
    if (code != CS_OK) db_rollback(db);
    return code;
}

void db_rollback(cs_db *db) {
    if (db_in_transaction(db)) db->driver->rollback(db);
}

cs_error db_savepoint(cs_db *db, cs_message *message) {
    return db->driver->savepoint(db, message);
}

cs_error db_savepoint_release(cs_db *db, cs_message *message) {
    return db->driver->savepoint_release(db, message);
}

void db_savepoint_rollback(cs_db *db) {
    if (!db_in_transaction(db)) return;
    /* Half a job must never be committed: when it can't be undone alone, everything is. */
    if (!db->driver->savepoint_rollback(db)) db_rollback(db);
}

bool db_in_transaction(const cs_db *db) {
    return db->driver->in_transaction(db);
}

int64_t db_changes(cs_db *db) {
    return db->driver->changes(db);
}
