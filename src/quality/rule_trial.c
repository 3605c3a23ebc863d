#include "quality/rule_trial.h"

#include "quality/archive_column.h"
#include "quality/rule_draft.h"

#include <string.h>

enum { MOST_JSON_BYTES = 4 << 20 };

static cs_error run_for(cs_db *db, const char *sql, const char *rule, int64_t *changes, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    code = db_run(stmt, message);
    if (code == CS_OK) *changes = db_changes(db);
    return code;
}

/* ---- asking ---- */

cs_error rule_trial_ask(cs_db *db, const char *rule, const char *text, int64_t limit, int64_t now_ms,
                        cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_hash hash = rule_draft_hash(text);
    cs_error code = db_query(
        db,
        "INSERT INTO rule_trial (rule, state, text, text_hash, wanted, done, total, asked_ms) VALUES (:rule, "
        "'waiting', "
        ":text, :hash, :wanted, 0, 0, :now) ON CONFLICT (rule) DO UPDATE SET state = 'waiting', text = excluded.text, "
        "text_hash = excluded.text_hash, wanted = excluded.wanted, done = 0, total = 0, asked_ms = excluded.asked_ms, "
        "started_ms = NULL, tries = 0, took_ms = NULL, beat_ms = NULL, reason = NULL, result = NULL WHERE "
        "rule_trial.state NOT IN "
        "('waiting', 'running') OR rule_trial.text_hash <> excluded.text_hash",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    db_bind_text(stmt, "text", text);
    bind_hash(stmt, "hash", &hash);
    db_bind_int64(stmt, "wanted", limit);
    db_bind_int64(stmt, "now", now_ms);
    code = db_run(stmt, message);
    if (code != CS_OK || db_changes(db) > 0) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "a back-test of this text runs already");
    message_remedy(message, "wait for it, or cancel it first");
    return CS_ERR_CONFLICT;
}

cs_error rule_trial_cancel(cs_db *db, const char *rule, cs_message *message) {
    int64_t changes = 0;
    cs_error code = run_for(db,
                            "UPDATE rule_trial SET state = 'cancelled' WHERE rule = :rule AND state IN ('waiting', "
                            "'running')",
                            rule, &changes, message);
    if (code != CS_OK || changes > 0) return code;
    (void)message_set(message, CS_ERR_NOT_FOUND, "no back-test of \"%.100s\" waits or runs", rule);
    message_remedy(message, "it ended meanwhile: look at what came of it");
    return CS_ERR_NOT_FOUND;
}

cs_error rule_trial_forget(cs_db *db, const char *rule, cs_message *message) {
    int64_t unused = 0;
    return run_for(db, "DELETE FROM rule_trial WHERE rule = :rule", rule, &unused, message);
}

/* ---- showing ---- */

/* The object without its braces, so that what came of it can follow. */
static void head_write(cs_stmt *stmt, bool is_current, cs_json_writer *out) {
    json_write_string(out, "state", db_text(stmt, 0));
    json_write_int(out, "done", db_int64(stmt, 1));
    json_write_int(out, "all", db_int64(stmt, 2));
    json_write_int(out, "limit", db_int64(stmt, 3));
    column_write_int(stmt, 4, out, "started_ms");
    column_write_int(stmt, 5, out, "took_ms");
    column_write_text(stmt, 6, out, "reason");
    json_write_bool(out, "is_current", is_current);
}

static const char NOTHING_YET[] = "{\"conversations\":0,\"differing\":0,\"newly_found\":0,\"no_longer_found\":0,"
                                  "\"newly_undecided\":0,\"agents\":0,\"rules\":[],\"scores\":{},\"samples\":[]}";

static bool join(cs_buffer *json, const char *result) {
    if (!result) result = NOTHING_YET;
    if (result[0] != '{' || !result[1] || result[1] == '}') return true;
    json->data[--json->length] = 0; /* the closing brace */
    return buffer_text(json, ",") && buffer_text(json, result + 1);
}

cs_error rule_trial_write(cs_db *db, const char *rule, const char *text, cs_arena *arena, cs_json_writer *out,
                          const char *key, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_buffer json;
    cs_json_writer writer;
    cs_hash hash = rule_draft_hash(text);
    (void)arena;
    cs_error code = db_query(db,
                             "SELECT state, done, total, wanted, started_ms, took_ms, reason, text_hash, result FROM "
                             "rule_trial WHERE rule = :rule",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    code = db_step(stmt, &has_row, message);
    buffer_init(&json, MOST_JSON_BYTES);
    if (code == CS_OK && has_row) {
        json_writer_init(&writer, &json);
        json_object_open(&writer, NULL);
        head_write(stmt, hash_equal(column_hash(stmt, 7), hash), &writer);
        json_object_close(&writer);
        if (json.is_failed || !join(&json, db_text(stmt, 8)))
            code = message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    }
    db_done(stmt);
    if (code == CS_OK && json.length)
        json_write_raw(out, key, buffer_string(&json));
    else if (code == CS_OK)
        json_write_null(out, key);
    buffer_free(&json);
    return code;
}

cs_error rule_trial_result(cs_db *db, const char *rule, const char *text, cs_arena *arena, const char **out,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_hash hash = rule_draft_hash(text);
    *out = NULL;
    cs_error code =
        db_query(db, "SELECT result FROM rule_trial WHERE rule = :rule AND text_hash = :hash AND state = 'done'", &stmt,
                 message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    bind_hash(stmt, "hash", &hash);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        *out = arena_string(arena, db_text(stmt, 0));
        if (!*out) code = message_set(message, CS_ERR_STORE, "the result of the back-test is missing");
    }
    db_done(stmt);
    return code;
}
