/* rule_trial_result.h - what a back-test said, as the rule's page shows it: counts, and the sentences that changed for whom.
 * Floor: quality. Made once, when the back-test ends, of the JSON of docs/tools.md and of the store.
 * Memory: the arena given. Threads: whoever owns the cs_db.
 * Example: trial_result_make(db, json, n, arena, &result, &judged, &m);
 */
#ifndef CS_QUALITY_RULE_TRIAL_RESULT_H
#define CS_QUALITY_RULE_TRIAL_RESULT_H

#include "base/arena.h"
#include "store/db.h"

#include <stddef.h>
#include <stdint.h>

cs_error trial_result_make(cs_db *db, const char *json, size_t bytes, cs_arena *arena, const char **out,
                           int64_t *judged, cs_message *message);

#endif
