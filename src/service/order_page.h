/* order_page.h - one work order with all that is needed to answer or decide it.
 * Floor: service. What was found, the dialogue around it, every step, what came of the rule since, and what whoever asks may do
 * now. Numbers and names of people are covered.
 * Memory: none but the writer's. Threads: whoever owns the cs_db.
 * Example: order_page(db, packer, rules, order, account, now, NULL, &out, &m);
 */
#ifndef CS_SERVICE_ORDER_PAGE_H
#define CS_SERVICE_ORDER_PAGE_H

#include "rules/ruleset.h"
#include "service/order_row.h"
#include "store/pack.h"

cs_error order_page(cs_db *db, cs_packer *packer, const cs_ruleset *ruleset, const cs_order *order,
                    const cs_account *account, int64_t now_ms, const char *key, cs_json_writer *out,
                    cs_message *message);

#endif
