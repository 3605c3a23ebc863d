#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void grows_up_to_its_maximum(void **state) {
    (void)state;
    cs_buffer b;
    buffer_init(&b, 1000);
    assert_string_equal(buffer_string(&b), "");
    for (int i = 0; i < 1000; i++) assert_true(buffer_append(&b, "x", 1));
    assert_false(buffer_append(&b, "y", 1));
    assert_true(b.is_failed);
    assert_int_equal(b.length, 1000);
    assert_int_equal(b.data[1000], 0);
    buffer_clear(&b);
    assert_true(buffer_text(&b, "again"));
    assert_string_equal(b.data, "again");
    buffer_free(&b);
}

static void a_failure_is_remembered(void **state) {
    (void)state;
    cs_buffer b;
    buffer_init(&b, 4);
    assert_true(buffer_text(&b, "ab"));
    assert_false(buffer_text(&b, "cde"));
    assert_false(buffer_text(&b, "c")); /* it would fit, but something is missing before it */
    assert_string_equal(b.data, "ab");
    buffer_free(&b);
}

static void prints_exactly_to_the_maximum(void **state) {
    (void)state;
    cs_buffer b;
    buffer_init(&b, 600);
    assert_true(buffer_printf(&b, "%0300d", 7));
    assert_true(buffer_printf(&b, "%0300d", 8));
    assert_int_equal(b.length, 600);
    assert_false(buffer_printf(&b, "%d", 9));
    assert_int_equal(b.length, 600);
    assert_int_equal(b.data[599], '8');
    buffer_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_up_to_its_maximum),
        cmocka_unit_test(a_failure_is_remembered),
        cmocka_unit_test(prints_exactly_to_the_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
