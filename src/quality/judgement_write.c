/* The judgements of a conversation as JSON. */
#include "quality/archive_column.h"
#include "quality/finding_json.h"
#include "quality/judgement_place.h"
#include "text/mask_json.h"

#include <string.h>

enum { MOST = 2000 }; /* rows of one conversation that are shown */

static void turn_write(cs_json_writer *out, int64_t turn) {
    if (turn > 0)
        json_write_int(out, "turn", turn);
    else
        json_write_null(out, "turn");
}

static void by_write(cs_json_writer *out, cs_stmt *stmt, int account, int name) {
    json_object_open(out, "by");
    column_write_int(stmt, account, out, "number");
    column_write_text(stmt, name, out, "name");
    json_object_close(out);
}

/* What stands and what stood look the same; only what was taken back says by whom. */
static void row_write(cs_json_writer *out, cs_stmt *stmt, const cs_ruleset *ruleset) {
    const char *name = db_text(stmt, 1);
    const cs_rule *rule = ruleset ? ruleset_find(ruleset, name) : NULL;
    json_object_open(out, NULL);
    column_write_int(stmt, 0, out, "number");
    json_write_string(out, "rule", name);
    title_write(out, "title", rule, name);
    turn_write(out, db_int64(stmt, 2));
    column_write_text(stmt, 3, out, "answer");
    column_write_text(stmt, 4, out, "reason");
    json_write_masked(out, "note", db_text(stmt, 5));
    if (*db_text(stmt, 6))
        column_write_text(stmt, 6, out, "verdict");
    else
        json_write_null(out, "verdict");
    json_write_bool(out, "drawn", db_int64(stmt, 8) != 0);
    json_write_bool(out, "has_rule", rule != NULL);
    json_write_bool(out, "has_changed", !rule || !hash_equal(column_hash(stmt, 7), judgement_definition(rule)));
    by_write(out, stmt, 9, 10);
    column_write_int(stmt, 11, out, "judged_ms");
    json_write_bool(out, "stands", db_int64(stmt, 12) == 1);
    column_write_int(stmt, 13, out, "supersedes");
    column_write_int(stmt, 14, out, "withdrawn_ms");
    column_write_text(stmt, 15, out, "withdrawn_by");
    json_object_close(out);
}

cs_error judgements_write(cs_db *db, const cs_ruleset *ruleset, int64_t seq, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT j.number, j.rule, j.turn, j.answer, j.reason, j.note, j.verdict, j.definition, "
                             "CASE WHEN j.review IS NULL THEN 0 ELSE 1 END, j.account, j.name, j.judged_ms, "
                             "j.is_current, j.supersedes, j.withdrawn_ms, j.withdrawn_by FROM judgement j WHERE "
                             "j.conversation = (SELECT external_id FROM conversation WHERE seq = :seq) ORDER BY "
                             "j.is_current DESC, j.number DESC LIMIT :most",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "most", MOST);
    json_array_open(out, "judgements");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) row_write(out, stmt, ruleset);
    json_array_close(out);
    db_done(stmt);
    return code;
}
