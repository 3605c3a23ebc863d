#include "conversation/row_conversation.h"

#include <stdio.h>
#include <string.h>

static const char no_speaker[] = "(empty)"; /* the participant's id when the speaker's cell is empty */

cs_error row_conversation_begin(cs_row_conversation *rc, const cs_row_columns *columns, const char *id, int64_t line,
                                cs_message *message) {
    *rc = (cs_row_conversation){
        .columns = columns, .first_line = line, .first_ms = CS_NO_TIME, .earliest_ms = CS_NO_TIME};
    if (!draft_start(&rc->draft)) return message_set(message, CS_ERR_MEMORY, "no memory for a conversation");
    rc->id = hash_bytes(id, strlen(id));
    cs_conversation *c = rc->draft.c;
    c->external_id = arena_string(rc->draft.arena, id);
    if (!c->external_id) {
        draft_drop(&rc->draft);
        return message_set(message, CS_ERR_MEMORY, "no memory for a conversation");
    }
    c->channel = columns->mapping->channel;
    c->language = columns->mapping->language;
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

/* The cell of a use, "" when it is not mapped. */
static const char *cell(const cs_row_conversation *rc, const cs_row *row, cs_column_use use) {
    uint32_t number = rc->columns->uses[use];
    return number ? row->cells[number - 1] : "";
}

static void place_cell(const cs_row_conversation *rc, const cs_row *row, cs_column_use use, cs_message *message) {
    message_place(message, "line %lld, column %u", (long long)row->line, rc->columns->uses[use]);
}

static bool is_speaker(const cs_participant *who, const char *value, const char *agent) {
    size_t length = strlen(value);
    if (strncmp(who->id, value, length) != 0) return false;
    return *agent ? who->id[length] == '/' && strcmp(who->id + length + 1, agent) == 0 : who->id[length] == 0;
}

/* One participant a speaker value; agents with a name of their own are told apart by it. */
static cs_error find_speaker(cs_row_conversation *rc, const cs_row *row, uint32_t *out, cs_message *message) {
    const cs_mapping *m = rc->columns->mapping;
    cs_conversation *c = rc->draft.c;
    const char *value = cell(rc, row, CS_COLUMN_SPEAKER);
    const cs_speaker *known = mapping_speaker(m, value);
    if (!known && !m->takes_other_speakers) {
        message_set(message, CS_ERR_PARSE, "the mapping does not say who the speaker \"%.80s\" is", value);
        place_cell(rc, row, CS_COLUMN_SPEAKER, message);
        message_remedy(message, "add \"%.40s\": \"agent\" (or customer, bot, system) to \"speakers\" in the mapping",
                       value);
        return CS_ERR_PARSE;
    }
    cs_role role = known ? known->role : CS_ROLE_UNDECIDED;
    const char *agent = role == CS_ROLE_AGENT ? cell(rc, row, CS_COLUMN_AGENT) : "";
    if (!*value) value = no_speaker;
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
    cs_error code = draft_text(&rc->draft, &who->name, agent, message);
    if (code != CS_OK || role != CS_ROLE_AGENT) return code;
    return draft_text(&rc->draft, &who->team, cell(rc, row, CS_COLUMN_TEAM), message);
}

static cs_error read_time(cs_row_conversation *rc, const cs_row *row, int64_t *out, cs_message *message) {
    const char *text = cell(rc, row, CS_COLUMN_TIME);
    *out = CS_NO_TIME;
    if (!*text) return CS_OK;
    int zone = 0;
    if (!mapping_time(rc->columns->mapping, text, out, &zone)) {
        message_set(message, CS_ERR_PARSE, "\"%.60s\" is no time as the mapping's time_format says", text);
        place_cell(rc, row, CS_COLUMN_TIME, message);
        message_remedy(message, "it must look like %s; or choose another \"time_format\" in the mapping",
                       mapping_time_example(rc->columns->mapping));
        return CS_ERR_PARSE;
    }
    if (rc->earliest_ms == CS_NO_TIME || *out < rc->earliest_ms) rc->earliest_ms = *out;
    if (rc->row_count == 0) {
        rc->first_ms = *out;
        rc->draft.c->zone_minutes = zone;
    }
    return CS_OK;
}

/* What holds for the whole conversation: the first value that is not empty; of fields the last, for they hold at the end. */
static cs_error read_record(cs_row_conversation *rc, const cs_row *row, cs_message *message) {
    cs_conversation *c = rc->draft.c;
    const cs_mapping *m = rc->columns->mapping;
    cs_error code = draft_text(&rc->draft, &c->customer, cell(rc, row, CS_COLUMN_CUSTOMER), message);
    if (code == CS_OK) code = draft_text(&rc->draft, &c->queue, cell(rc, row, CS_COLUMN_QUEUE), message);
    if (code == CS_OK) code = draft_text(&rc->draft, &c->title, cell(rc, row, CS_COLUMN_TITLE), message);
    for (uint32_t i = 0; code == CS_OK && i < m->field_count; i++) {
        const char *value = row->cells[rc->columns->fields[i] - 1];
        if (*value) code = draft_field(&rc->draft, m->fields[i].field, value, message);
    }
    return code;
}

static bool is_blank(const char *text) {
    while (*text) {
        size_t ideographic = strncmp(text, "\xe3\x80\x80", 3) == 0 ? 3 : strncmp(text, "\xc2\xa0", 2) == 0 ? 2 : 0;
        if (!ideographic && (unsigned char)*text > 0x20) return false;
        text += ideographic ? ideographic : 1;
    }
    return true;
}

static cs_error read_row(cs_row_conversation *rc, const cs_row *row, cs_message *message) {
    int64_t time;
    uint32_t speaker = 0;
    cs_error code = read_time(rc, row, &time, message);
    if (code == CS_OK) code = read_record(rc, row, message);
    const char *text = cell(rc, row, CS_COLUMN_TEXT);
    if (code != CS_OK || is_blank(text)) return code;
    code = find_speaker(rc, row, &speaker, message);
    if (code != CS_OK) return code;
    size_t bytes = strlen(text);
    if (bytes > CS_MAX_TURN_BYTES) {
        message_set(message, CS_ERR_LIMIT, "the text has %zu bytes; at most %d are read", bytes, CS_MAX_TURN_BYTES);
        place_cell(rc, row, CS_COLUMN_TEXT, message);
        message_remedy(message, "split it into several rows");
        return CS_ERR_LIMIT;
    }
    cs_turn *turn = draft_turn(&rc->draft);
    if (!turn) return draft_why(&rc->draft, message);
    turn->participant = speaker;
    turn->start_ms = time; /* of the epoch until the conversation is closed */
    turn->text = arena_copy(rc->draft.arena, text, bytes);
    turn->text_bytes = (uint32_t)bytes;
    if (time == CS_NO_TIME) rc->lacks_time = true;
    return turn->text ? CS_OK : draft_why(&rc->draft, message);
}

void row_conversation_add(cs_row_conversation *rc, const cs_row *row) {
    if (rc->refusal != CS_OK) return;
    cs_message message = {0};
    cs_error code = read_row(rc, row, &message);
    rc->row_count++;
    if (code == CS_OK) return;
    if (!*message.place) message_place(&message, "line %lld", (long long)row->line);
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
    if (code == CS_OK) {
        if (!c->queue) c->queue = rc->columns->mapping->queue;
        settle_times(rc);
        code = conversation_finish(c, rc->draft.arena, &message);
        if (code != CS_OK) {
            message_within(&message, "line %lld", (long long)rc->first_line);
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
    char place[48];
    snprintf(place, sizeof place, "line %lld", (long long)rc->first_line);
    cs_arena *arena = rc->draft.arena;
    rc->draft = (cs_draft){0};
    return reading_give(reading, c, arena, place);
}
