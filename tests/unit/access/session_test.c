/* How long a session lasts, and what ends it. */
#include "access/session.h"

#include "stage.h"

#define NOW 1700000000000LL
#define MINUTE 60000LL

static char token[CS_SESSION_TOKEN_CHARS + 1];
static cs_session session;

static cs_error find_at(int64_t now, cs_session_kind kind) {
    return session_find(db, token, kind, now, &session, &message);
}

static void open_one(cs_session_kind kind) {
    assert_int_equal(db_begin(db, &message), CS_OK);
    assert_int_equal(session_open(db, &boss, kind, "a browser", "10.0.0.7", NOW, token, &message), CS_OK);
    assert_int_equal(db_commit(db, &message), CS_OK);
}

static void it_ends_when_nobody_uses_it(void **state) {
    (void)state;
    open_one(CS_SESSION_BROWSER);
    assert_int_equal(find_at(NOW, CS_SESSION_BROWSER), CS_OK);
    assert_int_equal(session.account.number, boss.number);
    assert_int_equal(session.account.role, CS_ACCOUNT_MANAGER);
    assert_int_equal(find_at(NOW + CS_SESSION_IDLE_MS - 1, CS_SESSION_BROWSER), CS_OK);
    assert_int_equal(find_at(NOW + CS_SESSION_IDLE_MS, CS_SESSION_BROWSER), CS_ERR_SIGN_IN);
    assert_int_equal(find_at(NOW, CS_SESSION_KEY), CS_ERR_SIGN_IN); /* a cookie is no key */
}

static void it_ends_after_seven_days_however_often_it_is_used(void **state) {
    (void)state;
    int64_t end = NOW + CS_SESSION_DAYS * 24 * 60 * MINUTE;
    open_one(CS_SESSION_BROWSER);
    assert_int_equal(find_at(NOW, CS_SESSION_BROWSER), CS_OK);
    assert_int_equal(session_seen(db, session.number, end - MINUTE, &message), CS_OK);
    assert_int_equal(session_seen(db, session.number, NOW, &message), CS_OK); /* never back */
    assert_int_equal(find_at(end - 1, CS_SESSION_BROWSER), CS_OK);
    assert_int_equal(find_at(end, CS_SESSION_BROWSER), CS_ERR_SIGN_IN);
    assert_int_equal(session_forget_ended(db, end, &message), CS_OK);
    assert_int_equal(find_at(NOW, CS_SESSION_BROWSER), CS_ERR_SIGN_IN);
}

static void a_key_lasts_until_it_is_taken_back(void **state) {
    (void)state;
    open_one(CS_SESSION_KEY);
    assert_int_equal(find_at(NOW + 5000LL * 24 * 60 * MINUTE, CS_SESSION_KEY), CS_OK);
    assert_int_equal(session_forget_ended(db, NOW * 2, &message), CS_OK);
    assert_int_equal(find_at(NOW, CS_SESSION_KEY), CS_OK);
    assert_int_equal(session_end(db, boss.number + 1, session.number, &message), CS_ERR_NOT_FOUND); /* another's */
    assert_int_equal(session_end(db, boss.number, session.number, &message), CS_OK);
    assert_int_equal(find_at(NOW, CS_SESSION_KEY), CS_ERR_SIGN_IN);
}

static void a_new_password_ends_keys_too_but_the_session_that_set_it(void **state) {
    (void)state;
    open_one(CS_SESSION_KEY);
    assert_int_equal(find_at(NOW, CS_SESSION_KEY), CS_OK);
    int64_t own = session.number;
    assert_int_equal(session_end_others(db, boss.number, own, &message), CS_OK);
    assert_int_equal(find_at(NOW, CS_SESSION_KEY), CS_OK);
    assert_int_equal(session_end_others(db, boss.number, 0, &message), CS_OK);
    assert_int_equal(find_at(NOW, CS_SESSION_KEY), CS_ERR_SIGN_IN);
}

static void a_token_is_looked_for_whole(void **state) {
    (void)state;
    open_one(CS_SESSION_BROWSER);
    static const char *const none[] = {"", "x", "%", "' OR 1=1 --"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(session_find(db, none[i], CS_SESSION_BROWSER, NOW, &session, &message), CS_ERR_SIGN_IN);
    token[0] = token[0] == '0' ? '1' : '0';
    assert_int_equal(find_at(NOW, CS_SESSION_BROWSER), CS_ERR_SIGN_IN);
}

static void the_oldest_give_way(void **state) {
    (void)state;
    char first[CS_SESSION_TOKEN_CHARS + 1];
    open_one(CS_SESSION_BROWSER);
    (void)memcpy(first, token, sizeof first);
    for (int i = 0; i < CS_MOST_SESSIONS; i++) open_one(CS_SESSION_BROWSER);
    assert_int_equal(session_find(db, first, CS_SESSION_BROWSER, NOW, &session, &message), CS_ERR_SIGN_IN);
    assert_int_equal(find_at(NOW, CS_SESSION_BROWSER), CS_OK);
}

static void the_disabled_have_none(void **state) {
    (void)state;
    cs_account reviewer = account_named("Rui", CS_ACCOUNT_REVIEWER, "");
    cs_account_row row;
    assert_int_equal(db_begin(db, &message), CS_OK);
    assert_int_equal(accounts_add(db, &reviewer, "hash", &message), CS_OK);
    assert_int_equal(session_open(db, &reviewer, CS_SESSION_KEY, "k", "", NOW, token, &message), CS_OK);
    assert_int_equal(accounts_find_name(db, "ＲＵＩ", &row, &message), CS_OK); /* wide and in capitals */
    row.is_disabled = true;
    assert_int_equal(accounts_change(db, &row, NULL, &message), CS_OK);
    assert_int_equal(find_at(NOW, CS_SESSION_KEY), CS_ERR_SIGN_IN);
    row.changes++;
    row.is_disabled = false;
    assert_int_equal(accounts_change(db, &row, NULL, &message), CS_OK);
    assert_int_equal(find_at(NOW, CS_SESSION_KEY), CS_ERR_SIGN_IN); /* also afterwards */
    assert_int_equal(db_commit(db, &message), CS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_ends_when_nobody_uses_it),
        cmocka_unit_test(it_ends_after_seven_days_however_often_it_is_used),
        cmocka_unit_test(a_key_lasts_until_it_is_taken_back),
        cmocka_unit_test(a_new_password_ends_keys_too_but_the_session_that_set_it),
        cmocka_unit_test(a_token_is_looked_for_whole),
        cmocka_unit_test(the_oldest_give_way),
        cmocka_unit_test(the_disabled_have_none),
    };
    return cmocka_run_group_tests(tests, stage_open, stage_close);
}
