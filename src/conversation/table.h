/* table.h - the rows of a CSV, TSV, XLSX, JSON Lines or JSON file under a mapping: one row at a time, its cells by their use.
 * Floor: conversation. What is wrong with one row is told and the next one follows.
 * Memory: cells live until the next call; the mapping outlives the table. Threads: one at a time.
 * Example: while (table_next(t, &row, &m) == CS_OK && !row.is_end) if (!row.is_refused) puts(table_cell(t, CS_COLUMN_TICKET));
 */
#ifndef CS_CONVERSATION_TABLE_H
#define CS_CONVERSATION_TABLE_H

#include "base/json.h"
#include "conversation/mapping_columns.h"

typedef struct cs_table cs_table;

typedef struct cs_table_row {
    int64_t line; /* of its first character; a sheet's row; the how manieth object of JSON */
    bool is_end;
    bool is_refused; /* it can't be used: trouble says why, with place and remedy */
    bool is_sound; /* refused for what stands in a cell: all cells are where they belong, its id is its own */
    bool is_lost; /* refused, and nobody can tell where the next row begins: the end follows */
    cs_message trouble;
} cs_table_row;

/* Fails when the file as a whole can't be read: no such column, no rows, not a table. */
cs_error table_open(const char *path, const cs_mapping *mapping, cs_table **out, cs_message *message);
cs_error table_next(cs_table *table, cs_table_row *out, cs_message *message);
/* Of the current row. "" where the column is not mapped or the cell is empty; blanks around it are cut. Of a refused row
 * the cells that can be told. */
const char *table_cell(const cs_table *table, cs_column_use use);
const char *table_field(const cs_table *table, uint32_t field); /* of mapping->fields[field] */
const char *table_extra(const cs_table *table, uint32_t extra); /* of mapping->extras[extra]; "" for CS_NO_EXTRA */
/* false, with place and remedy in message: it is no time as the mapping writes them. An empty cell gives CS_NO_TIME. */
bool table_time(const cs_table *table, cs_column_use use, int64_t *epoch_ms, int *zone_minutes, cs_message *message);
/* "83", "83.5", "1:23", "0:01:23", "1分23秒". false as above; an empty cell gives -1. */
bool table_seconds(const cs_table *table, cs_column_use use, double *seconds, cs_message *message);
void table_refuse_time(const cs_table *table, const char *text, cs_message *message); /* without the place */
const cs_mapping *table_mapping(const cs_table *table);
const char *table_unit(const cs_table *table); /* what a row is called in places: "line", "row", "item" */
const cs_json *table_tree(const cs_table *table); /* the current row of JSON; NULL: it has columns */
void table_place(const cs_table *table, cs_column_use use, cs_message *message); /* "line 3, column 2" */
void table_place_extra(const cs_table *table, uint32_t extra, cs_message *message);
/* The header as it stands, for previews: NULL behind the last. Without a header or with JSON: none. */
const char *table_header(const cs_table *table, uint32_t column);
uint32_t table_width(const cs_table *table); /* columns of every row; 0 for JSON */
const char *table_raw(const cs_table *table, uint32_t column); /* from 0, of the current row; "" beyond */
int64_t table_offset(const cs_table *table); /* bytes consumed, for progress */
void table_close(cs_table *table);

#endif
