#include "records/people_bond.h"

#include <string.h>

static cs_error join(cs_db *db, const cs_bond *a, const cs_bond *b, cs_message *message);

int bond_compare(const cs_bond *a, const cs_bond *b) {
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return strcmp(a->value, b->value);
}

cs_person_kind bond_whose(cs_identity_kind kind) {
    static const cs_person_kind whose[] = {
#define X(code, name, owner, zh) owner,
        CS_IDENTITY_TABLE(X)
#undef X
    };
    return kind < CS_IDENTITY_KINDS ? whose[kind] : CS_PERSON_KINDS;
}

int bond_strength(cs_identity_kind kind) {
    switch (kind) {
    case CS_IDENTITY_CUSTOMER_ID:
    case CS_IDENTITY_AGENT_ID: return 0;
    case CS_IDENTITY_ACCOUNT:
    case CS_IDENTITY_AGENT_NAME: return 1;
    case CS_IDENTITY_OPENID: return 2;
    default: return 3;
    }
}

bool bond_can_join(cs_identity_kind a, cs_identity_kind b) {
    return identity_limit(a, b) > 0 && identity_limit(b, a) > 0;
}

void bond_read(cs_stmt *stmt, int column, cs_bond *out) {
    const char *kind = db_text(stmt, column), *value = db_text(stmt, column + 1);
    *out = (cs_bond){.kind = identity_kind_parse(kind ? kind : "")};
    if (value) (void)strncpy(out->value, value, sizeof out->value - 1);
}

void bond_bind(cs_stmt *stmt, const char *kind, const char *value, const cs_bond *bond) {
    db_bind_text(stmt, kind, identity_kind_name(bond->kind));
    db_bind_text(stmt, value, bond->value);
}

/* ---- links ---- */

/* Links of an identity with one kind, by which of the two stands first in the store. */
static const char OTHERS_BEHIND[] = "SELECT kind_b, value_b, is_undone FROM person_link WHERE kind_a = :kind AND "
                                    "value_a = :value AND kind_b = :other AND import >= 0 LIMIT :limit";
static const char OTHERS_BEFORE[] = "SELECT kind_a, value_a, is_undone FROM person_link WHERE kind_b = :kind AND "
                                    "value_b = :value AND kind_a = :other AND import >= 0 LIMIT :limit";

static cs_error read_others(cs_db *db, const char *sql, const cs_bond *of, cs_identity_kind kind, int most,
                            cs_others *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    bond_bind(stmt, "kind", "value", of);
    db_bind_text(stmt, "other", identity_kind_name(kind));
    db_bind_int64(stmt, "limit", most - out->count);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && out->count < most) {
        bond_read(stmt, 0, &out->others[out->count]);
        out->is_undone[out->count++] = db_int64(stmt, 2) != 0;
    }
    db_done(stmt);
    return code;
}

cs_error bond_others(cs_db *db, const cs_bond *of, cs_identity_kind kind, cs_others *out, cs_message *message) {
    int limit = identity_limit(of->kind, kind), most = limit + 2 < CS_MAX_OTHERS ? limit + 2 : CS_MAX_OTHERS;
    out->count = 0;
    cs_error code = CS_OK;
    if (kind >= of->kind) code = read_others(db, OTHERS_BEHIND, of, kind, most, out, message);
    if (code == CS_OK && kind <= of->kind && out->count < most)
        code = read_others(db, OTHERS_BEFORE, of, kind, most, out, message);
    out->is_shared = out->count > limit;
    out->is_just_shared = out->count == limit + 1;
    return code;
}

cs_error bond_is_shared(cs_db *db, const cs_bond *of, cs_identity_kind kind, bool *is_shared, cs_message *message) {
    cs_others others = {.count = 0};
    *is_shared = identity_limit(of->kind, kind) == 0;
    if (*is_shared) return CS_OK;
    cs_error code = bond_others(db, of, kind, &others, message);
    *is_shared = others.is_shared;
    return code;
}

cs_error bond_added(cs_db *db, const cs_bond *a, const cs_bond *b, bool is_undone, cs_message *message) {
    enum { MOST = 2 * (CS_MAX_OTHERS + 1) };
    if (!bond_can_join(a->kind, b->kind)) return CS_OK;
    cs_others of_a = {.count = 0}, of_b = {.count = 0};
    cs_error code = bond_others(db, a, b->kind, &of_a, message);
    if (code == CS_OK) code = bond_others(db, b, a->kind, &of_b, message);
    if (code != CS_OK) return code;
    if (!of_a.is_shared && !of_b.is_shared) return is_undone ? CS_OK : join(db, a, b, message);
    if (!of_a.is_just_shared && !of_b.is_just_shared) return CS_OK; /* it was shared before: nothing was joined by it */
    cs_bond touched[MOST];
    size_t count = 0;
    touched[count++] = *a;
    touched[count++] = *b;
    for (int i = 0; of_a.is_just_shared && i < of_a.count; i++) touched[count++] = of_a.others[i];
    for (int i = 0; of_b.is_just_shared && i < of_b.count; i++) touched[count++] = of_b.others[i];
    return bond_settle(db, touched, count, message);
}

/* ---- persons ---- */

cs_error bond_person(cs_db *db, const cs_bond *of, int64_t *person, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db, "SELECT person FROM person_identity WHERE kind = :kind AND value = :value", &stmt, message);
    if (code != CS_OK) return code;
    bond_bind(stmt, "kind", "value", of);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *person = has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

cs_error bond_new_person(cs_db *db, cs_person_kind kind, int64_t *person, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db, "INSERT INTO person (kind, created_ms) VALUES (:kind, :now) RETURNING number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "kind", person_kind_name(kind));
    db_bind_int64(stmt, "now", clock_now_ms());
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *person = db_int64(stmt, 0);
    if (code == CS_OK) return db_run(stmt, message);
    db_done(stmt);
    return code;
}

static cs_error has_room(cs_db *db, int64_t one, int64_t other, bool *has, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT count(*) FROM (SELECT 1 FROM person_identity WHERE person IN (:one, :other) LIMIT "
                             ":limit) found",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "one", one);
    db_bind_int64(stmt, "other", other);
    db_bind_int64(stmt, "limit", CS_MAX_PERSON + 1);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *has = has_row && db_int64(stmt, 0) + (one == other) <= CS_MAX_PERSON;
    db_done(stmt);
    return code;
}

cs_error bond_takes(cs_db *db, const cs_bond *known, int64_t person, cs_identity_kind kind, bool *takes,
                    cs_message *message) {
    bool is_shared = false;
    *takes = false;
    if (!bond_can_join(known->kind, kind)) return CS_OK;
    cs_error code = bond_is_shared(db, known, kind, &is_shared, message);
    return code == CS_OK && !is_shared ? has_room(db, person, person, takes, message) : code;
}

static cs_error run_two(cs_db *db, const char *sql, int64_t from, int64_t into, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "from", from);
    db_bind_int64(stmt, "into", into);
    return db_run(stmt, message);
}

cs_error bond_merge(cs_db *db, int64_t from, int64_t into, cs_message *message) {
    cs_error code = run_two(db, "UPDATE person SET merged_into = :into WHERE merged_into = :from", from, into, message);
    if (code == CS_OK)
        code = run_two(db, "UPDATE person SET merged_into = :into WHERE number = :from", from, into, message);
    return code;
}

/* Two persons become the one of the smaller number; nothing else changes, so nobody else need be looked at. */
static cs_error join(cs_db *db, const cs_bond *a, const cs_bond *b, cs_message *message) {
    int64_t one = 0, other = 0;
    bool has = false;
    cs_error code = bond_person(db, a, &one, message);
    if (code == CS_OK) code = bond_person(db, b, &other, message);
    if (code == CS_OK && one != other) code = has_room(db, one, other, &has, message);
    if (code != CS_OK || one == other || !has) return code;
    int64_t into = one < other ? one : other, from = one < other ? other : one;
    code = run_two(db, "UPDATE person_identity SET person = :into WHERE person = :from", from, into, message);
    return code == CS_OK ? bond_merge(db, from, into, message) : code;
}
