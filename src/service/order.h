/* order.h - a work order: a finding that a person is to answer; its states, its steps, and who may take which.
 * Floor: service. open -> answered -> closed after a re-check; appealed in between; closed ones can be opened again. Here is
 * what is allowed; order_step.h does it, order_open.h begins it.
 * Memory: static tables, plain values. Threads: any.
 * Example: if (order_check(&facts, CS_ORDER_CLOSE, account, &m) == CS_OK) ...
 */
#ifndef CS_SERVICE_ORDER_H
#define CS_SERVICE_ORDER_H

#include "access/account.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CS_MAX_ORDER_WORDS = 4000, /* bytes of a note, an answer, a reason */
    CS_MAX_ORDER_FINDINGS = 200, /* opened by one request */
    CS_MAX_ORDER_STEPS = 1000, /* of one order */
    CS_ORDER_USUAL_DAYS = 3,
};

typedef enum cs_order_state {
    CS_ORDER_IS_OPEN,
    CS_ORDER_IS_ANSWERED,
    CS_ORDER_IS_APPEALED,
    CS_ORDER_IS_CLOSED,
    CS_ORDER_STATES
} cs_order_state;

/* What can be done, and what it is called among the steps once it was done. */
#define CS_ORDER_ACT_TABLE(X)                                                                                          \
    X(ANSWER, "answer", "answered")                                                                                    \
    X(RECHECK, "recheck", "rechecked")                                                                                 \
    X(CLOSE, "close", "closed")                                                                                        \
    X(REOPEN, "reopen", "reopened")                                                                                    \
    X(APPEAL, "appeal", "appealed")                                                                                    \
    X(UPHOLD, "uphold", "upheld") /* the finding stands, the order goes on */                                          \
    X(GRANT, "grant", "granted") /* the finding was wrong */                                                           \
    X(ASSIGN, "assign", "assigned")                                                                                    \
    X(COMMENT, "comment", "commented")
typedef enum cs_order_act {
#define X(code, name, step) CS_ORDER_##code,
    CS_ORDER_ACT_TABLE(X)
#undef X
        CS_ORDER_ACTS
} cs_order_act;

/* What an order and whoever acts are to one another. */
typedef struct cs_order_facts {
    cs_order_state state;
    cs_order_state before_appeal; /* what an upheld appeal goes back to; only while appealed */
    bool is_rechecked; /* since it was answered */
    bool was_appealed; /* since it was opened last: an appeal is decided once */
    bool is_own; /* assigned to whoever acts, or found in a conversation of his */
    bool is_opener, is_appellant; /* whoever acts opened it; appealed */
    bool has_others; /* somebody else may decide, too */
} cs_order_facts;

const char *order_state_name(cs_order_state state);
cs_order_state order_state_parse(const char *name); /* CS_ORDER_STATES: no such state */
const char *order_act_name(cs_order_act act);
const char *order_act_step(cs_order_act act);

/* CS_OK; CS_ERR_CONFLICT: not in this state; CS_ERR_FORBIDDEN: not this person. */
cs_error order_check(const cs_order_facts *facts, cs_order_act act, const cs_account *account, cs_message *message);
cs_order_state order_after(const cs_order_facts *facts, cs_order_act act);
bool order_needs_words(cs_order_act act);

#endif
