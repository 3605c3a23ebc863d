/* order_step.h - what is done with a work order: every step is a row with who, when and words, and nothing is edited away.
 * Floor: service. Who acts says which state of the order was seen (changes); where it moved on meanwhile nothing is done.
 * Memory: the arena of the order. Threads: whoever owns the cs_db, inside a writing transaction.
 * Example: order_take(db, rules, order, &taking, account, now, &m); 409 when is_stale
 */
#ifndef CS_SERVICE_ORDER_STEP_H
#define CS_SERVICE_ORDER_STEP_H

#include "rules/ruleset.h"
#include "service/order_people.h"
#include "service/order_row.h"

typedef struct cs_order_taking {
    cs_order_act act;
    int64_t changes; /* that was seen */
    const char *words; /* "": none */
    const cs_order_person *assignee; /* CS_ORDER_ASSIGN; NULL: stays */
    int64_t due_ms; /* CS_ORDER_ASSIGN and CS_ORDER_REOPEN; CS_NO_TIME: stays, of a reopened one the usual */
} cs_order_taking;

/* CS_ERR_CONFLICT with *is_stale: somebody else was faster. Also what order_check refuses. The order is as before then. */
cs_error order_take(cs_db *db, const cs_ruleset *ruleset, const cs_order *order, const cs_order_taking *taking,
                    const cs_account *account, int64_t now_ms, bool *is_stale, cs_message *message);
/* What order_check asks about. */
cs_error order_facts(cs_db *db, const cs_order *order, const cs_account *account, cs_order_facts *out,
                     cs_message *message);

/* Adds a row; *number (may be NULL) is its own. CS_ERR_LIMIT: an order has at most CS_MAX_ORDER_STEPS. */
cs_error order_step_add(cs_db *db, int64_t order, const char *kind, const cs_account *account, const char *words,
                        const char *detail, int64_t now_ms, int64_t *number, cs_message *message);
/* "steps": oldest first. */
cs_error order_steps_write(cs_db *db, int64_t order, cs_json_writer *out, cs_message *message);

#endif
