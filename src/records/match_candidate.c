#include "records/match_candidate.h"

#include <string.h>

/* Two systems write the same second differently rounded, and end a call a little apart. */
static const int64_t SAME_SECOND_MS = 1000, SAME_LENGTH_MS = 3000;

static void add(cs_candidates *out, const cs_candidate *one) {
    for (size_t i = 0; i < out->count; i++)
        if (out->items[i].seq == one->seq) return;
    if (out->count < CS_MAX_CANDIDATES) out->items[out->count++] = *one;
}

static int64_t column_time(cs_stmt *stmt, int column) {
    return db_is_null(stmt, column) ? CS_NO_TIME : db_int64(stmt, column);
}

/* Steps through seq, started_ms, duration_ms, and ends the statement. */
static cs_error collect(cs_stmt *stmt, cs_candidates *out, cs_message *message) {
    bool has_row = true;
    cs_error code = CS_OK;
    while (code == CS_OK && out->count < CS_MAX_CANDIDATES) {
        code = db_step(stmt, &has_row, message);
        if (code != CS_OK || !has_row) break;
        add(out, &(cs_candidate){db_int64(stmt, 0), column_time(stmt, 1), column_time(stmt, 2)});
    }
    db_done(stmt);
    return code;
}

cs_error candidates_by_id(cs_db *db, const char *id, cs_candidates *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db, "SELECT seq, started_ms, duration_ms FROM conversation WHERE external_id = :id", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", id);
    return collect(stmt, out, message);
}

cs_error candidates_by_key(cs_db *db, const char *kind, const char *value, cs_candidates *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "SELECT c.seq, c.started_ms, c.duration_ms FROM conversation_key k JOIN conversation c ON "
                             "c.seq = k.seq WHERE k.kind = :kind AND k.value = :value ORDER BY k.started_ms, k.seq",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "kind", kind);
    db_bind_text(stmt, "value", value);
    return collect(stmt, out, message);
}

cs_error candidates_by_number(cs_db *db, const char *phone, int64_t from_ms, int64_t to_ms, cs_candidates *out,
                              cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "SELECT c.seq, k.started_ms, c.duration_ms FROM conversation_key k JOIN conversation c ON "
                             "c.seq = k.seq WHERE k.kind = 'phone' AND k.value = :phone AND k.started_ms BETWEEN :from "
                             "AND :to AND c.channel IN ('call', 'video', 'unknown') ORDER BY k.started_ms, k.seq",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "phone", phone);
    db_bind_int64(stmt, "from", from_ms);
    db_bind_int64(stmt, "to", to_ms);
    return collect(stmt, out, message);
}

cs_error candidates_by_day(cs_db *db, const char *phone, int64_t at_ms, cs_candidates *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "SELECT c.seq, NULL, c.duration_ms FROM conversation_key k JOIN conversation c ON c.seq = "
                             "k.seq WHERE k.kind = 'phone_day' AND k.value = :phone AND k.started_ms BETWEEN :at - "
                             "86399999 AND :at ORDER BY k.started_ms, k.seq",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "phone", phone);
    db_bind_int64(stmt, "at", at_ms);
    return collect(stmt, out, message);
}

/* -1: they differ, 1: they agree, 0: one of them does not say. */
static cs_error compare_key(cs_db *db, int64_t seq, const char *kind, const char *value, int *out,
                            cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = 0;
    if (!value) return CS_OK;
    cs_error code =
        db_query(db, "SELECT value FROM conversation_key WHERE seq = :seq AND kind = :kind", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_text(stmt, "kind", kind);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *out = strcmp(db_text(stmt, 0), value) == 0 ? 1 : -1;
    db_done(stmt);
    return code;
}

cs_error candidates_keep_agent(cs_db *db, const cs_record *record, cs_candidates *list, cs_message *message) {
    size_t kept = 0;
    cs_error code = CS_OK;
    for (size_t i = 0; i < list->count && code == CS_OK; i++) {
        int by_id = 0, by_extension = 0;
        code = compare_key(db, list->items[i].seq, "agent_id", record->cells[CS_COLUMN_AGENT_ID], &by_id, message);
        if (code == CS_OK)
            code = compare_key(db, list->items[i].seq, "extension", record->cells[CS_COLUMN_EXTENSION], &by_extension,
                               message);
        if (by_id > 0 || (by_id == 0 && by_extension >= 0)) list->items[kept++] = list->items[i];
    }
    list->count = kept;
    return code;
}

static bool is_within(int64_t a, int64_t b, int64_t most) {
    return a != CS_NO_TIME && b != CS_NO_TIME && a - b <= most && b - a <= most;
}

int candidate_rank(const cs_record *record, const cs_candidate *c) {
    if (is_within(record->from_ms, c->started_ms, SAME_SECOND_MS)) return 0;
    bool has_length = record->from_ms != CS_NO_TIME && record->to_ms != CS_NO_TIME;
    return has_length && is_within(record->to_ms - record->from_ms, c->duration_ms, SAME_LENGTH_MS) ? 1 : 2;
}

void candidates_keep_best(const cs_record *record, cs_candidates *list) {
    int best = 2;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        int rank = candidate_rank(record, &list->items[i]);
        best = rank < best ? rank : best;
    }
    for (size_t i = 0; i < list->count; i++)
        if (candidate_rank(record, &list->items[i]) == best) list->items[kept++] = list->items[i];
    list->count = kept;
}
