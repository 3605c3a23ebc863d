#include "imports/undo.h"

#include "imports/import.h"
#include "imports/undo_conversation.h"
#include "quality/ticket_events.h"
#include "records/people.h"
#include "records/record_store.h"

#include <stdlib.h>

enum { STEP = 500 }; /* of items in one transaction */

typedef struct undoing {
    cs_db *db;
    const char *data;
    const cs_ruleset *rules;
    cs_packer *packer;
    int64_t import;
    cs_import_counts *counts;
} undoing;

typedef struct item {
    int64_t seq, was_version;
    bool was_there;
} item;

/* The next of a list, before any of them is changed. */
static cs_error take_items(const undoing *u, item *items, size_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *count = 0;
    cs_error code =
        db_query(u->db, "SELECT seq, was_version FROM import_item WHERE import = :import ORDER BY seq LIMIT :most",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", u->import);
    db_bind_int64(stmt, "most", STEP);
    while (*count < STEP && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        items[(*count)++] = (item){db_int64(stmt, 0), db_int64(stmt, 1), !db_is_null(stmt, 1)};
    db_done(stmt);
    return code;
}

static cs_error find_number(cs_db *db, const char *sql, int64_t a, int64_t b, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = 0;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "a", a);
    db_bind_int64(stmt, "b", b);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *out = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

/* As the row has it by now: another server may take back the same import beside this one. */
static cs_error read_counts(const undoing *u, cs_message *message) {
    cs_import_row row;
    cs_error code = import_read(u->db, u->import, &row, message);
    if (code != CS_OK) return code;
    *u->counts = row.counts;
    u->counts->has_undo = true;
    return CS_OK;
}

/* ---- conversations ---- */

/* The later import's undo then leads to what was there before this one. */
static cs_error hand_on(const undoing *u, const item *one, int64_t later, cs_message *message) {
    const int64_t values[] = {later, one->seq, one->was_version};
    return undo_run_sql(u->db,
                        one->was_there ? "UPDATE import_item SET was_version = :c WHERE import = :a AND seq = :b"
                                       : "UPDATE import_item SET was_version = NULL WHERE import = :a AND seq = :b",
                        one->was_there ? "abc" : "ab", values, message);
}

/* A later import held the same text: it is that one's from now on. *seen 0: none did. */
static cs_error keep_for_later(const undoing *u, const item *one, int64_t *seen, cs_message *message) {
    cs_error code = find_number(u->db,
                                "SELECT i.number FROM conversation c JOIN import i ON i.number = c.seen_import WHERE "
                                "c.seq = :a AND i.number > :b AND i.state NOT IN ('undoing', 'undone')",
                                one->seq, u->import, seen, message);
    if (code != CS_OK || !*seen) return code;
    const int64_t values[] = {*seen, one->seq, one->was_version};
    code = undo_run_sql(u->db,
                        one->was_there ? "INSERT INTO import_item (import, seq, was_version) VALUES (:a, :b, :c)"
                                       : "INSERT INTO import_item (import, seq) VALUES (:a, :b)",
                        one->was_there ? "abc" : "ab", values, message);
    return code == CS_OK ? conversation_name_people(u->db, u->packer, one->seq, *seen, message) : code;
}

static cs_error take_back(const undoing *u, const item *one, cs_message *message) {
    int64_t later, seen = 0;
    const int64_t values[] = {u->import, one->seq};
    cs_error code =
        find_number(u->db, "SELECT coalesce(min(import), 0) FROM import_item WHERE seq = :a AND import > :b", one->seq,
                    u->import, &later, message);
    if (code == CS_OK && !later) code = keep_for_later(u, one, &seen, message);
    if (code != CS_OK) return code;
    if (later || seen) {
        u->counts->undo_kept++;
        if (later) code = hand_on(u, one, later, message);
    } else if (one->was_there) {
        u->counts->undo_restored++;
        code = conversation_restore(u->db, u->packer, u->rules, one->seq, one->was_version, message);
    } else {
        u->counts->undo_removed++;
        code = conversation_remove(u->db, u->rules, one->seq, message);
    }
    return code == CS_OK
               ? undo_run_sql(u->db, "DELETE FROM import_item WHERE import = :a AND seq = :b", "ab", values, message)
               : code;
}

static cs_error step_conversations(const undoing *u, const item *items, size_t count, cs_message *message) {
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < count; i++) code = take_back(u, &items[i], message);
    return code == CS_OK ? undo_remove_blobs(u->db, u->data, message) : code;
}

/* ---- records ---- */

/* One transaction: some of the import's records, and what was counted with them. */
static cs_error step_records(const undoing *u, bool *left, cs_message *message) {
    cs_import_counts before = *u->counts;
    cs_error code = db_begin(u->db, message);
    if (code != CS_OK) return code;
    code = read_counts(u, message);
    if (code == CS_OK)
        code = records_undo(u->db, u->import, STEP, &ticket_events_watch, &u->counts->undo_records, left, message);
    if (code == CS_OK) code = import_save_counts(u->db, u->import, u->counts, message);
    if (code == CS_OK) code = db_commit(u->db, message);
    if (code == CS_OK) return CS_OK;
    db_rollback(u->db);
    *u->counts = before;
    return code;
}

static cs_error take_back_records(const undoing *u, const volatile sig_atomic_t *is_stopped, cs_message *message) {
    bool left = true;
    cs_error code = CS_OK;
    while (code == CS_OK && left) {
        if (is_stopped && *is_stopped) return message_set(message, CS_ERR_STOPPED, "stopped");
        code = step_records(u, &left, message);
    }
    return code;
}

/* ---- the run ---- */

/* One transaction: a step, and what was counted with it. */
static cs_error run_step(const undoing *u, size_t *count, cs_message *message) {
    item items[STEP];
    cs_import_counts before = *u->counts;
    cs_error code = db_begin(u->db, message);
    if (code != CS_OK) return code;
    code = read_counts(u, message);
    if (code == CS_OK) code = take_items(u, items, count, message);
    if (code == CS_OK) code = step_conversations(u, items, *count, message);
    if (code == CS_OK) code = import_save_counts(u->db, u->import, u->counts, message);
    if (code == CS_OK) code = db_commit(u->db, message);
    if (code == CS_OK) return CS_OK;
    db_rollback(u->db);
    *u->counts = before;
    return code;
}

static cs_error take_back_conversations(const undoing *u, const volatile sig_atomic_t *is_stopped,
                                        cs_message *message) {
    size_t count = STEP;
    cs_error code = CS_OK;
    while (code == CS_OK && count == STEP) {
        if (is_stopped && *is_stopped) return message_set(message, CS_ERR_STOPPED, "stopped");
        code = run_step(u, &count, message);
    }
    return code;
}

static cs_error end_it(const undoing *u, cs_message *message) {
    cs_error code = db_begin(u->db, message);
    if (code != CS_OK) return code;
    code = people_forget_import(u->db, u->import, message);
    if (code == CS_OK) code = undo_run_sql(u->db, "DELETE FROM source WHERE import = :a", "a", &u->import, message);
    if (code == CS_OK) return db_commit(u->db, message);
    db_rollback(u->db);
    return code;
}

cs_error undo_run(cs_db *db, const char *data, const cs_ruleset *rules, int64_t import,
                  const volatile sig_atomic_t *is_stopped, cs_import_counts *counts, cs_message *message) {
    undoing u = {.db = db, .data = data, .rules = rules, .import = import, .counts = counts};
    counts->has_undo = true;
    cs_error code = packer_open(db, &u.packer, message);
    if (code == CS_OK) code = undo_prepare_blobs(db, message);
    if (code == CS_OK) code = take_back_conversations(&u, is_stopped, message);
    if (code == CS_OK) code = take_back_records(&u, is_stopped, message);
    if (code == CS_OK) code = end_it(&u, message);
    packer_close(u.packer);
    return code;
}
