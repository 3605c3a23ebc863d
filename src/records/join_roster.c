#include "records/join_roster.h"

#include "records/record_store.h"

static const int64_t DAY_MS = 86400000;

#define VALID                                                                                                          \
    " AND r.kind = 'roster' AND r.is_current = 1 AND COALESCE(r.from_ms, 0) <= :last AND COALESCE(r.to_ms, "           \
    "9000000000000000) >= :first ORDER BY r.from_ms DESC NULLS LAST LIMIT 2"

/* The last day of one row is the first of the next. */
static bool is_handed_over(const cs_record *earlier, const cs_record *later) {
    return earlier->to_ms != CS_NO_TIME && later->from_ms != CS_NO_TIME && later->from_ms + DAY_MS > earlier->to_ms;
}

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
        cs_record *earlier = NULL;
        code = db_step(stmt, &has_row, message);
        if (code == CS_OK && has_row) code = record_row(stmt, arena, &earlier, message);
        if (code == CS_OK && has_row && !is_handed_over(earlier, *out)) code = CS_ERR_CONFLICT;
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
