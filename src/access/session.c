#include "access/session.h"

#include "base/utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { TOKEN_BYTES = CS_SESSION_TOKEN_CHARS / 2, HASH_BYTES = 32 };
#define DAY_MS (24LL * 3600 * 1000)

static const char *const kinds[] = {"browser", "key"};

static void hash_token(const char *token, unsigned char out[HASH_BYTES]) {
    (void)crypto_generichash(out, HASH_BYTES, (const unsigned char *)token, CS_SESSION_TOKEN_CHARS, NULL, 0);
}

bool session_token_is_shaped(const char *token) {
    return strlen(token) == CS_SESSION_TOKEN_CHARS && strspn(token, "0123456789abcdef") == CS_SESSION_TOKEN_CHARS;
}

static void cut_text(const char *text, char *out, size_t size) {
    (void)snprintf(out, size, "%s", text ? text : "");
    out[utf8_invalid_at(out, strlen(out))] = 0;
}

/* ---- opening ---- */

static cs_error make_room(cs_db *db, int64_t account, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "DELETE FROM session WHERE account = :account AND kind = 'browser' AND number <= (SELECT number "
                 "FROM session WHERE account = :account ORDER BY number DESC LIMIT 1 OFFSET :most)",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "account", account);
    db_bind_int64(stmt, "most", CS_MOST_SESSIONS - 1);
    return db_run(stmt, message);
}

cs_error session_open(cs_db *db, const cs_account *account, cs_session_kind kind, const char *name, const char *address,
                      int64_t now_ms, char out[CS_SESSION_TOKEN_CHARS + 1], cs_message *message) {
    unsigned char random[TOKEN_BYTES], hash[HASH_BYTES];
    char short_name[CS_MAX_SESSION_NAME + 1], short_address[64];
    cs_stmt *stmt = NULL;
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(out, CS_SESSION_TOKEN_CHARS + 1, random, sizeof random);
    hash_token(out, hash);
    cut_text(name, short_name, sizeof short_name);
    cut_text(address, short_address, sizeof short_address);
    cs_error code = make_room(db, account->number, message);
    if (code == CS_OK)
        code = db_query(db,
                        "INSERT INTO session (hash, account, kind, name, address, created_ms, seen_ms, ends_ms) VALUES "
                        "(:hash, :account, :kind, :name, :address, :now, :now, :ends)",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_bytes(stmt, "hash", hash, sizeof hash);
    db_bind_int64(stmt, "account", account->number);
    db_bind_text(stmt, "kind", kinds[kind]);
    db_bind_text(stmt, "name", short_name);
    db_bind_text(stmt, "address", short_address);
    db_bind_int64(stmt, "now", now_ms);
    if (kind == CS_SESSION_BROWSER)
        db_bind_int64(stmt, "ends", now_ms + CS_SESSION_DAYS * DAY_MS);
    else
        db_bind_null(stmt, "ends");
    return db_run(stmt, message);
}

/* ---- finding ---- */

static bool read_account(cs_stmt *stmt, cs_account *out) {
    *out = (cs_account){.number = db_int64(stmt, 3), .role = account_role_parse(db_text(stmt, 5))};
    (void)snprintf(out->name, sizeof out->name, "%s", db_text(stmt, 4));
    (void)snprintf(out->agent, sizeof out->agent, "%s", db_text(stmt, 6));
    return out->role != CS_ACCOUNT_ROLES;
}

static bool read_session(cs_stmt *stmt, cs_session_kind kind, int64_t now_ms, cs_session *out) {
    *out = (cs_session){.number = db_int64(stmt, 0), .seen_ms = db_int64(stmt, 1), .kind = kind};
    bool is_over = !db_is_null(stmt, 2) && now_ms >= db_int64(stmt, 2);
    bool is_idle = kind == CS_SESSION_BROWSER && now_ms - out->seen_ms >= CS_SESSION_IDLE_MS;
    return !is_over && !is_idle && read_account(stmt, &out->account);
}

cs_error session_find(cs_db *db, const char *token, cs_session_kind kind, int64_t now_ms, cs_session *out,
                      cs_message *message) {
    unsigned char hash[HASH_BYTES];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = CS_OK;
    if (session_token_is_shaped(token)) {
        hash_token(token, hash);
        code =
            db_query(db,
                     "SELECT s.number, s.seen_ms, s.ends_ms, a.number, a.name, a.role, a.agent FROM session s JOIN "
                     "account a ON a.number = s.account WHERE s.hash = :hash AND s.kind = :kind AND a.is_disabled = 0",
                     &stmt, message);
        if (code != CS_OK) return code;
        db_bind_bytes(stmt, "hash", hash, sizeof hash);
        db_bind_text(stmt, "kind", kinds[kind]);
        code = db_step(stmt, &has_row, message);
        if (code == CS_OK && has_row) has_row = read_session(stmt, kind, now_ms, out);
        db_done(stmt);
    }
    if (code != CS_OK || has_row) return code;
    (void)message_set(message, CS_ERR_SIGN_IN, "this session has ended");
    message_remedy(message, "sign in again");
    return CS_ERR_SIGN_IN;
}

/* ---- going on, ending ---- */

cs_error session_seen(cs_db *db, int64_t number, int64_t now_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db, "UPDATE session SET seen_ms = :now WHERE number = :number AND seen_ms < :now", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    db_bind_int64(stmt, "now", now_ms);
    return db_run(stmt, message);
}

cs_error session_forget_ended(cs_db *db, int64_t now_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db, "DELETE FROM session WHERE kind = 'browser' AND (ends_ms <= :now OR seen_ms <= :idle_since)",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "idle_since", now_ms - CS_SESSION_IDLE_MS);
    return db_run(stmt, message);
}

cs_error session_end(cs_db *db, int64_t account, int64_t number, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "DELETE FROM session WHERE number = :number AND account = :account RETURNING number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    db_bind_int64(stmt, "account", account);
    code = db_step(stmt, &has_row, message);
    db_done(stmt);
    if (code != CS_OK || has_row) return code;
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no such session any more");
    message_remedy(message, "it has ended already");
    return CS_ERR_NOT_FOUND;
}

cs_error session_end_others(cs_db *db, int64_t account, int64_t but, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM session WHERE account = :account AND number <> :but", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "account", account);
    db_bind_int64(stmt, "but", but);
    return db_run(stmt, message);
}

cs_error session_end_keys(cs_db *db, int64_t account, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM session WHERE account = :account AND kind = 'key'", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "account", account);
    return db_run(stmt, message);
}

/* ---- listing ---- */

static void write_session(cs_stmt *stmt, int64_t current, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_int(out, "number", db_int64(stmt, 0));
    json_write_string(out, "kind", db_text(stmt, 1));
    json_write_string(out, "name", db_text(stmt, 2));
    json_write_string(out, "address", db_text(stmt, 3));
    json_write_int(out, "created_ms", db_int64(stmt, 4));
    json_write_int(out, "seen_ms", db_int64(stmt, 5));
    if (db_is_null(stmt, 6))
        json_write_null(out, "ends_ms");
    else
        json_write_int(out, "ends_ms", db_int64(stmt, 6));
    json_write_bool(out, "is_current", db_int64(stmt, 0) == current);
    json_object_close(out);
}

cs_error session_list(cs_db *db, int64_t account, int64_t current, int64_t now_ms, cs_json_writer *out,
                      cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db,
        "SELECT number, kind, name, address, created_ms, seen_ms, ends_ms FROM session WHERE account = :account "
        "AND (kind = 'key' OR (ends_ms > :now AND seen_ms > :idle_since)) ORDER BY number DESC",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "account", account);
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "idle_since", now_ms - CS_SESSION_IDLE_MS);
    json_array_open(out, "sessions");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) write_session(stmt, current, out);
    json_array_close(out);
    db_done(stmt);
    return code;
}
