/* accounts.h - the accounts of a store: found, made, changed. None is ever deleted: what somebody did keeps his name.
 * Floor: access. Names are told apart without regard to case and width. The first account is a manager's, and one manager always stays.
 * Memory: plain values. Threads: who has the handle. What writes needs a writing transaction.
 * Example: accounts_find_name(db, "Li Xiaoyun", &row, &m); if (password_fits(row.password, given)) ...
 */
#ifndef CS_ACCESS_ACCOUNTS_H
#define CS_ACCESS_ACCOUNTS_H

#include "access/account.h"
#include "access/password.h"
#include "base/json.h"
#include "store/db.h"

enum { CS_MOST_ACCOUNTS = 20000 };

typedef struct cs_account_row {
    cs_account account;
    char password[CS_PASSWORD_HASH_CHARS + 1]; /* hashed */
    bool is_disabled;
    int64_t changes; /* how often it was changed: whoever changes it says which state he saw */
    int64_t created_ms, changed_ms;
} cs_account_row;

cs_error accounts_any(cs_db *db, bool *out, cs_message *message); /* whether the store has accounts */
cs_error accounts_find(cs_db *db, int64_t number, cs_account_row *out, cs_message *message); /* CS_ERR_NOT_FOUND */
cs_error accounts_find_name(cs_db *db, const char *name, cs_account_row *out, cs_message *message); /* likewise */

/* A name, a role, an agent's name that can be stored: CS_ERR_USAGE says what is wrong. */
cs_error account_check(const cs_account *account, cs_message *message);
/* hash: of the password. Fills account->number. CS_ERR_CONFLICT: the name is taken, or the first is no manager. */
cs_error accounts_add(cs_db *db, cs_account *account, const char *hash, cs_message *message);
/* row->changes is the state that was seen: CS_ERR_CONFLICT when it is another by now, or no manager would be left. hash NULL: the
 * password stays. With another password its browsers are signed out; disabled, its
 * keys are gone, too. */
cs_error accounts_change(cs_db *db, const cs_account_row *row, const char *hash, cs_message *message);

/* His own: ends no session. */
cs_error accounts_set_password(cs_db *db, int64_t number, const char *hash, cs_message *message);

void account_write_members(const cs_account_row *row, cs_json_writer *out);
void account_write(const cs_account_row *row, cs_json_writer *out); /* without the password */
/* [...] by name; is_whole: also when it was made, changed and last seen. */
cs_error accounts_list(cs_db *db, bool is_whole, cs_json_writer *out, cs_message *message);
cs_error accounts_each(cs_db *db, void (*visit)(void *context, const cs_account_row *row, int64_t seen_ms),
                       void *context, cs_message *message); /* by name; seen_ms CS_NO_TIME: never */

#endif
