#include "insight/figure_calendar.h"

int64_t floor_divide(int64_t number, int64_t by) {
    return number / by - (number % by < 0);
}

/* Years are counted from March, so that the leap day is the last one: eras of 400 years have 146,097 days. */
int64_t month_first_day(int64_t month) {
    int64_t year = floor_divide(month - 2, 12), from_march = month - 2 - year * 12;
    int64_t era = floor_divide(year, 400), of_era = year - era * 400;
    int64_t day_of_year = (153 * from_march + 2) / 5;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719468;
}

int64_t month_of_day(int64_t day) {
    int64_t guess = 1970 * 12 + floor_divide(day * 400 * 12, 146097);
    while (month_first_day(guess) > day) guess--;
    while (month_first_day(guess + 1) <= day) guess++;
    return guess;
}

int64_t week_first_day(int64_t day) {
    return floor_divide(day + 3, 7) * 7 - 3; /* 1970-01-01 was a Thursday */
}
