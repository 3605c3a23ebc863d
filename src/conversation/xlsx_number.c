#include "conversation/xlsx_number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Days from 1899-12-30, which makes the serial numbers right from 1900-03-01 on: Excel believes in a 1900-02-29. */
enum { DAYS_1904 = 1462, LEAP_THAT_WAS_NOT = 60, LAST_DAY = 2958465 /* 9999-12-31 */, A_YEAR = 366, DAY_MS = 86400000 };
enum { EXACT_DIGITS = 15, PLAIN_EXPONENT = 21, SMALLEST_EXPONENT = -7 };
static const double LAST_EXACT = 9007199254740992; /* 2^53 */

/* Days since 1970-01-01 as a date: years begin in March, so that the leap day is the last one; 400 years have 146,097 days. */
static void write_day(int64_t days, char out[40]) {
    int64_t shifted = days + 719468; /* since 0000-03-01 */
    int64_t era = shifted / 146097, of_era = shifted % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * month + 2) / 5 + 1;
    month += month < 10 ? 3 : -9;
    snprintf(out, 40, "%04d-%02d-%02d", (int)(year + era * 400 + (month <= 2)), (int)month, (int)day);
}

static void write_clock(int64_t ms, bool has_fraction, char *out, size_t room) {
    int64_t seconds = ms / 1000;
    int used =
        snprintf(out, room, "%02" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60), (int)(seconds % 60));
    if (has_fraction) snprintf(out + used, room - (size_t)used, ".%03d", (int)(ms % 1000));
}

/* What the cell shows is rounded to its smallest unit. */
static int64_t round_ms(double days, bool has_fraction) {
    return has_fraction ? llround(days * DAY_MS) : llround(days * (DAY_MS / 1000.0)) * 1000;
}

static bool write_moment(double serial, cs_number_kind kind, bool is_1904, char out[CS_XLSX_NUMBER_BYTES]) {
    if (serial < 0 || serial >= LAST_DAY + 1) return false;
    int64_t ms = round_ms(serial, kind.has_fraction);
    bool is_length = !kind.is_date && serial < A_YEAR;
    if (is_length || serial < 1) {
        write_clock(ms, kind.has_fraction, out, CS_XLSX_NUMBER_BYTES);
        return true;
    }
    int64_t day = ms / DAY_MS;
    if (is_1904)
        day += DAYS_1904;
    else if (day == LEAP_THAT_WAS_NOT)
        return false;
    else if (day < LEAP_THAT_WAS_NOT)
        day++;
    char date[40], clock[40];
    write_day(day - 25569, date); /* 1970-01-01 is day 25569 */
    write_clock(ms % DAY_MS, kind.has_fraction, clock, sizeof clock);
    snprintf(out, CS_XLSX_NUMBER_BYTES, "%.20s %.20s", date, clock);
    return true;
}

static bool is_short_whole(const char *stored) {
    size_t sign = *stored == '-', digits = strspn(stored + sign, "0123456789");
    return digits > 0 && digits <= EXACT_DIGITS && !stored[sign + digits];
}

/* Digits and exponent of the shortest text that gives the same number again; digits have no point. */
static int shortest(double number, char digits[24]) {
    char text[40];
    for (int precision = EXACT_DIGITS; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision - 1, number);
        if (strtod(text, NULL) == number) break;
    }
    size_t count = 0;
    const char *at = text;
    for (; *at && *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9') digits[count++] = *at;
    }
    while (count > 1 && digits[count - 1] == '0') count--;
    digits[count] = 0;
    return *at ? (int)strtol(at + 1, NULL, 10) : 0;
}

static void write_number(double number, char out[CS_XLSX_NUMBER_BYTES]) {
    char digits[24];
    int exponent = shortest(fabs(number), digits), count = (int)strlen(digits);
    const char *sign = number < 0 ? "-" : "";
    static const char zeros[] = "000000000000000000000";
    if (exponent >= PLAIN_EXPONENT || exponent < SMALLEST_EXPONENT)
        snprintf(out, CS_XLSX_NUMBER_BYTES, "%s%c%s%se%d", sign, digits[0], count > 1 ? "." : "", digits + 1, exponent);
    else if (exponent < 0)
        snprintf(out, CS_XLSX_NUMBER_BYTES, "%s0.%.*s%s", sign, -exponent - 1, zeros, digits);
    else if (count <= exponent + 1)
        snprintf(out, CS_XLSX_NUMBER_BYTES, "%s%s%.*s", sign, digits, exponent + 1 - count, zeros);
    else
        snprintf(out, CS_XLSX_NUMBER_BYTES, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
}

cs_xlsx_number xlsx_number_text(const char *stored, cs_number_kind kind, bool is_1904, char out[CS_XLSX_NUMBER_BYTES]) {
    bool is_moment = kind.is_date || kind.is_time;
    stored += strspn(stored, " \t\r\n");
    if (!is_moment && is_short_whole(stored)) {
        snprintf(out, CS_XLSX_NUMBER_BYTES, "%s", stored);
        return CS_XLSX_NUMBER_SOUND;
    }
    if (*stored != '-' && *stored != '+' && *stored != '.' && (*stored < '0' || *stored > '9'))
        return CS_XLSX_NUMBER_NONE;
    char *end = NULL;
    double number = strtod(stored, &end);
    end += strspn(end, " \t\r\n");
    if (*end || !isfinite(number) || strpbrk(stored, "xX")) return CS_XLSX_NUMBER_NONE;
    if (is_moment && write_moment(number, kind, is_1904, out)) return CS_XLSX_NUMBER_SOUND;
    write_number(number, out);
    bool is_whole = number == floor(number);
    return is_whole && fabs(number) > LAST_EXACT ? CS_XLSX_NUMBER_INEXACT : CS_XLSX_NUMBER_SOUND;
}
