/* table_json.h - the objects of a JSON or JSON Lines file, one at a time, as a mapping's "each" finds them.
 * Floor: conversation, private to table.c. JSON Lines stream; a JSON file is held as text (at most 256 MB) and taken apart
 * by brackets and quotes alone, so that only one object at a time is a tree and a slip in one leaves the others readable.
 * Memory: the tree lives until the next call. Threads: one at a time.
 * Example: while (json_rows_next(rows, &row, &m) == CS_OK && !row.is_end) if (row.tree) …
 */
#ifndef CS_CONVERSATION_TABLE_JSON_H
#define CS_CONVERSATION_TABLE_JSON_H

#include "base/json.h"
#include "conversation/mapping_columns.h"

typedef struct cs_json_rows cs_json_rows;

typedef struct cs_json_row {
    const cs_json *tree; /* NULL: refused or the end */
    const char *key; /* under which it stands in an object; "" in a list */
    int64_t number; /* its line in JSON Lines, else the how manieth it is */
    bool is_end, is_lost;
    cs_message trouble; /* when refused */
} cs_json_row;

cs_error json_rows_open(const char *path, const cs_mapping *mapping, cs_json_rows **out, cs_message *message);
cs_error json_rows_next(cs_json_rows *rows, cs_json_row *out, cs_message *message);
bool json_rows_is_list(const cs_json_rows *rows); /* a JSON file whose top is a list */
cs_json *json_rows_keep(cs_json_rows *rows); /* the current row's tree, from now on the caller's; NULL: none */
int64_t json_rows_offset(const cs_json_rows *rows);
void json_rows_close(cs_json_rows *rows);

/* What stands at a path below tree: "customer.phone", "items.0.name", "$" the tree itself; NULL: nothing. */
const cs_json *json_path_get(const cs_json *tree, const char *path);
/* The value as the text of a cell in arena: numbers and true as they are written, null as "", a list of such joined by ", ".
 * NULL: it is an object or holds one, or without memory. */
const char *json_cell(const cs_json *value, cs_arena *arena);

#endif
