/* order_open.h - findings become work orders.
 * Floor: service. One order a finding: who wants a second one is told the number of the first. What was found is copied, so
 * that it stays true to what was seen whatever is inspected again.
 * Memory: the arena given. Threads: whoever owns the cs_db, inside a writing transaction.
 * Example: order_open(db, rules, &wish, account, now, arena, &opened, &m); if (opened.is_new) ...
 */
#ifndef CS_SERVICE_ORDER_OPEN_H
#define CS_SERVICE_ORDER_OPEN_H

#include "base/arena.h"
#include "rules/ruleset.h"
#include "service/order.h"
#include "service/order_people.h"

typedef struct cs_order_wish {
    const char *conversation; /* our id or the centre's */
    const char *rule;
    int64_t turn; /* from 1; 0: the finding about the conversation as a whole; -1: the rule's first one */
    const cs_order_person *assignee; /* NULL: the conversation's agent */
    int64_t due_ms; /* CS_NO_TIME: order_usual_due */
    const char *note; /* "" : none */
} cs_order_wish;

typedef struct cs_order_opened {
    int64_t number;
    bool is_new; /* false: there was one already */
} cs_order_opened;

/* CS_ERR_NOT_FOUND: no such conversation, or the rule found nothing there. */
cs_error order_open(cs_db *db, const cs_ruleset *ruleset, const cs_order_wish *wish, const cs_account *account,
                    int64_t now_ms, cs_arena *arena, cs_order_opened *out, cs_message *message);
/* The end of the third working day of the centre's calendar; without one, of the third day. */
int64_t order_usual_due(const cs_ruleset *ruleset, int64_t now_ms);
/* CS_ERR_USAGE unless from now to two years later. */
cs_error order_due_check(int64_t due_ms, int64_t now_ms, cs_message *message);
/* CS_ERR_USAGE, CS_ERR_LIMIT. */
cs_error order_words_check(const char *words, bool is_needed, cs_message *message);

#endif
