#include "quality/event_log_conversation.h"

#include "quality/event_log_line.h"

#include <stdio.h>
#include <string.h>

enum { MAX_KINDS = 256, MAX_LOGGED = 2000, MAX_FIELDS_KEPT = 16 * 1024, ARENA_BYTES = 64 << 20 };

/* ---- what stands in all its events ---- */

static const char *known(const char *text) {
    return text && *text && strlen(text) <= CS_MAX_NAME_BYTES ? text : NULL;
}

static bool is_call(const cs_conversation *c) {
    return c->channel == CS_CHANNEL_CALL || c->channel == CS_CHANNEL_VIDEO;
}

static void add_field(cs_log_event *event, cs_field *fields, size_t *bytes, const char *name, const char *value) {
    static const char *const columns[] = {"ticket", "customer", "direction"}; /* stand beside the fields */
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (strcmp(name, columns[i]) == 0) return;
    size_t more = value ? strlen(name) + strlen(value) : 0;
    if (!value || !*value || event->field_count == CS_MAX_EVENT_FIELDS || *bytes + more > MAX_FIELDS_KEPT) return;
    for (uint32_t i = 0; i < event->field_count; i++)
        if (strcmp(fields[i].name, name) == 0) return;
    *bytes += more;
    fields[event->field_count++] = (cs_field){.name = name, .value = value};
}

/* Values longer than the log keeps are left out: a condition on them then is unknown. */
static bool fill_head(const cs_conversation *c, cs_arena *arena, cs_log_event *out) {
    const cs_participant *agent = conversation_agent(c);
    const char *ticket = known(conversation_field(c, "ticket"));
    if (!ticket && c->channel == CS_CHANNEL_TICKET) ticket = known(c->external_id);
    *out = (cs_log_event){.ticket = ticket,
                          .customer = known(c->customer),
                          .conversation = c->external_id,
                          .direction = event_direction(conversation_field(c, "direction"))};
    cs_field *fields = arena_array(arena, CS_MAX_EVENT_FIELDS, sizeof *fields);
    if (!fields) return false;
    size_t bytes = 0;
    if (c->channel != CS_CHANNEL_UNKNOWN) add_field(out, fields, &bytes, "channel", channel_name(c->channel));
    add_field(out, fields, &bytes, "queue", c->queue);
    if (agent) {
        add_field(out, fields, &bytes, "agent", agent->name);
        add_field(out, fields, &bytes, "team", agent->team);
    }
    for (uint32_t i = 0; i < c->field_count; i++) add_field(out, fields, &bytes, c->fields[i].name, c->fields[i].value);
    out->fields = fields;
    return true;
}

static const char *name_of(const cs_participant *who) {
    if (who->role == CS_ROLE_BOT || who->role == CS_ROLE_SYSTEM || who->role == CS_ROLE_UNDECIDED)
        return role_name(who->role);
    return known(who->name) ? who->name : known(who->id);
}

/* ---- whether a person answered ---- */

typedef struct answer {
    int64_t at_ms; /* CS_NO_TIME: nobody did */
    const char *by;
} answer;

static bool has_role(const cs_conversation *c, cs_role role) {
    for (uint32_t i = 0; i < c->participant_count; i++)
        if (c->participants[i].role == role) return true;
    return false;
}

/* In an untimed call it is known only that it happened: then the call's start stands for it. */
static void take_earlier(const cs_conversation *c, answer *a, int64_t at_ms, const cs_participant *who) {
    int64_t at = at_ms == CS_NO_TIME || !c->is_timed ? 0 : at_ms;
    if (a->at_ms != CS_NO_TIME && a->at_ms <= at) return;
    *a = (answer){at, who ? name_of(who) : NULL};
}

/* A bot that picks up is no answer, nor is a pick-up by nobody known where a bot takes part. Words of an agent are. */
static answer find_answer(const cs_conversation *c) {
    answer sure = {CS_NO_TIME, NULL}, possible = {CS_NO_TIME, NULL};
    for (uint32_t i = 0; i < c->event_count; i++) {
        const cs_event *e = &c->events[i];
        if (strcmp(e->kind, "answer") != 0) continue;
        const cs_participant *who = e->participant < c->participant_count ? &c->participants[e->participant] : NULL;
        if (who ? who->role == CS_ROLE_BOT || who->role == CS_ROLE_SYSTEM : has_role(c, CS_ROLE_BOT)) continue;
        take_earlier(c, who && who->role == CS_ROLE_UNDECIDED ? &possible : &sure, e->at_ms, who);
    }
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_participant *who = &c->participants[c->turns[i].participant];
        if (who->role == CS_ROLE_AGENT) take_earlier(c, &sure, c->turns[i].start_ms, who);
        if (who->role == CS_ROLE_UNDECIDED) take_earlier(c, &possible, c->turns[i].start_ms, who);
    }
    return sure.at_ms != CS_NO_TIME ? sure : possible;
}

/* ---- the events ---- */

static bool is_reserved(const char *kind) {
    return strcmp(kind, CS_EVENT_DUE) == 0 || strcmp(kind, CS_EVENT_CORRECTED) == 0 ||
           strcmp(kind, "call.answered") == 0 || strcmp(kind, "call.offered") == 0;
}

/* The id: the conversation's, and what the event says. So a text that was corrected elsewhere tells the same event. */
static bool add_event(const cs_conversation *c, cs_arena *arena, cs_log_event event, cs_log_event *out,
                      uint32_t *count) {
    char own[CS_ID_CHARS + 1], hex[CS_HASH_CHARS + 1];
    id_make(0, c->external_id, strlen(c->external_id), own);
    hash_hex(event_content(&event), hex);
    event.id = arena_printf(arena, "%s.%s", own, hex);
    if (!event.id) return false;
    out[(*count)++] = event;
    return true;
}

cs_error conversation_events(const cs_conversation *c, cs_arena *arena, cs_log_event *out, uint32_t most,
                             uint32_t *count, cs_message *message) {
    cs_log_event head;
    *count = 0;
    if (c->started_ms == CS_NO_TIME || most == 0) return CS_OK;
    bool is_good = fill_head(c, arena, &head);
    if (is_good && !head.ticket && !head.customer) return CS_OK; /* nobody could be told by it */
    if (is_good && is_call(c)) {
        answer a = find_answer(c);
        cs_log_event call = head;
        call.kind = a.at_ms == CS_NO_TIME ? "call.offered" : "call.answered";
        call.by = a.by;
        call.at_ms = c->started_ms + (a.at_ms == CS_NO_TIME ? 0 : a.at_ms);
        is_good = add_event(c, arena, call, out, count);
    }
    for (uint32_t i = 0; is_good && i < c->event_count && *count < most; i++) {
        const cs_event *e = &c->events[i];
        if (e->at_ms == CS_NO_TIME || is_reserved(e->kind) || !known(e->kind)) continue;
        cs_log_event event = head;
        event.kind = e->kind;
        event.at_ms = c->started_ms + e->at_ms;
        event.by = e->participant < c->participant_count ? name_of(&c->participants[e->participant]) : NULL;
        is_good = add_event(c, arena, event, out, count);
    }
    return is_good ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for a conversation's events");
}

/* ---- corrections ---- */

static bool is_told(const cs_log_event *events, uint32_t count, const char *stored_id) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(events[i].id, stored_id + 2) == 0) return true;
    return false;
}

/* Stored events of this conversation that stand otherwise than its text now says. */
static cs_error collect_changed(cs_db *db, const cs_conversation *c, const cs_log_event *events, uint32_t count,
                                cs_arena *arena, cs_log_row *out, uint32_t *found, cs_message *message) {
    char own[CS_ID_CHARS + 1], from[CS_ID_CHARS + 8], to[CS_ID_CHARS + 8];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    id_make(0, c->external_id, strlen(c->external_id), own);
    (void)snprintf(from, sizeof from, "%c:%s.", (char)CS_FROM_CONVERSATION, own);
    (void)snprintf(to, sizeof to, "%c:%s/", (char)CS_FROM_CONVERSATION, own); /* the character behind the dot */
    cs_error code = db_query(db,
                             "SELECT " CS_LOG_COLUMNS ", is_withdrawn FROM event_log WHERE event_id >= :from AND "
                             "event_id < :to ORDER BY event_id",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "from", from);
    db_bind_text(stmt, "to", to);
    *found = 0;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && *found < MAX_LOGGED) {
        cs_log_row row;
        code = event_log_read(stmt, arena, &row, message);
        if (code != CS_OK) break;
        bool is_withdrawn = db_int64(stmt, 11) != 0;
        if (is_withdrawn != is_told(events, count, row.event.id)) continue;
        if (!event_log_keep(arena, &row, &out[*found])) {
            code = message_set(message, CS_ERR_MEMORY, "no memory for a conversation's events");
            break;
        }
        out[(*found)++].arrived_ms = is_withdrawn; /* what it was is all that is needed of it */
    }
    db_done(stmt);
    return code;
}

static cs_error correct(cs_db *db, const cs_conversation *c, const cs_log_event *events, uint32_t count,
                        cs_arena *arena, int64_t now_ms, cs_message *message) {
    cs_log_row *changed = arena_array(arena, MAX_LOGGED, sizeof *changed);
    uint32_t found = 0;
    if (!changed) return message_set(message, CS_ERR_MEMORY, "no memory for a conversation's events");
    cs_error code = collect_changed(db, c, events, count, arena, changed, &found, message);
    for (uint32_t i = 0; code == CS_OK && i < found; i++)
        code = event_log_withdraw(db, &changed[i], changed[i].arrived_ms == 0, now_ms, message);
    return code;
}

/* ---- following ---- */

static bool is_waited_for(const char *const *kinds, uint32_t count, const char *kind) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(kinds[i], kind) == 0) return true;
    return strcmp(kind, "call.offered") == 0 && is_waited_for(kinds, count, "call.answered"); /* a near-miss */
}

cs_error event_log_follow(cs_db *db, const cs_ruleset *ruleset, const cs_conversation *conversation, bool is_corrected,
                          cs_message *message) {
    const char *kinds[MAX_KINDS];
    uint32_t kind_count = across_kinds(ruleset, kinds, MAX_KINDS), count = 0;
    if (kind_count == 0 && !is_corrected) return CS_OK;
    int64_t now_ms = clock_now_ms();
    cs_arena *arena = arena_create(ARENA_BYTES);
    uint32_t most = conversation->event_count < MAX_LOGGED ? conversation->event_count + 1 : MAX_LOGGED;
    cs_log_event *events = arena ? arena_array(arena, most, sizeof *events) : NULL;
    cs_error code = events ? conversation_events(conversation, arena, events, most, &count, message)
                           : message_set(message, CS_ERR_MEMORY, "no memory for a conversation's events");
    if (code == CS_OK && is_corrected) code = correct(db, conversation, events, count, arena, now_ms, message);
    for (uint32_t i = 0; code == CS_OK && i < count; i++) {
        bool is_new;
        if (is_waited_for(kinds, kind_count, events[i].kind))
            code =
                event_log_append(db, CS_FROM_CONVERSATION, &events[i], conversation->source, now_ms, &is_new, message);
    }
    arena_free(arena);
    return code;
}
