/* Rows of imports: their states, what may follow what, lists, refusals, and whom they belong to. */
#include "imports/import.h"

#include "../store/folder.h"
#include "imports/import_command.h"
#include "imports/import_lock.h"
#include "imports/refusal.h"
#include "imports/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static cs_folder folder;
static cs_message message;
static cs_db *db;

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    if (!hash_start()) return -1;
    return db_open(folder.path, CS_DB_WRITE, &db, &message) == CS_OK ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    db_close(db);
    folder_remove(&folder);
    return 0;
}

static int64_t create(cs_import_how how, cs_import_state first) {
    int64_t number = 0;
    assert_int_equal(import_create(db, &(cs_import_start){.how = how, .state = first}, 1000, &number, &message), CS_OK);
    return number;
}

static cs_import_state state_of(int64_t number) {
    cs_import_row row;
    assert_int_equal(import_read(db, number, &row, &message), CS_OK);
    return row.state;
}

static char json[1 << 16];

static const char *shown(int64_t number) {
    cs_buffer text;
    cs_json_writer out;
    buffer_init(&text, sizeof json);
    json_writer_init(&out, &text);
    assert_int_equal(import_write(db, number, NULL, NULL, &out, &message), CS_OK);
    (void)snprintf(json, sizeof json, "%s", buffer_string(&text));
    buffer_free(&text);
    return json;
}

#define BIT(name) (1u << CS_IMPORT_STATE_##name)

static void states_follow_each_other_as_they_may(void **state) {
    (void)state;
    int64_t number = create(CS_IMPORT_UPLOAD, CS_IMPORT_STATE_OPEN);
    assert_int_equal(import_turn(db, number, BIT(OPEN), CS_IMPORT_STATE_WAITING, 2000, &message), CS_OK);
    assert_int_equal(import_turn(db, number, BIT(OPEN), CS_IMPORT_STATE_WAITING, 2000, &message), CS_ERR_CONFLICT);
    assert_non_null(strstr(message.reason, "is waiting"));
    assert_true(message.remedy[0]);
    assert_int_equal(state_of(number), CS_IMPORT_STATE_WAITING);
    assert_int_equal(import_turn(db, number, BIT(WAITING), CS_IMPORT_STATE_RUNNING, 3000, &message), CS_OK);
    assert_non_null(strstr(shown(number), "\"started_ms\":3000,\"ended_ms\":null"));
    assert_int_equal(import_turn(db, number, BIT(RUNNING), CS_IMPORT_STATE_DONE, 4000, &message), CS_OK);
    assert_non_null(strstr(shown(number), "\"started_ms\":3000,\"ended_ms\":4000"));
    assert_non_null(strstr(json, "\"can_undo\":true"));
    assert_int_equal(import_turn(db, 99, BIT(OPEN), CS_IMPORT_STATE_WAITING, 1, &message), CS_ERR_NOT_FOUND);
}

static void counts_and_words_are_kept(void **state) {
    (void)state;
    int64_t number = create(CS_IMPORT_API, CS_IMPORT_STATE_RUNNING);
    cs_import_counts counts = {.inspected = 7, .records_new = 3, .joins_doubtful = 2};
    cs_import_row row;
    assert_int_equal(import_save_counts(db, number, &counts, &message), CS_OK);
    assert_int_equal(import_read(db, number, &row, &message), CS_OK);
    assert_int_equal(row.counts.inspected, 7);
    assert_int_equal(row.counts.records_new, 3);
    assert_int_equal(row.counts.joins_doubtful, 2);
    assert_false(row.counts.has_undo);
    assert_null(strstr(shown(number), "undo\":{"));
    counts.has_undo = true;
    counts.undo_removed = 5;
    assert_int_equal(import_save_counts(db, number, &counts, &message), CS_OK);
    assert_non_null(strstr(shown(number), "\"undo\":{\"removed\":5"));
    cs_message trouble = {.reason = "the disk \"is\" full", .remedy = "free some"};
    assert_int_equal(import_save_trouble(db, number, &trouble, &message), CS_OK);
    assert_non_null(strstr(shown(number), "\"message\":\"the disk \\\"is\\\" full\""));
    import_counts_read("nonsense", &counts);
    assert_int_equal(counts.inspected, 0);
}

static void lists_begin_with_the_newest_and_go_on(void **state) {
    (void)state;
    for (int i = 0; i < 5; i++) (void)create(CS_IMPORT_UPLOAD, CS_IMPORT_STATE_OPEN);
    char after[8] = "";
    int64_t expected = 5;
    for (int page = 0; page < 3; page++) {
        cs_buffer text;
        cs_json_writer out;
        cs_json *list = NULL;
        buffer_init(&text, 1 << 16);
        json_writer_init(&out, &text);
        assert_int_equal(import_list(db, NULL, 2, after, &out, &message), CS_OK);
        assert_int_equal(json_parse(buffer_string(&text), text.length, 1 << 16, &list, &message), CS_OK);
        const cs_json *items = json_get(list, "items");
        assert_int_equal(json_length(items), page < 2 ? 2 : 1);
        for (size_t i = 0; i < json_length(items); i++) {
            int64_t number = 0;
            assert_true(json_int64(json_get(json_at(items, i), "number"), &number));
            assert_int_equal(number, expected--);
        }
        const char *next = json_string(json_get(list, "next"), NULL);
        assert_int_equal(next != NULL, page < 2);
        (void)snprintf(after, sizeof after, "%s", next ? next : "");
        json_free(list);
        buffer_free(&text);
    }
    cs_json_writer out;
    cs_buffer text;
    buffer_init(&text, 100);
    json_writer_init(&out, &text);
    assert_int_equal(import_list(db, NULL, 2, "x1", &out, &message), CS_ERR_USAGE);
    buffer_free(&text);
}

static void refusals_are_kept_up_to_their_bound(void **state) {
    (void)state;
    int64_t number = create(CS_IMPORT_UPLOAD, CS_IMPORT_STATE_RUNNING);
    cs_refusal_log *log = NULL;
    cs_message why = {.reason = "日期不对", .place = "line 3", .remedy = "write it as 2026-02-14"};
    assert_int_equal(refusal_log_open(folder.path, number, &log, &message), CS_OK);
    for (int i = 0; i < CS_MAX_REFUSALS + 5; i++) refusal_add(log, "a.csv", i % 2 ? "C-1" : NULL, &why);
    assert_int_equal(refusal_log_close(log, &message), CS_OK);
    assert_non_null(strstr(shown(number), "\"refusals\":10000"));
    cs_buffer text;
    cs_json_writer out;
    buffer_init(&text, 1 << 16);
    json_writer_init(&out, &text);
    assert_int_equal(refusal_list(db, number, 2, "1", &out, &message), CS_OK);
    assert_string_equal(
        buffer_string(&text),
        "{\"items\":[{\"file\":\"a.csv\",\"conversation\":\"C-1\",\"place\":\"line 3\",\"reason\":"
        "\"日期不对\",\"remedy\":\"write it as 2026-02-14\"},{\"file\":\"a.csv\",\"conversation\":null,"
        "\"place\":\"line 3\",\"reason\":\"日期不对\",\"remedy\":\"write it as 2026-02-14\"}],\"next\":\"3\"}");
    buffer_free(&text);
    assert_int_equal(refusal_forget(db, number, &message), CS_OK);
    assert_non_null(strstr(shown(number), "\"refusals\":0"));
}

static void an_import_has_one_owner(void **state) {
    (void)state;
    int first = import_lock_take(folder.path, 7), other = import_lock_take(folder.path, 8);
    assert_true(first >= 0 && other >= 0);
    assert_int_equal(import_lock_take(folder.path, 7), -1);
    import_lock_release(first);
    first = import_lock_take(folder.path, 7);
    assert_true(first >= 0);
    import_lock_release(first);
    import_lock_release(other);
}

static void a_command_that_changed_nothing_leaves_no_row(void **state) {
    (void)state;
    cs_import_command *command = NULL;
    cs_import_row row;
    cs_inspect_counts counts = {.expected = 3, .unchanged = 3};
    assert_int_equal(import_command_begin(folder.path, "calls", &command, &message), CS_OK);
    int64_t number = import_command_number(command);
    assert_int_equal(state_of(number), CS_IMPORT_STATE_RUNNING);
    assert_int_equal(import_command_end(command, CS_OK, &counts, &message, NULL, &message), CS_OK);
    assert_int_equal(import_read(db, number, &row, &message), CS_ERR_NOT_FOUND);

    assert_int_equal(import_command_begin(folder.path, "calls", &command, &message), CS_OK);
    number = import_command_number(command);
    counts.inspected = 1;
    assert_int_equal(import_command_end(command, CS_OK, &counts, &message, NULL, &message), CS_OK);
    assert_int_equal(state_of(number), CS_IMPORT_STATE_DONE);

    assert_int_equal(import_command_begin(folder.path, "calls", &command, &message), CS_OK);
    number = import_command_number(command);
    cs_message why = {.reason = "the disk is full"};
    assert_int_equal(import_command_end(command, CS_ERR_STORE, &counts, &why, NULL, &message), CS_OK);
    assert_int_equal(state_of(number), CS_IMPORT_STATE_FAILED);
    assert_non_null(strstr(shown(number), "the disk is full"));
}

static void one_that_was_killed_is_told_by_the_next(void **state) {
    (void)state;
    cs_import_command *command = NULL;
    cs_inspect_counts counts = {.inspected = 1};
    int64_t killed = create(CS_IMPORT_COMMAND, CS_IMPORT_STATE_RUNNING),
            uploaded = create(CS_IMPORT_UPLOAD, CS_IMPORT_STATE_RUNNING);
    assert_int_equal(import_command_begin(folder.path, "calls", &command, &message), CS_OK);
    assert_int_equal(state_of(killed), CS_IMPORT_STATE_CANCELLED);
    assert_non_null(strstr(shown(killed), "the program ended before it was done"));
    assert_int_equal(state_of(uploaded), CS_IMPORT_STATE_RUNNING); /* its server goes on with it */
    int64_t own = import_command_number(command);
    cs_import_command *second = NULL; /* while the first still runs */
    assert_int_equal(import_command_begin(folder.path, "calls", &second, &message), CS_OK);
    assert_int_equal(state_of(own), CS_IMPORT_STATE_RUNNING);
    assert_int_equal(import_command_end(second, CS_OK, &counts, &message, NULL, &message), CS_OK);
    assert_int_equal(import_command_end(command, CS_OK, &counts, &message, NULL, &message), CS_OK);
}

static void a_key_stands_for_one_body(void **state) {
    (void)state;
    cs_hash one = hash_bytes("a", 1), two = hash_bytes("b", 1);
    int64_t number = 0, found = 0;
    bool is_same = false;
    cs_import_start first = {
        .how = CS_IMPORT_API, .state = CS_IMPORT_STATE_WAITING, .idempotency_key = "k", .request = &one};
    assert_int_equal(import_create(db, &first, 1, &number, &message), CS_OK);
    assert_int_equal(import_of_key(db, "k", one, &found, &is_same, &message), CS_OK);
    assert_true(found == number && is_same);
    assert_int_equal(import_of_key(db, "k", two, &found, &is_same, &message), CS_OK);
    assert_true(found == number && !is_same);
    assert_int_equal(import_of_key(db, "other", two, &found, &is_same, &message), CS_OK);
    assert_int_equal(found, 0);
    assert_int_equal(import_create(db, &first, 1, &found, &message), CS_ERR_CONFLICT);
}

/* Rows of lists keep the number of the last import that saw them: another with that number would take them for its own. */
static void a_number_is_not_given_again(void **state) {
    (void)state;
    int64_t number = create(CS_IMPORT_COMMAND, CS_IMPORT_STATE_RUNNING);
    assert_int_equal(import_forget(db, number, &message), CS_OK);
    assert_true(create(CS_IMPORT_COMMAND, CS_IMPORT_STATE_RUNNING) > number);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(states_follow_each_other_as_they_may),
        T(counts_and_words_are_kept),
        T(lists_begin_with_the_newest_and_go_on),
        T(refusals_are_kept_up_to_their_bound),
        T(an_import_has_one_owner),
        T(a_command_that_changed_nothing_leaves_no_row),
        T(one_that_was_killed_is_told_by_the_next),
        T(a_key_stands_for_one_body),
        T(a_number_is_not_given_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
