/* export_progress.h - how far exports are that are being made, and who wants one stopped.
 * Floor: http. An export that names a ticket of its own can be asked after by whoever asked for it, and by nobody else. Kept in the
 * process that makes it, for a minute after its end; a ticket that is stopped before its export begins is stopped there and then.
 * Memory: a fixed number of places; when all are taken an export goes on without one. Threads: any.
 * Example: export_progress_begin(ticket, account); export_progress_step(ticket, account); export_progress_end(ticket, account);
 */
#ifndef CS_HTTP_EXPORT_PROGRESS_H
#define CS_HTTP_EXPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum { CS_TICKET_CHARS = 32 };

bool export_ticket_is_sound(const char *ticket); /* 32 digits of 0-9, a-f */

void export_progress_begin(const char *ticket, int64_t account);
/* One more conversation; true: it is to be stopped. */
bool export_progress_step(const char *ticket, int64_t account);
void export_progress_end(const char *ticket, int64_t account);

/* False: it has not begun, or is forgotten. */
bool export_progress_look(const char *ticket, int64_t account, int64_t *done, bool *has_ended);
void export_progress_stop(const char *ticket, int64_t account);

#endif
