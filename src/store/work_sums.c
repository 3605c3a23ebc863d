/* What the work of an import has come to, what it refused, and which of its files are to be read again. */
#include "store/work.h"

cs_error work_add_sums(cs_db *db, int64_t import, const cs_work_sums *sums, cs_message *message) {
#define NAMES(name) ", " #name
#define VALUES(name) ", :" #name
#define SETS(name) ", " #name " = import_work." #name " + excluded." #name
    static const char sql[] = "INSERT INTO import_work (import" CS_WORK_SUM_TABLE(
        NAMES) ") VALUES (:import" CS_WORK_SUM_TABLE(VALUES) ") ON CONFLICT (import) DO UPDATE SET import = "
                                                             "excluded.import" CS_WORK_SUM_TABLE(SETS);
#undef NAMES
#undef VALUES
#undef SETS
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
#define X(name) db_bind_int64(stmt, #name, sums->name);
    CS_WORK_SUM_TABLE(X)
#undef X
    return db_run(stmt, message);
}

cs_error work_read_sums(cs_db *db, int64_t import, cs_work_sums *out, cs_message *message) {
#define X(name) ", " #name
    static const char sql[] = "SELECT import" CS_WORK_SUM_TABLE(X) " FROM import_work WHERE import = :import";
#undef X
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = (cs_work_sums){0};
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
    code = db_step(stmt, &has_row, message);
    int column = 0;
    if (code == CS_OK && has_row) {
#define X(name) out->name = db_int64(stmt, ++column);
        CS_WORK_SUM_TABLE(X)
#undef X
    }
    db_done(stmt);
    return code;
}

cs_error work_refuse(cs_db *db, int64_t import, const char *file, const char *conversation, const cs_message *why,
                     cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO import_refusal (import, number, file, conversation, place, reason, remedy) "
                             "SELECT :import, n.next, :file, :conversation, :place, :reason, :remedy FROM (SELECT "
                             "coalesce(max(number), 0) + 1 AS next FROM import_refusal WHERE import = :import) n WHERE "
                             "n.next <= :most AND EXISTS (SELECT 1 FROM import WHERE number = :import)",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
    db_bind_text(stmt, "file", file ? file : "");
    db_bind_text(stmt, "conversation", conversation);
    db_bind_text(stmt, "place", why->place);
    db_bind_text(stmt, "reason", why->reason);
    db_bind_text(stmt, "remedy", why->remedy);
    db_bind_int64(stmt, "most", CS_WORK_MOST_REFUSALS);
    return db_run(stmt, message);
}

cs_error work_mark_unread(cs_db *db, int64_t import, const char *path, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db, "INSERT INTO import_unread (import, path) VALUES (:import, :path) ON CONFLICT DO NOTHING", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
    db_bind_text(stmt, "path", path);
    return db_run(stmt, message);
}

cs_error work_is_unread(cs_db *db, int64_t import, const char *path, bool *is_unread, cs_message *message) {
    cs_stmt *stmt = NULL;
    *is_unread = false;
    cs_error code = db_query(db, "SELECT 1 FROM import_unread WHERE import = :import AND path = :path", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
    db_bind_text(stmt, "path", path);
    code = db_step(stmt, is_unread, message);
    db_done(stmt);
    return code;
}
