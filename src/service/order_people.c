#include "service/order_people.h"

#include <string.h>

static void name_copy(cs_order_person *out, const char *name) {
    size_t length = strlen(name);
    if (length > CS_MAX_ACCOUNT_AGENT) {
        length = CS_MAX_ACCOUNT_AGENT;
        while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80) length--; /* no cut character */
    }
    memcpy(out->name, name, length);
    out->name[length] = 0;
}

cs_error order_person(cs_db *db, int64_t account, cs_order_person *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT name FROM account WHERE number = :number AND is_disabled = 0", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", account);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        out->account = account;
        name_copy(out, db_text(stmt, 0));
    }
    db_done(stmt);
    if (code != CS_OK || has_row) return code;
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no account %lld to assign to", (long long)account);
    message_remedy(message, "choose one of the list; disabled accounts get no work orders");
    return CS_ERR_NOT_FOUND;
}

cs_error order_person_of_agent(cs_db *db, const char *agent, cs_order_person *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    out->account = 0;
    name_copy(out, agent ? agent : "");
    if (!agent || !*agent) return CS_OK;
    cs_error code = db_query(
        db, "SELECT number, name FROM account WHERE agent = :agent AND is_disabled = 0 ORDER BY number LIMIT 1", &stmt,
        message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "agent", agent);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        out->account = db_int64(stmt, 0);
        name_copy(out, db_text(stmt, 1));
    }
    db_done(stmt);
    return code;
}

static cs_error ask(cs_db *db, const char *sql, int64_t account, bool *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "account", account);
    code = db_step(stmt, &has_row, message);
    db_done(stmt);
    if (code == CS_OK) *out = has_row;
    return code;
}

cs_error order_has_others(cs_db *db, int64_t account, bool *out, cs_message *message) {
    return ask(db,
               "SELECT 1 FROM account WHERE is_disabled = 0 AND number <> :account AND role IN ('reviewer', 'manager') "
               "LIMIT 1",
               account, out, message);
}

cs_error order_is_gone(cs_db *db, int64_t account, bool *out, cs_message *message) {
    bool is_there = true;
    cs_error code = CS_OK;
    if (account)
        code =
            ask(db, "SELECT 1 FROM account WHERE is_disabled = 0 AND number = :account", account, &is_there, message);
    if (code == CS_OK) *out = !is_there;
    return code;
}

cs_error order_people_write(cs_db *db, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db, "SELECT number, name, role, agent FROM account WHERE is_disabled = 0 ORDER BY name, number LIMIT 1000",
        &stmt, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_array_open(out, "people");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        const char *agent = db_text(stmt, 3);
        json_object_open(out, NULL);
        json_write_int(out, "account", db_int64(stmt, 0));
        json_write_string(out, "name", db_text(stmt, 1));
        json_write_string(out, "role", db_text(stmt, 2));
        json_write_string(out, "agent", agent && *agent ? agent : NULL);
        json_object_close(out);
    }
    json_array_close(out);
    json_object_close(out);
    db_done(stmt);
    return code;
}
