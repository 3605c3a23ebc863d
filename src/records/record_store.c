#include "records/record_store.h"

#include "records/people.h"
#include "records/record_change.h"
#include "records/record_mark.h"
#include "text/phone.h"

#include <stdio.h>
#include <string.h>

enum { RECORD_ARENA = 4 << 20, MOST_SHARING = 20 };

typedef struct kept { /* the current row of a key; number 0: none */
    int64_t number, seen_import, line;
    cs_hash hash;
    char source[256];
} kept;

static cs_error find_kept(cs_db *db, const cs_record *record, kept *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "SELECT number, seen_import, line, hash, source FROM record WHERE kind = :kind AND key = :key "
                 "AND is_current = 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "kind", mapping_kind_name(record->kind));
    db_bind_text(stmt, "key", record->key);
    code = db_step(stmt, &has_row, message);
    *out = (kept){0};
    if (code == CS_OK && has_row) {
        size_t length = 0;
        const void *hash = db_bytes(stmt, 3, &length);
        out->number = db_int64(stmt, 0);
        out->seen_import = db_int64(stmt, 1);
        out->line = db_int64(stmt, 2);
        if (length == sizeof out->hash.bytes) memcpy(out->hash.bytes, hash, length);
        (void)snprintf(out->source, sizeof out->source, "%s", db_text(stmt, 4));
    }
    db_done(stmt);
    return code;
}

static void bind_time(cs_stmt *stmt, const char *name, int64_t ms) {
    if (ms == CS_NO_TIME)
        db_bind_null(stmt, name);
    else
        db_bind_int64(stmt, name, ms);
}

/* Only a telephone number joins: "anonymous" is nobody's. */
static const char *phone_of(const cs_record *record, char phone[CS_PHONE_BYTES]) {
    const char *number = record->cells[CS_COLUMN_NUMBER];
    return number && phone_normalise(number, phone) ? phone : NULL;
}

static cs_error insert(cs_db *db, cs_record *record, int64_t import, const cs_hash *hash, const char *body,
                       cs_message *message) {
    char phone[CS_PHONE_BYTES];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db,
        "INSERT INTO record (kind, key, import, seen_import, is_current, path, source, line, from_ms, to_ms, phone, "
        "conversation, recording, ticket, agent, agent_id, extension, hash, body) VALUES (:kind, "
        ":key, :import, :import, 1, :path, :source, :line, :from_ms, :to_ms, :phone, :conversation, :recording, "
        ":ticket, :agent, :agent_id, :extension, :hash, :body) RETURNING number",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "kind", mapping_kind_name(record->kind));
    db_bind_text(stmt, "key", record->key);
    if (import)
        db_bind_int64(stmt, "import", import);
    else
        db_bind_null(stmt, "import");
    db_bind_text(stmt, "path", record->path);
    db_bind_text(stmt, "source", record->source);
    db_bind_int64(stmt, "line", record->line);
    bind_time(stmt, "from_ms", record->from_ms);
    bind_time(stmt, "to_ms", record->to_ms);
    db_bind_text(stmt, "phone", phone_of(record, phone));
    db_bind_text(stmt, "conversation", record->cells[CS_COLUMN_CONVERSATION]);
    db_bind_text(stmt, "recording", record->cells[CS_COLUMN_RECORDING]);
    db_bind_text(stmt, "ticket", record->cells[CS_COLUMN_TICKET]);
    db_bind_text(stmt, "agent", record->cells[CS_COLUMN_AGENT]);
    db_bind_text(stmt, "agent_id", record->cells[CS_COLUMN_AGENT_ID]);
    db_bind_text(stmt, "extension", record->cells[CS_COLUMN_EXTENSION]);
    db_bind_bytes(stmt, "hash", hash->bytes, sizeof hash->bytes);
    db_bind_text(stmt, "body", body);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) record->number = db_int64(stmt, 0);
    if (code == CS_OK) return db_run(stmt, message);
    db_done(stmt);
    return code;
}

cs_error record_run(cs_db *db, const char *sql, int64_t record, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "record", record);
    return db_run(stmt, message);
}

static cs_error set_retired(cs_db *db, int64_t number, int64_t import, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "UPDATE record SET is_current = 0, retired_import = :import WHERE number = :record",
                             &stmt, message);
    if (code != CS_OK) return code;
    if (import)
        db_bind_int64(stmt, "import", import);
    else
        db_bind_null(stmt, "import");
    db_bind_int64(stmt, "record", number);
    return db_run(stmt, message);
}

/* It counts no more: whoever had it is joined again. *out is what it was. */
cs_error record_retire(cs_db *db, int64_t number, int64_t import, cs_arena *arena, cs_record **out,
                       cs_message *message) {
    static const char *const statements[] = {
        ("INSERT INTO join_due (seq) SELECT seq FROM record_match WHERE record = :record AND seq IS NOT NULL ON "
         "CONFLICT (seq) DO UPDATE SET marks = join_due.marks + 1"),
        "DELETE FROM record_match WHERE record = :record",
        "DELETE FROM match_due WHERE record = :record",
    };
    cs_record *old = NULL;
    cs_error code = record_find(db, number, arena, &old, message);
    for (size_t i = 0; i < sizeof statements / sizeof *statements && code == CS_OK; i++)
        code = record_run(db, statements[i], number, message);
    if (code == CS_OK) code = set_retired(db, number, import, message);
    if (code != CS_OK) return code;
    old->number = 0;
    *out = old;
    return mark_record(db, old, message);
}

cs_error record_meet(cs_db *db, const cs_record *record, int64_t import, cs_message *message) {
    char place[32], phone[CS_PHONE_BYTES];
    (void)snprintf(place, sizeof place, "line %lld", (long long)record->line);
    const cs_meeting meeting = {import, record->source, place};
    if (record->kind == CS_MAPPING_ROSTER) {
        const cs_identity agent[] = {{CS_IDENTITY_AGENT_ID, record->cells[CS_COLUMN_AGENT_ID]},
                                     {CS_IDENTITY_EXTENSION, record->cells[CS_COLUMN_EXTENSION]},
                                     {CS_IDENTITY_AGENT_NAME, record->cells[CS_COLUMN_AGENT]}};
        return people_meet(db, CS_PERSON_AGENT, agent, 3, record->cells[CS_COLUMN_AGENT], &meeting, message);
    }
    const cs_identity customer[] = {{CS_IDENTITY_CUSTOMER_ID, record->cells[CS_COLUMN_CUSTOMER]},
                                    {CS_IDENTITY_PHONE, phone_of(record, phone)},
                                    {CS_IDENTITY_ACCOUNT, record->cells[CS_COLUMN_ACCOUNT]},
                                    {CS_IDENTITY_OPENID, record->cells[CS_COLUMN_OPENID]}};
    return people_meet(db, CS_PERSON_CUSTOMER, customer, 4, record->cells[CS_COLUMN_CUSTOMER_NAME], &meeting, message);
}

static cs_error refuse_twin(const cs_record *record, const kept *first, cs_message *message) {
    (void)message_set(message, CS_ERR_CONFLICT,
                      "the same row stands twice with different content: also in %.150s, line %lld", first->source,
                      (long long)first->line);
    message_place(message, "line %lld", (long long)record->line);
    message_remedy(message, "keep the right one; the first was taken");
    return CS_ERR_CONFLICT;
}

typedef struct saving {
    cs_db *db;
    cs_record *record;
    int64_t import;
    const cs_record_watch *watch;
    cs_arena *arena;
    cs_message *message;
} saving;

cs_error record_tell(const cs_record_watch *watch, cs_db *db, const cs_record *gone, const cs_record *come,
                     cs_message *message) {
    return watch ? watch->on_change(watch->context, db, gone, come, message) : CS_OK;
}

/* Rows that share a weak key in one import get "#2", "#3" … behind it: the same row finds the same place next time. */
static cs_error find_place(const saving *s, cs_hash hash, kept *first) {
    const char *key = s->record->key;
    cs_error code = find_kept(s->db, s->record, first, s->message);
    for (int i = 2; code == CS_OK && i <= MOST_SHARING && s->record->is_key_weak && s->import; i++) {
        if (!first->number || hash_equal(first->hash, hash) || first->seen_import != s->import) return CS_OK;
        s->record->key = arena_printf(s->arena, "%s#%d", key, i);
        if (!s->record->key) return message_set(s->message, CS_ERR_MEMORY, "no memory for a record");
        code = find_kept(s->db, s->record, first, s->message);
    }
    return code;
}

static cs_error note_seen(const saving *s, int64_t number) {
    cs_stmt *stmt = NULL;
    if (!s->import) return CS_OK;
    cs_error code =
        db_query(s->db, "UPDATE record SET seen_import = :import WHERE number = :number", &stmt, s->message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", s->import);
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, s->message);
}

static cs_error replace(const saving *s, cs_hash hash, const char *body, cs_record_saved *outcome) {
    kept first;
    cs_record *gone = NULL;
    cs_error code = find_place(s, hash, &first);
    if (code != CS_OK) return code;
    if (first.number && hash_equal(first.hash, hash)) {
        s->record->number = first.number;
        *outcome = CS_RECORD_UNCHANGED;
        return first.seen_import == s->import ? CS_OK : note_seen(s, first.number);
    }
    if (first.number && s->import && first.seen_import == s->import) return refuse_twin(s->record, &first, s->message);
    if (first.number) code = record_retire(s->db, first.number, s->import, s->arena, &gone, s->message);
    if (code == CS_OK) code = insert(s->db, s->record, s->import, &hash, body, s->message);
    if (code == CS_OK) code = mark_record(s->db, s->record, s->message);
    if (code == CS_OK) code = record_meet(s->db, s->record, s->import, s->message);
    if (code == CS_OK) code = record_tell(s->watch, s->db, gone, s->record, s->message);
    *outcome = first.number ? CS_RECORD_CHANGED : CS_RECORD_NEW;
    return code;
}

cs_error record_save(cs_db *db, cs_record *record, int64_t import, const cs_record_watch *watch,
                     cs_record_saved *outcome, cs_message *message) {
    cs_buffer body;
    buffer_init(&body, CS_MAX_RECORD_BYTES);
    cs_error code = record_encode(record, &body);
    saving s = {db, record, import, watch, arena_create(RECORD_ARENA), message};
    if (code != CS_OK) {
        (void)message_set(message, CS_ERR_LIMIT, "the row holds more than %d bytes", CS_MAX_RECORD_BYTES);
        message_place(message, "line %lld", (long long)record->line);
    } else {
        code = s.arena ? replace(&s, hash_bytes(body.data, body.length), buffer_string(&body), outcome)
                       : message_set(message, CS_ERR_MEMORY, "no memory for a record");
    }
    arena_free(s.arena);
    buffer_free(&body);
    return code;
}

/* ---- reading ---- */

cs_error record_row(cs_stmt *stmt, cs_arena *arena, cs_record **out, cs_message *message) {
    cs_record *record = arena_alloc(arena, sizeof *record);
    if (!record) return message_set(message, CS_ERR_MEMORY, "no memory for a record");
    const char *body = db_text(stmt, 4);
    cs_error code = record_decode(body ? body : "", body ? strlen(body) : 0, arena, record, message);
    if (code != CS_OK) {
        message_place(message, "record %lld", (long long)db_int64(stmt, 0));
        return code;
    }
    record->number = db_int64(stmt, 0);
    record->key = arena_string(arena, db_text(stmt, 1));
    record->source = arena_string(arena, db_text(stmt, 2));
    record->line = db_int64(stmt, 3);
    if (!record->key || !record->source) return message_set(message, CS_ERR_MEMORY, "no memory for a record");
    *out = record;
    return CS_OK;
}

cs_error record_find(cs_db *db, int64_t number, cs_arena *arena, cs_record **out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT " CS_RECORD_COLUMNS " FROM record r WHERE r.number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row)
        code = message_set(message, CS_ERR_NOT_FOUND, "there is no record %lld", (long long)number);
    if (code == CS_OK) code = record_row(stmt, arena, out, message);
    db_done(stmt);
    return code;
}

cs_error record_any(cs_db *db, bool *is_any, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "SELECT 1 FROM record LIMIT 1", &stmt, message);
    if (code == CS_OK) code = db_step(stmt, is_any, message);
    db_done(stmt);
    return code;
}
