/* event_log_line.h - one event of a file: a line of JSON.
 * Floor: quality. {"event":"ticket.closed","at":"2026-03-02T17:40:00+08:00","id":"4711","ticket":"T-77","customer":"K-1",
 * "by":"李晓芸","direction":"out","conversation":"C-9","fields":{"kind":"投诉"}}; event and at are needed.
 * Memory: the event lives in the arena. Threads: any.
 * Example: event_line_read(line.text, line.bytes, CS_ZONE_UNKNOWN, arena, &event, &m);
 */
#ifndef CS_QUALITY_EVENT_LOG_LINE_H
#define CS_QUALITY_EVENT_LOG_LINE_H

#include "base/arena.h"
#include "rules/across.h"

#include <limits.h>
#include <stddef.h>

enum { CS_MAX_EVENT_LINE_BYTES = 1 << 20 };
#define CS_ZONE_UNKNOWN INT_MIN

/* zone_minutes: of times written without one; CS_ZONE_UNKNOWN refuses them. Without an id the content gives one, so the
 * same line is the same event. message->place is the key. */
cs_error event_line_read(const char *text, size_t bytes, int zone_minutes, cs_arena *arena, cs_log_event *out,
                         cs_message *message);
/* "out", "in" or NULL: what the record's word for the direction means. */
const char *event_direction(const char *word);
/* The hash of what an event says, but its id. */
cs_hash event_content(const cs_log_event *event);

#endif
