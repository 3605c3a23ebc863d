/* search_clock.h - a thread that gives the search index what it does not hold yet, while the store is served.
 * Floor: quality. It looks once a minute; what waits is indexed in small transactions, so that others write between them.
 * Memory: search_clock_stop releases it. Threads: one of its own; start and stop on the same thread.
 * Example: search_clock_start("callscope-data", &clock, &m); ... search_clock_stop(clock);
 */
#ifndef CS_QUALITY_SEARCH_CLOCK_H
#define CS_QUALITY_SEARCH_CLOCK_H

#include "base/error.h"

typedef struct cs_search_clock cs_search_clock;

cs_error search_clock_start(const char *data, cs_search_clock **out, cs_message *message);
void search_clock_stop(cs_search_clock *clock); /* NULL is allowed */

#endif
