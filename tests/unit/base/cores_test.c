/* What a process may use, not what the machine has. */
#include "base/cores.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void one_that_is_held_to_a_core_has_one(void **state) {
    (void)state;
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_int_equal(cores_usable(4096), CPU_COUNT(&before));
    size_t first = 0;
    while (!CPU_ISSET(first, &before)) first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(cores_usable(4096), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

static void there_is_one_and_not_more_than_wanted(void **state) {
    (void)state;
    assert_int_equal(cores_usable(1), 1);
    assert_true(cores_usable(64) >= 1 && cores_usable(64) <= 64);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_is_held_to_a_core_has_one),
        cmocka_unit_test(there_is_one_and_not_more_than_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
