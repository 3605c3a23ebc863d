#include "records/joins.h"

#include "records/match.h"
#include "text/mask_json.h"

#include <stdio.h>
#include <string.h>

enum { RECORD_ARENA = 4 << 20, CANDIDATES_BYTES = 256 * 1024 };

static const char *const kinds[] = {"calls", "tickets", "satisfaction", "roster"};

static cs_error check(const char *value, const char *const *known, size_t count, const char *what,
                      cs_message *message) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(value, known[i]) == 0) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the %s \"%.60s\" is not known", what, value);
    message_remedy(message, "%s",
                   strcmp(what, "kind") == 0 ? "one of calls, tickets, satisfaction, roster"
                                             : "one of matched, doubtful, unmatched");
    return CS_ERR_USAGE;
}

/* ---- counts ---- */

static cs_error write_counts(cs_db *db, cs_json_writer *out, cs_message *message) {
    cs_error code = CS_OK;
    json_object_open(out, "counts");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && code == CS_OK; i++) {
        cs_match_counts counts;
        code = match_count(db, kinds[i], &counts, message);
        if (code != CS_OK) break;
        json_object_open(out, kinds[i]);
        json_write_int(out, "matched", counts.matched);
        json_write_int(out, "doubtful", counts.doubtful);
        json_write_int(out, "unmatched", counts.unmatched);
        json_object_close(out);
    }
    json_object_close(out);
    return code;
}

/* Calls in the store that no call list knows. */
static cs_error write_without(cs_db *db, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "SELECT (SELECT count(*) FROM conversation WHERE channel = 'call') - (SELECT count(*) FROM "
                 "record_match m JOIN record r ON r.number = m.record JOIN conversation c ON c.seq = m.seq "
                 "WHERE r.kind = 'calls' AND r.is_current = 1 AND c.channel = 'call')",
                 &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK) {
        json_object_open(out, "conversations_without");
        json_write_int(out, "calls", has_row ? db_int64(stmt, 0) : 0);
        json_object_close(out);
    }
    db_done(stmt);
    return code;
}

/* ---- rows ---- */

static cs_error write_conversation(cs_db *db, int64_t seq, const char *key, const cs_json *candidate,
                                   cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t apart = 0;
    cs_error code = db_query(
        db, "SELECT id, external_id, title, started_ms, customer FROM conversation WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        json_object_open(out, key);
        json_write_string(out, "id", db_text(stmt, 0));
        json_write_masked_title(out, "external_id", db_text(stmt, 1), db_text(stmt, 4));
        json_write_masked_title(out, "title", db_text(stmt, 2), db_text(stmt, 4));
        if (db_is_null(stmt, 3))
            json_write_null(out, "started_ms");
        else
            json_write_int(out, "started_ms", db_int64(stmt, 3));
        if (candidate && json_int64(json_get(candidate, "seconds_apart"), &apart))
            json_write_int(out, "seconds_apart", apart);
        else if (candidate)
            json_write_null(out, "seconds_apart");
        json_object_close(out);
    } else if (code == CS_OK && key) {
        json_write_null(out, key);
    }
    db_done(stmt);
    return code;
}

static cs_error write_candidates(cs_db *db, const char *text, cs_json_writer *out, cs_message *message) {
    cs_json *json = NULL;
    cs_error code = text ? json_parse(text, strlen(text), CANDIDATES_BYTES, &json, message) : CS_OK;
    json_array_open(out, "candidates");
    for (size_t i = 0; i < json_length(json) && code == CS_OK; i++) {
        int64_t seq = 0;
        const cs_json *one = json_at(json, i);
        if (json_int64(json_get(one, "seq"), &seq)) code = write_conversation(db, seq, NULL, one, out, message);
    }
    json_array_close(out);
    json_free(json);
    return code;
}

static void write_time(cs_json_writer *out, const char *key, int64_t ms) {
    if (ms == CS_NO_TIME)
        json_write_null(out, key);
    else
        json_write_int(out, key, ms);
}

static void write_cell(const cs_record *r, const char *key, cs_column_use use, cs_json_writer *out) {
    switch (use) {
    case CS_COLUMN_NUMBER: json_write_masked_phone(out, key, r->cells[use]); return;
    case CS_COLUMN_CUSTOMER: json_write_masked_name(out, key, r->cells[use]); return;
    case CS_COLUMN_RECORDING:
    case CS_COLUMN_CONVERSATION: json_write_masked_title(out, key, r->cells[use], NULL); return;
    default: json_write_string(out, key, r->cells[use]);
    }
}

static void write_record(const cs_record *r, cs_json_writer *out) {
    static const struct {
        const char *key;
        cs_column_use use;
    } cells[] = {{"number", CS_COLUMN_NUMBER},       {"customer", CS_COLUMN_CUSTOMER},
                 {"agent", CS_COLUMN_AGENT},         {"agent_id", CS_COLUMN_AGENT_ID},
                 {"extension", CS_COLUMN_EXTENSION}, {"team", CS_COLUMN_TEAM},
                 {"ticket", CS_COLUMN_TICKET},       {"recording", CS_COLUMN_RECORDING},
                 {"score", CS_COLUMN_SCORE},         {"conversation_id", CS_COLUMN_CONVERSATION}};
    json_write_int(out, "record", r->number);
    json_write_string(out, "kind", mapping_kind_name(r->kind));
    json_write_masked_title(out, "source", r->source, NULL);
    json_write_int(out, "line", r->line);
    write_time(out, "from_ms", r->from_ms);
    write_time(out, "to_ms", r->to_ms);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) write_cell(r, cells[i].key, cells[i].use, out);
}

static cs_error write_item(cs_db *db, cs_stmt *stmt, cs_arena *arena, cs_json_writer *out, int64_t *number,
                           cs_message *message) {
    cs_record *record = NULL;
    const char *reason = db_text(stmt, 6);
    cs_error code = record_row(stmt, arena, &record, message);
    if (code != CS_OK) return code;
    *number = record->number;
    json_object_open(out, NULL);
    write_record(record, out);
    json_write_string(out, "state", db_text(stmt, 5));
    json_write_string(out, "reason", reason);
    json_object_open(out, "words");
    json_write_string(out, "zh", match_reason_words(reason, true));
    json_write_string(out, "en", match_reason_words(reason, false));
    json_object_close(out);
    if (db_is_null(stmt, 7))
        json_write_null(out, "conversation");
    else
        code = write_conversation(db, db_int64(stmt, 7), "conversation", NULL, out, message);
    if (code == CS_OK) code = write_candidates(db, db_text(stmt, 8), out, message);
    json_object_close(out);
    return code;
}

static cs_error query_items(cs_db *db, const cs_joins_filter *filter, cs_stmt **stmt, cs_message *message) {
    cs_error code = db_query(db,
                             "SELECT " CS_RECORD_COLUMNS ", m.state, m.reason, m.seq, m.candidates FROM record_match m "
                             "JOIN record r ON r.number = m.record WHERE r.is_current = 1 AND m.record > :after AND "
                             "(m.state = :state OR (:state IS NULL AND m.state <> 'matched')) AND (:kind IS NULL OR "
                             "r.kind = :kind) ORDER BY m.record LIMIT :limit",
                             stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(*stmt, "after", filter->after);
    db_bind_text(*stmt, "state", filter->state);
    db_bind_text(*stmt, "kind", filter->kind);
    db_bind_int64(*stmt, "limit", filter->limit + 1);
    return CS_OK;
}

static cs_error write_items(cs_db *db, const cs_joins_filter *filter, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    char next[24] = "";
    int64_t last = 0;
    bool has_row = true;
    int count = 0;
    cs_arena *arena = arena_create(RECORD_ARENA);
    cs_error code = arena ? query_items(db, filter, &stmt, message)
                          : message_set(message, CS_ERR_MEMORY, "no memory for the report");
    json_array_open(out, "items");
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        if (count++ == filter->limit) {
            (void)snprintf(next, sizeof next, "%lld", (long long)last);
            break;
        }
        arena_reset(arena);
        code = write_item(db, stmt, arena, out, &last, message);
    }
    db_done(stmt);
    arena_free(arena);
    json_array_close(out);
    json_write_string(out, "next", *next ? next : NULL);
    return code;
}

cs_error joins_write(cs_db *db, const cs_joins_filter *filter, cs_json_writer *out, cs_message *message) {
    static const char *const states[] = {"matched", "doubtful", "unmatched"};
    cs_error code = filter->state ? check(filter->state, states, 3, "state", message) : CS_OK;
    if (code == CS_OK && filter->kind) code = check(filter->kind, kinds, sizeof kinds / sizeof *kinds, "kind", message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    code = write_counts(db, out, message);
    if (code == CS_OK) code = write_items(db, filter, out, message);
    if (code == CS_OK) code = write_without(db, out, message);
    json_object_close(out);
    return code;
}
