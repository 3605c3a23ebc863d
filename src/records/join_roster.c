#include "records/join_roster.h"

#include "records/record_store.h"

#define VALID                                                                                                          \
    " AND r.kind = 'roster' AND r.is_current = 1 AND COALESCE(r.from_ms, 0) <= :last AND COALESCE(r.to_ms, "           \
    "9000000000000000) >= :first LIMIT 2"

static cs_error find_by(cs_db *db, const char *sql, const char *who, int64_t at_ms, cs_arena *arena, cs_record **out,
                        cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    if (!who) return CS_ERR_NOT_FOUND;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "who", who);
    db_bind_int64(stmt, "first", at_ms == CS_NO_TIME ? 0 : at_ms);
    db_bind_int64(stmt, "last", at_ms == CS_NO_TIME ? INT64_C(9000000000000000) : at_ms);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row) code = CS_ERR_NOT_FOUND;
    if (code == CS_OK) code = record_row(stmt, arena, out, message);
    if (code == CS_OK) {
        code = db_step(stmt, &has_row, message);
        if (code == CS_OK && has_row) code = CS_ERR_CONFLICT;
    }
    db_done(stmt);
    return code;
}

cs_error roster_find(cs_db *db, const cs_agent_names *names, int64_t at_ms, cs_arena *arena, cs_record **out,
                     cs_message *message) {
    cs_record *row = NULL;
    cs_error code = find_by(db, "SELECT " CS_RECORD_COLUMNS " FROM record r WHERE r.agent_id = :who" VALID,
                            names->agent_id, at_ms, arena, &row, message);
    if (code == CS_ERR_NOT_FOUND)
        code = find_by(db, "SELECT " CS_RECORD_COLUMNS " FROM record r WHERE r.extension = :who" VALID,
                       names->extension, at_ms, arena, &row, message);
    if (code == CS_ERR_NOT_FOUND)
        code = find_by(db, "SELECT " CS_RECORD_COLUMNS " FROM record r WHERE r.agent = :who" VALID, names->name, at_ms,
                       arena, &row, message);
    if (code == CS_ERR_CONFLICT) return CS_ERR_NOT_FOUND; /* the report of joins tells of overlaps */
    if (code == CS_OK) *out = row;
    return code;
}
