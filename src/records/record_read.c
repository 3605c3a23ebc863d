/* From a row to a record: its cells in one shape, and what it is about. */
#include "records/record.h"

#include "text/phone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CELL_BYTES = 2000, MAX_KEY_BYTES = 2 * MAX_CELL_BYTES + 100 };
static const int64_t DAY_MS = 86400000;

typedef struct reading {
    const cs_table *table;
    const cs_mapping *mapping;
    cs_arena *arena;
    cs_record *record;
    int64_t line;
    cs_message *message;
} reading;

static const char *const names[] = {
#define X(code, key, kinds, needed) key,
    CS_COLUMN_TABLE(X)
#undef X
};

static cs_error no_memory(const reading *r) {
    return message_set(r->message, CS_ERR_MEMORY, "no memory for a record");
}

static cs_error refuse(const reading *r, const char *what, const char *remedy) {
    (void)message_set(r->message, CS_ERR_PARSE, "%s", what);
    message_place(r->message, "line %lld", (long long)r->line);
    message_remedy(r->message, "%s", remedy);
    return CS_ERR_PARSE;
}

static cs_error keep(const reading *r, cs_column_use use, const char *text) {
    if (!text || !*text) return CS_OK;
    if (strlen(text) > MAX_CELL_BYTES) {
        (void)message_set(r->message, CS_ERR_LIMIT, "the column %s has more than %d bytes", names[use], MAX_CELL_BYTES);
        message_place(r->message, "line %lld", (long long)r->line);
        return CS_ERR_LIMIT;
    }
    r->record->cells[use] = arena_string(r->arena, text);
    return r->record->cells[use] ? CS_OK : no_memory(r);
}

/* ---- cells that have a shape of their own ---- */

static bool is_time(cs_column_use use) {
    return use == CS_COLUMN_TIME || use == CS_COLUMN_ENDED || use == CS_COLUMN_ANSWERED || use == CS_COLUMN_FROM ||
           use == CS_COLUMN_TO || use == CS_COLUMN_CLOSED;
}

/* The customer's side of the call: who called, unless the centre did. */
static const char *number_of(const reading *r) {
    const char *number = table_cell(r->table, CS_COLUMN_NUMBER);
    const char *direction = mapping_direction(r->mapping, table_cell(r->table, CS_COLUMN_DIRECTION));
    if (*number) return number;
    bool is_out = direction && strcmp(direction, "out") == 0;
    return table_cell(r->table, is_out ? CS_COLUMN_CALLED : CS_COLUMN_CALLER);
}

static cs_error read_number(const reading *r) {
    char phone[CS_PHONE_BYTES];
    const char *text = number_of(r), *prefix = r->mapping->number_prefix;
    size_t length = prefix ? strlen(prefix) : 0;
    if (length && strncmp(text, prefix, length) == 0) text += length;
    /* what is no number (anonymous, a name) stays as it is: it joins nothing */
    return keep(r, CS_COLUMN_NUMBER, phone_normalise(text, phone) ? phone : text);
}

/* 1小时2分5秒, 1分5秒, 90秒; the rest, "" where it is all of it. */
static const char *read_chinese_span(const char *text, int64_t *seconds) {
    static const struct {
        const char *word;
        int seconds;
    } units[] = {{"小时", 3600}, {"时", 3600}, {"分钟", 60}, {"分", 60}, {"秒钟", 1}, {"秒", 1}};
    *seconds = 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t digits = strspn(text, "0123456789"), bytes = strlen(units[i].word);
        if (digits == 0 || digits > 9 || strncmp(text + digits, units[i].word, bytes) != 0) continue;
        *seconds += strtoll(text, NULL, 10) * units[i].seconds;
        text += digits + bytes;
    }
    return text;
}

/* Whole seconds, or h:mm:ss, m:ss, 1分5秒. */
static bool read_seconds(const char *text, int64_t *out) {
    int64_t total = 0, part = 0;
    int digits = 0, colons = 0;
    if (!*read_chinese_span(text, out)) return *text != 0;
    for (; *text; text++) {
        if (*text >= '0' && *text <= '9' && digits++ < 9) {
            part = part * 10 + (*text - '0');
        } else if (*text == ':' && digits > 0 && colons++ < 2) {
            total = (total + part) * 60;
            part = digits = 0;
        } else if (*text == '.' && digits > 0 && text[1 + strspn(text + 1, "0123456789")] == 0) {
            break;
        } else {
            return false;
        }
    }
    *out = total + part;
    return digits > 0;
}

static cs_error read_duration(const reading *r) {
    int64_t seconds;
    const char *text = table_cell(r->table, CS_COLUMN_DURATION);
    if (!*text) return CS_OK;
    if (!read_seconds(text, &seconds))
        return refuse(r, "the duration is no number of seconds", "write 125, 0:02:05, or 2分5秒");
    r->record->times[CS_COLUMN_DURATION] = seconds * 1000;
    return CS_OK;
}

static cs_error read_role(const reading *r) {
    const char *text = table_cell(r->table, CS_COLUMN_HANG_UP);
    const cs_speaker *known = mapping_speaker(r->mapping, text);
    cs_role role = known ? known->role : role_parse(text);
    return role == CS_ROLE_COUNT || role == CS_ROLE_UNDECIDED ? CS_OK : keep(r, CS_COLUMN_HANG_UP, role_name(role));
}

static cs_error read_cell(const reading *r, cs_column_use use) {
    const char *text = table_cell(r->table, use);
    if (is_time(use)) {
        int zone = r->record->zone_minutes;
        if (!table_time(r->table, use, &r->record->times[use], &zone, r->message)) return CS_ERR_PARSE;
        if (use == CS_COLUMN_TIME) r->record->zone_minutes = zone;
        return CS_OK;
    }
    switch (use) {
    case CS_COLUMN_NUMBER: return read_number(r);
    case CS_COLUMN_DURATION: return read_duration(r);
    case CS_COLUMN_HANG_UP: return read_role(r);
    case CS_COLUMN_DIRECTION: return keep(r, use, mapping_direction(r->mapping, text));
    case CS_COLUMN_EVENT: return keep(r, use, *text ? mapping_event(r->mapping, text) : NULL);
    case CS_COLUMN_RECORDING: {
        const char *slash = strrchr(text, '/'), *back = strrchr(text, '\\');
        return keep(r, use, slash && slash > back ? slash + 1 : back ? back + 1 : text);
    }
    default: return keep(r, use, text);
    }
}

static cs_error read_fields(const reading *r) {
    uint32_t most = r->mapping->field_count;
    cs_field *fields = arena_array(r->arena, (size_t)most + 1, sizeof *fields);
    if (!fields) return no_memory(r);
    for (uint32_t i = 0; i < most; i++) {
        const char *value = table_field(r->table, i);
        if (!*value) continue;
        if (strlen(value) > MAX_CELL_BYTES) {
            (void)message_set(r->message, CS_ERR_LIMIT, "the column of \"%.60s\" has more than %d bytes",
                              r->mapping->fields[i].field, MAX_CELL_BYTES);
            message_place(r->message, "line %lld", (long long)r->line);
            return CS_ERR_LIMIT;
        }
        cs_field *field = &fields[r->record->field_count++];
        field->name = arena_string(r->arena, r->mapping->fields[i].field);
        field->value = arena_string(r->arena, value);
        if (!field->name || !field->value) return no_memory(r);
    }
    r->record->fields = fields;
    return CS_OK;
}

/* ---- what it is about ---- */

static const char *cell(const reading *r, cs_column_use use) {
    return r->record->cells[use];
}

/* The agent's most certain name: staff number, extension, name. */
static const char *agent_of(const reading *r) {
    if (cell(r, CS_COLUMN_AGENT_ID)) return cell(r, CS_COLUMN_AGENT_ID);
    return cell(r, CS_COLUMN_EXTENSION) ? cell(r, CS_COLUMN_EXTENSION) : cell(r, CS_COLUMN_AGENT);
}

static cs_error key_call(const reading *r, char key[MAX_KEY_BYTES]) {
    const char *id = cell(r, CS_COLUMN_CONVERSATION), *recording = cell(r, CS_COLUMN_RECORDING);
    const char *number = cell(r, CS_COLUMN_NUMBER), *agent = agent_of(r);
    int64_t at = r->record->times[CS_COLUMN_TIME];
    r->record->is_key_weak = !id && !recording;
    if (id)
        (void)snprintf(key, MAX_KEY_BYTES, "=%s", id);
    else if (recording)
        (void)snprintf(key, MAX_KEY_BYTES, "/%s", recording);
    else if (at != CS_NO_TIME && (number || agent))
        (void)snprintf(key, MAX_KEY_BYTES, "%lld|%s", (long long)at, number ? number : agent);
    else
        return refuse(r, "the call has no id, no recording, and no number with a time: it can't be told from others",
                      "map one of these columns, and fill it in");
    return CS_OK;
}

static cs_error key_ticket(const reading *r, char key[MAX_KEY_BYTES]) {
    const char *ticket = cell(r, CS_COLUMN_TICKET), *event = cell(r, CS_COLUMN_EVENT);
    const char *step = table_cell(r->table, CS_COLUMN_EVENT);
    /* a step that nobody has a word for is one of its own, too, when it has a time */
    if (!event && *step && strlen(step) < 200 && r->record->times[CS_COLUMN_TIME] != CS_NO_TIME) event = step;
    if (!ticket) return refuse(r, "the ticket has no number", "fill it in");
    if (event && r->record->times[CS_COLUMN_TIME] == CS_NO_TIME)
        return refuse(r, "the ticket's history says what happened, but not when", "fill in the time");
    if (event)
        (void)snprintf(key, MAX_KEY_BYTES, "%s|%s|%lld", ticket, event, (long long)r->record->times[CS_COLUMN_TIME]);
    else
        (void)snprintf(key, MAX_KEY_BYTES, "%s", ticket);
    return CS_OK;
}

static cs_error key_roster(const reading *r, char key[MAX_KEY_BYTES]) {
    const char *agent = agent_of(r);
    int64_t from = r->record->from_ms, to = r->record->to_ms;
    if (!agent) return refuse(r, "the row names nobody", "fill in the staff number, the extension or the name");
    if (from != CS_NO_TIME && to != CS_NO_TIME && to < from)
        return refuse(r, "it ends before it begins", "correct the dates of validity");
    const char *by = cell(r, CS_COLUMN_AGENT_ID) ? "id" : cell(r, CS_COLUMN_EXTENSION) ? "extension" : "name";
    (void)snprintf(key, MAX_KEY_BYTES, "%s=%s|%lld", by, agent, (long long)(from == CS_NO_TIME ? 0 : from));
    return CS_OK;
}

static cs_error key_satisfaction(const reading *r, char key[MAX_KEY_BYTES]) {
    const char *id = cell(r, CS_COLUMN_CONVERSATION), *ticket = cell(r, CS_COLUMN_TICKET);
    const char *number = cell(r, CS_COLUMN_NUMBER);
    int64_t at = r->record->times[CS_COLUMN_TIME];
    if (!cell(r, CS_COLUMN_SCORE)) return refuse(r, "the row has no score", "fill it in, or leave the row out");
    r->record->is_key_weak = !id && !ticket;
    if (id)
        (void)snprintf(key, MAX_KEY_BYTES, "=%s", id);
    else if (ticket)
        (void)snprintf(key, MAX_KEY_BYTES, "#%s|%lld", ticket, (long long)(at == CS_NO_TIME ? 0 : at));
    else if (number && at != CS_NO_TIME)
        (void)snprintf(key, MAX_KEY_BYTES, "%lld|%s", (long long)at, number);
    else
        return refuse(r, "nobody can tell which conversation was rated",
                      "map the conversation's id, the ticket, or the number with the time");
    return CS_OK;
}

static cs_error key_customer(const reading *r, char key[MAX_KEY_BYTES]) {
    static const cs_column_use uses[] = {CS_COLUMN_CUSTOMER, CS_COLUMN_ACCOUNT, CS_COLUMN_OPENID, CS_COLUMN_NUMBER};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        if (!cell(r, uses[i])) continue;
        (void)snprintf(key, MAX_KEY_BYTES, "%s=%s", names[uses[i]], cell(r, uses[i]));
        return CS_OK;
    }
    return refuse(r, "the row has no customer id, account, openid or number", "fill one of them in");
}

static cs_error find_key(const reading *r) {
    char key[MAX_KEY_BYTES] = "";
    cs_error code;
    switch (r->record->kind) {
    case CS_MAPPING_CALLS: code = key_call(r, key); break;
    case CS_MAPPING_TICKETS: code = key_ticket(r, key); break;
    case CS_MAPPING_ROSTER: code = key_roster(r, key); break;
    case CS_MAPPING_SATISFACTION: code = key_satisfaction(r, key); break;
    case CS_MAPPING_CUSTOMERS: code = key_customer(r, key); break;
    default: return message_set(r->message, CS_ERR_USAGE, "the mapping is of conversations, not of records");
    }
    if (code == CS_OK && !(r->record->key = arena_string(r->arena, key))) code = no_memory(r);
    return code;
}

/* A day without a time of day lasts until its end. */
static void find_span(cs_record *record) {
    const int64_t *t = record->times;
    record->from_ms = t[CS_COLUMN_TIME];
    record->to_ms = t[CS_COLUMN_ENDED];
    if (record->kind == CS_MAPPING_TICKETS) record->to_ms = t[CS_COLUMN_CLOSED];
    if (record->kind == CS_MAPPING_CALLS && record->to_ms == CS_NO_TIME && record->from_ms != CS_NO_TIME &&
        t[CS_COLUMN_DURATION] != CS_NO_TIME)
        record->to_ms = record->from_ms + t[CS_COLUMN_DURATION];
    if (record->kind != CS_MAPPING_ROSTER) return;
    record->from_ms = t[CS_COLUMN_FROM];
    record->to_ms = t[CS_COLUMN_TO];
    if (record->to_ms != CS_NO_TIME && (record->to_ms + (int64_t)record->zone_minutes * 60000) % DAY_MS == 0)
        record->to_ms += DAY_MS - 1;
}

cs_error record_read(const cs_table *table, const cs_table_row *row, const cs_mapping *mapping, const char *path,
                     cs_arena *arena, cs_record **out, cs_message *message) {
    cs_record *record = arena_alloc(arena, sizeof *record);
    reading r = {table, mapping, arena, record, row->line, message};
    const char *slash = strrchr(path, '/');
    if (!record || !(record->path = arena_string(arena, path))) return no_memory(&r);
    if (!(record->source = arena_string(arena, slash ? slash + 1 : path))) return no_memory(&r);
    record->kind = mapping_kind(mapping);
    record->line = row->line;
    record->zone_minutes = mapping->zone_minutes;
    record->tolerance_ms = mapping->tolerance_s * 1000;
    for (size_t i = 0; i < CS_COLUMN_USES; i++) record->times[i] = CS_NO_TIME;
    cs_error code = CS_OK;
    for (size_t i = 0; i < CS_COLUMN_USES && code == CS_OK; i++) code = read_cell(&r, (cs_column_use)i);
    if (code == CS_OK) code = read_fields(&r);
    if (code == CS_OK) find_span(record);
    if (code == CS_OK) code = find_key(&r);
    if (code == CS_OK) *out = record;
    return code;
}
