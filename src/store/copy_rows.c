#include "store/copy_rows.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As many parameters as a statement takes on both databases. */
enum { MOST_PARAMETERS = 120, MAX_SQL = 64 * 1024, BATCH_BYTES = 1 << 30, NAME_BYTES = 16 };

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory to copy the store");
}

/* ---- sums ---- */

bool row_sum_equal(cs_row_sum a, cs_row_sum b) {
    return a.rows == b.rows && a.low == b.low && a.high == b.high;
}

static void add_number(cs_buffer *out, uint64_t number) {
    unsigned char bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(number >> (8 * i));
    (void)buffer_append(out, bytes, sizeof bytes);
}

static void add_value(cs_buffer *out, cs_copy_type type, const cs_copy_value *value) {
    uint64_t bits = 0;
    char tag = value->is_null ? 'n' : "irtb"[type];
    (void)buffer_append(out, &tag, 1);
    if (value->is_null) return;
    switch (type) {
    case CS_COPY_INT64: add_number(out, (uint64_t)value->int64); break;
    case CS_COPY_REAL:
        memcpy(&bits, &value->real, sizeof bits);
        add_number(out, bits);
        break;
    case CS_COPY_TEXT:
    case CS_COPY_BYTES:
        add_number(out, value->length);
        (void)buffer_append(out, value->bytes, value->length);
        break;
    }
}

bool row_sum_add(cs_row_sum *sum, const cs_copy_table *table, const cs_copy_value *values, cs_buffer *scratch) {
    buffer_clear(scratch);
    for (uint32_t i = 0; i < table->column_count; i++) add_value(scratch, table->columns[i].type, &values[i]);
    if (scratch->is_failed) return false;
    cs_hash hash = hash_bytes(scratch->data, scratch->length);
    for (size_t i = 0, shift = 0; i < CS_HASH_BYTES / 2; i++, shift += 8) {
        sum->low += (uint64_t)hash.bytes[i] << shift;
        sum->high += (uint64_t)hash.bytes[i + CS_HASH_BYTES / 2] << shift;
    }
    sum->rows++;
    return true;
}

/* ---- keys ---- */

bool row_key(const cs_copy_table *table, const cs_copy_value *values, cs_buffer *out) {
    buffer_clear(out);
    for (uint32_t i = 0; i < table->key_count; i++) {
        const cs_copy_value *value = &values[table->key[i]];
        if (i > 0) (void)buffer_text(out, ",");
        if (table->columns[table->key[i]].type == CS_COPY_INT64) {
            (void)buffer_printf(out, "%lld", (long long)value->int64);
            continue;
        }
        for (size_t at = 0; at < value->length; at++)
            (void)buffer_printf(out, "%02x", ((const unsigned char *)value->bytes)[at]);
    }
    return !out->is_failed;
}

static bool bind_hex(cs_stmt *stmt, const char *name, cs_copy_type type, const char *hex, size_t length,
                     cs_arena *arena) {
    char *bytes = arena_alloc(arena, length / 2 + 1), pair[3] = {0};
    if (!bytes) return false;
    for (size_t i = 0; i + 1 < length; i += 2) {
        memcpy(pair, hex + i, 2);
        bytes[i / 2] = (char)strtoul(pair, NULL, 16);
    }
    if (type == CS_COPY_TEXT)
        db_bind_text(stmt, name, bytes);
    else
        db_bind_bytes(stmt, name, bytes, length / 2);
    return true;
}

static bool bind_key(cs_stmt *stmt, const cs_copy_table *table, const char *key, char prefix, cs_arena *arena) {
    for (uint32_t i = 0; i < table->key_count; i++) {
        char name[NAME_BYTES];
        size_t length = strcspn(key, ",");
        cs_copy_type type = table->columns[table->key[i]].type;
        (void)snprintf(name, sizeof name, "%c%u", prefix, i);
        if (type == CS_COPY_INT64)
            db_bind_int64(stmt, name, strtoll(key, NULL, 10));
        else if (!bind_hex(stmt, name, type, key, length, arena))
            return false;
        key += length + (key[length] == ',');
    }
    return true;
}

/* ---- reading ---- */

static void add_key(cs_buffer *sql, const cs_copy_table *table, const char *before, const char *between, char prefix) {
    for (uint32_t i = 0; i < table->key_count; i++) {
        (void)buffer_text(sql, i ? between : before);
        if (prefix)
            (void)buffer_printf(sql, ":%c%u", prefix, i);
        else
            (void)buffer_printf(sql, "\"%s\"", table->columns[table->key[i]].name);
    }
}

static void write_select(cs_buffer *sql, const cs_copy_table *table, const char *after, const char *up_to) {
    (void)buffer_text(sql, "SELECT ");
    for (uint32_t i = 0; i < table->column_count; i++)
        (void)buffer_printf(sql, "%s\"%s\"", i ? ", " : "", table->columns[i].name);
    (void)buffer_printf(sql, " FROM \"%s\"", table->name);
    if (after || up_to) {
        add_key(sql, table, " WHERE (", ", ", 0);
        add_key(sql, table, after ? ") > (" : ") <= (", ", ", 'k');
        (void)buffer_text(sql, ")");
    }
    add_key(sql, table, " ORDER BY ", ", ", 0);
}

static void read_value(cs_stmt *stmt, int column, cs_copy_type type, cs_copy_value *out) {
    *out = (cs_copy_value){.is_null = db_is_null(stmt, column)};
    if (out->is_null) return;
    switch (type) {
    case CS_COPY_INT64: out->int64 = db_int64(stmt, column); break;
    case CS_COPY_REAL: out->real = db_real(stmt, column); break;
    case CS_COPY_TEXT:
        out->bytes = db_text(stmt, column);
        out->length = out->bytes ? strlen(out->bytes) : 0;
        break;
    case CS_COPY_BYTES: out->bytes = db_bytes(stmt, column, &out->length); break;
    }
}

cs_error rows_each(cs_db *db, const cs_copy_table *table, const char *after, const char *up_to, cs_row_visit visit,
                   void *context, cs_message *message) {
    cs_copy_value values[CS_MAX_COPY_COLUMNS];
    cs_stmt *stmt = NULL;
    cs_buffer sql;
    bool has_row = false;
    cs_arena *arena = arena_create(1 << 20); /* of the key that is bound */
    buffer_init(&sql, MAX_SQL);
    write_select(&sql, table, after, up_to);
    cs_error code = !arena || sql.is_failed ? no_memory(message) : db_query(db, buffer_string(&sql), &stmt, message);
    if (code == CS_OK && (after || up_to) && !bind_key(stmt, table, after ? after : up_to, 'k', arena))
        code = no_memory(message);
    if (code == CS_OK) db_stream(stmt);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        for (uint32_t i = 0; i < table->column_count; i++) read_value(stmt, (int)i, table->columns[i].type, &values[i]);
        code = visit(context, values, message);
    }
    db_done(stmt);
    buffer_free(&sql);
    arena_free(arena);
    return code;
}

/* ---- writing ---- */

static void bind_value(cs_stmt *stmt, const char *name, cs_copy_type type, const cs_copy_value *value) {
    if (value->is_null) {
        db_bind_null(stmt, name);
        return;
    }
    switch (type) {
    case CS_COPY_INT64: db_bind_int64(stmt, name, value->int64); break;
    case CS_COPY_REAL: db_bind_real(stmt, name, value->real); break;
    case CS_COPY_TEXT: db_bind_text(stmt, name, value->bytes); break;
    case CS_COPY_BYTES: db_bind_bytes(stmt, name, value->bytes, value->length); break;
    }
}

cs_error batch_open(cs_row_batch *batch, cs_db *db, const cs_copy_table *table, cs_message *message) {
    uint32_t room = MOST_PARAMETERS / table->column_count;
    *batch = (cs_row_batch){.db = db, .room = room ? room : 1, .arena = arena_create(BATCH_BYTES)};
    batch->values = calloc((size_t)batch->room * table->column_count, sizeof *batch->values);
    if (batch->arena && batch->values) return CS_OK;
    batch_close(batch);
    return no_memory(message);
}

void batch_close(cs_row_batch *batch) {
    arena_free(batch->arena);
    free(batch->values);
    *batch = (cs_row_batch){0};
}

cs_error batch_add(cs_row_batch *batch, const cs_copy_table *table, const cs_copy_value *values, cs_message *message) {
    cs_copy_value *kept = &batch->values[(size_t)batch->rows * table->column_count];
    for (uint32_t i = 0; i < table->column_count; i++) {
        kept[i] = values[i];
        if (table->columns[i].is_self_reference) kept[i].is_null = true;
        if (!values[i].bytes) continue;
        if (!(kept[i].bytes = arena_copy(batch->arena, values[i].bytes, values[i].length))) return no_memory(message);
        batch->bytes += values[i].length;
    }
    batch->rows++;
    return batch->rows == batch->room ? batch_flush(batch, table, message) : CS_OK;
}

static void write_insert(cs_buffer *sql, const cs_copy_table *table, uint32_t rows) {
    (void)buffer_printf(sql, "INSERT INTO \"%s\" (", table->name);
    for (uint32_t i = 0; i < table->column_count; i++)
        (void)buffer_printf(sql, "%s\"%s\"", i ? ", " : "", table->columns[i].name);
    (void)buffer_text(sql, ") VALUES ");
    for (uint32_t row = 0; row < rows; row++) {
        (void)buffer_text(sql, row ? ", (" : "(");
        for (uint32_t i = 0; i < table->column_count; i++)
            (void)buffer_printf(sql, "%s:v%u", i ? ", " : "", row * table->column_count + i);
        (void)buffer_text(sql, ")");
    }
}

cs_error batch_flush(cs_row_batch *batch, const cs_copy_table *table, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_buffer sql;
    if (batch->rows == 0) return CS_OK;
    buffer_init(&sql, MAX_SQL);
    write_insert(&sql, table, batch->rows);
    cs_error code = sql.is_failed ? no_memory(message) : db_query(batch->db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    for (uint32_t i = 0; code == CS_OK && i < batch->rows * table->column_count; i++) {
        char name[NAME_BYTES];
        (void)snprintf(name, sizeof name, "v%u", i);
        bind_value(stmt, name, table->columns[i % table->column_count].type, &batch->values[i]);
    }
    if (code == CS_OK) code = db_run(stmt, message);
    if (code != CS_OK) message_within(message, "table %s", table->name);
    batch->rows = 0;
    batch->bytes = 0;
    arena_reset(batch->arena);
    return code;
}

/* ---- references to the same table ---- */

bool row_refers_to_itself(const cs_copy_table *table, const cs_copy_value *values) {
    for (uint32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].is_self_reference && !values[i].is_null) return true;
    return false;
}

cs_error row_relate(cs_db *db, const cs_copy_table *table, const cs_copy_value *values, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_buffer sql, key;
    bool is_first = true;
    cs_arena *arena = arena_create(1 << 20);
    buffer_init(&sql, MAX_SQL);
    buffer_init(&key, MAX_SQL);
    (void)buffer_printf(&sql, "UPDATE \"%s\" SET", table->name);
    for (uint32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].is_self_reference) {
            (void)buffer_printf(&sql, "%s \"%s\" = :v%u", is_first ? "" : ",", table->columns[i].name, i);
            is_first = false;
        }
    add_key(&sql, table, " WHERE (", ", ", 0);
    add_key(&sql, table, ") = (", ", ", 'k');
    (void)buffer_text(&sql, ")");
    cs_error code = !arena || sql.is_failed || !row_key(table, values, &key)
                        ? no_memory(message)
                        : db_query(db, buffer_string(&sql), &stmt, message);
    for (uint32_t i = 0; code == CS_OK && i < table->column_count; i++) {
        char name[NAME_BYTES];
        (void)snprintf(name, sizeof name, "v%u", i);
        if (table->columns[i].is_self_reference) bind_value(stmt, name, table->columns[i].type, &values[i]);
    }
    if (code == CS_OK && !bind_key(stmt, table, buffer_string(&key), 'k', arena)) code = no_memory(message);
    if (code == CS_OK) {
        code = db_run(stmt, message);
    } else {
        db_done(stmt);
    }
    buffer_free(&sql);
    buffer_free(&key);
    arena_free(arena);
    return code;
}
