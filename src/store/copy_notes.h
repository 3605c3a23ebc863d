/* copy_notes.h - how far a copy is, kept in its target.
 * Floor: store, private to copy*.c. One row a table: its last key, and the sum of what came before and with it.
 * Memory: the key is the caller's buffer. Threads: those of the handle.
 * Example: notes_read(to, "finding", &note, &m); ... notes_write(to, "finding", &note, &m) beside the rows.
 */
#ifndef CS_STORE_COPY_NOTES_H
#define CS_STORE_COPY_NOTES_H

#include "store/copy_rows.h"

typedef struct cs_copy_note {
    bool is_known, is_copied; /* there is one; the whole table is there */
    cs_row_sum sum;
    cs_buffer last_key; /* empty: no row yet; initialised by the caller */
} cs_copy_note;

cs_error notes_exist(cs_db *to, bool *exist, cs_message *message);
cs_error notes_make(cs_db *to, cs_message *message);
cs_error notes_drop(cs_db *to, cs_message *message); /* their absence is no failure */
cs_error notes_read(cs_db *to, const char *table, cs_copy_note *out, cs_message *message);
cs_error notes_write(cs_db *to, const char *table, const cs_copy_note *note, cs_message *message);
cs_error notes_forget(cs_db *to, const char *table, cs_message *message);
/* The target is about to be used as a store: from now on nothing in it is deleted, whatever the notes say. */
cs_error notes_place(cs_db *to, cs_message *message);
cs_error notes_are_placed(cs_db *to, bool *are_they, cs_message *message);

#endif
