#include "records/people_bond.h"

#include <stdlib.h>
#include <string.h>

/* An undone import takes its links and names along, save what another import says too. Links go in batches: their ends are
 * numbered anew together, after those that nobody names any more are gone. */
enum { BATCH = 24, MOST_TOUCHED = BATCH * 2 * (CS_MAX_OTHERS + 1) };

typedef struct cs_said {
    int64_t number;
    bool is_undone;
    cs_bond a, b;
} cs_said;

typedef struct cs_forgetting {
    cs_db *db;
    int64_t import;
    cs_bond touched[MOST_TOUCHED];
    size_t touched_count;
    cs_said batch[BATCH];
    int count;
} cs_forgetting;

static cs_error forget_links(cs_forgetting *forgetting, cs_message *message);
static cs_error forget_identities(cs_forgetting *forgetting, cs_message *message);

static cs_error run_import(const cs_forgetting *forgetting, const char *sql, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(forgetting->db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", forgetting->import);
    return db_run(stmt, message);
}

cs_error people_forget_import(cs_db *db, int64_t import, cs_message *message) {
    cs_forgetting *forgetting = calloc(1, sizeof *forgetting);
    if (!forgetting) return message_set(message, CS_ERR_MEMORY, "no memory to take back what an import said of people");
    forgetting->db = db;
    forgetting->import = import;
    cs_error code = forget_links(forgetting, message);
    if (code == CS_OK) code = run_import(forgetting, "DELETE FROM person_naming WHERE import = :import", message);
    if (code == CS_OK) code = forget_identities(forgetting, message);
    free(forgetting);
    return code;
}

/* ---- identities ---- */

/* Runs a query of one number about an identity; 0 when there is no row. */
static cs_error ask(const cs_forgetting *forgetting, const char *sql, const cs_bond *bond, int64_t *out,
                    cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(forgetting->db, sql, &stmt, message);
    if (code != CS_OK) return code;
    bond_bind(stmt, "kind", "value", bond);
    db_bind_int64(stmt, "import", forgetting->import);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *out = has_row ? db_int64(stmt, 0) : -1;
    db_done(stmt);
    return code;
}

/* An import that names it, alone or in a link; -1: none. The forgotten one where a link of it still waits: which of the links
 * is found first does not matter, and one that is shared has too many to look at all of them each time. */
static const char WHO_NAMES[] =
    "SELECT import FROM person_naming WHERE kind_a = :kind AND value_a = :value AND kind_b = '' AND import <> :import "
    "UNION ALL SELECT import FROM person_link WHERE kind_a = :kind AND value_a = :value AND import >= 0 "
    "UNION ALL SELECT import FROM person_link WHERE kind_b = :kind AND value_b = :value AND import >= 0 LIMIT 1";

static cs_error move_identity(const cs_forgetting *forgetting, const cs_bond *bond, int64_t to, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(forgetting->db, "UPDATE person_identity SET import = :to WHERE kind = :kind AND value = :value", &stmt,
                 message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "to", to);
    bond_bind(stmt, "kind", "value", bond);
    return db_run(stmt, message);
}

static cs_error run_person(const cs_forgetting *forgetting, const char *sql, int64_t person, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(forgetting->db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "person", person);
    return db_run(stmt, message);
}

static cs_error drop_identity(const cs_forgetting *forgetting, const cs_bond *bond, cs_message *message) {
    int64_t person = 0;
    cs_stmt *stmt = NULL;
    cs_error code = bond_person(forgetting->db, bond, &person, message);
    if (code == CS_OK)
        code = db_query(forgetting->db, "DELETE FROM person_identity WHERE kind = :kind AND value = :value", &stmt,
                        message);
    if (code != CS_OK) return code;
    bond_bind(stmt, "kind", "value", bond);
    code = db_run(stmt, message);
    static const char *const gone[] = {
        "DELETE FROM person WHERE merged_into = :person AND NOT EXISTS (SELECT 1 FROM person_identity WHERE person = "
        ":person)",
        "DELETE FROM person WHERE number = :person AND NOT EXISTS (SELECT 1 FROM person_identity WHERE person = "
        ":person)",
    };
    for (int i = 0; code == CS_OK && i < 2; i++) code = run_person(forgetting, gone[i], person, message);
    return code;
}

/* An identity that this import brought stays with another one that names it, or goes. */
static cs_error release_identity(const cs_forgetting *forgetting, const cs_bond *bond, cs_message *message) {
    int64_t own = -1, other = -1;
    cs_error code =
        ask(forgetting, "SELECT import FROM person_identity WHERE kind = :kind AND value = :value AND import = :import",
            bond, &own, message);
    if (code != CS_OK || own < 0) return code;
    code = ask(forgetting, WHO_NAMES, bond, &other, message);
    if (code != CS_OK || other == forgetting->import) return code;
    return other < 0 ? drop_identity(forgetting, bond, message) : move_identity(forgetting, bond, other, message);
}

static cs_error read_identities(cs_forgetting *forgetting, const cs_bond *after, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(forgetting->db,
                 "SELECT kind, value FROM person_identity WHERE (kind, value) > (:kind, :value) AND import = "
                 ":import ORDER BY kind, value LIMIT :limit",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "kind", after ? identity_kind_name(after->kind) : "");
    db_bind_text(stmt, "value", after ? after->value : "");
    db_bind_int64(stmt, "import", forgetting->import);
    db_bind_int64(stmt, "limit", MOST_TOUCHED);
    forgetting->touched_count = 0;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && forgetting->touched_count < MOST_TOUCHED)
        bond_read(stmt, 0, &forgetting->touched[forgetting->touched_count++]);
    db_done(stmt);
    return code;
}

static cs_error forget_identities(cs_forgetting *forgetting, cs_message *message) {
    cs_error code = read_identities(forgetting, NULL, message);
    while (code == CS_OK && forgetting->touched_count > 0) {
        cs_bond last = forgetting->touched[forgetting->touched_count - 1];
        for (size_t i = 0; code == CS_OK && i < forgetting->touched_count; i++)
            code = release_identity(forgetting, &forgetting->touched[i], message);
        if (code == CS_OK) code = read_identities(forgetting, &last, message);
    }
    return code;
}

/* ---- links ---- */

static cs_error read_links(cs_forgetting *forgetting, int64_t after, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(forgetting->db,
                 "SELECT number, is_undone, kind_a, value_a, kind_b, value_b FROM person_link WHERE number > "
                 ":after AND import = :import ORDER BY number LIMIT :limit",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "after", after);
    db_bind_int64(stmt, "import", forgetting->import);
    db_bind_int64(stmt, "limit", BATCH);
    forgetting->count = 0;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && forgetting->count < BATCH) {
        cs_said *said = &forgetting->batch[forgetting->count++];
        said->number = db_int64(stmt, 0);
        said->is_undone = db_int64(stmt, 1) != 0;
        bond_read(stmt, 2, &said->a);
        bond_read(stmt, 4, &said->b);
    }
    db_done(stmt);
    return code;
}

static cs_error run_link(const cs_forgetting *forgetting, const char *sql, const cs_said *said, bool by_pair,
                         cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(forgetting->db, sql, &stmt, message);
    if (code != CS_OK) return code;
    if (by_pair) {
        bond_bind(stmt, "kind_a", "value_a", &said->a);
        bond_bind(stmt, "kind_b", "value_b", &said->b);
    } else {
        db_bind_int64(stmt, "number", said->number);
    }
    return db_run(stmt, message);
}

#define PAIR "kind_a = :kind_a AND value_a = :value_a AND kind_b = :kind_b AND value_b = :value_b"

/* To the earliest other import that says it; the link's own place goes with it. */
static cs_error pass_on(const cs_forgetting *forgetting, const cs_said *said, bool *is_passed, cs_message *message) {
    cs_error code = run_link(forgetting,
                             "UPDATE person_link SET (import, source, place) = (SELECT import, source, place FROM "
                             "person_naming WHERE " PAIR " ORDER BY import LIMIT 1) WHERE " PAIR
                             " AND EXISTS (SELECT 1 FROM person_naming WHERE " PAIR ")",
                             said, true, message);
    if (code == CS_OK) *is_passed = db_changes(forgetting->db) > 0;
    if (code != CS_OK || !*is_passed) return code;
    return run_link(forgetting,
                    "DELETE FROM person_naming WHERE " PAIR " AND import = (SELECT import FROM person_link WHERE " PAIR
                    ")",
                    said, true, message);
}

/* One that was shared until now joins again whom it is named with. */
static cs_error touch_end(cs_forgetting *forgetting, const cs_bond *end, const cs_bond *other, cs_message *message) {
    cs_others others = {.count = 0};
    forgetting->touched[forgetting->touched_count++] = *end;
    cs_error code = bond_others(forgetting->db, end, other->kind, &others, message);
    bool was_shared = others.count == identity_limit(end->kind, other->kind);
    for (int i = 0; code == CS_OK && was_shared && i < others.count; i++)
        forgetting->touched[forgetting->touched_count++] = others.others[i];
    return code;
}

static cs_error forget_link(cs_forgetting *forgetting, const cs_said *said, cs_message *message) {
    bool is_passed = false;
    cs_error code = pass_on(forgetting, said, &is_passed, message);
    if (code != CS_OK || is_passed) return code;
    /* What somebody undid is remembered, for the day the same row comes again. */
    code = run_link(forgetting,
                    said->is_undone ? "UPDATE person_link SET import = -1 WHERE number = :number"
                                    : "DELETE FROM person_link WHERE number = :number",
                    said, false, message);
    if (code == CS_OK) code = touch_end(forgetting, &said->a, &said->b, message);
    return code == CS_OK ? touch_end(forgetting, &said->b, &said->a, message) : code;
}

static cs_error forget_links(cs_forgetting *forgetting, cs_message *message) {
    cs_error code = read_links(forgetting, 0, message);
    while (code == CS_OK && forgetting->count > 0) {
        int64_t last = forgetting->batch[forgetting->count - 1].number;
        forgetting->touched_count = 0;
        for (int i = 0; code == CS_OK && i < forgetting->count; i++)
            code = forget_link(forgetting, &forgetting->batch[i], message);
        for (size_t i = 0; code == CS_OK && i < forgetting->touched_count; i++)
            code = release_identity(forgetting, &forgetting->touched[i], message);
        if (code == CS_OK) code = bond_settle(forgetting->db, forgetting->touched, forgetting->touched_count, message);
        if (code == CS_OK) code = read_links(forgetting, last, message);
    }
    return code;
}
