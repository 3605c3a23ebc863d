#include "records/join.h"

#include "conversation/draft.h"
#include "records/join_roster.h"
#include "records/record_store.h"

#include <stdio.h>
#include <string.h>

enum { MAX_JOINED = 2000 }; /* records of one conversation: a ticket's history */

typedef struct joining {
    cs_db *db;
    int64_t seq;
    cs_draft draft; /* over the conversation */
    cs_arena *arena;
    cs_message *message;
    bool has_changed;
    const cs_record *call; /* NULL: none */
    const cs_record **records; /* matched to it */
    uint32_t count, room;
} joining;

static cs_error no_memory(const joining *j) {
    return message_set(j->message, CS_ERR_MEMORY, "no memory to join records");
}

/* ---- filling what is open ---- */

static cs_error add_field(joining *j, const char *name, const char *value) {
    if (!value || !*value || conversation_field(j->draft.c, name)) return CS_OK;
    j->has_changed = true;
    return draft_field(&j->draft, name, value, j->message);
}

/* Later rows of the same kind say what holds now: over what an earlier row set, not over the conversation's own. */
static cs_error set_field(joining *j, const char *name, const char *value, const cs_conversation *own) {
    if (!value || !*value || conversation_field(own, name)) return CS_OK;
    j->has_changed = true;
    return draft_field(&j->draft, name, value, j->message);
}

static cs_error fill(joining *j, const char **slot, const char *text) {
    if (!text || *slot) return CS_OK;
    *slot = arena_string(j->arena, text);
    j->has_changed = true;
    return *slot ? CS_OK : no_memory(j);
}

static cs_participant *find_role(const joining *j, cs_role role) {
    for (uint32_t i = 0; i < j->draft.c->participant_count; i++)
        if (j->draft.c->participants[i].role == role) return &j->draft.c->participants[i];
    return NULL;
}

static cs_error add_participant(joining *j, cs_role role, const char *id, uint32_t *out) {
    const cs_conversation *c = j->draft.c;
    for (uint32_t i = 0; i < c->participant_count; i++)
        if (strcmp(c->participants[i].id, id) == 0) id = role_name(role); /* taken by somebody of another role */
    cs_participant *who = draft_participant(&j->draft);
    if (!who) return draft_why(&j->draft, j->message);
    *who = (cs_participant){.id = arena_string(j->arena, id), .role = role};
    j->has_changed = true;
    *out = c->participant_count - 1;
    return who->id ? CS_OK : no_memory(j);
}

/* The one agent of the conversation; when it has several their names are its own business. */
static cs_error name_agent(joining *j, const char *id, const char *name, const char *team) {
    cs_conversation *c = j->draft.c;
    cs_participant *only = NULL;
    uint32_t agents = 0, at = 0;
    if (!id && !name) return CS_OK;
    for (uint32_t i = 0; i < c->participant_count; i++)
        if (c->participants[i].role == CS_ROLE_AGENT && agents++ == 0) at = i;
    cs_error code = agents ? CS_OK : add_participant(j, CS_ROLE_AGENT, id ? id : name, &at);
    if (code != CS_OK || agents > 1) return code;
    only = &j->draft.c->participants[at];
    if (name && only->name && strcmp(only->name, name) != 0) return CS_OK; /* somebody else spoke: a transfer */
    code = fill(j, &only->name, name);
    return code == CS_OK ? fill(j, &only->team, team) : code;
}

static bool has_event(const cs_conversation *c, const char *kind) {
    for (uint32_t i = 0; i < c->event_count; i++)
        if (strcmp(c->events[i].kind, kind) == 0) return true;
    return false;
}

static cs_error add_event(joining *j, const char *kind, int64_t at_ms, const char *role_word) {
    cs_conversation *c = j->draft.c;
    uint32_t who = CS_NO_PARTICIPANT;
    cs_error code = CS_OK;
    if (at_ms == CS_NO_TIME || c->started_ms == CS_NO_TIME || has_event(c, kind)) return CS_OK;
    if (role_word) {
        cs_role role = role_parse(role_word);
        const cs_participant *found = find_role(j, role);
        if (found)
            who = (uint32_t)(found - c->participants);
        else
            code = add_participant(j, role, role_word, &who);
    }
    cs_event *event = code == CS_OK ? draft_event(&j->draft) : NULL;
    if (!event) return code == CS_OK ? draft_why(&j->draft, j->message) : code;
    event->kind = kind;
    event->at_ms = at_ms > c->started_ms ? at_ms - c->started_ms : 0;
    event->participant = who;
    j->has_changed = true;
    return CS_OK;
}

static cs_error add_own_fields(joining *j, const cs_record *r, const cs_conversation *own) {
    cs_error code = CS_OK;
    for (uint32_t i = 0; i < r->field_count && code == CS_OK; i++)
        code = set_field(j, r->fields[i].name, r->fields[i].value, own);
    return code;
}

/* ---- one kind each ---- */

static cs_error join_call(joining *j, const cs_record *r, const cs_conversation *own) {
    static const struct {
        cs_column_use use;
        const char *field;
    } fields[] = {{CS_COLUMN_DIRECTION, "direction"}, {CS_COLUMN_NUMBER, "number"},
                  {CS_COLUMN_TICKET, "ticket"},       {CS_COLUMN_AGENT_ID, "agent_id"},
                  {CS_COLUMN_EXTENSION, "extension"}, {CS_COLUMN_ACCOUNT, "account"},
                  {CS_COLUMN_OPENID, "openid"},       {CS_COLUMN_CONVERSATION, "call_id"}};
    cs_conversation *c = j->draft.c;
    const char *const *cells = r->cells;
    j->call = r;
    if (c->started_ms == CS_NO_TIME && r->from_ms != CS_NO_TIME) {
        c->started_ms = r->from_ms;
        c->zone_minutes = r->zone_minutes;
        j->has_changed = true;
    }
    cs_error code = fill(j, &c->queue, cells[CS_COLUMN_QUEUE]);
    if (code == CS_OK)
        code = fill(j, &c->customer, cells[CS_COLUMN_CUSTOMER] ? cells[CS_COLUMN_CUSTOMER] : cells[CS_COLUMN_NUMBER]);
    if (code == CS_OK)
        code = name_agent(j, cells[CS_COLUMN_AGENT_ID] ? cells[CS_COLUMN_AGENT_ID] : cells[CS_COLUMN_EXTENSION],
                          cells[CS_COLUMN_AGENT], cells[CS_COLUMN_TEAM]);
    for (size_t i = 0; i < sizeof fields / sizeof *fields && code == CS_OK; i++) {
        const char *value = cells[fields[i].use];
        bool is_own_id = fields[i].use == CS_COLUMN_CONVERSATION && value && strcmp(value, c->external_id) == 0;
        if (!is_own_id) code = add_field(j, fields[i].field, value);
    }
    if (code == CS_OK) code = add_own_fields(j, r, own);
    if (code == CS_OK) code = add_event(j, "answer", r->times[CS_COLUMN_ANSWERED], "agent");
    if (code == CS_OK && cells[CS_COLUMN_HANG_UP]) code = add_event(j, "hang-up", r->to_ms, cells[CS_COLUMN_HANG_UP]);
    return code;
}

static cs_error join_satisfaction(joining *j, const cs_record *r, const cs_conversation *own) {
    cs_error code = set_field(j, "satisfaction", r->cells[CS_COLUMN_SCORE], own);
    if (code == CS_OK) code = set_field(j, "satisfaction.comment", r->cells[CS_COLUMN_COMMENT], own);
    return code == CS_OK ? add_own_fields(j, r, own) : code;
}

static cs_error join_ticket_row(joining *j, const cs_record *r, const cs_conversation *own) {
    char text[32];
    cs_error code = set_field(j, "ticket.status", r->cells[CS_COLUMN_STATUS], own);
    if (code == CS_OK) code = set_field(j, "ticket.kind", r->cells[CS_COLUMN_TICKET_KIND], own);
    if (code == CS_OK) code = set_field(j, "ticket.title", r->cells[CS_COLUMN_TITLE], own);
    if (code == CS_OK && r->times[CS_COLUMN_CLOSED] != CS_NO_TIME) {
        clock_format(r->times[CS_COLUMN_CLOSED], r->zone_minutes, text);
        code = set_field(j, "ticket.closed", text, own);
    }
    return code == CS_OK ? add_own_fields(j, r, own) : code;
}

/* ---- what there is ---- */

static cs_error keep(joining *j, cs_stmt *stmt) {
    cs_record *record = NULL;
    void *items = (void *)j->records;
    cs_error code = record_row(stmt, j->arena, &record, j->message);
    if (code == CS_OK && !arena_room(j->arena, &items, &j->room, j->count, sizeof *j->records)) code = no_memory(j);
    j->records = (const cs_record **)items;
    if (code == CS_OK) j->records[j->count++] = record;
    return code;
}

static cs_error collect(joining *j, cs_stmt *stmt) {
    bool has_row = true;
    cs_error code = CS_OK;
    while (code == CS_OK && j->count < MAX_JOINED) {
        code = db_step(stmt, &has_row, j->message);
        if (code != CS_OK || !has_row) break;
        code = keep(j, stmt);
    }
    db_done(stmt);
    return code;
}

static cs_error find_matched(joining *j) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(j->db,
                             "SELECT " CS_RECORD_COLUMNS " FROM record_match m JOIN record r ON r.number = m.record "
                             "WHERE m.seq = :seq AND m.state = 'matched' AND r.is_current = 1 ORDER BY r.from_ms, "
                             "r.line, r.key",
                             &stmt, j->message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", j->seq);
    return collect(j, stmt);
}

/* The whole history of a ticket, in its order. */
static cs_error join_ticket(joining *j, const char *ticket, const cs_conversation *own) {
    cs_stmt *stmt = NULL;
    uint32_t first = j->count;
    cs_error code = add_field(j, "ticket", ticket);
    if (code == CS_OK)
        code =
            db_query(j->db,
                     "SELECT " CS_RECORD_COLUMNS " FROM record r WHERE r.kind = 'tickets' AND r.ticket = :ticket AND "
                     "r.is_current = 1 ORDER BY r.from_ms, r.line, r.key",
                     &stmt, j->message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "ticket", ticket);
    code = collect(j, stmt);
    for (uint32_t i = first; i < j->count && code == CS_OK; i++) code = join_ticket_row(j, j->records[i], own);
    return code;
}

static const char *ticket_of(const joining *j) {
    const char *ticket = conversation_field(j->draft.c, "ticket");
    if (ticket) return ticket;
    if (j->draft.c->channel == CS_CHANNEL_TICKET) return j->draft.c->external_id;
    for (uint32_t i = 0; i < j->count; i++)
        if (j->records[i]->kind == CS_MAPPING_TICKETS) return j->records[i]->cells[CS_COLUMN_TICKET];
    return NULL;
}

static cs_error join_roster(joining *j) {
    const cs_conversation *c = j->draft.c;
    const cs_participant *agent = find_role(j, CS_ROLE_AGENT);
    const cs_agent_names names = {.agent_id = conversation_field(c, "agent_id"),
                                  .extension = conversation_field(c, "extension"),
                                  .name = agent ? agent->name : NULL};
    cs_record *row = NULL;
    cs_error code = roster_find(j->db, &names, c->started_ms, j->arena, &row, j->message);
    if (code == CS_ERR_NOT_FOUND) return CS_OK;
    if (code == CS_OK)
        code = name_agent(j, row->cells[CS_COLUMN_AGENT_ID], row->cells[CS_COLUMN_AGENT], row->cells[CS_COLUMN_TEAM]);
    if (code == CS_OK) code = fill(j, &j->draft.c->queue, row->cells[CS_COLUMN_QUEUE]);
    if (code == CS_OK) code = add_field(j, "agent_id", row->cells[CS_COLUMN_AGENT_ID]);
    for (uint32_t i = 0; i < row->field_count && code == CS_OK; i++)
        code = add_field(j, row->fields[i].name, row->fields[i].value);
    return code;
}

static cs_error join_all(joining *j, const cs_conversation *own) {
    cs_error code = find_matched(j);
    uint32_t matched = j->count;
    for (uint32_t i = 0; i < matched && code == CS_OK; i++)
        if (j->records[i]->kind == CS_MAPPING_CALLS) code = join_call(j, j->records[i], own);
    for (uint32_t i = 0; i < matched && code == CS_OK; i++)
        if (j->records[i]->kind == CS_MAPPING_SATISFACTION) code = join_satisfaction(j, j->records[i], own);
    const char *ticket = code == CS_OK ? ticket_of(j) : NULL;
    if (ticket) code = join_ticket(j, ticket, own);
    return code == CS_OK ? join_roster(j) : code;
}

cs_error join_apply(cs_db *db, int64_t seq, cs_conversation *conversation, cs_arena *arena, bool *has_changed,
                    cs_message *message) {
    const cs_conversation own = *conversation; /* its lists stay as they were: the draft grows copies */
    joining j = {.db = db, .seq = seq, .arena = arena, .message = message};
    j.draft = draft_of(conversation, arena);
    cs_error code = join_all(&j, &own);
    if (code == CS_OK && j.has_changed) code = conversation_finish(conversation, arena, message);
    *has_changed = j.has_changed;
    return code;
}

/* ---- what is due ---- */

cs_error join_next(cs_db *db, int64_t after, int64_t *seq, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT seq FROM join_due WHERE seq > :after ORDER BY seq LIMIT 1", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "after", after);
    code = db_step(stmt, &has_row, message);
    *seq = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

cs_error join_due(cs_db *db, int64_t seq, int64_t *marks, bool *must_inspect, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT marks, must_inspect FROM join_due WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    *marks = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    *must_inspect = code == CS_OK && has_row && db_int64(stmt, 1) != 0;
    db_done(stmt);
    return code;
}

cs_error join_done(cs_db *db, int64_t seq, int64_t marks, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM join_due WHERE seq = :seq AND marks <= :marks", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "marks", marks);
    return db_run(stmt, message);
}
