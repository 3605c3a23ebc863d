/* snapshot.h - one state of SQLite's file as a file of its own, while others write.
 * Floor: store. Page by page in steps, from the state at its beginning; writers go on meanwhile.
 * Memory: some pages. Threads: any, with handles of its own.
 * Example: snapshot_take("data/callscope.db", "backup/callscope.db", &m);
 */
#ifndef CS_STORE_SNAPSHOT_H
#define CS_STORE_SNAPSHOT_H

#include "base/error.h"

/* to must not be there. What was copied is checked: CS_ERR_STORE names the damage that the source has. */
cs_error snapshot_take(const char *from, const char *to, cs_message *message);

#endif
