/* export_findings_table.h - tables on their way to people: CSV that Excel opens, or a workbook. Only export_findings*.c.
 * Floor: quality. Rows go to the disk as they come; a cell that a spreadsheet would take for a formula is made text, a text
 * longer than a cell holds is cut with …. A full sheet goes on in another.
 * Memory: one row; a workbook keeps its rows in unnamed files in the folder given until it is closed. Threads: one.
 * Example: table_out_open(&options, forms, 2, &t, &m); table_out_row(t, 0); table_out_text(t, "C-1"); …; table_out_close(t, &m);
 */
#ifndef CS_QUALITY_EXPORT_FINDINGS_TABLE_H
#define CS_QUALITY_EXPORT_FINDINGS_TABLE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CS_MAX_CELL_CHARACTERS = 32767, /* UTF-16 units, as spreadsheets count */
    CS_MAX_SHEET_ROWS = 1048576, /* with its heading */
    CS_MAX_TABLES = 2,
};

typedef struct cs_table_column {
    const char *zh, *en;
    int width; /* characters */
} cs_table_column;

typedef struct cs_table_form {
    const char *zh, *en; /* name of the sheet */
    const cs_table_column *columns; /* zh NULL at the end */
} cs_table_form;

typedef struct cs_table_options {
    bool is_xlsx, is_english;
    int fd; /* where it goes; may be a pipe */
    const char *folder; /* for a workbook's rows meanwhile; NULL: the system's */
    int64_t sheet_rows; /* 0: CS_MAX_SHEET_ROWS */
} cs_table_options;

typedef struct cs_table_out cs_table_out;

cs_error table_out_open(const cs_table_options *options, const cs_table_form *forms, size_t form_count,
                        cs_table_out **out, cs_message *message);
/* Begins a row of a table. CSV holds the first table alone: rows of others are passed over. */
void table_out_row(cs_table_out *table, size_t form);
void table_out_text(cs_table_out *table, const char *text); /* NULL: empty */
void table_out_number(cs_table_out *table, int64_t number);
void table_out_share(cs_table_out *table, double share); /* 0-1, shown as per cent */
void table_out_time(cs_table_out *table, int64_t epoch_ms, int zone_minutes); /* CS_NO_TIME: empty; to the second */
void table_out_span(cs_table_out *table, int64_t ms); /* h:mm:ss; CS_NO_TIME: empty */
cs_error table_out_state(const cs_table_out *table, cs_message *message); /* the first failure */
/* Nothing more is written: closing only clears away. */
void table_out_abandon(cs_table_out *table);
/* All of the bytes; for the workbook too. */
cs_error table_out_write(int fd, const void *bytes, size_t length, cs_message *message);
/* Also after a failure, which it tells. */
cs_error table_out_close(cs_table_out *table, cs_message *message);

#endif
