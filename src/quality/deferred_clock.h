/* deferred_clock.h - a thread that looks every minute whether an obligation is due; for callscope serve.
 * Floor: quality. It makes no store and writes only where there is something to do: the store may come later, be replaced,
 * or hold no rule across conversations at all.
 * Memory: deferred_clock_start gives a clock to release with deferred_clock_stop. Threads: start and stop on one thread.
 * Example: deferred_clock_start("callscope-data", CS_MINUTE_MS, &clock, &m); ...; deferred_clock_stop(clock);
 */
#ifndef CS_QUALITY_DEFERRED_CLOCK_H
#define CS_QUALITY_DEFERRED_CLOCK_H

#include "base/error.h"

#include <stdint.h>

enum { CS_MINUTE_MS = 60000 };

typedef struct cs_deferred_clock cs_deferred_clock;

/* The first look is at once. */
cs_error deferred_clock_start(const char *data, int64_t every_ms, cs_deferred_clock **out, cs_message *message);
void deferred_clock_stop(cs_deferred_clock *clock); /* waits for a look under way; NULL is allowed */

#endif
