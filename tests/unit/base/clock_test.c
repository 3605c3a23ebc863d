#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void reads_iso_8601(void **state) {
    (void)state;
    const struct {
        const char *text;
        int64_t ms;
        int zone;
    } cases[] = {
        {"2026-02-14T10:32:00+08:00", 1771036320000, 480},
        {"2026-02-14T02:32:00Z", 1771036320000, 0},
        {"2026-02-14T10:32:00+0800", 1771036320000, 480},
        {"2026-02-14 10:32+08:00", 1771036320000, 480},
        {"2026-02-13T21:02:00.250-05:30", 1771036320250, -330},
        {"1970-01-01T00:00:00Z", 0, 0},
        {"2000-02-29T12:00:00Z", 951825600000, 0},
        {"2199-12-31T23:59:59.999Z", 7258118399999, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = -1;
        int zone = -1;
        if (!clock_parse(cases[i].text, &ms, &zone)) fail_msg("%s is refused", cases[i].text);
        assert_int_equal(ms, cases[i].ms);
        assert_int_equal(zone, cases[i].zone);
    }
}

static void refuses_what_is_no_moment(void **state) {
    (void)state;
    const char *const texts[] = {
        "",
        "2026",
        "2026-02-14",
        "2026-02-14T10:32:00",
        "2026-02-30T10:32:00Z",
        "2026-13-01T10:32:00Z",
        "2100-02-29T00:00:00Z",
        "2026-02-14T24:00:00Z",
        "2026-02-14T10:60:00Z",
        "2026-02-14T10:32:60Z",
        "2026-02-14T10:32:00+15:00",
        "2026-02-14T10:32:00+8",
        "2026-02-14T10:32:00Z ",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "1970-01-01T00:00:00+08:00",
        "2026-2-14T10:32:00Z",
        "2026-02-14T10:32:00.Z",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t ms = 5;
        int zone = 6;
        if (clock_parse(texts[i], &ms, &zone)) fail_msg("%s is taken", texts[i]);
        assert_true(ms == 5 && zone == 6);
    }
    assert_false(clock_parse(NULL, &(int64_t){0}, &(int){0}));
}

static void writes_what_it_reads(void **state) {
    (void)state;
    char out[32];
    clock_format(1771036320999, 480, out);
    assert_string_equal(out, "2026-02-14T10:32:00+08:00");
    clock_format(951825600000, -330, out);
    assert_string_equal(out, "2000-02-29T06:30:00-05:30");
    clock_format(CS_NO_TIME, 0, out);
    assert_string_equal(out, "");
    clock_format(INT64_MAX, 0, out);
    assert_string_equal(out, "");
    for (int64_t day = 0; day < 84000; day += 13) {
        int64_t ms = 0;
        int zone = 0;
        clock_format(day * 86400000, 0, out);
        assert_true(clock_parse(out, &ms, &zone));
        assert_int_equal(ms, day * 86400000);
    }
}

static void reads_local_times_in_a_zone(void **state) {
    (void)state;
    int64_t ms = 0;
    assert_true(clock_parse_local("2026-02-14 10:32:00", 480, &ms));
    assert_int_equal(ms, 1771036320000);
    assert_false(clock_parse_local("2026-02-14 10:32:00Z", 480, &ms));
}

static void clocks_run(void **state) {
    (void)state;
    assert_true(clock_now_ms() > 1700000000000);
    int64_t before = clock_steady_ms();
    assert_true(clock_steady_ms() >= before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_iso_8601),       cmocka_unit_test(refuses_what_is_no_moment),
        cmocka_unit_test(writes_what_it_reads), cmocka_unit_test(reads_local_times_in_a_zone),
        cmocka_unit_test(clocks_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
