#include "conversation/row_conversation.h"

#include "text/phone.h"

#include <stdio.h>
#include <string.h>

static const char no_speaker[] = "(empty)"; /* the participant's id when the speaker's cell is empty */

cs_error row_conversation_begin(cs_row_conversation *rc, const cs_table *table, const char *id, int64_t line,
                                cs_message *message) {
    *rc = (cs_row_conversation){.table = table, .first_line = line, .first_ms = CS_NO_TIME, .earliest_ms = CS_NO_TIME};
    if (!draft_start(&rc->draft)) return message_set(message, CS_ERR_MEMORY, "no memory for a conversation");
    rc->id = hash_bytes(id, strlen(id));
    cs_conversation *c = rc->draft.c;
    c->external_id = arena_string(rc->draft.arena, id);
    if (!c->external_id) {
        draft_drop(&rc->draft);
        return message_set(message, CS_ERR_MEMORY, "no memory for a conversation");
    }
    c->channel = table_mapping(table)->channel;
    c->language = table_mapping(table)->language;
    return CS_OK;
}

bool row_conversation_is_open(const cs_row_conversation *rc) {
    return rc->draft.arena != NULL;
}

void row_conversation_drop(cs_row_conversation *rc) {
    draft_drop(&rc->draft);
}

void row_conversation_refuse(cs_row_conversation *rc, cs_error code, const cs_message *why) {
    if (rc->refusal != CS_OK) return;
    rc->refusal = code;
    rc->why = *why;
}

static bool is_speaker(const cs_participant *who, const char *value, const char *agent) {
    size_t length = strlen(value);
    if (strncmp(who->id, value, length) != 0) return false;
    return *agent ? who->id[length] == '/' && strcmp(who->id + length + 1, agent) == 0 : who->id[length] == 0;
}

static cs_error find_role(const cs_row_conversation *rc, const cs_row_turn *turn, cs_role *out, cs_message *message) {
    const cs_mapping *m = table_mapping(rc->table);
    const cs_speaker *known = mapping_speaker(m, turn->speaker);
    *out = known ? known->role : CS_ROLE_UNDECIDED;
    if (known || m->takes_other_speakers) return CS_OK;
    if (turn->is_role && role_parse(turn->speaker) != CS_ROLE_COUNT) {
        *out = role_parse(turn->speaker);
        return CS_OK;
    }
    message_set(message, CS_ERR_PARSE, "the mapping does not say who the speaker \"%.80s\" is", turn->speaker);
    turn->place(rc, turn, "speaker", message);
    message_remedy(message, "add \"%.40s\": \"agent\" (or customer, bot, system) to \"speakers\" in the mapping",
                   turn->speaker);
    return CS_ERR_PARSE;
}

/* One participant a speaker value; agents with a name of their own are told apart by it. */
static cs_error find_speaker(cs_row_conversation *rc, const cs_row_turn *turn, uint32_t *out, cs_message *message) {
    cs_conversation *c = rc->draft.c;
    cs_role role;
    cs_error code = find_role(rc, turn, &role, message);
    if (code != CS_OK) return code;
    const char *agent = role == CS_ROLE_AGENT ? turn->agent : "", *value = *turn->speaker ? turn->speaker : no_speaker;
    for (uint32_t i = 0; i < c->participant_count; i++) {
        if (!is_speaker(&c->participants[i], value, agent)) continue;
        *out = i;
        return CS_OK;
    }
    cs_participant *who = draft_participant(&rc->draft);
    if (!who) return draft_why(&rc->draft, message);
    *out = c->participant_count - 1;
    who->role = role;
    who->id = arena_printf(rc->draft.arena, "%s%s%s", value, *agent ? "/" : "", agent);
    if (!who->id) return draft_why(&rc->draft, message);
    if (role == CS_ROLE_CUSTOMER)
        return draft_text(&rc->draft, &who->name, table_cell(rc->table, CS_COLUMN_CUSTOMER_NAME), message);
    code = draft_text(&rc->draft, &who->name, agent, message);
    if (code != CS_OK || role != CS_ROLE_AGENT) return code;
    return draft_text(&rc->draft, &who->team, table_cell(rc->table, CS_COLUMN_TEAM), message);
}

/* A day without an hour is no moment: midnight would be invented. The first one is kept as a field. */
static cs_error note_day(cs_row_conversation *rc, int64_t *time, int zone, cs_message *message) {
    char day[32];
    clock_format(*time, zone, day);
    day[strlen("2026-02-14")] = 0;
    *time = CS_NO_TIME;
    return conversation_field(rc->draft.c, "day") ? CS_OK : draft_field(&rc->draft, "day", day, message);
}

cs_error row_conversation_time(cs_row_conversation *rc, const char *text, int64_t *out, cs_message *message) {
    *out = CS_NO_TIME;
    if (!*text) return CS_OK;
    int zone = 0;
    bool is_day = false;
    if (!mapping_moment(table_mapping(rc->table), text, out, &zone, &is_day)) {
        table_refuse_time(rc->table, text, message);
        return CS_ERR_PARSE;
    }
    if (is_day) return note_day(rc, out, zone, message);
    if (rc->earliest_ms == CS_NO_TIME || *out < rc->earliest_ms) rc->earliest_ms = *out;
    if (rc->row_count == 0 && rc->first_ms == CS_NO_TIME) {
        rc->first_ms = *out;
        rc->draft.c->zone_minutes = zone;
    }
    return CS_OK;
}

/* Columns of the record that conversations keep as fields, under their own keys. */
static cs_error read_known_fields(cs_row_conversation *rc, cs_message *message) {
    static const cs_column_use uses[] = {CS_COLUMN_NUMBER,    CS_COLUMN_ACCOUNT,   CS_COLUMN_OPENID, CS_COLUMN_AGENT_ID,
                                         CS_COLUMN_EXTENSION, CS_COLUMN_DIRECTION, CS_COLUMN_TICKET};
    const cs_mapping *m = table_mapping(rc->table);
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < sizeof uses / sizeof uses[0]; i++) {
        const char *value = table_cell(rc->table, uses[i]);
        if (uses[i] == CS_COLUMN_NUMBER) value = mapping_number(m, value);
        const char *direction = uses[i] == CS_COLUMN_DIRECTION ? mapping_direction(m, value) : NULL;
        if (direction) value = direction;
        if (*value) code = draft_field(&rc->draft, mapping_column_key(uses[i]), value, message);
    }
    return code;
}

/* A customer without an id of their own is known by their number. */
static cs_error read_customer(cs_row_conversation *rc, cs_message *message) {
    const char *customer = table_cell(rc->table, CS_COLUMN_CUSTOMER);
    const char *number = mapping_number(table_mapping(rc->table), table_cell(rc->table, CS_COLUMN_NUMBER));
    char phone[CS_PHONE_BYTES];
    if (!*customer && *number) customer = phone_normalise(number, phone) ? phone : number;
    return draft_text(&rc->draft, &rc->draft.c->customer, customer, message);
}

/* What holds for the whole conversation: the first value that is not empty; of fields the last, for they hold at the end. */
static cs_error read_record(cs_row_conversation *rc, cs_message *message) {
    cs_conversation *c = rc->draft.c;
    const cs_mapping *m = table_mapping(rc->table);
    cs_error code = read_customer(rc, message);
    if (code == CS_OK) code = draft_text(&rc->draft, &c->queue, table_cell(rc->table, CS_COLUMN_QUEUE), message);
    if (code == CS_OK) code = draft_text(&rc->draft, &c->title, table_cell(rc->table, CS_COLUMN_TITLE), message);
    if (code == CS_OK) code = read_known_fields(rc, message);
    for (uint32_t i = 0; code == CS_OK && i < m->field_count; i++) {
        const char *value = table_field(rc->table, i);
        if (*value) code = draft_field(&rc->draft, m->fields[i].field, value, message);
    }
    return code;
}

cs_error row_conversation_turn(cs_row_conversation *rc, const cs_row_turn *turn, cs_message *message) {
    int64_t time = CS_NO_TIME;
    uint32_t speaker = 0;
    cs_error code = turn->has_time ? row_conversation_time(rc, turn->time, &time, message) : CS_OK;
    if (code != CS_OK) {
        turn->place(rc, turn, "time", message);
        return code;
    }
    if (!*turn->text) return CS_OK; /* blanks were cut */
    code = find_speaker(rc, turn, &speaker, message);
    if (code != CS_OK) return code;
    size_t bytes = strlen(turn->text);
    if (bytes > CS_MAX_TURN_BYTES) {
        message_set(message, CS_ERR_LIMIT, "the text has %zu bytes; at most %d are read", bytes, CS_MAX_TURN_BYTES);
        turn->place(rc, turn, "text", message);
        message_remedy(message, "split it into several rows");
        return CS_ERR_LIMIT;
    }
    cs_turn *out = draft_turn(&rc->draft);
    if (!out) return draft_why(&rc->draft, message);
    out->participant = speaker;
    out->start_ms = time; /* of the epoch until the conversation is closed */
    out->text = arena_copy(rc->draft.arena, turn->text, bytes);
    out->text_bytes = (uint32_t)bytes;
    if (time == CS_NO_TIME) rc->lacks_time = true;
    return out->text ? CS_OK : draft_why(&rc->draft, message);
}

static void place_row(const cs_row_conversation *rc, const cs_row_turn *turn, const char *part, cs_message *message) {
    (void)turn;
    cs_column_use use = *part == 's' ? CS_COLUMN_SPEAKER : strcmp(part, "time") == 0 ? CS_COLUMN_TIME : CS_COLUMN_TEXT;
    table_place(rc->table, use, message);
}

static cs_error read_row(cs_row_conversation *rc, cs_message *message) {
    const cs_table *t = rc->table;
    cs_row_turn turn = {.speaker = table_cell(t, CS_COLUMN_SPEAKER),
                        .agent = table_cell(t, CS_COLUMN_AGENT),
                        .text = table_cell(t, CS_COLUMN_TEXT),
                        .time = table_cell(t, CS_COLUMN_TIME),
                        .has_time = true,
                        .place = place_row};
    bool is_one = table_mapping(t)->turns.kind == CS_TURNS_ROWS;
    cs_error code = read_record(rc, message);
    if (code != CS_OK || is_one) return code == CS_OK ? row_conversation_turn(rc, &turn, message) : code;
    int64_t time;
    code = row_conversation_time(rc, turn.time, &time, message);
    if (code != CS_OK) table_place(t, CS_COLUMN_TIME, message);
    return code == CS_OK ? row_conversation_turns(rc, message) : code;
}

void row_conversation_add(cs_row_conversation *rc, int64_t line) {
    if (rc->refusal != CS_OK) return;
    cs_message message = {0};
    cs_error code = read_row(rc, &message);
    rc->row_count++;
    if (code == CS_OK) return;
    if (!*message.place) message_place(&message, "%s %lld", table_unit(rc->table), (long long)line);
    row_conversation_refuse(rc, code, &message);
}

/* Times become relative. When one turn has none, all lose theirs: order and distance would be half invented. */
static void settle_times(cs_row_conversation *rc) {
    cs_conversation *c = rc->draft.c;
    c->started_ms = rc->lacks_time ? rc->first_ms : rc->earliest_ms;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        c->turns[i].start_ms = rc->lacks_time ? CS_NO_TIME : c->turns[i].start_ms - rc->earliest_ms;
    }
}

cs_error row_conversation_close(cs_row_conversation *rc, const cs_reading *reading) {
    if (!row_conversation_is_open(rc)) return CS_OK;
    cs_conversation *c = rc->draft.c;
    cs_message message = {0};
    cs_error code = rc->refusal;
    char place[48];
    snprintf(place, sizeof place, "%s %lld", table_unit(rc->table), (long long)rc->first_line);
    if (code == CS_OK) {
        if (!c->queue) c->queue = table_mapping(rc->table)->queue;
        settle_times(rc);
        code = conversation_finish(c, rc->draft.arena, &message);
        if (code != CS_OK) {
            message_within(&message, "%s", place);
            row_conversation_refuse(rc, code, &message);
        }
    }
    if (code != CS_OK) {
        code = reading_refuse(reading, c->external_id, rc->refusal, &rc->why);
        draft_drop(&rc->draft);
        return code;
    }
    /* The mapping may end before the conversation does. */
    c->queue = arena_string(rc->draft.arena, c->queue);
    c->language = arena_string(rc->draft.arena, c->language);
    cs_arena *arena = rc->draft.arena;
    rc->draft = (cs_draft){0};
    return reading_give(reading, c, arena, place);
}
