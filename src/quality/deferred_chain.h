/* deferred_chain.h - the obligations of one rule about one ticket or customer: they follow one another, and while one is
 * open further triggers join it. A late event changes the chain from where it stands until the chain is as it was.
 * Floor: quality, private to deferred*.c. Memory: the deferral's arenas. Threads: the one of the db.
 * Example: chain_take(&d, &row, arena, &m);
 */
#ifndef CS_QUALITY_DEFERRED_CHAIN_H
#define CS_QUALITY_DEFERRED_CHAIN_H

#include "quality/deferred_judge.h"

/* One row of the log, taken in by one rule, in the caller's transaction. arena: for what the row tells of. */
cs_error chain_take(cs_deferral *d, const cs_log_row *row, cs_arena *arena, cs_message *message);

#endif
