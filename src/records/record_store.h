/* record_store.h - records in the store: a row that comes again is known, a corrected one replaces it, an import can be undone.
 * Floor: records. Whatever changes marks what must be matched (match.h) and joined (join.h) again, in the same transaction.
 * Memory: what is read lives in the arena given. Threads: whoever owns the cs_db; writing in the caller's transaction.
 * Example: record_save(db, record, import, &watch, &outcome, &m);
 */
#ifndef CS_RECORDS_RECORD_STORE_H
#define CS_RECORDS_RECORD_STORE_H

#include "records/record.h"
#include "store/db.h"

typedef enum cs_record_saved { CS_RECORD_NEW, CS_RECORD_CHANGED, CS_RECORD_UNCHANGED } cs_record_saved;

/* Told when what a record says begins or ceases to count, in the same transaction; either may be NULL. For what stands above
 * this floor: the event log (quality/ticket_events.h). */
typedef struct cs_record_watch {
    cs_error (*on_change)(void *context, cs_db *db, const cs_record *gone, const cs_record *come, cs_message *message);
    void *context;
} cs_record_watch;

/* import: 0 for none. CS_ERR_CONFLICT: this import brought the same key with other content before; the first stays. */
cs_error record_save(cs_db *db, cs_record *record, int64_t import, const cs_record_watch *watch,
                     cs_record_saved *outcome, cs_message *message);

/* Columns of record in the order of record_row. */
#define CS_RECORD_COLUMNS "r.number, r.key, r.source, r.line, r.body"
cs_error record_row(cs_stmt *stmt, cs_arena *arena, cs_record **out, cs_message *message);
cs_error record_find(cs_db *db, int64_t number, cs_arena *arena, cs_record **out,
                     cs_message *message); /* CS_ERR_NOT_FOUND */

/* Whether there is any record at all: most stores of chats hold none. */
cs_error record_any(cs_db *db, bool *is_any, cs_message *message);

/* The time that the rows of one file are about, in whole days. */
typedef struct cs_record_span {
    int64_t from_ms, to_ms; /* 0, 0: nothing yet */
    bool is_roster; /* a roster is read as a whole */
} cs_record_span;
void record_span_add(cs_record_span *span, const cs_record *record);

/* Rows of this file, about the same days, that the import has not seen in it any more cease to count; at most `most`, *count
 * grows by them. *left: whether there are more. */
cs_error records_retire(cs_db *db, const char *path, int64_t import, const cs_record_span *span, int most,
                        const cs_record_watch *watch, int64_t *count, bool *left, cs_message *message);

/* Takes back at most `most` records of an import: those that ceased to count because of it count again. *left: whether there
 * are more. */
cs_error records_undo(cs_db *db, int64_t import, int most, const cs_record_watch *watch, int64_t *removed, bool *left,
                      cs_message *message);

#endif
