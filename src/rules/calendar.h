/* calendar.h - the centre's calendar: its zone, its working days and hours, its holidays.
 * Floor: rules. A day is a calendar day in the centre's zone. Without a calendar (NULL) the zone is +08:00, Monday to Friday
 * are worked and no hours are stated: a working day then ends with the day.
 * Memory: a calendar lives in the rule set's arena. Threads: any, it never changes.
 * Example: int64_t due = calendar_end_of_day(calendar, closed_ms, 3);
 */
#ifndef CS_RULES_CALENDAR_H
#define CS_RULES_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CS_MAX_CALENDAR_RANGES = 400, /* holidays, and as many extra workdays */
    CS_MAX_RANGE_DAYS = 92,
    CS_MAX_DAYS_LATER = 366, /* n of the functions below; a larger one counts as this */
    CS_DAY_MINUTES = 24 * 60
};

typedef struct cs_day_range {
    int64_t first, last; /* days since 1970-01-01, both inclusive */
} cs_day_range;

typedef struct cs_calendar {
    int zone_minutes; /* east of UTC */
    unsigned workdays; /* bit 0: Monday … bit 6: Sunday */
    int opens_minute, closes_minute; /* of the day; 0 and 24 * 60: no hours are stated */
    cs_day_range holidays[CS_MAX_CALENDAR_RANGES], extra_workdays[CS_MAX_CALENDAR_RANGES];
    uint32_t holiday_count, extra_count; /* an extra workday outweighs a holiday and the weekend */
} cs_calendar;

int calendar_zone(const cs_calendar *calendar); /* minutes east of UTC */
int64_t calendar_day(const cs_calendar *calendar, int64_t epoch_ms); /* days since 1970-01-01 in the centre's zone */
bool calendar_is_workday(const cs_calendar *calendar, int64_t day);

/* The last millisecond of the n-th day after the day of epoch_ms; n 0: of the same day. */
int64_t calendar_end_of_day(const cs_calendar *calendar, int64_t epoch_ms, uint32_t n);
/* When work ends on the n-th workday after: the stated hour, else the last millisecond of that day. n 0: on the same day,
 * or, when that is no workday or its work has ended, on the next workday. */
int64_t calendar_end_of_workday(const cs_calendar *calendar, int64_t epoch_ms, uint32_t n);
/* The same time of the day, on the n-th workday after; n 0: epoch_ms itself. */
int64_t calendar_workday_later(const cs_calendar *calendar, int64_t epoch_ms, uint32_t n);

/* ---- private to rules/ ---- */

struct cs_parser;
struct cs_statement;
bool parse_is_calendar(const struct cs_statement *statement); /* parse_calendar.c */
void parse_calendar(struct cs_parser *parser, const struct cs_statement *statement);

#endif
