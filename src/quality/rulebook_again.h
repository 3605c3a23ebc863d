/* rulebook_again.h - after rules were published: stored conversations are given to the queue, to be inspected again.
 * Floor: quality. A few at a time, at low urgency, and none while what came in new waits. How far it is stands in the store
 * (setting rules_again), so a restart goes on.
 * Memory: none kept. Threads: whoever owns the cs_db, a handle for writing, outside a transaction.
 * Example: rulebook_again(db, &is_stopped, &m);
 */
#ifndef CS_QUALITY_RULEBOOK_AGAIN_H
#define CS_QUALITY_RULEBOOK_AGAIN_H

#include "store/db.h"

#include <stdatomic.h>

cs_error rulebook_again(cs_db *db, const atomic_bool *is_stopped, cs_message *message);
cs_error rulebook_again_begin(cs_db *db, cs_message *message); /* inside a writing transaction */

#endif
