/* session.h - what a signed-in browser, or a program with a key, shows with each request: 256 random bits.
 * Floor: access. The store keeps only a hash of them. A browser's session ends 12 hours after it was last used, in any case after
 * 7 days; a key when it is taken back. When it was last seen is written every 10 minutes at most (session_clock.h).
 * Memory: plain values. Threads: who has the handle. What writes needs a writing transaction.
 * Example: session_open(db, &account, CS_SESSION_BROWSER, "Chromium", "10.0.0.7", now, token, &m); cookie = token;
 */
#ifndef CS_ACCESS_SESSION_H
#define CS_ACCESS_SESSION_H

#include "access/account.h"
#include "base/json.h"
#include "store/db.h"

enum {
    CS_SESSION_TOKEN_CHARS = 64,
    CS_SESSION_IDLE_MS = 12 * 3600 * 1000,
    CS_SESSION_DAYS = 7,
    CS_SESSION_SEEN_MS = 10 * 60 * 1000,
    CS_MOST_SESSIONS = 200, /* of one account; the oldest give way */
    CS_MAX_SESSION_NAME = 200,
};

typedef enum cs_session_kind { CS_SESSION_BROWSER, CS_SESSION_KEY } cs_session_kind;

typedef struct cs_session {
    int64_t number, seen_ms;
    cs_session_kind kind;
    cs_account account;
} cs_session;

/* name: the browser's or the key's; address: from where. out: shown once, kept nowhere. */
cs_error session_open(cs_db *db, const cs_account *account, cs_session_kind kind, const char *name, const char *address,
                      int64_t now_ms, char out[CS_SESSION_TOKEN_CHARS + 1], cs_message *message);
/* CS_ERR_SIGN_IN: there is none like that, it has ended, or its account is disabled. */
cs_error session_find(cs_db *db, const char *token, cs_session_kind kind, int64_t now_ms, cs_session *out,
                      cs_message *message);
cs_error session_seen(cs_db *db, int64_t number, int64_t now_ms, cs_message *message);
/* Of this account alone: CS_ERR_NOT_FOUND. */
cs_error session_end(cs_db *db, int64_t account, int64_t number, cs_message *message);
/* All of the account but one, keys with them: whoever has to take a new password may have lost more than the old one. */
cs_error session_end_others(cs_db *db, int64_t account, int64_t but, cs_message *message);
cs_error session_end_keys(cs_db *db, int64_t account, cs_message *message);
cs_error session_forget_ended(cs_db *db, int64_t now_ms, cs_message *message);
/* "sessions": [...], newest first; current: the number of the one that asks. */
cs_error session_list(cs_db *db, int64_t account, int64_t current, int64_t now_ms, cs_json_writer *out,
                      cs_message *message);

bool session_token_is_shaped(const char *token);

#endif
