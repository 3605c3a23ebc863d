/* session_clock.h - writes when sessions were last seen, some seconds later, and forgets those that ended.
 * Floor: access. Requests only read the store; what they note here is written by a thread of its own, with one transaction for many.
 * What is lost when the program is killed makes a session end some minutes early.
 * Memory: session_clock_start gives one to release with session_clock_stop, which writes what is left. Threads: note from any.
 * Example: if (now - session.seen_ms >= CS_SESSION_SEEN_MS) session_clock_note(clock, session.number, now);
 */
#ifndef CS_ACCESS_SESSION_CLOCK_H
#define CS_ACCESS_SESSION_CLOCK_H

#include "base/error.h"

#include <stdint.h>

typedef struct cs_session_clock cs_session_clock;

cs_error session_clock_start(const char *data, cs_session_clock **out, cs_message *message);
void session_clock_note(cs_session_clock *clock, int64_t session, int64_t now_ms); /* dropped when too many wait */
void session_clock_stop(cs_session_clock *clock); /* NULL is allowed */

#endif
