/* archive_column.h - values of the model in and out of columns, and the rule set the store counts by. Only archive*.c.
 * Floor: quality. Unknown times are NULL in the store and CS_NO_TIME outside; hashes are 16 bytes.
 * Memory: none. Threads: whoever owns the statement.
 * Example: bind_time(stmt, "started", c->started_ms);
 */
#ifndef CS_QUALITY_ARCHIVE_COLUMN_H
#define CS_QUALITY_ARCHIVE_COLUMN_H

#include "base/hash.h"
#include "base/json.h"
#include "store/db.h"

void bind_time(cs_stmt *stmt, const char *name, int64_t ms);
void bind_hash(cs_stmt *stmt, const char *name, const cs_hash *hash); /* the hash must live until db_done */
cs_hash column_hash(cs_stmt *stmt, int column); /* zeros when it is no hash */
void column_write_int(cs_stmt *stmt, int column, cs_json_writer *out, const char *key); /* null stays null */
void column_write_text(cs_stmt *stmt, int column, cs_json_writer *out, const char *key);

/* Runs a query of one number with no parameters; NULL and no row give otherwise. */
cs_error query_number(cs_db *db, const char *sql, int64_t otherwise, int64_t *out, cs_message *message);

/* Rule sets are numbered in the store, together with the scorecard's version. CS_ERR_NOT_FOUND: not stored. */
cs_error ruleset_number(cs_db *db, cs_hash id, int64_t *out, cs_message *message);
cs_error current_number(cs_db *db, int64_t *out, cs_message *message);

#endif
