/* Pasted lines as a conversation. */
#include "base/utf8.h"
#include "quality/rule_try.h"

#include <stdint.h>
#include <string.h>

enum { MOST_NAME_BYTES = 40 };

static const struct {
    const char *name;
    cs_role role;
} names[] = {{"agent", CS_ROLE_AGENT},   {"客服", CS_ROLE_AGENT},      {"坐席", CS_ROLE_AGENT},
             {"座席", CS_ROLE_AGENT},    {"人工客服", CS_ROLE_AGENT},  {"customer", CS_ROLE_CUSTOMER},
             {"user", CS_ROLE_CUSTOMER}, {"client", CS_ROLE_CUSTOMER}, {"客户", CS_ROLE_CUSTOMER},
             {"顾客", CS_ROLE_CUSTOMER}, {"用户", CS_ROLE_CUSTOMER},   {"买家", CS_ROLE_CUSTOMER},
             {"bot", CS_ROLE_BOT},       {"机器人", CS_ROLE_BOT},      {"system", CS_ROLE_SYSTEM},
             {"系统", CS_ROLE_SYSTEM}};

typedef struct dialogue {
    cs_arena *arena;
    cs_conversation *c;
    uint32_t participant_of[CS_ROLE_COUNT];
} dialogue;

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* Letters of either case. */
static bool is_named(const char *from, size_t bytes, const char *name) {
    if (strlen(name) != bytes) return false;
    for (size_t i = 0; i < bytes; i++) {
        char c = from[i] >= 'A' && from[i] <= 'Z' ? (char)(from[i] - 'A' + 'a') : from[i];
        if (c != name[i]) return false;
    }
    return true;
}

/* Who speaks, and where what he says begins; CS_ROLE_COUNT: the line does not say. */
static cs_role speaker_of(const char *from, const char *to, const char **said) {
    const char *colon = from;
    while (colon < to && *colon != ':' && strncmp(colon, "：", 3) != 0) colon++;
    size_t bytes = (size_t)(colon - from);
    while (bytes > 0 && is_blank(from[bytes - 1])) bytes--;
    if (colon == to || bytes == 0 || bytes > MOST_NAME_BYTES) return CS_ROLE_COUNT;
    *said = colon + (*colon == ':' ? 1 : 3);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_named(from, bytes, names[i].name)) return names[i].role;
    return CS_ROLE_COUNT;
}

static uint32_t participant(dialogue *d, cs_role role) {
    if (d->participant_of[role] != CS_NO_PARTICIPANT) return d->participant_of[role];
    cs_conversation *c = d->c;
    c->participants[c->participant_count] = (cs_participant){.id = role_name(role), .role = role};
    return d->participant_of[role] = c->participant_count++;
}

/* from and to lie in our own copy of the text, which ends there for now. */
static cs_error add_turn(dialogue *d, cs_role role, char *from, char *to, cs_message *message) {
    cs_conversation *c = d->c;
    if (c->turn_count == CS_MAX_DIALOGUE_TURNS)
        return message_set(message, CS_ERR_LIMIT, "the dialogue has more than %d lines", CS_MAX_DIALOGUE_TURNS);
    c->turns[c->turn_count++] = (cs_turn){.participant = participant(d, role),
                                          .start_ms = CS_NO_TIME,
                                          .end_ms = CS_NO_TIME,
                                          .text = from,
                                          .text_bytes = (uint32_t)(to - from),
                                          .confidence = -1};
    return CS_OK;
}

static cs_error go_on(dialogue *d, const char *to, uint32_t line, cs_message *message) {
    if (d->c->turn_count == 0) {
        (void)message_set(message, CS_ERR_PARSE, "this line does not say who speaks");
        message_place(message, "line %u", (unsigned)line);
        message_remedy(message, "begin each line with 客服: or 客户: (agent:, customer:)");
        return CS_ERR_PARSE;
    }
    cs_turn *turn = &d->c->turns[d->c->turn_count - 1];
    turn->text_bytes = (uint32_t)(to - turn->text);
    return CS_OK;
}

static cs_error read_lines(dialogue *d, char *text, cs_message *message) {
    cs_error code = CS_OK;
    uint32_t line = 0;
    for (char *at = text, *next; code == CS_OK && *at; at = next) {
        char *to = strchr(at, '\n'), *from = at;
        const char *said = NULL;
        next = to ? to + 1 : at + strlen(at);
        if (!to) to = next;
        line++;
        while (from < to && is_blank(*from)) from++;
        while (to > from && is_blank(to[-1])) to--;
        if (from == to) continue;
        cs_role role = speaker_of(from, to, &said);
        while (said && said < to && is_blank(*said)) said++;
        if (role == CS_ROLE_COUNT)
            code = go_on(d, to, line, message);
        else if (said < to)
            code = add_turn(d, role, from + (said - from), to, message);
    }
    for (uint32_t i = 0; i < d->c->turn_count; i++) {
        char *turn = (char *)(uintptr_t)d->c->turns[i].text;
        turn[d->c->turns[i].text_bytes] = 0;
    }
    return code;
}

cs_error dialogue_read(const char *text, cs_arena *arena, cs_conversation **out, cs_message *message) {
    size_t bytes = strlen(text);
    if (bytes > CS_MAX_DIALOGUE_BYTES) return message_set(message, CS_ERR_LIMIT, "the dialogue is larger than 512 kB");
    if (utf8_invalid_at(text, bytes) != bytes)
        return message_set(message, CS_ERR_ENCODING, "the dialogue is not UTF-8");
    dialogue d = {.arena = arena, .c = arena_alloc(arena, sizeof *d.c)};
    for (int i = 0; i < CS_ROLE_COUNT; i++) d.participant_of[i] = CS_NO_PARTICIPANT;
    if (!d.c) return message_set(message, CS_ERR_MEMORY, "out of memory for the dialogue");
    *d.c = (cs_conversation){.external_id = "pasted", .channel = CS_CHANNEL_CHAT, .started_ms = CS_NO_TIME};
    d.c->participants = arena_array(arena, CS_ROLE_COUNT, sizeof *d.c->participants);
    d.c->turns = arena_array(arena, CS_MAX_DIALOGUE_TURNS, sizeof *d.c->turns);
    char *copy = arena_copy(arena, text, bytes);
    if (!d.c->participants || !d.c->turns || !copy)
        return message_set(message, CS_ERR_MEMORY, "out of memory for the dialogue");
    cs_error code = read_lines(&d, copy, message);
    if (code == CS_OK && d.c->turn_count == 0) {
        (void)message_set(message, CS_ERR_PARSE, "nobody says anything in it");
        message_remedy(message, "begin each line with 客服: or 客户: (agent:, customer:)");
        code = CS_ERR_PARSE;
    }
    if (code == CS_OK) code = conversation_finish(d.c, arena, message);
    if (code == CS_OK) *out = d.c;
    return code;
}
