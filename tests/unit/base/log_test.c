#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What write puts on standard error. */
static void catch_lines(char *out, size_t size, void (*write)(void)) {
    FILE *file = tmpfile();
    assert_non_null(file);
    int kept = dup(STDERR_FILENO);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    write();
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(file);
    out[fread(out, 1, size - 1, file)] = 0;
    fclose(file);
}

static void write_levels(void) {
    log_set_level(CS_LOG_WARN);
    log_line(CS_LOG_ERROR, "first %d", 1);
    log_line(CS_LOG_WARN, "second\nhalf\033[31m");
    log_line(CS_LOG_INFO, "not shown");
    log_set_level(CS_LOG_INFO);
}

static void write_much(void) {
    log_line(CS_LOG_ERROR, "%05000d", 7);
}

static void a_happening_is_one_line_of_its_level(void **state) {
    (void)state;
    char text[4096];
    catch_lines(text, sizeof text, write_levels);
    assert_non_null(strstr(text, " error first 1\n"));
    assert_non_null(strstr(text, " warn  second half [31m\n"));
    assert_null(strstr(text, "not shown"));
    assert_int_equal(text[10], 'T');
}

static void a_long_line_is_cut(void **state) {
    (void)state;
    char text[8192];
    catch_lines(text, sizeof text, write_much);
    assert_true(strlen(text) <= 2048 && text[strlen(text) - 1] == '\n');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_happening_is_one_line_of_its_level),
        cmocka_unit_test(a_long_line_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
