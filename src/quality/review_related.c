/* What else the customer of a conversation has talked about. */
#include "quality/archive_column.h"
#include "quality/review.h"
#include "text/mask_json.h"

enum { MOST = 10 };

cs_error related_write(cs_db *db, int64_t seq, const char *agent, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "SELECT o.id, coalesce(o.title, o.external_id), o.channel, o.started_ms, o.duration_ms, "
                 "o.agent, o.compliance, o.experience, o.risk, o.high_risk, o.customer FROM conversation o WHERE "
                 "o.customer = (SELECT customer FROM conversation WHERE seq = :seq) AND o.seq <> :seq AND "
                 "(CAST(:agent AS TEXT) IS NULL OR o.agent = :agent) ORDER BY o.started_ms DESC NULLS LAST, "
                 "o.seq DESC LIMIT :most",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_text(stmt, "agent", agent);
    db_bind_int64(stmt, "most", MOST);
    json_object_open(out, NULL);
    json_array_open(out, "items");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        json_object_open(out, NULL);
        column_write_text(stmt, 0, out, "id");
        json_write_masked_title(out, "title", db_text(stmt, 1), db_text(stmt, 10));
        column_write_text(stmt, 2, out, "channel");
        column_write_int(stmt, 3, out, "started_ms");
        column_write_int(stmt, 4, out, "duration_ms");
        column_write_text(stmt, 5, out, "agent");
        json_object_open(out, "scores");
        column_write_int(stmt, 6, out, "compliance");
        column_write_int(stmt, 7, out, "experience");
        column_write_int(stmt, 8, out, "risk");
        json_object_close(out);
        json_write_bool(out, "high_risk", db_int64(stmt, 9) != 0);
        json_object_close(out);
    }
    json_array_close(out);
    json_object_close(out);
    db_done(stmt);
    return code;
}
