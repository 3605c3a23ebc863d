#include "base/error.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void codes_have_names_and_http_statuses(void **state) {
    (void)state;
    assert_string_equal(error_name(CS_OK), "ok");
    assert_string_equal(error_name(CS_ERR_LIMIT), "too_large");
    assert_int_equal(error_http_status(CS_ERR_NOT_FOUND), 404);
    assert_string_equal(error_name((cs_error)999), "unknown");
    assert_int_equal(error_http_status((cs_error)999), 500);
}

static void a_message_may_be_null(void **state) {
    (void)state;
    assert_int_equal(message_set(NULL, CS_ERR_PARSE, "%d", 1), CS_ERR_PARSE);
    message_place(NULL, "x");
    message_within(NULL, "x");
    message_remedy(NULL, "x");
}

static void a_new_reason_clears_place_and_remedy(void **state) {
    (void)state;
    cs_message m;
    message_set(&m, CS_ERR_PARSE, "one");
    message_place(&m, "turns[3].text");
    message_remedy(&m, "do it");
    message_within(&m, "line %d", 12);
    assert_string_equal(m.place, "line 12, turns[3].text");
    message_set(&m, CS_ERR_PARSE, "two");
    assert_string_equal(m.place, "");
    assert_string_equal(m.remedy, "");
    message_within(&m, "line 3");
    assert_string_equal(m.place, "line 3");
}

static void what_is_quoted_ends_with_a_character(void **state) {
    (void)state;
    cs_message message;
    (void)message_set(&message, CS_ERR_USAGE, "\"%.7s\" is none", "客户不满");
    assert_string_equal(message.reason, "\"客户\" is none");
    message_remedy(&message, "not %.1s, %.4s", "客", "👍👍");
    assert_string_equal(message.remedy, "not , 👍");
    message_remedy(&message, "raw \xff");
    assert_string_equal(message.remedy, "raw ?");
}

static void messages_stay_printable_and_valid(void **state) {
    (void)state;
    cs_message m;
    message_set(&m, CS_ERR_PARSE,
                "a\033[31m\nb\xff"
                "c");
    assert_string_equal(m.reason, "a [31m b?c");
    char longest[600] = "";
    for (int i = 0; i < 199; i++) memcpy(longest + 3 * i, "\xe6\xbc\x8f", 3);
    message_set(&m, CS_ERR_PARSE, "x%s", longest); /* 3 does not divide what is left: the last character is cut */
    assert_int_equal(utf8_invalid_at(m.reason, strlen(m.reason)), strlen(m.reason));
    assert_true(strlen(m.reason) > sizeof m.reason - 4);
    assert_memory_equal(m.reason + strlen(m.reason) - 3, "\xe6\xbc\x8f", 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_names_and_http_statuses),   cmocka_unit_test(a_message_may_be_null),
        cmocka_unit_test(a_new_reason_clears_place_and_remedy), cmocka_unit_test(what_is_quoted_ends_with_a_character),
        cmocka_unit_test(messages_stay_printable_and_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
