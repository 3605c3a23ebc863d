#include "base/spelling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void counts_slips(void **state) {
    (void)state;
    assert_int_equal(spelling_distance("", ""), 0);
    assert_int_equal(spelling_distance("turns", "turns"), 0);
    assert_int_equal(spelling_distance("turn", "turns"), 1);
    assert_int_equal(spelling_distance("tunrs", "turns"), 1);
    assert_int_equal(spelling_distance("chanel", "channel"), 1);
    assert_int_equal(spelling_distance("abc", ""), 3);
    assert_int_equal(spelling_distance("Channel", "channel"), 0);
}

static void suggests_only_what_is_near(void **state) {
    (void)state;
    const char *const known[] = {"id", "channel", "customer", "queue"};
    assert_string_equal(spelling_nearest("chanel", known, 4), "channel");
    assert_string_equal(spelling_nearest("costumer", known, 4), "customer");
    assert_null(spelling_nearest("no", known, 4));
    assert_null(spelling_nearest("something else", known, 4));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_slips), cmocka_unit_test(suggests_only_what_is_near)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
