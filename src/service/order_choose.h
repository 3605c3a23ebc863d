/* order_choose.h - which findings work orders are wanted for: named one by one, of conversations, or of a filter.
 * Floor: service. At most CS_MAX_ORDER_FINDINGS; of conversations and filters as many of what was hit, missed or noted.
 * Memory: the arena given. Threads: whoever owns the cs_db.
 * Example: order_choose(db, rules, body, arena, &choice, &m); for (uint32_t i = 0; i < choice.count; i++) ...
 */
#ifndef CS_SERVICE_ORDER_CHOOSE_H
#define CS_SERVICE_ORDER_CHOOSE_H

#include "base/arena.h"
#include "base/json.h"
#include "rules/ruleset.h"
#include "service/order.h"
#include "store/db.h"

typedef struct cs_chosen_finding {
    const char *conversation, *rule;
    int64_t turn; /* from 1; 0: the conversation as a whole; -1: the rule's first */
} cs_chosen_finding;

typedef struct cs_order_choice {
    cs_chosen_finding findings[CS_MAX_ORDER_FINDINGS];
    uint32_t count;
    bool is_cut; /* there are more than were taken */
} cs_order_choice;

/* body: {"findings": [{"conversation", "rule", "turn"}]}, {"conversations": [id], "rule": may be absent}, or {"filter":
 * {parameters of the list, with "rule"}}. CS_ERR_USAGE: none of them, or too many are named. */
cs_error order_choose(cs_db *db, const cs_ruleset *ruleset, const cs_json *body, cs_arena *arena, cs_order_choice *out,
                      cs_message *message);

#endif
