/* CSV and TSV: rows of one conversation stand together; each row is a turn. */
#include "conversation/reading.h"

#include "base/spelling.h"
#include "conversation/row_conversation.h"
#include "conversation/seen_ids.h"

#include <string.h>

enum { PROGRESS_EVERY = 4096 };

/* A row that can't be used. It may belong to the conversation before it or to the one behind it: a text with a line
 * break in it looks like the end of one row and the beginning of another. Both are refused unless its id tells. */
typedef struct doubt {
    bool is_open, has_id;
    cs_hash id;
    cs_error code;
    cs_message message;
} doubt;

typedef struct delimited {
    const cs_reading *reading;
    const cs_mapping *mapping;
    cs_arena *arena; /* of the column numbers */
    cs_rows *rows;
    cs_row_columns columns;
    uint32_t width; /* columns of every row; 0 until the first one */
    int64_t row_count;
    cs_seen_ids seen;
    cs_row_conversation now;
    doubt doubt;
} delimited;

static cs_error find_named(const cs_row *header, const char *name, uint32_t *out, cs_message *message) {
    for (uint32_t i = 0; i < header->count; i++) {
        if (strcmp(header->cells[i], name) != 0) continue;
        *out = i + 1;
        return CS_OK;
    }
    message_set(message, CS_ERR_USAGE, "the file has no column \"%.100s\"", name);
    message_place(message, "line %lld", (long long)header->line);
    const char *meant = spelling_nearest(name, header->cells, header->count);
    if (meant)
        message_remedy(message, "did you mean \"%.100s\"?", meant);
    else
        message_remedy(message, "its first row must be the header; the names must be as in the mapping");
    return CS_ERR_USAGE;
}

static cs_error find_column(const cs_row *first, const cs_column *column, uint32_t *out, cs_message *message) {
    *out = column->number;
    if (column->name) return find_named(first, column->name, out, message);
    if (column->number <= first->count) return CS_OK;
    message_set(message, CS_ERR_USAGE, "the mapping names column %u, but the file has %u columns", column->number,
                first->count);
    message_place(message, "line %lld", (long long)first->line);
    message_remedy(message, "check the mapping, and whether the file is really csv or tsv");
    return CS_ERR_USAGE;
}

/* Settles the columns by the first row, be it a header or not. */
static cs_error find_columns(delimited *d, const cs_row *first, cs_message *message) {
    const cs_mapping *m = d->mapping;
    uint32_t *fields = arena_array(d->arena, m->field_count, sizeof *fields);
    if (!fields) return message_set(message, CS_ERR_MEMORY, "no memory for the columns");
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < CS_COLUMN_USES; i++)
        code = find_column(first, &m->columns[i], &d->columns.uses[i], message);
    for (uint32_t i = 0; code == CS_OK && i < m->field_count; i++)
        code = find_column(first, &m->fields[i].column, &fields[i], message);
    d->columns.mapping = m;
    d->columns.fields = fields;
    d->width = first->count;
    return code;
}

static void open_doubt(delimited *d, const cs_row *row, const char *id, cs_message *message) {
    cs_hash hash = hash_bytes(id, strlen(id));
    message_place(message, "line %lld", (long long)row->line);
    if (d->doubt.is_open) { /* the first reason stays; rows with different ids can't be told apart */
        if (!*id || !hash_equal(d->doubt.id, hash)) d->doubt.has_id = false;
        return;
    }
    d->doubt = (doubt){true, *id != 0, hash, CS_ERR_PARSE, *message};
}

/* true when the row can be used. */
static bool check_row(delimited *d, const cs_row *row) {
    cs_message message;
    if (row->trouble) {
        message_set(&message, CS_ERR_PARSE, "%s", row->trouble);
        message_remedy(&message, "%s", row->remedy);
        open_doubt(d, row, "", &message);
        return false;
    }
    uint32_t column = d->columns.uses[CS_COLUMN_CONVERSATION];
    const char *id = column <= row->count ? row->cells[column - 1] : "";
    if (row->count != d->width) {
        message_set(&message, CS_ERR_PARSE, "the row has %u column%s, the first row has %u", row->count,
                    row->count == 1 ? "" : "s", d->width);
        message_remedy(&message, "%s",
                       d->mapping->is_csv ? "put texts with commas or line breaks into double quotes"
                                          : "a tab or line break inside a text splits the row: replace it by a space");
        open_doubt(d, row, id, &message);
        return false;
    }
    if (*id) return true;
    message_set(&message, CS_ERR_PARSE, "column %u, the conversation's id, is empty", column);
    message_remedy(&message, "fill in the id in every row");
    open_doubt(d, row, "", &message);
    return false;
}

/* Decides whom an unusable row spoils, now that the next usable one (NULL: the end) is known. true: the next one too. */
static bool settle_doubt(delimited *d, const cs_hash *next) {
    if (!d->doubt.is_open) return false;
    doubt *q = &d->doubt;
    q->is_open = false;
    bool is_open = row_conversation_is_open(&d->now);
    bool is_same = is_open && next && hash_equal(*next, d->now.id);
    bool is_of_now = is_open && q->has_id && hash_equal(q->id, d->now.id);
    bool is_of_next = next && q->has_id && hash_equal(q->id, *next);
    if (is_open && (is_same || !is_of_next)) row_conversation_refuse(&d->now, q->code, &q->message);
    return next && !is_same && !is_of_now;
}

static cs_error begin(delimited *d, const char *id, cs_hash hash, int64_t line, cs_message *message) {
    bool is_new = true;
    cs_error code = row_conversation_close(&d->now, d->reading);
    if (code != CS_OK) return code;
    if (!seen_ids_add(&d->seen, hash, &is_new))
        return message_set(message, CS_ERR_LIMIT, "the file has more conversations than can be told apart");
    code = row_conversation_begin(&d->now, &d->columns, id, line, message);
    if (code != CS_OK) return code;
    d->reading->counts->expected++;
    if (is_new) return CS_OK;
    cs_message again;
    message_set(&again, CS_ERR_PARSE, "the conversation goes on here after another one began: these rows are left out");
    message_place(&again, "line %lld", (long long)line);
    message_remedy(&again,
                   "sort the file by its conversation column (keeping the order of the rows), then read it again");
    row_conversation_refuse(&d->now, CS_ERR_PARSE, &again);
    return CS_OK;
}

static cs_error take_row(delimited *d, const cs_row *row, cs_message *message) {
    if (!check_row(d, row)) return CS_OK;
    const char *id = row->cells[d->columns.uses[CS_COLUMN_CONVERSATION] - 1];
    cs_hash hash = hash_bytes(id, strlen(id));
    doubt before = d->doubt;
    bool spoils_next = settle_doubt(d, &hash);
    if (!row_conversation_is_open(&d->now) || !hash_equal(hash, d->now.id)) {
        cs_error code = begin(d, id, hash, row->line, message);
        if (code != CS_OK) return code;
        if (spoils_next) row_conversation_refuse(&d->now, before.code, &before.message);
    }
    row_conversation_add(&d->now, row);
    return CS_OK;
}

/* Refuses a part of the file that is no conversation anybody can name. */
static cs_error refuse_part(delimited *d, cs_error code, const cs_message *message) {
    d->reading->counts->expected++;
    return reading_refuse(d->reading, NULL, code, message);
}

/* The end of the file, or of what can be read of it. */
static cs_error finish(delimited *d, const cs_row *last) {
    doubt before = d->doubt;
    bool is_nobodys = before.is_open && !row_conversation_is_open(&d->now);
    settle_doubt(d, NULL);
    cs_error code = row_conversation_close(&d->now, d->reading);
    if (code != CS_OK) return code;
    if (last->is_lost || is_nobodys) code = refuse_part(d, before.code, &before.message);
    return code;
}

static cs_error read_rows(delimited *d, cs_message *message) {
    cs_error code = CS_OK;
    cs_row row = {0};
    while (code == CS_OK) {
        cs_message trouble;
        code = rows_next(d->rows, &row, &trouble);
        if (code != CS_OK) { /* what came before stands, but the conversation at hand may lack its end */
            message_within(&trouble, "after line %lld", (long long)row.line);
            if (row_conversation_is_open(&d->now)) row_conversation_refuse(&d->now, code, &trouble);
            cs_error stopped = row_conversation_close(&d->now, d->reading);
            return stopped != CS_OK ? stopped : refuse_part(d, code, &trouble);
        }
        if (row.is_end) return finish(d, &row);
        bool is_first = d->width == 0 && !row.trouble;
        if (d->mapping->has_header && d->row_count == 0 && row.trouble) {
            message_set(message, CS_ERR_PARSE, "the header can't be read: %s", row.trouble);
            message_place(message, "line %lld", (long long)row.line);
            message_remedy(message, "%s", row.remedy);
            return CS_ERR_PARSE;
        }
        d->row_count++;
        if (is_first) code = find_columns(d, &row, message);
        if (code == CS_OK && !(is_first && d->mapping->has_header)) code = take_row(d, &row, message);
        if (code == CS_OK && row.is_lost) return finish(d, &row);
        if (code == CS_OK && d->row_count % PROGRESS_EVERY == 0)
            code = reading_progress(d->reading, rows_offset(d->rows));
    }
    return code;
}

static cs_error check_not_empty(const delimited *d, cs_message *message) {
    if (d->reading->counts->expected > 0) return CS_OK;
    message_set(message, CS_ERR_PARSE, "%s",
                d->row_count > 0 ? "the file has a header, but no rows" : "the file is empty");
    message_remedy(message, "export it again");
    return CS_ERR_PARSE;
}

cs_error delimited_read(const cs_reading *reading, cs_message *message) {
    delimited d = {.reading = reading, .mapping = reading->mapping, .arena = arena_create((size_t)1 << 20)};
    if (!d.arena) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", reading->path);
    cs_error code = rows_open(reading->path, reading->mapping->is_csv, &d.rows, message);
    if (code == CS_OK) code = read_rows(&d, message);
    if (code == CS_OK) code = check_not_empty(&d, message);
    row_conversation_drop(&d.now);
    rows_close(d.rows);
    seen_ids_free(&d.seen);
    arena_free(d.arena);
    return code;
}
