#include "access/account.h"

#include <string.h>

const cs_account account_of_this_machine = {.number = 0, .role = CS_ACCOUNT_MANAGER};
const cs_account account_of_nobody = {.number = -1, .role = CS_ACCOUNT_AGENT};

static const char *const names[] = {
#define X(code, name) name,
    CS_ACCOUNT_TABLE(X)
#undef X
};

const char *account_role_name(cs_account_role role) {
    return names[role];
}

cs_account_role account_role_parse(const char *name) {
    cs_account_role role = 0;
    while (role < CS_ACCOUNT_ROLES && strcmp(names[role], name) != 0) role++;
    return role;
}

bool account_may(const cs_account *account, cs_account_role least) {
    return account->role >= least;
}
