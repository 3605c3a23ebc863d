#include "access/audit.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

typedef struct cs_entry {
    int64_t number, at_ms, account;
    const char *name, *action, *subject, *detail;
} cs_entry;

/* ---- the chain ---- */

static void hash_number(crypto_generichash_state *state, int64_t value) {
    unsigned char bytes[8];
    for (unsigned i = 0; i < 8; i++) bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
    (void)crypto_generichash_update(state, bytes, sizeof bytes);
}

static void hash_text(crypto_generichash_state *state, const char *text) {
    size_t length = strlen(text);
    hash_number(state, (int64_t)length);
    (void)crypto_generichash_update(state, (const unsigned char *)text, length);
}

static void hash_entry(const unsigned char before[CS_AUDIT_HASH_BYTES], const cs_entry *entry,
                       unsigned char out[CS_AUDIT_HASH_BYTES]) {
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, CS_AUDIT_HASH_BYTES);
    (void)crypto_generichash_update(&state, before, CS_AUDIT_HASH_BYTES);
    hash_number(&state, entry->number);
    hash_number(&state, entry->at_ms);
    hash_number(&state, entry->account);
    hash_text(&state, entry->name);
    hash_text(&state, entry->action);
    hash_text(&state, entry->subject);
    hash_text(&state, entry->detail);
    (void)crypto_generichash_final(&state, out, CS_AUDIT_HASH_BYTES);
}

static bool read_hash(cs_stmt *stmt, int column, unsigned char out[CS_AUDIT_HASH_BYTES]) {
    size_t length = 0;
    const void *bytes = db_bytes(stmt, column, &length);
    if (!bytes || length != CS_AUDIT_HASH_BYTES) return false;
    (void)memcpy(out, bytes, CS_AUDIT_HASH_BYTES);
    return true;
}

/* ---- adding ---- */

static cs_error read_last(cs_db *db, int64_t *number, unsigned char hash[CS_AUDIT_HASH_BYTES], cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *number = 0;
    memset(hash, 0, CS_AUDIT_HASH_BYTES);
    cs_error code = db_query(db, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        *number = db_int64(stmt, 0);
        (void)read_hash(stmt, 1, hash); /* a damaged one: verify tells */
    }
    db_done(stmt);
    return code;
}

static void cut_text(const char *text, char *out, size_t size) {
    (void)snprintf(out, size, "%s", text ? text : "");
    size_t length = strlen(out);
    out[utf8_invalid_at(out, length)] = 0; /* the limit may have cut a character */
}

cs_error audit_add(cs_db *db, const cs_account *account, const char *action, const char *subject, const char *detail,
                   cs_message *message) {
    unsigned char before[CS_AUDIT_HASH_BYTES], hash[CS_AUDIT_HASH_BYTES];
    char whose[CS_MAX_ACCOUNT_NAME + 1], what[CS_MAX_AUDIT_ACTION + 1];
    char to_what[CS_MAX_AUDIT_TEXT + 1], more[CS_MAX_AUDIT_TEXT + 1];
    cs_stmt *stmt = NULL;
    int64_t last = 0;
    cut_text(account->name, whose, sizeof whose);
    cut_text(action, what, sizeof what);
    cut_text(subject, to_what, sizeof to_what);
    cut_text(detail, more, sizeof more);
    cs_error code = read_last(db, &last, before, message);
    if (code != CS_OK) return code;
    const cs_entry entry = {last + 1, clock_now_ms(), account->number, whose, what, to_what, more};
    hash_entry(before, &entry, hash);
    code = db_query(db,
                    "INSERT INTO audit (number, at_ms, account, name, action, subject, detail, hash) VALUES (:number, "
                    ":at_ms, :account, :name, :action, :subject, :detail, :hash)",
                    &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", entry.number);
    db_bind_int64(stmt, "at_ms", entry.at_ms);
    db_bind_int64(stmt, "account", entry.account);
    db_bind_text(stmt, "name", entry.name);
    db_bind_text(stmt, "action", entry.action);
    db_bind_text(stmt, "subject", entry.subject);
    db_bind_text(stmt, "detail", entry.detail);
    db_bind_bytes(stmt, "hash", hash, sizeof hash);
    return db_run(stmt, message);
}

cs_error audit_write(const char *data, const cs_account *account, const char *action, const char *subject,
                     const char *detail, cs_message *message) {
    cs_db *db = NULL;
    cs_error code = db_open(data, CS_DB_WRITE, &db, message);
    if (code == CS_OK) code = db_begin(db, message);
    if (code == CS_OK) code = audit_add(db, account, action, subject, detail, message);
    if (code == CS_OK)
        code = db_commit(db, message);
    else if (db)
        db_rollback(db);
    db_close(db);
    return code;
}

/* ---- reading ---- */

static void write_entry(cs_stmt *stmt, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_int(out, "number", db_int64(stmt, 0));
    json_write_int(out, "at_ms", db_int64(stmt, 1));
    json_write_int(out, "account", db_int64(stmt, 2));
    json_write_string(out, "name", db_text(stmt, 3));
    json_write_string(out, "action", db_text(stmt, 4));
    json_write_string(out, "subject", db_text(stmt, 5));
    json_write_string(out, "detail", db_text(stmt, 6));
    json_object_close(out);
}

static void write_where(const cs_audit_filter *filter, char *out, size_t size) {
    size_t length = filter->action ? strlen(filter->action) : 0;
    bool is_noun = length > 0 && filter->action[length - 1] == '.';
    (void)snprintf(
        out, size,
        "SELECT number, at_ms, account, name, action, subject, detail FROM audit WHERE number < :before%s%s%s%s "
        "ORDER BY number DESC LIMIT :limit",
        filter->from_ms != CS_NO_TIME ? " AND at_ms >= :from_ms" : "",
        filter->to_ms != CS_NO_TIME ? " AND at_ms < :to_ms" : "",
        filter->account != INT64_MIN ? " AND account = :account" : "",
        !filter->action ? ""
        : is_noun       ? " AND action >= :action AND action < :action_end"
                        : " AND action = :action");
}

cs_error audit_list(cs_db *db, const cs_audit_filter *filter, cs_json_writer *out, cs_message *message) {
    char sql[512], end[CS_MAX_AUDIT_ACTION + 1];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int count = 0;
    int64_t last = 0;
    write_where(filter, sql, sizeof sql);
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "before", filter->before > 0 ? filter->before : INT64_MAX);
    db_bind_int64(stmt, "limit", filter->limit + 1);
    if (filter->from_ms != CS_NO_TIME) db_bind_int64(stmt, "from_ms", filter->from_ms);
    if (filter->to_ms != CS_NO_TIME) db_bind_int64(stmt, "to_ms", filter->to_ms);
    if (filter->account != INT64_MIN) db_bind_int64(stmt, "account", filter->account);
    if (filter->action) {
        db_bind_text(stmt, "action", filter->action);
        (void)snprintf(end, sizeof end, "%s", filter->action);
        size_t length = strlen(end);
        if (length > 0 && end[length - 1] == '.') {
            end[length - 1] = '/'; /* the character behind the full stop */
            db_bind_text(stmt, "action_end", end);
        }
    }
    json_object_open(out, NULL);
    json_array_open(out, "entries");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && count < filter->limit) {
        last = db_int64(stmt, 0);
        write_entry(stmt, out);
        count++;
    }
    json_array_close(out);
    if (has_row)
        json_write_int(out, "next", last);
    else
        json_write_null(out, "next");
    json_object_close(out);
    db_done(stmt);
    return code;
}

cs_error audit_verify(cs_db *db, cs_audit_state *out, cs_message *message) {
    unsigned char hash[CS_AUDIT_HASH_BYTES], stored[CS_AUDIT_HASH_BYTES];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = (cs_audit_state){0};
    cs_error code =
        db_query(db, "SELECT number, at_ms, account, name, action, subject, detail, hash FROM audit ORDER BY number",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_stream(stmt);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        const cs_entry entry = {db_int64(stmt, 0), db_int64(stmt, 1), db_int64(stmt, 2), db_text(stmt, 3),
                                db_text(stmt, 4),  db_text(stmt, 5),  db_text(stmt, 6)};
        hash_entry(out->hash, &entry, hash);
        if (entry.number != out->rows + 1 || !read_hash(stmt, 7, stored) || memcmp(stored, hash, sizeof hash) != 0) {
            out->broken = entry.number;
            break;
        }
        (void)memcpy(out->hash, hash, sizeof hash);
        out->rows++;
    }
    db_done(stmt);
    return code;
}
