/* Taking an import back, row by row: what goes, what stays, and what is put on the lists of the pipeline. What returns needs
 * real texts: tests/api/imports.test.mjs. */
#include "imports/undo.h"

#include "../store/folder.h"
#include "imports/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { MANY = 450 }; /* more than two steps */

static cs_folder folder;
static cs_message message;
static cs_db *db;

static void run(const char *sql) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, &message);
    if (code == CS_OK) code = db_run(stmt, &message);
    if (code != CS_OK) print_message("%s\n%s\n", sql, message.reason);
    assert_int_equal(code, CS_OK);
}

static int64_t number_of(const char *sql) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    assert_int_equal(db_query(db, sql, &stmt, &message), CS_OK);
    assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
    int64_t number = has_row ? db_int64(stmt, 0) : -1;
    db_done(stmt);
    return number;
}

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    if (!hash_start() || db_open(folder.path, CS_DB_WRITE, &db, &message) != CS_OK) return -1;
    run("INSERT INTO ruleset (number, id, scorecard, engine, source, created_ms) VALUES (1, x'01', 1, '1', x'', 0)");
    for (int i = 1; i <= 3; i++)
        run("INSERT INTO import (how, name, state, created_ms) VALUES ('upload', 'x', 'undoing', 0)");
    return 0;
}

static int stop(void **state) {
    (void)state;
    db_close(db);
    folder_remove(&folder);
    return 0;
}

/* A conversation with `versions` texts and as many inspections. */
static void add_conversation(int64_t seq, int versions) {
    char sql[1200];
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO conversation (seq, external_id, timeline_hash, timeline_version, ruleset, inspection, run_ms, "
        "id, zone_minutes, channel, turns, high_risk, hit, missed, undecided, noted, met, clean, worst, tags, "
        "source) VALUES (%lld, 'C-%lld', x'%02x', %d, 1, %d, 0, 'id-%lld', 0, 'chat', 2, 0, 0, 0, 0, 0, 0, 0, '', "
        "'[]', '/in/%lld.json')",
        (long long)seq, (long long)seq, versions, versions, versions, (long long)seq, (long long)seq);
    run(sql);
    for (int v = 1; v <= versions; v++) {
        (void)snprintf(sql, sizeof sql, "INSERT INTO timeline VALUES (%lld, %d, x'%02x', x'')", (long long)seq, v, v);
        run(sql);
        (void)snprintf(sql, sizeof sql, "INSERT INTO inspection VALUES (%lld, %d, %d, 1, 0, x'')", (long long)seq, v,
                       v);
        run(sql);
    }
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO finding (seq, number, inspection, rule, ordinal, verdict, reason, evidence) VALUES (%lld, 1, "
        "%d, 'r', 1, 6, 'absent', '[]')",
        (long long)seq, versions);
    run(sql);
}

static void add_item(int64_t import, int64_t seq, int was) {
    char sql[128];
    if (was)
        (void)snprintf(sql, sizeof sql, "INSERT INTO import_item VALUES (%lld, %lld, %d)", (long long)import,
                       (long long)seq, was);
    else
        (void)snprintf(sql, sizeof sql, "INSERT INTO import_item VALUES (%lld, %lld, NULL)", (long long)import,
                       (long long)seq);
    run(sql);
}

static cs_import_counts undo(int64_t import) {
    cs_import_row row;
    assert_int_equal(import_read(db, import, &row, &message), CS_OK);
    cs_error code = undo_run(db, folder.path, NULL, import, NULL, &row.counts, &message);
    if (code != CS_OK) print_message("%s %s\n", message.reason, message.place);
    assert_int_equal(code, CS_OK);
    return row.counts;
}

static void what_it_made_goes_with_all_that_hangs_on_it(void **state) {
    (void)state;
    add_conversation(1, 1);
    add_conversation(2, 1);
    add_item(1, 1, 0);
    run("INSERT INTO as_read VALUES (1, 1, x'01', x'')");
    run("INSERT INTO join_due (seq) VALUES (1)");
    run("INSERT INTO source (path, bytes, modified_ns, mapping, conversations, read_ms, import) VALUES ('/in/1.json', "
        "1, 1, "
        "x'', 1, 1, 1), ('/in/2.json', 1, 1, x'', 1, 1, 2)");
    run("INSERT INTO record (number, kind, key, is_current, path, source, line, hash, body) VALUES (7, 'calls', 'k', "
        "1, "
        "'/s', 's', 1, x'', '{}')");
    run("INSERT INTO record_match VALUES (7, 'matched', 1, 'id', NULL)");
    cs_import_counts counts = undo(1);
    assert_int_equal(counts.undo_removed, 1);
    assert_true(counts.has_undo);
    assert_int_equal(number_of("SELECT count(*) FROM conversation"), 1);
    assert_int_equal(number_of("SELECT count(*) FROM timeline WHERE seq = 1"), 0);
    assert_int_equal(number_of("SELECT count(*) FROM inspection WHERE seq = 1"), 0);
    assert_int_equal(number_of("SELECT count(*) FROM finding WHERE seq = 1"), 0);
    assert_int_equal(number_of("SELECT count(*) FROM as_read"), 0);
    assert_int_equal(number_of("SELECT count(*) FROM source"), 1);
    assert_int_equal(number_of("SELECT count(*) FROM import_item"), 0);
    /* another's record is matched again */
    assert_int_equal(number_of("SELECT record FROM match_due"), 7);
    assert_int_equal(number_of("SELECT count(*) FROM record_match"), 0);
}

static void what_a_later_import_changed_stays_and_is_handed_on(void **state) {
    (void)state;
    add_conversation(1, 2);
    add_conversation(2, 3);
    add_item(1, 1, 0); /* made by 1, changed by 2 */
    add_item(2, 1, 1);
    add_item(1, 2, 1); /* changed by 1, then by 3 */
    add_item(3, 2, 2);
    assert_int_equal(undo(1).undo_kept, 2);
    assert_int_equal(number_of("SELECT count(*) FROM conversation"), 2);
    assert_int_equal(number_of("SELECT was_version IS NULL FROM import_item WHERE import = 2"), 1);
    assert_int_equal(number_of("SELECT was_version FROM import_item WHERE import = 3"), 1);
    assert_int_equal(undo(2).undo_removed, 1);
}

static void make_blob(const char *name) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/recordings/%.2s", folder.path, name);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof path, "%s/recordings/%.2s/%s", folder.path, name, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fclose(file);
}

static bool has_blob(const char *name) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/recordings/%.2s/%s", folder.path, name, name);
    return access(path, F_OK) == 0;
}

static void blobs_go_when_nobody_has_them_any_more(void **state) {
    (void)state;
    static const char *const names[] = {"aa000000000000000000000000000001", "bb000000000000000000000000000002",
                                        "cc000000000000000000000000000003"};
    char path[512];
    (void)snprintf(path, sizeof path, "%s/recordings", folder.path);
    (void)mkdir(path, 0700);
    for (int i = 0; i < 3; i++) make_blob(names[i]);
    add_conversation(1, 1);
    add_conversation(2, 1);
    add_item(1, 1, 0);
    run("INSERT INTO recording VALUES (1, 8000, 1, 1000, 'cc000000000000000000000000000003', '{}'), (2, 8000, 1, 1000, "
        "'', "
        "'{}')");
    run("INSERT INTO recording_part VALUES (1, 1, '/a', 1, 1, 'aa000000000000000000000000000001', 1), "
        "(1, 2, '/b', 1, 1, 'bb000000000000000000000000000002', 1), (2, 1, '/b', 1, 1, "
        "'bb000000000000000000000000000002', "
        "1)");
    (void)undo(1);
    assert_false(has_blob(names[0]));
    assert_true(has_blob(names[1])); /* another conversation plays it */
    assert_false(has_blob(names[2]));
}

static void many_go_step_by_step_and_a_stop_is_heard(void **state) {
    (void)state;
    run("BEGIN");
    for (int i = 1; i <= MANY; i++) {
        add_conversation(i, 1);
        add_item(1, i, 0);
    }
    run("COMMIT");
    cs_import_counts counts = {0};
    volatile sig_atomic_t is_stopped = 1;
    assert_int_equal(undo_run(db, folder.path, NULL, 1, &is_stopped, &counts, &message), CS_ERR_STOPPED);
    assert_int_equal(number_of("SELECT count(*) FROM conversation"), MANY);
    assert_int_equal(undo(1).undo_removed, MANY);
    assert_int_equal(number_of("SELECT count(*) FROM conversation"), 0);
    cs_import_row row; /* what was counted is in the row, for whoever goes on */
    assert_int_equal(import_read(db, 1, &row, &message), CS_OK);
    assert_int_equal(row.counts.undo_removed, MANY);
    assert_int_equal(undo(1).undo_removed, MANY); /* again: nothing is left to do */
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(what_it_made_goes_with_all_that_hangs_on_it),
        T(what_a_later_import_changed_stays_and_is_handed_on),
        T(blobs_go_when_nobody_has_them_any_more),
        T(many_go_step_by_step_and_a_stop_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
