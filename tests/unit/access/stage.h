/* A store of its own with one manager in it, for the tests of access. */
#ifndef TESTS_UNIT_ACCESS_STAGE_H
#define TESTS_UNIT_ACCESS_STAGE_H

#include "../store/folder.h"
#include "access/accounts.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static cs_folder folder;
static cs_db *db;
static cs_message message;
static cs_account boss;

static inline cs_account account_named(const char *name, cs_account_role role, const char *agent) {
    cs_account account = {.role = role};
    (void)snprintf(account.name, sizeof account.name, "%s", name);
    (void)snprintf(account.agent, sizeof account.agent, "%s", agent);
    return account;
}

static inline int stage_open(void **state) {
    (void)state;
    folder_make(&folder);
    boss = account_named("陈经理", CS_ACCOUNT_MANAGER, "");
    if (!hash_start() || db_open(folder.path, CS_DB_WRITE, &db, &message) != CS_OK) return -1;
    if (db_begin(db, &message) != CS_OK || accounts_add(db, &boss, "hash", &message) != CS_OK) return -1;
    return db_commit(db, &message) == CS_OK ? 0 : -1;
}

static inline int stage_close(void **state) {
    (void)state;
    db_close(db);
    folder_remove(&folder);
    return 0;
}

#endif
