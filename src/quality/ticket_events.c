#include "quality/ticket_events.h"

#include "quality/event_log.h"
#include "quality/event_log_line.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 4 << 20, MOST_EVENTS = 2 };

static void add_field(cs_log_event *event, cs_field *fields, const char *name, const char *value) {
    if (!value || event->field_count == CS_MAX_EVENT_FIELDS) return;
    for (uint32_t i = 0; i < event->field_count; i++)
        if (strcmp(fields[i].name, name) == 0) return;
    fields[event->field_count++] = (cs_field){.name = name, .value = value};
}

static cs_error fill(const cs_record *r, const char *kind, int64_t at_ms, cs_arena *arena, cs_log_event *out,
                     cs_message *message) {
    const char *const *cells = r->cells;
    char hex[CS_HASH_CHARS + 1];
    cs_field *fields = arena_array(arena, CS_MAX_EVENT_FIELDS, sizeof *fields);
    if (!fields) return message_set(message, CS_ERR_MEMORY, "no memory for a ticket's events");
    *out = (cs_log_event){.kind = kind,
                          .at_ms = at_ms,
                          .ticket = cells[CS_COLUMN_TICKET],
                          .customer = cells[CS_COLUMN_CUSTOMER] ? cells[CS_COLUMN_CUSTOMER] : cells[CS_COLUMN_NUMBER],
                          .conversation = cells[CS_COLUMN_CONVERSATION],
                          .by = cells[CS_COLUMN_AGENT],
                          .fields = fields};
    add_field(out, fields, "kind", cells[CS_COLUMN_TICKET_KIND]);
    add_field(out, fields, "status", cells[CS_COLUMN_STATUS]);
    add_field(out, fields, "queue", cells[CS_COLUMN_QUEUE]);
    add_field(out, fields, "team", cells[CS_COLUMN_TEAM]);
    add_field(out, fields, "score", cells[CS_COLUMN_SCORE]);
    for (uint32_t i = 0; i < r->field_count; i++) add_field(out, fields, r->fields[i].name, r->fields[i].value);
    /* of the row, too: what a file of events or another row tells alike stands when this one is taken back */
    hash_hex(hash_pair(event_content(out), hash_bytes(r->key, strlen(r->key))), hex);
    out->id = arena_printf(arena, "row:%s", hex);
    return out->id ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for a ticket's events");
}

static cs_error events_of(const cs_record *r, cs_arena *arena, cs_log_event out[MOST_EVENTS], int *count,
                          cs_message *message) {
    int64_t at = r->times[CS_COLUMN_TIME], closed = r->times[CS_COLUMN_CLOSED];
    const char *event = r->cells[CS_COLUMN_EVENT];
    cs_error code = CS_OK;
    *count = 0;
    if (r->kind == CS_MAPPING_SATISFACTION && at != CS_NO_TIME)
        return fill(r, "survey.answered", at, arena, &out[(*count)++], message);
    if (r->kind != CS_MAPPING_TICKETS) return CS_OK;
    if (at != CS_NO_TIME) code = fill(r, event ? event : "ticket.opened", at, arena, &out[(*count)++], message);
    if (code == CS_OK && !event && closed != CS_NO_TIME)
        code = fill(r, "ticket.closed", closed, arena, &out[(*count)++], message);
    return code;
}

static bool is_among(const cs_log_event *events, int count, const char *id) {
    for (int i = 0; i < count; i++)
        if (events[i].id && id && strcmp(events[i].id, id) == 0) return true;
    return false;
}

/* Sets an event that the log holds already. CS_ERR_NOT_FOUND: it holds none such. */
static cs_error set_withdrawn(cs_db *db, const char *id, bool is_withdrawn, cs_arena *arena, cs_message *message) {
    cs_log_row row;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    const char *stored = arena_printf(arena, "%c:%s", (char)CS_FROM_FILE, id);
    if (!stored) return message_set(message, CS_ERR_MEMORY, "no memory for a ticket's events");
    cs_error code = event_log_find(db, stored, arena, &row, message);
    if (code == CS_OK) code = db_query(db, "SELECT is_withdrawn FROM event_log WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", row.seq);
    code = db_step(stmt, &has_row, message);
    bool is_so = code == CS_OK && has_row && (db_int64(stmt, 0) != 0) == is_withdrawn;
    db_done(stmt);
    return code != CS_OK || is_so ? code : event_log_withdraw(db, &row, is_withdrawn, clock_now_ms(), message);
}

static cs_error tell(cs_db *db, const cs_log_event *event, const char *source, cs_arena *arena, cs_message *message) {
    bool is_new = false;
    cs_error code = set_withdrawn(db, event->id, false, arena, message);
    if (code != CS_ERR_NOT_FOUND) return code;
    return event_log_append(db, CS_FROM_FILE, event, source, clock_now_ms(), &is_new, message);
}

static cs_error on_change(void *context, cs_db *db, const cs_record *gone, const cs_record *come, cs_message *message) {
    cs_log_event old[MOST_EVENTS] = {0}, now[MOST_EVENTS] = {0};
    int old_count = 0, now_count = 0;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for a ticket's events");
    (void)context;
    if (code == CS_OK && gone) code = events_of(gone, arena, old, &old_count, message);
    if (code == CS_OK && come) code = events_of(come, arena, now, &now_count, message);
    for (int i = 0; i < old_count && code == CS_OK; i++)
        if (!is_among(now, now_count, old[i].id)) {
            code = set_withdrawn(db, old[i].id, true, arena, message);
            if (code == CS_ERR_NOT_FOUND) code = CS_OK;
        }
    for (int i = 0; i < now_count && code == CS_OK; i++) code = tell(db, &now[i], come->source, arena, message);
    arena_free(arena);
    return code;
}

const cs_record_watch ticket_events_watch = {on_change, NULL};
