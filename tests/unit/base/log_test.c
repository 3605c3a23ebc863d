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

static const cs_log_field fields[] = {
    {.name = "route", .text = "/api/v1/conversations/{id}"},
    {.name = "reason", .text = "he said \"no\", \\ and\nleft \xff \xe5\xae\xa2\xe6\x88"},
    {.name = "status", .number = 503},
    {.name = "ms", .number = 12034, .decimals = 3},
};

static void write_event(void) {
    log_event(CS_LOG_INFO, "answered", fields, sizeof fields / sizeof fields[0]);
}

static void an_event_has_its_values_behind_it(void **state) {
    (void)state;
    char text[4096];
    catch_lines(text, sizeof text, write_event);
    assert_non_null(
        strstr(text, " info  answered route=/api/v1/conversations/{id} reason=\"he said \\\"no\\\", \\\\ and left ? "
                     "\xe5\xae\xa2??\" status=503 ms=12.034\n"));
    assert_int_equal(log_configure("json", NULL), CS_OK);
    catch_lines(text, sizeof text, write_event);
    assert_int_equal(log_configure("text", NULL), CS_OK);
    assert_ptr_equal(strstr(text, "{\"time\":\""), text);
    assert_non_null(strstr(
        text, "\",\"level\":\"info\",\"message\":\"answered\",\"route\":\"/api/v1/conversations/{id}\","
              "\"reason\":\"he said \\\"no\\\", \\\\ and left ? \xe5\xae\xa2??\",\"status\":503,\"ms\":12.034}\n"));
}

static char long_text[6000];
static void write_long(void) {
    const cs_log_field long_fields[] = {{.name = "a", .text = long_text}, {.name = "b", .text = long_text}};
    log_event(CS_LOG_INFO, long_text, long_fields, 2);
}

static void a_long_event_stays_whole_json(void **state) {
    (void)state;
    char text[8192];
    for (size_t shift = 0; shift < 6; shift++) {
        memset(long_text, '"', sizeof long_text - 1);
        memset(long_text, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof long_text; i += 7) memcpy(long_text + i, "\xe5\xae\xa2", 3);
        assert_int_equal(log_configure("json", NULL), CS_OK);
        catch_lines(text, sizeof text, write_long);
        assert_int_equal(log_configure("text", NULL), CS_OK);
        size_t length = strlen(text);
        assert_true(length <= 2048);
        assert_string_equal(text + length - 3, "\"}\n");
        assert_int_not_equal(text[length - 4], '\\');
        assert_int_equal(strchr(text, '\n') - text, length - 1);
    }
}

static void the_words_of_the_log_are_known(void **state) {
    (void)state;
    cs_message message;
    assert_int_equal(log_configure(NULL, &message), CS_OK);
    assert_int_equal(log_configure("", &message), CS_OK);
    assert_int_equal(log_configure("json,debug", &message), CS_OK);
    assert_int_equal(log_configure("text,info", &message), CS_OK);
    assert_int_equal(log_configure("text,loud", &message), CS_ERR_USAGE);
    assert_non_null(strstr(message.reason, "\"loud\""));
    assert_true(message.remedy[0] != 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_happening_is_one_line_of_its_level), cmocka_unit_test(a_long_line_is_cut),
        cmocka_unit_test(an_event_has_its_values_behind_it),    cmocka_unit_test(a_long_event_stays_whole_json),
        cmocka_unit_test(the_words_of_the_log_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
