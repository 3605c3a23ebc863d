#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void finds_the_first_invalid_byte(void **state) {
    (void)state;
    const struct {
        const char *text;
        size_t bytes, invalid_at;
    } cases[] = {
        {"", 0, 0},
        {"abcdefgh12345678", 16, 16},
        {"abcdefg\0h", 9, 7},
        {"12345678\0", 9, 8},
        {"\xe6\xbc\x8f\xe6\xb0\xb4", 6, 6},
        {"\xe6\xbc\x8f\xe6\xb0", 5, 3}, /* cut */
        {"\xc0\x80", 2, 0},
        {"\xc1\xbf", 2, 0},
        {"\xe0\x9f\xbf", 3, 0},
        {"\xf0\x8f\xbf\xbf", 4, 0}, /* overlong */
        {"\xed\xa0\x80", 3, 0},
        {"\xed\x9f\xbf", 3, 3}, /* surrogate, and the last one before */
        {"\xf4\x8f\xbf\xbf", 4, 4},
        {"\xf4\x90\x80\x80", 4, 0},
        {"\xf5\x80\x80\x80", 4, 0}, /* above 10FFFF */
        {"a\x80", 2, 1},
        {"a\xff", 2, 1},
        {"\xc2"
         "a",
         2, 0},
        {"\xf0\x9f\x98"
         "a",
         4, 0},
        {"\xf0\x9f\x98\x80", 4, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(utf8_invalid_at(cases[i].text, cases[i].bytes), cases[i].invalid_at);
}

static void every_code_point_survives(void **state) {
    (void)state;
    for (uint32_t c = 1; c < 0x110000; c++) {
        if (c >= 0xd800 && c < 0xe000) continue;
        char text[4] = {0};
        unsigned wrote = utf8_encode(c, text), length = 0;
        assert_int_equal(utf8_invalid_at(text, wrote), wrote);
        assert_int_equal(utf8_decode(text, &length), c);
        assert_int_equal(length, wrote);
    }
}

static void counts_and_finds_code_points(void **state) {
    (void)state;
    const char *text = "a\xe6\xbc\x8f\xf0\x9f\x98\x80z";
    size_t bytes = strlen(text);
    assert_int_equal(utf8_count(text, bytes), 4);
    assert_int_equal(utf8_offset(text, bytes, 0), 0);
    assert_int_equal(utf8_offset(text, bytes, 1), 1);
    assert_int_equal(utf8_offset(text, bytes, 2), 4);
    assert_int_equal(utf8_offset(text, bytes, 3), 8);
    assert_int_equal(utf8_offset(text, bytes, 4), bytes);
    assert_int_equal(utf8_offset(text, bytes, 99), bytes);
}

static void what_is_not_seen_is_found(void **state) {
    (void)state;
    static const char *const hidden[] = {"a\n",     "a\x7f",   "a\u202e", "a\u200b",
                                         "a\ufeff", "a\u2066", "a\u200f", "a\u2028"};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_int_equal(utf8_hidden_at(hidden[i], strlen(hidden[i])), 1);
    static const char plain[] = "客户不满时 致歉 é 👍";
    assert_int_equal(utf8_hidden_at(plain, strlen(plain)), strlen(plain));
}

static void the_half_of_a_character_is_known(void **state) {
    (void)state;
    assert_int_equal(utf8_half("客", 3), 0);
    assert_int_equal(utf8_half("客", 2), 2);
    assert_int_equal(utf8_half("客", 1), 1);
    assert_int_equal(utf8_half("\xe5\xae"
                               "a",
                               3),
                     2);
    assert_int_equal(utf8_half("\xa2", 1), 0);
    assert_int_equal(utf8_half("", 0), 0);
}

static void knows_widths(void **state) {
    (void)state;
    assert_int_equal(utf8_width('a'), 1);
    assert_int_equal(utf8_width(0x6f0f), 2);
    assert_int_equal(utf8_width(0x0301), 0);
    assert_int_equal(utf8_width('\n'), 0);
    assert_int_equal(utf8_width(0x110000), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_first_invalid_byte),     cmocka_unit_test(every_code_point_survives),
        cmocka_unit_test(counts_and_finds_code_points),     cmocka_unit_test(what_is_not_seen_is_found),
        cmocka_unit_test(the_half_of_a_character_is_known), cmocka_unit_test(knows_widths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
