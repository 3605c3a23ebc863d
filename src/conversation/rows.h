/* rows.h - the rows of a CSV (RFC 4180), a TSV (a quote is a character like any other) or a sheet of a workbook, one at a time.
 * Floor: conversation, private to the readers of rows. A workbook (.xlsx, .xlsm) is known by its content, whatever the options
 * say. Memory: a row's cells live until the next call; options are copied. Threads: one at a time.
 * Example: while (rows_next(rows, &row, &m) == CS_OK && !row.is_end) puts(row.cells[0]);
 */
#ifndef CS_CONVERSATION_ROWS_H
#define CS_CONVERSATION_ROWS_H

#include "base/encoding.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_rows_options {
    const char *path;
    bool is_csv; /* else tabs */
    char delimiter; /* of a CSV; 0: a comma */
    cs_encoding encoding; /* CS_ENCODING_ANY: found out */
    const char *sheet; /* NULL: the first one that is not hidden */
    uint32_t skip; /* rows (lines of a CSV or TSV) that are passed over first */
} cs_rows_options;

typedef struct cs_row {
    const char *const *cells; /* NUL-terminated, valid UTF-8 */
    uint32_t count; /* a sheet's rows all have the width of its first one */
    int64_t line; /* of its first character; a sheet's row */
    /* NULL: sound. Else why the row can't be used, with the cell. It has no cells then; a sheet's has those that are sound:
     * they tell whose row it is. */
    const char *trouble, *remedy;
    bool is_lost; /* after this trouble nobody can tell where the next row begins */
    bool is_end;
} cs_row;

typedef struct cs_rows cs_rows;
cs_error rows_open_as(const cs_rows_options *options, cs_rows **out, cs_message *message);
cs_error rows_next(cs_rows *rows, cs_row *out, cs_message *message); /* blank rows are passed over */
/* The columns that matter, from 1; 0 is passed over. From now on a sheet's cell in another one may hold an error (#N/A) or a
 * formula without a value: it is empty then. Call it once the header is known; without it every column matters. */
void rows_use_columns(cs_rows *rows, const uint32_t *numbers, size_t count);
bool rows_are_of_sheet(const cs_rows *rows);
int64_t rows_offset(const cs_rows *rows); /* bytes of the file, for progress */
void rows_close(cs_rows *rows);

#endif
