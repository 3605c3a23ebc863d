#include "text/phone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *text, const char *expected) {
    char out[CS_PHONE_BYTES] = "untouched";
    assert_true(phone_normalise(text, out));
    assert_string_equal(out, expected);
    char again[CS_PHONE_BYTES];
    assert_true(phone_normalise(out, again)); /* what is normal stays as it is */
    assert_string_equal(again, out);
}

static void refuse(const char *text) {
    char out[CS_PHONE_BYTES] = "untouched";
    assert_false(phone_normalise(text, out));
    assert_string_equal(out, "untouched");
}

static void a_mobile_has_one_shape(void **state) {
    (void)state;
    static const char *const ways[] = {"13812345678",
                                       "138-1234-5678",
                                       "138 1234 5678",
                                       "+8613812345678",
                                       "+86 138 1234 5678",
                                       "0086 13812345678",
                                       "8613812345678",
                                       "013812345678",
                                       "9013812345678",
                                       "0138-1234 5678",
                                       "+86 (0)138.1234/5678",
                                       "１３８１２３４５６７８",
                                       "\u202d13812345678\u202c",
                                       "\u200e138\u00a01234\u20115678",
                                       "＋86（138）12345678"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) check(ways[i], "13812345678");
}

static void an_area_keeps_its_zero(void **state) {
    (void)state;
    check("010-1234 5678", "01012345678");
    check("(010) 12345678", "01012345678");
    check("+86 10 1234 5678", "01012345678");
    check("+86-010-12345678", "01012345678");
    check("0086 571 8765 4321", "057187654321");
    check("0571-87654321", "057187654321");
    check("87654321", "87654321");
}

static void service_numbers_have_no_area(void **state) {
    (void)state;
    check("400-810-1234", "4008101234");
    check("+86 400 810 1234", "4008101234");
    check("10086", "10086");
    check("95588", "95588");
    check("861012", "861012"); /* too short for a code and a number */
}

static void other_countries_keep_their_code(void **state) {
    (void)state;
    check("+1 (212) 555-0100", "+12125550100");
    check("001 212 555 0100", "+12125550100");
    check("+44 20 7946 0958", "+442079460958");
    check("+852 2345 6789", "+85223456789");
    check("+86 12345", "+8612345"); /* no number of China's plan: left as it is */
}

static void what_is_no_number_is_told(void **state) {
    (void)state;
    refuse("");
    refuse("1234");
    refuse("123456789012345678901");
    refuse("138****5678");
    refuse("王芳");
    refuse("13812345678转8001");
    refuse("13812345678,13912345678");
    refuse("12+345678");
    refuse("++12345678");
    refuse("+0012345678");
    refuse("001234");
    refuse("#N/A");
    refuse("138123456７x");
    refuse("\xef\xbc");
    refuse("12345\xef");
    check("12345678901234567890", "12345678901234567890");
    check("+12345678901234567890", "+12345678901234567890");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mobile_has_one_shape),       cmocka_unit_test(an_area_keeps_its_zero),
        cmocka_unit_test(service_numbers_have_no_area), cmocka_unit_test(other_countries_keep_their_code),
        cmocka_unit_test(what_is_no_number_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
