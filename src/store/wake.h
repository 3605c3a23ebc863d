/* wake.h - who waits for work, or for the end of it, hears of it at once.
 * Floor: store. Within a process by a condition; between processes on PostgreSQL by NOTIFY (wake_listen, wake_tell). On SQLite
 * other processes are heard of by looking again: whoever waits sets a limit.
 * Memory: wake_create gives one to release with wake_free, after all who use it. Threads: any.
 * Example: uint64_t seen = wake_count(w); look(); wake_wait(w, seen, 1000);
 */
#ifndef CS_STORE_WAKE_H
#define CS_STORE_WAKE_H

#include "store/db.h"

typedef struct cs_wake cs_wake;

cs_wake *wake_create(void); /* NULL: out of memory */
void wake_free(cs_wake *wake); /* ends its listening; NULL is allowed */
uint64_t wake_count(cs_wake *wake); /* taken before looking, so that nothing between looking and waiting is missed */
/* Until it was posted since `seen`, or the time is over. NULL only waits. */
void wake_wait(cs_wake *wake, uint64_t seen, int64_t most_ms);
void wake_post(cs_wake *wake); /* NULL is allowed */
/* To other processes, when the transaction is committed. */
cs_error wake_tell(cs_db *db, cs_message *message);
/* Posts whatever other processes tell, from a thread with a connection of its own. On SQLite it does nothing. */
cs_error wake_listen(cs_wake *wake, const char *data, cs_message *message);

#endif
