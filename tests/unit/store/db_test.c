/* What db.h promises: handles, statements, transactions, migrations, and clear words when the disk or the file is bad. */
#include "store/db.h"

#include "folder.h"
#include "store/migrations.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>

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
    if (code != CS_OK) print_message("%s\n", message.reason);
    assert_int_equal(code, CS_OK);
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

static void a_new_store_has_the_newest_shape(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    assert_int_equal(number(db, "SELECT max(version) FROM schema_version"), migrations_newest());
    assert_int_equal(number(db, "SELECT count(*) FROM conversation"), 0);
    if (db_kind(db) == CS_DB_SQLITE) {
        assert_int_equal(number(db, "PRAGMA synchronous"), 2);
        assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
    } else {
        assert_int_equal(number(db, "SELECT current_setting('synchronous_commit') = 'on'"), 1);
    }
    db_close(db);
    db = open_store(CS_DB_WRITE); /* a second time changes nothing */
    assert_int_equal(number(db, "SELECT count(*) FROM schema_version"), migrations_newest());
    db_close(db);
}

static void reading_needs_a_store(void **state) {
    (void)state;
    cs_db *db = NULL;
    assert_int_equal(db_open(folder.path, CS_DB_READ, &db, &message), CS_ERR_NOT_FOUND);
    assert_null(db);
    assert_non_null(strstr(message.reason, folder_is_postgres() ? "no store" : folder.path));
    db_close(open_store(CS_DB_WRITE));
    db = open_store(CS_DB_READ);
    assert_int_not_equal(run(db, "INSERT INTO setting (name, value) VALUES ('a', 'b')"), CS_OK);
    db_close(db);
}

static void a_newer_store_is_refused(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    assert_int_equal(run(db, "INSERT INTO schema_version (version, title, applied_ms) VALUES (999, 'x', 0)"), CS_OK);
    db_close(db);
    db = NULL;
    assert_int_equal(db_open(folder.path, CS_DB_READ, &db, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "newer program"));
    assert_int_equal(db_open(folder.path, CS_DB_WRITE, &db, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "newer program"));
    assert_true(message.remedy[0]);
    assert_null(db);
}

static void an_older_store_is_not_read(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    assert_int_equal(run(db, "UPDATE schema_version SET version = -version"), CS_OK);
    db_close(db);
    db = NULL;
    assert_int_equal(db_open(folder.path, CS_DB_READ, &db, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "older program"));
}

static void a_foreign_database_is_left_alone(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    assert_int_equal(run(db, "DROP TABLE schema_version"), CS_OK);
    db_close(db);
    assert_int_equal(db_open(folder.path, CS_DB_WRITE, &db, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "another program"));
}

static void a_damaged_file_is_named(void **state) {
    (void)state;
    SQLITE_ALONE("it damages callscope.db");
    db_close(open_store(CS_DB_WRITE));
    FILE *file = fopen(folder.file, "r+b");
    assert_non_null(file);
    for (int i = 0; i < 4096; i++) assert_int_not_equal(fputc(0x5a, file), EOF);
    assert_int_equal(fclose(file), 0);
    cs_db *db = NULL;
    assert_int_equal(db_open(folder.path, CS_DB_READ, &db, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.place, "callscope.db"));
    assert_non_null(strstr(message.remedy, "damaged"));
    assert_int_equal(db_open(folder.path, CS_DB_WRITE, &db, &message), CS_ERR_STORE);
}

static void a_full_disk_is_said_and_undone(void **state) {
    (void)state;
    SQLITE_ALONE("PRAGMA max_page_count");
    cs_db *db = open_store(CS_DB_WRITE);
    char limit[64];
    (void)snprintf(limit, sizeof limit, "PRAGMA max_page_count=%lld", (long long)number(db, "PRAGMA page_count") + 4);
    int64_t most = number(db, limit);
    assert_int_equal(number(db, "PRAGMA max_page_count"), most);
    assert_int_equal(db_begin(db, &message), CS_OK);
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('kept', '1')"), CS_OK);
    assert_int_equal(db_commit(db, &message), CS_OK);
    assert_int_equal(db_begin(db, &message), CS_OK);
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('big', hex(randomblob(100000)))"),
                     CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "full"));
    assert_non_null(strstr(message.remedy, "space"));
    db_rollback(db);
    assert_int_equal(number(db, "SELECT count(*) FROM setting"), 1);
    db_close(db);
}

static void a_file_that_may_not_grow_is_said(void **state) {
    (void)state;
    SQLITE_ALONE("it limits what the own process may write");
    cs_db *db = open_store(CS_DB_WRITE);
    struct rlimit old, small = {.rlim_cur = 256 * 1024};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small.rlim_max = old.rlim_max;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    cs_error code = run(db, "INSERT INTO setting (name, value) VALUES ('big', hex(randomblob(1000000)))");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(code, CS_ERR_STORE);
    assert_true(message.remedy[0]);
    assert_int_equal(number(db, "SELECT count(*) FROM setting"), 0);
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('small', '1')"), CS_OK);
    db_close(db);
}

static void parameters_go_by_name(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    cs_stmt *stmt = NULL;
    bool has_row = false;
    assert_int_equal(db_query(db, "SELECT :b, :a, :c, :d", &stmt, &message), CS_OK);
    db_bind_int64(stmt, "a", -7);
    db_bind_text(stmt, "b", "客户");
    db_bind_bytes(stmt, "c", NULL, 0);
    db_bind_text(stmt, "d", NULL);
    assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
    assert_string_equal(db_text(stmt, 0), "客户");
    assert_int_equal(db_int64(stmt, 1), -7);
    assert_false(db_is_null(stmt, 2));
    assert_true(db_is_null(stmt, 3));
    db_done(stmt);

    assert_int_equal(db_query(db, "SELECT :a", &stmt, &message), CS_OK);
    db_bind_int64(stmt, "wrong", 1);
    assert_int_equal(db_step(stmt, &has_row, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, ":wrong"));
    db_done(stmt);
    assert_int_equal(run(db, "SELECT nothing FROM nowhere"), CS_ERR_STORE);
    db_close(db);
}

static void the_same_query_may_run_inside_itself(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    const char *sql = "SELECT column1 FROM (VALUES (1), (2), (3)) v";
    cs_stmt *outer = NULL, *inner = NULL;
    bool has_outer = false, has_inner = false;
    int64_t sum = 0;
    assert_int_equal(db_query(db, sql, &outer, &message), CS_OK);
    while (db_step(outer, &has_outer, &message) == CS_OK && has_outer) {
        assert_int_equal(db_query(db, sql, &inner, &message), CS_OK);
        assert_ptr_not_equal(inner, outer);
        while (db_step(inner, &has_inner, &message) == CS_OK && has_inner)
            sum += db_int64(outer, 0) * db_int64(inner, 0);
        db_done(inner);
    }
    db_done(outer);
    assert_int_equal(sum, 36);
    db_close(db);
}

static void many_different_queries_stay_bounded(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    char sql[64];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 500; i++) {
            (void)snprintf(sql, sizeof sql, "SELECT %d", i);
            assert_int_equal(number(db, sql), i);
        }
    db_close(db);
}

static void a_savepoint_undoes_alone(void **state) {
    (void)state;
    cs_db *db = open_store(CS_DB_WRITE);
    assert_int_equal(db_begin(db, &message), CS_OK);
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('a', '1')"), CS_OK);
    assert_int_equal(db_savepoint(db, &message), CS_OK);
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('b', '1')"), CS_OK);
    assert_int_equal(db_changes(db), 1);
    db_savepoint_rollback(db);
    assert_int_equal(db_savepoint(db, &message), CS_OK);
    assert_int_equal(run(db, "INSERT INTO setting (name, value) VALUES ('a', '2')"), CS_ERR_CONFLICT);
    db_savepoint_rollback(db);
    assert_true(db_in_transaction(db));
    assert_int_equal(db_commit(db, &message), CS_OK);
    assert_int_equal(number(db, "SELECT count(*) FROM setting"), 1);
    db_close(db);
}

static void a_reader_sees_one_state(void **state) {
    (void)state;
    cs_db *writer = open_store(CS_DB_WRITE), *reader = open_store(CS_DB_READ);
    assert_int_equal(db_begin(reader, &message), CS_OK);
    assert_int_equal(number(reader, "SELECT count(*) FROM setting"), 0);
    assert_int_equal(run(writer, "INSERT INTO setting (name, value) VALUES ('a', '1')"), CS_OK);
    assert_int_equal(number(reader, "SELECT count(*) FROM setting"), 0);
    assert_int_equal(db_commit(reader, &message), CS_OK);
    assert_int_equal(number(reader, "SELECT count(*) FROM setting"), 1);
    db_close(reader);
    db_close(writer);
}

static void a_replaced_store_is_noticed(void **state) {
    (void)state;
    SQLITE_ALONE("it removes callscope.db");
    db_close(open_store(CS_DB_WRITE));
    cs_db *db = open_store(CS_DB_READ);
    assert_false(db_is_lost(db));
    assert_int_equal(unlink(folder.file), 0);
    assert_true(db_is_lost(db));
    db_close(db);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(a_new_store_has_the_newest_shape),
        T(reading_needs_a_store),
        T(a_newer_store_is_refused),
        T(an_older_store_is_not_read),
        T(a_foreign_database_is_left_alone),
        T(a_damaged_file_is_named),
        T(a_full_disk_is_said_and_undone),
        T(a_file_that_may_not_grow_is_said),
        T(parameters_go_by_name),
        T(the_same_query_may_run_inside_itself),
        T(many_different_queries_stay_bounded),
        T(a_savepoint_undoes_alone),
        T(a_reader_sees_one_state),
        T(a_replaced_store_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
