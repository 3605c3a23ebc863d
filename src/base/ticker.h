/* ticker.h - a thread that takes one turn after another, with a wait between, until it is stopped.
 * Floor: base. A turn says how long to wait until the next; the first is at once. The system's clock may be set meanwhile.
 * Memory: ticker_start gives one to release with ticker_stop; the context is the caller's and outlives it.
 * Threads: the turns run on one of its own; start and stop from one thread.
 * Example: ticker_start(look, clock, &ticker, &m); ...; ticker_stop(ticker);
 */
#ifndef CS_BASE_TICKER_H
#define CS_BASE_TICKER_H

#include "base/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct cs_ticker cs_ticker;

/* How many milliseconds until the next turn. A long turn looks at is_stopped and ends early. */
typedef int64_t (*cs_tick)(void *context, const atomic_bool *is_stopped);

cs_error ticker_start(cs_tick tick, void *context, cs_ticker **out, cs_message *message);
void ticker_stop(cs_ticker *ticker); /* waits for a turn under way; NULL is allowed */

#endif
