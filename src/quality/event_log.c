#include "quality/event_log.h"

#include "quality/archive_column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- fields ---- */

static int compare_fields(const void *left, const void *right) {
    const cs_field *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

void event_fields_write(cs_json_writer *out, const char *key, const cs_log_event *event) {
    const cs_field *ordered[CS_MAX_EVENT_FIELDS];
    uint32_t count = event->field_count < CS_MAX_EVENT_FIELDS ? event->field_count : CS_MAX_EVENT_FIELDS;
    for (uint32_t i = 0; i < count; i++) ordered[i] = &event->fields[i];
    qsort(ordered, count, sizeof *ordered, compare_fields);
    json_object_open(out, key);
    for (uint32_t i = 0; i < count; i++) json_write_string(out, ordered[i]->name, ordered[i]->value);
    json_object_close(out);
}

typedef struct reading {
    cs_arena *arena;
    cs_field *fields;
    uint32_t count, most;
    bool is_out_of_memory;
} reading;

static bool read_field(void *context, const char *name, const cs_json *value) {
    reading *r = context;
    const char *text = json_string(value, NULL);
    if (!text || r->count == r->most) return true;
    cs_field field = {.name = arena_string(r->arena, name), .value = arena_string(r->arena, text)};
    r->is_out_of_memory = !field.name || !field.value;
    if (!r->is_out_of_memory) r->fields[r->count++] = field;
    return !r->is_out_of_memory;
}

static cs_error read_fields(const char *text, cs_arena *scratch, cs_log_event *out, cs_message *message) {
    cs_json *json = NULL;
    if (strcmp(text, "{}") == 0) return CS_OK;
    cs_error code = json_parse(text, strlen(text), CS_MAX_FIELDS_BYTES * 2, &json, message);
    if (code != CS_OK) return message_set(message, CS_ERR_STORE, "the fields of the event %s are damaged", out->id);
    size_t most = json_length(json) < CS_MAX_EVENT_FIELDS ? json_length(json) : CS_MAX_EVENT_FIELDS;
    reading r = {.arena = scratch, .fields = arena_array(scratch, most + 1, sizeof *r.fields), .most = (uint32_t)most};
    if (r.fields) json_each(json, read_field, &r);
    json_free(json);
    if (!r.fields || r.is_out_of_memory) return message_set(message, CS_ERR_MEMORY, "no memory for an event's fields");
    out->fields = r.fields;
    out->field_count = r.count;
    return CS_OK;
}

/* ---- rows ---- */

cs_error event_log_read(cs_stmt *stmt, cs_arena *scratch, cs_log_row *out, cs_message *message) {
    *out = (cs_log_row){.seq = db_int64(stmt, 0),
                        .arrived_ms = db_int64(stmt, 10),
                        .event = {.id = db_text(stmt, 1),
                                  .kind = db_text(stmt, 2),
                                  .at_ms = db_int64(stmt, 3),
                                  .ticket = db_text(stmt, 4),
                                  .customer = db_text(stmt, 5),
                                  .conversation = db_text(stmt, 6),
                                  .by = db_text(stmt, 7),
                                  .direction = db_text(stmt, 8)}};
    return read_fields(db_text(stmt, 9), scratch, &out->event, message);
}

bool event_log_keep(cs_arena *arena, const cs_log_row *row, cs_log_row *out) {
    const cs_log_event *from = &row->event;
    cs_log_event event = *from;
    const char *const texts[] = {from->id,           from->kind, from->ticket,   from->customer,
                                 from->conversation, from->by,   from->direction};
    const char **const copies[] = {&event.id,           &event.kind, &event.ticket,   &event.customer,
                                   &event.conversation, &event.by,   &event.direction};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] && !(*copies[i] = arena_string(arena, texts[i]))) return false;
    cs_field *fields = arena_array(arena, (size_t)from->field_count + 1, sizeof *fields);
    if (!fields) return false;
    for (uint32_t i = 0; i < from->field_count; i++) {
        fields[i] = (cs_field){.name = arena_string(arena, from->fields[i].name),
                               .value = arena_string(arena, from->fields[i].value)};
        if (!fields[i].name || !fields[i].value) return false;
    }
    event.fields = fields;
    *out = (cs_log_row){.seq = row->seq, .arrived_ms = row->arrived_ms, .event = event};
    return true;
}

cs_error event_log_find(cs_db *db, const char *event_id, cs_arena *arena, cs_log_row *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_log_row row;
    cs_error code = db_query(db, "SELECT " CS_LOG_COLUMNS " FROM event_log WHERE event_id = :id", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", event_id);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row) code = message_set(message, CS_ERR_NOT_FOUND, "the log holds no event %s", event_id);
    if (code == CS_OK) code = event_log_read(stmt, arena, &row, message);
    if (code == CS_OK && !event_log_keep(arena, &row, out))
        code = message_set(message, CS_ERR_MEMORY, "no memory for an event");
    db_done(stmt);
    return code;
}

cs_error event_log_last(cs_db *db, int64_t *seq, cs_message *message) {
    return query_number(db, "SELECT max(seq) FROM event_log", 0, seq, message);
}

/* ---- appending ---- */

static void bind_event(cs_stmt *stmt, const char *id, const cs_log_event *event, const char *fields) {
    db_bind_text(stmt, "id", id);
    db_bind_text(stmt, "kind", event->kind);
    db_bind_int64(stmt, "at", event->at_ms);
    db_bind_text(stmt, "ticket", event->ticket);
    db_bind_text(stmt, "customer", event->customer);
    db_bind_text(stmt, "conversation", event->conversation);
    db_bind_text(stmt, "by", event->by);
    db_bind_text(stmt, "direction", event->direction);
    db_bind_text(stmt, "fields", fields);
}

/* The id stands already: the same event once more, or another one that took its id. */
static cs_error compare_known(cs_db *db, const char *id, const cs_log_event *event, const char *fields,
                              cs_message *message) {
    cs_stmt *stmt = NULL;
    bool is_same = false;
    cs_error code = db_query(db,
                             "SELECT 1 FROM event_log WHERE event_id = :id AND kind = :kind AND at_ms = :at "
                             "AND ticket IS NOT DISTINCT FROM :ticket AND customer IS NOT DISTINCT FROM :customer "
                             "AND conversation IS NOT DISTINCT FROM :conversation "
                             "AND by_whom IS NOT DISTINCT FROM :by "
                             "AND direction IS NOT DISTINCT FROM :direction AND fields = :fields",
                             &stmt, message);
    if (code != CS_OK) return code;
    bind_event(stmt, id, event, fields);
    code = db_step(stmt, &is_same, message);
    db_done(stmt);
    if (code != CS_OK || is_same) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "the event id \"%.200s\" stands in the log already, with other content",
                      event->id);
    message_remedy(message, "give each event an id of its own; the one that was stored first is kept");
    return CS_ERR_CONFLICT;
}

static cs_error insert(cs_db *db, const char *id, const cs_log_event *event, const char *fields, const char *source,
                       int64_t arrived_ms, bool *is_new, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO event_log (event_id, kind, at_ms, ticket, customer, conversation, by_whom, direction, "
                 "fields, source, arrived_ms, is_withdrawn) VALUES (:id, :kind, :at, :ticket, :customer, "
                 ":conversation, :by, :direction, :fields, :source, :arrived, 0) ON CONFLICT (event_id) DO NOTHING",
                 &stmt, message);
    if (code != CS_OK) return code;
    bind_event(stmt, id, event, fields);
    db_bind_text(stmt, "source", source);
    db_bind_int64(stmt, "arrived", arrived_ms);
    code = db_run(stmt, message);
    if (code == CS_OK) *is_new = db_changes(db) == 1;
    return code;
}

cs_error event_log_append(cs_db *db, cs_event_origin origin, const cs_log_event *event, const char *source,
                          int64_t arrived_ms, bool *is_new, cs_message *message) {
    char id[CS_MAX_EVENT_ID_BYTES];
    int wrote = snprintf(id, sizeof id, "%c:%s", (char)origin, event->id);
    if (wrote < 0 || (size_t)wrote >= sizeof id)
        return message_set(message, CS_ERR_LIMIT, "the id of an event is longer than %d bytes",
                           CS_MAX_EVENT_ID_BYTES - 3);
    cs_buffer fields;
    cs_json_writer writer;
    buffer_init(&fields, CS_MAX_FIELDS_BYTES);
    json_writer_init(&writer, &fields);
    event_fields_write(&writer, NULL, event);
    cs_error code =
        fields.is_failed
            ? message_set(message, CS_ERR_LIMIT, "the fields of an event are larger than %d bytes", CS_MAX_FIELDS_BYTES)
            : insert(db, id, event, buffer_string(&fields), source, arrived_ms, is_new, message);
    if (code == CS_OK && !*is_new) code = compare_known(db, id, event, buffer_string(&fields), message);
    buffer_free(&fields);
    return code;
}

/* ---- corrections ---- */

/* Marks a stored event and tells the log so, since an older one must be read again. */
cs_error event_log_withdraw(cs_db *db, const cs_log_row *row, bool is_withdrawn, int64_t now_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "UPDATE event_log SET is_withdrawn = :withdrawn WHERE seq = :seq", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "withdrawn", is_withdrawn);
    db_bind_int64(stmt, "seq", row->seq);
    code = db_run(stmt, message);
    int64_t last = 0;
    if (code == CS_OK) code = event_log_last(db, &last, message);
    if (code != CS_OK) return code;
    char id[64]; /* as often as it is corrected */
    (void)snprintf(id, sizeof id, "%lld.%lld", (long long)row->seq, (long long)last);
    const cs_field which = {.name = "event", .value = row->event.id};
    cs_log_event told = {.id = id,
                         .kind = CS_EVENT_CORRECTED,
                         .at_ms = row->event.at_ms,
                         .ticket = row->event.ticket,
                         .customer = row->event.customer,
                         .conversation = row->event.conversation,
                         .fields = &which,
                         .field_count = 1};
    bool is_new = false;
    return event_log_append(db, CS_FROM_CORRECTION, &told, NULL, now_ms, &is_new, message);
}
