/* figure_calendar.h - days, weeks and months as numbers: days since 1970-01-01, months year * 12 + month from 0.
 * Floor: insight. The Gregorian calendar without end in both directions; weeks begin on Monday.
 * Memory: none. Threads: any. Example: month_of_day(0) is 1970 * 12, month_first_day(1970 * 12 + 1) is 31
 */
#ifndef CS_INSIGHT_FIGURE_CALENDAR_H
#define CS_INSIGHT_FIGURE_CALENDAR_H

#include <stdint.h>

#define CS_DAY_MS INT64_C(86400000)

int64_t month_of_day(int64_t day);
int64_t month_first_day(int64_t month);
int64_t week_first_day(int64_t day); /* the Monday of its week */
int64_t floor_divide(int64_t number, int64_t by);

#endif
