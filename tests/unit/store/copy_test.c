#include "base/hash.h"
#include "folder.h"
#include "store/copy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <libpq-fe.h>

/* A store and a place for its copy; both on PostgreSQL, or one of each, where a server is named. */
typedef struct stage {
    cs_folder a, b;
    cs_db *from, *to;
    cs_message message;
    cs_copy_counts counts;
    char from_address[256], to_address[256];
    int64_t stop_after; /* looks of the watch */
} stage;

static void must(stage *s, cs_error code) {
    if (code != CS_OK) fail_msg("%s (%s)", s->message.reason, s->message.place);
}

static void run(stage *s, cs_db *db, const char *sql) {
    cs_stmt *stmt = NULL;
    must(s, db_query(db, sql, &stmt, &s->message));
    must(s, db_run(stmt, &s->message));
}

static int64_t number(stage *s, cs_db *db, const char *sql) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    must(s, db_query(db, sql, &stmt, &s->message));
    must(s, db_step(stmt, &has_row, &s->message));
    int64_t value = has_row && !db_is_null(stmt, 0) ? db_int64(stmt, 0) : -1;
    db_done(stmt);
    return value;
}

static void add_conversation(stage *s, cs_db *db, int i) {
    static const char insert[] =
        "INSERT INTO conversation (external_id, timeline_hash, timeline_version, ruleset, inspection, run_ms, id, "
        "zone_minutes, "
        "channel, turns, decided_share, high_risk, hit, missed, undecided, noted, met, clean, worst, tags, title) "
        "VALUES "
        "(:id, :hash, 1, 1, 1, 0, :id, 480, 'call', 3, :share, 0, 0, 0, 0, 0, 0, 0, '', '', :title)";
    unsigned char bytes[5] = {0, (unsigned char)i, 0xff, 0, (unsigned char)(i >> 8)};
    char id[32];
    cs_stmt *stmt = NULL;
    (void)snprintf(id, sizeof id, "客户-%d", i);
    must(s, db_query(db, insert, &stmt, &s->message));
    db_bind_text(stmt, "id", id);
    db_bind_bytes(stmt, "hash", bytes, i % 7 == 0 ? 0 : sizeof bytes);
    db_bind_real(stmt, "share", 0.1 * i + 1.0 / 3);
    if (i % 3)
        db_bind_text(stmt, "title", i % 2 ? "" : "Says \"hello\" ' \\ 𠮷");
    else
        db_bind_null(stmt, "title");
    must(s, db_run(stmt, &s->message));
}

static void fill(stage *s, cs_db *db, int conversations) {
    must(s, db_begin(db, &s->message));
    run(s, db, "INSERT INTO ruleset (id, scorecard, engine, source, created_ms) VALUES ('x', 1, '1', 'y', 5)");
    for (int i = 0; i < conversations; i++) add_conversation(s, db, i);
    run(s, db,
        "INSERT INTO finding (seq, number, inspection, rule, ordinal, verdict, reason, evidence) SELECT seq, 1, 1, "
        "'r', 1, "
        "7, 'present', '[]' FROM conversation");
    run(s, db, "INSERT INTO person (kind, created_ms) VALUES ('customer', 1), ('customer', 2), ('agent', 3)");
    run(s, db, "UPDATE person SET merged_into = 2 WHERE number = 1"); /* a row that comes later */
    run(s, db,
        "INSERT INTO import (how, name, state, created_ms) VALUES ('upload', 'a', 'done', 1), ('upload', 'b', 'done', "
        "1)");
    run(s, db, "DELETE FROM import WHERE number = 2"); /* its number is never given again */
    must(s, db_commit(db, &s->message));
}

/* An empty schema of the server that the environment names. */
static void make_schema(const char *name, char *address, size_t size) {
    char sql[160];
    const char *server = getenv("CALLSCOPE_TEST_POSTGRES");
    PGconn *connection = PQconnectdb(server);
    (void)snprintf(sql, sizeof sql,
                   "SET client_min_messages = error; DROP SCHEMA IF EXISTS %s CASCADE; CREATE SCHEMA %s", name, name);
    PQclear(PQexec(connection, sql));
    if (PQstatus(connection) != CONNECTION_OK) fail_msg("%s", PQerrorMessage(connection));
    PQfinish(connection);
    (void)snprintf(address, size, "%s?options=-csearch_path%%3D%s", server, name);
}

static int set_up_pair(void **state, bool from_postgres, bool to_postgres) {
    stage *s = calloc(1, sizeof *s);
    if (!hash_start() || !s) return -1;
    s->stop_after = INT64_MAX;
    folder_make(&s->a);
    folder_make(&s->b);
    (void)snprintf(s->from_address, sizeof s->from_address, "sqlite");
    (void)snprintf(s->to_address, sizeof s->to_address, "sqlite");
    if (from_postgres) make_schema("copy_test_from", s->from_address, sizeof s->from_address);
    if (to_postgres) make_schema("copy_test_to", s->to_address, sizeof s->to_address);
    must(s, db_open_at(s->a.path, s->from_address, CS_DB_WRITE, &s->from, &s->message));
    must(s, db_open_at(s->b.path, s->to_address, CS_DB_WRITE, &s->to, &s->message));
    *state = s;
    return 0;
}

static int sqlite_to_sqlite(void **state) {
    return set_up_pair(state, false, false);
}

static int sqlite_to_postgres(void **state) {
    return set_up_pair(state, false, true);
}

static int postgres_to_sqlite(void **state) {
    return set_up_pair(state, true, false);
}

static int tear_down(void **state) {
    stage *s = *state;
    db_close(s->from);
    db_close(s->to);
    folder_remove(&s->a);
    folder_remove(&s->b);
    free(s);
    return 0;
}

static bool watch(void *context, const cs_copy_state *state) {
    stage *s = context;
    assert_true(state->number >= 1 && state->number <= state->count && state->table[0]);
    return --s->stop_after > 0;
}

static cs_error copy(stage *s) {
    cs_db *reading = NULL;
    must(s, db_open_at(s->a.path, s->from_address, CS_DB_READ, &reading, &s->message));
    must(s, db_begin(reading, &s->message));
    cs_error code = copy_run(reading, s->to, watch, s, &s->counts, &s->message);
    db_rollback(reading);
    db_close(reading);
    return code;
}

static void the_copy_holds_everything(void **state) {
    stage *s = *state;
    bool is_it = false;
    fill(s, s->from, 300);
    must(s, copy(s));
    assert_int_equal(s->counts.resumed, 0);
    assert_true(s->counts.rows >= 605 && s->counts.tables > 20);
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM conversation"), 300);
    assert_int_equal(number(s, s->to, "SELECT merged_into FROM person WHERE number = 1"), 2);
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM conversation WHERE title IS NULL"), 100);
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM conversation WHERE length(timeline_hash) = 0"), 43);
    must(s, copy_is_under_way(s->to, &is_it, &s->message));
    assert_true(is_it);
    must(s, copy_settle(s->to, &s->message));
    must(s, copy_is_under_way(s->to, &is_it, &s->message));
    assert_false(is_it);
    assert_int_equal(copy(s), CS_ERR_CONFLICT);
    assert_non_null(strstr(s->message.reason, "not empty"));
}

static void numbers_go_on_where_they_were(void **state) {
    stage *s = *state;
    fill(s, s->from, 3);
    must(s, copy(s));
    run(s, s->to, "INSERT INTO import (how, name, state, created_ms) VALUES ('upload', 'c', 'done', 1)");
    assert_int_equal(number(s, s->to, "SELECT max(number) FROM import"), 3);
    add_conversation(s, s->to, 77);
    assert_int_equal(number(s, s->to, "SELECT max(seq) FROM conversation"), 4);
}

static void a_stopped_copy_goes_on(void **state) {
    stage *s = *state;
    int tries = 1;
    fill(s, s->from, 9000);
    s->stop_after = 3;
    for (cs_error code; (code = copy(s)) != CS_OK; tries++) {
        assert_int_equal(code, CS_ERR_STOPPED);
        assert_non_null(strstr(s->message.remedy, "goes on"));
        assert_true(tries < 200);
        s->stop_after = tries + 3;
    }
    assert_true(tries > 2);
    assert_true(s->counts.resumed > 0);
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM finding"), 9000);
}

static void what_changed_meanwhile_is_copied_anew(void **state) {
    stage *s = *state;
    fill(s, s->from, 50);
    must(s, copy(s));
    run(s, s->from, "UPDATE conversation SET title = 'another' WHERE seq = 7");
    add_conversation(s, s->from, 60);
    run(s, s->from, "DELETE FROM finding WHERE seq = 9");
    must(s, copy(s));
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM conversation"), 51);
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM conversation WHERE title = 'another'"), 1);
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM finding"), 49);
    must(s, copy(s));
    assert_int_equal(s->counts.resumed, s->counts.rows);
}

static void a_copy_that_differs_is_noticed_and_mended(void **state) {
    stage *s = *state;
    fill(s, s->from, 50);
    must(s, copy(s));
    run(s, s->to, "UPDATE conversation SET decided_share = 0.5 WHERE seq = 7");
    assert_int_equal(copy(s), CS_ERR_STORE);
    assert_non_null(strstr(s->message.reason, "\"conversation\""));
    must(s, copy(s));
    run(s, s->to, "DELETE FROM finding WHERE seq = 3");
    assert_int_equal(copy(s), CS_ERR_STORE);
    must(s, copy(s));
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM finding"), 50);
}

/* Killed behind the switch, before its notes went: it is a store in use, and another copy to it must not empty it. */
static void what_became_a_store_is_never_emptied(void **state) {
    stage *s = *state;
    fill(s, s->from, 50);
    must(s, copy(s));
    must(s, copy_place(s->to, &s->message));
    must(s, copy(s)); /* the same again: nothing to do */
    run(s, s->to, "UPDATE conversation SET title = 'in use' WHERE seq = 7");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(copy(s), CS_ERR_CONFLICT);
        assert_non_null(strstr(s->message.reason, "not empty"));
    }
    run(s, s->from, "DELETE FROM finding WHERE seq = 9");
    assert_int_equal(copy(s), CS_ERR_CONFLICT);
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM conversation WHERE title = 'in use'"), 1);
    assert_int_equal(number(s, s->to, "SELECT count(*) FROM finding"), 50);
}

#define EACH(set_up)                                                                                                   \
    cmocka_unit_test_setup_teardown(the_copy_holds_everything, set_up, tear_down),                                     \
        cmocka_unit_test_setup_teardown(numbers_go_on_where_they_were, set_up, tear_down),                             \
        cmocka_unit_test_setup_teardown(a_stopped_copy_goes_on, set_up, tear_down),                                    \
        cmocka_unit_test_setup_teardown(what_changed_meanwhile_is_copied_anew, set_up, tear_down),                     \
        cmocka_unit_test_setup_teardown(a_copy_that_differs_is_noticed_and_mended, set_up, tear_down),                 \
        cmocka_unit_test_setup_teardown(what_became_a_store_is_never_emptied, set_up, tear_down)

int main(void) {
    const struct CMUnitTest alone[] = {EACH(sqlite_to_sqlite)};
    const struct CMUnitTest with_server[] = {EACH(sqlite_to_postgres), EACH(postgres_to_sqlite)};
    int failed = cmocka_run_group_tests(alone, NULL, NULL);
    if (!getenv("CALLSCOPE_TEST_POSTGRES")) {
        puts("skipped: copies to and from PostgreSQL; CALLSCOPE_TEST_POSTGRES names no server (tools/test postgres)");
        return failed;
    }
    return failed + cmocka_run_group_tests(with_server, NULL, NULL);
}
