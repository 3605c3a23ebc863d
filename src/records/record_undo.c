/* Rows that stand in their file no more, and imports that are taken back. */
#include "records/record_change.h"
#include "records/record_mark.h"

enum { RECORD_ARENA = 4 << 20 };
static const int64_t DAY_MS = 86400000;

/* ---- rows that a file holds no more ---- */

void record_span_add(cs_record_span *span, const cs_record *r) {
    int64_t zone_ms = (int64_t)r->zone_minutes * 60000;
    if (r->kind == CS_MAPPING_ROSTER) span->is_roster = true;
    if (r->from_ms == CS_NO_TIME) return;
    int64_t day = (r->from_ms + zone_ms) / DAY_MS * DAY_MS - zone_ms;
    bool is_first = span->from_ms == 0 && span->to_ms == 0;
    if (is_first || day < span->from_ms) span->from_ms = day;
    if (is_first || day + DAY_MS - 1 > span->to_ms) span->to_ms = day + DAY_MS - 1;
}

static cs_error next_number(cs_stmt *stmt, int64_t *number, bool *has_row, cs_message *message) {
    cs_error code = db_step(stmt, has_row, message);
    if (code == CS_OK && *has_row) *number = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

static cs_error next_unseen(cs_db *db, const char *path, int64_t import, const cs_record_span *span, int64_t *number,
                            bool *has_row, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 span->is_roster ? "SELECT number FROM record WHERE path = :path AND is_current = 1 AND kind "
                                   "= 'roster' AND seen_import <> :import LIMIT 1"
                                 : "SELECT number FROM record WHERE path = :path AND is_current = 1 AND "
                                   "seen_import <> :import AND kind <> 'roster' AND from_ms BETWEEN :from "
                                   "AND :to LIMIT 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "path", path);
    db_bind_int64(stmt, "import", import);
    if (!span->is_roster) {
        db_bind_int64(stmt, "from", span->from_ms);
        db_bind_int64(stmt, "to", span->to_ms);
    }
    return next_number(stmt, number, has_row, message);
}

cs_error records_retire(cs_db *db, const char *path, int64_t import, const cs_record_span *span, int most,
                        const cs_record_watch *watch, int64_t *count, bool *left, cs_message *message) {
    cs_arena *arena = arena_create(RECORD_ARENA);
    cs_error code = arena ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for a record");
    *left = true;
    for (int i = 0; i < most && *left && code == CS_OK; i++) {
        int64_t number = 0;
        cs_record *gone = NULL;
        arena_reset(arena);
        code = next_unseen(db, path, import, span, &number, left, message);
        if (code != CS_OK || !*left) break;
        code = record_retire(db, number, import, arena, &gone, message);
        if (code == CS_OK) code = record_tell(watch, db, gone, NULL, message);
        ++*count;
    }
    arena_free(arena);
    return code;
}

/* ---- taking back an import ---- */

typedef struct undoing {
    cs_db *db;
    int64_t import;
    const cs_record_watch *watch;
    cs_message *message;
} undoing;

/* A row that ceased to count because of the import counts again, unless a later one stands in its place. */
static cs_error revive(const undoing *u, int64_t number, cs_arena *arena, cs_record **out) {
    *out = NULL;
    cs_error code = record_run(u->db,
                               "UPDATE record SET is_current = 1, retired_import = NULL WHERE number = :record AND NOT "
                               "EXISTS (SELECT 1 FROM record o WHERE o.kind = record.kind AND o.key = record.key AND "
                               "o.is_current = 1)",
                               number, u->message);
    bool is_back = code == CS_OK && db_changes(u->db) > 0;
    if (code == CS_OK && !is_back) /* it counts again when that one is taken back, too */
        return record_run(u->db,
                          "UPDATE record SET retired_import = (SELECT o.import FROM record o WHERE o.kind = "
                          "record.kind AND o.key = record.key AND o.is_current = 1) WHERE number = :record",
                          number, u->message);
    if (code == CS_OK) code = record_find(u->db, number, arena, out, u->message);
    return code == CS_OK ? mark_record(u->db, *out, u->message) : code;
}

/* The one that it replaced. 0: none. */
static cs_error find_replaced(const undoing *u, int64_t number, int64_t *out) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = 0;
    cs_error code = db_query(u->db,
                             "SELECT o.number FROM record g JOIN record o ON o.kind = g.kind AND o.key = g.key AND "
                             "o.retired_import = :import AND o.number < g.number WHERE g.number = :record ORDER BY "
                             "o.number DESC LIMIT 1",
                             &stmt, u->message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", u->import);
    db_bind_int64(stmt, "record", number);
    return next_number(stmt, out, &has_row, u->message);
}

/* It was replaced since, or is a later import's now: what it replaced itself is replaced by that one. */
static cs_error hand_down(const undoing *u, int64_t replaced, int64_t import) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(u->db, "UPDATE record SET retired_import = :import WHERE number = :replaced", &stmt, u->message);
    if (code != CS_OK) return code;
    if (import)
        db_bind_int64(stmt, "import", import);
    else
        db_bind_null(stmt, "import");
    db_bind_int64(stmt, "replaced", replaced);
    return db_run(stmt, u->message);
}

/* An import that stands and holds the same row: it is that one's from now on, with what it replaced. *later 0: none. */
static cs_error keep_for_later(const undoing *u, int64_t number, int64_t replaced, cs_arena *arena, int64_t *later) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_record *record = NULL;
    cs_error code = db_query(u->db,
                             "SELECT i.number FROM record r JOIN import i ON i.number = r.seen_import WHERE r.number = "
                             ":record AND r.seen_import <> r.import AND i.state NOT IN ('undoing', 'undone')",
                             &stmt, u->message);
    *later = 0;
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "record", number);
    code = next_number(stmt, later, &has_row, u->message);
    if (code != CS_OK || !*later) return code;
    code = record_run(u->db, "UPDATE record SET import = seen_import WHERE number = :record", number, u->message);
    if (code == CS_OK && replaced) code = hand_down(u, replaced, *later);
    if (code == CS_OK) code = record_find(u->db, number, arena, &record, u->message);
    return code == CS_OK ? record_meet(u->db, record, *later, u->message) : code;
}

static cs_error undo_one(const undoing *u, int64_t number, int64_t retired_by, bool is_current, cs_arena *arena,
                         bool *is_kept) {
    cs_record *gone = NULL, *come = NULL;
    int64_t replaced = 0, later = 0;
    cs_error code = find_replaced(u, number, &replaced);
    if (code == CS_OK && is_current) code = keep_for_later(u, number, replaced, arena, &later);
    *is_kept = later != 0;
    if (code != CS_OK || later) return code;
    if (code == CS_OK && is_current) code = record_retire(u->db, number, u->import, arena, &gone, u->message);
    if (code == CS_OK && is_current && replaced) code = revive(u, replaced, arena, &come);
    if (code == CS_OK && is_current) code = record_tell(u->watch, u->db, gone, come, u->message);
    if (code == CS_OK && !is_current && replaced) code = hand_down(u, replaced, retired_by);
    if (code == CS_OK) /* wherever it was read last: the file can be read again */
        code = record_run(u->db, "DELETE FROM source WHERE path = (SELECT path FROM record WHERE number = :record)",
                          number, u->message);
    return code == CS_OK ? record_run(u->db, "DELETE FROM record WHERE number = :record", number, u->message) : code;
}

static cs_error undo_next(const undoing *u, cs_arena *arena, bool *left, bool *is_kept) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        u->db,
        "SELECT number, is_current, retired_import FROM record WHERE import = :import ORDER BY number DESC LIMIT 1",
        &stmt, u->message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", u->import);
    code = db_step(stmt, left, u->message);
    int64_t number = code == CS_OK && *left ? db_int64(stmt, 0) : 0;
    bool is_current = number && db_int64(stmt, 1) != 0;
    int64_t retired_by = number && !db_is_null(stmt, 2) ? db_int64(stmt, 2) : 0;
    db_done(stmt);
    return code == CS_OK && *left ? undo_one(u, number, is_current ? 0 : retired_by, is_current, arena, is_kept) : code;
}

/* Rows that only ceased to stand in their file. */
static cs_error revive_next(const undoing *u, cs_arena *arena, bool *left) {
    cs_stmt *stmt = NULL;
    int64_t number = 0;
    cs_record *come = NULL;
    cs_error code = db_query(u->db, "SELECT number FROM record WHERE retired_import = :import ORDER BY number LIMIT 1",
                             &stmt, u->message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", u->import);
    code = next_number(stmt, &number, left, u->message);
    if (code != CS_OK || !*left) return code;
    code = revive(u, number, arena, &come);
    return code == CS_OK && come ? record_tell(u->watch, u->db, NULL, come, u->message) : code;
}

cs_error records_undo(cs_db *db, int64_t import, int most, const cs_record_watch *watch, int64_t *removed, bool *left,
                      cs_message *message) {
    const undoing u = {db, import, watch, message};
    cs_arena *arena = arena_create(RECORD_ARENA);
    cs_error code = arena ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for a record");
    *left = true;
    for (int i = 0; i < most && *left && code == CS_OK; i++) {
        arena_reset(arena);
        bool is_kept = false;
        code = undo_next(&u, arena, left, &is_kept);
        if (code == CS_OK && *left) {
            *removed += !is_kept;
            continue;
        }
        if (code == CS_OK) code = revive_next(&u, arena, left);
    }
    arena_free(arena);
    return code;
}
