/* rule_trial.h - back-tests of drafts in the background: one at a time, in the order they were asked for.
 * Floor: quality. What waits and what came of it stands in the store: it outlives the page that asked and the server, and
 * counts as long as the draft's text stays as it was tested.
 * Memory: trials_start gives what trials_stop releases. Threads: start and stop on one thread; the rest on whoever owns the
 * cs_db. Example: rule_trial_ask(db, "no-blame", text, 0, now, &m); trials_start(data, &trials, &m);
 */
#ifndef CS_QUALITY_RULE_TRIAL_H
#define CS_QUALITY_RULE_TRIAL_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/json.h"
#include "store/db.h"

enum { CS_TRIAL_SAMPLES = 10 };

/* Inside a writing transaction. limit: the last ones; 0: all conversations. CS_ERR_CONFLICT: one runs for this rule. */
cs_error rule_trial_ask(cs_db *db, const char *rule, const char *text, int64_t limit, int64_t now_ms,
                        cs_message *message);
cs_error rule_trial_cancel(cs_db *db, const char *rule, cs_message *message); /* CS_ERR_NOT_FOUND: none waits or runs */
cs_error rule_trial_forget(cs_db *db, const char *rule, cs_message *message); /* with its draft */
/* The JSON of docs/api.md; null where there is none. text: of the draft now. */
cs_error rule_trial_write(cs_db *db, const char *rule, const char *text, cs_arena *arena, cs_json_writer *out,
                          const char *key, cs_message *message);
/* What a publication of this text is based on; *out NULL: no back-test was done on it. */
cs_error rule_trial_result(cs_db *db, const char *rule, const char *text, cs_arena *arena, const char **out,
                           cs_message *message);

/* ---- who does them ---- */

typedef struct cs_trials cs_trials;
cs_error trials_start(const char *data, cs_trials **out, cs_message *message);
void trials_stop(cs_trials *trials); /* what runs is waiting again; NULL is allowed */

#endif
