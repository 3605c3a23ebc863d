#include "records/people_bond.h"

#include <string.h>

static cs_error name_alone(cs_db *db, const cs_bond *bond, const cs_meeting *meeting, bool *is_nameless,
                           cs_message *message);
static cs_error name_together(cs_db *db, const cs_bond *one, const cs_bond *other, const cs_meeting *meeting,
                              cs_message *message);
static cs_error give_name(cs_db *db, const cs_bond *bond, const char *name, cs_message *message);

/* ---- a row's identities ---- */

static bool is_there(const cs_bond *bonds, size_t count, const cs_bond *bond) {
    for (size_t i = 0; i < count; i++)
        if (bond_compare(&bonds[i], bond) == 0) return true;
    return false;
}

/* Those that name somebody, the strongest first. */
static size_t gather(cs_person_kind kind, const cs_identity *identities, size_t count, cs_bond out[CS_MAX_MEETING]) {
    size_t found = 0;
    for (size_t i = 0; i < count && found < CS_MAX_MEETING; i++) {
        cs_bond bond = {.kind = identities[i].kind};
        if (bond_whose(bond.kind) != kind || !identity_normalise(bond.kind, identities[i].value, bond.value)) continue;
        if (is_there(out, found, &bond)) continue;
        size_t at = found++;
        for (; at > 0 && bond_strength(out[at - 1].kind) > bond_strength(bond.kind); at--) out[at] = out[at - 1];
        out[at] = bond;
    }
    return found;
}

cs_error people_meet(cs_db *db, cs_person_kind kind, const cs_identity *identities, size_t count, const char *name,
                     const cs_meeting *meeting, cs_message *message) {
    cs_bond bonds[CS_MAX_MEETING];
    char kept[CS_IDENTITY_BYTES];
    bool is_nameless = false, has_name = identity_normalise(CS_IDENTITY_AGENT_NAME, name, kept);
    size_t found = gather(kind, identities, count, bonds);
    cs_error code = CS_OK;
    for (size_t i = 1; code == CS_OK && i < found; i++)
        code = name_together(db, &bonds[0], &bonds[i], meeting, message);
    if (code == CS_OK && (found == 1 || (found > 1 && has_name)))
        code = name_alone(db, &bonds[0], meeting, &is_nameless, message);
    if (code == CS_OK && is_nameless && has_name) code = give_name(db, &bonds[0], kept, message);
    return code;
}

static cs_error give_name(cs_db *db, const cs_bond *bond, const char *name, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db, "UPDATE person_identity SET name = :name WHERE kind = :kind AND value = :value", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", name);
    bond_bind(stmt, "kind", "value", bond);
    return db_run(stmt, message);
}

/* ---- naming ---- */

static cs_error add_identity(cs_db *db, const cs_bond *bond, int64_t person, int64_t import, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO person_identity (kind, value, person, import) VALUES (:kind, :value, "
                             ":person, :import)",
                             &stmt, message);
    if (code != CS_OK) return code;
    bond_bind(stmt, "kind", "value", bond);
    db_bind_int64(stmt, "person", person);
    db_bind_int64(stmt, "import", import);
    return db_run(stmt, message);
}

/* Another import says what one said before; other NULL: it names the identity alone. */
static cs_error add_naming(cs_db *db, const cs_bond *one, const cs_bond *other, const cs_meeting *meeting,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO person_naming (kind_a, value_a, kind_b, value_b, import, source, place) VALUES "
                 "(:kind_a, :value_a, :kind_b, :value_b, :import, :source, :place) ON CONFLICT DO NOTHING",
                 &stmt, message);
    if (code != CS_OK) return code;
    bond_bind(stmt, "kind_a", "value_a", one);
    db_bind_text(stmt, "kind_b", other ? identity_kind_name(other->kind) : "");
    db_bind_text(stmt, "value_b", other ? other->value : "");
    db_bind_int64(stmt, "import", meeting->import);
    db_bind_text(stmt, "source", meeting->source ? meeting->source : "");
    db_bind_text(stmt, "place", meeting->place ? meeting->place : "");
    return db_run(stmt, message);
}

/* Someone known costs this one look. */
static cs_error name_alone(cs_db *db, const cs_bond *bond, const cs_meeting *meeting, bool *is_nameless,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t import = 0, person = 0;
    cs_error code = db_query(
        db, "SELECT import, name IS NULL FROM person_identity WHERE kind = :kind AND value = :value", &stmt, message);
    if (code != CS_OK) return code;
    bond_bind(stmt, "kind", "value", bond);
    code = db_step(stmt, &has_row, message);
    *is_nameless = true;
    if (code == CS_OK && has_row) {
        import = db_int64(stmt, 0);
        *is_nameless = db_int64(stmt, 1) != 0;
    }
    db_done(stmt);
    if (code != CS_OK) return code;
    if (has_row) return import == meeting->import ? CS_OK : add_naming(db, bond, NULL, meeting, message);
    code = bond_new_person(db, bond_whose(bond->kind), &person, message);
    return code == CS_OK ? add_identity(db, bond, person, meeting->import, message) : code;
}

/* ---- links ---- */

typedef struct cs_link {
    int64_t number, import; /* number 0: there is none; import -1: nobody says it any more */
    bool is_undone;
    cs_bond a, b;
} cs_link;

static cs_error find_link(cs_db *db, cs_link *link, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT number, import, is_undone FROM person_link WHERE kind_a = :kind_a AND value_a = "
                             ":value_a AND kind_b = :kind_b AND value_b = :value_b",
                             &stmt, message);
    if (code != CS_OK) return code;
    bond_bind(stmt, "kind_a", "value_a", &link->a);
    bond_bind(stmt, "kind_b", "value_b", &link->b);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        link->number = db_int64(stmt, 0);
        link->import = db_int64(stmt, 1);
        link->is_undone = db_int64(stmt, 2) != 0;
    }
    db_done(stmt);
    return code;
}

static cs_error write_link(cs_db *db, const cs_link *link, const cs_meeting *meeting, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db,
        "INSERT INTO person_link (kind_a, value_a, kind_b, value_b, import, source, place, made_ms, is_undone) "
        "VALUES (:kind_a, :value_a, :kind_b, :value_b, :import, :source, :place, :now, 0) ON CONFLICT (kind_a, "
        "value_a, kind_b, value_b) DO UPDATE SET import = excluded.import, source = excluded.source, place = "
        "excluded.place",
        &stmt, message);
    if (code != CS_OK) return code;
    bond_bind(stmt, "kind_a", "value_a", &link->a);
    bond_bind(stmt, "kind_b", "value_b", &link->b);
    db_bind_int64(stmt, "import", meeting->import);
    db_bind_text(stmt, "source", meeting->source ? meeting->source : "");
    db_bind_text(stmt, "place", meeting->place ? meeting->place : "");
    db_bind_int64(stmt, "now", clock_now_ms());
    return db_run(stmt, message);
}

static cs_error add_new(cs_db *db, const cs_bond *bond, int64_t *person, int64_t import, cs_message *message) {
    cs_error code = *person ? CS_OK : bond_new_person(db, bond_whose(bond->kind), person, message);
    return code == CS_OK ? add_identity(db, bond, *person, import, message) : code;
}

/* One that nobody knew before begins as the other's person, unless they can't be joined. Two such are settled by that. */
static cs_error add_ends(cs_db *db, const cs_link *link, int64_t import, bool *is_settled, cs_message *message) {
    int64_t of_a = 0, of_b = 0;
    bool takes = false;
    cs_error code = bond_person(db, &link->a, &of_a, message);
    if (code == CS_OK) code = bond_person(db, &link->b, &of_b, message);
    if (code != CS_OK || (of_a && of_b)) return code;
    bool has_a = of_a != 0, has_b = of_b != 0, can_join = !link->is_undone && bond_can_join(link->a.kind, link->b.kind);
    *is_settled = !has_a && !has_b;
    if (*is_settled)
        takes = can_join;
    else if (can_join)
        code = bond_takes(db, has_a ? &link->a : &link->b, has_a ? of_a : of_b, has_a ? link->b.kind : link->a.kind,
                          &takes, message);
    if (takes && !has_a) of_a = of_b;
    if (code == CS_OK && !has_a) code = add_new(db, &link->a, &of_a, import, message);
    if (takes && !has_b) of_b = of_a;
    if (code == CS_OK && !has_b) code = add_new(db, &link->b, &of_b, import, message);
    return code;
}

/* A pair known costs this one look. */
static cs_error name_together(cs_db *db, const cs_bond *one, const cs_bond *other, const cs_meeting *meeting,
                              cs_message *message) {
    bool is_in_order = bond_compare(one, other) < 0;
    cs_link link = {.a = is_in_order ? *one : *other, .b = is_in_order ? *other : *one};
    cs_error code = find_link(db, &link, message);
    if (code != CS_OK) return code;
    if (link.number && link.import == meeting->import) return CS_OK;
    if (link.number && link.import >= 0) return add_naming(db, &link.a, &link.b, meeting, message);
    bool is_settled = false;
    code = add_ends(db, &link, meeting->import, &is_settled, message);
    if (code == CS_OK) code = write_link(db, &link, meeting, message);
    return code == CS_OK && !is_settled ? bond_added(db, &link.a, &link.b, link.is_undone, message) : code;
}

/* ---- undo and redo ---- */

static cs_error load_link(cs_db *db, int64_t number, cs_link *link, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT import, is_undone, kind_a, value_a, kind_b, value_b FROM person_link WHERE number "
                             "= :number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        *link = (cs_link){.number = number, .import = db_int64(stmt, 0), .is_undone = db_int64(stmt, 1) != 0};
        bond_read(stmt, 2, &link->a);
        bond_read(stmt, 4, &link->b);
    }
    db_done(stmt);
    if (code != CS_OK || has_row) return code;
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no link %lld", (long long)number);
    message_remedy(message, "take the number of a link from the list of people; one whose import was undone is gone");
    return CS_ERR_NOT_FOUND;
}

static cs_error mark_link(cs_db *db, int64_t number, bool is_undone, cs_message *message) {
    cs_link link;
    cs_error code = load_link(db, number, &link, message);
    if (code != CS_OK || link.is_undone == is_undone) return code;
    cs_stmt *stmt = NULL;
    code = db_query(db, "UPDATE person_link SET is_undone = :undone, undone_ms = :at WHERE number = :number", &stmt,
                    message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "undone", is_undone);
    if (is_undone)
        db_bind_int64(stmt, "at", clock_now_ms());
    else
        db_bind_null(stmt, "at");
    db_bind_int64(stmt, "number", number);
    code = db_run(stmt, message);
    const cs_bond ends[] = {link.a, link.b};
    return code == CS_OK ? bond_settle(db, ends, 2, message) : code;
}

cs_error people_part(cs_db *db, int64_t link, cs_message *message) {
    return mark_link(db, link, true, message);
}

cs_error people_join_again(cs_db *db, int64_t link, cs_message *message) {
    return mark_link(db, link, false, message);
}
