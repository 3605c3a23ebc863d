/* What stands between db.h and PostgreSQL and needs no server: names that become numbers, text that is no UTF-8. */
#include "store/db_postgres_sql.h"
#include "store/db_postgres_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *sql, *text, *names; /* names: with blanks between */
    bool is_writing;
} queries[] = {
    {"SELECT 1", "SELECT 1", "", false},
    {"SELECT :a, :b, :a", "SELECT $1, $2, $1", "a b", false},
    {"SELECT :a_1::text, x::bigint", "SELECT $1::text, x::bigint", "a_1", false},
    {"SELECT ':a', 'it''s :b', \":c\", :d", "SELECT ':a', 'it''s :b', \":c\", $1", "d", false},
    {"SELECT 1 -- :a\n, :b", "SELECT 1 -- :a\n, $1", "b", false},
    {"SELECT /* :a */ :b", "SELECT /* :a */ $1", "b", false},
    {"SELECT $$ :a $$, :b", "SELECT $$ :a $$, $1", "b", false},
    {"SELECT a[1:2], :b", "SELECT a[1:2], $1", "b", false},
    {"SELECT x WHERE a=:a AND b=:ab", "SELECT x WHERE a=$1 AND b=$2", "a ab", false},
    {"INSERT INTO t (a) VALUES (:a)", "INSERT INTO t (a) VALUES ($1)", "a", true},
    {"WITH n AS (SELECT :a) SELECT * FROM n", "WITH n AS (SELECT $1) SELECT * FROM n", "a", false},
    {"WITH n AS (DELETE FROM t RETURNING a) SELECT * FROM n", "WITH n AS (DELETE FROM t RETURNING a) SELECT * FROM n",
     "", true},
    {"select 'UPDATE' as updated", "select 'UPDATE' as updated", "", false},
    {" create table t (a bigint)", " create table t (a bigint)", "", true},
    {"SELECT 'never closed :a", "SELECT 'never closed :a", "", false},
    {"SELECT x'00Ff', 'x', x'', ax'1'", "SELECT '\\x00Ff'::bytea, 'x', '\\x'::bytea, ax'1'", "", false},
    {"SELECT :", "SELECT :", "", false},
    {"", "", "", false},
};

static void names_become_numbers(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        postgres_sql sql;
        char names[200] = "";
        assert_int_equal(postgres_sql_read(queries[i].sql, &sql, NULL), CS_OK);
        for (int n = 0; n < sql.count; n++)
            (void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", n ? " " : "", sql.names[n]);
        assert_string_equal(sql.text, queries[i].text);
        assert_string_equal(names, queries[i].names);
        assert_int_equal(sql.is_writing, queries[i].is_writing);
        postgres_sql_free(&sql);
    }
}

static void too_many_names_are_refused(void **state) {
    (void)state;
    char sql[16384] = "SELECT ", name[CS_MAX_PARAMETER_NAME + 16];
    cs_message message = {0};
    postgres_sql out;
    for (int i = 0; i <= CS_MAX_PARAMETERS; i++)
        (void)snprintf(sql + strlen(sql), sizeof sql - strlen(sql), "%s:p%d", i ? ", " : "", i);
    assert_int_equal(postgres_sql_read(sql, &out, &message), CS_ERR_STORE);
    assert_true(message.reason[0]);
    memset(name, 'n', sizeof name - 1);
    name[0] = ':';
    name[sizeof name - 1] = 0;
    assert_int_equal(postgres_sql_read(name, &out, &message), CS_ERR_STORE);
}

static const struct {
    const char *text;
    bool is_plain;
} texts[] = {
    {"", true},
    {"plain", true},
    {"客户 \xf0\x9f\x98\x80", true},
    {"\xc4\xe3", false},
    {"a\xff\xfez", false},
    {"客\xe5\xae", false},
    {"\xed\xa0\x80", false},
    {"\xf4\x8f\xbd\x84", false},
    {"x\xf4\x8f\xbf\xbfy\xff", false},
    {"\xf4\x8f\xbb\xbf", true},
    {"\xf4\x8f", false},
};

static void what_is_no_utf8_comes_back_as_it_was(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = texts[i].text;
        assert_int_equal(postgres_text_is_plain(text, strlen(text)), texts[i].is_plain);
        char *wrapped = postgres_text_wrap(text, strlen(text)), *back = malloc(strlen(wrapped) + 1);
        assert_non_null(wrapped);
        assert_non_null(back);
        assert_int_equal(postgres_text_is_wrapped(wrapped), !texts[i].is_plain);
        assert_int_equal(postgres_text_unwrap(wrapped, back), strlen(text));
        assert_string_equal(back, text);
        free(back);
        free(wrapped);
    }
}

/* Every text of three bytes out of those that matter. */
static void any_bytes_come_back(void **state) {
    (void)state;
    static const char bytes[] = "a\x7f\x80\xbc\xbf\xc2\xe5\xed\xf4\x8f\xff";
    char text[6] = "", wrapped_back[64];
    for (size_t i = 0; i < 11 * 11 * 11 * 11 * 11; i++) {
        size_t rest = i;
        for (int n = 0; n < 5; n++, rest /= 11) text[n] = bytes[rest % 11];
        char *wrapped = postgres_text_wrap(text, 5);
        assert_non_null(wrapped);
        assert_int_equal(postgres_text_unwrap(wrapped, wrapped_back), 5);
        assert_memory_equal(wrapped_back, text, 6);
        free(wrapped);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_numbers),
        cmocka_unit_test(too_many_names_are_refused),
        cmocka_unit_test(what_is_no_utf8_comes_back_as_it_was),
        cmocka_unit_test(any_bytes_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
