#include "store/search_index.h"

enum { MAX_SQL_BYTES = 256 };

/* A savepoint makes FTS5 write what it holds, and each job of the writer has one. So documents wait in a table of the same
 * transaction until its end: one segment a group of jobs, instead of one a job. */
static const char PUT_SQLITE[] = "INSERT INTO search_waiting (document, terms) VALUES (:document, :terms)";
static const char PUT_POSTGRES[] = "INSERT INTO search_index (document, terms) VALUES (:document, "
                                   "array_to_tsvector(string_to_array(CAST(:terms AS TEXT), ' ')))";

static bool is_postgres(const cs_db *db) {
    return db_kind(db) == CS_DB_POSTGRES;
}

static cs_error run(cs_db *db, const char *sql, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

static cs_error next_number(cs_db *db, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    const char *sql =
        is_postgres(db) ? "SELECT nextval('search_number')" : "UPDATE search_state SET last = last + 1 RETURNING last";
    cs_error code = db_query(db, sql, &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row) code = message_set(message, CS_ERR_STORE, "the store has lost its search index");
    if (code == CS_OK) *out = db_int64(stmt, 0);
    if (code == CS_OK) return db_run(stmt, message);
    db_done(stmt);
    return code;
}

cs_error search_index_put(cs_db *db, const char *terms, int64_t replaces, int64_t *document, cs_message *message) {
    cs_stmt *stmt = NULL;
    int64_t number = 0;
    cs_error code = search_index_remove(db, replaces, message);
    if (code == CS_OK) code = next_number(db, &number, message);
    if (code == CS_OK) code = db_query(db, is_postgres(db) ? PUT_POSTGRES : PUT_SQLITE, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "document", number);
    db_bind_text(stmt, "terms", terms);
    code = db_run(stmt, message);
    if (code == CS_OK) *document = number;
    return code;
}

/* FTS5 without content can only forget what it is told again, term by term: there the document stays, as nobody's. */
cs_error search_index_remove(cs_db *db, int64_t document, cs_message *message) {
    cs_stmt *stmt = NULL;
    if (!document) return CS_OK;
    cs_error code = db_query(db,
                             is_postgres(db) ? "DELETE FROM search_index WHERE document = :document"
                                             : "DELETE FROM search_waiting WHERE document = :document",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "document", document);
    return db_run(stmt, message);
}

cs_error search_index_flush(cs_db *db, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    if (is_postgres(db)) return CS_OK;
    cs_error code = db_query(db, "SELECT 1 FROM search_waiting LIMIT 1", &stmt, message);
    if (code != CS_OK) return code;
    code = db_step(stmt, &has_row, message);
    db_done(stmt);
    if (code != CS_OK || !has_row) return code;
    code =
        run(db, "INSERT INTO search_index (rowid, terms) SELECT document, terms FROM search_waiting ORDER BY document",
            message);
    return code == CS_OK ? run(db, "DELETE FROM search_waiting", message) : code;
}

cs_error search_index_empty(cs_db *db, cs_message *message) {
    if (is_postgres(db)) return run(db, "DELETE FROM search_index", message);
    cs_error code = run(db, "INSERT INTO search_index (search_index) VALUES ('delete-all')", message);
    return code == CS_OK ? run(db, "DELETE FROM search_waiting", message) : code;
}

/* ---- asking ---- */

const cs_search_words *search_index_words(const cs_db *db) {
    static const cs_search_words sqlite = {
        .open = "\"",
        .close = "\"",
        .close_beginning = "\"*",
        .and = " AND ",
        .or = " OR ",
        .and_not = " NOT ",
        /* CROSS JOIN: the terms lead, whatever the planner thinks of them */
        .from =
            "search_index s CROSS JOIN conversation c ON c.search_document = s.rowid WHERE search_index MATCH :match",
        .documents = "rowid FROM search_index WHERE search_index MATCH :match",
    };
    static const cs_search_words postgres = {
        .open = "'",
        .close = "'",
        .close_beginning = "':*",
        .and = " & ",
        .or = " | ",
        .and_not = " & !",
        /* OFFSET 0: the terms lead, whatever the planner thinks of them */
        .from =
            "(SELECT document FROM search_index WHERE terms @@ CAST(:match AS tsquery) OFFSET 0) s JOIN conversation "
            "c ON c.search_document = s.document WHERE 1 = 1",
        .documents = "document FROM search_index WHERE terms @@ CAST(:match AS tsquery)",
    };
    return is_postgres(db) ? &postgres : &sqlite;
}

cs_error search_index_lead(cs_db *db, bool leads, cs_message *message) {
    if (!is_postgres(db)) return CS_OK;
    return run(db,
               leads ? "SELECT set_config('enable_seqscan', 'off', false)"
                     : "SELECT set_config('enable_seqscan', 'on', false)",
               message);
}

cs_error search_index_any(cs_db *db, const char *match, bool *has_any, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_buffer text;
    buffer_init(&text, MAX_SQL_BYTES);
    (void)buffer_printf(&text, "SELECT %s LIMIT 1", search_index_words(db)->documents);
    cs_error code = text.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory to search")
                                   : db_query(db, buffer_string(&text), &stmt, message);
    buffer_free(&text);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "match", match);
    code = db_step(stmt, has_any, message);
    db_done(stmt);
    return code;
}
