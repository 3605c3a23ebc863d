#include "store/copy_catalogue.h"

#include <string.h>

/* By cs_db_kind. Tables, but no views, virtual tables or parts of them. */
static const char *const table_queries[] = {
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND substr(name, 1, 7) <> 'sqlite_' "
    "ORDER BY name",
    "SELECT CAST(relname AS text) FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS "
    "regnamespace) ORDER BY 1",
};
/* Name, type, place in the primary key or 0. */
static const char *const column_queries[] = {
    "SELECT name, type, pk FROM pragma_table_info(:table) ORDER BY cid",
    "SELECT CAST(a.attname AS text), format_type(a.atttypid, NULL), coalesce(array_position(CAST(i.indkey AS int2[]), "
    "a.attnum) + 1, 0) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_index i ON i.indrelid = "
    "c.oid AND i.indisprimary WHERE c.relname = :table AND c.relnamespace = CAST(current_schema() AS regnamespace) AND "
    "a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum",
};
/* A column that refers, and the table it refers to. */
static const char *const reference_queries[] = {
    "SELECT \"from\", \"table\" FROM pragma_foreign_key_list(:table) ORDER BY id, seq",
    "SELECT CAST(a.attname AS text), CAST(t.relname AS text) FROM pg_constraint f JOIN pg_class c ON c.oid = "
    "f.conrelid "
    "JOIN pg_class t ON t.oid = f.confrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.conkey[1] WHERE "
    "f.contype = 'f' AND c.relname = :table AND c.relnamespace = CAST(current_schema() AS regnamespace) ORDER BY f.oid",
};

static const struct {
    const char *sqlite, *postgres;
    cs_copy_type type;
} types[] = {
    {"INTEGER", "bigint", CS_COPY_INT64},
    {"REAL", "double precision", CS_COPY_REAL},
    {"TEXT", "text", CS_COPY_TEXT},
    {"BLOB", "bytea", CS_COPY_BYTES},
};

static bool is_made_anew(const char *table) {
    return strcmp(table, "schema_version") == 0 || strcmp(table, CS_COPY_NOTES) == 0 ||
           strncmp(table, "search_", 7) == 0;
}

/* Which document of the index is a conversation's. */
static bool is_of_index(const char *table, const char *column) {
    return strcmp(table, "conversation") == 0 && strcmp(column, "search_document") == 0;
}

static bool find_type(const char *word, cs_copy_type *out) {
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(word, types[i].sqlite) == 0 || strcmp(word, types[i].postgres) == 0) {
            *out = types[i].type;
            return true;
        }
    return false;
}

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory to read how the store is made");
}

static cs_error add_column(cs_stmt *stmt, cs_arena *arena, cs_copy_table *table, cs_message *message) {
    cs_copy_column column = {.name = arena_string(arena, db_text(stmt, 0))};
    int64_t place = db_int64(stmt, 2);
    if (!column.name) return no_memory(message);
    if (is_of_index(table->name, column.name)) return CS_OK;
    if (!find_type(db_text(stmt, 1), &column.type) || table->column_count == CS_MAX_COPY_COLUMNS ||
        place > CS_MAX_COPY_KEY)
        return message_set(message, CS_ERR_STORE, "the column %s.%s of the type %s can't be copied", table->name,
                           column.name, db_text(stmt, 1));
    if (place > 0) {
        table->key[place - 1] = table->column_count;
        table->key_count++;
    }
    table->columns[table->column_count++] = column;
    return CS_OK;
}

static cs_error add_reference(cs_stmt *stmt, cs_arena *arena, cs_copy_table *table, cs_message *message) {
    const char *column = db_text(stmt, 0);
    const char *other = arena_string(arena, db_text(stmt, 1));
    if (!other) return no_memory(message);
    if (strcmp(other, table->name) == 0) {
        for (uint32_t i = 0; i < table->column_count; i++)
            if (strcmp(table->columns[i].name, column) == 0) table->columns[i].is_self_reference = true;
    } else if (table->reference_count < CS_MAX_COPY_KEY) {
        table->refers_to[table->reference_count++] = other;
    } else {
        return message_set(message, CS_ERR_STORE, "the table %s refers to too many others", table->name);
    }
    return CS_OK;
}

typedef cs_error (*take_row)(cs_stmt *stmt, cs_arena *arena, cs_copy_table *table, cs_message *message);

static cs_error each_row(cs_db *db, const char *sql, cs_arena *arena, cs_copy_table *table, take_row take,
                         cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "table", table->name);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        if ((code = take(stmt, arena, table, message)) != CS_OK) break;
    db_done(stmt);
    return code;
}

static cs_error read_names(cs_db *db, cs_arena *arena, cs_catalogue *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, table_queries[db_kind(db)], &stmt, message);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        if (is_made_anew(db_text(stmt, 0))) continue;
        if (out->count == CS_MAX_COPY_TABLES)
            code = message_set(message, CS_ERR_STORE, "the store has more than %d tables", CS_MAX_COPY_TABLES);
        else if (!(out->tables[out->count++].name = arena_string(arena, db_text(stmt, 0))))
            code = no_memory(message);
    }
    db_done(stmt);
    return code;
}

static bool is_among(const cs_copy_table *tables, uint32_t count, const char *name) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(tables[i].name, name) == 0) return true;
    return false;
}

static bool is_next(const cs_catalogue *catalogue, uint32_t placed, const cs_copy_table *table) {
    for (uint32_t i = 0; i < table->reference_count; i++)
        if (!is_among(catalogue->tables, placed, table->refers_to[i])) return false;
    return true;
}

/* What is referred to first, else by name. */
static cs_error put_in_order(cs_catalogue *catalogue, cs_message *message) {
    for (uint32_t placed = 0; placed < catalogue->count; placed++) {
        uint32_t next = placed;
        while (next < catalogue->count && !is_next(catalogue, placed, &catalogue->tables[next])) next++;
        if (next == catalogue->count)
            return message_set(message, CS_ERR_STORE,
                               "the tables of the store refer to each other in a circle, %s among them",
                               catalogue->tables[placed].name);
        cs_copy_table taken = catalogue->tables[next];
        memmove(&catalogue->tables[placed + 1], &catalogue->tables[placed], (next - placed) * sizeof taken);
        catalogue->tables[placed] = taken;
    }
    return CS_OK;
}

cs_error catalogue_read(cs_db *db, cs_arena *arena, cs_catalogue *out, cs_message *message) {
    cs_db_kind kind = db_kind(db);
    *out = (cs_catalogue){.tables = arena_array(arena, CS_MAX_COPY_TABLES, sizeof *out->tables)};
    cs_error code = out->tables ? read_names(db, arena, out, message) : no_memory(message);
    for (uint32_t i = 0; code == CS_OK && i < out->count; i++) {
        cs_copy_table *table = &out->tables[i];
        code = each_row(db, column_queries[kind], arena, table, add_column, message);
        if (code == CS_OK) code = each_row(db, reference_queries[kind], arena, table, add_reference, message);
        if (code == CS_OK && table->key_count == 0)
            code = message_set(message, CS_ERR_STORE, "the table %s has no primary key", table->name);
    }
    return code == CS_OK ? put_in_order(out, message) : code;
}

const cs_copy_table *catalogue_find(const cs_catalogue *catalogue, const char *name) {
    for (uint32_t i = 0; i < catalogue->count; i++)
        if (strcmp(catalogue->tables[i].name, name) == 0) return &catalogue->tables[i];
    return NULL;
}
