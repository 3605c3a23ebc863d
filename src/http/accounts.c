/* Accounts: one's own password and sessions; for managers, those of all. */
#include "http/routes.h"

#include "access/accounts.h"
#include "access/audit.h"
#include "base/clock.h"
#include "http/guard.h"
#include "http/signin.h"

#include <stdio.h>
#include <string.h>

static cs_error refuse_empty(cs_message *message) {
    (void)message_set(message, CS_ERR_CONFLICT, "the first account is made by the link of the first run");
    message_remedy(message, "open the link that callscope serve prints, or use: callscope accounts add");
    return CS_ERR_CONFLICT;
}

/* ---- one's own ---- */

static cs_error check_own(const cs_request *request, cs_message *message) {
    if (!request->visit->has_accounts) return refuse_empty(message);
    if (request->visit->kind == CS_SESSION_BROWSER) return CS_OK;
    (void)message_set(message, CS_ERR_FORBIDDEN, "a program's key can't change its account");
    message_remedy(message, "sign in with name and password");
    return CS_ERR_FORBIDDEN;
}

static cs_error write_password(const cs_request *request, cs_db *db, const char *hash, cs_message *message) {
    int64_t number = request->account->number;
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = accounts_set_password(db, number, hash, message);
    if (code == CS_OK) code = session_end_others(db, number, request->visit->session, message);
    if (code == CS_OK)
        code = audit_add(db, request->account, "account.password", request->account->name, "own", message);
    return signing_end(db, code, message);
}

static cs_error change_password(const cs_request *request, const char *current, const char *password,
                                cs_message *message) {
    char hash[CS_PASSWORD_HASH_CHARS + 1];
    cs_account_row row;
    cs_db *db = NULL;
    cs_error code = attempt_check(request, request->account->name, message);
    if (code == CS_OK) code = desk_open(request->desk, &db, message);
    if (code == CS_OK) code = accounts_find(db, request->account->number, &row, message);
    if (code != CS_OK) return code;
    bool fits = password_fits(row.password, current);
    attempt_note(request, row.account.name, fits);
    if (!fits) {
        code = message_set(message, CS_ERR_USAGE, "this is not your password of now");
        message_place(message, "current");
        message_remedy(message, "look at capitals and the keyboard's language; a manager can set a new password");
        return code;
    }
    code = password_check(row.account.name, password, message);
    if (code == CS_OK) code = password_hash(password, hash, message);
    return code == CS_OK ? write_password(request, db, hash, message) : code;
}

/* POST /api/v1/me/password {"current", "password"}: ends one's other sessions, and one's keys */
cs_error me_password(const cs_request *request, cs_json_writer *out, cs_message *message) {
    char current[CS_MAX_PASSWORD + 1], password[CS_MAX_PASSWORD + 1];
    cs_json *body = NULL;
    cs_error code = check_own(request, message);
    if (code == CS_OK) code = request_json(request, &body, message);
    if (code == CS_OK) code = body_text(body, "current", CS_MAX_PASSWORD, current, message);
    if (code == CS_OK) code = body_text(body, "password", CS_MAX_PASSWORD, password, message);
    json_free(body);
    if (code == CS_OK) code = change_password(request, current, password, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_object_close(out);
    return CS_OK;
}

static cs_error write_sessions(const cs_request *request, int64_t account, cs_json_writer *out, cs_message *message) {
    json_object_open(out, NULL);
    cs_error code = session_list(request->db, account, request->visit->session, clock_now_ms(), out, message);
    json_object_close(out);
    return code;
}

/* GET /api/v1/me/sessions */
cs_error me_sessions(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return write_sessions(request, request->account->number, out, message);
}

/* DELETE /api/v1/me/sessions/{id}: also a key */
cs_error me_end_session(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    cs_error code = request_row(request, "session", &number, message);
    if (code == CS_OK) code = session_end(request->db, request->account->number, number, message);
    if (code == CS_OK)
        code = audit_add(request->db, request->account, "session.end", request->account->name, "own", message);
    if (code != CS_OK) return code;
    return write_sessions(request, request->account->number, out, message);
}

/* ---- all, for managers ---- */

/* GET /api/v1/accounts */
cs_error accounts_index(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_error code = CS_OK;
    json_object_open(out, NULL);
    if (request->db) {
        code = accounts_list(request->db, account_may(request->account, CS_ACCOUNT_MANAGER), out, message);
    } else {
        json_array_open(out, "accounts");
        json_array_close(out);
    }
    json_object_close(out);
    return code;
}

static cs_error read_role(const cs_json *body, cs_account_role *out, cs_message *message) {
    char role[16] = "";
    cs_error code = body_text(body, "role", sizeof role - 1, role, message);
    if (code != CS_OK) return code;
    *out = account_role_parse(role);
    if (*out != CS_ACCOUNT_ROLES) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "there is no role \"%s\"", role);
    message_place(message, "role");
    message_remedy(message, "role takes agent, reviewer or manager");
    return CS_ERR_USAGE;
}

/* What a manager sends of an account; password "" where none came. */
static cs_error read_account(const cs_json *body, cs_account *out, char password[CS_MAX_PASSWORD + 1],
                             cs_message *message) {
    password[0] = 0;
    cs_error code = body_text(body, "name", CS_MAX_ACCOUNT_NAME, out->name, message);
    if (code == CS_OK) code = read_role(body, &out->role, message);
    if (code == CS_OK && json_kind(json_get(body, "agent")) != CS_JSON_NULL)
        code = body_text(body, "agent", CS_MAX_ACCOUNT_AGENT, out->agent, message);
    if (code == CS_OK && json_kind(json_get(body, "password")) != CS_JSON_NULL)
        code = body_text(body, "password", CS_MAX_PASSWORD, password, message);
    return code == CS_OK ? account_check(out, message) : code;
}

static void describe(const cs_account_row *row, const char *more, char *out, size_t size) {
    const char *agent = row->account.agent;
    (void)snprintf(out, size, "%s%s%s%s%s", account_role_name(row->account.role), *agent ? ", agent " : "", agent,
                   row->is_disabled ? ", disabled" : "", more);
}

static cs_error add_account(const cs_request *request, cs_db *db, cs_account *account, const char *hash,
                            cs_account_row *out, cs_message *message) {
    char words[CS_MAX_AUDIT_TEXT];
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = accounts_add(db, account, hash, message);
    if (code == CS_OK) code = accounts_find(db, account->number, out, message);
    if (code == CS_OK) {
        describe(out, "", words, sizeof words);
        code = audit_add(db, request->account, "account.add", account->name, words, message);
    }
    return signing_end(db, code, message);
}

/* POST /api/v1/accounts {"name", "role", "agent", "password"} */
cs_error accounts_create(const cs_request *request, cs_json_writer *out, cs_message *message) {
    char password[CS_MAX_PASSWORD + 1], hash[CS_PASSWORD_HASH_CHARS + 1];
    cs_account account = {0};
    cs_account_row row;
    cs_json *body = NULL;
    cs_db *db = NULL;
    cs_error code = request->visit->has_accounts ? CS_OK : refuse_empty(message);
    if (code == CS_OK) code = request_json(request, &body, message);
    if (code == CS_OK) code = read_account(body, &account, password, message);
    json_free(body);
    if (code == CS_OK) code = password_check(account.name, password, message);
    if (code == CS_OK) code = password_hash(password, hash, message);
    if (code == CS_OK) code = desk_open(request->desk, &db, message);
    if (code == CS_OK) code = add_account(request, db, &account, hash, &row, message);
    if (code != CS_OK) return code;
    request->answer->status = 201;
    account_write(&row, out);
    return CS_OK;
}

/* ---- changing one ---- */

static cs_error read_change(const cs_json *body, cs_account_row *row, char password[CS_MAX_PASSWORD + 1],
                            cs_message *message) {
    if (!json_int64(json_get(body, "changes"), &row->changes)) {
        (void)message_set(message, CS_ERR_USAGE, "changes is missing");
        message_place(message, "changes");
        message_remedy(message, "send the number that came with the account, so that nobody's change is overwritten");
        return CS_ERR_USAGE;
    }
    row->is_disabled = json_is_true(json_get(body, "is_disabled"));
    return read_account(body, &row->account, password, message);
}

/* In words and as JSON: what stands there now. */
static cs_error answer_conflict(const cs_request *request, const cs_account_row *now, const cs_message *said,
                                cs_json_writer *out) {
    json_object_open(out, NULL);
    json_object_open(out, "error");
    json_write_string(out, "code", error_name(CS_ERR_CONFLICT));
    json_write_string(out, "message", said->reason);
    json_write_string(out, "remedy", said->remedy);
    json_object_close(out);
    json_object_open(out, "now");
    account_write_members(now, out);
    json_object_close(out);
    json_object_close(out);
    request->answer->status = 409;
    return CS_OK;
}

static cs_error change_account(const cs_request *request, cs_db *db, const cs_account_row *row, const char *hash,
                               cs_account_row *now, cs_message *message) {
    char words[CS_MAX_AUDIT_TEXT];
    cs_account_row before;
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = accounts_find(db, row->account.number, &before, message);
    if (code == CS_OK) *now = before;
    if (code == CS_OK) code = accounts_change(db, row, hash, message);
    if (code == CS_OK) code = accounts_find(db, row->account.number, now, message);
    if (code == CS_OK) {
        describe(now, hash ? ", new password" : "", words, sizeof words);
        code = audit_add(db, request->account, "account.change", before.account.name, words, message);
    }
    return signing_end(db, code, message);
}

/* PUT /api/v1/accounts/{id} {"changes", "name", "role", "agent", "is_disabled", "password"?} */
cs_error accounts_put(const cs_request *request, cs_json_writer *out, cs_message *message) {
    char password[CS_MAX_PASSWORD + 1], hash[CS_PASSWORD_HASH_CHARS + 1];
    cs_account_row row = {0}, now = {0};
    cs_json *body = NULL;
    cs_db *db = NULL;
    cs_error code = request_row(request, "account", &row.account.number, message);
    if (code == CS_OK) code = request_json(request, &body, message);
    if (code == CS_OK) code = read_change(body, &row, password, message);
    json_free(body);
    if (code == CS_OK && password[0]) code = password_check(row.account.name, password, message);
    if (code == CS_OK && password[0]) code = password_hash(password, hash, message);
    if (code == CS_OK) code = desk_open(request->desk, &db, message);
    if (code == CS_OK) code = change_account(request, db, &row, password[0] ? hash : NULL, &now, message);
    if (code == CS_ERR_CONFLICT && now.changes != row.changes) return answer_conflict(request, &now, message, out);
    if (code == CS_OK) account_write(&now, out);
    return code;
}

/* GET /api/v1/accounts/{id}/sessions */
cs_error accounts_sessions(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    cs_account_row row;
    cs_error code = request_row(request, "account", &number, message);
    if (code == CS_OK) code = accounts_find(request->db, number, &row, message);
    return code == CS_OK ? write_sessions(request, number, out, message) : code;
}

/* DELETE /api/v1/accounts/{id}/sessions: also its keys */
cs_error accounts_end_sessions(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    cs_account_row row;
    cs_error code = request_row(request, "account", &number, message);
    if (code == CS_OK) code = accounts_find(request->db, number, &row, message);
    if (code == CS_OK) code = session_end_others(request->db, number, request->visit->session, message);
    if (code == CS_OK)
        code = audit_add(request->db, request->account, "session.end", row.account.name, "all, with keys", message);
    return code == CS_OK ? write_sessions(request, number, out, message) : code;
}
