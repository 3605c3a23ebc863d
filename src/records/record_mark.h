/* record_mark.h - what a change makes due: records to be matched, conversations to be joined again.
 * Floor: records. Marks are rows, written with what made them due, so that a killed run leaves nothing unmatched.
 * Memory: none. Threads: whoever owns the cs_db; in the caller's transaction.
 * Example: mark_record(db, record, &m); mark_conversation(db, seq, &m);
 */
#ifndef CS_RECORDS_RECORD_MARK_H
#define CS_RECORDS_RECORD_MARK_H

#include "records/record.h"
#include "store/db.h"

/* A record came, was replaced or went: it and those of the same number and time are matched again; conversations that had
 * something of it, or may have now, are joined again. number 0: it is gone already. */
cs_error mark_record(cs_db *db, const cs_record *record, cs_message *message);
cs_error mark_match(cs_db *db, int64_t record, cs_message *message);
cs_error mark_join(cs_db *db, int64_t seq, cs_message *message);
cs_error mark_inspect(cs_db *db, int64_t seq, cs_message *message); /* also when joining changes nothing */

/* A conversation as read came or changed: what it can be found by is kept, and records that may fit it are due.
 * recordings: the paths of its recordings. */
cs_error mark_conversation(cs_db *db, int64_t seq, const cs_conversation *conversation, const char *const *recordings,
                           size_t recording_count, cs_message *message);
/* It is being removed: what was joined to it is due, and nothing names it any more. */
cs_error mark_removed(cs_db *db, int64_t seq, cs_message *message);

#endif
