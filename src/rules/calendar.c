#include "rules/calendar.h"

#include <stddef.h>

static const int64_t DAY_MS = (int64_t)CS_DAY_MINUTES * 60000;
enum { DEFAULT_ZONE = 8 * 60, MONDAY_TO_FRIDAY = 0x1f };

int calendar_zone(const cs_calendar *calendar) {
    return calendar ? calendar->zone_minutes : DEFAULT_ZONE;
}

static int64_t local_ms(const cs_calendar *calendar, int64_t epoch_ms) {
    return epoch_ms + (int64_t)calendar_zone(calendar) * 60000;
}

int64_t calendar_day(const cs_calendar *calendar, int64_t epoch_ms) {
    int64_t local = local_ms(calendar, epoch_ms);
    return local / DAY_MS - (local % DAY_MS < 0);
}

/* The moment at which a day begins. */
static int64_t day_start(const cs_calendar *calendar, int64_t day) {
    return day * DAY_MS - (int64_t)calendar_zone(calendar) * 60000;
}

static bool holds(const cs_day_range *ranges, uint32_t count, int64_t day) {
    for (uint32_t i = 0; i < count; i++)
        if (day >= ranges[i].first && day <= ranges[i].last) return true;
    return false;
}

bool calendar_is_workday(const cs_calendar *calendar, int64_t day) {
    int weekday = (int)((day % 7 + 10) % 7); /* 1970-01-01 was a Thursday; 0: Monday */
    if (!calendar) return MONDAY_TO_FRIDAY >> weekday & 1;
    if (holds(calendar->extra_workdays, calendar->extra_count, day)) return true;
    return (calendar->workdays >> weekday & 1) && !holds(calendar->holidays, calendar->holiday_count, day);
}

/* The n-th workday after day. The stated ranges bound how far apart two workdays can lie, and so the loop. */
static int64_t workday_after(const cs_calendar *calendar, int64_t day, uint32_t n) {
    int64_t most = (int64_t)(n > CS_MAX_DAYS_LATER ? CS_MAX_DAYS_LATER : n) * 7 +
                   (int64_t)CS_MAX_CALENDAR_RANGES * CS_MAX_RANGE_DAYS + 7;
    for (uint32_t found = 0; found < n && found < CS_MAX_DAYS_LATER && most > 0; most--)
        if (calendar_is_workday(calendar, ++day)) found++;
    return day;
}

static int64_t end_of(const cs_calendar *calendar, int64_t day) {
    if (!calendar || calendar->closes_minute == CS_DAY_MINUTES) return day_start(calendar, day + 1) - 1;
    return day_start(calendar, day) + (int64_t)calendar->closes_minute * 60000;
}

int64_t calendar_end_of_day(const cs_calendar *calendar, int64_t epoch_ms, uint32_t n) {
    if (n > CS_MAX_DAYS_LATER) n = CS_MAX_DAYS_LATER;
    return day_start(calendar, calendar_day(calendar, epoch_ms) + n + 1) - 1;
}

int64_t calendar_end_of_workday(const cs_calendar *calendar, int64_t epoch_ms, uint32_t n) {
    int64_t day = calendar_day(calendar, epoch_ms);
    if (n == 0 && calendar_is_workday(calendar, day) && end_of(calendar, day) >= epoch_ms) return end_of(calendar, day);
    return end_of(calendar, workday_after(calendar, day, n ? n : 1));
}

int64_t calendar_workday_later(const cs_calendar *calendar, int64_t epoch_ms, uint32_t n) {
    int64_t day = calendar_day(calendar, epoch_ms);
    return epoch_ms + (workday_after(calendar, day, n) - day) * DAY_MS;
}
