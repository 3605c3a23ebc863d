/* clock.h - the wall clock, a steady clock, and dates as text.
 * Floor: base. Times are epoch milliseconds; CS_NO_TIME where unknown. Memory: none. Threads: any.
 * Example: int64_t ms; int zone; clock_parse("2026-02-14T10:32:00+08:00", &ms, &zone);
 */
#ifndef CS_BASE_CLOCK_H
#define CS_BASE_CLOCK_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define CS_NO_TIME INT64_MIN

int64_t clock_now_ms(void);
int64_t clock_steady_ms(void); /* for durations; never goes back */
int64_t clock_steady_us(void); /* the same in microseconds */
/* ISO 8601 date and time with zone (Z, +08:00, +0800); zone in minutes east. Range 1970-2199. */
bool clock_parse(const char *text, int64_t *epoch_ms, int *zone_minutes);
/* Date and time without a zone, in the zone given. */
bool clock_parse_local(const char *text, int zone_minutes, int64_t *epoch_ms);
bool clock_parse_zone(const char *text, int *zone_minutes); /* Z, +08:00, +0800 */
/* "" for CS_NO_TIME and before 1970. */
void clock_format(int64_t epoch_ms, int zone_minutes, char out[32]); /* 2026-02-14T10:32:00+08:00 */

#endif
