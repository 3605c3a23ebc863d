/* copy.h - a whole store from one database to another: moving, backing up and restoring are this.
 * Floor: store. Table by table in the source's one state; what refers comes after what is referred to; the numbers that the
 * target gives go on where the source's were. The target notes how far it is, in the transaction of the rows themselves: a copy
 * that was killed goes on where it was, and begins anew from the first table that changed meanwhile. At the end every table is
 * read back and its sum compared with the source's. The search index is not copied: who owns it makes it anew.
 * Memory: a few MB, whatever the size. Threads: those of the handles.
 * Example: db_begin(from, &m); copy_run(from, to, watch, context, &counts, &m); db_rollback(from); copy_settle(to, &m);
 */
#ifndef CS_STORE_COPY_H
#define CS_STORE_COPY_H

#include "store/copy_rows.h"

typedef struct cs_copy_state {
    const char *table; /* that is copied or compared now */
    uint32_t number, count; /* of the table, from 1, and of all */
    int64_t rows; /* of it, so far */
    bool is_verifying;
} cs_copy_state;
/* false: stop. Called between rows, every few thousand. */
typedef bool (*cs_copy_watch)(void *context, const cs_copy_state *state);

typedef struct cs_copy_counts {
    int64_t rows; /* in the target, all of them compared */
    int64_t resumed; /* of them there already */
    uint32_t tables;
} cs_copy_counts;

/* from: inside a transaction; to: a handle for writing, outside of one, whose tables are empty or hold a part of this copy.
 * CS_ERR_CONFLICT: it holds something else. CS_ERR_STOPPED: the watch said so. CS_ERR_STORE: a table came out different. */
cs_error copy_run(cs_db *from, cs_db *to, cs_copy_watch watch, void *context, cs_copy_counts *counts,
                  cs_message *message);
/* Whether the target holds the notes of a copy: one that is not settled yet. */
cs_error copy_is_under_way(cs_db *to, bool *is_it, cs_message *message);
/* The target is about to be named as the store's database. A copy to it still goes on as long as both are the same, but begins
 * nothing anew: until copy_settle nobody can tell whether it is in use. */
cs_error copy_place(cs_db *to, cs_message *message);
/* The copy is what it should be, and is used from now on: its notes go. */
cs_error copy_settle(cs_db *to, cs_message *message);

/* The sum of each table, in the order of its catalogue; inside a transaction. */
cs_error copy_measure(cs_db *db, const cs_catalogue *catalogue, cs_row_sum *sums, cs_copy_watch watch, void *context,
                      cs_message *message);

#endif
