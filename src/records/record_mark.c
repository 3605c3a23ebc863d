#include "records/record_mark.h"

#include "records/record_store.h"
#include "text/phone.h"

#include <stdio.h>
#include <string.h>

#define MARKED_AGAIN "ON CONFLICT (seq) DO UPDATE SET marks = join_due.marks + 1"

/* Records and conversations of one number that lie so near each other can be each other's rivals: calls last six hours at most,
 * tickets are written half an hour later, and a mapping lets clocks differ by a day. */
#define NEAR_MS "111600000"
static const int64_t RIVALS_MS = 2 * 3600 * 1000;

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
    return run(db, "INSERT INTO join_due (seq) VALUES (:seq) " MARKED_AGAIN, &(bound){"seq", NULL, seq}, 1, message);
}

cs_error mark_inspect(cs_db *db, int64_t seq, cs_message *message) {
    return run(db,
               "INSERT INTO join_due (seq, must_inspect) VALUES (:seq, 1) ON CONFLICT (seq) DO UPDATE SET must_inspect "
               "= 1, marks = join_due.marks + 1",
               &(bound){"seq", NULL, seq}, 1, message);
}

/* ---- what a conversation is found by ---- */

/* Every record that names it, fits it or is in doubt because of it, by the keys that stand in the store. */
static cs_error mark_found(cs_db *db, int64_t seq, cs_message *message) {
#define DUE "INSERT INTO match_due (record) SELECT "
#define KEY "r.number FROM conversation_key k JOIN record r ON r.is_current = 1 AND "
    static const char *const statements[] = {
        DUE "record FROM record_match WHERE seq = :seq ON CONFLICT DO NOTHING",
        DUE "r.number FROM conversation c JOIN record r ON r.conversation = c.external_id AND r.is_current = 1 WHERE "
            "c.seq = :seq ON CONFLICT DO NOTHING",
        DUE KEY "r.recording = k.value WHERE k.seq = :seq AND k.kind = 'recording' ON CONFLICT DO NOTHING",
        DUE KEY "r.ticket = k.value WHERE k.seq = :seq AND k.kind = 'ticket' ON CONFLICT DO NOTHING",
        DUE KEY "r.phone = k.value AND r.kind <> 'roster' AND r.from_ms BETWEEN k.started_ms - " NEAR_MS
                " AND k.started_ms + " NEAR_MS " WHERE k.seq = :seq AND k.kind = 'phone' ON CONFLICT DO NOTHING",
        DUE KEY
        "r.phone = k.value AND r.kind <> 'roster' AND r.from_ms BETWEEN k.started_ms AND k.started_ms + 86399999 "
        "WHERE k.seq = :seq AND k.kind = 'phone_day' ON CONFLICT DO NOTHING",
    };
#undef KEY
#undef DUE
    cs_error code = CS_OK;
    for (size_t i = 0; i < sizeof statements / sizeof *statements && code == CS_OK; i++)
        code = run(db, statements[i], &(bound){"seq", NULL, seq}, 1, message);
    return code;
}

/* Whatever else fits the conversations that a row names: those that name come before those that only fit. */
static cs_error mark_rivals(cs_db *db, const char *sql, const char *value, cs_message *message) {
    enum { MOST = 50 }; /* a row that fits more is in doubt anyway */
    int64_t seqs[MOST];
    int count = 0;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    if (!value) return CS_OK;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "value", value);
    while (count < MOST && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        seqs[count++] = db_int64(stmt, 0);
    db_done(stmt);
    for (int i = 0; i < count && code == CS_OK; i++) code = mark_found(db, seqs[i], message);
    return code;
}

/* ---- records ---- */

/* Records of the number that may fit the same conversation. */
static cs_error mark_neighbours(cs_db *db, const cs_record *r, cs_message *message) {
    const char *phone = r->cells[CS_COLUMN_NUMBER];
    int64_t near_ms = 2 * r->tolerance_ms > RIVALS_MS ? 2 * r->tolerance_ms : RIVALS_MS;
    if (!phone || r->from_ms == CS_NO_TIME) return CS_OK;
    const bound bounds[] = {
        {"phone", phone, 0}, {"from", NULL, r->from_ms - near_ms}, {"to", NULL, r->from_ms + near_ms}};
    return run(db,
               "INSERT INTO match_due (record) SELECT number FROM record WHERE phone = :phone AND is_current = 1 AND "
               "from_ms BETWEEN :from AND :to AND kind <> 'roster' ON CONFLICT DO NOTHING",
               bounds, 3, message);
}

static cs_error mark_same(cs_db *db, const char *sql, const char *value, cs_message *message) {
    return value ? run(db, sql, &(bound){"value", value, 0}, 1, message) : CS_OK;
}

/* All steps of a ticket, and its conversations, by their own word or by what was matched to them. */
static cs_error mark_ticket(cs_db *db, const char *ticket, cs_message *message) {
    cs_error code = mark_same(db,
                              "INSERT INTO match_due (record) SELECT number FROM record WHERE ticket = :value AND "
                              "is_current = 1 AND kind = 'tickets' ON CONFLICT DO NOTHING",
                              ticket, message);
    if (code != CS_OK) return code;
    code = mark_same(db,
                     "INSERT INTO join_due (seq) SELECT seq FROM conversation_key WHERE kind = 'ticket' AND "
                     "value = :value " MARKED_AGAIN,
                     ticket, message);
    if (code != CS_OK) return code;
    return mark_same(db,
                     "INSERT INTO join_due (seq) SELECT m.seq FROM record r JOIN record_match m ON m.record = r.number "
                     "WHERE r.ticket = :value AND r.is_current = 1 AND m.seq IS NOT NULL " MARKED_AGAIN,
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
         "started_ms BETWEEN :from AND :to " MARKED_AGAIN,
         "INSERT INTO join_due (seq) SELECT m.seq FROM record r JOIN record_match m ON m.record = r.number WHERE "
         "r.agent_id = :value AND r.is_current = 1 AND m.seq IS NOT NULL AND r.from_ms BETWEEN :from AND "
         ":to " MARKED_AGAIN},
        {CS_COLUMN_EXTENSION,
         "INSERT INTO join_due (seq) SELECT seq FROM conversation_key WHERE kind = 'extension' AND value = :value AND "
         "started_ms BETWEEN :from AND :to " MARKED_AGAIN,
         "INSERT INTO join_due (seq) SELECT m.seq FROM record r JOIN record_match m ON m.record = r.number WHERE "
         "r.extension = :value AND r.is_current = 1 AND m.seq IS NOT NULL AND r.from_ms BETWEEN :from AND "
         ":to " MARKED_AGAIN},
        {CS_COLUMN_AGENT,
         "INSERT INTO join_due (seq) SELECT seq FROM conversation WHERE agent = :value AND started_ms BETWEEN :from "
         "AND "
         ":to " MARKED_AGAIN,
         "INSERT INTO join_due (seq) SELECT m.seq FROM record r JOIN record_match m ON m.record = r.number WHERE "
         "r.agent = :value AND r.is_current = 1 AND m.seq IS NOT NULL AND r.from_ms BETWEEN :from AND "
         ":to " MARKED_AGAIN},
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
    if (code == CS_OK) code = mark_neighbours(db, r, message);
    if (code == CS_OK)
        code = mark_rivals(db, "SELECT seq FROM conversation_key WHERE kind = 'phone_day' AND value = :value",
                           r->cells[CS_COLUMN_NUMBER], message);
    if (code == CS_OK)
        code = mark_rivals(db, "SELECT seq FROM conversation WHERE external_id = :value",
                           r->cells[CS_COLUMN_CONVERSATION], message);
    if (code == CS_OK)
        code = mark_rivals(db, "SELECT seq FROM conversation_key WHERE kind = 'recording' AND value = :value",
                           r->cells[CS_COLUMN_RECORDING], message);
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

/* Midnight of the day that a recording's name tells without an hour. */
static bool day_of(const cs_conversation *c, int64_t *midnight_ms) {
    char text[40];
    const char *day = c->started_ms == CS_NO_TIME ? conversation_field(c, "day") : NULL;
    if (!day || snprintf(text, sizeof text, "%s 00:00:00", day) >= (int)sizeof text) return false;
    return clock_parse_local(text, c->zone_minutes, midnight_ms);
}

static cs_error add_keys(cs_db *db, const arriving *a, cs_message *message) {
    const cs_conversation *c = a->c;
    int64_t at = c->started_ms;
    int64_t midnight_ms;
    cs_error code = add_key(db, a->seq, "phone", a->phone, at, message);
    if (code == CS_OK && day_of(c, &midnight_ms))
        code = add_key(db, a->seq, "phone_day", a->phone, midnight_ms, message);
    if (code == CS_OK) code = add_key(db, a->seq, "ticket", a->ticket, at, message);
    if (code == CS_OK) code = add_key(db, a->seq, "agent_id", conversation_field(c, "agent_id"), at, message);
    if (code == CS_OK) code = add_key(db, a->seq, "extension", conversation_field(c, "extension"), at, message);
    for (size_t i = 0; i < a->recording_count && code == CS_OK; i++)
        code = add_key(db, a->seq, "recording", name_of(a->recordings[i]), at, message);
    return code;
}

cs_error mark_conversation(cs_db *db, int64_t seq, const cs_conversation *c, const char *const *recordings,
                           size_t recording_count, cs_message *message) {
    char phone[CS_PHONE_BYTES];
    bool is_any = false;
    const char *ticket = conversation_field(c, "ticket");
    if (!ticket && c->channel == CS_CHANNEL_TICKET) ticket = c->external_id;
    const arriving a = {seq, c, phone_of(c, phone), ticket, recordings, recording_count};
    cs_error code = record_any(db, &is_any, message);
    if (code == CS_OK && is_any) code = mark_found(db, seq, message); /* by what it said until now */
    if (code == CS_OK)
        code = run(db, "DELETE FROM conversation_key WHERE seq = :seq", &(bound){"seq", NULL, seq}, 1, message);
    if (code == CS_OK) code = add_keys(db, &a, message);
    if (code == CS_OK && is_any) code = mark_found(db, seq, message);
    return code == CS_OK && is_any ? mark_join(db, seq, message) : code;
}

cs_error mark_removed(cs_db *db, int64_t seq, cs_message *message) {
    static const char *const statements[] = {
        "DELETE FROM record_match WHERE seq = :seq",
        "DELETE FROM conversation_key WHERE seq = :seq",
        "DELETE FROM join_due WHERE seq = :seq",
    };
    cs_error code = mark_found(db, seq, message);
    for (size_t i = 0; i < sizeof statements / sizeof *statements && code == CS_OK; i++)
        code = run(db, statements[i], &(bound){"seq", NULL, seq}, 1, message);
    return code;
}
