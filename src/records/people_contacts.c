#include "records/people_json.h"

#include "text/mask_json.h"

enum { SHOWN_CONTACTS = 50 };

/* Conversations of a person by what they can be found by. Each arm follows an index; a conversation found twice counts once. */
#define CONTACTS                                                                                                       \
    "SELECT seq FROM (SELECT c.seq FROM person_identity i JOIN conversation c ON c.customer = i.value WHERE i.person " \
    "= "                                                                                                               \
    ":person AND i.kind IN ('customer', 'phone') LIMIT :most) x UNION "                                                \
    "SELECT seq FROM (SELECT k.seq FROM person_identity i JOIN conversation_key k ON k.kind = i.kind AND k.value = "   \
    "i.value WHERE i.person = :person AND i.kind <> 'extension' LIMIT :most) y UNION "                                 \
    "SELECT seq FROM (SELECT c.seq FROM person_identity i JOIN conversation c ON c.agent = i.value WHERE i.person = "  \
    ":person AND i.kind = 'agent_name' LIMIT :most) z"

static void write_text(cs_stmt *stmt, int column, cs_json_writer *out, const char *key) {
    json_write_string(out, key, db_text(stmt, column));
}

static void write_number(cs_stmt *stmt, int column, cs_json_writer *out, const char *key) {
    if (db_is_null(stmt, column))
        json_write_null(out, key);
    else
        json_write_int(out, key, db_int64(stmt, column));
}

static void write_conversation(cs_stmt *stmt, cs_json_writer *out) {
    json_object_open(out, NULL);
    write_text(stmt, 0, out, "id");
    json_write_masked_title(out, "external_id", db_text(stmt, 1), db_text(stmt, 6));
    json_write_masked_title(out, "title", db_text(stmt, db_is_null(stmt, 2) ? 1 : 2), db_text(stmt, 6));
    write_text(stmt, 3, out, "channel");
    write_number(stmt, 4, out, "started_ms");
    write_text(stmt, 5, out, "agent");
    json_write_masked_name(out, "customer", db_text(stmt, 6));
    json_object_open(out, "scores");
    write_number(stmt, 7, out, "compliance");
    write_number(stmt, 8, out, "experience");
    write_number(stmt, 9, out, "risk");
    json_object_close(out);
    json_write_bool(out, "high_risk", db_int64(stmt, 10) != 0);
    json_object_close(out);
}

static cs_error write_conversations(cs_db *db, int64_t number, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT c.id, c.external_id, c.title, c.channel, c.started_ms, c.agent, c.customer, "
                             "c.compliance, c.experience, c.risk, c.high_risk FROM conversation c WHERE c.seq IN "
                             "(" CONTACTS ") ORDER BY c.started_ms DESC, c.seq DESC LIMIT :shown",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "person", number);
    db_bind_int64(stmt, "most", CS_MAX_CONTACTS);
    db_bind_int64(stmt, "shown", SHOWN_CONTACTS);
    json_array_open(out, "conversations");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) write_conversation(stmt, out);
    json_array_close(out);
    db_done(stmt);
    return code;
}

cs_error person_write_contacts(cs_db *db, int64_t number, cs_person_detail detail, cs_json_writer *out,
                               cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t count = 0;
    cs_error code = db_query(db, "SELECT count(*) FROM (" CONTACTS ") found", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "person", number);
    db_bind_int64(stmt, "most", CS_MAX_CONTACTS + 1);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) count = db_int64(stmt, 0);
    db_done(stmt);
    if (code != CS_OK) return code;
    json_write_int(out, "contacts", count > CS_MAX_CONTACTS ? CS_MAX_CONTACTS : count);
    json_write_bool(out, "contacts_more", count > CS_MAX_CONTACTS);
    return detail == CS_PERSON_WHOLE ? write_conversations(db, number, out, message) : CS_OK;
}
