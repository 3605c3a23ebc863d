/* wake_listener.h - a connection to PostgreSQL that waits for NOTIFY. Private to wake*.c.
 * Floor: store. Its thread sleeps in the system until something comes; a connection that breaks is made again. On SQLite there is
 * none. Memory: wake_listener_stop. Threads: on_told is called on the listener's own.
 * Example: wake_listener_start(data, on_told, wake, &listener, &m);
 */
#ifndef CS_STORE_WAKE_LISTENER_H
#define CS_STORE_WAKE_LISTENER_H

#include "base/error.h"

#define CS_WAKE_CHANNEL "callscope_work"

typedef struct cs_wake_listener cs_wake_listener;

/* *out NULL: the store of this folder is SQLite. */
cs_error wake_listener_start(const char *data, void (*on_told)(void *context), void *context, cs_wake_listener **out,
                             cs_message *message);
void wake_listener_stop(cs_wake_listener *listener); /* NULL is allowed */

#endif
