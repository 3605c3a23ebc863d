/* order_unanswered.h - findings that nobody has answered: neither judged nor given to anybody.
 * Floor: service. Of the rules that mark high risk, or of those named, in a span of days; the newest first. Bounded: where a
 * rule has more findings than are looked at, is_complete is false and a narrower span shows the rest.
 * Memory: the arena inside. Threads: whoever owns the cs_db.
 * Example: order_unanswered(db, rules, &asked, &out, &m);
 */
#ifndef CS_SERVICE_ORDER_UNANSWERED_H
#define CS_SERVICE_ORDER_UNANSWERED_H

#include "base/json.h"
#include "rules/ruleset.h"
#include "store/db.h"

enum { CS_MAX_UNANSWERED_RULES = 50 };

typedef struct cs_unanswered_ask {
    int64_t from_ms, to_ms; /* start of the conversation; to exclusive */
    const char *rules; /* names with commas; NULL: those that mark high risk */
    const char *team, *agent; /* exact; NULL: not asked */
    int limit; /* items; the counts are of all */
} cs_unanswered_ask;

/* {"from_ms", "to_ms", "total", "is_complete", "rules": [{"rule", "title", "count"}], "items": [...]} */
cs_error order_unanswered(cs_db *db, const cs_ruleset *ruleset, const cs_unanswered_ask *ask, cs_json_writer *out,
                          cs_message *message);

#endif
