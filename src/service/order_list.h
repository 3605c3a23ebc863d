/* order_list.h - lists of work orders with their counts, by keyset.
 * Floor: service. Agents get their own, whatever is asked. Orders that are not closed come by their due date, all others from
 * the newest. Counts stop at CS_MAX_ORDER_COUNT.
 * Memory: the arena given. Threads: whoever owns the cs_db.
 * Example: order_list(db, &filter, account, 50, NULL, now, &out, &m);
 */
#ifndef CS_SERVICE_ORDER_LIST_H
#define CS_SERVICE_ORDER_LIST_H

#include "service/order_row.h"

enum { CS_MAX_ORDER_COUNT = 10000 };

typedef struct cs_order_filter {
    bool is_mine; /* assigned to me, opened by me, or waiting for me */
    bool is_waiting; /* it is my turn */
    bool is_overdue;
    const char *state; /* a state's name, "active" (all but closed), "all"; NULL: active */
    const char *rule, *team, *agent, *conversation; /* exact; NULL: not asked; conversation: our id or the centre's */
} cs_order_filter;

/* {"items", "next", "counts": {"open", "answered", "appealed", "closed", "overdue", "waiting"}}; counts are of all states. */
cs_error order_list(cs_db *db, const cs_order_filter *filter, const cs_account *account, int limit, const char *after,
                    int64_t now_ms, cs_json_writer *out, cs_message *message);

#endif
