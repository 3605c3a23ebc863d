/* Which passwords are taken, and that only the right one fits. */
#include "access/password.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static cs_message message;

static void the_obvious_is_refused(void **state) {
    (void)state;
    static const char *const refused[] = {
        "",
        "short",
        "123456789",
        "1234567890",
        "aaaaaaaaaa",
        "abababababab",
        "abcabcabcabc",
        "密密密密密密密密密密",
        "Password123",
        "zhang.san12345",
        "zhang.sanzhang.san",
        "QWERTYUIOP",
        "\xff\xfe and more",
    };
    static const char *const taken[] = {"blue tractor moon", "三只蓝色的旧自行车停在", "zhang.san likes tea",
                                        "1234567890x!"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(password_check("zhang.san", refused[i], &message), CS_ERR_USAGE);
        assert_string_equal(message.place, "password");
        assert_true(message.remedy[0]);
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        assert_int_equal(password_check("zhang.san", taken[i], &message), CS_OK);
    char longest[CS_MAX_PASSWORD + 2];
    for (size_t i = 0; i < sizeof longest; i++) longest[i] = (char)('a' + i * 7 % 26);
    longest[CS_MAX_PASSWORD + 1] = 0;
    assert_int_equal(password_check("x", longest, &message), CS_ERR_USAGE);
    longest[CS_MAX_PASSWORD] = 0;
    assert_int_equal(password_check("x", longest, &message), CS_OK);
}

static void only_the_right_one_fits(void **state) {
    (void)state;
    char one[CS_PASSWORD_HASH_CHARS + 1], other[CS_PASSWORD_HASH_CHARS + 1];
    assert_int_equal(password_hash("blue tractor moon", one, &message), CS_OK);
    assert_int_equal(password_hash("blue tractor moon", other, &message), CS_OK);
    assert_string_not_equal(one, other); /* salted */
    assert_memory_equal(one, "$argon2id$", 10);
    assert_true(password_fits(one, "blue tractor moon"));
    assert_false(password_fits(one, "blue tractor moo"));
    assert_false(password_fits(one, ""));
    assert_false(password_fits("no hash at all", "blue tractor moon"));
    assert_false(password_fits(NULL, "blue tractor moon")); /* of nobody */
}

static int start(void **state) {
    (void)state;
    return hash_start() ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_obvious_is_refused),
                                       cmocka_unit_test(only_the_right_one_fits)};
    return cmocka_run_group_tests(tests, start, NULL);
}
