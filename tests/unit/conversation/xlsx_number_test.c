#include "conversation/xlsx_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const cs_number_kind plain = {0}, moment = {true, true, false}, day = {true, false, false},
                            length = {false, true, false};

static void expect(const char *stored, cs_number_kind kind, const char *text) {
    char out[CS_XLSX_NUMBER_BYTES];
    assert_int_equal(xlsx_number_text(stored, kind, false, out), CS_XLSX_NUMBER_SOUND);
    assert_string_equal(out, text);
}

static void numbers_lose_their_noise_and_nothing_else(void **state) {
    (void)state;
    expect("188006", plain, "188006");
    expect("0", plain, "0");
    expect("-5", plain, "-5");
    expect("0.10000000000000001", plain, "0.1");
    expect("0.30000000000000004", plain, "0.30000000000000004"); /* it is not 0.3 */
    expect("1.3812345678E10", plain, "13812345678");
    expect("1.3812345678000000E+10", plain, "13812345678");
    expect("4.5", plain, "4.5");
    expect("-12.25", plain, "-12.25");
    expect("1E-3", plain, "0.001");
    expect("1.5e-7", plain, "0.00000015");
    expect("1.5e-8", plain, "1.5e-8");
    expect("999999999999999", plain, "999999999999999");
    expect("9007199254740992", plain, "9007199254740992");
    expect("123456.789", plain, "123456.789");
    expect(" 7 ", plain, "7");
}

static void digits_that_excel_lost_are_told(void **state) {
    (void)state;
    char out[CS_XLSX_NUMBER_BYTES];
    assert_int_equal(xlsx_number_text("1.2345678901234568E+17", plain, false, out), CS_XLSX_NUMBER_INEXACT);
    assert_string_equal(out, "123456789012345680");
    assert_int_equal(xlsx_number_text("110101199003070000", plain, false, out), CS_XLSX_NUMBER_INEXACT);
    static const char *const none[] = {"abc", "", "0x10", "1,5", "nan", "inf", "1e999", "--1", "12 3"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(xlsx_number_text(none[i], plain, false, out), CS_XLSX_NUMBER_NONE);
}

static void dates_are_read_as_one_reads_them(void **state) {
    (void)state;
    expect("43524.475752314815", moment, "2019-02-28 11:25:05");
    expect("43524", day, "2019-02-28 00:00:00");
    expect("43524.999999", moment, "2019-03-01 00:00:00"); /* as the cell shows it */
    expect("45351", day, "2024-02-29 00:00:00");
    expect("1", day, "1900-01-01 00:00:00");
    expect("59", day, "1900-02-28 00:00:00");
    expect("60", day, "60"); /* the day that Excel alone believes in */
    expect("61", day, "1900-03-01 00:00:00");
    expect("2958465", day, "9999-12-31 00:00:00");
    expect("2958466", day, "2958466");
    expect("-1", day, "-1");
    expect("43524.4757523", (cs_number_kind){true, true, true}, "2019-02-28 11:25:04.999");
    char out[CS_XLSX_NUMBER_BYTES];
    assert_int_equal(xlsx_number_text("42062.475752314815", moment, true, out), CS_XLSX_NUMBER_SOUND);
    assert_string_equal(out, "2019-02-28 11:25:05");
}

/* Every day from 1900-03-01 to 2200 counted on by the rules of the calendar. */
static void every_day_is_right(void **state) {
    (void)state;
    int year = 1900, month = 3, date = 1;
    for (int serial = 61; year < 2200; serial++) {
        char stored[16], expected[64];
        snprintf(stored, sizeof stored, "%d", serial);
        snprintf(expected, sizeof expected, "%04d-%02d-%02d 00:00:00", year, month, date);
        expect(stored, day, expected);
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        if (++date <= days[month - 1] + (month == 2 && is_leap)) continue;
        date = 1;
        if (++month <= 12) continue;
        month = 1;
        year++;
    }
}

static void lengths_and_times_of_day_have_no_date(void **state) {
    (void)state;
    expect("0.44004629629629627", length, "10:33:40");
    expect("2.3148148148148147E-3", length, "00:03:20");
    expect("1.5", length, "36:00:00");
    expect("0.5", moment, "12:00:00");
    expect("43524.5", length, "2019-02-28 12:00:00"); /* only its time is shown, but it has a day */
    expect("0.000011574", (cs_number_kind){false, true, true}, "00:00:01.000");
}

static void expect_format(const char *code, bool is_date, bool is_time, bool has_fraction) {
    cs_number_kind kind = xlsx_format_kind(code);
    if (kind.is_date != is_date || kind.is_time != is_time || kind.has_fraction != has_fraction)
        fail_msg("%s: date %d, time %d, fraction %d", code, kind.is_date, kind.is_time, kind.has_fraction);
}

static void formats_are_told_apart(void **state) {
    (void)state;
    static const char *const numbers[] = {"General",
                                          "0",
                                          "0.00",
                                          "#,##0",
                                          "0%",
                                          "0.00E+00",
                                          "@",
                                          "# ?/?",
                                          "\"ddd\"0",
                                          "[Red]0.00",
                                          "[$-409]0",
                                          "_-* #,##0.00_-",
                                          "\\d0",
                                          "[DBNum1]0",
                                          "General;General",
                                          "[$¥-804]#,##0.00",
                                          "##0.0E+0",
                                          "0\"days\"",
                                          "[>100]0"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) expect_format(numbers[i], false, false, false);
    expect_format("yyyy\\-mm\\-dd\\ hh:mm:ss", true, true, false);
    expect_format("yyyy\"年\"m\"月\"d\"日\"", true, false, false);
    expect_format("[$-804]yyyy/m/d", true, false, false);
    expect_format("m/d/yy h:mm AM/PM", true, true, false);
    expect_format("mmm", true, false, false);
    expect_format("d", true, false, false);
    expect_format("e\"年\"", true, false, false);
    expect_format("h:mm", false, true, false);
    expect_format("[h]:mm:ss", false, true, false);
    expect_format("[mm]:ss", false, true, false);
    expect_format("mm:ss.0", false, true, true);
    expect_format("[ss].00", false, true, true);
    expect_format("[$-F400]h:mm:ss\\ AM/PM", false, true, false);
    expect_format("上午/下午h\"时\"mm\"分\"", false, true, false);
    expect_format("yyyy-mm-dd hh:mm:ss.000", true, true, true);
    expect_format("\"", false, false, false);
    expect_format("[", false, false, false);
    expect_format("\\", false, false, false);
    expect_format("", false, false, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_lose_their_noise_and_nothing_else), cmocka_unit_test(digits_that_excel_lost_are_told),
        cmocka_unit_test(dates_are_read_as_one_reads_them),          cmocka_unit_test(every_day_is_right),
        cmocka_unit_test(lengths_and_times_of_day_have_no_date),     cmocka_unit_test(formats_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
