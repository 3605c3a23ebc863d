#include "store/copy.h"

#include "store/copy_notes.h"
#include "store/copy_numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A transaction of the target: so much is done again after a kill. */
enum { GROUP_ROWS = 5000, GROUP_BYTES = 8 << 20, WATCH_ROWS = 1000, MAX_KEY = 64 * 1024, MAX_SQL = 4096 };

typedef struct copying {
    cs_db *from, *to;
    cs_copy_watch watch;
    void *context;
    cs_copy_counts *counts;
    cs_copy_state state;
    cs_catalogue source, target;
    const cs_copy_table *table;
    cs_row_batch batch;
    cs_copy_note note; /* of the table: what was written and what is about to be */
    cs_row_sum sum; /* of what is only read */
    cs_buffer scratch;
    int64_t group_rows;
    size_t group_bytes;
} copying;

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory to copy the store");
}

static cs_error run(cs_db *db, cs_message *message, const char *before, const char *table) {
    char sql[MAX_SQL];
    cs_stmt *stmt = NULL;
    (void)snprintf(sql, sizeof sql, "%s\"%s\"", before, table);
    cs_error code = db_query(db, sql, &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

static cs_error look(copying *c, int64_t rows, cs_message *message) {
    c->state.rows = rows;
    if (rows % WATCH_ROWS != 0 || !c->watch || c->watch(c->context, &c->state)) return CS_OK;
    (void)message_set(message, CS_ERR_STOPPED, "copying the store was stopped");
    message_remedy(message, "do the same again: it goes on where it was");
    return CS_ERR_STOPPED;
}

/* ---- the two stores ---- */

static cs_error differs(const cs_copy_table *table, const char *column, cs_message *message) {
    (void)message_set(message, CS_ERR_STORE, "the target has no table \"%s\" with the column \"%s\"", table->name,
                      column);
    message_remedy(message, "open both stores once with the same version of callscope");
    return CS_ERR_STORE;
}

/* Both were brought to the same migration, so that only a damaged store differs. */
static cs_error compare_shapes(copying *c, cs_message *message) {
    for (uint32_t i = 0; i < c->source.count; i++) {
        const cs_copy_table *table = &c->source.tables[i], *other = catalogue_find(&c->target, table->name);
        for (uint32_t column = 0; column < table->column_count; column++) {
            uint32_t at = 0;
            while (other && at < other->column_count &&
                   strcmp(other->columns[at].name, table->columns[column].name) != 0)
                at++;
            if (!other || at == other->column_count || other->columns[at].type != table->columns[column].type)
                return differs(table, table->columns[column].name, message);
        }
    }
    return CS_OK;
}

static cs_error check_is_empty(copying *c, cs_message *message) {
    for (uint32_t i = 0; i < c->target.count; i++) {
        char sql[MAX_SQL];
        cs_stmt *stmt = NULL;
        bool has_row = false;
        (void)snprintf(sql, sizeof sql, "SELECT 1 FROM \"%s\" LIMIT 1", c->target.tables[i].name);
        cs_error code = db_query(c->to, sql, &stmt, message);
        if (code == CS_OK) code = db_step(stmt, &has_row, message);
        db_done(stmt);
        if (code != CS_OK) return code;
        if (!has_row) continue;
        (void)message_set(message, CS_ERR_CONFLICT, "the target is not empty: its table \"%s\" holds rows",
                          c->target.tables[i].name);
        message_remedy(message, "name an empty database; nothing was changed in this one");
        return CS_ERR_CONFLICT;
    }
    return CS_OK;
}

static cs_error begin(copying *c, cs_message *message) {
    bool exist = false;
    cs_error code = db_begin(c->to, message);
    if (code != CS_OK) return code;
    code = notes_exist(c->to, &exist, message);
    if (code == CS_OK && !exist) code = check_is_empty(c, message);
    if (code == CS_OK && !exist) code = notes_make(c->to, message);
    if (code == CS_OK) return db_commit(c->to, message);
    db_rollback(c->to);
    return code;
}

/* ---- one table ---- */

static cs_error commit_group(copying *c, cs_message *message) {
    cs_error code = batch_flush(&c->batch, c->table, message);
    if (code == CS_OK) code = notes_write(c->to, c->table->name, &c->note, message);
    if (code == CS_OK) code = db_commit(c->to, message);
    c->group_rows = 0;
    c->group_bytes = 0;
    return code;
}

static cs_error take_row(void *context, const cs_copy_value *values, cs_message *message) {
    copying *c = context;
    if (c->group_rows >= GROUP_ROWS || c->group_bytes >= GROUP_BYTES) {
        cs_error code = commit_group(c, message);
        if (code == CS_OK) code = db_begin(c->to, message);
        if (code != CS_OK) return code;
    }
    if (!row_sum_add(&c->note.sum, c->table, values, &c->scratch) || !row_key(c->table, values, &c->note.last_key))
        return no_memory(message);
    c->group_rows++;
    c->group_bytes += c->scratch.length;
    cs_error code = batch_add(&c->batch, c->table, values, message);
    return code == CS_OK ? look(c, c->note.sum.rows, message) : code;
}

static cs_error relate_row(void *context, const cs_copy_value *values, cs_message *message) {
    copying *c = context;
    return row_refers_to_itself(c->table, values) ? row_relate(c->to, c->table, values, message) : CS_OK;
}

static bool has_self_reference(const cs_copy_table *table) {
    for (uint32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].is_self_reference) return true;
    return false;
}

static cs_error copy_rest(copying *c, cs_message *message) {
    const char *after = c->note.sum.rows > 0 ? buffer_string(&c->note.last_key) : NULL;
    char *kept = after ? strdup(after) : NULL; /* the note goes on while it is read */
    if (after && !kept) return no_memory(message);
    cs_error code = batch_open(&c->batch, c->to, c->table, message);
    if (code == CS_OK) code = db_begin(c->to, message);
    if (code == CS_OK) code = rows_each(c->from, c->table, kept, NULL, take_row, c, message);
    if (code == CS_OK) code = batch_flush(&c->batch, c->table, message);
    if (code == CS_OK && has_self_reference(c->table))
        code = rows_each(c->from, c->table, NULL, NULL, relate_row, c, message);
    c->note.is_copied = code == CS_OK;
    if (code == CS_OK) code = commit_group(c, message);
    if (code != CS_OK) db_rollback(c->to);
    batch_close(&c->batch);
    free(kept);
    return code;
}

static cs_error sum_row(void *context, const cs_copy_value *values, cs_message *message) {
    copying *c = context;
    if (!row_sum_add(&c->sum, c->table, values, &c->scratch)) return no_memory(message);
    return look(c, c->sum.rows, message);
}

/* What was copied before is what the source holds now, as far as it goes. */
static cs_error is_unchanged(copying *c, bool *is_it, cs_message *message) {
    c->sum = (cs_row_sum){0};
    const char *up_to = c->note.is_copied ? NULL : buffer_string(&c->note.last_key);
    cs_error code = CS_OK;
    if (c->note.is_copied || c->note.sum.rows > 0)
        code = rows_each(c->from, c->table, NULL, up_to, sum_row, c, message);
    *is_it = row_sum_equal(c->sum, c->note.sum);
    return code;
}

static cs_error refuse_placed(cs_message *message) {
    (void)message_set(message, CS_ERR_CONFLICT, "the target is not empty: it became a store of its own meanwhile");
    message_remedy(message, "name an empty database; nothing was changed in this one");
    return CS_ERR_CONFLICT;
}

/* This table and all behind it: they may refer to what changed. */
static cs_error begin_anew(copying *c, uint32_t first, cs_message *message) {
    bool is_placed = false;
    cs_error code = db_begin(c->to, message);
    if (code == CS_OK) code = notes_are_placed(c->to, &is_placed, message);
    if (is_placed) code = refuse_placed(message);
    for (uint32_t i = c->source.count; code == CS_OK && i-- > first;) {
        code = run(c->to, message, "DELETE FROM ", c->source.tables[i].name);
        if (code == CS_OK) code = notes_forget(c->to, c->source.tables[i].name, message);
    }
    if (code == CS_OK) return db_commit(c->to, message);
    db_rollback(c->to);
    return code;
}

static cs_error copy_table(copying *c, uint32_t number, cs_message *message) {
    bool is_same = true;
    c->table = &c->source.tables[number];
    c->state = (cs_copy_state){.table = c->table->name, .number = number + 1, .count = c->source.count};
    cs_error code = notes_read(c->to, c->table->name, &c->note, message);
    if (code == CS_OK && c->note.is_known) code = is_unchanged(c, &is_same, message);
    if (code == CS_OK && !is_same) {
        code = begin_anew(c, number, message);
        if (code == CS_OK) code = notes_read(c->to, c->table->name, &c->note, message);
    }
    c->counts->resumed += c->note.sum.rows;
    if (code == CS_OK && !c->note.is_copied) code = copy_rest(c, message);
    if (code == CS_OK && c->watch) {
        c->state.rows = c->note.sum.rows;
        (void)c->watch(c->context, &c->state);
    }
    return code;
}

/* ---- comparing ---- */

static cs_error came_out_different(copying *c, const cs_row_sum *is, cs_message *message) {
    cs_message ignored;
    (void)message_set(message, CS_ERR_STORE, "the copy of the table \"%s\" differs from its source: %lld rows of %lld",
                      c->table->name, (long long)is->rows, (long long)c->note.sum.rows);
    message_remedy(message, "do the same again: what differs is copied anew; the source was not changed");
    /* If that fails too, the next run finds the difference again. */
    if (begin_anew(c, c->state.number - 1, &ignored) != CS_ERR_CONFLICT) return CS_ERR_STORE;
    if (message) *message = ignored;
    return CS_ERR_CONFLICT;
}

static cs_error verify(copying *c, cs_message *message) {
    for (uint32_t i = 0; i < c->source.count; i++) {
        c->table = &c->source.tables[i]; /* its order of columns, so that the sums are of the same */
        c->state =
            (cs_copy_state){.table = c->table->name, .number = i + 1, .count = c->source.count, .is_verifying = true};
        c->sum = (cs_row_sum){0};
        cs_error code = notes_read(c->to, c->table->name, &c->note, message);
        if (code == CS_OK) code = db_begin(c->to, message);
        if (code == CS_OK) code = rows_each(c->to, c->table, NULL, NULL, sum_row, c, message);
        db_rollback(c->to);
        if (code != CS_OK) return code;
        if (!row_sum_equal(c->sum, c->note.sum)) return came_out_different(c, &c->sum, message);
        c->counts->rows += c->sum.rows;
    }
    c->counts->tables = c->source.count;
    return CS_OK;
}

/* ---- all of it ---- */

/* One of the two waits in its transaction while the other one is read to its end. */
static cs_error be_patient(cs_db *db, cs_message *message) {
    cs_stmt *stmt = NULL;
    if (db_kind(db) == CS_DB_SQLITE) return CS_OK;
    cs_error code = db_query(db, "SET idle_in_transaction_session_timeout = 0", &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

cs_error copy_run(cs_db *from, cs_db *to, cs_copy_watch watch, void *context, cs_copy_counts *counts,
                  cs_message *message) {
    cs_arena *arena = arena_create(64 << 20);
    copying c = {.from = from, .to = to, .watch = watch, .context = context, .counts = counts};
    *counts = (cs_copy_counts){0};
    buffer_init(&c.scratch, (size_t)CS_MAX_COPY_VALUE);
    buffer_init(&c.note.last_key, MAX_KEY);
    cs_error code = arena ? be_patient(from, message) : no_memory(message);
    if (code == CS_OK) code = be_patient(to, message);
    if (code == CS_OK) code = catalogue_read(from, arena, &c.source, message);
    if (code == CS_OK) code = catalogue_read(to, arena, &c.target, message);
    if (code == CS_OK) code = compare_shapes(&c, message);
    if (code == CS_OK) code = begin(&c, message);
    for (uint32_t i = 0; code == CS_OK && i < c.source.count; i++) code = copy_table(&c, i, message);
    if (code == CS_OK) code = numbers_go_on(from, to, &c.source, message);
    if (code == CS_OK) code = verify(&c, message);
    buffer_free(&c.scratch);
    buffer_free(&c.note.last_key);
    arena_free(arena);
    return code;
}

cs_error copy_is_under_way(cs_db *to, bool *is_it, cs_message *message) {
    return notes_exist(to, is_it, message);
}

cs_error copy_place(cs_db *to, cs_message *message) {
    cs_error code = db_begin(to, message);
    if (code == CS_OK) code = notes_place(to, message);
    if (code == CS_OK) return db_commit(to, message);
    db_rollback(to);
    return code;
}

cs_error copy_settle(cs_db *to, cs_message *message) {
    cs_error code = db_begin(to, message);
    if (code == CS_OK) code = notes_drop(to, message);
    if (code == CS_OK) return db_commit(to, message);
    db_rollback(to);
    return code;
}

cs_error copy_measure(cs_db *db, const cs_catalogue *catalogue, cs_row_sum *sums, cs_copy_watch watch, void *context,
                      cs_message *message) {
    copying c = {.watch = watch, .context = context};
    cs_error code = CS_OK;
    buffer_init(&c.scratch, (size_t)CS_MAX_COPY_VALUE);
    for (uint32_t i = 0; code == CS_OK && i < catalogue->count; i++) {
        c.table = &catalogue->tables[i];
        c.sum = (cs_row_sum){0};
        c.state =
            (cs_copy_state){.table = c.table->name, .number = i + 1, .count = catalogue->count, .is_verifying = true};
        code = rows_each(db, c.table, NULL, NULL, sum_row, &c, message);
        sums[i] = c.sum;
    }
    buffer_free(&c.scratch);
    return code;
}
