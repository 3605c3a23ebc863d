/* account.h - who uses the program: a person with a name, a role, and as an agent the conversations that are his.
 * Floor: access (beside records). While the store holds no account everybody at this machine is account_of_this_machine: a
 * manager without a name. Roles are ordered: who has one may all that those below may.
 * Memory: a plain value. Threads: any.
 * Example: if (account_may(request->account, CS_ACCOUNT_REVIEWER)) ...
 */
#ifndef CS_ACCESS_ACCOUNT_H
#define CS_ACCESS_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

/* C name, name in the API and the store */
#define CS_ACCOUNT_TABLE(X)                                                                                            \
    X(AGENT, "agent") /* sees own conversations, answers own work orders, appeals */                                   \
    X(REVIEWER, "reviewer") /* sees all, judges, comments, opens work orders, drafts rules */                          \
    X(MANAGER, "manager") /* publishes rules, decides appeals, imports, accounts */
typedef enum cs_account_role {
#define X(code, name) CS_ACCOUNT_##code,
    CS_ACCOUNT_TABLE(X)
#undef X
        CS_ACCOUNT_ROLES
} cs_account_role;

enum { CS_MAX_ACCOUNT_NAME = 64, CS_MAX_ACCOUNT_AGENT = 200 }; /* bytes without the NUL */

typedef struct cs_account {
    int64_t number; /* 0: of this machine; -1: of nobody */
    cs_account_role role;
    char name[CS_MAX_ACCOUNT_NAME + 1];
    char agent[CS_MAX_ACCOUNT_AGENT + 1]; /* whose conversations are his: conversation.agent; empty: none */
} cs_account;

extern const cs_account account_of_this_machine;
extern const cs_account account_of_nobody; /* whoever is not signed in: an agent without conversations */

const char *account_role_name(cs_account_role role);
cs_account_role account_role_parse(const char *name); /* CS_ACCOUNT_ROLES: no such role */
bool account_may(const cs_account *account, cs_account_role least);

#endif
