/* deferred_stage.h - a store with rules across conversations, made anew for each test, and events to put into its log.
 * Memory: start and stop make and release all of it. */
#ifndef CS_TESTS_DEFERRED_STAGE_H
#define CS_TESTS_DEFERRED_STAGE_H

#include "quality/archive.h"
#include "quality/deferred.h"
#include "quality/event_log.h"

#include "../store/folder.h"
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char RULES[] = "calendar\n"
                            "  zone +08:00\n"
                            "  workdays mon - fri\n"
                            "  hours 09:00 - 18:00\n"
                            "  holiday 2026-10-01 - 2026-10-07\n"
                            "  workday 2026-10-10\n"
                            "rule callback\n"
                            "  when   event ticket.closed where kind = 投诉\n"
                            "  expect call answered to customer about this ticket by end of day 3 after\n"
                            "  waived by event ticket.reopened about this ticket\n"
                            "  else   compliance -15\n"
                            "rule repeat\n"
                            "  when   event call.answered where direction = in\n"
                            "  never  call answered from customer about this customer within 2d after\n"
                            "  else   experience -5\n"
                            "rule visit\n"
                            "  when   event repair.ordered\n"
                            "  expect event repair.done about this ticket within 2 workdays after\n"
                            "  waived by event customer.gone about this customer\n"
                            "  else   compliance -5\n";

static cs_folder folder;
static cs_message message;
static cs_db *db;
static cs_ruleset *rules;
static cs_arena *arena;
static cs_deferred_counts counts;

#define GOOD(call)                                                                                                     \
    do {                                                                                                               \
        cs_error code_ = (call);                                                                                       \
        if (code_ != CS_OK) print_error("%s: %s\n", #call, message.reason);                                            \
        assert_int_equal(code_, CS_OK);                                                                                \
    } while (0)

static inline cs_ruleset *load(const char *text) {
    char source[8192];
    cs_ruleset *loaded = NULL;
    snprintf(source, sizeof source, "%%%%file a/test.rules %zu\n%s\n", strlen(text), text);
    GOOD(ruleset_restore(source, strlen(source), &loaded, &message));
    return loaded;
}

static inline void use_rules(const char *text) {
    ruleset_release(rules);
    rules = load(text);
    GOOD(archive_save_ruleset(db, rules, &message));
}

static inline int start(void **state) {
    (void)state;
    folder_make(&folder);
    message = (cs_message){0};
    arena = arena_create(256 << 20);
    rules = NULL;
    if (!hash_start() || db_open(folder.path, CS_DB_WRITE, &db, &message) != CS_OK) return -1;
    use_rules(RULES);
    return 0;
}

static inline int stop(void **state) {
    (void)state;
    db_close(db);
    ruleset_release(rules);
    arena_free(arena);
    folder_remove(&folder);
    return 0;
}

static inline void reopen(void) {
    db_close(db);
    db = NULL;
    GOOD(db_open(folder.path, CS_DB_WRITE, &db, &message));
}

static inline int64_t ms(const char *text) {
    int64_t at = 0;
    assert_true(clock_parse_local(text, 480, &at));
    return at;
}

static inline void append(const cs_log_event *event) {
    bool is_new;
    GOOD(event_log_append(db, CS_FROM_FILE, event, "test", event->at_ms, &is_new, &message));
}

static const cs_field COMPLAINT[] = {{.name = "kind", .value = "投诉", .kind = CS_FIELD_TEXT}};

static inline void closed(const char *id, const char *at, const char *ticket, const char *customer) {
    append(&(cs_log_event){.id = id,
                           .kind = "ticket.closed",
                           .at_ms = ms(at),
                           .ticket = ticket,
                           .customer = customer,
                           .fields = COMPLAINT,
                           .field_count = 1});
}

static inline void happened(const char *kind, const char *id, const char *at, const char *ticket,
                            const char *customer) {
    append(&(cs_log_event){.id = id, .kind = kind, .at_ms = ms(at), .ticket = ticket, .customer = customer});
}

static inline void called(const char *id, const char *at, const char *ticket, const char *customer) {
    append(&(cs_log_event){.id = id,
                           .kind = "call.answered",
                           .at_ms = ms(at),
                           .ticket = ticket,
                           .customer = customer,
                           .direction = "out",
                           .by = "李晓芸"});
}

static inline void run(const char *now) {
    GOOD(deferred_run(db, rules, ms(now), &counts, &message));
}

/* Rows of one text column, joined by blanks. */
static inline const char *ask(const char *sql) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    char *all = arena_string(arena, "");
    GOOD(db_query(db, sql, &stmt, &message));
    while (db_step(stmt, &has_row, &message) == CS_OK && has_row)
        all = arena_printf(arena, "%s%s%s", all, *all ? " " : "", db_text(stmt, 0));
    db_done(stmt);
    return all;
}

static inline int64_t number(const char *sql) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    GOOD(db_query(db, sql, &stmt, &message));
    assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
    int64_t value = has_row ? db_int64(stmt, 0) : -1;
    db_done(stmt);
    return value;
}

static inline void is(const char *expected) {
    const char *states =
        ask("SELECT substr(opened_event, 3) || ':' || state FROM deferred_obligation WHERE is_current = 1 "
            "ORDER BY opened_ms, opened_event");
    assert_string_equal(states, expected);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

#endif
