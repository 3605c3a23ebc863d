/* table.h - the rows of a CSV, TSV, XLSX or JSON Lines file under a mapping: one row at a time, its cells by their use.
 * Floor: conversation. What is wrong with one row is told and the next one follows.
 * Memory: cells live until the next call; the mapping outlives the table. Threads: one at a time.
 * Example: while (table_next(t, &row, &m) == CS_OK && !row.is_end) if (!row.is_refused) puts(table_cell(t, CS_COLUMN_TICKET));
 */
#ifndef CS_CONVERSATION_TABLE_H
#define CS_CONVERSATION_TABLE_H

#include "conversation/mapping_columns.h"

typedef struct cs_table cs_table;

typedef struct cs_table_row {
    int64_t line; /* of its first character; a sheet's row */
    bool is_end;
    bool is_refused; /* it can't be used: trouble says why, with place and remedy */
    cs_message trouble;
} cs_table_row;

/* Fails when the file as a whole can't be read: no such column, no rows, not a table. */
cs_error table_open(const char *path, const cs_mapping *mapping, cs_table **out, cs_message *message);
cs_error table_next(cs_table *table, cs_table_row *out, cs_message *message);
/* Of the current row. "" where the column is not mapped or the cell is empty; blanks around it are cut. */
const char *table_cell(const cs_table *table, cs_column_use use);
const char *table_field(const cs_table *table, uint32_t field); /* of mapping->fields[field] */
/* false, with place and remedy in message: it is no time as the mapping writes them. An empty cell gives CS_NO_TIME. */
bool table_time(const cs_table *table, cs_column_use use, int64_t *epoch_ms, int *zone_minutes, cs_message *message);
int64_t table_offset(const cs_table *table); /* bytes consumed, for progress */
void table_close(cs_table *table);

#endif
