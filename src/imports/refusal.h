/* refusal.h - what an import refused: kept as it comes, without keeping whoever refuses waiting.
 * Floor: imports. At most CS_MAX_REFUSALS are kept of one import; beyond, they are only counted by the pipeline. A thread
 * writes them twice a second, so that a kill loses at most the last half second of them: the import tells them again.
 * Memory: refusal_log_open gives a log to release with refusal_log_close. Threads: refusal_add from any.
 * Example: refusal_log_open(data, 12, &log, &m); refusal_add(log, "a.csv", NULL, &why); refusal_log_close(log, &m);
 */
#ifndef CS_IMPORTS_REFUSAL_H
#define CS_IMPORTS_REFUSAL_H

#include "base/json.h"
#include "store/db.h"

enum { CS_MAX_REFUSALS = 10000 }; /* as CS_WORK_MOST_REFUSALS: workers of the queue refuse too */

typedef struct cs_refusal_log cs_refusal_log;

cs_error refusal_log_open(const char *data, int64_t import, cs_refusal_log **out, cs_message *message);
void refusal_add(cs_refusal_log *log, const char *file, const char *conversation, const cs_message *why);
cs_error refusal_log_close(cs_refusal_log *log,
                           cs_message *message); /* all are written when it returns; NULL is allowed */

cs_error refusal_forget(cs_db *db, int64_t import, cs_message *message); /* before it is run again */
/* {"items": [{file, conversation, place, reason, remedy}], "next"} */
cs_error refusal_list(cs_db *db, int64_t import, int limit, const char *after, cs_json_writer *out,
                      cs_message *message);

#endif
