/* writer_shared.h - one writer a process and store: its threads then write in common groups, instead of waiting for each other's
 * lock on the database.
 * Floor: store. Memory: each writer_take is answered by one writer_leave; the last one closes it. Threads: any.
 * Example: writer_take(data, &writer, &m); writer_submit(writer, ...); writer_leave(writer);
 */
#ifndef CS_STORE_WRITER_SHARED_H
#define CS_STORE_WRITER_SHARED_H

#include "store/writer.h"

cs_error writer_take(const char *data, cs_writer **out, cs_message *message);
void writer_leave(cs_writer *writer); /* NULL is allowed */
/* Its store was exchanged, or its connection broke: the next take opens another one. */
void writer_forget(const cs_writer *writer);

#endif
