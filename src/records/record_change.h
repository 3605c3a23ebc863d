/* record_change.h - rows that cease to count, and count again. Private to record_store.c and record_undo.c.
 * Floor: records. Memory: the arena given. Threads: whoever owns the cs_db; in the caller's transaction.
 * Example: record_retire(db, number, import, arena, &gone, &m);
 */
#ifndef CS_RECORDS_RECORD_CHANGE_H
#define CS_RECORDS_RECORD_CHANGE_H

#include "records/record_store.h"

/* It ceases to count because of this import; *out is what it was, with number 0. */
cs_error record_retire(cs_db *db, int64_t number, int64_t import, cs_arena *arena, cs_record **out,
                       cs_message *message);
/* Who has which numbers and accounts, said by this import. */
cs_error record_meet(cs_db *db, const cs_record *record, int64_t import, cs_message *message);
cs_error record_tell(const cs_record_watch *watch, cs_db *db, const cs_record *gone, const cs_record *come,
                     cs_message *message);
cs_error record_run(cs_db *db, const char *sql, int64_t record, cs_message *message); /* with the parameter :record */

#endif
