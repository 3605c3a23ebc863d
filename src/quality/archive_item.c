#include "quality/archive_item.h"

#include "quality/archive_column.h"
#include "quality/finding_json.h"
#include "text/mask_json.h"

#include <stdio.h>
#include <string.h>

/* How many numbers a statement names: few statements, so that each is prepared once. */
enum { MAX_SQL_BYTES = 8192, AT_ONCE = 100 };
static const size_t sizes[] = {1, 50, AT_ONCE};

/* Lines "missed apologise"; a rule that is gone since is titled by its name. */
static void worst_write(cs_json_writer *out, const cs_ruleset *ruleset, const char *lines) {
    char rule[256], verdict[32];
    json_array_open(out, "worst");
    for (const char *at = lines ? lines : ""; *at;) {
        size_t line = strcspn(at, "\n"), word = strcspn(at, " ");
        if (word < line && word < sizeof verdict && line - word - 1 < sizeof rule) {
            memcpy(verdict, at, word);
            verdict[word] = 0;
            memcpy(rule, at + word + 1, line - word - 1);
            rule[line - word - 1] = 0;
            json_object_open(out, NULL);
            json_write_string(out, "rule", rule);
            title_write(out, "title", ruleset_find(ruleset, rule), rule);
            json_write_string(out, "verdict", verdict);
            json_object_close(out);
        }
        at += line + (at[line] == '\n');
    }
    json_array_close(out);
}

static void counts_write(cs_json_writer *out, cs_stmt *stmt) {
    json_object_open(out, "counts");
    column_write_int(stmt, 16, out, "hit");
    column_write_int(stmt, 17, out, "missed");
    column_write_int(stmt, 18, out, "undecided");
    column_write_int(stmt, 19, out, "noted");
    column_write_int(stmt, 20, out, "met");
    json_object_close(out);
}

void item_open(cs_stmt *stmt, const cs_ruleset *ruleset, cs_json_writer *out) {
    json_object_open(out, NULL);
    column_write_text(stmt, 0, out, "id");
    json_write_masked_title(out, "external_id", db_text(stmt, 1), db_text(stmt, 10));
    json_write_masked_title(out, "title", db_text(stmt, db_is_null(stmt, 2) ? 1 : 2), db_text(stmt, 10));
    column_write_text(stmt, 3, out, "channel");
    column_write_int(stmt, 4, out, "started_ms");
    column_write_int(stmt, 5, out, "duration_ms");
    column_write_int(stmt, 6, out, "turns");
    column_write_text(stmt, 7, out, "agent");
    column_write_text(stmt, 8, out, "team");
    column_write_text(stmt, 9, out, "queue");
    json_write_masked_name(out, "customer", db_text(stmt, 10));
    json_object_open(out, "scores");
    column_write_int(stmt, 11, out, "compliance");
    column_write_int(stmt, 12, out, "experience");
    column_write_int(stmt, 13, out, "risk");
    json_object_close(out);
    if (db_is_null(stmt, 14))
        json_write_null(out, "decided_share");
    else
        json_write_double(out, "decided_share", db_real(stmt, 14), 3);
    json_write_bool(out, "high_risk", db_int64(stmt, 15) != 0);
    json_write_bool(out, "has_recording", db_int64(stmt, 22) != 0);
    column_write_int(stmt, 23, out, "seen_ms");
    column_write_int(stmt, 24, out, "judged");
    counts_write(out, stmt);
    worst_write(out, ruleset, db_text(stmt, 21));
}

void item_write(cs_stmt *stmt, const cs_ruleset *ruleset, cs_json_writer *out) {
    item_open(stmt, ruleset, out);
    json_object_close(out);
}

static void items_sql(const cs_sort *sort, size_t size, cs_buffer *sql) {
    const char *direction = sort->is_descending ? "DESC" : "ASC";
    const char *const keys[] = {sort->column, "started_ms"};
    (void)buffer_text(sql, "SELECT " ITEM_COLUMNS " FROM conversation c WHERE c.seq IN (");
    for (size_t i = 0; i < size; i++) (void)buffer_printf(sql, "%s:seq%zu", i ? ", " : "", i);
    (void)buffer_text(sql, ") ORDER BY ");
    for (size_t i = 0; i < 2; i++)
        (void)buffer_printf(sql, "CASE WHEN c.%s IS NULL THEN 1 ELSE 0 END, c.%s %s, ", keys[i], keys[i], direction);
    (void)buffer_printf(sql, "c.seq %s", direction);
}

static cs_error slice_write(cs_db *db, const cs_ruleset *ruleset, int64_t reader, const cs_sort *sort,
                            const cs_place *rows, size_t count, cs_json_writer *out, cs_message *message) {
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    size_t size = 0;
    bool has_row = false;
    while (sizes[size] < count) size++;
    buffer_init(&sql, MAX_SQL_BYTES);
    items_sql(sort, sizes[size], &sql);
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                  : db_query(db, buffer_string(&sql), &stmt, message);
    buffer_free(&sql);
    if (code != CS_OK) return code;
    for (size_t i = 0; i < sizes[size]; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "seq%zu", i);
        db_bind_int64(stmt, name, rows[i < count ? i : count - 1].seq);
    }
    db_bind_int64(stmt, "reader", reader);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) item_write(stmt, ruleset, out);
    db_done(stmt);
    return code;
}

cs_error items_write(cs_db *db, const cs_ruleset *ruleset, int64_t reader, const cs_sort *sort, const cs_place *rows,
                     size_t count, cs_json_writer *out, cs_message *message) {
    cs_error code = CS_OK;
    for (size_t at = 0; at < count && code == CS_OK; at += AT_ONCE)
        code = slice_write(db, ruleset, reader, sort, rows + at, count - at < AT_ONCE ? count - at : AT_ONCE, out,
                           message);
    return code;
}
