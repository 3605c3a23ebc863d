#include "conversation/draft.h"

#include "conversation/reading.h"

#include <string.h>

bool draft_start(cs_draft *draft) {
    *draft = (cs_draft){.arena = arena_create(CS_CONVERSATION_ARENA)};
    draft->c = draft->arena ? arena_alloc(draft->arena, sizeof *draft->c) : NULL;
    if (!draft->c) {
        draft_drop(draft);
        return false;
    }
    draft->c->started_ms = CS_NO_TIME;
    return true;
}

cs_draft draft_of(cs_conversation *conversation, cs_arena *arena) {
    return (cs_draft){.arena = arena,
                      .c = conversation,
                      .participant_room = conversation->participant_count,
                      .turn_room = conversation->turn_count,
                      .event_room = conversation->event_count,
                      .field_room = conversation->field_count};
}

void draft_drop(cs_draft *draft) {
    arena_free(draft->arena);
    *draft = (cs_draft){0};
}

/* A fresh item at the end of a list that doubles inside the arena. */
static void *add_item(cs_draft *draft, void **items, uint32_t *count, uint32_t *room, uint32_t most,
                      size_t item_bytes) {
    if (*count == most) return NULL;
    if (*count == *room) {
        uint32_t larger = *room ? *room * 2 : 8;
        void *moved = arena_array(draft->arena, larger, item_bytes);
        if (!moved) return NULL;
        if (*count) memcpy(moved, *items, *count * item_bytes);
        *items = moved;
        *room = larger;
    }
    return (char *)*items + item_bytes * (*count)++;
}

cs_turn *draft_turn(cs_draft *draft) {
    void *items = draft->c->turns;
    cs_turn *turn = add_item(draft, &items, &draft->c->turn_count, &draft->turn_room, CS_MAX_TURNS, sizeof *turn);
    draft->c->turns = items;
    if (turn) *turn = (cs_turn){.start_ms = CS_NO_TIME, .end_ms = CS_NO_TIME, .confidence = -1};
    return turn;
}

cs_event *draft_event(cs_draft *draft) {
    void *items = draft->c->events;
    cs_event *event = add_item(draft, &items, &draft->c->event_count, &draft->event_room, CS_MAX_EVENTS, sizeof *event);
    draft->c->events = items;
    if (event) *event = (cs_event){.at_ms = CS_NO_TIME, .after_turn = UINT32_MAX, .participant = CS_NO_PARTICIPANT};
    return event;
}

cs_participant *draft_participant(cs_draft *draft) {
    void *items = draft->c->participants;
    cs_participant *who = add_item(draft, &items, &draft->c->participant_count, &draft->participant_room,
                                   CS_MAX_PARTICIPANTS, sizeof *who);
    draft->c->participants = items;
    return who;
}

cs_error draft_why(const cs_draft *draft, cs_message *message) {
    if (draft->c->turn_count == CS_MAX_TURNS)
        return message_set(message, CS_ERR_LIMIT, "the conversation has more than %d turns", CS_MAX_TURNS);
    if (draft->c->event_count == CS_MAX_EVENTS)
        return message_set(message, CS_ERR_LIMIT, "the conversation has more than %d events", CS_MAX_EVENTS);
    if (draft->c->participant_count == CS_MAX_PARTICIPANTS)
        return message_set(message, CS_ERR_LIMIT, "the conversation has more than %d participants",
                           CS_MAX_PARTICIPANTS);
    return message_set(message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

cs_error draft_text(cs_draft *draft, const char **slot, const char *text, cs_message *message) {
    if (!text || !*text || *slot) return CS_OK;
    *slot = arena_string(draft->arena, text);
    return *slot ? CS_OK : message_set(message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

cs_error draft_field(cs_draft *draft, const char *name, const char *value, cs_message *message) {
    cs_conversation *c = draft->c;
    cs_field *field = NULL;
    for (uint32_t i = 0; i < c->field_count && !field; i++) {
        if (strcmp(c->fields[i].name, name) == 0) field = &c->fields[i];
    }
    if (field && strcmp(field->value, value) == 0) return CS_OK;
    if (!field) {
        void *items = c->fields;
        field = add_item(draft, &items, &c->field_count, &draft->field_room, CS_MAX_FIELDS, sizeof *field);
        c->fields = items;
        if (!field) return message_set(message, CS_ERR_LIMIT, "the conversation has too many fields");
        field->kind = CS_FIELD_TEXT;
        field->name = arena_string(draft->arena, name);
    }
    field->value = arena_string(draft->arena, value);
    if (field->name && field->value) return CS_OK;
    return message_set(message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}
