#include "imports/saved_mapping.h"

#include "conversation/mapping_columns.h"

#include <string.h>

static cs_error not_found(const char *name, cs_message *message) {
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no saved mapping \"%.200s\"", name);
    message_remedy(message, "GET /api/v1/mappings lists them");
    return CS_ERR_NOT_FOUND;
}

cs_error saved_mapping_write(cs_db *db, const char *name, const char *json, size_t bytes, int64_t now_ms,
                             cs_message *message) {
    cs_mapping *mapping = NULL;
    cs_stmt *stmt = NULL;
    if (strlen(name) > CS_MAX_MAPPING_NAME)
        return message_set(message, CS_ERR_USAGE, "the name of a mapping has at most %d bytes", CS_MAX_MAPPING_NAME);
    cs_error code = mapping_parse(json, bytes, &mapping, message);
    mapping_free(mapping);
    if (code == CS_OK)
        code = db_query(db,
                        "INSERT INTO mapping (name, body, saved_ms) VALUES (:name, :body, :now) ON CONFLICT (name) DO "
                        "UPDATE SET body = excluded.body, saved_ms = excluded.saved_ms",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", name);
    db_bind_text(stmt, "body", json);
    db_bind_int64(stmt, "now", now_ms);
    return db_run(stmt, message);
}

cs_error saved_mapping_read(cs_db *db, const char *name, cs_buffer *body, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    buffer_init(body, CS_MAX_MAPPING_BYTES + 1);
    cs_error code = db_query(db, "SELECT body FROM mapping WHERE name = :name", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", name);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row && !buffer_text(body, db_text(stmt, 0)))
        code = message_set(message, CS_ERR_MEMORY, "no memory for a mapping");
    db_done(stmt);
    return code == CS_OK && !has_row ? not_found(name, message) : code;
}

cs_error saved_mapping_delete(cs_db *db, const char *name, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM mapping WHERE name = :name", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", name);
    code = db_run(stmt, message);
    return code == CS_OK && db_changes(db) == 0 ? not_found(name, message) : code;
}

static void write_row(cs_stmt *stmt, cs_json_writer *out) {
    const char *text = db_text(stmt, 1);
    cs_json *body = NULL;
    cs_message message;
    (void)json_parse(text, strlen(text), CS_MAX_MAPPING_BYTES, &body, &message);
    const char *kind = json_string(json_get(body, "kind"), NULL);
    json_object_open(out, NULL);
    json_write_string(out, "name", db_text(stmt, 0));
    json_write_string(out, "kind", kind ? kind : mapping_kind_name(CS_MAPPING_CONVERSATIONS));
    json_write_string(out, "format", json_string(json_get(body, "format"), NULL));
    json_write_int(out, "saved_ms", db_int64(stmt, 2));
    json_object_close(out);
    json_free(body);
}

cs_error saved_mapping_list(cs_db *db, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT name, body, saved_ms FROM mapping ORDER BY name LIMIT :most", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "most", CS_MAX_SAVED_MAPPINGS);
    json_object_open(out, NULL);
    json_array_open(out, "items");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) write_row(stmt, out);
    db_done(stmt);
    json_array_close(out);
    json_object_close(out);
    return code;
}

cs_error saved_mapping_all(cs_db *db, cs_arena *arena, cs_saved_mapping **out, size_t *count, cs_message *message) {
    cs_saved_mapping *all = arena_array(arena, CS_MAX_SAVED_MAPPINGS, sizeof *all);
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *count = 0;
    if (!all) return message_set(message, CS_ERR_MEMORY, "no memory for the saved mappings");
    cs_error code = db_query(db, "SELECT name, body FROM mapping ORDER BY name LIMIT :most", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "most", CS_MAX_SAVED_MAPPINGS);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_saved_mapping one = {arena_string(arena, db_text(stmt, 0)), arena_string(arena, db_text(stmt, 1))};
        if (one.name && one.json)
            all[(*count)++] = one;
        else
            code = message_set(message, CS_ERR_MEMORY, "no memory for the saved mappings");
    }
    db_done(stmt);
    *out = all;
    return code;
}
