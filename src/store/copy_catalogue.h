/* copy_catalogue.h - the tables of a store as its database describes them: columns, keys, what refers to what.
 * Floor: store, private to copy*.c. Tables come in an order in which what is referred to comes first. What is made anew
 * instead of copied is left out: the version of the schema, the search index, the notes of the copy itself.
 * Memory: all of it is in the arena given. Threads: those of the handle.
 * Example: catalogue_read(db, arena, &catalogue, &m); for (i = 0; i < catalogue.count; i++) catalogue.tables[i].name ...
 */
#ifndef CS_STORE_COPY_CATALOGUE_H
#define CS_STORE_COPY_CATALOGUE_H

#include "base/arena.h"
#include "store/db.h"

enum { CS_MAX_COPY_TABLES = 96, CS_MAX_COPY_COLUMNS = 64, CS_MAX_COPY_KEY = 8 };

#define CS_COPY_NOTES "copy_progress" /* the table of the target that tells how far a copy is */

typedef enum cs_copy_type { CS_COPY_INT64, CS_COPY_REAL, CS_COPY_TEXT, CS_COPY_BYTES } cs_copy_type;

typedef struct cs_copy_column {
    const char *name;
    cs_copy_type type;
    bool is_self_reference; /* names another row of the same table, which may come later */
} cs_copy_column;

typedef struct cs_copy_table {
    const char *name;
    cs_copy_column columns[CS_MAX_COPY_COLUMNS];
    uint32_t column_count;
    uint32_t key[CS_MAX_COPY_KEY], key_count; /* columns of the primary key, in its order */
    const char *refers_to[CS_MAX_COPY_KEY]; /* other tables */
    uint32_t reference_count;
} cs_copy_table;

typedef struct cs_catalogue {
    cs_copy_table *tables;
    uint32_t count;
} cs_catalogue;

/* CS_ERR_STORE: a table without a primary key, or with a column of a type that callscope does not use. */
cs_error catalogue_read(cs_db *db, cs_arena *arena, cs_catalogue *out, cs_message *message);
const cs_copy_table *catalogue_find(const cs_catalogue *catalogue, const char *name); /* NULL: none is called that */

#endif
