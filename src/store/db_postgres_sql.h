/* db_postgres_sql.h - a query as it stands in the code, with :names, as PostgreSQL reads it, with $numbers.
 * Floor: store, private to db_postgres*.c. Names in texts, in quoted words, comments and casts (x::text) are left alone.
 * Memory: postgres_sql_free. Threads: any.
 * Example: "SELECT 1 WHERE a = :a AND b > :a" becomes "SELECT 1 WHERE a = $1 AND b > $1", names[0] is "a".
 */
#ifndef CS_STORE_DB_POSTGRES_SQL_H
#define CS_STORE_DB_POSTGRES_SQL_H

#include "base/error.h"
#include "store/db_driver.h"

enum { CS_MAX_PARAMETERS = 1024, CS_MAX_QUERY_BYTES = 256 * 1024 };

typedef struct postgres_sql {
    char *text;
    char (*names)[CS_MAX_PARAMETER_NAME]; /* name i is parameter i + 1 */
    int count;
    bool has_answer; /* it may give rows: anything but INSERT, UPDATE, DELETE without RETURNING */
    bool is_writing; /* anything but SELECT, VALUES, WITH ... SELECT, SHOW, EXPLAIN */
} postgres_sql;

cs_error postgres_sql_read(const char *sql, postgres_sql *out, cs_message *message);
void postgres_sql_free(postgres_sql *sql);

#endif
