/* event_log.h - what happened to tickets and customers, in the store, for ever: appended, never changed or removed.
 * Floor: quality. An event is known by its id: giving it again changes nothing. Ids carry a letter for where they are from,
 * so that a file's and a conversation's can't collide. An event that a corrected conversation no longer holds stays and is
 * marked withdrawn; a correction is an event, too.
 * Memory: read rows borrow from the statement until its next step. Threads: whoever owns the cs_db.
 * Example: event_log_append(db, CS_FROM_FILE, &event, "tickets.jsonl", now_ms, &is_new, &m);
 */
#ifndef CS_QUALITY_EVENT_LOG_H
#define CS_QUALITY_EVENT_LOG_H

#include "base/json.h"
#include "rules/across.h"
#include "store/db.h"

typedef enum cs_event_origin {
    CS_FROM_FILE = 'e',
    CS_FROM_CONVERSATION = 'c',
    CS_FROM_TIMER = 't',
    CS_FROM_CORRECTION = 'x'
} cs_event_origin;

/* The log's own kinds: nobody else may use them. */
#define CS_EVENT_DUE                                                                                                   \
    "due" /* a due-timer went off; by: the rule, field "opened": the event that opened the obligation */
#define CS_EVENT_CORRECTED "corrected" /* an event was withdrawn or came back; field "event": which */

enum { CS_MAX_FIELDS_BYTES = 64 * 1024, CS_MAX_EVENT_ID_BYTES = 256 /* with its letter and closing NUL */ };

typedef struct cs_log_row {
    int64_t seq, arrived_ms;
    cs_log_event event; /* id with its letter: "e:4711" */
} cs_log_row;

/* Columns of event_log in the order of event_log_read. */
#define CS_LOG_COLUMNS                                                                                                 \
    "seq, event_id, kind, at_ms, ticket, customer, conversation, by_whom, direction, fields, arrived_ms"

/* In the caller's transaction. CS_ERR_CONFLICT: the id stands already with other content, which stays. */
cs_error event_log_append(cs_db *db, cs_event_origin origin, const cs_log_event *event, const char *source,
                          int64_t arrived_ms, bool *is_new, cs_message *message);
/* Texts are borrowed from the statement, fields live in scratch. */
cs_error event_log_read(cs_stmt *stmt, cs_arena *scratch, cs_log_row *out, cs_message *message);
bool event_log_keep(cs_arena *arena, const cs_log_row *row, cs_log_row *out); /* a copy; false: out of memory */
cs_error event_log_find(cs_db *db, const char *event_id, cs_arena *arena, cs_log_row *out,
                        cs_message *message); /* CS_ERR_NOT_FOUND */
/* Marks an event as withdrawn, or as standing again, and tells the log so, since an older one must be read again. */
cs_error event_log_withdraw(cs_db *db, const cs_log_row *row, bool is_withdrawn, int64_t now_ms, cs_message *message);
cs_error event_log_last(cs_db *db, int64_t *seq, cs_message *message); /* 0: empty */

/* The object of fields as the log keeps it: names in order, values as text. */
void event_fields_write(cs_json_writer *out, const char *key, const cs_log_event *event);

#endif
