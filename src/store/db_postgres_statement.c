/* PostgreSQL behind db.h: queries, their parameters and their rows. */
#include "store/db_postgres.h"
#include "store/db_postgres_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The types of parameters, by their numbers in pg_type, which never change. */
enum { OID_UNKNOWN = 0, OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701 };
enum { AS_TEXT = 0, AS_BYTES = 1 };
/* A page of a streamed query: so many rows that it has about this size. */
enum { PAGE_BYTES = 4 << 20, FIRST_ROWS = 64, LEAST_ROWS = 16, MOST_ROWS = 4096 };

static postgres_stmt *own(cs_stmt *stmt) {
    return (postgres_stmt *)stmt;
}

static postgres_db *db_of(const postgres_stmt *stmt) {
    return (postgres_db *)stmt->base.db;
}

cs_error postgres_prepare(cs_stmt *base, const char *sql, cs_message *message) {
    postgres_stmt *stmt = own(base);
    cs_error code = postgres_sql_read(sql, &stmt->sql, message);
    if (code != CS_OK) return code;
    stmt->parameters = calloc((size_t)stmt->sql.count + 1, sizeof *stmt->parameters);
    if (stmt->parameters) return CS_OK;
    postgres_sql_free(&stmt->sql);
    return message_set(message, CS_ERR_MEMORY, "no memory for a query");
}

/* ---- parameters ---- */

cs_error postgres_bind(cs_stmt *base, const char *name, const cs_value *value) {
    static const Oid types[] = {[CS_VALUE_INT64] = OID_INT8,
                                [CS_VALUE_REAL] = OID_FLOAT8,
                                [CS_VALUE_TEXT] = OID_TEXT,
                                [CS_VALUE_BYTES] = OID_BYTEA};
    postgres_stmt *stmt = own(base);
    int i = 0;
    while (i < stmt->sql.count && strcmp(stmt->sql.names[i], name) != 0) i++;
    if (i == stmt->sql.count) return CS_ERR_STORE;
    postgres_parameter *p = &stmt->parameters[i];
    if (value->length > INT32_MAX) return CS_ERR_LIMIT;
    free(p->own);
    p->own = NULL;
    p->value = *value;
    if (value->kind != CS_VALUE_NULL) p->known = types[value->kind]; /* a null keeps the type known so far */
    if (value->kind == CS_VALUE_TEXT && value->bytes && !postgres_text_is_plain(value->bytes, value->length)) {
        p->own = postgres_text_wrap(value->bytes, value->length);
        return p->own ? CS_OK : CS_ERR_MEMORY;
    }
    return CS_OK;
}

static void put_number(unsigned char out[8], uint64_t bits) {
    for (int i = 7; i >= 0; i--, bits >>= 8) out[i] = (unsigned char)bits;
}

typedef struct wire {
    Oid types[CS_MAX_PARAMETERS];
    const char *values[CS_MAX_PARAMETERS];
    int lengths[CS_MAX_PARAMETERS], formats[CS_MAX_PARAMETERS];
} wire;

static void put_parameter(wire *out, int i, postgres_parameter *p) {
    uint64_t bits = 0;
    out->types[i] = p->known;
    out->values[i] = NULL;
    out->lengths[i] = 0;
    out->formats[i] = AS_BYTES;
    switch (p->value.kind) {
    case CS_VALUE_NULL: return;
    case CS_VALUE_INT64:
    case CS_VALUE_REAL:
        memcpy(&bits, p->value.kind == CS_VALUE_REAL ? (const void *)&p->value.real : (const void *)&p->value.int64,
               sizeof bits);
        put_number(p->number, bits);
        out->values[i] = (const char *)p->number;
        out->lengths[i] = sizeof p->number;
        return;
    case CS_VALUE_TEXT:
    case CS_VALUE_BYTES:
        out->values[i] = p->own ? p->own : p->value.bytes;
        out->lengths[i] = (int)(p->own ? strlen(p->own) : p->value.length);
    }
}

static void put_parameters(postgres_stmt *stmt, wire *out) {
    for (int i = 0; i < stmt->sql.count; i++) put_parameter(out, i, &stmt->parameters[i]);
}

/* ---- running ---- */

static bool is_prepared(const postgres_stmt *stmt) {
    if (stmt->name == 0) return false;
    for (int i = 0; i < stmt->sql.count; i++)
        if (stmt->parameters[i].prepared != stmt->parameters[i].known) return false;
    return true;
}

static void forget_prepared(postgres_stmt *stmt) {
    char sql[48];
    if (stmt->name == 0) return;
    (void)snprintf(sql, sizeof sql, "DEALLOCATE s%llu", (unsigned long long)stmt->name);
    stmt->name = 0;
    postgres_settle(db_of(stmt));
    /* Refused inside a failed transaction: then the server keeps it until the connection ends. */
    PQclear(PQexec(db_of(stmt)->raw, sql));
}

/* A query that is kept is prepared by the server once, and again when a parameter turns out to be of another type. */
static PGresult *run(postgres_stmt *stmt) {
    postgres_db *db = db_of(stmt);
    wire out;
    char name[24];
    put_parameters(stmt, &out);
    if (!stmt->base.sql)
        return PQexecParams(db->raw, stmt->sql.text, stmt->sql.count, out.types, out.values, out.lengths, out.formats,
                            AS_TEXT);
    if (!is_prepared(stmt)) {
        forget_prepared(stmt);
        uint64_t number = ++db->names;
        (void)snprintf(name, sizeof name, "s%llu", (unsigned long long)number);
        PGresult *result = PQprepare(db->raw, name, stmt->sql.text, stmt->sql.count, out.types);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) return result;
        PQclear(result);
        stmt->name = number;
        for (int i = 0; i < stmt->sql.count; i++) stmt->parameters[i].prepared = out.types[i];
    }
    (void)snprintf(name, sizeof name, "s%llu", (unsigned long long)stmt->name);
    return PQexecPrepared(db->raw, name, stmt->sql.count, out.values, out.lengths, out.formats, AS_TEXT);
}

/* Sends one that the server has prepared, behind those that wait. */
static bool send_prepared(postgres_stmt *stmt) {
    postgres_db *db = db_of(stmt);
    wire out;
    char name[24];
    if (!stmt->base.sql || !is_prepared(stmt) || !postgres_may_wait(db) || !postgres_wait(db)) return false;
    put_parameters(stmt, &out);
    (void)snprintf(name, sizeof name, "s%llu", (unsigned long long)stmt->name);
    if (PQsendQueryPrepared(db->raw, name, stmt->sql.count, out.values, out.lengths, out.formats, AS_TEXT)) return true;
    return postgres_not_sent(db); /* the connection broke: the next one hears it */
}

bool postgres_run_later(cs_stmt *base) {
    postgres_stmt *stmt = own(base);
    return !stmt->sql.has_answer && send_prepared(stmt);
}

static cs_error run_all(postgres_stmt *stmt, cs_message *message) {
    postgres_db *db = db_of(stmt);
    const char *doing = stmt->sql.is_writing ? "writing" : "reading";
    PGresult *result = NULL;
    if (db->waiting > 0 && send_prepared(stmt)) result = postgres_answer(db);
    if (!result) {
        cs_error code = postgres_flush(db, doing, message);
        if (code != CS_OK) return code;
        result = run(stmt);
    }
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return postgres_failure(db, result, doing, message);
    postgres_count_changes(db, result);
    stmt->result = result;
    stmt->row = -1;
    return db->base.mode == CS_DB_WRITE ? postgres_refresh_statistics(db, message) : CS_OK;
}

/* What writes outside of a transaction has one of its own, under the store's write lock as any other. */
static cs_error run_alone(postgres_stmt *stmt, cs_message *message) {
    cs_db *db = stmt->base.db;
    cs_error code = postgres_begin(db, false, message);
    if (code == CS_OK) code = run_all(stmt, message);
    if (code == CS_OK) code = postgres_commit(db, message);
    if (code != CS_OK && postgres_in_transaction(db)) postgres_rollback(db);
    return code;
}

/* ---- streaming ---- */

void postgres_stream(cs_stmt *base) {
    bool may_begin = base->db->mode == CS_DB_READ;
    own(base)->is_streamed = !own(base)->sql.is_writing && (may_begin || postgres_in_transaction(base->db));
}

static cs_error open_cursor(postgres_stmt *stmt, cs_message *message) {
    postgres_db *db = db_of(stmt);
    wire out;
    char *sql = NULL;
    cs_error flushed = postgres_flush(db, "reading", message);
    if (flushed != CS_OK) return flushed;
    if (!postgres_in_transaction(&db->base)) {
        cs_error code = postgres_begin(&db->base, false, message);
        if (code != CS_OK) return code;
        db->is_streaming = stmt->owns_transaction = true;
    }
    uint64_t number = ++db->names;
    if (asprintf(&sql, "DECLARE c%llu NO SCROLL CURSOR FOR %s", (unsigned long long)number, stmt->sql.text) < 0)
        return message_set(message, CS_ERR_MEMORY, "no memory for a query");
    put_parameters(stmt, &out);
    PGresult *result =
        PQexecParams(db->raw, sql, stmt->sql.count, out.types, out.values, out.lengths, out.formats, AS_TEXT);
    free(sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) return postgres_failure(db, result, "reading", message);
    PQclear(result);
    stmt->cursor = number;
    stmt->page_rows = FIRST_ROWS;
    return CS_OK;
}

static cs_error next_page(postgres_stmt *stmt, cs_message *message) {
    char sql[64];
    cs_error code = postgres_flush(db_of(stmt), "reading", message);
    if (code != CS_OK) return code;
    (void)snprintf(sql, sizeof sql, "FETCH %d FROM c%llu", stmt->page_rows, (unsigned long long)stmt->cursor);
    PQclear(stmt->result);
    stmt->result = PQexec(db_of(stmt)->raw, sql);
    stmt->row = -1;
    if (PQresultStatus(stmt->result) != PGRES_TUPLES_OK) {
        PGresult *failed = stmt->result;
        stmt->result = NULL;
        return postgres_failure(db_of(stmt), failed, "reading", message);
    }
    int rows = PQntuples(stmt->result);
    if (rows > 0) {
        size_t row_bytes = PQresultMemorySize(stmt->result) / (size_t)rows + 1;
        size_t fitting = PAGE_BYTES / row_bytes;
        stmt->page_rows = fitting < LEAST_ROWS ? LEAST_ROWS : fitting > MOST_ROWS ? MOST_ROWS : (int)fitting;
    }
    return CS_OK;
}

static void close_cursor(postgres_stmt *stmt) {
    postgres_db *db = db_of(stmt);
    char sql[48];
    postgres_settle(db);
    if (stmt->cursor && PQtransactionStatus(db->raw) == PQTRANS_INTRANS) {
        (void)snprintf(sql, sizeof sql, "CLOSE c%llu", (unsigned long long)stmt->cursor);
        PQclear(PQexec(db->raw, sql));
    }
    stmt->cursor = 0;
    if (stmt->owns_transaction && db->is_streaming) {
        db->is_streaming = false;
        if (postgres_in_transaction(&db->base)) postgres_rollback(&db->base); /* it only read */
    }
    stmt->owns_transaction = false;
}

/* ---- rows ---- */

static cs_error start(postgres_stmt *stmt, cs_message *message) {
    cs_db *db = stmt->base.db;
    if (stmt->is_streamed) {
        cs_error code = open_cursor(stmt, message);
        return code == CS_OK ? next_page(stmt, message) : code;
    }
    bool is_alone = stmt->sql.is_writing && db->mode == CS_DB_WRITE && !postgres_in_transaction(db);
    return is_alone ? run_alone(stmt, message) : run_all(stmt, message);
}

cs_error postgres_step(cs_stmt *base, bool *has_row, cs_message *message) {
    postgres_stmt *stmt = own(base);
    cs_error code = CS_OK;
    *has_row = false;
    if (stmt->is_done) return CS_OK;
    if (!stmt->result)
        code = start(stmt, message);
    else if (stmt->cursor && stmt->row + 1 == PQntuples(stmt->result))
        code = next_page(stmt, message);
    if (code != CS_OK) return code;
    *has_row = ++stmt->row < PQntuples(stmt->result);
    stmt->is_done = !*has_row;
    for (int i = 0; i < stmt->column_count; i++) stmt->columns[i].row = -1;
    return CS_OK;
}

void postgres_reset(cs_stmt *base) {
    postgres_stmt *stmt = own(base);
    if (stmt->is_streamed) close_cursor(stmt);
    PQclear(stmt->result);
    stmt->result = NULL;
    stmt->is_done = stmt->is_streamed = false;
    for (int i = 0; i < stmt->sql.count; i++) {
        free(stmt->parameters[i].own);
        stmt->parameters[i].own = NULL;
        stmt->parameters[i].value = (cs_value){.kind = CS_VALUE_NULL};
    }
}

void postgres_finish(cs_stmt *base) {
    postgres_stmt *stmt = own(base);
    postgres_reset(base);
    if (!base->db->is_closing) forget_prepared(stmt);
    for (int i = 0; i < stmt->column_count; i++) free(stmt->columns[i].bytes);
    free(stmt->columns);
    free(stmt->parameters);
    postgres_sql_free(&stmt->sql);
}

/* "" where there is no such value: as little as SQLite does it end the program. */
static const char *value(postgres_stmt *stmt, int column) {
    bool is_there = stmt->result && stmt->row >= 0 && stmt->row < PQntuples(stmt->result) && column >= 0 &&
                    column < PQnfields(stmt->result);
    return is_there ? PQgetvalue(stmt->result, stmt->row, column) : "";
}

bool postgres_is_null(cs_stmt *base, int column) {
    postgres_stmt *stmt = own(base);
    return !stmt->result || PQgetisnull(stmt->result, stmt->row, column);
}

int64_t postgres_int64(cs_stmt *base, int column) {
    postgres_stmt *stmt = own(base);
    const char *text = value(stmt, column);
    if (stmt->result && PQftype(stmt->result, column) == OID_BOOL) return *text == 't';
    char *end = NULL;
    int64_t whole = strtoll(text, &end, 10);
    return *end == 'e' ? (int64_t)strtod(text, NULL) : whole; /* 1e+20 is written so */
}

double postgres_real(cs_stmt *base, int column) {
    postgres_stmt *stmt = own(base);
    const char *text = value(stmt, column);
    if (stmt->result && PQftype(stmt->result, column) == OID_BOOL) return *text == 't';
    return strtod(text, NULL);
}

/* Room for a value of the row that is not as the server wrote it; NULL when out of memory. */
static postgres_column *column_room(postgres_stmt *stmt, int column, size_t bytes) {
    if (column >= stmt->column_count) {
        int count = PQnfields(stmt->result);
        postgres_column *more = realloc(stmt->columns, (size_t)count * sizeof *more);
        if (!more) return NULL;
        memset(more + stmt->column_count, 0, (size_t)(count - stmt->column_count) * sizeof *more);
        for (int i = stmt->column_count; i < count; i++) more[i].row = -1;
        stmt->columns = more;
        stmt->column_count = count;
    }
    postgres_column *found = &stmt->columns[column];
    if (bytes > found->capacity) {
        unsigned char *larger = realloc(found->bytes, bytes);
        if (!larger) return NULL;
        found->bytes = larger;
        found->capacity = bytes;
    }
    return found;
}

static bool is_made(const postgres_stmt *stmt, int column) {
    return column < stmt->column_count && stmt->columns[column].row == stmt->row;
}

const char *postgres_text(cs_stmt *base, int column) {
    postgres_stmt *stmt = own(base);
    if (postgres_is_null(base, column)) return NULL;
    const char *text = value(stmt, column);
    if (PQftype(stmt->result, column) == OID_BOOL) return *text == 't' ? "1" : "0";
    if (!postgres_text_is_wrapped(text)) return text;
    if (is_made(stmt, column)) return (const char *)stmt->columns[column].bytes;
    postgres_column *made = column_room(stmt, column, strlen(text) + 1);
    if (!made) return text;
    made->length = postgres_text_unwrap(text, (char *)made->bytes);
    made->row = stmt->row;
    return (const char *)made->bytes;
}

static unsigned digit(char c) {
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10) & 15;
}

const void *postgres_bytes(cs_stmt *base, int column, size_t *length) {
    postgres_stmt *stmt = own(base);
    *length = 0;
    if (postgres_is_null(base, column)) return NULL;
    const char *text = value(stmt, column);
    if (PQftype(stmt->result, column) != OID_BYTEA) {
        text = postgres_text(base, column);
        *length = text ? strlen(text) : 0;
        return text;
    }
    size_t bytes = ((size_t)PQgetlength(stmt->result, stmt->row, column) - 2) / 2; /* after \x */
    if (!is_made(stmt, column)) {
        postgres_column *made = column_room(stmt, column, bytes + 1);
        if (!made) return NULL;
        for (size_t i = 0; i < bytes; i++)
            made->bytes[i] = (unsigned char)(digit(text[2 + 2 * i]) << 4 | digit(text[3 + 2 * i]));
        made->row = stmt->row;
    }
    *length = bytes;
    return stmt->columns[column].bytes;
}
