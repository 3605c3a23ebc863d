/* writer.h - the one thread that writes: jobs from many threads, committed in groups.
 * Floor: store. Each job runs inside a savepoint; a failed one is undone alone. done is called after the group's commit,
 * so what it acknowledges is on the disk. When a commit itself fails, every job of the group hears it. A job that met another
 * program at the same rows (PostgreSQL) runs once more, so it must be one that may. A database server that went away is
 * sought again with each group.
 * Memory: job contexts belong to the caller. Threads: submit from any; run and done are called on the writer's thread.
 * Example: writer_submit(w, save_conversation, saved, job);
 */
#ifndef CS_STORE_WRITER_H
#define CS_STORE_WRITER_H

#include "base/error.h"
#include "store/db.h"

#include <stdbool.h>

typedef struct cs_writer cs_writer;
typedef cs_error (*cs_write_run)(void *context, cs_db *db, cs_message *message);
typedef void (*cs_write_done)(void *context, cs_error code, const cs_message *message);

cs_error writer_open(const char *data, cs_writer **out, cs_message *message); /* opens its own handle, migrates */
bool writer_submit(cs_writer *writer, cs_write_run run, cs_write_done done,
                   void *context); /* waits when busy; false: closed */
/* The same, and waits for the commit. Never on the writer's own thread. */
cs_error writer_run_now(cs_writer *writer, cs_write_run run, void *context, cs_message *message);
void writer_close(cs_writer *writer); /* finishes what was submitted */

#endif
