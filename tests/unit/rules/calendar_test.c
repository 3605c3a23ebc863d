/* The centre's calendar: days end in its zone, workdays step over holidays and weekends. */
#include "rules/across.h"

#include "base/buffer.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char RULE[] = "\nrule r\n  never agent says \"x\"\n";
static const char GOLDEN_WEEK[] = "calendar\n"
                                  "  zone      +08:00\n"
                                  "  workdays  mon - fri\n"
                                  "  hours     09:00 - 18:00   # the evening shift takes no calls back\n"
                                  "  holiday   2026-10-01 - 2026-10-07 | 2026-01-01\n"
                                  "  workday   2026-10-10\n";

typedef struct problem {
    uint32_t count, line, column;
    char reason[300], hint[200];
} problem;

static void on_problem(void *context, const cs_rule_problem *p) {
    problem *first = context;
    if (first->count++ > 0) return;
    first->line = p->line;
    first->column = p->column;
    snprintf(first->reason, sizeof first->reason, "%s", p->reason);
    snprintf(first->hint, sizeof first->hint, "%s", p->hint ? p->hint : "");
}

/* ruleset_load hears problems; a file is made for it. */
static cs_error load(const char *text, cs_ruleset **rules, problem *first) {
    char path[] = "callscope-calendar-test.rules";
    const char *paths[] = {path};
    cs_message message;
    *first = (problem){0};
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s%s", text, RULE);
    fclose(file);
    cs_error code = ruleset_load(paths, 1, on_problem, first, rules, &message);
    remove(path);
    return code;
}

static cs_ruleset *loaded(const char *text) {
    cs_ruleset *rules = NULL;
    problem first;
    cs_error code = load(text, &rules, &first);
    if (code != CS_OK) print_error("%u:%u %s\n", first.line, first.column, first.reason);
    assert_int_equal(code, CS_OK);
    return rules;
}

static int64_t ms(const char *text) {
    int64_t at;
    int zone;
    assert_true(clock_parse(text, &at, &zone));
    return at;
}

static void is(int64_t actual, const char *expected) {
    char text[32];
    clock_format(actual, 480, text);
    if (actual != ms(expected)) print_error("%s should be %s\n", text, expected);
    assert_int_equal(actual, ms(expected));
}

static void days_end_in_the_zone(void **state) {
    (void)state;
    cs_ruleset *rules = loaded(GOLDEN_WEEK);
    const cs_calendar *calendar = across_calendar(rules);
    assert_non_null(calendar);
    is(calendar_end_of_day(calendar, ms("2026-03-02T17:40:00+08:00"), 3), "2026-03-05T23:59:59.999+08:00");
    is(calendar_end_of_day(calendar, ms("2026-03-02T17:40:00+08:00"), 0), "2026-03-02T23:59:59.999+08:00");
    /* 16:00 in Greenwich is the next day's first moment in +08:00 */
    is(calendar_end_of_day(calendar, ms("2026-03-02T15:59:59.999Z"), 0), "2026-03-02T23:59:59.999+08:00");
    is(calendar_end_of_day(calendar, ms("2026-03-02T16:00:00Z"), 0), "2026-03-03T23:59:59.999+08:00");
    is(calendar_end_of_day(calendar, ms("2028-02-28T12:00:00+08:00"), 1), "2028-02-29T23:59:59.999+08:00");
    is(calendar_end_of_day(calendar, ms("2026-12-31T23:59:59.999+08:00"), 1), "2027-01-01T23:59:59.999+08:00");
    ruleset_release(rules);

    rules = loaded("calendar\n  zone -05:30\n");
    is(calendar_end_of_day(across_calendar(rules), ms("2026-03-02T00:00:00-05:30"), 0),
       "2026-03-02T23:59:59.999-05:30");
    is(calendar_end_of_day(across_calendar(rules), ms("2026-03-01T23:59:59-05:30"), 0),
       "2026-03-01T23:59:59.999-05:30");
    ruleset_release(rules);
}

static void workdays_step_over_holidays(void **state) {
    (void)state;
    cs_ruleset *rules = loaded(GOLDEN_WEEK);
    const cs_calendar *calendar = across_calendar(rules);
    /* Wednesday before the holidays; Thursday 8 and Friday 9 are the next workdays, then Saturday the 10th is worked. */
    int64_t closed = ms("2026-09-30T17:40:00+08:00");
    is(calendar_end_of_workday(calendar, closed, 1), "2026-10-08T18:00:00+08:00");
    is(calendar_end_of_workday(calendar, closed, 2), "2026-10-09T18:00:00+08:00");
    is(calendar_end_of_workday(calendar, closed, 3), "2026-10-10T18:00:00+08:00");
    is(calendar_end_of_workday(calendar, closed, 4), "2026-10-12T18:00:00+08:00");
    is(calendar_workday_later(calendar, closed, 3), "2026-10-10T17:40:00+08:00");
    is(calendar_workday_later(calendar, closed, 0), "2026-09-30T17:40:00+08:00");
    /* from a weekend or a holiday the first workday is the next one */
    is(calendar_workday_later(calendar, ms("2026-10-03T10:00:00+08:00"), 1), "2026-10-08T10:00:00+08:00");
    is(calendar_end_of_workday(calendar, ms("2026-01-01T10:00:00+08:00"), 1), "2026-01-02T18:00:00+08:00");
    ruleset_release(rules);
}

static void the_same_workday(void **state) {
    (void)state;
    cs_ruleset *rules = loaded(GOLDEN_WEEK);
    const cs_calendar *calendar = across_calendar(rules);
    is(calendar_end_of_workday(calendar, ms("2026-03-02T10:00:00+08:00"), 0), "2026-03-02T18:00:00+08:00");
    is(calendar_end_of_workday(calendar, ms("2026-03-02T18:00:00+08:00"), 0), "2026-03-02T18:00:00+08:00");
    is(calendar_end_of_workday(calendar, ms("2026-03-02T18:00:01+08:00"), 0), "2026-03-03T18:00:00+08:00");
    is(calendar_end_of_workday(calendar, ms("2026-03-07T10:00:00+08:00"), 0), "2026-03-09T18:00:00+08:00");
    ruleset_release(rules);
}

static void without_a_calendar(void **state) {
    (void)state;
    cs_ruleset *rules = loaded("");
    assert_null(across_calendar(rules));
    ruleset_release(rules);
    assert_int_equal(calendar_zone(NULL), 480);
    is(calendar_end_of_day(NULL, ms("2026-10-01T10:00:00+08:00"), 0), "2026-10-01T23:59:59.999+08:00");
    is(calendar_end_of_workday(NULL, ms("2026-10-02T10:00:00+08:00"), 1), "2026-10-05T23:59:59.999+08:00");
    is(calendar_workday_later(NULL, ms("2026-10-02T10:00:00+08:00"), 2), "2026-10-06T10:00:00+08:00");
}

static void weeks_of_another_shape(void **state) {
    (void)state;
    cs_ruleset *rules = loaded("calendar\n  workdays sat - mon, wed\n  holiday 2026-03-01 |\n          2026-03-04\n");
    const cs_calendar *calendar = across_calendar(rules);
    int64_t friday =
        ms("2026-02-27T10:00:00+08:00"); /* 28 Saturday, 1 Sunday off, 2 Monday, 4 Wednesday off, 7 Saturday */
    is(calendar_workday_later(calendar, friday, 1), "2026-02-28T10:00:00+08:00");
    is(calendar_workday_later(calendar, friday, 2), "2026-03-02T10:00:00+08:00");
    is(calendar_workday_later(calendar, friday, 3), "2026-03-07T10:00:00+08:00");
    ruleset_release(rules);
}

static void chinese_words(void **state) {
    (void)state;
    cs_ruleset *rules = loaded("日历\n  时区 +08:00\n  工作日 周一 - 周五\n  工作时间 09:00 - 18:00\n"
                               "  节假日 2026-10-01 - 2026-10-07\n  调休 2026-10-10\n");
    is(calendar_end_of_workday(across_calendar(rules), ms("2026-09-30T17:40:00+08:00"), 3),
       "2026-10-10T18:00:00+08:00");
    ruleset_release(rules);
}

static void the_calendar_is_part_of_the_rule_set(void **state) {
    (void)state;
    cs_ruleset *with = loaded(GOLDEN_WEEK), *without = loaded(""), *back = NULL;
    cs_message message;
    assert_false(hash_equal(ruleset_id(with), ruleset_id(without)));
    size_t bytes;
    const char *source = ruleset_source(with, &bytes);
    assert_int_equal(ruleset_restore(source, bytes, &back, &message), CS_OK);
    assert_true(hash_equal(ruleset_id(with), ruleset_id(back)));
    assert_int_equal(across_calendar(back)->holiday_count, 2);
    ruleset_release(with);
    ruleset_release(without);
    ruleset_release(back);
}

static void far_ahead_ends(void **state) {
    (void)state;
    cs_calendar calendar = {.zone_minutes = 840, .workdays = 0, .closes_minute = CS_DAY_MINUTES};
    int64_t at = ms("2026-03-02T10:00:00Z");
    assert_true(calendar_workday_later(&calendar, at, 5) > at); /* nobody ever works: it still comes to an end */
    assert_int_equal(calendar_end_of_day(NULL, at, UINT32_MAX), calendar_end_of_day(NULL, at, CS_MAX_DAYS_LATER));
    assert_int_equal(calendar_day(NULL, -1), 0);
    assert_int_equal(calendar_day(NULL, -8 * 3600000 - 1), -1);
    assert_false(calendar_is_workday(NULL, -4)); /* 1969-12-28, a Sunday */
    assert_true(calendar_is_workday(NULL, -3));
}

static void refuses(const char *text, uint32_t line, uint32_t column, const char *reason, const char *hint) {
    cs_ruleset *rules = NULL;
    problem first;
    assert_int_not_equal(load(text, &rules, &first), CS_OK);
    bool is_as_expected =
        first.line == line && first.column == column && strstr(first.reason, reason) && strstr(first.hint, hint);
    if (!is_as_expected)
        print_error("%s gave %u:%u %s (%s)\n", text, first.line, first.column, first.reason, first.hint);
    assert_true(is_as_expected);
}

static void problems_have_a_place_and_a_hint(void **state) {
    (void)state;
    refuses("calendar\n  zone beijing\n", 2, 8, "'beijing' is no zone", "+08:00");
    refuses("calendar\n  zone +15:00\n", 2, 8, "no zone", "+08:00");
    refuses("calendar\n  zone +08:00\n  zone +09:00\n", 3, 3, "stands twice", "keep one");
    refuses("calendar\n  workdays mon-fri\n", 2, 12, "expected mon", "blanks around");
    refuses("calendar\n  workdays mon - fry\n", 2, 18, "found 'fry'", "");
    refuses("calendar\n  hours 9 - 18\n", 2, 9, "'9' is no time of the day", "09:00");
    refuses("calendar\n  hours 18:00 - 09:00\n", 2, 9, "ends before it begins", "");
    refuses("calendar\n  hours 09:00\n", 2, 14, "ends is missing", "09:00 - 18:00");
    refuses("calendar\n  hours 09:00 - 25:00\n", 2, 17, "no time of the day", "");
    refuses("calendar\n  holiday 2026-02-30\n", 2, 11, "'2026-02-30' is no day", "2026-01-01");
    refuses("calendar\n  holiday 2026-10-07 - 2026-10-01\n", 2, 11, "first to its last", "");
    refuses("calendar\n  holiday 2026-01-01 - 2026-12-01\n", 2, 11, "at most 92 days", "");
    refuses("calendar\n  holiday 2026-01-01 2026-01-02\n", 2, 22, "left over", "");
    refuses("calendar\n  holidays 2026-01-01\n", 2, 3, "begins no line of a calendar", "holiday");
    refuses("calendar mine\n  zone +08:00\n", 1, 10, "left over", "");
    refuses("calendar\n  zone +08:00\ncalendar\n  zone +09:00\n", 3, 1, "has one calendar", "join");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_end_in_the_zone),
        cmocka_unit_test(workdays_step_over_holidays),
        cmocka_unit_test(the_same_workday),
        cmocka_unit_test(without_a_calendar),
        cmocka_unit_test(weeks_of_another_shape),
        cmocka_unit_test(chinese_words),
        cmocka_unit_test(the_calendar_is_part_of_the_rule_set),
        cmocka_unit_test(far_ahead_ends),
        cmocka_unit_test(problems_have_a_place_and_a_hint),
    };
    return hash_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
