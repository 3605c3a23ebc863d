/* signin.h - what the handlers of accounts share: texts of a body, wrong passwords, the end of a transaction.
 * Floor: http. For handlers of CS_NEED_SIGNING, which open their own transactions at request->desk.
 * Memory: none. Threads: the one that signs people in.
 * Example: code = db_begin(db, m); if (code == CS_OK) code = signing_end(db, accounts_add(db, &account, hash, m), m);
 */
#ifndef CS_HTTP_SIGNIN_H
#define CS_HTTP_SIGNIN_H

#include "http/router.h"

/* A text of at most so many bytes; out has one more. CS_ERR_USAGE: missing, or longer. */
cs_error body_text(const cs_json *body, const char *name, size_t most, char *out, cs_message *message);
/* Commits when code is CS_OK, else undoes. */
cs_error signing_end(cs_db *db, cs_error code, cs_message *message);

/* Before a password is looked at: CS_ERR_TOO_OFTEN with the seconds, for this name or this address. Afterwards it is noted. */
cs_error attempt_check(const cs_request *request, const char *name, cs_message *message);
void attempt_note(const cs_request *request, const char *name, bool fits);

#endif
