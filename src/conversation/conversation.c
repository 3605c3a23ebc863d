#include "conversation/conversation.h"

#include <string.h>

static const char *const role_names[] = {
#define X(code, name, zh) name,
    CS_ROLE_TABLE(X)
#undef X
};
static const char *const channel_names[] = {
#define X(code, name, zh) name,
    CS_CHANNEL_TABLE(X)
#undef X
};

const char *role_name(cs_role role) {
    return (unsigned)role < CS_ROLE_COUNT ? role_names[role] : role_names[CS_ROLE_UNDECIDED];
}

cs_role role_parse(const char *name) {
    int role = 0;
    while (role < CS_ROLE_COUNT && strcmp(name, role_names[role]) != 0) role++;
    return (cs_role)role;
}

const char *channel_name(cs_channel channel) {
    return (unsigned)channel < CS_CHANNEL_COUNT ? channel_names[channel] : channel_names[CS_CHANNEL_UNKNOWN];
}

cs_channel channel_parse(const char *name) {
    int channel = 0;
    while (channel < CS_CHANNEL_COUNT && strcmp(name, channel_names[channel]) != 0) channel++;
    return (cs_channel)channel;
}

const cs_participant *conversation_agent(const cs_conversation *conversation) {
    for (uint32_t i = 0; i < conversation->turn_count; i++) {
        const cs_participant *who = &conversation->participants[conversation->turns[i].participant];
        if (who->role == CS_ROLE_AGENT) return who;
    }
    for (uint32_t i = 0; i < conversation->participant_count; i++) {
        if (conversation->participants[i].role == CS_ROLE_AGENT) return &conversation->participants[i];
    }
    return NULL;
}

int64_t conversation_duration_ms(const cs_conversation *conversation) {
    if (!conversation->is_timed) return CS_NO_TIME;
    int64_t last = CS_NO_TIME;
    for (uint32_t i = 0; i < conversation->turn_count; i++) {
        const cs_turn *turn = &conversation->turns[i];
        int64_t end = turn->end_ms != CS_NO_TIME ? turn->end_ms : turn->start_ms;
        if (end > last) last = end;
    }
    for (uint32_t i = 0; i < conversation->event_count; i++) {
        if (conversation->events[i].at_ms > last) last = conversation->events[i].at_ms;
    }
    return last;
}

const char *conversation_field(const cs_conversation *conversation, const char *name) {
    for (uint32_t i = 0; i < conversation->field_count; i++) {
        if (strcmp(conversation->fields[i].name, name) == 0) return conversation->fields[i].value;
    }
    const struct {
        const char *name, *value;
    } built_in[] = {{"queue", conversation->queue},
                    {"customer", conversation->customer},
                    {"language", conversation->language},
                    {"title", conversation->title}};
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++) {
        if (strcmp(built_in[i].name, name) == 0) return built_in[i].value;
    }
    return NULL;
}

uint32_t conversation_turns_before(const cs_conversation *c, int64_t time_ms) {
    uint32_t low = 0, high = c->turn_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->turns[middle].start_ms < time_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
