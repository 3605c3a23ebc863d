#include "records/record_mark.h"

#include "records/record_store.h"
#include "text/phone.h"

#include <string.h>

/* Records and conversations of one number that lie so near each other can be each other's rivals. */
static const int64_t NEAR_MS = 2 * 3600 * 1000;

static const char OF_CONVERSATION[] = "INSERT INTO match_due (record) SELECT number FROM record WHERE conversation = "
                                      ":value AND is_current = 1 ON CONFLICT DO NOTHING";
static const char OF_RECORDING[] = "INSERT INTO match_due (record) SELECT number FROM record WHERE recording = :value "
                                   "AND is_current = 1 ON CONFLICT DO NOTHING";

typedef struct bound {
    const char *name;
    const char *text; /* NULL: number */
    int64_t number;
} bound;

/* Runs a statement with at most four parameters. */
static cs_error run(cs_db *db, const char *sql, const bound *bounds, size_t count, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    for (size_t i = 0; i < count; i++) {
        if (bounds[i].text)
            db_bind_text(stmt, bounds[i].name, bounds[i].text);
        else
            db_bind_int64(stmt, bounds[i].name, bounds[i].number);
    }
    return db_run(stmt, message);
}

cs_error mark_match(cs_db *db, int64_t record, cs_message *message) {
    return run(db, "INSERT INTO match_due (record) VALUES (:record) ON CONFLICT DO NOTHING",
               &(bound){"record", NULL, record}, 1, message);
}

cs_error mark_join(cs_db *db, int64_t seq, cs_message *message) {
    return run(db, "INSERT INTO join_due (seq) VALUES (:seq) ON CONFLICT DO NOTHING", &(bound){"seq", NULL, seq}, 1,
               message);
}

cs_error mark_inspect(cs_db *db, int64_t seq, cs_message *message) {
    return run(db,
               "INSERT INTO join_due (seq, must_inspect) VALUES (:seq, 1) ON CONFLICT (seq) DO UPDATE SET must_inspect "
               "= 1",
               &(bound){"seq", NULL, seq}, 1, message);
}

/* ---- records ---- */

static cs_error mark_neighbours(cs_db *db, const char *phone, int64_t from_ms, cs_message *message) {
    if (!phone || from_ms == CS_NO_TIME) return CS_OK;
    const bound bounds[] = {{"phone", phone, 0}, {"from", NULL, from_ms - NEAR_MS}, {"to", NULL, from_ms + NEAR_MS}};
    return run(db,
               "INSERT INTO match_due (record) SELECT number FROM record WHERE phone = :phone AND is_current = 1 AND "
               "from_ms BETWEEN :from AND :to AND kind <> 'roster' ON CONFLICT DO NOTHING",
               bounds, 3, message);
}

static cs_error mark_same(cs_db *db, const char *sql, const char *value, cs_message *message) {
    return value ? run(db, sql, &(bound){"value", value, 0}, 1, message) : CS_OK;
}

/* All conversations of a ticket, by their own word or by what was matched to them. */
static cs_error mark_ticket(cs_db *db, const char *ticket, cs_message *message) {
    cs_error code = mark_same(db,
                              "INSERT INTO join_due (seq) SELECT seq FROM conversation_key WHERE kind = 'ticket' AND "
                              "value = :value ON CONFLICT DO NOTHING",
                              ticket, message);
    if (code != CS_OK) return code;
    return mark_same(db,
                     "INSERT INTO join_due (seq) SELECT m.seq FROM record r JOIN record_match m ON m.record = r.number "
                     "WHERE r.ticket = :value AND r.is_current = 1 AND m.seq IS NOT NULL ON CONFLICT DO NOTHING",
                     ticket, message);
}

/* Whoever's calls fall into a roster row's validity. */
static cs_error mark_agent(cs_db *db, const cs_record *r, cs_message *message) {
    int64_t from = r->from_ms == CS_NO_TIME ? 0 : r->from_ms, to = r->to_ms == CS_NO_TIME ? INT64_MAX : r->to_ms;
    static const struct {
        cs_column_use use;
        const char *by_key, *by_call;
    } ways[] = {
        {CS_COLUMN_AGENT_ID,
         "INSERT INTO join_due (seq) SELECT seq FROM conversation_key WHERE kind = 'agent_id' AND value = :value AND "
         "started_ms BETWEEN :from AND :to ON CONFLICT DO NOTHING",
         "INSERT INTO join_due (seq) SELECT m.seq FROM record r JOIN record_match m ON m.record = r.number WHERE "
         "r.agent_id = :value AND r.is_current = 1 AND m.seq IS NOT NULL AND r.from_ms BETWEEN :from AND :to ON "
         "CONFLICT DO NOTHING"},
        {CS_COLUMN_EXTENSION,
         "INSERT INTO join_due (seq) SELECT seq FROM conversation_key WHERE kind = 'extension' AND value = :value AND "
         "started_ms BETWEEN :from AND :to ON CONFLICT DO NOTHING",
         "INSERT INTO join_due (seq) SELECT m.seq FROM record r JOIN record_match m ON m.record = r.number WHERE "
         "r.extension = :value AND r.is_current = 1 AND m.seq IS NOT NULL AND r.from_ms BETWEEN :from AND :to ON "
         "CONFLICT DO NOTHING"},
        {CS_COLUMN_AGENT,
         "INSERT INTO join_due (seq) SELECT seq FROM conversation WHERE agent = :value AND started_ms BETWEEN :from "
         "AND "
         ":to ON CONFLICT DO NOTHING",
         "INSERT INTO join_due (seq) SELECT m.seq FROM record r JOIN record_match m ON m.record = r.number WHERE "
         "r.agent = :value AND r.is_current = 1 AND m.seq IS NOT NULL AND r.from_ms BETWEEN :from AND :to ON CONFLICT "
         "DO NOTHING"},
    };
    cs_error code = CS_OK;
    for (size_t i = 0; i < sizeof ways / sizeof *ways && code == CS_OK; i++) {
        if (!r->cells[ways[i].use]) continue;
        const bound bounds[] = {{"value", r->cells[ways[i].use], 0}, {"from", NULL, from}, {"to", NULL, to}};
        code = run(db, ways[i].by_key, bounds, 3, message);
        if (code == CS_OK) code = run(db, ways[i].by_call, bounds, 3, message);
    }
    return code;
}

cs_error mark_record(cs_db *db, const cs_record *r, cs_message *message) {
    if (r->kind == CS_MAPPING_CUSTOMERS) return CS_OK;
    cs_error code = r->number ? mark_match(db, r->number, message) : CS_OK;
    if (code == CS_OK && r->kind == CS_MAPPING_ROSTER) {
        /* rows of one agent may overlap: they are looked at together */
        static const char *const same[] = {
            "INSERT INTO match_due (record) SELECT number FROM record WHERE kind = 'roster' AND is_current = 1 AND "
            "agent_id = :value ON CONFLICT DO NOTHING",
            "INSERT INTO match_due (record) SELECT number FROM record WHERE kind = 'roster' AND is_current = 1 AND "
            "extension = :value ON CONFLICT DO NOTHING",
            "INSERT INTO match_due (record) SELECT number FROM record WHERE kind = 'roster' AND is_current = 1 AND "
            "agent = :value ON CONFLICT DO NOTHING"};
        code = mark_same(db, same[0], r->cells[CS_COLUMN_AGENT_ID], message);
        if (code == CS_OK) code = mark_same(db, same[1], r->cells[CS_COLUMN_EXTENSION], message);
        if (code == CS_OK) code = mark_same(db, same[2], r->cells[CS_COLUMN_AGENT], message);
        return code == CS_OK ? mark_agent(db, r, message) : code;
    }
    if (code == CS_OK) code = mark_neighbours(db, r->cells[CS_COLUMN_NUMBER], r->from_ms, message);
    if (code == CS_OK) code = mark_same(db, OF_CONVERSATION, r->cells[CS_COLUMN_CONVERSATION], message);
    if (code == CS_OK) code = mark_same(db, OF_RECORDING, r->cells[CS_COLUMN_RECORDING], message);
    return code == CS_OK && r->kind == CS_MAPPING_TICKETS ? mark_ticket(db, r->cells[CS_COLUMN_TICKET], message) : code;
}

/* ---- conversations ---- */

static cs_error add_key(cs_db *db, int64_t seq, const char *kind, const char *value, int64_t started_ms,
                        cs_message *message) {
    if (!value || !*value) return CS_OK;
    const bound bounds[] = {{"kind", kind, 0},
                            {"value", value, 0},
                            {"started", NULL, started_ms == CS_NO_TIME ? 0 : started_ms},
                            {"seq", NULL, seq}};
    return run(db,
               "INSERT INTO conversation_key (kind, value, started_ms, seq) VALUES (:kind, :value, :started, :seq) ON "
               "CONFLICT DO NOTHING",
               bounds, 4, message);
}

static const char *phone_of(const cs_conversation *c, char phone[CS_PHONE_BYTES]) {
    const char *number = conversation_field(c, "number");
    if (number && phone_normalise(number, phone)) return phone;
    return c->customer && phone_normalise(c->customer, phone) ? phone : NULL;
}

static const char *name_of(const char *path) {
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path;
}

typedef struct arriving { /* a conversation, and what it can be found by */
    int64_t seq;
    const cs_conversation *c;
    const char *phone, *ticket;
    const char *const *recordings;
    size_t recording_count;
} arriving;

static cs_error add_keys(cs_db *db, const arriving *a, cs_message *message) {
    const cs_conversation *c = a->c;
    int64_t at = c->started_ms;
    cs_error code = add_key(db, a->seq, "phone", a->phone, at, message);
    if (code == CS_OK) code = add_key(db, a->seq, "ticket", a->ticket, at, message);
    if (code == CS_OK) code = add_key(db, a->seq, "agent_id", conversation_field(c, "agent_id"), at, message);
    if (code == CS_OK) code = add_key(db, a->seq, "extension", conversation_field(c, "extension"), at, message);
    for (size_t i = 0; i < a->recording_count && code == CS_OK; i++)
        code = add_key(db, a->seq, "recording", name_of(a->recordings[i]), at, message);
    return code;
}

/* Records that were matched to it, or might be. */
static cs_error mark_fitting(cs_db *db, const arriving *a, cs_message *message) {
    cs_error code = run(db,
                        "INSERT INTO match_due (record) SELECT record FROM record_match WHERE seq = :seq ON CONFLICT "
                        "DO NOTHING",
                        &(bound){"seq", NULL, a->seq}, 1, message);
    if (code == CS_OK) code = mark_same(db, OF_CONVERSATION, a->c->external_id, message);
    for (size_t i = 0; i < a->recording_count && code == CS_OK; i++)
        code = mark_same(db, OF_RECORDING, name_of(a->recordings[i]), message);
    if (code == CS_OK)
        code = mark_same(db,
                         "INSERT INTO match_due (record) SELECT number FROM record WHERE ticket = :value AND "
                         "is_current = 1 ON CONFLICT DO NOTHING",
                         a->ticket, message);
    if (code == CS_OK) code = mark_neighbours(db, a->phone, a->c->started_ms, message);
    return code == CS_OK ? mark_join(db, a->seq, message) : code;
}

cs_error mark_conversation(cs_db *db, int64_t seq, const cs_conversation *c, const char *const *recordings,
                           size_t recording_count, cs_message *message) {
    char phone[CS_PHONE_BYTES];
    bool is_any = false;
    const char *ticket = conversation_field(c, "ticket");
    if (!ticket && c->channel == CS_CHANNEL_TICKET) ticket = c->external_id;
    const arriving a = {seq, c, phone_of(c, phone), ticket, recordings, recording_count};
    cs_error code = run(db, "DELETE FROM conversation_key WHERE seq = :seq", &(bound){"seq", NULL, seq}, 1, message);
    if (code == CS_OK) code = add_keys(db, &a, message);
    if (code == CS_OK) code = record_any(db, &is_any, message);
    return code == CS_OK && is_any ? mark_fitting(db, &a, message) : code;
}

cs_error mark_removed(cs_db *db, int64_t seq, cs_message *message) {
    static const char *const statements[] = {
        "INSERT INTO match_due (record) SELECT record FROM record_match WHERE seq = :seq ON CONFLICT DO NOTHING",
        /* others of its number and time may have been in doubt because of it */
        "INSERT INTO match_due (record) SELECT r.number FROM conversation_key k JOIN record r ON r.phone = k.value AND "
        "r.is_current = 1 AND r.from_ms BETWEEN k.started_ms - 7200000 AND k.started_ms + 7200000 WHERE k.seq = :seq "
        "AND "
        "k.kind = 'phone' ON CONFLICT DO NOTHING",
        "DELETE FROM record_match WHERE seq = :seq",
        "DELETE FROM conversation_key WHERE seq = :seq",
        "DELETE FROM join_due WHERE seq = :seq",
    };
    cs_error code = CS_OK;
    for (size_t i = 0; i < sizeof statements / sizeof *statements && code == CS_OK; i++)
        code = run(db, statements[i], &(bound){"seq", NULL, seq}, 1, message);
    return code;
}
