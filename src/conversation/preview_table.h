/* preview_table.h - the columns and rows of a preview.
 * Floor: conversation, private to preview.c. Memory: none kept. Threads: any.
 * Example: preview_table_rows(path, mapping, out, &message); // writes "rows": […]
 */
#ifndef CS_CONVERSATION_PREVIEW_TABLE_H
#define CS_CONVERSATION_PREVIEW_TABLE_H

#include "conversation/guess.h"
#include "conversation/preview.h"
#include "conversation/table.h"

/* mapping NULL: none that can be used; guess NULL: there is none. is_guessed: the mapping is the guess's own. */
void preview_table_columns(const char *path, const cs_mapping *mapping, const cs_guess *guess, bool is_guessed,
                           cs_json_writer *out);
/* Fails when the table can't be opened; "rows" is then empty. */
cs_error preview_table_rows(const char *path, const cs_mapping *mapping, cs_json_writer *out, cs_message *message);
bool preview_table_fits_json(cs_table *table); /* the first object has at least half of the paths */
void preview_write_text(cs_json_writer *out, const char *key, const char *text); /* cut at 300 characters */
void preview_write_problem(cs_json_writer *out, const cs_message *problem); /* NULL: null */

#endif
