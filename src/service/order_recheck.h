/* order_recheck.h - what became of a rule since a work order: the same agent's later conversations in which it was due.
 * Floor: service. Closing rests on it. Conversations that were inspected with another rule set are told apart.
 * Memory: none. Threads: whoever owns the cs_db.
 * Example: order_recheck_write(db, rules, order, "recheck", &out, &m);
 */
#ifndef CS_SERVICE_ORDER_RECHECK_H
#define CS_SERVICE_ORDER_RECHECK_H

#include "rules/ruleset.h"
#include "service/order_row.h"

typedef struct cs_recheck_count {
    int64_t met, missed, undecided;
} cs_recheck_count;

typedef struct cs_recheck {
    cs_recheck_count since_found, since_answer; /* later than the conversation; later than the answer */
    int64_t stale; /* inspected with another rule set */
    bool is_complete; /* false: there are more than were looked at */
} cs_recheck;

/* items (may be NULL): a writer inside an open array, which gets the newest conversations in which the rule was due. */
cs_error order_recheck(cs_db *db, const cs_ruleset *ruleset, const cs_order *order, cs_json_writer *items,
                       cs_recheck *out, cs_message *message);
void recheck_write(cs_json_writer *out, const cs_recheck *recheck); /* the members, into an open object */

#endif
