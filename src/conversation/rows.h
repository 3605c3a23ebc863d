/* rows.h - the rows of a CSV (RFC 4180) or TSV (a quote is a character like any other), one at a time.
 * Floor: conversation, private to the reader of rows. Memory: a row's cells live until the next call.
 * Threads: one at a time. Example: while (rows_next(rows, &row, &m) == CS_OK && !row.is_end) puts(row.cells[0]);
 */
#ifndef CS_CONVERSATION_ROWS_H
#define CS_CONVERSATION_ROWS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_row {
    const char *const *cells; /* NUL-terminated, valid UTF-8 */
    uint32_t count;
    int64_t line; /* of its first character */
    const char *trouble; /* NULL: sound. Else why the row can't be used; it has no cells then */
    const char *remedy;
    bool is_lost; /* after this trouble nobody can tell where the next row begins */
    bool is_end;
} cs_row;

typedef struct cs_rows cs_rows;
cs_error rows_open(const char *path, bool is_csv, cs_rows **out, cs_message *message);
cs_error rows_next(cs_rows *rows, cs_row *out, cs_message *message); /* blank lines are passed over */
int64_t rows_offset(const cs_rows *rows);
void rows_close(cs_rows *rows);

#endif
