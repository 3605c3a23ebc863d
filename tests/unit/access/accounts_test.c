/* Accounts: the first is a manager's, one stays, nobody is overwritten; roles are ordered. */
#include "access/accounts.h"

#include "stage.h"

static cs_error add(const char *name, cs_account_role role, const char *agent) {
    cs_account account = account_named(name, role, agent);
    return accounts_add(db, &account, "hash", &message);
}

static void names_are_told_apart_without_case(void **state) {
    (void)state;
    cs_account_row row;
    assert_int_equal(add("Zhao", CS_ACCOUNT_REVIEWER, ""), CS_OK);
    assert_int_equal(add("ZHAO", CS_ACCOUNT_REVIEWER, ""), CS_ERR_CONFLICT);
    assert_int_equal(add("ｚｈａｏ", CS_ACCOUNT_REVIEWER, ""), CS_ERR_CONFLICT);
    assert_int_equal(accounts_find_name(db, "zhao", &row, &message), CS_OK);
    assert_string_equal(row.account.name, "Zhao");
    assert_int_equal(accounts_find_name(db, "zha", &row, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(accounts_find(db, 999, &row, &message), CS_ERR_NOT_FOUND);
}

static void what_can_not_be_is_refused(void **state) {
    (void)state;
    assert_int_equal(add("", CS_ACCOUNT_REVIEWER, ""), CS_ERR_USAGE);
    assert_int_equal(add(" x", CS_ACCOUNT_REVIEWER, ""), CS_ERR_USAGE);
    assert_int_equal(add("x\ny", CS_ACCOUNT_REVIEWER, ""), CS_ERR_USAGE);
    assert_int_equal(add("\xff", CS_ACCOUNT_REVIEWER, ""), CS_ERR_USAGE);
    assert_int_equal(add("agent", CS_ACCOUNT_AGENT, ""), CS_ERR_USAGE); /* whose conversations? */
    assert_string_equal(message.place, "agent");
}

static void one_manager_stays(void **state) {
    (void)state;
    cs_account_row row;
    assert_int_equal(accounts_find(db, boss.number, &row, &message), CS_OK);
    row.account.role = CS_ACCOUNT_REVIEWER;
    assert_int_equal(accounts_change(db, &row, NULL, &message), CS_ERR_CONFLICT);
    assert_string_equal(message.place, "role");
    row.account.role = CS_ACCOUNT_MANAGER;
    row.is_disabled = true;
    assert_int_equal(accounts_change(db, &row, NULL, &message), CS_ERR_CONFLICT);
}

static void who_saw_an_older_state_changes_nothing(void **state) {
    (void)state;
    cs_account_row one, other;
    assert_int_equal(add("shared", CS_ACCOUNT_REVIEWER, ""), CS_OK);
    assert_int_equal(accounts_find_name(db, "shared", &one, &message), CS_OK);
    other = one;
    (void)snprintf(one.account.name, sizeof one.account.name, "by one");
    assert_int_equal(accounts_change(db, &one, NULL, &message), CS_OK);
    (void)snprintf(other.account.name, sizeof other.account.name, "by the other");
    assert_int_equal(accounts_change(db, &other, NULL, &message), CS_ERR_CONFLICT);
    assert_int_equal(accounts_find(db, one.account.number, &other, &message), CS_OK);
    assert_string_equal(other.account.name, "by one");
    assert_int_equal(other.changes, one.changes + 1);
    assert_string_equal(other.password, "hash"); /* it stays where none is given */
}

static void the_first_is_a_managers(void **state) {
    (void)state;
    cs_folder empty;
    cs_db *other = NULL;
    bool has_any = true;
    cs_account account = account_named("a", CS_ACCOUNT_REVIEWER, "");
    folder_make(&empty);
    assert_int_equal(db_open(empty.path, CS_DB_WRITE, &other, &message), CS_OK);
    assert_int_equal(accounts_any(other, &has_any, &message), CS_OK);
    assert_false(has_any);
    assert_int_equal(accounts_add(other, &account, "hash", &message), CS_ERR_CONFLICT);
    account.role = CS_ACCOUNT_MANAGER;
    assert_int_equal(accounts_add(other, &account, "hash", &message), CS_OK);
    assert_int_equal(accounts_any(other, &has_any, &message), CS_OK);
    assert_true(has_any);
    db_close(other);
    folder_remove(&empty);
}

static void roles_are_ordered(void **state) {
    (void)state;
    for (cs_account_role has = 0; has < CS_ACCOUNT_ROLES; has++) {
        cs_account account = {.role = has};
        assert_int_equal(account_role_parse(account_role_name(has)), has);
        for (cs_account_role least = 0; least < CS_ACCOUNT_ROLES; least++)
            assert_int_equal(account_may(&account, least), has >= least);
    }
    assert_int_equal(account_role_parse("boss"), CS_ACCOUNT_ROLES);
    assert_true(account_may(&account_of_this_machine, CS_ACCOUNT_MANAGER));
    assert_false(account_may(&account_of_nobody, CS_ACCOUNT_REVIEWER));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_told_apart_without_case),
        cmocka_unit_test(what_can_not_be_is_refused),
        cmocka_unit_test(one_manager_stays),
        cmocka_unit_test(who_saw_an_older_state_changes_nothing),
        cmocka_unit_test(the_first_is_a_managers),
        cmocka_unit_test(roles_are_ordered),
    };
    return cmocka_run_group_tests(tests, stage_open, stage_close);
}
