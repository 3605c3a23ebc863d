/* The trail: every change of it shows. */
#include "access/audit.h"

#include "base/clock.h"
#include "stage.h"

enum { ENTRIES = 6 };

static void run(const char *sql) {
    cs_stmt *stmt = NULL;
    assert_int_equal(db_query(db, sql, &stmt, &message), CS_OK);
    assert_int_equal(db_run(stmt, &message), CS_OK);
}

static cs_audit_state verify(void) {
    cs_audit_state state;
    assert_int_equal(audit_verify(db, &state, &message), CS_OK);
    return state;
}

static int fill(void **state) {
    (void)state;
    run("DELETE FROM audit");
    if (db_begin(db, &message) != CS_OK) return -1;
    for (int i = 0; i < ENTRIES; i++)
        if (audit_add(db, &boss, i % 2 ? "rule.publish" : "account.change", "什么", i == 3 ? NULL : "more", &message) !=
            CS_OK)
            return -1;
    return db_commit(db, &message) == CS_OK ? 0 : -1;
}

static void a_whole_one_is_whole(void **state) {
    (void)state;
    cs_audit_state before = verify();
    assert_int_equal(before.rows, ENTRIES);
    assert_int_equal(before.broken, 0);
    assert_int_equal(audit_write(folder.path, &account_of_this_machine, "conversation.reveal", "T-1", "x", &message),
                     CS_OK);
    cs_audit_state after = verify();
    assert_int_equal(after.rows, ENTRIES + 1);
    assert_memory_not_equal(after.hash, before.hash, sizeof after.hash);
}

static void any_change_shows(void **state) {
    (void)state;
    static const char *const changes[] = {
        "UPDATE audit SET subject = 'other' WHERE number = 3",
        "UPDATE audit SET detail = 'mor' WHERE number = 3",
        "UPDATE audit SET name = 'x' WHERE number = 3",
        "UPDATE audit SET at_ms = at_ms + 1 WHERE number = 3",
        "UPDATE audit SET account = 0 WHERE number = 3",
        "UPDATE audit SET action = 'rule.publis' WHERE number = 3",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit WHERE number < 3",
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        assert_int_equal(fill(state), 0);
        run(changes[i]);
        assert_true(verify().broken >= 3);
    }
}

/* What moves from one field into the next is another entry. */
static void fields_are_kept_apart(void **state) {
    (void)state;
    run("UPDATE audit SET subject = 'ab', detail = 'c' WHERE number = 1");
    cs_audit_state state_of = verify();
    assert_int_equal(state_of.broken, 1);
}

static size_t listed(const char *action, int64_t before, int limit) {
    cs_buffer text;
    cs_json_writer out;
    cs_json *json = NULL;
    cs_audit_filter filter = {CS_NO_TIME, CS_NO_TIME, INT64_MIN, action, before, limit};
    buffer_init(&text, 1 << 20);
    json_writer_init(&out, &text);
    assert_int_equal(audit_list(db, &filter, &out, &message), CS_OK);
    assert_int_equal(json_parse(buffer_string(&text), text.length, 1 << 20, &json, &message), CS_OK);
    size_t count = json_length(json_get(json, "entries"));
    json_free(json);
    buffer_free(&text);
    return count;
}

static void it_is_listed_by_noun_and_page(void **state) {
    (void)state;
    assert_int_equal(listed(NULL, 0, 100), ENTRIES);
    assert_int_equal(listed("rule.", 0, 100), ENTRIES / 2);
    assert_int_equal(listed("rule.publish", 0, 100), ENTRIES / 2);
    assert_int_equal(listed("rul", 0, 100), 0);
    assert_int_equal(listed(NULL, 3, 100), 2);
    assert_int_equal(listed(NULL, 0, 4), 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_whole_one_is_whole, fill),
        cmocka_unit_test(any_change_shows),
        cmocka_unit_test_setup(fields_are_kept_apart, fill),
        cmocka_unit_test_setup(it_is_listed_by_noun_and_page, fill),
    };
    return cmocka_run_group_tests(tests, stage_open, stage_close);
}
