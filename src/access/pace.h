/* pace.h - how often somebody may try: growing waits after failures, and a bucket of requests for each address.
 * Floor: access. Who it is, is any text; of some thousands the one longest quiet gives way. Times are steady milliseconds, given by the caller.
 * Memory: pace_create gives one to release with pace_free. Threads: any.
 * Example: if ((wait = pace_wait_ms(pace, "name:li", CS_PACE_QUICK, now)) > 0) say(429, wait); else if (!fits) pace_failed(pace, "name:li", now);
 */
#ifndef CS_ACCESS_PACE_H
#define CS_ACCESS_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CS_PACE_QUICK = 5, /* tries of one name that cost no wait */
    CS_PACE_QUICK_ADDRESS = 20, /* of one address: many people may be behind it */
    CS_PACE_LONGEST_MS = 15 * 60 * 1000, /* the longest wait, and how long a failure is remembered behind it */
};

typedef struct cs_pace cs_pace;

cs_pace *pace_create(void); /* NULL: no memory */
void pace_free(cs_pace *pace); /* NULL is allowed */

/* 0: he may try. quick failures are free, the next waits 2 s, then 4, 8 … */
int64_t pace_wait_ms(cs_pace *pace, const char *who, int quick, int64_t now_ms);
void pace_failed(cs_pace *pace, const char *who, int64_t now_ms);
void pace_succeeded(cs_pace *pace, const char *who);

/* Takes one of most from who's bucket, which fills by a_second a second. 0: taken; else milliseconds until there is one again. */
int64_t pace_take(cs_pace *pace, const char *who, int64_t most, int64_t a_second, int64_t now_ms);

#endif
