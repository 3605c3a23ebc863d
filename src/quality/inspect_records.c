/* Rows of call lists, ticket exports, rosters, satisfaction and customer lists: into the store, then to their conversations. */
#include "quality/inspect_pipeline.h"
#include "quality/ticket_events.h"
#include "records/match.h"

#include <string.h>

enum { BATCH = 500, BATCH_BYTES = 256 << 20, MATCHES = 500 };

typedef struct batch { /* what is saved in one transaction */
    pipeline *p;
    cs_inspect_file *file;
    cs_arena *arena;
    cs_record *records[BATCH];
    size_t count;
    cs_record_span span; /* of all rows so far */
} batch;

typedef struct retiring {
    batch *b;
    int64_t count;
    bool left;
} retiring;

static void refuse(batch *b, const cs_message *message) {
    pipeline *p = b->p;
    cs_message whole = *message;
    if (!*whole.remedy) message_remedy(&whole, "%s", error_remedy(CS_ERR_PARSE));
    pipeline_refuse(p, b->file->path, NULL, &whole);
    pthread_mutex_lock(&p->lock);
    p->counts->records.refused++;
    b->file->has_conflict = true;
    pthread_mutex_unlock(&p->lock);
}

static void count(pipeline *p, cs_record_saved outcome) {
    cs_inspect_records *r = &p->counts->records;
    pthread_mutex_lock(&p->lock);
    ++*(outcome == CS_RECORD_NEW ? &r->added : outcome == CS_RECORD_CHANGED ? &r->changed : &r->unchanged);
    pthread_mutex_unlock(&p->lock);
}

/* On the writer's thread. A row that contradicts another one is told; it has changed nothing then. */
static cs_error save_batch(void *context, cs_db *db, cs_message *message) {
    batch *b = context;
    for (size_t i = 0; i < b->count; i++) {
        cs_record_saved outcome;
        cs_error code = record_save(db, b->records[i], b->p->options->import, &ticket_events_watch, &outcome, message);
        if (code == CS_ERR_CONFLICT || code == CS_ERR_LIMIT)
            refuse(b, message);
        else if (code != CS_OK)
            return code;
        else
            count(b->p, outcome);
    }
    return CS_OK;
}

static cs_error flush(batch *b) {
    cs_message message;
    if (!b->count) return CS_OK;
    cs_error code = writer_run_now(b->p->writer, save_batch, b, &message);
    if (code != CS_OK) pipeline_fail(b->p, code, &message);
    arena_reset(b->arena);
    b->count = 0;
    return code;
}

static cs_error take_row(batch *b, const cs_table *table, const cs_table_row *row, const cs_mapping *mapping) {
    cs_message message;
    if (row->is_refused) {
        refuse(b, &row->trouble);
        return CS_OK;
    }
    cs_record **next = &b->records[b->count];
    cs_error code = record_read(table, row, mapping, b->file->real_path, b->arena, next, &message);
    if (code != CS_OK) {
        refuse(b, &message);
        return CS_OK;
    }
    record_span_add(&b->span, *next);
    return ++b->count == BATCH ? flush(b) : CS_OK;
}

static cs_error retire_some(void *context, cs_db *db, cs_message *message) {
    retiring *r = context;
    return records_retire(db, r->b->file->real_path, r->b->p->options->import, &r->b->span, BATCH, &ticket_events_watch,
                          &r->count, &r->left, message);
}

/* What stood in this file before, about the same days, and stands in it no more. Where a row was refused nobody can tell. */
static cs_error retire_unseen(batch *b) {
    cs_message message;
    retiring r = {b, 0, true};
    cs_error code = CS_OK;
    if (!b->p->options->import || b->file->has_conflict) return CS_OK;
    while (code == CS_OK && r.left) code = writer_run_now(b->p->writer, retire_some, &r, &message);
    if (code != CS_OK) pipeline_fail(b->p, code, &message);
    b->p->counts->records.retired += r.count;
    return code;
}

static cs_error read_rows(batch *b, cs_table *table, const cs_mapping *mapping) {
    cs_table_row row = {0};
    cs_message message;
    pipeline *p = b->p;
    int64_t before = p->counts->bytes_done;
    cs_error code = CS_OK;
    while (code == CS_OK && !pipeline_is_stopped(p)) {
        code = table_next(table, &row, &message);
        if (code != CS_OK) { /* what came before stands */
            message_within(&message, "after line %lld", (long long)row.line);
            refuse(b, &message);
            break;
        }
        if (row.is_end) break;
        code = take_row(b, table, &row, mapping);
        p->counts->bytes_done = before + table_offset(table);
    }
    p->counts->bytes_done = before;
    cs_error flushed = flush(b);
    return code == CS_OK ? flushed : code;
}

void read_records(pipeline *p, cs_inspect_file *file) {
    cs_message message;
    cs_table *table = NULL;
    const cs_mapping *mapping = file->mapping;
    batch b = {.p = p, .file = file, .arena = arena_create(BATCH_BYTES)};
    cs_error code = b.arena ? table_open(file->path, mapping, &table, &message)
                            : message_set(&message, CS_ERR_MEMORY, "out of memory while reading");
    if (code != CS_OK) {
        refuse(&b, &message);
    } else {
        code = read_rows(&b, table, mapping);
        if (code == CS_OK && (code = inspect_file_check_unchanged(file, &message)) != CS_OK) refuse(&b, &message);
        if (code == CS_OK && !pipeline_is_stopped(p)) code = retire_unseen(&b);
        file->is_complete = code == CS_OK && !pipeline_is_stopped(p);
    }
    p->counts->bytes_done += file->bytes;
    table_close(table);
    arena_free(b.arena);
}

/* ---- matching ---- */

static cs_error match_some(void *context, cs_db *db, cs_message *message) {
    return match_due_some(db, MATCHES, context, message);
}

cs_error match_records(pipeline *p, cs_message *message) {
    int done = MATCHES;
    cs_error code = CS_OK;
    while (code == CS_OK && done == MATCHES && !pipeline_is_stopped(p))
        code = writer_run_now(p->writer, match_some, &done, message);
    return code;
}
