/* Growing waits, and buckets that fill again. */
#include "access/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static cs_pace *pace;

static int start(void **state) {
    (void)state;
    return (pace = pace_create()) ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    pace_free(pace);
    return 0;
}

static void waits_grow_and_are_forgotten(void **state) {
    (void)state;
    int64_t now = 1000;
    for (int i = 0; i < CS_PACE_QUICK; i++) {
        assert_int_equal(pace_wait_ms(pace, "li", CS_PACE_QUICK, now), 0);
        pace_failed(pace, "li", now);
    }
    int64_t wait = pace_wait_ms(pace, "li", CS_PACE_QUICK, now);
    assert_int_equal(wait, 2000);
    assert_int_equal(pace_wait_ms(pace, "li", CS_PACE_QUICK, now + 1500), 500);
    assert_int_equal(pace_wait_ms(pace, "other", CS_PACE_QUICK, now), 0);
    int64_t last = wait;
    for (int i = 0; i < 40; i++) {
        now += pace_wait_ms(pace, "li", CS_PACE_QUICK, now);
        assert_int_equal(pace_wait_ms(pace, "li", CS_PACE_QUICK, now), 0);
        pace_failed(pace, "li", now);
        wait = pace_wait_ms(pace, "li", CS_PACE_QUICK, now);
        assert_true(wait >= last && wait <= CS_PACE_LONGEST_MS);
        last = wait;
    }
    assert_int_equal(wait, CS_PACE_LONGEST_MS);
    now += 2 * (int64_t)CS_PACE_LONGEST_MS;
    assert_int_equal(pace_wait_ms(pace, "li", CS_PACE_QUICK, now), 0);
    pace_failed(pace, "li", now); /* one, as if there had been none */
    assert_int_equal(pace_wait_ms(pace, "li", CS_PACE_QUICK, now), 0);
    for (int i = 0; i < 10; i++) pace_failed(pace, "li", now);
    pace_succeeded(pace, "li");
    assert_int_equal(pace_wait_ms(pace, "li", CS_PACE_QUICK, now), 0);
}

static void a_bucket_fills_again(void **state) {
    (void)state;
    for (int i = 0; i < 10; i++) assert_int_equal(pace_take(pace, "all:a", 10, 2, 5000), 0);
    assert_int_equal(pace_take(pace, "all:a", 10, 2, 5000), 500);
    assert_int_equal(pace_take(pace, "all:a", 10, 2, 5400), 100);
    assert_int_equal(pace_take(pace, "all:a", 10, 2, 5500), 0);
    assert_true(pace_take(pace, "all:a", 10, 2, 5500) > 0);
    for (int i = 0; i < 10; i++) assert_int_equal(pace_take(pace, "all:a", 10, 2, INT64_MAX / 4), 0);
    assert_true(pace_take(pace, "all:a", 10, 2, INT64_MAX / 4) > 0); /* never more than most */
}

static void many_are_kept_in_bounded_room(void **state) {
    (void)state;
    char who[32];
    for (int i = 0; i < 100000; i++) {
        (void)snprintf(who, sizeof who, "spray %d", i);
        pace_failed(pace, who, 10000 + i);
    }
    assert_int_equal(pace_wait_ms(pace, "spray 99999", 1, 110000), 2000 - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(waits_grow_and_are_forgotten),
                                       cmocka_unit_test(a_bucket_fills_again),
                                       cmocka_unit_test(many_are_kept_in_bounded_room)};
    return cmocka_run_group_tests(tests, start, stop);
}
