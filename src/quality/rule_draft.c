#include "quality/rule_draft.h"

#include "base/utf8.h"
#include "quality/rule_trial.h"

#include <string.h>

/* ---- reading ---- */

#define DRAFTS "SELECT rule, text, state, reason, by_name, tests, changes, account, at_ms, version FROM rule_draft"

static cs_error fill(cs_stmt *stmt, cs_arena *arena, cs_rule_draft *out, cs_message *message) {
    *out = (cs_rule_draft){.rule = arena_string(arena, db_text(stmt, 0)),
                           .text = arena_string(arena, db_text(stmt, 1)),
                           .state = arena_string(arena, db_text(stmt, 2)),
                           .reason = arena_string(arena, db_text(stmt, 3)),
                           .by = arena_string(arena, db_text(stmt, 4)),
                           .tests = arena_string(arena, db_text(stmt, 5)),
                           .changes = db_int64(stmt, 6),
                           .account = db_int64(stmt, 7),
                           .at_ms = db_int64(stmt, 8),
                           .version = db_int64(stmt, 9)};
    bool is_good = out->rule && out->text && out->state && out->reason && out->by;
    return is_good ? CS_OK : message_set(message, CS_ERR_MEMORY, "out of memory for the draft");
}

cs_error rule_draft_read(cs_db *db, const char *rule, cs_arena *arena, cs_rule_draft **out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = NULL;
    cs_rule_draft *made = arena_alloc(arena, sizeof *made);
    if (!made) return message_set(message, CS_ERR_MEMORY, "out of memory for the draft");
    cs_error code = db_query(db, DRAFTS " WHERE rule = :rule", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        code = fill(stmt, arena, made, message);
        if (code == CS_OK) *out = made;
    }
    db_done(stmt);
    return code;
}

cs_error rule_draft_list(cs_db *db, cs_arena *arena, cs_rule_draft **out, uint32_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    uint32_t room = 0;
    *out = NULL;
    *count = 0;
    cs_error code = db_query(db, DRAFTS " ORDER BY rule", &stmt, message);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        code = arena_room(arena, (void **)out, &room, *count, sizeof **out)
                   ? fill(stmt, arena, &(*out)[(*count)++], message)
                   : message_set(message, CS_ERR_MEMORY, "out of memory for the drafts");
    db_done(stmt);
    return code;
}

cs_hash rule_draft_hash(const char *text) {
    return hash_bytes(text, strlen(text));
}

/* ---- writing ---- */

static const char INSERT[] =
    "INSERT INTO rule_draft (rule, text, changes, state, tests, reason, account, by_name, at_ms, version) VALUES "
    "(:rule, "
    ":text, coalesce((SELECT p.changes FROM rule_draft_past p WHERE p.rule = :rule), 0) + 1, 'draft', NULL, "
    "coalesce(:reason, ''), :account, :name, :now, :version) ON CONFLICT DO NOTHING";
/* The same text saved again keeps what its tests said. */
static const char UPDATE[] =
    "UPDATE rule_draft SET state = CASE WHEN text = :text THEN state ELSE 'draft' END, tests = CASE WHEN text = :text "
    "THEN tests ELSE NULL END, text = :text, changes = changes + 1, reason = coalesce(:reason, reason), account = "
    ":account, by_name = :name, at_ms = :now WHERE rule = :rule AND changes = :seen AND version = :version";

/* /api/v1/rules/vocabulary and its like; what a browser takes for a way up. */
static const char *const addresses[] = {"vocabulary", "check", "text", ".", ".."};

cs_error rule_name_check(const char *rule, cs_message *message) {
    size_t bytes = strlen(rule);
    if (utf8_hidden_at(rule, bytes) < bytes) {
        (void)message_set(message, CS_ERR_USAGE,
                          "a sign in the name of the rule is not seen, or turns the text around");
        message_remedy(message, "type the name anew instead of pasting it");
        return CS_ERR_USAGE;
    }
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (strcmp(rule, addresses[i]) == 0) {
            (void)message_set(message, CS_ERR_USAGE, "\"%s\" is an address of the program, and can be no rule's name",
                              rule);
            message_remedy(message, "give it another name, like %s-rule", rule);
            return CS_ERR_USAGE;
        }
    if (bytes > 0 && bytes <= CS_MAX_RULE_NAME && !strpbrk(rule, " \t\r\n/\\\"|,:=<>()#")) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "\"%.60s\" can be no rule's name", rule);
    message_remedy(message, "a name is one word without blanks and signs, like no-blame or 推诿");
    return CS_ERR_USAGE;
}

cs_error rule_draft_save(cs_db *db, const cs_draft_save *save, bool *is_other, cs_message *message) {
    cs_stmt *stmt = NULL;
    *is_other = false;
    if (strlen(save->text) > CS_MAX_RULE_TEXT) {
        (void)message_set(message, CS_ERR_LIMIT, "the text of one rule is larger than 256 kB");
        message_remedy(message, "put long lists into the rule files");
        return CS_ERR_LIMIT;
    }
    cs_error code = rule_name_check(save->rule, message);
    if (code == CS_OK) code = db_query(db, save->seen > 0 ? UPDATE : INSERT, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", save->rule);
    db_bind_text(stmt, "text", save->text);
    db_bind_text(stmt, "reason", save->reason);
    db_bind_int64(stmt, "account", save->account->number);
    db_bind_text(stmt, "name", save->account->name);
    db_bind_int64(stmt, "now", save->now_ms);
    db_bind_int64(stmt, "version", save->version);
    if (save->seen > 0) db_bind_int64(stmt, "seen", save->seen);
    code = db_run(stmt, message);
    if (code == CS_OK) *is_other = db_changes(db) == 0;
    return code;
}

static cs_error run_for(cs_db *db, const char *sql, const char *rule, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    return db_run(stmt, message);
}

cs_error rule_draft_end(cs_db *db, const char *rule, cs_message *message) {
    cs_error code = run_for(db,
                            "INSERT INTO rule_draft_past (rule, changes) SELECT rule, changes FROM rule_draft WHERE "
                            "rule = :rule ON CONFLICT (rule) DO UPDATE SET changes = excluded.changes",
                            rule, message);
    return code == CS_OK ? run_for(db, "DELETE FROM rule_draft WHERE rule = :rule", rule, message) : code;
}

cs_error rule_draft_delete(cs_db *db, const char *rule, cs_message *message) {
    cs_error code = rule_draft_end(db, rule, message);
    if (code == CS_OK && db_changes(db) == 0) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "there is no draft of \"%.100s\"", rule);
        message_remedy(message, "somebody published or dropped it meanwhile: look at the rule again");
        return CS_ERR_NOT_FOUND;
    }
    return code == CS_OK ? rule_trial_forget(db, rule, message) : code;
}

cs_error rule_draft_keep_tests(cs_db *db, const char *rule, int64_t changes, const cs_draft_tests *tests,
                               cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "UPDATE rule_draft SET tests = :tests, state = :state WHERE rule = :rule AND changes = "
                             ":changes",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "tests", tests->json);
    db_bind_text(stmt, "state", tests->failed || tests->tests == 0 ? "draft" : "tested");
    db_bind_text(stmt, "rule", rule);
    db_bind_int64(stmt, "changes", changes);
    return db_run(stmt, message);
}

cs_error rule_draft_expect(cs_db *db, const char *rule, int64_t changes, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT 1 FROM rule_draft WHERE rule = :rule AND changes = :changes", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    db_bind_int64(stmt, "changes", changes);
    code = db_step(stmt, &has_row, message);
    db_done(stmt);
    if (code != CS_OK || has_row) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "the draft was changed meanwhile");
    message_remedy(message, "look at the draft as it is now, then go on");
    return CS_ERR_CONFLICT;
}

/* ---- as JSON ---- */

cs_error rule_draft_write(cs_db *db, const char *rule, cs_arena *arena, cs_json_writer *out, const char *key,
                          cs_message *message) {
    cs_rule_draft *draft = NULL;
    cs_draft_check check;
    cs_error code = rule_draft_read(db, rule, arena, &draft, message);
    if (code == CS_OK && !draft) json_write_null(out, key);
    if (code != CS_OK || !draft) return code;
    code = draft_check(db, rule, draft->text, arena, &check, message);
    if (code != CS_OK) return code;
    json_object_open(out, key);
    json_write_string(out, "text", draft->text);
    json_write_int(out, "changes", draft->changes);
    json_write_int(out, "version", draft->version);
    json_write_string(out, "state", draft->state);
    draft_problems_write(&check, out, "problems");
    json_write_string(out, "by", draft->by);
    json_write_int(out, "at_ms", draft->at_ms);
    json_write_string(out, "reason", draft->reason);
    if (draft->tests)
        json_write_raw(out, "tests", draft->tests);
    else
        json_write_null(out, "tests");
    code = rule_trial_write(db, rule, draft->text, arena, out, "backtest", message);
    json_object_close(out);
    draft_check_free(&check);
    return code;
}
