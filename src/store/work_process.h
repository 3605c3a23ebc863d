/* work_process.h - which process works: a row of table worker, and whether it still lives.
 * Floor: store. A process is told by its machine (boot and process names' space), its number and when it was born: another one
 * that got the same number later is another one. Nothing is written while a process has nothing to do.
 * Memory: none kept. Threads: work_process_start before others of this file are called; then any, each with its own cs_db.
 * Example: work_process_enter(db, now, &worker, &m); ... work_process_note(db, worker, done, failed, now, &m);
 */
#ifndef CS_STORE_WORK_PROCESS_H
#define CS_STORE_WORK_PROCESS_H

#include "store/db.h"

const char *work_process_name(void); /* "host:pid" */
const char *work_process_machine(void); /* the same for all processes that see each other's numbers */
int64_t work_process_pid(void);
int64_t work_process_born(void);
bool work_process_lives(int64_t pid, int64_t born); /* a process of this machine */

/* In the caller's writing transaction: this process works from now on; has done so much since the last note; has ended. */
cs_error work_process_enter(cs_db *db, int64_t now_ms, int64_t *worker, cs_message *message);
cs_error work_process_note(cs_db *db, int64_t worker, int64_t done, int64_t failed, int64_t now_ms,
                           cs_message *message);
cs_error work_process_leave(cs_db *db, int64_t worker, int64_t now_ms, cs_message *message);

#endif
