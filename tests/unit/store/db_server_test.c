/* What only a PostgreSQL server does. tools/test postgres starts one and names it in CALLSCOPE_TEST_POSTGRES; without it
 * there is nothing here to test. */
#include "store/db.h"

#include "folder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static cs_folder folder;
static cs_message message;

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    message = (cs_message){0};
    return 0;
}

static int stop(void **state) {
    (void)state;
    folder_remove(&folder);
    return 0;
}

static cs_db *open_store(cs_db_mode mode) {
    cs_db *db = NULL;
    cs_error code = db_open(folder.path, mode, &db, &message);
    if (code != CS_OK) print_message("%s %s\n", message.reason, message.place);
    assert_int_equal(code, CS_OK);
    assert_int_equal(db_kind(db), CS_DB_POSTGRES);
    return db;
}

static cs_error run(cs_db *db, const char *sql) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, &message);
    return code == CS_OK ? db_run(stmt, &message) : code;
}

static int64_t number(cs_db *db, const char *sql) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    assert_int_equal(db_query(db, sql, &stmt, &message), CS_OK);
    assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
    assert_true(has_row);
    int64_t value = db_int64(stmt, 0);
    db_done(stmt);
    return value;
}

static void values_come_back_as_they_went(void **state) {
    (void)state;
    static const unsigned char bytes[] = {0, 1, '\\', 0xff, 'x', 0};
    static const char name[] = "\xc4\xe3\xba\xc3 客户.wav"; /* GBK, then UTF-8 */
    cs_db *db = open_store(CS_DB_WRITE);
    cs_stmt *stmt = NULL;
    bool has_row = false;
    size_t length = 0;
    assert_int_equal(run(db, "CREATE TABLE t (i bigint, r double precision, x text, b bytea, n bigint)"), CS_OK);
    for (int round = 0; round < 8; round++) { /* nulls in turns: the types of the parameters become known by and by */
        assert_int_equal(db_query(db, "INSERT INTO t VALUES (:i, :r, :x, :b, :n)", &stmt, &message), CS_OK);
        if (round & 1) db_bind_int64(stmt, "i", INT64_MIN);
        if (round & 1) db_bind_real(stmt, "r", 0.1);
        if (round & 2)
            db_bind_text(stmt, "x", name);
        else
            db_bind_null(stmt, "x");
        if (round & 4) db_bind_bytes(stmt, "b", bytes, sizeof bytes);
        db_bind_int64(stmt, "n", round);
        assert_int_equal(db_run(stmt, &message), CS_OK);
        assert_int_equal(db_changes(db), 1);
    }
    assert_int_equal(db_query(db, "SELECT i, r, x, b, n, n > 3, sum(n) OVER () FROM t ORDER BY n", &stmt, &message),
                     CS_OK);
    for (int round = 0; round < 8; round++) {
        assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
        assert_true(has_row);
        assert_int_equal(db_is_null(stmt, 0), !(round & 1));
        if (round & 1) assert_true(db_int64(stmt, 0) == INT64_MIN);
        if (round & 1) assert_true(fabs(db_real(stmt, 1) - 0.1) == 0);
        if (round & 2)
            assert_string_equal(db_text(stmt, 2), name);
        else
            assert_null(db_text(stmt, 2));
        const void *got = db_bytes(stmt, 3, &length);
        assert_int_equal(length, round & 4 ? sizeof bytes : 0);
        if (round & 4) assert_memory_equal(got, bytes, sizeof bytes);
        assert_int_equal(db_int64(stmt, 5), round > 3);
        assert_int_equal(db_int64(stmt, 6), 28);
    }
    assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
    assert_false(has_row);
    db_done(stmt);
    db_close(db);
}

static void fill(cs_db *db, int64_t rows) {
    cs_stmt *stmt = NULL;
    assert_int_equal(run(db, "CREATE TABLE t (n bigint PRIMARY KEY, x text)"), CS_OK);
    assert_int_equal(
        db_query(db, "INSERT INTO t SELECT n, repeat('x', 200) FROM generate_series(1, :n) n", &stmt, &message), CS_OK);
    db_bind_int64(stmt, "n", rows);
    assert_int_equal(db_run(stmt, &message), CS_OK);
}

static int64_t sum_streamed(cs_db *db, int64_t least, bool asks_inside) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t sum = 0, last = 0;
    assert_int_equal(db_query(db, "SELECT n, x FROM t WHERE n >= :least ORDER BY n", &stmt, &message), CS_OK);
    db_bind_int64(stmt, "least", least);
    db_stream(stmt);
    while (db_step(stmt, &has_row, &message) == CS_OK && has_row) {
        assert_true(db_int64(stmt, 0) > last);
        last = db_int64(stmt, 0);
        sum += last;
        if (asks_inside && last % 1000 == 0) assert_int_equal(number(db, "SELECT 7"), 7);
    }
    db_done(stmt);
    return sum;
}

static void a_streamed_query_gives_all_its_rows(void **state) {
    (void)state;
    enum { ROWS = 20000 };
    cs_db *db = open_store(CS_DB_WRITE);
    fill(db, ROWS);
    const int64_t all = (int64_t)ROWS * (ROWS + 1) / 2;
    assert_int_equal(sum_streamed(db, 1, true), all); /* not in a transaction: not streamed, and the same */
    assert_int_equal(db_begin(db, &message), CS_OK);
    assert_int_equal(sum_streamed(db, 1, true), all);
    assert_int_equal(run(db, "DELETE FROM t WHERE n = 1"), CS_OK);
    assert_int_equal(sum_streamed(db, 1, false), all - 1);
    assert_int_equal(sum_streamed(db, ROWS + 1, false), 0);
    assert_int_equal(db_commit(db, &message), CS_OK);
    cs_db *reader = open_store(CS_DB_READ);
    assert_int_equal(sum_streamed(reader, 1, true), all - 1);
    assert_false(db_in_transaction(reader));
    db_close(reader);
    db_close(db);
}

static void one_writes_at_a_time(void **state) {
    (void)state;
    cs_db *one = open_store(CS_DB_WRITE), *other = open_store(CS_DB_WRITE);
    assert_int_equal(db_begin(one, &message), CS_OK);
    assert_int_equal(run(one, "INSERT INTO setting (name, value) VALUES ('a', '1')"), CS_OK);
    assert_int_equal(db_begin_brief(other, &message), CS_OK);
    assert_int_equal(run(other, "SET lock_timeout = 50"), CS_OK);
    assert_int_equal(run(other, "INSERT INTO setting (name, value) VALUES ('b', '1')"), CS_OK);
    assert_int_equal(db_commit(other, &message), CS_OK);
    assert_int_equal(db_begin(other, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.remedy, "writing to it for long"));
    assert_false(db_in_transaction(other));
    assert_int_equal(db_commit(one, &message), CS_OK);
    assert_int_equal(number(other, "SELECT count(*) FROM setting"), 2);
    db_close(one);
    db_close(other);
}

static void a_failed_query_spoils_its_transaction(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    assert_int_equal(db_begin(db, &message), CS_OK);
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('a', '1')"), CS_OK);
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('a', '2')"), CS_ERR_CONFLICT);
    assert_true(db_in_transaction(db));
    assert_int_equal(db_commit(db, &message), CS_ERR_STORE); /* never half of it */
    assert_false(db_in_transaction(db));
    assert_int_equal(number(db, "SELECT count(*) FROM setting"), 0);
    db_close(db);
}

static cs_error insert(cs_db *db, const char *name) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "INSERT INTO setting (name, value) VALUES (:name, 'x')", &stmt, &message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", name);
    return db_run(stmt, &message);
}

/* From its second time on it is sent without waiting. */
static void what_nobody_waited_for_is_said_later(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    char name[32];
    assert_int_equal(db_begin(db, &message), CS_OK);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "n%d", i);
        assert_int_equal(insert(db, name), CS_OK);
        if (i % 100 == 50) assert_int_equal(number(db, "SELECT count(*) FROM setting"), i + 1);
        if (i % 100 == 70) assert_int_equal(db_changes(db), 1);
    }
    assert_int_equal(db_commit(db, &message), CS_OK);
    assert_int_equal(number(db, "SELECT count(*) FROM setting"), 1000);

    assert_int_equal(db_begin(db, &message), CS_OK); /* said by the next answer */
    (void)insert(db, "m1");
    (void)insert(db, "n7");
    (void)insert(db, "m2");
    cs_stmt *stmt = NULL;
    bool has_row = false;
    assert_int_equal(db_query(db, "SELECT count(*) FROM setting", &stmt, &message), CS_OK);
    assert_int_equal(db_step(stmt, &has_row, &message), CS_ERR_CONFLICT);
    db_done(stmt);
    db_rollback(db);
    assert_int_equal(db_begin(db, &message), CS_OK); /* or by the end */
    (void)insert(db, "m1");
    (void)insert(db, "n7");
    assert_int_equal(db_commit(db, &message), CS_ERR_CONFLICT);
    assert_false(db_in_transaction(db));
    assert_int_equal(db_begin(db, &message), CS_OK); /* by the savepoint that it is of, and by no other */
    for (int i = 0; i < 9; i++) {
        (void)snprintf(name, sizeof name, i % 3 == 1 ? "n%d" : "k%d", i);
        assert_int_equal(db_savepoint(db, &message), CS_OK);
        cs_error code = insert(db, name);
        if (code == CS_OK) code = db_savepoint_release(db, &message);
        assert_int_equal(code, i % 3 == 1 ? CS_ERR_CONFLICT : CS_OK);
        if (code != CS_OK) db_savepoint_rollback(db);
        assert_true(db_in_transaction(db));
    }
    assert_int_equal(db_commit(db, &message), CS_OK);
    assert_int_equal(number(db, "SELECT count(*) FROM setting"), 1006);
    db_close(db);
}

static void a_broken_connection_is_noticed(void **state) {
    (void)state;
    char sql[64];
    cs_db *db = open_store(CS_DB_WRITE), *idle = open_store(CS_DB_READ), *killer = open_store(CS_DB_WRITE);
    assert_int_equal(db_begin(db, &message), CS_OK);
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('a', '1')"), CS_OK);
    int64_t pids[] = {number(db, "SELECT pg_backend_pid()"), number(idle, "SELECT pg_backend_pid()")};
    assert_false(db_is_lost(idle));
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld, 5000)", (long long)pids[i]);
        assert_int_equal(number(killer, sql), 1);
    }
    assert_true(db_is_lost(idle)); /* without having asked it anything */
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('b', '1')"), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "went away"));
    assert_non_null(strstr(message.remedy, "by itself"));
    assert_true(db_is_lost(db));
    assert_false(db_in_transaction(db));
    assert_int_equal(number(killer, "SELECT count(*) FROM setting"), 0);
    db_close(db);
    db_close(idle);
    db_close(killer);
}

static void refuse(const char *address, const char *reason, const char *remedy) {
    cs_db *db = NULL;
    assert_int_equal(db_open_at(folder.path, address, CS_DB_WRITE, &db, &message), CS_ERR_STORE);
    if (!strstr(message.reason, reason) || !strstr(message.remedy, remedy))
        print_message("%s | %s | %s\n", message.reason, message.place, message.remedy);
    assert_non_null(strstr(message.reason, reason));
    assert_non_null(strstr(message.remedy, remedy));
    assert_null(strstr(message.reason, "hunter2"));
    assert_null(strstr(message.place, "hunter2"));
}

static void what_is_wrong_with_the_server_is_said(void **state) {
    (void)state;
    const char *address = getenv("CALLSCOPE_TEST_POSTGRES");
    char other[400], user[80];
    cs_db *db = open_store(CS_DB_WRITE);
    refuse("postgres://callscope:hunter2@127.0.0.1:1/callscope", "can't be reached", "check that the server runs");
    (void)snprintf(other, sizeof other, "%.*s/nowhere", (int)(strrchr(address, '/') - address), address);
    refuse(other, "nowhere", "createdb");
    const char *at = strchr(address, '@');
    (void)snprintf(user, sizeof user, "r%s", strrchr(folder.path, '-') + 1);
    (void)snprintf(other, sizeof other, "postgres://nobody-%s:hunter2%s", user, at);
    refuse(other, "nobody-", "user and the password");
    (void)snprintf(other, sizeof other, "CREATE ROLE \"%s\" LOGIN", user);
    assert_int_equal(run(db, other), CS_OK);
    (void)snprintf(other, sizeof other, "postgres://%s:hunter2%s", user, at);
    refuse(other, "permission denied", "GRANT CREATE");
    (void)snprintf(other, sizeof other, "%s?options=-csearch_path%%3Dnowhere", address);
    refuse(other, "no schema", "CREATE SCHEMA");
    (void)snprintf(other, sizeof other, "CREATE DATABASE latin_%s ENCODING 'LATIN1' TEMPLATE template0", user);
    db_close(db);
    db = open_store(CS_DB_WRITE);
    PGconn *server = PQconnectdb(address);
    PQclear(PQexec(server, other));
    PQfinish(server);
    for (char *c = user; *c; c++) *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c); /* names fold */
    (void)snprintf(other, sizeof other, "%.*s/latin_%s", (int)(strrchr(address, '/') - address), address, user);
    refuse(other, "LATIN1", "createdb");
    db_close(db);
}

int main(void) {
    if (!folder_is_postgres()) return 0;
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(values_come_back_as_they_went),
        T(a_streamed_query_gives_all_its_rows),
        T(one_writes_at_a_time),
        T(a_failed_query_spoils_its_transaction),
        T(what_nobody_waited_for_is_said_later),
        T(a_broken_connection_is_noticed),
        T(what_is_wrong_with_the_server_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
