/* password.h - passwords: which are taken, and how they are kept (argon2id by libsodium, its interactive limits).
 * Floor: access. A password is 10 characters or more of valid UTF-8, at most 200 bytes, not the name, not one character or a row of keys again and again, and
 * none of the first that are tried. Hashing takes about 0.1 s and 64 MB: never inside a transaction.
 * Memory: none is kept. Threads: any. Example: password_check("Li", text, &m); password_hash(text, hash, &m);
 */
#ifndef CS_ACCESS_PASSWORD_H
#define CS_ACCESS_PASSWORD_H

#include "base/error.h"

#include <stdbool.h>

enum { CS_MIN_PASSWORD = 10, CS_MAX_PASSWORD = 200, CS_PASSWORD_HASH_CHARS = 127 };

cs_error password_check(const char *name, const char *password, cs_message *message); /* CS_ERR_USAGE */
cs_error password_hash(const char *password, char out[CS_PASSWORD_HASH_CHARS + 1], cs_message *message);
/* hash NULL: of nobody; takes as long, so that nobody learns by it which names exist. */
bool password_fits(const char *hash, const char *password);

#endif
