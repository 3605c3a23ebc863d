#include "records/people_json.h"

#include "records/people_bond.h"
#include "text/mask_json.h"

#include <string.h>

/* The strongest first; of a name that came with several identities the strongest one's counts. */
#define STRENGTH                                                                                                       \
    "CASE kind WHEN 'customer' THEN 0 WHEN 'agent_id' THEN 0 WHEN 'account' THEN 1 WHEN 'agent_name' THEN 1 WHEN "     \
    "'openid' THEN 2 ELSE 3 END"

typedef struct cs_head {
    int64_t number;
    cs_person_kind kind;
} cs_head;

static cs_error refuse_unknown(int64_t number, cs_message *message) {
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no person %lld", (long long)number);
    message_remedy(message,
                   "look for the name or the phone number in the list; an undone import takes its people along");
    return CS_ERR_NOT_FOUND;
}

/* Follows a merged number to the person it went into. */
static cs_error read_head(cs_db *db, int64_t number, cs_head *head, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "SELECT p.number, p.kind FROM person p WHERE p.number = coalesce((SELECT q.merged_into FROM "
                 "person q WHERE q.number = :number), :number)",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        *head = (cs_head){.number = db_int64(stmt, 0), .kind = person_kind_parse(db_text(stmt, 1))};
    db_done(stmt);
    return code == CS_OK && !has_row ? refuse_unknown(number, message) : code;
}

static cs_error write_name(cs_db *db, int64_t number, cs_person_kind kind, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db,
        "SELECT CASE kind WHEN 'agent_name' THEN value ELSE name END AS known FROM person_identity "
        "WHERE person = :person AND (kind = 'agent_name' OR name IS NOT NULL) ORDER BY " STRENGTH ", value LIMIT 1",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "person", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && kind == CS_PERSON_CUSTOMER)
        json_write_masked_name(out, "name", has_row ? db_text(stmt, 0) : NULL);
    else if (code == CS_OK)
        json_write_string(out, "name", has_row ? db_text(stmt, 0) : NULL);
    db_done(stmt);
    return code;
}

static void write_identity(cs_json_writer *out, const char *key, const char *kind, const char *value) {
    json_object_open(out, key);
    json_write_string(out, "kind", kind);
    if (strncmp(kind, "agent", 5) == 0 || strcmp(kind, "extension") == 0)
        json_write_string(out, "value", value);
    else if (strcmp(kind, "phone") == 0)
        json_write_masked_phone(out, "value", value);
    else if (strcmp(kind, "customer") == 0)
        json_write_masked_name(out, "value", value);
    else
        json_write_masked(out, "value", value);
    json_object_close(out);
}

static cs_error write_identities(cs_db *db, int64_t number, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db, "SELECT kind, value FROM person_identity WHERE person = :person ORDER BY " STRENGTH ", value LIMIT :limit",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "person", number);
    db_bind_int64(stmt, "limit", CS_MAX_PERSON);
    json_array_open(out, "identities");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        write_identity(out, NULL, db_text(stmt, 0), db_text(stmt, 1));
    json_array_close(out);
    db_done(stmt);
    return code;
}

/* ---- links ---- */

/* Of either end, while both ends are still known. */
#define LINK_COLUMNS                                                                                                   \
    "l.number, l.kind_a, l.value_a, l.kind_b, l.value_b, l.source, l.place, l.made_ms, l.import, l.is_undone, "        \
    "a.person = "                                                                                                      \
    "b.person"
#define LINK_ENDS                                                                                                      \
    " JOIN person_identity a ON a.kind = l.kind_a AND a.value = l.value_a JOIN person_identity b ON b.kind = "         \
    "l.kind_b AND b.value = l.value_b "
static const char LINKS[] =
    "SELECT * FROM (SELECT " LINK_COLUMNS
    " FROM person_identity i JOIN person_link l ON l.kind_a = i.kind AND l.value_a "
    "= i.value" LINK_ENDS "WHERE i.person = :person AND l.import >= 0 LIMIT :limit) x UNION SELECT * FROM "
    "(SELECT " LINK_COLUMNS " FROM person_identity i JOIN person_link l ON l.kind_b = i.kind AND l.value_b = "
    "i.value" LINK_ENDS "WHERE i.person = :person AND l.import >= 0 LIMIT :limit) y ORDER BY 1 LIMIT :limit";

/* Why a link that is there does not join its ends; NULL: it joins them. */
static cs_error find_why_not(cs_db *db, cs_stmt *stmt, const char **why_not, cs_message *message) {
    cs_bond a, b;
    bool is_shared = false;
    bond_read(stmt, 1, &a);
    bond_read(stmt, 3, &b);
    *why_not = db_int64(stmt, 9) ? "undone" : NULL;
    if (*why_not) return CS_OK;
    cs_error code = bond_is_shared(db, &a, b.kind, &is_shared, message);
    if (code == CS_OK && !is_shared) code = bond_is_shared(db, &b, a.kind, &is_shared, message);
    if (is_shared)
        *why_not = "shared";
    else if (!db_int64(stmt, 10))
        *why_not = "too_large";
    return code;
}

static cs_error write_link(cs_db *db, cs_stmt *stmt, cs_json_writer *out, cs_message *message) {
    const char *why_not = NULL;
    cs_error code = find_why_not(db, stmt, &why_not, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_write_int(out, "number", db_int64(stmt, 0));
    write_identity(out, "a", db_text(stmt, 1), db_text(stmt, 2));
    write_identity(out, "b", db_text(stmt, 3), db_text(stmt, 4));
    json_write_masked_title(out, "source", db_text(stmt, 5), NULL);
    json_write_masked(out, "place", db_text(stmt, 6));
    json_write_int(out, "made_ms", db_int64(stmt, 7));
    if (db_int64(stmt, 8) > 0)
        json_write_int(out, "import", db_int64(stmt, 8));
    else
        json_write_null(out, "import");
    json_write_bool(out, "is_undone", db_int64(stmt, 9) != 0);
    json_write_bool(out, "joins", why_not == NULL);
    json_write_string(out, "why_not", why_not);
    json_object_close(out);
    return CS_OK;
}

static cs_error write_links(cs_db *db, int64_t number, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t count = 0;
    cs_error code = db_query(db, LINKS, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "person", number);
    db_bind_int64(stmt, "limit", CS_MAX_PERSON_LINKS + 1);
    json_array_open(out, "links");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && count++ < CS_MAX_PERSON_LINKS)
        if ((code = write_link(db, stmt, out, message)) != CS_OK) break;
    json_array_close(out);
    json_write_bool(out, "links_more", count > CS_MAX_PERSON_LINKS);
    db_done(stmt);
    return code;
}

/* ---- a person ---- */

cs_error person_write(cs_db *db, int64_t number, const char *key, cs_person_detail detail, cs_json_writer *out,
                      cs_message *message) {
    cs_head head = {0};
    cs_error code = read_head(db, number, &head, message);
    if (code != CS_OK) return code;
    json_object_open(out, key);
    json_write_int(out, "number", head.number);
    json_write_string(out, "kind", person_kind_name(head.kind));
    code = write_name(db, head.number, head.kind, out, message);
    if (code == CS_OK) code = write_identities(db, head.number, out, message);
    if (code == CS_OK) code = write_links(db, head.number, out, message);
    if (code == CS_OK) code = person_write_contacts(db, head.number, detail, out, message);
    json_object_close(out);
    return code;
}

cs_error people_one(cs_db *db, int64_t number, cs_json_writer *out, cs_message *message) {
    return person_write(db, number, NULL, CS_PERSON_WHOLE, out, message);
}

cs_error people_write_of(cs_db *db, cs_identity_kind kind, const char *value, const char *key, cs_json_writer *out,
                         cs_message *message) {
    cs_bond bond = {.kind = kind};
    int64_t person = 0;
    cs_error code = CS_OK;
    if (identity_normalise(kind, value, bond.value)) code = bond_person(db, &bond, &person, message);
    if (code == CS_OK && person) return person_write(db, person, key, CS_PERSON_BRIEF, out, message);
    if (code == CS_OK) json_write_null(out, key);
    return code;
}

static cs_error write_ends(cs_db *db, const int64_t persons[2], cs_json_writer *out, cs_message *message) {
    cs_error code = CS_OK;
    json_object_open(out, NULL);
    json_array_open(out, "people");
    for (int i = 0; code == CS_OK && i < 2; i++)
        if (persons[i] && (i == 0 || persons[i] != persons[0]))
            code = person_write(db, persons[i], NULL, CS_PERSON_BRIEF, out, message);
    json_array_close(out);
    json_object_close(out);
    return code;
}

cs_error people_of_link(cs_db *db, int64_t link, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t persons[2] = {0};
    cs_error code =
        db_query(db, "SELECT a.person, b.person FROM person_link l" LINK_ENDS "WHERE l.number = :link", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "link", link);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        persons[0] = db_int64(stmt, 0);
        persons[1] = db_int64(stmt, 1);
    }
    db_done(stmt);
    return code == CS_OK ? write_ends(db, persons, out, message) : code;
}
