/* What match.h promises: a match is a function of all records and conversations, in whatever order they came and went. */
#include "records/match.h"

#include "../store/folder.h"
#include "base/hash.h"
#include "records/join.h"
#include "records/record_mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const int64_t NINE = 1772413200000, HOUR_MS = 3600000; /* 2026-03-02 09:00 +08:00 */

static cs_folder folder;
static cs_message message;
static cs_db *db;

static int stop(void **state) {
    (void)state;
    db_close(db);
    folder_remove(&folder);
    return 0;
}

static void check(cs_error code) {
    if (code != CS_OK) print_message("%s (%s)\n", message.reason, message.place);
    assert_int_equal(code, CS_OK);
}

static void run(const char *sql) {
    cs_stmt *stmt = NULL;
    check(db_query(db, sql, &stmt, &message));
    check(db_run(stmt, &message));
}

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    if (!hash_start() || db_open(folder.path, CS_DB_WRITE, &db, &message) != CS_OK) return -1;
    run("INSERT INTO ruleset (number, id, scorecard, engine, source, created_ms) VALUES (1, x'01', 1, '1', x'', 0)");
    return 0;
}

/* ---- what arrives ---- */

/* A call of three hours with a recording. */
static void add_call(int64_t seq, const char *number) {
    char sql[700];
    const char *recordings[] = {"/in/a.wav"};
    cs_field field = {.name = "number", .value = number};
    const cs_conversation c = {
        .external_id = "R-1", .channel = CS_CHANNEL_CALL, .started_ms = NINE, .fields = &field, .field_count = 1};
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO conversation (seq, external_id, timeline_hash, timeline_version, ruleset, inspection, run_ms, id, "
        "zone_minutes, channel, turns, high_risk, hit, missed, undecided, noted, met, clean, worst, tags, source, "
        "started_ms, duration_ms) VALUES (%lld, 'R-1', x'01', 1, 1, 1, 0, 'id', 0, 'call', 2, 0, 0, 0, 0, 0, 0, 0, "
        "'', '[]', '', %lld, %lld) ON CONFLICT DO NOTHING",
        (long long)seq, (long long)NINE, (long long)(3 * HOUR_MS));
    run(sql);
    check(mark_conversation(db, seq, &c, recordings, 1, &message));
}

static void remove_call(int64_t seq) {
    char sql[80];
    check(mark_removed(db, seq, &message));
    (void)snprintf(sql, sizeof sql, "DELETE FROM conversation WHERE seq = %lld", (long long)seq);
    run(sql);
}

static void add_row(cs_mapping_kind kind, const char *key, const char *number, int64_t at_ms, cs_column_use names,
                    const char *name) {
    cs_record_saved outcome;
    cs_record record = {.kind = kind, .key = key, .path = "/in/rows.csv", .source = "rows.csv", .line = 2};
    for (size_t i = 0; i < CS_COLUMN_USES; i++) record.times[i] = CS_NO_TIME;
    record.from_ms = record.times[CS_COLUMN_TIME] = at_ms;
    record.to_ms = CS_NO_TIME;
    record.tolerance_ms = 120000;
    record.cells[CS_COLUMN_NUMBER] = number;
    if (name) record.cells[names] = name;
    check(record_save(db, &record, 1, NULL, &outcome, &message));
}

static void arrive(char what) {
    switch (what) {
    case 'c': add_call(1, "13812345678"); break;
    case 'n': add_row(CS_MAPPING_CALLS, "n", "13812345678", NINE + 30000, CS_COLUMN_USES, NULL); break;
    case 'i': add_row(CS_MAPPING_CALLS, "i", NULL, CS_NO_TIME, CS_COLUMN_CONVERSATION, "R-1"); break;
    case 'w': add_row(CS_MAPPING_CALLS, "w", NULL, CS_NO_TIME, CS_COLUMN_RECORDING, "a.wav"); break;
    default: add_row(CS_MAPPING_TICKETS, "t", "13812345678", NINE + 190 * 60000, CS_COLUMN_TICKET, "T-1"); break;
    }
}

/* ---- what it came to ---- */

static const char *settle(char out[400]) {
    int done = 100;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    size_t used = 0;
    while (done == 100) check(match_due_some(db, 100, &done, &message));
    check(db_query(db,
                   "SELECT r.key, m.state, m.reason, coalesce(m.seq, 0) FROM record r JOIN record_match m ON m.record "
                   "= r.number ORDER BY r.key",
                   &stmt, &message));
    out[0] = 0;
    while (db_step(stmt, &has_row, &message) == CS_OK && has_row)
        used += (size_t)snprintf(out + used, 400 - used, "%s %s %s %lld\n", db_text(stmt, 0), db_text(stmt, 1),
                                 db_text(stmt, 2), (long long)db_int64(stmt, 3));
    db_done(stmt);
    return out;
}

static void empty(void) {
    static const char *const tables[] = {"match_due", "join_due",         "record_match",
                                         "record",    "conversation_key", "conversation"};
    char sql[80];
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        (void)snprintf(sql, sizeof sql, "DELETE FROM %s", tables[i]);
        run(sql);
    }
}

/* Each time something has come all is matched, as at the end of a run. */
static void try_order(const char *order, const char *expected) {
    char came[400];
    empty();
    for (const char *at = order; *at; at++) {
        arrive(*at);
        (void)settle(came);
    }
    if (strcmp(came, expected) != 0) print_message("order %s\n", order);
    assert_string_equal(came, expected);
}

static void try_all_orders(char *order, size_t at, const char *expected) {
    if (!order[at]) try_order(order, expected);
    for (size_t i = at; order[i]; i++) {
        char one = order[at], other = order[i];
        order[at] = other;
        order[i] = one;
        try_all_orders(order, at + 1, expected);
        order[at] = one;
        order[i] = other;
    }
}

/* ---- the tests ---- */

static void rows_that_name_a_call_come_before_one_that_fits_it(void **state) {
    (void)state;
    char order[] = "cin";
    try_all_orders(order, 0, "i matched id 1\nn doubtful another_record 0\n");
}

static void rows_that_name_a_call_by_id_and_by_recording_are_in_doubt(void **state) {
    (void)state;
    char order[] = "ciwn";
    try_all_orders(order, 0, "i doubtful another_record 0\nn doubtful another_record 0\nw doubtful another_record 0\n");
}

static void a_ticket_finds_a_long_call(void **state) {
    (void)state;
    char order[] = "cnt";
    try_all_orders(order, 0, "n matched number_time 1\nt matched number_time 1\n");
}

static void doubt_goes_with_what_caused_it(void **state) {
    (void)state;
    char came[400];
    for (const char *at = "ciw"; *at; at++) arrive(*at);
    assert_string_equal(settle(came), "i doubtful another_record 0\nw doubtful another_record 0\n");
    remove_call(1);
    assert_string_equal(settle(came), "i unmatched no_conversation 0\nw unmatched no_conversation 0\n");
}

static void a_call_that_changed_its_number_frees_what_fitted_it(void **state) {
    (void)state;
    char came[400];
    add_call(1, "13812345678");
    add_row(CS_MAPPING_CALLS, "n", "13812345678", NINE + 30000, CS_COLUMN_USES, NULL);
    add_row(CS_MAPPING_CALLS, "o", "13812345678", NINE + 60000, CS_COLUMN_USES, NULL);
    assert_string_equal(settle(came), "n doubtful another_record 0\no doubtful another_record 0\n");
    add_call(1, "13900000000");
    assert_string_equal(settle(came), "n unmatched no_conversation 0\no unmatched no_conversation 0\n");
}

/* Another program's import may bring a row between the joining of a call and its saving. */
static void what_becomes_due_while_it_is_joined_stays_due(void **state) {
    (void)state;
    int64_t marks, later;
    bool must_inspect;
    add_call(1, "13812345678");
    check(mark_join(db, 1, &message));
    check(join_due(db, 1, &marks, &must_inspect, &message));
    assert_int_equal(marks, 1);
    check(mark_inspect(db, 1, &message));
    check(join_done(db, 1, marks, &message));
    check(join_due(db, 1, &later, &must_inspect, &message));
    assert_true(later > marks && must_inspect);
    check(join_done(db, 1, later, &message));
    check(join_next(db, 0, &later, &message));
    assert_int_equal(later, 0);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(rows_that_name_a_call_come_before_one_that_fits_it),
        T(rows_that_name_a_call_by_id_and_by_recording_are_in_doubt),
        T(a_ticket_finds_a_long_call),
        T(doubt_goes_with_what_caused_it),
        T(a_call_that_changed_its_number_frees_what_fitted_it),
        T(what_becomes_due_while_it_is_joined_stays_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
