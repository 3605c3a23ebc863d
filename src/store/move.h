/* move.h - a store changes its database: who may write is held back, everything is copied, and only then is it switched.
 * Floor: store. Recordings and uploads stay where they are. The old rows stay too, out of the way: the file of SQLite as
 * callscope.db.moved-DATE, the tables of PostgreSQL with moved_ before their names, so that no program that still runs writes to
 * them unnoticed.
 * Memory: move_end releases it, and gives the source back unless it was switched. Threads: one.
 * Example: move_begin(data, "postgres://…", &move, &m); copy_run(move_source(move), move_target(move), ...); move_switch(move, &m);
 */
#ifndef CS_STORE_MOVE_H
#define CS_STORE_MOVE_H

#include "store/db.h"

typedef struct cs_move cs_move;

/* to: "sqlite" or an address of PostgreSQL. From here to move_end nobody else writes to the source; it is in a transaction.
 * CS_ERR_CONFLICT: somebody is at work in it, and who; or it is there already. */
cs_error move_begin(const char *data, const char *to, cs_move **out, cs_message *message);
cs_db *move_source(const cs_move *move);
cs_db *move_target(const cs_move *move);
/* The copy is whole: from now on it is the store. */
cs_error move_switch(cs_move *move, cs_message *message);
const char *move_old_place(const cs_move *move); /* what became of the old rows, after the switch */
/* A file callscope.db that was no part of the store, and where it is now; NULL: there was none. */
const char *move_found_place(const cs_move *move);
void move_end(cs_move *move); /* NULL is allowed */

/* The file that names the database: whole or not at all, mode 0600. */
cs_error move_write_address(const char *path, const char *address, cs_message *message);

/* move_user.c: "process 1234 (callscope serve)" of another process that has the file open; empty: none that can be seen. */
void move_find_user(const char *path, char *out, size_t size);

#endif
