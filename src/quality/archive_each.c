#include "quality/archive_each.h"

#include "quality/archive_filter.h"

#include <stdio.h>

enum { BATCH = 256, MAX_SQL_BYTES = 160 << 10, MOST_ARENA_BYTES = 1 << 30 };

/* The next ids behind after_seq: the query is over before the conversations are read. */
typedef struct batch {
    char ids[BATCH][CS_ID_CHARS + 1];
    uint32_t count;
    int64_t after_seq;
} batch;

static cs_error next_batch(cs_db *db, const cs_where *where, batch *b, cs_message *message) {
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_printf(&sql,
                        "SELECT c.seq, c.id FROM conversation c WHERE c.seq > :after%s ORDER BY c.seq LIMIT :limit",
                        buffer_string(&where->sql));
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                  : db_query(db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    where_bind(where, stmt);
    db_bind_int64(stmt, "after", b->after_seq);
    db_bind_int64(stmt, "limit", BATCH);
    b->count = 0;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && b->count < BATCH) {
        b->after_seq = db_int64(stmt, 0);
        (void)snprintf(b->ids[b->count++], sizeof b->ids[0], "%s", db_text(stmt, 1));
    }
    db_done(stmt);
    return code;
}

cs_error archive_each(cs_db *db, cs_packer *packer, const cs_ruleset *ruleset, const cs_filter *filter,
                      cs_stored_visit visit, void *context, cs_message *message) {
    cs_where where;
    batch b = {.after_seq = INT64_MIN};
    cs_error code = where_make(db, ruleset, filter, &where, message);
    if (code != CS_OK) return code;
    cs_arena *arena = arena_create(MOST_ARENA_BYTES);
    if (!arena) code = message_set(message, CS_ERR_MEMORY, "no memory for the conversations");
    do {
        if (code == CS_OK) code = next_batch(db, &where, &b, message);
        for (uint32_t i = 0; code == CS_OK && i < b.count; i++) {
            cs_stored *stored = NULL;
            code = archive_load(db, packer, b.ids[i], arena, &stored, message);
            if (code == CS_OK)
                code = visit(context, stored, arena, message);
            else if (code == CS_ERR_NOT_FOUND)
                code = CS_OK; /* removed since the list was made */
            arena_reset(arena);
        }
    } while (code == CS_OK && b.count == BATCH);
    arena_free(arena);
    where_free(&where);
    return code;
}
