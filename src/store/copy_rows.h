/* copy_rows.h - whole rows of a table: read in the order of their key, summed, written elsewhere.
 * Floor: store, private to copy*.c. A sum is of hashes of rows, in any order: equal sums of equally many rows mean equal
 * tables, whichever database they are in.
 * Memory: a row lives during the visit; a batch holds rows until it is flushed. Threads: those of the handles.
 * Example: rows_each(from, table, NULL, NULL, take, context, &m); ... batch_add(&batch, table, values, &m); batch_flush(...);
 */
#ifndef CS_STORE_COPY_ROWS_H
#define CS_STORE_COPY_ROWS_H

#include "base/buffer.h"
#include "store/copy_catalogue.h"

enum { CS_MAX_COPY_VALUE = 1 << 30 };

typedef struct cs_copy_value {
    bool is_null;
    int64_t int64;
    double real;
    const void *bytes; /* of text, with a closing NUL, and bytes */
    size_t length;
} cs_copy_value;

typedef struct cs_row_sum {
    int64_t rows;
    uint64_t low, high;
} cs_row_sum;

bool row_sum_equal(cs_row_sum a, cs_row_sum b);
/* scratch: initialised by the caller, overwritten. false: no memory. */
bool row_sum_add(cs_row_sum *sum, const cs_copy_table *table, const cs_copy_value *values, cs_buffer *scratch);

typedef cs_error (*cs_row_visit)(void *context, const cs_copy_value *values, cs_message *message);
/* Rows with a key after that in text, or up to it; NULL: from the first, to the last. Inside a transaction. */
cs_error rows_each(cs_db *db, const cs_copy_table *table, const char *after, const char *up_to, cs_row_visit visit,
                   void *context, cs_message *message);
/* The key of a row as text: what rows_each takes. */
bool row_key(const cs_copy_table *table, const cs_copy_value *values, cs_buffer *out);

/* Rows that go into a table of db with few statements. Columns that refer to their own table are left null, see rows_relate. */
typedef struct cs_row_batch {
    cs_db *db;
    cs_arena *arena; /* the batch's own */
    cs_copy_value *values;
    uint32_t rows, room;
    size_t bytes;
} cs_row_batch;

cs_error batch_open(cs_row_batch *batch, cs_db *db, const cs_copy_table *table, cs_message *message);
cs_error batch_add(cs_row_batch *batch, const cs_copy_table *table, const cs_copy_value *values, cs_message *message);
cs_error batch_flush(cs_row_batch *batch, const cs_copy_table *table, cs_message *message);
void batch_close(cs_row_batch *batch);

/* Whether rows_relate has anything to do. */
bool row_refers_to_itself(const cs_copy_table *table, const cs_copy_value *values);
cs_error row_relate(cs_db *db, const cs_copy_table *table, const cs_copy_value *values, cs_message *message);

#endif
