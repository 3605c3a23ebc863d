#include "quality/deferred.h"

#include "quality/archive_column.h"
#include "quality/deferred_chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 500, MAX_RULES_KEPT = CS_MAX_RULES, ARENA_BYTES = 64 << 20 };

typedef struct cs_deferred_run {
    cs_db *db;
    const cs_ruleset *rules;
    int64_t number, now_ms, grace_ms;
    cs_arena *row_arena;
    cs_deferral deferral;
} cs_deferred_run;

/* ---- settings ---- */

static cs_error set_number(cs_db *db, const char *name, int64_t value, cs_message *message) {
    char text[24];
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO setting (name, value) VALUES (:name, :value) "
                 "ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE setting.value <> excluded.value",
                 &stmt, message);
    if (code != CS_OK) return code;
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    db_bind_text(stmt, "name", name);
    db_bind_text(stmt, "value", text);
    return db_run(stmt, message);
}

cs_error deferred_grace(cs_db *db, int64_t *grace_ms, cs_message *message) {
    return query_number(db, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'grace_ms'", CS_DEFAULT_GRACE_MS,
                        grace_ms, message);
}

cs_error deferred_set_grace(cs_db *db, int64_t grace_ms, cs_message *message) {
    return set_number(db, "grace_ms", grace_ms, message);
}

cs_error deferred_mark_complete(cs_db *db, cs_message *message) {
    int64_t number = 0;
    cs_error code = current_number(db, &number, message);
    return code == CS_OK ? set_number(db, "event_log_ruleset", number, message) : code;
}

/* While conversations are inspected under new rules their calls may not stand in the log yet. */
static cs_error is_complete(const cs_deferred_run *run, bool *out, cs_message *message) {
    int64_t marked = 0, has_conversations = 0;
    cs_error code = query_number(run->db, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'event_log_ruleset'",
                                 0, &marked, message);
    if (code == CS_OK)
        code = query_number(run->db, "SELECT EXISTS (SELECT 1 FROM conversation)", 0, &has_conversations, message);
    *out = marked == run->number || !has_conversations;
    return code;
}

/* Another process may have brought in other rules: then theirs count, and this run has nothing to say. */
static cs_error begin(const cs_deferred_run *run, bool *is_current, cs_message *message) {
    int64_t number = 0;
    cs_error code = db_begin(run->db, message);
    if (code == CS_OK) code = current_number(run->db, &number, message);
    *is_current = code == CS_OK && number == run->number;
    return code;
}

static cs_error end(const cs_deferred_run *run, cs_error code, cs_message *message) {
    if (code == CS_OK) return db_commit(run->db, message);
    db_rollback(run->db);
    return code;
}

/* ---- which rules read the log, and how far ---- */

/* definition NULL: none stored. */
static cs_error read_rule(cs_db *db, const char *rule, cs_hash *definition, bool *is_known, int64_t *cursor,
                          cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "SELECT definition, cursor FROM deferred_rule WHERE rule = :rule", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    code = db_step(stmt, is_known, message);
    if (code == CS_OK && *is_known) {
        *definition = column_hash(stmt, 0);
        *cursor = db_int64(stmt, 1);
    }
    db_done(stmt);
    return code;
}

static bool is_known_as(const cs_deferred_run *run, uint32_t rule, cs_hash definition, bool is_known) {
    return is_known && hash_equal(definition, across_definition(run->rules, rule));
}

/* A rule that is new or means something else, or that is gone. */
static cs_error find_changed(const cs_deferred_run *run, bool *has_changed, cs_message *message) {
    int64_t stored = 0, current = 0;
    cs_error code = query_number(run->db, "SELECT count(*) FROM deferred_rule", 0, &stored, message);
    *has_changed = false;
    for (uint32_t i = 0; code == CS_OK && !*has_changed && i < ruleset_rule_count(run->rules); i++) {
        cs_hash definition;
        int64_t cursor;
        bool is_known = false;
        if (!across_of(run->rules, i)) continue;
        current++;
        code = read_rule(run->db, ruleset_rule(run->rules, i)->name, &definition, &is_known, &cursor, message);
        *has_changed = !is_known_as(run, i, definition, is_known);
    }
    if (code == CS_OK && stored != current) *has_changed = true;
    return code;
}

static cs_error run_for(cs_db *db, const char *sql, const char *rule, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    return db_run(stmt, message);
}

/* Its verdicts stay as history; nothing is owed by it any more. */
static cs_error forget_rule(cs_db *db, const char *rule, cs_message *message) {
    cs_error code = run_for(db, "UPDATE deferred_obligation SET is_current = 0 WHERE rule = :rule AND is_current = 1",
                            rule, message);
    return code == CS_OK ? run_for(db, "DELETE FROM deferred_rule WHERE rule = :rule", rule, message) : code;
}

static cs_error add_rule(cs_db *db, const char *rule, cs_hash definition, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "INSERT INTO deferred_rule (rule, definition, cursor) VALUES (:rule, :definition, 0)",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    bind_hash(stmt, "definition", &definition);
    return db_run(stmt, message);
}

static cs_error forget_gone(const cs_deferred_run *run, cs_message *message) {
    char rule[CS_MAX_NAME_BYTES * 4];
    cs_error code = CS_OK;
    rule[0] = 0;
    for (bool has_row = true; code == CS_OK && has_row;) {
        cs_stmt *stmt = NULL;
        code = db_query(run->db, "SELECT rule FROM deferred_rule WHERE rule > :rule ORDER BY rule LIMIT 1", &stmt,
                        message);
        if (code != CS_OK) break;
        db_bind_text(stmt, "rule", rule);
        code = db_step(stmt, &has_row, message);
        char next[sizeof rule];
        (void)snprintf(next, sizeof next, "%s", code == CS_OK && has_row ? db_text(stmt, 0) : "");
        db_done(stmt);
        (void)memcpy(rule, next, sizeof rule);
        const cs_rule *found = *rule ? ruleset_find(run->rules, rule) : NULL;
        if (code == CS_OK && has_row && (!found || !across_of(run->rules, found->index)))
            code = forget_rule(run->db, rule, message);
    }
    return code;
}

static cs_error take_in_rules(const cs_deferred_run *run, cs_message *message) {
    cs_error code = forget_gone(run, message);
    for (uint32_t i = 0; code == CS_OK && i < ruleset_rule_count(run->rules); i++) {
        const char *name = ruleset_rule(run->rules, i)->name;
        cs_hash definition;
        int64_t cursor;
        bool is_known = false;
        if (!across_of(run->rules, i)) continue;
        code = read_rule(run->db, name, &definition, &is_known, &cursor, message);
        if (code != CS_OK || is_known_as(run, i, definition, is_known)) continue;
        code = forget_rule(run->db, name, message);
        if (code == CS_OK) code = add_rule(run->db, name, across_definition(run->rules, i), message);
    }
    return code;
}

static cs_error prepare(const cs_deferred_run *run, bool *is_current, cs_message *message) {
    bool has_changed = false;
    cs_error code = find_changed(run, &has_changed, message);
    *is_current = true;
    if (code != CS_OK || !has_changed) return code;
    code = begin(run, is_current, message);
    if (code == CS_OK && *is_current) code = take_in_rules(run, message);
    return end(run, code, message);
}

/* ---- one rule reading on ---- */

static cs_error set_cursor(const cs_deferred_run *run, int64_t cursor, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(run->db, "UPDATE deferred_rule SET cursor = :cursor WHERE rule = :rule", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "cursor", cursor);
    db_bind_text(stmt, "rule", run->deferral.rule->name);
    return db_run(stmt, message);
}

static void bind_kinds(cs_stmt *stmt, const cs_across *a) {
    static const char *const names[] = {"k1", "k2", "k3", "k4", "k5", "k6"};
    const cs_event_pattern *const patterns[] = {&a->when, &a->expect, &a->waiver};
    for (size_t i = 0; i < 6; i++) db_bind_text(stmt, names[i], patterns[i / 2]->kinds[i % 2]);
}

/* The rows behind the cursor, each judged as the log then stood. */
static cs_error take_rows(cs_deferred_run *run, int64_t cursor, int64_t top, cs_message *message) {
    cs_deferral *d = &run->deferral;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(run->db,
                             "SELECT " CS_LOG_COLUMNS " FROM event_log WHERE seq > :cursor AND seq <= :top AND (kind "
                             "IN (:k1, :k2, :k3, :k4, :k5, :k6, 'call.offered', '" CS_EVENT_CORRECTED
                             "') OR (kind = '" CS_EVENT_DUE "' AND by_whom = :rule)) ORDER BY seq",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "cursor", cursor);
    db_bind_int64(stmt, "top", top);
    db_bind_text(stmt, "rule", d->rule->name);
    bind_kinds(stmt, d->across);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_log_row row;
        arena_reset(run->row_arena);
        code = event_log_read(stmt, run->row_arena, &row, message);
        if (code != CS_OK) break;
        d->upto = row.seq;
        d->arrived_ms = row.arrived_ms;
        d->counts->read++;
        code = chain_take(d, &row, run->row_arena, message);
    }
    db_done(stmt);
    return code;
}

/* One transaction. *is_done: the rule has read all there is. */
static cs_error take_batch(cs_deferred_run *run, bool *is_done, cs_message *message) {
    cs_hash definition;
    int64_t cursor = 0, last = 0;
    bool is_current = false, is_known = false;
    cs_deferral *d = &run->deferral;
    cs_error code = read_rule(run->db, d->rule->name, &definition, &is_known, &cursor, message);
    if (code == CS_OK) code = event_log_last(run->db, &last, message);
    *is_done = code != CS_OK || !is_known || cursor >= last;
    if (*is_done) return code;
    code = begin(run, &is_current, message);
    if (code == CS_OK && is_current) /* again: another process may have read on meanwhile */
        code = read_rule(run->db, d->rule->name, &definition, &is_known, &cursor, message);
    if (code == CS_OK) code = event_log_last(run->db, &last, message);
    *is_done = !is_current || !is_known_as(run, d->rule->index, definition, is_known) || cursor >= last;
    if (code == CS_OK && !*is_done) {
        int64_t top = last - cursor > BATCH ? cursor + BATCH : last;
        code = take_rows(run, cursor, top, message);
        if (code == CS_OK) code = set_cursor(run, top, message);
    }
    return end(run, code, message);
}

/* ---- timers ---- */

typedef struct cs_timer {
    int64_t number, due_ms;
    char ticket[CS_MAX_NAME_BYTES + 1], customer[CS_MAX_NAME_BYTES + 1], opened_event[CS_MAX_EVENT_ID_BYTES];
} cs_timer;

static cs_error read_timers(const cs_deferred_run *run, const char *rule, cs_timer *out, uint32_t most, uint32_t *count,
                            cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(run->db,
                             "SELECT number, due_ms, coalesce(ticket, ''), coalesce(customer, ''), opened_event FROM "
                             "deferred_obligation WHERE rule = :rule AND is_current = 1 AND state = 'pending' AND "
                             "due_ms < :now ORDER BY due_ms, number LIMIT :most",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", rule);
    db_bind_int64(stmt, "now", run->now_ms - run->grace_ms);
    db_bind_int64(stmt, "most", most);
    *count = 0;
    while (*count < most && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_timer *timer = &out[(*count)++];
        timer->number = db_int64(stmt, 0);
        timer->due_ms = db_int64(stmt, 1);
        (void)snprintf(timer->ticket, sizeof timer->ticket, "%s", db_text(stmt, 2));
        (void)snprintf(timer->customer, sizeof timer->customer, "%s", db_text(stmt, 3));
        (void)snprintf(timer->opened_event, sizeof timer->opened_event, "%s", db_text(stmt, 4));
    }
    db_done(stmt);
    return code;
}

static cs_error let_go_off(const cs_deferred_run *run, const char *rule, const cs_timer *timer, bool *is_new,
                           cs_message *message) {
    char id[CS_HASH_CHARS + 1];
    deferred_timer_id(rule, timer->opened_event, timer->due_ms, id);
    const cs_field opened = {.name = "opened", .value = timer->opened_event};
    cs_log_event due = {.id = id,
                        .kind = CS_EVENT_DUE,
                        .by = rule,
                        .at_ms = timer->due_ms,
                        .ticket = timer->ticket[0] ? timer->ticket : NULL,
                        .customer = timer->customer[0] ? timer->customer : NULL,
                        .fields = &opened,
                        .field_count = 1};
    return event_log_append(run->db, CS_FROM_TIMER, &due, NULL, run->now_ms, is_new, message);
}

/* One transaction: the timers that are past due and grace become events of the log. */
static cs_error fire_batch(const cs_deferred_run *run, int64_t *fired, cs_message *message) {
    cs_timer *timers = calloc(BATCH, sizeof *timers);
    uint32_t count = 0;
    bool is_current = false, may_go_off = false;
    const char *rule = run->deferral.rule->name;
    if (!timers) return message_set(message, CS_ERR_MEMORY, "no memory for timers");
    *fired = 0;
    cs_error code = read_timers(run, rule, timers, 1, &count, message);
    if (code == CS_OK && count) code = begin(run, &is_current, message);
    if (code == CS_OK && is_current) code = is_complete(run, &may_go_off, message);
    if (code == CS_OK && may_go_off) code = read_timers(run, rule, timers, BATCH, &count, message);
    for (uint32_t i = 0; code == CS_OK && may_go_off && i < count; i++) {
        bool is_new = false;
        code = let_go_off(run, rule, &timers[i], &is_new, message);
        *fired += is_new;
    }
    free(timers);
    return db_in_transaction(run->db) ? end(run, code, message) : code;
}

/* ---- the run ---- */

static cs_error read_on(cs_deferred_run *run, cs_message *message) {
    cs_error code = CS_OK;
    for (bool is_done = false; code == CS_OK && !is_done;) code = take_batch(run, &is_done, message);
    return code;
}

/* Reads on, lets timers go off, and reads those; an obligation that a timer closes may open the next, so until none does. */
static cs_error run_rule(cs_deferred_run *run, cs_message *message) {
    cs_error code = read_on(run, message);
    for (int64_t fired = 1; code == CS_OK && fired > 0;) {
        code = fire_batch(run, &fired, message);
        run->deferral.counts->timers += fired;
        if (code == CS_OK && fired) code = read_on(run, message);
    }
    return code;
}

static cs_error open_run(cs_deferred_run *run, cs_db *db, const cs_ruleset *ruleset, int64_t now_ms,
                         cs_message *message) {
    *run = (cs_deferred_run){.db = db, .rules = ruleset, .now_ms = now_ms};
    cs_error code = ruleset_number(db, ruleset_id(ruleset), &run->number, message);
    return code == CS_OK ? deferred_grace(db, &run->grace_ms, message) : code;
}

cs_error deferred_run(cs_db *db, const cs_ruleset *ruleset, int64_t now_ms, cs_deferred_counts *counts,
                      cs_message *message) {
    cs_deferred_run run;
    bool is_current = false;
    *counts = (cs_deferred_counts){0};
    cs_error code = open_run(&run, db, ruleset, now_ms, message);
    if (code != CS_OK) return code;
    run.row_arena = arena_create(ARENA_BYTES);
    cs_arena *arena = arena_create(ARENA_BYTES), *scratch = arena_create(ARENA_BYTES);
    code = run.row_arena && arena && scratch ? prepare(&run, &is_current, message)
                                             : message_set(message, CS_ERR_MEMORY, "no memory for obligations");
    for (uint32_t i = 0; code == CS_OK && is_current && i < ruleset_rule_count(ruleset); i++) {
        if (!across_of(ruleset, i)) continue;
        run.deferral = (cs_deferral){.db = db,
                                     .rule = ruleset_rule(ruleset, i),
                                     .across = across_of(ruleset, i),
                                     .calendar = across_calendar(ruleset),
                                     .ruleset = run.number,
                                     .arena = arena,
                                     .scratch = scratch,
                                     .counts = counts};
        code = run_rule(&run, message);
    }
    arena_free(run.row_arena);
    arena_free(arena);
    arena_free(scratch);
    return code;
}

static cs_error rule_has_work(cs_deferred_run *run, uint32_t rule, int64_t last, bool may_go_off, bool *has_work,
                              cs_message *message) {
    const char *name = ruleset_rule(run->rules, rule)->name;
    cs_hash definition;
    int64_t cursor = 0;
    bool is_known = false;
    uint32_t timers = 0;
    cs_timer timer;
    cs_error code = read_rule(run->db, name, &definition, &is_known, &cursor, message);
    if (code == CS_OK && may_go_off) code = read_timers(run, name, &timer, 1, &timers, message);
    *has_work = cursor < last || timers > 0;
    return code;
}

cs_error deferred_has_work(cs_db *db, const cs_ruleset *ruleset, int64_t now_ms, bool *has_work, cs_message *message) {
    cs_deferred_run run;
    int64_t last = 0;
    bool may_go_off = false;
    *has_work = false;
    cs_error code = open_run(&run, db, ruleset, now_ms, message);
    if (code == CS_OK) code = find_changed(&run, has_work, message);
    if (code == CS_OK) code = event_log_last(db, &last, message);
    if (code == CS_OK) code = is_complete(&run, &may_go_off, message);
    for (uint32_t i = 0; code == CS_OK && !*has_work && i < ruleset_rule_count(ruleset); i++)
        if (across_of(ruleset, i)) code = rule_has_work(&run, i, last, may_go_off, has_work, message);
    return code;
}
