/* order_people.h - whom a work order can be given to, and whether somebody else could decide an appeal.
 * Floor: service. Accounts that are disabled get nothing new; what they had can be assigned again.
 * Memory: plain values. Threads: whoever owns the cs_db.
 * Example: order_person_of_agent(db, "李晓芸", &person, &m); if (person.account == 0) ... by name alone
 */
#ifndef CS_SERVICE_ORDER_PEOPLE_H
#define CS_SERVICE_ORDER_PEOPLE_H

#include "access/account.h"
#include "base/json.h"
#include "store/db.h"

typedef struct cs_order_person {
    int64_t account; /* 0: a name alone */
    char name[CS_MAX_ACCOUNT_AGENT + 1];
} cs_order_person;

/* CS_ERR_NOT_FOUND: there is no such account, or it is disabled. */
cs_error order_person(cs_db *db, int64_t account, cs_order_person *out, cs_message *message);
/* The agent's account, else the name alone; of several accounts of one agent the oldest. agent NULL: nobody, name "". */
cs_error order_person_of_agent(cs_db *db, const char *agent, cs_order_person *out, cs_message *message);
/* Whether a reviewer or manager other than this one could act. */
cs_error order_has_others(cs_db *db, int64_t account, bool *out, cs_message *message);
cs_error order_is_gone(cs_db *db, int64_t account, bool *out, cs_message *message); /* disabled, or no more */
/* {"people": [{"account", "name", "role", "agent"}]}: at most 1,000, by name. */
cs_error order_people_write(cs_db *db, cs_json_writer *out, cs_message *message);

#endif
