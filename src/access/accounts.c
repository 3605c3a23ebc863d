#include "access/accounts.h"

#include "access/session.h"
#include "base/clock.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define ROW "number, name, role, agent, password, is_disabled, changes, created_ms, changed_ms"

/* What tells names apart: "Li  Ming" written wide or in capitals is the same person. To be freed. */
static char *name_key(const char *name) {
    return (char *)utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)name);
}

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for the account");
}

static void copy_text(const char *text, char *out, size_t size) {
    size_t length = text ? strlen(text) : 0;
    if (length >= size) length = size - 1;
    if (length) (void)memcpy(out, text, length);
    out[length] = 0;
}

static void read_row(cs_stmt *stmt, cs_account_row *out) {
    *out = (cs_account_row){.account = {.number = db_int64(stmt, 0), .role = account_role_parse(db_text(stmt, 2))},
                            .is_disabled = db_int64(stmt, 5) != 0,
                            .changes = db_int64(stmt, 6),
                            .created_ms = db_int64(stmt, 7),
                            .changed_ms = db_int64(stmt, 8)};
    if (out->account.role == CS_ACCOUNT_ROLES) out->account.role = CS_ACCOUNT_AGENT;
    copy_text(db_text(stmt, 1), out->account.name, sizeof out->account.name);
    copy_text(db_text(stmt, 3), out->account.agent, sizeof out->account.agent);
    copy_text(db_text(stmt, 4), out->password, sizeof out->password);
}

/* ---- finding ---- */

static cs_error read_number(cs_db *db, const char *sql, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    *out = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

cs_error accounts_any(cs_db *db, bool *out, cs_message *message) {
    int64_t number = 0;
    cs_error code = read_number(db, "SELECT number FROM account LIMIT 1", &number, message);
    if (code == CS_OK) *out = number > 0;
    return code;
}

static cs_error read_one(cs_stmt *stmt, cs_account_row *out, const char *what, cs_message *message) {
    bool has_row = false;
    cs_error code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) read_row(stmt, out);
    db_done(stmt);
    if (code != CS_OK || has_row) return code;
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no account \"%.100s\"", what);
    message_remedy(message, "callscope accounts list, or the page of accounts, shows them");
    return CS_ERR_NOT_FOUND;
}

cs_error accounts_find(cs_db *db, int64_t number, cs_account_row *out, cs_message *message) {
    char what[24];
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "SELECT " ROW " FROM account WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    (void)snprintf(what, sizeof what, "%lld", (long long)number);
    db_bind_int64(stmt, "number", number);
    return read_one(stmt, out, what, message);
}

cs_error accounts_find_name(cs_db *db, const char *name, cs_account_row *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    char *key = name_key(name);
    cs_error code =
        key ? db_query(db, "SELECT " ROW " FROM account WHERE name_key = :key", &stmt, message) : no_memory(message);
    if (code == CS_OK) {
        db_bind_text(stmt, "key", key);
        code = read_one(stmt, out, name, message);
    }
    free(key);
    return code;
}

/* ---- checking ---- */

static cs_error refuse(const char *place, const char *remedy, const char *reason, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

static bool is_plain(const char *text) {
    size_t length = strlen(text);
    if (length > 0 && (text[0] == ' ' || text[length - 1] == ' ')) return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) return false;
    return utf8_invalid_at(text, length) == length;
}

/* Two names that look alike are to be alike, and a name says nothing of how the text beside it is written. */
static cs_error check_shown(const char *name, cs_message *message) {
    if (utf8_hidden_at(name, strlen(name)) == strlen(name)) return CS_OK;
    return refuse("name", "type it anew instead of pasting it", "a sign in it is not seen, or turns the text around",
                  message);
}

cs_error account_check(const cs_account *account, cs_message *message) {
    static const char name_remedy[] = "take 1 to 64 bytes, without spaces at its ends";
    if (!account->name[0] || !is_plain(account->name))
        return refuse("name", name_remedy, "the name of the account can't be used", message);
    if (!is_plain(account->agent))
        return refuse("agent", "write it as the conversations have it", "the agent's name can't be used", message);
    if (check_shown(account->name, message) != CS_OK) return CS_ERR_USAGE;
    if (account->role == CS_ACCOUNT_AGENT && !account->agent[0])
        return refuse("agent", "name the agent as the conversations do: whoever has this account sees those",
                      "an agent's account needs the agent whose conversations it sees", message);
    return CS_OK;
}

static cs_error check_name_is_free(cs_db *db, const cs_account *account, cs_message *message) {
    cs_account_row other;
    cs_error code = accounts_find_name(db, account->name, &other, message);
    if (code == CS_ERR_NOT_FOUND) return CS_OK;
    if (code != CS_OK || other.account.number == account->number) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "there is an account \"%s\" already", other.account.name);
    message_place(message, "name");
    message_remedy(message, "take another name, or change that account");
    return CS_ERR_CONFLICT;
}

/* ---- writing ---- */

static void bind_row(cs_stmt *stmt, const cs_account *account, const char *key, int64_t now) {
    db_bind_text(stmt, "name", account->name);
    db_bind_text(stmt, "key", key);
    db_bind_text(stmt, "role", account_role_name(account->role));
    db_bind_text(stmt, "agent", account->agent);
    db_bind_int64(stmt, "now", now);
}

static cs_error insert(cs_db *db, cs_account *account, const char *key, const char *hash, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "INSERT INTO account (name, name_key, role, agent, password, is_disabled, changes, created_ms, "
                 "changed_ms) VALUES (:name, :key, :role, :agent, :password, 0, 0, :now, :now) RETURNING "
                 "number",
                 &stmt, message);
    if (code != CS_OK) return code;
    bind_row(stmt, account, key, clock_now_ms());
    db_bind_text(stmt, "password", hash);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) account->number = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

cs_error accounts_add(cs_db *db, cs_account *account, const char *hash, cs_message *message) {
    int64_t count = 0;
    account->number = 0;
    cs_error code = account_check(account, message);
    char *key = code == CS_OK ? name_key(account->name) : NULL;
    if (code == CS_OK && !key) code = no_memory(message);
    if (code == CS_OK) code = read_number(db, "SELECT count(*) FROM account", &count, message);
    if (code == CS_OK && count == 0 && account->role != CS_ACCOUNT_MANAGER) {
        code = message_set(message, CS_ERR_CONFLICT, "the first account must be a manager's");
        message_remedy(message, "make a manager first: nobody else could make accounts");
    } else if (code == CS_OK && count >= CS_MOST_ACCOUNTS) {
        code = message_set(message, CS_ERR_LIMIT, "there are %d accounts already", CS_MOST_ACCOUNTS);
    }
    if (code == CS_OK) code = check_name_is_free(db, account, message);
    if (code == CS_OK) code = insert(db, account, key, hash, message);
    free(key);
    return code;
}

static cs_error check_manager_stays(cs_db *db, const cs_account_row *row, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    if (row->account.role == CS_ACCOUNT_MANAGER && !row->is_disabled) return CS_OK;
    cs_error code =
        db_query(db, "SELECT 1 FROM account WHERE role = 'manager' AND is_disabled = 0 AND number <> :number LIMIT 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", row->account.number);
    code = db_step(stmt, &has_row, message);
    db_done(stmt);
    if (code != CS_OK || has_row) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "this is the last manager");
    message_place(message, "role");
    message_remedy(message, "make somebody else a manager first");
    return CS_ERR_CONFLICT;
}

static cs_error update(cs_db *db, const cs_account_row *row, const char *key, const char *hash, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "UPDATE account SET name = :name, name_key = :key, role = :role, agent = :agent, password = "
                 ":password, is_disabled = :disabled, changes = changes + 1, changed_ms = :now WHERE number = "
                 ":number",
                 &stmt, message);
    if (code != CS_OK) return code;
    bind_row(stmt, &row->account, key, clock_now_ms());
    db_bind_text(stmt, "password", hash);
    db_bind_int64(stmt, "disabled", row->is_disabled ? 1 : 0);
    db_bind_int64(stmt, "number", row->account.number);
    return db_run(stmt, message);
}

cs_error accounts_set_password(cs_db *db, int64_t number, const char *hash, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "UPDATE account SET password = :password, changes = changes + 1, changed_ms = :now WHERE "
                             "number = :number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "password", hash);
    db_bind_int64(stmt, "now", clock_now_ms());
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error accounts_change(cs_db *db, const cs_account_row *row, const char *hash, cs_message *message) {
    cs_account_row now;
    cs_error code = account_check(&row->account, message);
    char *key = code == CS_OK ? name_key(row->account.name) : NULL;
    if (code == CS_OK && !key) code = no_memory(message);
    if (code == CS_OK) code = accounts_find(db, row->account.number, &now, message);
    if (code == CS_OK && now.changes != row->changes) {
        code = message_set(message, CS_ERR_CONFLICT, "the account \"%s\" was changed meanwhile", now.account.name);
        message_remedy(message, "look at what stands there now, then change it again");
    }
    if (code == CS_OK) code = check_manager_stays(db, row, message);
    if (code == CS_OK) code = check_name_is_free(db, &row->account, message);
    if (code == CS_OK) code = update(db, row, key, hash ? hash : now.password, message);
    if (code == CS_OK && (hash || row->is_disabled)) code = session_end_others(db, row->account.number, 0, message);
    free(key);
    return code;
}

/* ---- listing ---- */

static void write_fields(const cs_account_row *row, cs_json_writer *out) {
    json_write_int(out, "number", row->account.number);
    json_write_string(out, "name", row->account.name);
    json_write_string(out, "role", account_role_name(row->account.role));
    json_write_string(out, "agent", row->account.agent);
    json_write_bool(out, "is_disabled", row->is_disabled);
}

void account_write_members(const cs_account_row *row, cs_json_writer *out) {
    write_fields(row, out);
    json_write_int(out, "changes", row->changes);
    json_write_int(out, "created_ms", row->created_ms);
    json_write_int(out, "changed_ms", row->changed_ms);
}

void account_write(const cs_account_row *row, cs_json_writer *out) {
    json_object_open(out, NULL);
    account_write_members(row, out);
    json_object_close(out);
}

cs_error accounts_each(cs_db *db, void (*visit)(void *context, const cs_account_row *row, int64_t seen_ms),
                       void *context, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_account_row row;
    cs_error code =
        db_query(db,
                 "SELECT " ROW ", (SELECT max(s.seen_ms) FROM session s WHERE s.account = account.number) FROM "
                 "account ORDER BY name_key",
                 &stmt, message);
    if (code != CS_OK) return code;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        read_row(stmt, &row);
        visit(context, &row, db_is_null(stmt, 9) ? CS_NO_TIME : db_int64(stmt, 9));
    }
    db_done(stmt);
    return code;
}

typedef struct cs_listing {
    cs_json_writer *out;
    bool is_whole;
} cs_listing;

static void list_one(void *context, const cs_account_row *row, int64_t seen_ms) {
    const cs_listing *listing = context;
    json_object_open(listing->out, NULL);
    if (listing->is_whole) {
        account_write_members(row, listing->out);
        if (seen_ms == CS_NO_TIME)
            json_write_null(listing->out, "seen_ms");
        else
            json_write_int(listing->out, "seen_ms", seen_ms);
    } else {
        write_fields(row, listing->out);
    }
    json_object_close(listing->out);
}

cs_error accounts_list(cs_db *db, bool is_whole, cs_json_writer *out, cs_message *message) {
    cs_listing listing = {out, is_whole};
    json_array_open(out, "accounts");
    cs_error code = accounts_each(db, list_one, &listing, message);
    json_array_close(out);
    return code;
}
