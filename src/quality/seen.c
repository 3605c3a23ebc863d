#include "quality/seen.h"

cs_error seen_mark(cs_db *db, int64_t account, const char *id, const char *agent, int64_t now_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO seen (account, conversation, seen_ms) SELECT CAST(:account AS BIGINT), "
                             "external_id, CAST(:now AS BIGINT) FROM conversation WHERE id = :id AND (CAST(:agent AS "
                             "TEXT) IS NULL OR agent = :agent) ON CONFLICT (account, conversation) DO UPDATE SET "
                             "seen_ms = excluded.seen_ms",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "account", account);
    db_bind_int64(stmt, "now", now_ms);
    db_bind_text(stmt, "id", id);
    db_bind_text(stmt, "agent", agent);
    return db_run(stmt, message);
}
