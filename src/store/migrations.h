/* migrations.h - how a store comes to the shape that this program knows. Only db.c calls it.
 * Floor: store. A migration is a row of migration_rows.c: forward only, one transaction each, never edited once released.
 * Memory: none. Threads: the one that opens the handle; two processes opening at once wait for each other.
 * Example: migrations_apply(db, &m) when writing, migrations_check(db, &m) when only reading.
 */
#ifndef CS_STORE_MIGRATIONS_H
#define CS_STORE_MIGRATIONS_H

#include "store/db.h"

int migrations_newest(void); /* the version that this program reads and writes */
cs_error migrations_apply(cs_db *db, cs_message *message);
cs_error migrations_check(cs_db *db, cs_message *message); /* CS_ERR_STORE: older or newer than this program */

#endif
