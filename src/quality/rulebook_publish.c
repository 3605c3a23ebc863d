/* Versions: what was published, by whom and why; and the page that points at the newest. */
#include "quality/archive.h"
#include "quality/archive_column.h"
#include "quality/archive_ruleset.h"
#include "quality/rule_draft.h"
#include "quality/rule_trial.h"
#include "quality/rulebook.h"
#include "quality/rulebook_again.h"

#include <string.h>

/* ---- reading ---- */

cs_error rulebook_newest(cs_db *db, const char *rule, int64_t *version, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db, "SELECT coalesce(max(version), 0) FROM rule_version WHERE rule = :rule", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *version = has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

cs_error rulebook_standing(cs_db *db, const cs_ruleset *current, const char *rule, int64_t *version,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT version FROM rule_page WHERE rule = :rule", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *version = has_row ? db_int64(stmt, 0) : current && ruleset_find(current, rule) ? 1 : 0;
    db_done(stmt);
    return code;
}

cs_error rulebook_version(cs_db *db, const char *rule, int64_t version, cs_arena *arena, const char **text,
                          bool *is_retired, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT text, is_retired FROM rule_version WHERE rule = :rule AND version = :version",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    db_bind_int64(stmt, "version", version);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row) {
        code = message_set(message, CS_ERR_NOT_FOUND, "the rule %.100s has no version %lld", rule, (long long)version);
        message_remedy(message, "its versions stand on its page");
    }
    if (code == CS_OK) {
        *text = arena_string(arena, db_text(stmt, 0));
        *is_retired = db_int64(stmt, 1) != 0;
        if (!*text) code = message_set(message, CS_ERR_MEMORY, "out of memory for the version");
    }
    db_done(stmt);
    return code;
}

/* ---- writing ---- */

typedef struct version_row {
    const char *rule, *text, *reason, *backtest;
    const cs_account *account;
    int64_t version, at_ms;
    bool is_retired;
} version_row;

static cs_error add_version(cs_db *db, const version_row *row, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO rule_version (rule, version, is_retired, text, reason, account, by_name, at_ms, "
                 "backtest) VALUES (:rule, :version, :retired, :text, :reason, :account, :name, :at, "
                 ":backtest)",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", row->rule);
    db_bind_int64(stmt, "version", row->version);
    db_bind_int64(stmt, "retired", row->is_retired);
    db_bind_text(stmt, "text", row->text);
    db_bind_text(stmt, "reason", row->reason);
    db_bind_int64(stmt, "account", row->account->number);
    db_bind_text(stmt, "name", row->account->name);
    db_bind_int64(stmt, "at", row->at_ms);
    db_bind_text(stmt, "backtest", row->backtest);
    return db_run(stmt, message);
}

static cs_error turn_page(cs_db *db, const char *rule, int64_t version, const char *kept, int64_t at_ms,
                          cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO rule_page (rule, version, kept, at_ms) VALUES (:rule, :version, :kept, :at) ON "
                 "CONFLICT (rule) DO UPDATE SET version = excluded.version, kept = excluded.kept, at_ms = "
                 "excluded.at_ms",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    db_bind_int64(stmt, "version", version);
    db_bind_text(stmt, "kept", kept);
    db_bind_int64(stmt, "at", at_ms);
    return db_run(stmt, message);
}

static cs_error check_expected(cs_db *db, const cs_publication *p, cs_message *message) {
    cs_hash now;
    cs_error code = archive_current_ruleset(db, &now, message);
    if (code != CS_OK || hash_equal(now, p->expected)) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "other rules were published meanwhile");
    message_remedy(message, "look at them and publish again: everything is checked anew");
    return CS_ERR_CONFLICT;
}

/* The first publication makes today's rule set the base: until then it is what the files said. */
static cs_error keep_base(cs_db *db, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO setting (name, value) SELECT 'rule_base', value FROM setting WHERE name = "
                             "'ruleset' ON CONFLICT DO NOTHING",
                             &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

static cs_error publish(cs_db *db, const cs_publication *p, cs_arena *arena, int64_t *version, cs_message *message) {
    cs_book book;
    const char *kept = "";
    int64_t newest = 0;
    version_row row = {.rule = p->rule, .account = p->account, .at_ms = p->now_ms};
    cs_error code = check_expected(db, p, message);
    if (code == CS_OK) code = rulebook_newest(db, p->rule, &newest, message);
    if (code == CS_OK) code = rulebook_read(db, arena, &book, message);
    if (code == CS_OK)
        code = rulebook_kept(rulebook_page(&book, p->rule), p->is_retired ? "" : p->text, arena, &kept, message);
    if (code == CS_OK && newest == 0 && p->first_text) {
        row.version = ++newest;
        row.text = p->first_text;
        row.reason = "";
        code = rulebook_base_time(db, &row.at_ms, message);
        row.account = &(const cs_account){.role = CS_ACCOUNT_MANAGER};
        if (code == CS_OK) code = add_version(db, &row, message);
        row.account = p->account;
        row.at_ms = p->now_ms;
    }
    row.version = ++newest;
    row.text = p->text;
    row.reason = p->reason;
    row.backtest = p->backtest;
    row.is_retired = p->is_retired;
    if (code == CS_OK) code = keep_base(db, message);
    if (code == CS_OK) code = add_version(db, &row, message);
    if (code == CS_OK) code = turn_page(db, p->rule, row.version, kept, p->now_ms, message);
    if (code == CS_OK) code = archive_save_ruleset(db, p->rules, message);
    if (code == CS_OK && p->ends_draft) code = rule_draft_end(db, p->rule, message);
    if (code == CS_OK) code = rule_trial_forget(db, p->rule, message); /* it was against what stood before */
    if (code == CS_OK) code = rulebook_again_begin(db, message);
    *version = row.version;
    return code;
}

cs_error rulebook_publish(cs_db *db, const cs_publication *publication, int64_t *version, cs_message *message) {
    enum { ARENA_BYTES = 64 << 20 };
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "out of memory for the rule book");
    cs_error code = publish(db, publication, arena, version, message);
    arena_free(arena);
    return code;
}
