#include "service/order.h"

#include <string.h>

#define IN(state) (1u << CS_ORDER_IS_##state)
#define ALWAYS (IN(OPEN) | IN(ANSWERED) | IN(APPEALED) | IN(CLOSED))

typedef struct act_row {
    const char *name, *step;
    unsigned from; /* states in which it can be done */
    bool is_of_owner; /* also whoever is to answer; the others: reviewers and managers alone */
    bool needs_words;
    const char *remedy; /* where the state does not allow it */
} act_row;

static const char *const states[] = {"open", "answered", "appealed", "closed"};

static const act_row acts[] = {
    [CS_ORDER_ANSWER] = {"answer", "answered", IN(OPEN), true, true,
                         "an open work order is answered; a comment can be left at any time"},
    [CS_ORDER_RECHECK] = {"recheck", "rechecked", IN(ANSWERED), false, false,
                          "it is checked again once it is answered"},
    [CS_ORDER_CLOSE] = {"close", "closed", IN(ANSWERED), false, false,
                        "it is closed once it is answered and checked again"},
    [CS_ORDER_REOPEN] = {"reopen", "reopened", IN(ANSWERED) | IN(CLOSED), false, true,
                         "what is answered or closed can be opened again"},
    [CS_ORDER_APPEAL] = {"appeal", "appealed", IN(OPEN) | IN(ANSWERED), true, true,
                         "what is open or answered can be appealed against"},
    [CS_ORDER_UPHOLD] = {"uphold", "upheld", IN(APPEALED), false, true, "there is no appeal to decide"},
    [CS_ORDER_GRANT] = {"grant", "granted", IN(APPEALED), false, true, "there is no appeal to decide"},
    [CS_ORDER_ASSIGN] = {"assign", "assigned", IN(OPEN) | IN(ANSWERED) | IN(APPEALED), false, false,
                         "open it again first"},
    [CS_ORDER_COMMENT] = {"comment", "commented", ALWAYS, true, true, ""},
};

const char *order_state_name(cs_order_state state) {
    return states[state];
}

cs_order_state order_state_parse(const char *name) {
    cs_order_state state = 0;
    while (state < CS_ORDER_STATES && strcmp(states[state], name) != 0) state++;
    return state;
}

const char *order_act_name(cs_order_act act) {
    return acts[act].name;
}

const char *order_act_step(cs_order_act act) {
    return acts[act].step;
}

bool order_needs_words(cs_order_act act) {
    return acts[act].needs_words;
}

static cs_error refuse(cs_error code, const char *reason, const char *remedy, cs_message *message) {
    (void)message_set(message, code, "%s", reason);
    message_remedy(message, "%s", remedy);
    return code;
}

static bool is_decision(cs_order_act act) {
    return act == CS_ORDER_UPHOLD || act == CS_ORDER_GRANT;
}

static cs_error check_person(const cs_order_facts *facts, cs_order_act act, const cs_account *account,
                             cs_message *message) {
    if (!account_may(account, CS_ACCOUNT_REVIEWER) && !acts[act].is_of_owner)
        return refuse(CS_ERR_FORBIDDEN, "reviewers and managers do that", "leave a comment, or appeal", message);
    if (!account_may(account, CS_ACCOUNT_REVIEWER) && !facts->is_own)
        return refuse(CS_ERR_FORBIDDEN, "this work order is another one's", "ask a reviewer to assign it to you",
                      message);
    /* Nobody is judge in his own cause, unless nobody else can be. */
    if (is_decision(act) && facts->has_others && (facts->is_opener || facts->is_appellant))
        return refuse(CS_ERR_FORBIDDEN,
                      facts->is_opener ? "who opened a work order does not decide the appeal against it"
                                       : "who appealed does not decide the appeal",
                      "ask another reviewer or manager to decide it", message);
    return CS_OK;
}

cs_error order_check(const cs_order_facts *facts, cs_order_act act, const cs_account *account, cs_message *message) {
    cs_error code = check_person(facts, act, account, message);
    if (code != CS_OK) return code;
    if (!(acts[act].from & (1u << facts->state))) {
        (void)message_set(message, CS_ERR_CONFLICT, "the work order is %s", states[facts->state]);
        message_remedy(message, "%s", acts[act].remedy);
        return CS_ERR_CONFLICT;
    }
    if (act == CS_ORDER_CLOSE && !facts->is_rechecked)
        return refuse(CS_ERR_CONFLICT, "it was not checked again since it was answered",
                      "check it again first: what came of the rule since then", message);
    if (act == CS_ORDER_APPEAL && facts->was_appealed)
        return refuse(CS_ERR_CONFLICT, "the appeal against it was decided: the finding stands",
                      "answer it, or leave a comment", message);
    return CS_OK;
}

cs_order_state order_after(const cs_order_facts *facts, cs_order_act act) {
    switch (act) {
    case CS_ORDER_ANSWER: return CS_ORDER_IS_ANSWERED;
    case CS_ORDER_CLOSE:
    case CS_ORDER_GRANT: return CS_ORDER_IS_CLOSED;
    case CS_ORDER_REOPEN: return CS_ORDER_IS_OPEN;
    case CS_ORDER_APPEAL: return CS_ORDER_IS_APPEALED;
    case CS_ORDER_UPHOLD: return facts->before_appeal;
    default: return facts->state;
    }
}
