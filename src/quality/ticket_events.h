/* ticket_events.h - what a ticket export and a satisfaction list tell the event log.
 * Floor: quality. A history row is one event (ticket.closed, …); a ticket in one row is ticket.opened and, when it has been,
 * ticket.closed; a rating is survey.answered. A corrected row withdraws what it told before.
 * Memory: none kept. Threads: whoever owns the cs_db; in the caller's transaction.
 * Example: record_save(db, record, import, &ticket_events_watch, &outcome, &m);
 */
#ifndef CS_QUALITY_TICKET_EVENTS_H
#define CS_QUALITY_TICKET_EVENTS_H

#include "records/record_store.h"

extern const cs_record_watch ticket_events_watch;

#endif
