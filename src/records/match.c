#include "records/match.h"

#include "base/json.h"
#include "records/match_candidate.h"
#include "records/people.h"
#include "records/record_mark.h"
#include "text/phone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD_ARENA = 4 << 20, CANDIDATES_BYTES = 64 * 1024 };
/* A ticket is written and a survey answered during a call or within half an hour of its end; calls last six hours at most. */
static const int64_t AFTERWARDS_MS = 30 * 60 * 1000, LONGEST_CALL_MS = 6 * 3600 * 1000, DAY_MS = 86400000;

typedef struct match {
    cs_match_state state;
    cs_match_reason reason;
    int64_t seq; /* matched only */
    cs_candidates candidates;
} match;

static const char *const state_names[] = {
#define X(code, name, en, zh) name,
    CS_MATCH_STATE_TABLE(X)
#undef X
};
static const struct {
    const char *name, *en, *zh;
} reasons[] = {
#define X(code, name, en, zh) {name, en, zh},
    CS_MATCH_REASON_TABLE(X)
#undef X
};

const char *match_reason_words(const char *reason, bool is_chinese) {
    for (size_t i = 0; i < CS_MATCH_REASONS; i++)
        if (strcmp(reasons[i].name, reason) == 0) return is_chinese ? reasons[i].zh : reasons[i].en;
    return reason;
}

static cs_error settle(match *out, cs_match_state state, cs_match_reason reason) {
    out->state = state;
    out->reason = reason;
    out->seq = state == CS_MATCH_MATCHED ? out->candidates.items[0].seq : 0;
    return CS_OK;
}

static const char *phone_of(const cs_record *r, char phone[CS_PHONE_BYTES]) {
    const char *number = r->cells[CS_COLUMN_NUMBER];
    return number && phone_normalise(number, phone) ? phone : NULL;
}

/* ---- rivals: other records of the same kind for one conversation ---- */

static cs_error count_named(cs_db *db, const cs_record *record, const cs_candidate *c, int64_t *out,
                            cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db,
        "SELECT (SELECT count(CASE WHEN r.kind = :kind AND r.number <> :number THEN 1 END) FROM record r WHERE "
        "r.conversation = (SELECT external_id FROM conversation WHERE seq = :seq) AND r.is_current = 1) + "
        "(SELECT count(CASE WHEN r.kind = :kind AND r.number <> :number AND r.conversation IS NULL THEN 1 END) "
        "FROM record r WHERE r.recording IN (SELECT value FROM conversation_key WHERE seq = :seq AND kind = "
        "'recording') AND r.is_current = 1)",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "kind", mapping_kind_name(record->kind));
    db_bind_int64(stmt, "number", record->number);
    db_bind_int64(stmt, "seq", c->seq);
    code = db_step(stmt, &has_row, message);
    *out = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

/* Others that fit by number and time as well as this one. */
static cs_error count_numbered(cs_db *db, const cs_record *record, const cs_candidate *c, const char *phone,
                               int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = true;
    int rank = candidate_rank(record, c);
    cs_arena *arena = arena_create(RECORD_ARENA);
    cs_error code = arena
                        ? db_query(db,
                                   "SELECT " CS_RECORD_COLUMNS " FROM record r WHERE r.phone = :phone AND "
                                   "r.is_current = 1 AND r.kind = :kind AND r.number <> :number AND r.conversation IS "
                                   "NULL AND r.recording IS NULL AND r.from_ms BETWEEN :from AND :to",
                                   &stmt, message)
                        : message_set(message, CS_ERR_MEMORY, "no memory to match records");
    if (code == CS_OK) {
        db_bind_text(stmt, "phone", phone);
        db_bind_text(stmt, "kind", mapping_kind_name(record->kind));
        db_bind_int64(stmt, "number", record->number);
        bool is_day = c->started_ms == CS_NO_TIME;
        int64_t zone_ms = (int64_t)record->zone_minutes * 60000;
        int64_t midnight = (record->from_ms + zone_ms) / DAY_MS * DAY_MS - zone_ms;
        db_bind_int64(stmt, "from", is_day ? midnight : c->started_ms - record->tolerance_ms);
        db_bind_int64(stmt, "to", is_day ? midnight + DAY_MS - 1 : c->started_ms + record->tolerance_ms);
    }
    while (code == CS_OK) {
        cs_record *other = NULL;
        cs_candidates one = {.items = {*c}, .count = 1};
        code = db_step(stmt, &has_row, message);
        if (code != CS_OK || !has_row) break;
        arena_reset(arena);
        code = record_row(stmt, arena, &other, message);
        if (code == CS_OK) code = candidates_keep_agent(db, other, &one, message);
        if (code == CS_OK && one.count && candidate_rank(other, c) <= rank) ++*out;
    }
    db_done(stmt);
    arena_free(arena);
    return code;
}

/* Those that name the conversation come before those that only fit it. */
static cs_error settle_against_rivals(cs_db *db, const cs_record *r, cs_match_reason reason, match *out,
                                      cs_message *message) {
    char phone[CS_PHONE_BYTES];
    int64_t named = 0, numbered = 0;
    const cs_candidate *c = &out->candidates.items[0];
    cs_error code = count_named(db, r, c, &named, message);
    bool is_by_number = reason == CS_MATCH_BY_NUMBER_TIME || reason == CS_MATCH_BY_NUMBER_DAY;
    if (code == CS_OK && is_by_number && phone_of(r, phone)) code = count_numbered(db, r, c, phone, &numbered, message);
    if (code != CS_OK) return code;
    if (named || numbered) return settle(out, CS_MATCH_DOUBTFUL, CS_MATCH_BY_ANOTHER_RECORD);
    return settle(out, CS_MATCH_MATCHED, reason);
}

/* ---- one way a kind ---- */

/* By what it names; *is_named: it names something. */
static cs_error find_named(cs_db *db, const cs_record *r, match *out, bool *is_named, cs_match_reason *reason,
                           cs_message *message) {
    const char *id = r->cells[CS_COLUMN_CONVERSATION], *recording = r->cells[CS_COLUMN_RECORDING];
    *is_named = id || recording;
    *reason = id ? CS_MATCH_BY_ID : CS_MATCH_BY_RECORDING;
    if (id) return candidates_by_id(db, id, &out->candidates, message);
    return recording ? candidates_by_key(db, "recording", recording, &out->candidates, message) : CS_OK;
}

/* The nearest calls of the number on the same day, to show that something is there though it does not fit. */
static cs_error show_near(cs_db *db, const cs_record *r, const char *phone, match *out, cs_message *message) {
    cs_error code =
        candidates_by_number(db, phone, r->from_ms - DAY_MS, r->from_ms + DAY_MS, &out->candidates, message);
    return code == CS_OK ? settle(out, CS_MATCH_UNMATCHED, CS_MATCH_BY_NO_CONVERSATION) : code;
}

static cs_error narrow(cs_db *db, const cs_record *r, match *out, cs_message *message) {
    cs_candidates all = out->candidates;
    cs_error code = candidates_keep_agent(db, r, &out->candidates, message);
    if (code != CS_OK) return code;
    if (out->candidates.count == 0) {
        out->candidates = all;
        return settle(out, CS_MATCH_DOUBTFUL, CS_MATCH_BY_AGENT_DIFFERS);
    }
    if (r->kind == CS_MAPPING_CALLS) candidates_keep_best(r, &out->candidates);
    if (out->candidates.count > 1) return settle(out, CS_MATCH_DOUBTFUL, CS_MATCH_BY_SEVERAL);
    if (r->kind == CS_MAPPING_TICKETS) return settle(out, CS_MATCH_MATCHED, CS_MATCH_BY_NUMBER_TIME);
    bool is_day = out->candidates.items[0].started_ms == CS_NO_TIME;
    return settle_against_rivals(db, r, is_day ? CS_MATCH_BY_NUMBER_DAY : CS_MATCH_BY_NUMBER_TIME, out, message);
}

/* Tickets and surveys come during a call or soon after it. */
static cs_error find_around(cs_db *db, const cs_record *r, const char *phone, match *out, cs_message *message) {
    cs_candidates all = {.count = 0};
    int64_t after = r->tolerance_ms > AFTERWARDS_MS ? r->tolerance_ms : AFTERWARDS_MS;
    cs_error code = candidates_by_number(db, phone, r->from_ms - LONGEST_CALL_MS - after, r->from_ms + r->tolerance_ms,
                                         &all, message);
    for (size_t i = 0; i < all.count; i++) {
        const cs_candidate *c = &all.items[i];
        int64_t end = c->started_ms + (c->duration_ms == CS_NO_TIME ? 0 : c->duration_ms);
        if (end + after >= r->from_ms) out->candidates.items[out->candidates.count++] = *c;
    }
    return code;
}

static cs_error find_by_number(cs_db *db, const cs_record *r, match *out, cs_message *message) {
    char buffer[CS_PHONE_BYTES];
    const char *phone = phone_of(r, buffer);
    if (!phone) return settle(out, CS_MATCH_UNMATCHED, CS_MATCH_BY_NO_NUMBER);
    if (r->from_ms == CS_NO_TIME) return settle(out, CS_MATCH_UNMATCHED, CS_MATCH_BY_NO_TIME);
    cs_error code = r->kind == CS_MAPPING_CALLS
                        ? candidates_by_number(db, phone, r->from_ms - r->tolerance_ms, r->from_ms + r->tolerance_ms,
                                               &out->candidates, message)
                        : find_around(db, r, phone, out, message);
    if (code == CS_OK && r->kind == CS_MAPPING_CALLS && out->candidates.count == 0)
        code = candidates_by_day(db, phone, r->from_ms, &out->candidates, message);
    if (code != CS_OK) return code;
    return out->candidates.count ? narrow(db, r, out, message) : show_near(db, r, phone, out, message);
}

/* Of a ticket any of its conversations will do: all of them carry its number. */
static cs_error find_by_ticket(cs_db *db, const cs_record *r, match *out, cs_message *message) {
    const char *ticket = r->cells[CS_COLUMN_TICKET];
    cs_error code = ticket ? candidates_by_key(db, "ticket", ticket, &out->candidates, message) : CS_OK;
    if (code != CS_OK || out->candidates.count == 0) return code;
    if (r->kind == CS_MAPPING_SATISFACTION && out->candidates.count > 1)
        return settle(out, CS_MATCH_DOUBTFUL, CS_MATCH_BY_SEVERAL);
    return settle(out, CS_MATCH_MATCHED, CS_MATCH_BY_TICKET);
}

/* A step of a ticket goes where another step, or a call that names the ticket, was matched by its own word. */
static cs_error find_by_ticket_row(cs_db *db, const cs_record *r, match *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT m.seq FROM record o JOIN record_match m ON m.record = o.number WHERE o.ticket = "
                             ":ticket AND o.is_current = 1 AND o.number <> :number AND m.seq IS "
                             "NOT NULL AND m.reason <> 'ticket_row' ORDER BY o.from_ms, o.line, o.key LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "ticket", r->cells[CS_COLUMN_TICKET]);
    db_bind_int64(stmt, "number", r->number);
    code = db_step(stmt, &has_row, message);
    int64_t seq = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    if (code != CS_OK || !seq) return code;
    out->candidates = (cs_candidates){.items = {{seq, CS_NO_TIME, CS_NO_TIME}}, .count = 1};
    return settle(out, CS_MATCH_MATCHED, CS_MATCH_BY_TICKET_ROW);
}

/* Rows of one agent that hold on the same day contradict each other unless they say the same. */
static cs_error find_overlap(cs_db *db, const cs_record *r, match *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    const char *id = r->cells[CS_COLUMN_AGENT_ID], *extension = r->cells[CS_COLUMN_EXTENSION];
    const char *name = r->cells[CS_COLUMN_AGENT];
    const char *sql =
        id ? "SELECT 1 FROM record WHERE kind = 'roster' AND is_current = 1 AND agent_id = :who AND number <> :number "
             "AND "
             "COALESCE(from_ms, 0) <= :to AND COALESCE(to_ms, 9000000000000000) >= :from LIMIT 1"
        : extension ? "SELECT 1 FROM record WHERE kind = 'roster' AND is_current = 1 AND extension = :who AND number "
                      "<> :number "
                      "AND agent_id IS NULL AND COALESCE(from_ms, 0) <= :to AND COALESCE(to_ms, 9000000000000000) >= "
                      ":from LIMIT "
                      "1"
                    : "SELECT 1 FROM record WHERE kind = 'roster' AND is_current = 1 AND agent = :who AND number <> "
                      ":number AND "
                      "agent_id IS NULL AND extension IS NULL AND COALESCE(from_ms, 0) <= :to AND COALESCE(to_ms, "
                      "9000000000000000) >= :from LIMIT 1";
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "who", id ? id : extension ? extension : name);
    db_bind_int64(stmt, "number", r->number);
    /* the last day of one row may be the first of the next: then the later row counts (roster_find) */
    db_bind_int64(stmt, "from", r->from_ms == CS_NO_TIME ? 0 : r->from_ms + DAY_MS);
    db_bind_int64(stmt, "to", r->to_ms == CS_NO_TIME ? INT64_C(9000000000000000) : r->to_ms - DAY_MS);
    code = db_step(stmt, &has_row, message);
    db_done(stmt);
    if (code != CS_OK) return code;
    out->state = has_row ? CS_MATCH_DOUBTFUL : CS_MATCH_MATCHED;
    out->reason = has_row ? CS_MATCH_BY_ROSTER_OVERLAP : CS_MATCH_BY_ROSTER;
    return CS_OK;
}

static cs_error find(cs_db *db, const cs_record *r, match *out, cs_message *message) {
    bool is_named = false;
    cs_match_reason reason;
    *out = (match){.state = CS_MATCH_STATES};
    if (r->kind == CS_MAPPING_ROSTER) return find_overlap(db, r, out, message);
    cs_error code = find_named(db, r, out, &is_named, &reason, message);
    if (code != CS_OK) return code;
    if (out->candidates.count > 1) return settle(out, CS_MATCH_DOUBTFUL, CS_MATCH_BY_SEVERAL);
    if (out->candidates.count == 1)
        return r->kind == CS_MAPPING_TICKETS ? settle(out, CS_MATCH_MATCHED, reason)
                                             : settle_against_rivals(db, r, reason, out, message);
    if (r->kind != CS_MAPPING_CALLS) code = find_by_ticket(db, r, out, message);
    if (code != CS_OK || out->state != CS_MATCH_STATES) return code;
    /* A call list that names what nobody has seen may still tell by number and time: transcripts have ids of their own. */
    code = find_by_number(db, r, out, message);
    if (code == CS_OK && r->kind == CS_MAPPING_TICKETS && out->state == CS_MATCH_UNMATCHED)
        code = find_by_ticket_row(db, r, out, message);
    if (code == CS_OK && is_named && out->state == CS_MATCH_UNMATCHED) out->reason = CS_MATCH_BY_NO_CONVERSATION;
    return code;
}

/* ---- keeping it ---- */

static void write_candidates(const cs_record *r, const match *m, cs_buffer *out) {
    cs_json_writer w;
    json_writer_init(&w, out);
    json_array_open(&w, NULL);
    for (size_t i = 0; i < m->candidates.count; i++) {
        const cs_candidate *c = &m->candidates.items[i];
        json_object_open(&w, NULL);
        json_write_int(&w, "seq", c->seq);
        if (c->started_ms != CS_NO_TIME && r->from_ms != CS_NO_TIME)
            json_write_int(&w, "seconds_apart", (c->started_ms - r->from_ms) / 1000);
        json_object_close(&w);
    }
    json_array_close(&w);
}

/* *before: what it was matched to; 0: to nothing; -1: it was not looked at yet. */
static cs_error mark_old(cs_db *db, const cs_record *r, int64_t now, int64_t *before, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT seq FROM record_match WHERE record = :record", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "record", r->number);
    code = db_step(stmt, &has_row, message);
    int64_t old = code == CS_OK && has_row && !db_is_null(stmt, 0) ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    *before = has_row ? old : -1;
    return code == CS_OK && old && old != now ? mark_join(db, old, message) : code;
}

/* The other steps of its ticket may follow it. */
static cs_error mark_steps(cs_db *db, const cs_record *r, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO match_due (record) SELECT number FROM record WHERE ticket = :ticket AND "
                             "is_current = 1 AND kind = 'tickets' AND number <> :number ON CONFLICT DO NOTHING",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "ticket", r->cells[CS_COLUMN_TICKET]);
    db_bind_int64(stmt, "number", r->number);
    return db_run(stmt, message);
}

/* Who is named by the row is whom the conversation names. */
static cs_error meet(cs_db *db, const cs_record *r, int64_t seq, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    char phone[CS_PHONE_BYTES], place[64];
    if (r->kind == CS_MAPPING_ROSTER) return CS_OK;
    cs_error code = db_query(db,
                             "SELECT c.customer, coalesce(r.import, 0) FROM conversation c JOIN record r ON r.number = "
                             ":record WHERE c.seq = :seq",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "record", r->number);
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    char *customer = has_row && db_text(stmt, 0) ? strdup(db_text(stmt, 0)) : NULL;
    int64_t import = code == CS_OK && has_row ? db_int64(stmt, 1) : 0;
    db_done(stmt);
    (void)snprintf(place, sizeof place, "line %lld", (long long)r->line);
    bool is_number = customer && phone_normalise(customer, phone); /* it says nothing that the row does not */
    const cs_identity who[] = {{CS_IDENTITY_CUSTOMER_ID, is_number ? NULL : customer},
                               {CS_IDENTITY_CUSTOMER_ID, r->cells[CS_COLUMN_CUSTOMER]},
                               {CS_IDENTITY_PHONE, phone_of(r, phone)},
                               {CS_IDENTITY_ACCOUNT, r->cells[CS_COLUMN_ACCOUNT]},
                               {CS_IDENTITY_OPENID, r->cells[CS_COLUMN_OPENID]}};
    if (code == CS_OK && customer && !is_number)
        code = people_meet(db, CS_PERSON_CUSTOMER, who, sizeof who / sizeof *who, NULL,
                           &(cs_meeting){import, r->source, place}, message);
    free(customer);
    return code;
}

static cs_error save(cs_db *db, const cs_record *r, const match *m, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_buffer candidates;
    int64_t before = -1;
    buffer_init(&candidates, CANDIDATES_BYTES);
    if (m->state != CS_MATCH_MATCHED && m->candidates.count) write_candidates(r, m, &candidates);
    cs_error code = mark_old(db, r, m->seq, &before, message);
    bool has_changed = before != m->seq;
    /* what the record says may have changed though the conversation is the same */
    if (code == CS_OK && m->seq && has_changed) code = mark_join(db, m->seq, message);
    if (code == CS_OK && m->seq && has_changed) code = meet(db, r, m->seq, message);
    bool leads_others =
        r->kind == CS_MAPPING_TICKETS && has_changed && m->reason != CS_MATCH_BY_TICKET_ROW && (m->seq || before > 0);
    if (code == CS_OK && leads_others) code = mark_steps(db, r, message);
    if (code == CS_OK)
        code = db_query(db,
                        "INSERT INTO record_match (record, state, seq, reason, candidates) VALUES (:record, :state, "
                        ":seq, :reason, :candidates) ON CONFLICT (record) DO UPDATE SET state = excluded.state, seq = "
                        "excluded.seq, reason = excluded.reason, candidates = excluded.candidates",
                        &stmt, message);
    if (code == CS_OK) {
        db_bind_int64(stmt, "record", r->number);
        db_bind_text(stmt, "state", state_names[m->state]);
        if (m->seq)
            db_bind_int64(stmt, "seq", m->seq);
        else
            db_bind_null(stmt, "seq");
        db_bind_text(stmt, "reason", reasons[m->reason].name);
        db_bind_text(stmt, "candidates", candidates.length ? buffer_string(&candidates) : NULL);
        code = db_run(stmt, message);
    }
    buffer_free(&candidates);
    return code;
}

static cs_error next_due(cs_db *db, int64_t *number, bool *has_row, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "SELECT record FROM match_due ORDER BY record LIMIT 1", &stmt, message);
    if (code != CS_OK) return code;
    code = db_step(stmt, has_row, message);
    if (code == CS_OK && *has_row) *number = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

static cs_error match_one(cs_db *db, int64_t number, cs_arena *arena, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_record *record = NULL;
    match found;
    cs_error code = db_query(db, "DELETE FROM match_due WHERE record = :record", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "record", number);
    code = db_run(stmt, message);
    if (code == CS_OK) code = record_find(db, number, arena, &record, message);
    if (code == CS_ERR_NOT_FOUND) return CS_OK; /* it was taken back meanwhile */
    if (code == CS_OK) code = find(db, record, &found, message);
    return code == CS_OK ? save(db, record, &found, message) : code;
}

cs_error match_due_some(cs_db *db, int most, int *done, cs_message *message) {
    cs_arena *arena = arena_create(RECORD_ARENA);
    cs_error code = arena ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory to match records");
    bool has_row = true;
    *done = 0;
    while (code == CS_OK && *done < most) {
        int64_t number = 0;
        code = next_due(db, &number, &has_row, message);
        if (code != CS_OK || !has_row) break;
        arena_reset(arena);
        code = match_one(db, number, arena, message);
        ++*done;
    }
    arena_free(arena);
    return code;
}

cs_error match_count(cs_db *db, const char *kind, cs_match_counts *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = true;
    *out = (cs_match_counts){0};
    cs_error code = db_query(db,
                             "SELECT m.state, count(*) FROM record_match m JOIN record r ON r.number = m.record WHERE "
                             "r.is_current = 1 AND (r.kind = :kind OR (:kind IS NULL AND r.kind <> 'roster')) GROUP BY "
                             "m.state",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "kind", kind);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        const char *state = db_text(stmt, 0);
        int64_t count = db_int64(stmt, 1);
        if (strcmp(state, "matched") == 0) out->matched = count;
        if (strcmp(state, "doubtful") == 0) out->doubtful = count;
        if (strcmp(state, "unmatched") == 0) out->unmatched = count;
    }
    db_done(stmt);
    return code;
}
