/* db_postgres_text.h - text that is not UTF-8, kept where only UTF-8 is taken. Names of files may hold any bytes.
 * Floor: store, private to db_postgres*.c. A byte that is no UTF-8 becomes U+10FF00 plus the byte, a private character that
 * nobody writes; one that was there already is taken apart in the same way, so that what comes back is what was given.
 * Memory: malloc. Threads: any.
 * Example: if (!postgres_text_is_plain(text, length)) wrapped = postgres_text_wrap(text, length);
 */
#ifndef CS_STORE_DB_POSTGRES_TEXT_H
#define CS_STORE_DB_POSTGRES_TEXT_H

#include <stdbool.h>
#include <stddef.h>

bool postgres_text_is_plain(const char *text, size_t length);
char *postgres_text_wrap(const char *text, size_t length); /* NULL when out of memory */
bool postgres_text_is_wrapped(const char *text);
size_t postgres_text_unwrap(const char *text, char *out); /* out as large as text, ended with 0; returns its length */

#endif
