/* record.h - one row of a call list, ticket export, roster, satisfaction list or customer list, apart from where it is kept.
 * Floor: records. cells are what the row said by the use of its column, in one shape: direction is in or out, event a name
 * such as ticket.closed, hang_up a role, number as phone_normalise makes it.
 * Memory: everything lives in the arena given. Threads: read-only, then any.
 * Example: record_read(table, &row, mapping, "/data/calls.csv", arena, &record, &m); puts(record->cells[CS_COLUMN_AGENT]);
 */
#ifndef CS_RECORDS_RECORD_H
#define CS_RECORDS_RECORD_H

#include "base/buffer.h"
#include "conversation/table.h"

enum { CS_MAX_RECORD_BYTES = 256 * 1024 };

typedef struct cs_record {
    int64_t number; /* of the row in the store; 0: not stored */
    cs_mapping_kind kind;
    const char *key; /* what it is about: another row with this key replaces it */
    bool is_key_weak; /* rows of one file may share it: they are told apart by their order */
    const char *path, *source; /* the file it came from, its name */
    int64_t line;
    const char *cells[CS_COLUMN_USES]; /* NULL: unknown. Times stand in times */
    int64_t times[CS_COLUMN_USES]; /* CS_NO_TIME: unknown, or no column of times */
    int64_t from_ms, to_ms; /* the span it is about; CS_NO_TIME: unknown, of a roster: open */
    int64_t tolerance_ms; /* how far clocks may differ */
    int zone_minutes;
    const cs_field *fields; /* the mapping's own columns; all are texts */
    uint32_t field_count;
} cs_record;

/* From the table's current row. What is wrong with it is told with its place; then *out is not filled. */
cs_error record_read(const cs_table *table, const cs_table_row *row, const cs_mapping *mapping, const char *path,
                     cs_arena *arena, cs_record **out, cs_message *message);

/* The body that the store keeps: JSON with cells, times, fields; the same record always gives the same bytes. */
cs_error record_encode(const cs_record *record, cs_buffer *out);
/* Fills kind, cells, times, span, fields; not number, key, source and line. */
cs_error record_decode(const char *text, size_t bytes, cs_arena *arena, cs_record *out, cs_message *message);

#endif
