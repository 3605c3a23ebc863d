/* What was tried too often: listed with the reason, tried again, or given up. */
#include "store/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ORIGIN_BYTES = 1 << 20 };

static cs_error not_found(int64_t number, cs_message *message) {
    (void)message_set(message, CS_ERR_NOT_FOUND, "job %lld is not set aside", (long long)number);
    message_remedy(message, "load the list again: somebody else may have tried it again, or given it up");
    return CS_ERR_NOT_FOUND;
}

/* The first of the two tries that it has left counts as its second: so it is worked on alone. */
cs_error work_retry(cs_db *db, int64_t number, int64_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 number ? "UPDATE job SET state = 'waiting', attempts = 1, reason = NULL, remedy = NULL WHERE state = "
                          "'aside' AND number = :number"
                        : "UPDATE job SET state = 'waiting', attempts = 1, reason = NULL, remedy = NULL WHERE state = "
                          "'aside'",
                 &stmt, message);
    if (code != CS_OK) return code;
    if (number) db_bind_int64(stmt, "number", number);
    code = db_run(stmt, message);
    *count = code == CS_OK ? db_changes(db) : 0;
    return code == CS_OK && number && *count == 0 ? not_found(number, message) : code;
}

/* ---- where it came from ---- */

static cs_json *read_origin(const char *text) {
    cs_json *origin = NULL;
    cs_message message;
    if (!text || json_parse(text, strlen(text), MAX_ORIGIN_BYTES, &origin, &message) != CS_OK) return NULL;
    return origin;
}

static const char *origin_text(const cs_json *origin, const char *key) {
    return json_string(json_get(origin, key), NULL);
}

/* ---- giving up ---- */

typedef struct given_up {
    int64_t import;
    bool is_read;
    cs_json *origin;
    char *id;
    cs_message why;
} given_up;

static cs_error find(cs_db *db, int64_t number, given_up *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT j.import, j.kind, j.origin, coalesce(j.external_id, c.external_id), j.reason, "
                             "j.remedy FROM job j LEFT JOIN conversation c ON c.seq = j.seq WHERE j.number = :number "
                             "AND j.state = 'aside'",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row) code = not_found(number, message);
    if (code == CS_OK) {
        const char *id = db_text(stmt, 3), *reason = db_text(stmt, 4);
        *out = (given_up){.import = db_int64(stmt, 0),
                          .is_read = strcmp(db_text(stmt, 1), "read") == 0,
                          .origin = read_origin(db_text(stmt, 2)),
                          .id = id ? strdup(id) : NULL};
        (void)message_set(&out->why, CS_ERR_STORE, "given up: %s", reason ? reason : "");
        message_remedy(&out->why, "mend what it says, then import the file again");
    }
    db_done(stmt);
    return code;
}

static cs_error remove_job(cs_db *db, int64_t number, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM job WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error work_give_up(cs_db *db, int64_t number, cs_message *message) {
    given_up g = {0};
    cs_error code = find(db, number, &g, message);
    if (code == CS_OK) code = remove_job(db, number, message);
    if (code == CS_OK) {
        const char *file = origin_text(g.origin, "file"), *place = origin_text(g.origin, "place");
        const cs_work_sums sums = {.done = 1, .refused = g.is_read, .left_stale = !g.is_read};
        message_place(&g.why, "%s", place ? place : "");
        code = work_refuse(db, g.import, file ? file : "the store", g.id, &g.why, message);
        if (code == CS_OK && g.import >= 0) code = work_add_sums(db, g.import, &sums, message);
    }
    json_free(g.origin);
    free(g.id);
    return code;
}

/* ---- the list ---- */

static void write_one(cs_stmt *stmt, cs_json_writer *out) {
    cs_json *origin = read_origin(db_text(stmt, 5));
    json_object_open(out, NULL);
    json_write_int(out, "job", db_int64(stmt, 0));
    json_write_string(out, "kind", db_text(stmt, 1));
    if (db_int64(stmt, 2) > 0)
        json_write_int(out, "import", db_int64(stmt, 2));
    else
        json_write_null(out, "import");
    json_write_string(out, "external_id", db_text(stmt, 3));
    json_write_string(out, "id", db_text(stmt, 4));
    json_write_string(out, "file", origin_text(origin, "file"));
    json_write_string(out, "place", origin_text(origin, "place"));
    json_write_int(out, "attempts", db_int64(stmt, 6));
    json_write_string(out, "reason", db_text(stmt, 7));
    json_write_string(out, "remedy", db_text(stmt, 8));
    json_write_int(out, "made_ms", db_int64(stmt, 9));
    json_object_close(out);
    json_free(origin);
}

static cs_error write_items(cs_db *db, int limit, int64_t last, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    char next[24] = "";
    int count = 0;
    cs_error code = db_query(db,
                             "SELECT j.number, j.kind, j.import, coalesce(j.external_id, c.external_id), c.id, "
                             "j.origin, j.attempts, j.reason, j.remedy, j.made_ms FROM job j LEFT JOIN conversation c "
                             "ON c.external_id = coalesce(j.external_id, (SELECT external_id FROM conversation WHERE "
                             "seq = j.seq)) WHERE j.state = 'aside' AND j.number > :last ORDER BY j.number LIMIT "
                             ":limit",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "last", last);
    db_bind_int64(stmt, "limit", limit + 1);
    json_array_open(out, "items");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        if (count++ == limit) {
            (void)snprintf(next, sizeof next, "%lld", (long long)last);
            break;
        }
        last = db_int64(stmt, 0);
        write_one(stmt, out);
    }
    db_done(stmt);
    json_array_close(out);
    json_write_string(out, "next", *next ? next : NULL);
    return code;
}

cs_error work_list_aside(cs_db *db, int limit, const char *after, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    char *end = NULL;
    int64_t last = after && *after ? strtoll(after, &end, 10) : 0;
    if (end && *end) {
        (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of after is not understood", after);
        message_remedy(message, "after takes the next of the page before");
        return CS_ERR_USAGE;
    }
    cs_error code = db_query(db, "SELECT count(*) FROM job WHERE state = 'aside'", &stmt, message);
    if (code != CS_OK) return code;
    code = db_step(stmt, &has_row, message);
    int64_t total = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_write_int(out, "total", total);
    code = write_items(db, limit, last, out, message);
    json_object_close(out);
    return code;
}
