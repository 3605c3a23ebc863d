#include "base/clock.h"

#include <stdio.h>
#include <time.h>

enum { FIRST_YEAR = 1970, LAST_YEAR = 2199, DAY_SECONDS = 86400 };

static int64_t read_clock(clockid_t which) {
    struct timespec now;
    if (clock_gettime(which, &now) != 0) return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void) {
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_steady_ms(void) {
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_steady_us(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Exactly count digits. */
static bool read_digits(const char **at, int count, int *out) {
    int value = 0;
    for (int i = 0; i < count; i++) {
        char c = (*at)[i];
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    *at += count;
    *out = value;
    return true;
}

static bool read_char(const char **at, char expected) {
    if (**at != expected) return false;
    (*at)++;
    return true;
}

static bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static int64_t days_before(int year, int month) {
    int64_t days = 0;
    for (int y = FIRST_YEAR; y < year; y++) days += 365 + is_leap(y);
    for (int m = 1; m < month; m++) days += month_days(year, m);
    return days;
}

static bool read_date(const char **at, int64_t *days) {
    int year, month, day;
    if (!read_digits(at, 4, &year) || !read_char(at, '-') || !read_digits(at, 2, &month) || !read_char(at, '-') ||
        !read_digits(at, 2, &day))
        return false;
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12) return false;
    if (day < 1 || day > month_days(year, month)) return false;
    *days = days_before(year, month) + day - 1;
    return true;
}

static bool read_time(const char **at, int64_t *day_ms) {
    int hour, minute, second = 0, ms = 0;
    if (!read_digits(at, 2, &hour) || !read_char(at, ':') || !read_digits(at, 2, &minute)) return false;
    if (read_char(at, ':') && !read_digits(at, 2, &second)) return false;
    if (**at == '.' || **at == ',') {
        (*at)++;
        int place = 100, digits = 0;
        for (; **at >= '0' && **at <= '9' && digits < 9; (*at)++, digits++, place /= 10) ms += (**at - '0') * place;
        if (!digits) return false;
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    *day_ms = ((int64_t)hour * 3600 + minute * 60 + second) * 1000 + ms;
    return true;
}

static bool read_zone(const char **at, int *minutes) {
    if (read_char(at, 'Z') || read_char(at, 'z')) {
        *minutes = 0;
        return true;
    }
    int sign = **at == '-' ? -1 : 1, hours, rest;
    if (!read_char(at, '+') && !read_char(at, '-')) return false;
    if (!read_digits(at, 2, &hours)) return false;
    (void)read_char(at, ':');
    if (!read_digits(at, 2, &rest) || hours > 14 || rest > 59) return false;
    *minutes = sign * (hours * 60 + rest);
    return true;
}

bool clock_parse_zone(const char *text, int *zone_minutes) {
    int zone;
    if (!read_zone(&text, &zone) || *text) return false;
    *zone_minutes = zone;
    return true;
}

static bool read_moment(const char **at, int64_t *local_ms) {
    int64_t days, day_ms;
    if (!read_date(at, &days)) return false;
    if (!read_char(at, 'T') && !read_char(at, 't') && !read_char(at, ' ')) return false;
    if (!read_time(at, &day_ms)) return false;
    *local_ms = days * DAY_SECONDS * 1000 + day_ms;
    return true;
}

bool clock_parse(const char *text, int64_t *epoch_ms, int *zone_minutes) {
    int64_t local_ms;
    int zone;
    if (!text || !read_moment(&text, &local_ms) || !read_zone(&text, &zone) || *text) return false;
    if (local_ms < (int64_t)zone * 60000) return false; /* before 1970 in UTC */
    *epoch_ms = local_ms - (int64_t)zone * 60000;
    *zone_minutes = zone;
    return true;
}

bool clock_parse_local(const char *text, int zone_minutes, int64_t *epoch_ms) {
    int64_t local_ms;
    if (!text || !read_moment(&text, &local_ms) || *text) return false;
    if (local_ms < (int64_t)zone_minutes * 60000) return false;
    *epoch_ms = local_ms - (int64_t)zone_minutes * 60000;
    return true;
}

void clock_format(int64_t epoch_ms, int zone_minutes, char out[32]) {
    out[0] = 0;
    if (epoch_ms == CS_NO_TIME || zone_minutes < -14 * 60 - 59 || zone_minutes > 14 * 60 + 59) return;
    int64_t seconds = epoch_ms / 1000 - (epoch_ms % 1000 < 0) + (int64_t)zone_minutes * 60;
    int64_t days = seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
    int rest = (int)(seconds - days * DAY_SECONDS);
    if (days < 0 || days > 400 * 366) return;
    int year = FIRST_YEAR, month = 1;
    for (; days >= 365 + is_leap(year); year++) days -= 365 + is_leap(year);
    for (; days >= month_days(year, month); month++) days -= month_days(year, month);
    unsigned zone = (unsigned)(zone_minutes < 0 ? -zone_minutes : zone_minutes), second = (unsigned)rest;
    /* The remainders tell the compiler what is true anyway: no number is wider than its place. */
    snprintf(out, 32, "%04u-%02u-%02uT%02u:%02u:%02u%c%02u:%02u", (unsigned)year % 10000, (unsigned)month % 100,
             ((unsigned)days + 1) % 100, second / 3600 % 100, second / 60 % 60, second % 60,
             zone_minutes < 0 ? '-' : '+', zone / 60 % 100, zone % 60);
}
