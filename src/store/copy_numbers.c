#include "store/copy_numbers.h"

#include <stdio.h>

enum { MAX_SQL = 1024 };

static cs_error read_number(cs_db *db, const char *sql, const char *table, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    if (table) db_bind_text(stmt, "table", table);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *out = has_row && !db_is_null(stmt, 0) ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

/* SQLite keeps the last number only of tables that never give one again; where no such table is, nor is its list. */
static cs_error has_list(cs_db *db, bool *has_it, cs_message *message) {
    int64_t count = 0;
    cs_error code =
        read_number(db, "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'", NULL, &count, message);
    *has_it = count > 0;
    return code;
}

static cs_error last_given(cs_db *db, const char *table, const char *column, int64_t *out, cs_message *message) {
    char sql[MAX_SQL];
    int64_t most = 0, given = 0;
    bool has_it = true;
    (void)snprintf(sql, sizeof sql, "SELECT max(\"%s\") FROM \"%s\"", column, table);
    cs_error code = read_number(db, sql, NULL, &most, message);
    if (code == CS_OK && db_kind(db) == CS_DB_SQLITE) {
        code = has_list(db, &has_it, message);
        if (code == CS_OK && has_it)
            code = read_number(db, "SELECT seq FROM sqlite_sequence WHERE name = :table", table, &given, message);
    } else if (code == CS_OK) {
        (void)snprintf(
            sql, sizeof sql,
            "SELECT last_value FROM pg_sequences WHERE schemaname = current_schema() AND sequencename = (SELECT "
            "relname FROM pg_class WHERE oid = CAST(pg_get_serial_sequence('\"%s\"', '%s') AS regclass))",
            table, column);
        code = read_number(db, sql, NULL, &given, message);
    }
    *out = most > given ? most : given;
    return code;
}

static cs_error run_with(cs_db *db, const char *sql, const char *table, int64_t number, int64_t *changes,
                         cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    if (table) db_bind_text(stmt, "table", table);
    db_bind_int64(stmt, "number", number);
    code = db_run(stmt, message);
    if (code == CS_OK) *changes = db_changes(db);
    return code;
}

static cs_error go_on_in_sqlite(cs_db *to, const char *table, int64_t number, cs_message *message) {
    char sql[MAX_SQL];
    int64_t is_counted = 0, changes = 0;
    /* AUTOINCREMENT stands in the text of the table, and nowhere else */
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM sqlite_master WHERE name = '%s' AND sql LIKE '%%AUTOINCREMENT%%'", table);
    cs_error code = read_number(to, sql, NULL, &is_counted, message);
    if (code != CS_OK || !is_counted) return code;
    code =
        run_with(to, "UPDATE sqlite_sequence SET seq = :number WHERE name = :table", table, number, &changes, message);
    if (code == CS_OK && changes == 0)
        code = run_with(to, "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)", table, number, &changes,
                        message);
    return code;
}

static cs_error go_on_in_postgres(cs_db *to, const char *table, const char *column, int64_t number,
                                  cs_message *message) {
    char sql[MAX_SQL];
    int64_t ignored = 0;
    (void)snprintf(sql, sizeof sql, "SELECT setval(CAST(pg_get_serial_sequence('\"%s\"', '%s') AS regclass), :number)",
                   table, column);
    return number > 0 ? run_with(to, sql, NULL, number, &ignored, message) : CS_OK;
}

static cs_error each(cs_db *from, cs_db *to, const cs_copy_table *table, const char *column, cs_message *message) {
    int64_t number = 0;
    cs_error code = last_given(from, table->name, column, &number, message);
    if (code != CS_OK || number == 0) return code;
    return db_kind(to) == CS_DB_SQLITE ? go_on_in_sqlite(to, table->name, number, message)
                                       : go_on_in_postgres(to, table->name, column, number, message);
}

/* SQLite's catalogue calls every whole number that is the only key an identity, the other what was made as one: only what both
 * do is. A key that the program gives itself is neither's business. */
static bool is_identity_of(cs_db *db, const cs_copy_table *table, uint32_t column, cs_error *code,
                           cs_message *message) {
    char sql[MAX_SQL];
    int64_t count = 1;
    if (db_kind(db) == CS_DB_SQLITE)
        return table->columns[column].type == CS_COPY_INT64 && table->key_count == 1 && table->key[0] == column;
    (void)snprintf(sql, sizeof sql, "SELECT CASE WHEN pg_get_serial_sequence('\"%s\"', '%s') IS NULL THEN 0 ELSE 1 END",
                   table->name, table->columns[column].name);
    *code = read_number(db, sql, NULL, &count, message);
    return *code == CS_OK && count > 0;
}

cs_error numbers_go_on(cs_db *from, cs_db *to, const cs_catalogue *catalogue, cs_message *message) {
    cs_error code = db_begin(to, message);
    for (uint32_t i = 0; code == CS_OK && i < catalogue->count; i++) {
        const cs_copy_table *table = &catalogue->tables[i];
        for (uint32_t column = 0; code == CS_OK && column < table->column_count; column++)
            if (is_identity_of(from, table, column, &code, message) &&
                is_identity_of(to, table, column, &code, message))
                code = each(from, to, table, table->columns[column].name, message);
    }
    if (code == CS_OK) return db_commit(to, message);
    db_rollback(to);
    return code;
}
