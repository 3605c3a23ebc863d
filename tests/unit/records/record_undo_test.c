/* What taking an import back leaves of rows: what other imports hold stays, and what they replaced counts again. */
#include "records/record_store.h"

#include "../store/folder.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static cs_folder folder;
static cs_message message;
static cs_db *db;

static void check(cs_error code) {
    if (code != CS_OK) print_message("%s (%s)\n", message.reason, message.place);
    assert_int_equal(code, CS_OK);
}

static void run(const char *sql) {
    cs_stmt *stmt = NULL;
    check(db_query(db, sql, &stmt, &message));
    check(db_run(stmt, &message));
}

static int64_t number_of(const char *sql) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    check(db_query(db, sql, &stmt, &message));
    check(db_step(stmt, &has_row, &message));
    int64_t number = has_row ? db_int64(stmt, 0) : -1;
    db_done(stmt);
    return number;
}

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    if (!hash_start() || db_open(folder.path, CS_DB_WRITE, &db, &message) != CS_OK) return -1;
    for (int i = 1; i <= 4; i++)
        run("INSERT INTO import (how, name, state, created_ms) VALUES ('command', 'x', 'done', 0)");
    run("INSERT INTO source (path, bytes, modified_ns, mapping, conversations, read_ms, import) VALUES "
        "('/in/calls.csv', 1, 1, x'', 0, 1, NULL)");
    return 0;
}

static int stop(void **state) {
    (void)state;
    db_close(db);
    folder_remove(&folder);
    return 0;
}

static cs_record_saved add(int64_t import, const char *queue) {
    cs_record_saved outcome;
    cs_record record = {.kind = CS_MAPPING_CALLS, .key = "=C1", .path = "/in/calls.csv", .source = "calls.csv"};
    for (size_t i = 0; i < CS_COLUMN_USES; i++) record.times[i] = CS_NO_TIME;
    record.from_ms = record.times[CS_COLUMN_TIME] = 1772413200000;
    record.to_ms = CS_NO_TIME;
    record.cells[CS_COLUMN_CONVERSATION] = "C1";
    record.cells[CS_COLUMN_QUEUE] = queue;
    record.cells[CS_COLUMN_CUSTOMER] = "K1";
    record.cells[CS_COLUMN_ACCOUNT] = "a1";
    check(record_save(db, &record, import, NULL, &outcome, &message));
    return outcome;
}

/* The file was read again, and the row stands in it no more. */
static void leave_out(int64_t import) {
    const cs_record_span span = {.from_ms = 1772380800000, .to_ms = 1772467199999};
    int64_t count = 0;
    bool left = true;
    while (left) check(records_retire(db, "/in/calls.csv", import, &span, 10, NULL, &count, &left, &message));
    assert_int_equal(count, 1);
}

static int64_t undo(int64_t import) {
    char sql[80];
    int64_t removed = 0;
    bool left = true;
    (void)snprintf(sql, sizeof sql, "UPDATE import SET state = 'undoing' WHERE number = %lld", (long long)import);
    run(sql);
    while (left) check(records_undo(db, import, 10, NULL, &removed, &left, &message));
    (void)snprintf(sql, sizeof sql, "UPDATE import SET state = 'undone' WHERE number = %lld", (long long)import);
    run(sql);
    return removed;
}

/* The queue that counts: "" none. */
static const char *counted(void) {
    static char queue[40];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    const char *sql = db_kind(db) == CS_DB_SQLITE
                          ? "SELECT json_extract(body, '$.cells.queue') FROM record WHERE is_current = 1"
                          : "SELECT body::json #>> '{cells,queue}' FROM record WHERE is_current = 1";
    check(db_query(db, sql, &stmt, &message));
    check(db_step(stmt, &has_row, &message));
    (void)snprintf(queue, sizeof queue, "%s", has_row ? db_text(stmt, 0) : "");
    db_done(stmt);
    return queue;
}

static void what_a_later_import_holds_too_stays_and_is_its(void **state) {
    (void)state;
    assert_int_equal(add(1, "A"), CS_RECORD_NEW);
    assert_int_equal(add(2, "A"), CS_RECORD_UNCHANGED);
    assert_int_equal(undo(1), 0);
    assert_string_equal(counted(), "A");
    assert_int_equal(number_of("SELECT count(*) FROM person_naming WHERE import = 2"), 1);
    assert_int_equal(undo(2), 1);
    assert_string_equal(counted(), "");
}

static void one_that_was_taken_back_holds_nothing(void **state) {
    (void)state;
    (void)add(1, "A");
    (void)add(2, "A");
    assert_int_equal(undo(2), 0);
    assert_int_equal(undo(1), 1);
    assert_string_equal(counted(), "");
}

static void what_it_replaced_goes_with_it_to_the_later_one(void **state) {
    (void)state;
    (void)add(1, "A");
    assert_int_equal(add(2, "B"), CS_RECORD_CHANGED);
    (void)add(3, "B");
    assert_int_equal(undo(2), 0);
    assert_string_equal(counted(), "B");
    assert_int_equal(undo(3), 1);
    assert_string_equal(counted(), "A");
}

static void its_file_can_be_read_again(void **state) {
    (void)state;
    (void)add(1, "A");
    assert_int_equal(undo(1), 1);
    assert_int_equal(number_of("SELECT count(*) FROM source"), 0);
}

static void a_row_that_was_left_out_and_came_back_counts_when_both_are_taken_back(void **state) {
    (void)state;
    (void)add(1, "A");
    leave_out(2);
    assert_int_equal(add(3, "C"), CS_RECORD_NEW);
    assert_int_equal(undo(2), 0);
    assert_string_equal(counted(), "C");
    assert_int_equal(undo(3), 1);
    assert_string_equal(counted(), "A");
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(what_a_later_import_holds_too_stays_and_is_its),
        T(one_that_was_taken_back_holds_nothing),
        T(what_it_replaced_goes_with_it_to_the_later_one),
        T(its_file_can_be_read_again),
        T(a_row_that_was_left_out_and_came_back_counts_when_both_are_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
