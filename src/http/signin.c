/* Who asks; the first account; signing in and out. */
#include "http/routes.h"

#include "access/accounts.h"
#include "access/audit.h"
#include "base/clock.h"
#include "http/guard.h"
#include "http/signin.h"

#include <stdio.h>
#include <string.h>

/* ---- who asks ---- */

static void write_who(const cs_account *account, bool has_accounts, cs_json_writer *out) {
    bool is_nobody = account->number == account_of_nobody.number;
    json_object_open(out, NULL);
    if (is_nobody)
        json_write_null(out, "number");
    else
        json_write_int(out, "number", account->number);
    json_write_string(out, "name", account->name);
    json_write_string(out, "role", is_nobody ? NULL : account_role_name(account->role));
    json_write_string(out, "agent", account->agent);
    json_write_bool(out, "has_accounts", has_accounts);
    json_object_close(out);
}

/* GET /api/v1/me */
cs_error me_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    (void)message;
    write_who(request->account, request->visit->has_accounts, out);
    return CS_OK;
}

/* ---- what the pages of accounts share ---- */

cs_error body_text(const cs_json *body, const char *name, size_t most, char *out, cs_message *message) {
    size_t bytes = 0;
    const char *text = json_string(json_get(body, name), &bytes);
    if (text && bytes <= most) {
        (void)memcpy(out, text, bytes);
        out[bytes] = 0;
        return CS_OK;
    }
    (void)message_set(message, CS_ERR_USAGE, text ? "%s is longer than %zu bytes" : "%s is missing", name, most);
    message_place(message, "%s", name);
    message_remedy(message, "send it as text in the JSON body");
    return CS_ERR_USAGE;
}

cs_error signing_end(cs_db *db, cs_error code, cs_message *message) {
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

static void name_key(const char *name, char *out, size_t size) {
    (void)snprintf(out, size, "name:%s", name);
}

static void address_key(const cs_request *request, char *out, size_t size) {
    (void)snprintf(out, size, "address:%s", request->visit->address);
}

cs_error attempt_check(const cs_request *request, const char *name, cs_message *message) {
    char by_name[96], by_address[96];
    cs_pace *pace = guard_pace(request->guard);
    int64_t now = clock_steady_ms();
    name_key(name, by_name, sizeof by_name);
    address_key(request, by_address, sizeof by_address);
    int64_t wait = pace_wait_ms(pace, by_name, CS_PACE_QUICK, now);
    int64_t other = pace_wait_ms(pace, by_address, CS_PACE_QUICK_ADDRESS, now);
    if (other > wait) wait = other;
    if (wait == 0) return CS_OK;
    unsigned seconds = (unsigned)((wait + 999) / 1000);
    request->answer->wait_s = seconds;
    (void)message_set(message, CS_ERR_TOO_OFTEN, "the password was wrong too often");
    message_remedy(message, "try again in %u seconds; a manager can set a new password", seconds);
    return CS_ERR_TOO_OFTEN;
}

void attempt_note(const cs_request *request, const char *name, bool fits) {
    char by_name[96], by_address[96];
    cs_pace *pace = guard_pace(request->guard);
    int64_t now = clock_steady_ms();
    name_key(name, by_name, sizeof by_name);
    address_key(request, by_address, sizeof by_address);
    if (fits) { /* not the address: whoever has one account could try all others from there */
        pace_succeeded(pace, by_name);
    } else {
        pace_failed(pace, by_name, now);
        pace_failed(pace, by_address, now);
    }
}

/* ---- signing in ---- */

/* In a transaction: the session, its cookie, its row in the trail. */
static cs_error open_session(const cs_request *request, cs_db *db, const cs_account *account, cs_message *message) {
    char token[CS_SESSION_TOKEN_CHARS + 1];
    const cs_visit *visit = request->visit;
    cs_error code = CS_OK;
    if (visit->session && visit->kind == CS_SESSION_BROWSER) { /* whoever was signed in here is no longer */
        code = session_end(db, request->account->number, visit->session, message);
        if (code == CS_ERR_NOT_FOUND) code = CS_OK;
    }
    if (code == CS_OK)
        code = session_open(db, account, CS_SESSION_BROWSER, visit->browser, visit->address, clock_now_ms(), token,
                            message);
    if (code == CS_OK) code = audit_add(db, account, "session.open", account->name, visit->address, message);
    if (code == CS_OK)
        guard_write_cookie(request->guard, token, request->answer->cookie, sizeof request->answer->cookie);
    return code;
}

/* A name that nobody has is not kept: it may be a password, typed into the wrong field. */
static cs_error refuse_attempt(const cs_request *request, cs_db *db, const cs_account_row *row, bool is_known,
                               cs_message *message) {
    cs_error code = db_begin(db, message);
    if (code == CS_OK) {
        code = audit_add(db, &account_of_nobody, "session.refused", is_known ? row->account.name : "",
                         request->visit->address, message);
        code = signing_end(db, code, message);
    }
    if (code != CS_OK) return code;
    (void)message_set(message, CS_ERR_FORBIDDEN, "name and password don't belong together");
    message_remedy(message, "look at capitals and the keyboard's language; a manager can set a new password");
    return CS_ERR_FORBIDDEN;
}

static cs_error refuse_disabled(cs_message *message) {
    (void)message_set(message, CS_ERR_FORBIDDEN, "this account is disabled");
    message_remedy(message, "ask a manager, who can enable it");
    return CS_ERR_FORBIDDEN;
}

static cs_error admit_account(const cs_request *request, cs_db *db, const cs_account_row *seen, cs_message *message) {
    cs_account_row now;
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = accounts_find(db, seen->account.number, &now, message);
    if (code == CS_OK && (now.is_disabled || strcmp(now.password, seen->password) != 0))
        code = refuse_disabled(message); /* meanwhile, while the password was looked at */
    if (code == CS_OK) code = open_session(request, db, &now.account, message);
    return signing_end(db, code, message);
}

static cs_error sign_in(const cs_request *request, const char *name, const char *password, cs_json_writer *out,
                        cs_message *message) {
    cs_db *db = NULL;
    cs_account_row row = {0};
    cs_error code = attempt_check(request, name, message);
    if (code == CS_OK) code = desk_open(request->desk, &db, message);
    if (code == CS_OK) code = accounts_find_name(db, name, &row, message);
    if (code != CS_OK && code != CS_ERR_NOT_FOUND) return code;
    bool is_known = code == CS_OK, fits = password_fits(is_known ? row.password : NULL, password);
    attempt_note(request, name, fits);
    if (!fits) return refuse_attempt(request, db, &row, is_known, message);
    if (row.is_disabled) return refuse_disabled(message);
    code = admit_account(request, db, &row, message);
    if (code == CS_OK) write_who(&row.account, true, out);
    return code;
}

/* POST /api/v1/sign-in {"name", "password"} */
cs_error session_sign_in(const cs_request *request, cs_json_writer *out, cs_message *message) {
    char name[CS_MAX_ACCOUNT_NAME + 1], password[CS_MAX_PASSWORD + 1];
    cs_json *body = NULL;
    cs_error code = request_json(request, &body, message);
    if (code == CS_OK) code = body_text(body, "name", CS_MAX_ACCOUNT_NAME, name, message);
    if (code == CS_OK) code = body_text(body, "password", CS_MAX_PASSWORD, password, message);
    json_free(body);
    return code == CS_OK ? sign_in(request, name, password, out, message) : code;
}

/* POST /api/v1/sign-out */
cs_error session_sign_out(const cs_request *request, cs_json_writer *out, cs_message *message) {
    const cs_visit *visit = request->visit;
    cs_error code = CS_OK;
    if (visit->session && visit->kind == CS_SESSION_BROWSER) {
        code = session_end(request->db, request->account->number, visit->session, message);
        if (code == CS_OK)
            code = audit_add(request->db, request->account, "session.close", request->account->name, visit->address,
                             message);
        if (code == CS_ERR_NOT_FOUND) code = CS_OK;
    }
    if (code != CS_OK) return code;
    guard_write_cookie(request->guard, NULL, request->answer->cookie, sizeof request->answer->cookie);
    write_who(&account_of_nobody, visit->has_accounts, out);
    return CS_OK;
}

/* ---- the first account ---- */

static cs_error refuse_second(cs_message *message) {
    (void)message_set(message, CS_ERR_CONFLICT, "the first account was made already");
    message_remedy(message, "sign in, or ask whoever made it for an account");
    return CS_ERR_CONFLICT;
}

/* Somebody else may be as fast: who comes second inside the transaction hears so. */
static cs_error make_first(const cs_request *request, cs_db *db, cs_account *account, const char *hash,
                           cs_message *message) {
    bool is_taken = false;
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = accounts_any(db, &is_taken, message);
    if (code == CS_OK && is_taken) code = refuse_second(message);
    if (code == CS_OK) code = accounts_add(db, account, hash, message);
    if (code == CS_OK) code = audit_add(db, account, "account.add", account->name, "manager, the first", message);
    if (code == CS_OK) code = open_session(request, db, account, message);
    return signing_end(db, code, message);
}

static cs_error check_link(const cs_request *request, const char *token, cs_db *db, cs_message *message) {
    bool is_taken = false;
    cs_error code = accounts_any(db, &is_taken, message);
    if (code == CS_OK && is_taken) return refuse_second(message);
    if (code != CS_OK || guard_first_fits(request->guard, token)) return code;
    (void)message_set(message, CS_ERR_FORBIDDEN, "this link is not the one that the server gave when it started");
    message_remedy(message, "take the newest: callscope serve prints it at each start");
    return CS_ERR_FORBIDDEN;
}

/* POST /api/v1/first {"token", "name", "password"} */
cs_error accounts_first(const cs_request *request, cs_json_writer *out, cs_message *message) {
    char token[CS_FIRST_TOKEN_CHARS + 1], password[CS_MAX_PASSWORD + 1], hash[CS_PASSWORD_HASH_CHARS + 1];
    cs_account account = {.role = CS_ACCOUNT_MANAGER};
    cs_json *body = NULL;
    cs_db *db = NULL;
    cs_error code = request_json(request, &body, message);
    if (code == CS_OK) code = body_text(body, "token", CS_FIRST_TOKEN_CHARS, token, message);
    if (code == CS_OK) code = body_text(body, "name", CS_MAX_ACCOUNT_NAME, account.name, message);
    if (code == CS_OK) code = body_text(body, "password", CS_MAX_PASSWORD, password, message);
    json_free(body);
    if (code == CS_OK) code = desk_open(request->desk, &db, message);
    if (code == CS_OK) code = check_link(request, token, db, message);
    if (code == CS_OK) code = account_check(&account, message);
    if (code == CS_OK) code = password_check(account.name, password, message);
    if (code == CS_OK) code = password_hash(password, hash, message);
    if (code == CS_OK) code = make_first(request, db, &account, hash, message);
    if (code == CS_OK) write_who(&account, true, out);
    return code;
}
