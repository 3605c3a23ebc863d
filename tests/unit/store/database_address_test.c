/* Where a store's rows are kept: what names it, what is refused, and that no password is ever repeated. */
#include "store/database_address.h"

#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>

#include <cmocka.h>

static cs_folder folder;
static cs_message message;

static int start(void **state) {
    (void)state;
    (void)snprintf(folder.path, sizeof folder.path, "/tmp/callscope-test-XXXXXX");
    assert_non_null(mkdtemp(folder.path));
    assert_int_equal(unsetenv(CS_DATABASE_VARIABLE), 0);
    message = (cs_message){0};
    return 0;
}

static int stop(void **state) {
    (void)state;
    folder_remove(&folder);
    return unsetenv(CS_DATABASE_VARIABLE);
}

static void write_file(const char *text, mode_t mode) {
    char path[192];
    (void)snprintf(path, sizeof path, "%s/%s", folder.path, CS_DATABASE_FILE);
    (void)remove(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static cs_error find(cs_db_kind *kind, char *text, size_t size) {
    cs_database_address found;
    cs_error code = database_address_find(folder.path, &found, &message);
    if (code != CS_OK) return code;
    *kind = found.kind;
    (void)snprintf(text, size, "%s", found.text ? found.text : "");
    database_address_free(&found);
    return CS_OK;
}

static void it_is_sqlite_where_nothing_is_said(void **state) {
    (void)state;
    cs_db_kind kind = CS_DB_POSTGRES;
    char text[200];
    assert_int_equal(find(&kind, text, sizeof text), CS_OK);
    assert_int_equal(kind, CS_DB_SQLITE);
    assert_string_equal(text, "");
}

static void the_environment_goes_before_the_file(void **state) {
    (void)state;
    cs_db_kind kind = CS_DB_SQLITE;
    char text[200];
    write_file("  postgres://a@here/one\n\n", 0600);
    assert_int_equal(find(&kind, text, sizeof text), CS_OK);
    assert_int_equal(kind, CS_DB_POSTGRES);
    assert_string_equal(text, "postgres://a@here/one");
    assert_int_equal(setenv(CS_DATABASE_VARIABLE, "host=there dbname=two", 1), 0);
    assert_int_equal(find(&kind, text, sizeof text), CS_OK);
    assert_string_equal(text, "host=there dbname=two");
    assert_int_equal(setenv(CS_DATABASE_VARIABLE, "sqlite", 1), 0);
    assert_int_equal(find(&kind, text, sizeof text), CS_OK);
    assert_int_equal(kind, CS_DB_SQLITE);
    assert_int_equal(setenv(CS_DATABASE_VARIABLE, "", 1), 0); /* as if it were not set */
    assert_int_equal(find(&kind, text, sizeof text), CS_OK);
    assert_string_equal(text, "postgres://a@here/one");
}

static void a_bad_address_is_refused_and_its_password_not_repeated(void **state) {
    (void)state;
    static const char *const bad[] = {"mysql://a:hunter2@here/one",     "somewhere:hunter2",
                                      "postgres://a:hunter2@[here/one", "host=here password='hunter2",
                                      "host=here colour=hunter2",       "postgres://a:hunter2@here/one\nand=more"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cs_database_address found;
        assert_int_equal(database_address_read(bad[i], "the test", &found, &message), CS_ERR_PARSE);
        assert_null(strstr(message.reason, "hunter2"));
        assert_null(strstr(message.remedy, "hunter2"));
        assert_string_equal(message.place, "the test");
        assert_true(message.remedy[0]);
    }
}

static void a_file_that_others_may_read_is_refused(void **state) {
    (void)state;
    cs_db_kind kind = CS_DB_SQLITE;
    char text[200];
    write_file("postgres://a@here/one", 0640);
    assert_int_equal(find(&kind, text, sizeof text), CS_ERR_IO);
    assert_non_null(strstr(message.reason, "read by others"));
    assert_non_null(strstr(message.remedy, "chmod 600"));
    write_file("postgres://a@here/one", 0400);
    assert_int_equal(find(&kind, text, sizeof text), CS_OK);
}

static void a_file_of_something_else_is_refused(void **state) {
    (void)state;
    cs_db_kind kind = CS_DB_SQLITE;
    char text[200], large[6000];
    memset(large, 'x', sizeof large);
    large[sizeof large - 1] = 0;
    write_file(large, 0600);
    assert_int_equal(find(&kind, text, sizeof text), CS_ERR_IO);
    write_file("", 0600);
    assert_int_equal(find(&kind, text, sizeof text), CS_ERR_PARSE);
    write_file("# none\n", 0600);
    assert_int_equal(find(&kind, text, sizeof text), CS_ERR_PARSE);
    char path[192];
    (void)snprintf(path, sizeof path, "%s/%s", folder.path, CS_DATABASE_FILE);
    assert_int_equal(remove(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(find(&kind, text, sizeof text), CS_ERR_IO);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(it_is_sqlite_where_nothing_is_said),
        T(the_environment_goes_before_the_file),
        T(a_bad_address_is_refused_and_its_password_not_repeated),
        T(a_file_that_others_may_read_is_refused),
        T(a_file_of_something_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
