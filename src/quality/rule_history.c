#include "quality/rule_history.h"

#include "access/audit.h"
#include "quality/archive.h"
#include "quality/rule_draft.h"
#include "quality/rule_trial.h"
#include "quality/rulebook_shape.h"

#include <stdio.h>
#include <string.h>

/* ---- what a publication is made of ---- */

static cs_error check_reason(const cs_rule_turn *turn, cs_message *message) {
    size_t bytes = turn->reason ? strlen(turn->reason) : 0;
    size_t blanks = turn->reason ? strspn(turn->reason, " \t\r\n") : 0;
    if (bytes > blanks && bytes <= CS_MAX_PUBLISH_REASON) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE,
                      bytes > CS_MAX_PUBLISH_REASON ? "the reason is too long" : "the reason is missing");
    message_place(message, "reason");
    message_remedy(message, "say in a sentence what changes and why: it stands in the rule's history");
    return CS_ERR_USAGE;
}

/* Versions only grow: who saw the newest one may. */
static cs_error check_seen(const cs_rule_turn *turn, cs_db *db, cs_message *message) {
    int64_t standing = 0;
    cs_error code = rulebook_standing(db, turn->current, turn->rule, &standing, message);
    if (code != CS_OK || turn->seen >= standing) return code;
    if (turn->is_other) *turn->is_other = true;
    (void)message_set(message, CS_ERR_CONFLICT, "version %lld was published meanwhile", (long long)standing);
    message_remedy(message, "look at both, and choose");
    return CS_ERR_CONFLICT;
}

static cs_error check_no_draft(const cs_rule_turn *turn, cs_db *db, cs_arena *arena, cs_message *message) {
    cs_rule_draft *draft = NULL;
    cs_error code = rule_draft_read(db, turn->rule, arena, &draft, message);
    if (code != CS_OK || !draft) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "there is a draft of this rule");
    message_remedy(message, "publish or drop the draft first: it would be lost");
    return CS_ERR_CONFLICT;
}

typedef enum draft_fate { DRAFT_ENDS, DRAFT_STAYS, DRAFT_FORBIDS } draft_fate;

typedef struct deed { /* what is written of a turn */
    const char *action;
    draft_fate fate;
    int64_t changes; /* of the draft that ends */
} deed;

static cs_error check_now(const cs_rule_turn *turn, cs_db *db, const deed *d, cs_arena *arena, cs_message *message) {
    cs_error code = check_seen(turn, db, message);
    if (code != CS_OK || d->fate == DRAFT_STAYS) return code;
    return d->fate == DRAFT_ENDS ? rule_draft_expect(db, turn->rule, d->changes, message)
                                 : check_no_draft(turn, db, arena, message);
}

/* Writes it all, in a transaction of its own. */
static cs_error commit(const cs_rule_turn *turn, const cs_publication *p, const deed *d, cs_arena *arena,
                       int64_t *version, cs_message *message) {
    cs_db *db = NULL;
    char detail[64];
    cs_error code = db_open(turn->data, CS_DB_WRITE, &db, message);
    if (code == CS_OK) code = db_begin(db, message);
    if (code != CS_OK) {
        db_close(db);
        return code;
    }
    code = check_now(turn, db, d, arena, message);
    if (code == CS_OK) code = rulebook_publish(db, p, version, message);
    if (code == CS_OK) {
        (void)snprintf(detail, sizeof detail, "version %lld", (long long)*version);
        code = audit_add(db, turn->account, d->action, p->rule, detail, message);
    }
    if (code == CS_OK)
        code = db_commit(db, message);
    else
        db_rollback(db);
    db_close(db);
    return code;
}

static cs_error first_text(const cs_rule_turn *turn, cs_arena *arena, const char **out, cs_message *message) {
    const cs_rule *rule = ruleset_find(turn->current, turn->rule);
    cs_rule_shape shape;
    *out = NULL;
    if (!rule) return CS_OK;
    cs_error code = shape_make(turn->current, rule, arena, &shape, message);
    if (code == CS_OK) *out = shape.text;
    return code;
}

static cs_publication publication_of(const cs_rule_turn *turn, const char *text) {
    return (cs_publication){.rule = turn->rule,
                            .text = text,
                            .reason = turn->reason,
                            .account = turn->account,
                            .now_ms = turn->now_ms,
                            .expected = ruleset_id(turn->current)};
}

static cs_error refuse(const cs_draft_check *check, cs_message *message) {
    const cs_draft_problem *first = &check->problems[0];
    (void)message_set(message, CS_ERR_PARSE, "the rule is not well formed: %s", first->reason);
    if (first->line) message_place(message, "line %u, column %u", (unsigned)first->line, (unsigned)first->column);
    message_remedy(message, "%s", first->hint ? first->hint : "mend it, then publish again");
    return CS_ERR_PARSE;
}

static cs_error compile(const cs_ruleset *read, cs_ruleset **out, cs_message *message) {
    size_t bytes = 0;
    const char *source = ruleset_source(read, &bytes);
    return ruleset_restore(source, bytes, out, message);
}

/* ---- publishing ---- */

static cs_error run_tests(const cs_rule_turn *turn, const char *text, const cs_draft_check *check, cs_arena *arena,
                          cs_message *message) {
    cs_draft_tests tests;
    cs_error code = rule_draft_test(turn->current, turn->rule, text, check, arena, &tests, message);
    if (code != CS_OK || (tests.failed == 0 && tests.tests > 0)) return code;
    if (tests.tests == 0)
        (void)message_set(message, CS_ERR_USAGE, "no test names the rule");
    else
        (void)message_set(message, CS_ERR_USAGE, "%u of %u tests fail", tests.failed, tests.tests);
    message_remedy(message, tests.tests ? "run the tests: each failure is shown with what was expected"
                                        : "add a clear hit, a clear pass and a tempting near-miss");
    return CS_ERR_USAGE;
}

static cs_error publish(const cs_rule_turn *turn, const char *text, const char *backtest, const deed *d,
                        cs_arena *arena, int64_t *version, cs_message *message) {
    cs_publication p = publication_of(turn, text);
    cs_ruleset *rules = NULL;
    cs_draft_check check;
    cs_error code = check_seen(turn, turn->db, message);
    if (code == CS_OK) code = draft_check(turn->db, turn->rule, text, arena, &check, message);
    if (code != CS_OK) return code;
    if (check.count) return refuse(&check, message);
    if (d->fate != DRAFT_FORBIDS) code = run_tests(turn, text, &check, arena, message);
    if (code == CS_OK) code = compile(check.whole, &rules, message);
    if (code == CS_OK) code = first_text(turn, arena, &p.first_text, message);
    p.backtest = backtest;
    p.rules = rules;
    p.ends_draft = d->fate == DRAFT_ENDS;
    if (code == CS_OK) code = commit(turn, &p, d, arena, version, message);
    ruleset_release(rules);
    draft_check_free(&check);
    return code;
}

static cs_error read_draft(const cs_rule_turn *turn, int64_t changes, cs_arena *arena, cs_rule_draft **draft,
                           cs_message *message) {
    cs_error code = rule_draft_read(turn->db, turn->rule, arena, draft, message);
    if (code != CS_OK) return code;
    if (!*draft) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "there is no draft of \"%.100s\"", turn->rule);
        message_remedy(message, "somebody published or dropped it meanwhile: look at the rule again");
        return CS_ERR_NOT_FOUND;
    }
    if ((*draft)->changes == changes) return CS_OK;
    (void)message_set(message, CS_ERR_CONFLICT, "%.60s changed the draft meanwhile",
                      *(*draft)->by ? (*draft)->by : "somebody at this machine");
    message_remedy(message, "look at the draft as it is now, then publish again");
    return CS_ERR_CONFLICT;
}

cs_error rule_history_publish(const cs_rule_turn *turn, int64_t changes, bool without_backtest, cs_arena *arena,
                              int64_t *version, cs_message *message) {
    cs_rule_draft *draft = NULL;
    const char *backtest = NULL;
    cs_error code = check_reason(turn, message);
    if (code == CS_OK) code = read_draft(turn, changes, arena, &draft, message);
    if (code == CS_OK) code = rule_trial_result(turn->db, turn->rule, draft->text, arena, &backtest, message);
    if (code == CS_OK && !backtest && !without_backtest) {
        (void)message_set(message, CS_ERR_USAGE, "no back-test was done on this text");
        message_place(message, "without_backtest");
        message_remedy(message, "run the back-test first, or publish without it and say why");
        code = CS_ERR_USAGE;
    }
    if (code != CS_OK) return code;
    cs_rule_turn seen = *turn;
    if (seen.seen == CS_SEEN_OF_DRAFT) seen.seen = draft->version;
    const deed d = {"rule.publish", DRAFT_ENDS, changes};
    return publish(&seen, draft->text, backtest, &d, arena, version, message);
}

cs_error rule_history_publish_text(const cs_rule_turn *turn, const char *text, cs_arena *arena, int64_t *version,
                                   cs_message *message) {
    cs_error code = check_reason(turn, message);
    if (code == CS_OK) code = rule_name_check(turn->rule, message);
    const deed d = {"rule.publish", DRAFT_STAYS, 0};
    cs_rule_turn any = *turn;
    any.seen = INT64_MAX;
    return code == CS_OK ? publish(&any, text, NULL, &d, arena, version, message) : code;
}

/* ---- retiring, rolling back ---- */

static void take_problem(void *context, const cs_rule_problem *problem) {
    cs_message *first = context;
    if (first->reason[0]) return;
    (void)message_set(first, CS_ERR_CONFLICT, "other rules need it: %s", problem->reason);
    message_place(first, "%s, line %u", problem->file, (unsigned)problem->line);
    message_remedy(first, "change those first");
}

cs_error rule_history_retire(const cs_rule_turn *turn, cs_arena *arena, int64_t *version, cs_message *message) {
    cs_publication p = publication_of(turn, NULL);
    cs_amended_page page = {.rule = turn->rule, .is_retired = true};
    cs_message problem = {0};
    cs_book book;
    cs_buffer source;
    cs_ruleset *rules = NULL;
    if (!ruleset_find(turn->current, turn->rule)) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "there is no rule \"%.100s\"", turn->rule);
        message_remedy(message, "it may be retired already: look at its versions");
        return CS_ERR_NOT_FOUND;
    }
    cs_error code = check_reason(turn, message);
    if (code == CS_OK) code = check_seen(turn, turn->db, message);
    if (code == CS_OK) code = check_no_draft(turn, turn->db, arena, message);
    if (code == CS_OK) code = rulebook_read(turn->db, arena, &book, message);
    if (code == CS_OK) code = rulebook_kept(rulebook_page(&book, turn->rule), "", arena, &page.kept, message);
    if (code == CS_OK) code = first_text(turn, arena, &p.first_text, message);
    if (code != CS_OK) return code;
    p.text = p.first_text;
    p.is_retired = true;
    code = rulebook_amended(turn->db, &page, arena, &source, message);
    if (code == CS_OK) {
        code = ruleset_compile(buffer_string(&source), source.length, take_problem, &problem, &rules, message);
        if (code != CS_OK && problem.reason[0]) *message = problem;
        if (code == CS_ERR_PARSE) code = CS_ERR_CONFLICT;
    }
    buffer_free(&source);
    p.rules = rules;
    const deed d = {"rule.retire", DRAFT_FORBIDS, 0};
    if (code == CS_OK) code = commit(turn, &p, &d, arena, version, message);
    ruleset_release(rules);
    return code;
}

cs_error rule_history_roll_back(const cs_rule_turn *turn, int64_t to, cs_arena *arena, int64_t *version,
                                cs_message *message) {
    const char *text = NULL;
    bool is_retired = false;
    cs_error code = check_reason(turn, message);
    if (code == CS_OK) code = rulebook_version(turn->db, turn->rule, to, arena, &text, &is_retired, message);
    if (code == CS_OK) code = check_no_draft(turn, turn->db, arena, message);
    const deed d = {"rule.rollback", DRAFT_FORBIDS, 0};
    return code == CS_OK ? publish(turn, text, NULL, &d, arena, version, message) : code;
}

/* ---- as JSON ---- */

#define VERSIONS                                                                                                       \
    "SELECT version, is_retired, text, reason, by_name, at_ms, CASE WHEN backtest IS NULL THEN 0 ELSE 1 END FROM "     \
    "rule_version WHERE rule = :rule ORDER BY version DESC"

static void version_write(cs_stmt *stmt, bool is_newest, cs_json_writer *out, const char *key) {
    bool is_retired = db_int64(stmt, 1) != 0;
    json_object_open(out, key);
    json_write_int(out, "version", db_int64(stmt, 0));
    json_write_string(out, "state", is_retired ? "retired" : is_newest ? "published" : "replaced");
    json_write_string(out, "text", db_text(stmt, 2));
    json_write_string(out, "reason", db_text(stmt, 3));
    json_write_string(out, "by", db_text(stmt, 4));
    json_write_int(out, "at_ms", db_int64(stmt, 5));
    json_write_bool(out, "has_backtest", db_int64(stmt, 6) != 0);
    /* Version 1 is kept with the first publication over a file: nobody gave a reason for it. */
    json_write_bool(out, "is_of_files", db_int64(stmt, 0) == 1 && !db_text(stmt, 3)[0]);
    json_object_close(out);
}

/* What the files say, which nobody published here. */
static cs_error file_version_write(cs_db *db, const cs_ruleset *current, const cs_rule *rule, cs_arena *arena,
                                   cs_json_writer *out, const char *key, cs_message *message) {
    cs_rule_shape shape = {0};
    int64_t at_ms = 0;
    cs_error code = rulebook_base_time(db, &at_ms, message);
    if (code == CS_OK) code = shape_make(current, rule, arena, &shape, message);
    if (code != CS_OK) return code;
    json_object_open(out, key);
    json_write_int(out, "version", 1);
    json_write_string(out, "state", "published");
    json_write_string(out, "text", shape.text);
    json_write_string(out, "reason", "");
    json_write_string(out, "by", "");
    json_write_int(out, "at_ms", at_ms);
    json_write_bool(out, "has_backtest", false);
    json_write_bool(out, "is_of_files", true);
    json_object_close(out);
    return CS_OK;
}

cs_error rule_history_write(cs_db *db, const cs_ruleset *current, const char *rule, cs_arena *arena,
                            cs_json_writer *out, cs_message *message) {
    const cs_rule *found = current ? ruleset_find(current, rule) : NULL;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t count = 0;
    cs_error code = db_query(db, VERSIONS, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    json_object_open(out, NULL);
    json_array_open(out, "items");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) version_write(stmt, count++ == 0, out, NULL);
    db_done(stmt);
    if (code == CS_OK && count == 0 && found) code = file_version_write(db, current, found, arena, out, NULL, message);
    json_array_close(out);
    json_object_close(out);
    if (code != CS_OK || count || found) return code;
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no rule \"%.100s\"", rule);
    message_remedy(message, "GET /api/v1/rules lists them");
    return CS_ERR_NOT_FOUND;
}

cs_error rule_history_write_newest(cs_db *db, const cs_ruleset *current, const char *rule, cs_arena *arena,
                                   cs_json_writer *out, const char *key, cs_message *message) {
    const cs_rule *found = current ? ruleset_find(current, rule) : NULL;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, VERSIONS " LIMIT 1", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) version_write(stmt, true, out, key);
    db_done(stmt);
    if (code != CS_OK || has_row) return code;
    if (found) return file_version_write(db, current, found, arena, out, key, message);
    json_write_null(out, key);
    return CS_OK;
}
