/* desk.h - the store as one thread of the server sees it, and the rule set that all of them share.
 * Floor: http. A desk opens its handles when they are first needed and again when the store was exchanged, so a store that
 * comes later is noticed without a restart. A desk for writing makes the store when there is none.
 * Memory: desk_close; rule_shelf_free. Threads: a desk belongs to one; the shelf to all.
 * Example: desk_answer(&desk, route, &request, &answer, &m);
 */
#ifndef CS_HTTP_DESK_H
#define CS_HTTP_DESK_H

#include "http/router.h"

#include <pthread.h>

/* The store's current rule set, compiled once and kept until the store names another. */
typedef struct cs_rule_shelf {
    pthread_mutex_t lock;
    cs_ruleset *ruleset;
    cs_hash id;
} cs_rule_shelf;

bool rule_shelf_init(cs_rule_shelf *shelf);
void rule_shelf_free(cs_rule_shelf *shelf);

typedef struct cs_desk {
    const char *data;
    cs_rule_shelf *shelf;
    cs_db_mode mode;
    cs_db *db;
    cs_packer *packer;
} cs_desk;

/* Calls the handler with what its route needs: one state of the store for the whole answer. What a route that writes
 * changed is committed when it returns CS_OK. */
cs_error desk_answer(cs_desk *desk, const cs_route *route, cs_request *request, cs_answer *answer, cs_message *message);
void desk_close(cs_desk *desk);
/* After CS_ERR_STORE: the store can't be opened, or its server went away. It may be back soon. */
bool desk_is_away(const cs_desk *desk);

/* The handle, opened when there is none yet; without a transaction. CS_ERR_NOT_FOUND: there is no store yet. */
cs_error desk_open(cs_desk *desk, cs_db **out, cs_message *message);
/* For those who look at the store themselves: a handle with a read transaction, ended by desk_leave. CS_ERR_NOT_FOUND: there is
 * no store yet. desk_check_rules in between: CS_ERR_NOT_FOUND: it has no rule set yet. */
cs_error desk_look(cs_desk *desk, cs_db **out, cs_message *message);
void desk_leave(cs_desk *desk);
cs_error desk_check_rules(cs_desk *desk, cs_message *message);

#endif
