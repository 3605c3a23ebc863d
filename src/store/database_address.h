/* database_address.h - where a store's rows are kept: SQLite in its folder, or a PostgreSQL server.
 * Floor: store. The environment's CALLSCOPE_DATABASE names it, else the file `database` in the folder of the store (one line,
 * readable by its owner alone), else it is SQLite. Recordings and uploads stay in the folder in every case.
 * Memory: database_address_free. An address may hold a password: it never goes into a message or a log. Threads: any.
 * Example: cs_database_address a; database_address_find(data, &a, &m); ... database_address_free(&a);
 */
#ifndef CS_STORE_DATABASE_ADDRESS_H
#define CS_STORE_DATABASE_ADDRESS_H

#include "base/error.h"
#include "store/db.h"

#define CS_DATABASE_VARIABLE "CALLSCOPE_DATABASE"
#define CS_DATABASE_FILE "database"

typedef struct cs_database_address {
    cs_db_kind kind;
    char *text; /* of PostgreSQL: postgres://… or libpq's key=value; NULL for SQLite */
    const char *from; /* the words of a message: where the address stands */
} cs_database_address;

/* Of the store in data. */
cs_error database_address_find(const char *data, cs_database_address *out, cs_message *message);
/* Of what somebody gave: "sqlite", or an address of PostgreSQL. from: as above. */
cs_error database_address_read(const char *text, const char *from, cs_database_address *out, cs_message *message);
void database_address_free(cs_database_address *address); /* wiped */

#endif
