/* The parties of a vCon become participants with the same numbers. */
#include "base/utf8.h"
#include "conversation/vcon_reader.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Words that the contact-centre extension and its users write for a role. Who calls and who is called tells no side. */
static const struct {
    const char *word;
    cs_role role;
} role_words[] = {
    {"human_agent", CS_ROLE_AGENT},
    {"call_agent", CS_ROLE_AGENT},
    {"representative", CS_ROLE_AGENT},
    {"advisor", CS_ROLE_AGENT},
    {"operator", CS_ROLE_AGENT},
    {"supervisor", CS_ROLE_AGENT},
    {"sme", CS_ROLE_AGENT},
    {"client", CS_ROLE_CUSTOMER},
    {"consumer", CS_ROLE_CUSTOMER},
    {"ai", CS_ROLE_BOT},
    {"virtual_agent", CS_ROLE_BOT},
    {"assistant", CS_ROLE_BOT},
    {"chatbot", CS_ROLE_BOT},
    {"ivr", CS_ROLE_BOT},
};

static cs_role role_of_word(const char *word) {
    if (!word || !*word) return CS_ROLE_UNDECIDED;
    for (size_t i = 0; i < COUNT(role_words); i++)
        if (strcasecmp(role_words[i].word, word) == 0) return role_words[i].role;
    static const struct {
        const char *name, *zh;
    } roles[] = {
#define X(code, name, zh) {name, zh},
        CS_ROLE_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < COUNT(roles); i++)
        if (strcasecmp(roles[i].name, word) == 0 || strcmp(roles[i].zh, word) == 0) return (cs_role)i;
    return CS_ROLE_UNDECIDED;
}

static const char *text_at(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text && *text ? text : NULL;
}

static const char *without_scheme(const char *text, const char *scheme) {
    size_t length = strlen(scheme);
    return text && strncasecmp(text, scheme, length) == 0 ? text + length : text;
}

static bool is_taken(const cs_vcon_reader *r, const char *id) {
    const cs_conversation *c = r->draft->c;
    for (uint32_t i = 0; i < c->participant_count; i++)
        if (c->participants[i].id && strcmp(c->participants[i].id, id) == 0) return true;
    return false;
}

/* Its own id where it has one that stays the same from one conversation to the next; else its number in this vCon. */
static cs_error name_participant(const cs_vcon_reader *r, const cs_json *party, uint32_t index, cs_participant *who) {
    const char *const keys[] = {"uuid", "did", "tel", "sip", "mailto"};
    for (size_t i = 0; i < COUNT(keys) && !who->id; i++) {
        const char *id = without_scheme(without_scheme(text_at(party, keys[i]), "tel:"), "mailto:");
        if (id && *id && strlen(id) <= CS_MAX_NAME_BYTES && !is_taken(r, id))
            who->id = arena_string(r->draft->arena, id);
    }
    for (uint32_t n = index + 1; !who->id; n += CS_MAX_PARTICIPANTS) {
        char id[24];
        (void)snprintf(id, sizeof id, "party-%u", n);
        if (is_taken(r, id)) continue;
        who->id = arena_string(r->draft->arena, id);
        if (!who->id) return vcon_no_memory(r);
    }
    return CS_OK;
}

/* What identifies the customer beyond this conversation. */
static cs_error note_customer(cs_vcon_reader *r, const cs_json *party) {
    cs_error code = draft_text(r->draft, &r->draft->c->customer, text_at(party, "uuid"), r->message);
    if (code == CS_OK) code = vcon_field(r, "number", without_scheme(text_at(party, "tel"), "tel:"), CS_FIELD_TEXT);
    if (code == CS_OK)
        code = vcon_field(r, "account", without_scheme(text_at(party, "mailto"), "mailto:"), CS_FIELD_TEXT);
    return code == CS_OK ? vcon_field(r, "contact_list", text_at(party, "contact_list"), CS_FIELD_TEXT) : code;
}

static cs_error read_party(cs_vcon_reader *r, const cs_json *party, uint32_t index, bool *has_customer) {
    cs_json_place place = {"parties", index, NULL};
    if (json_kind(party) != CS_JSON_OBJECT)
        return vcon_refuse(r, &place, NULL, "a redacted party stays as an empty object {}", "a party is no object");
    cs_participant *who = draft_participant(r->draft);
    if (!who) return draft_why(r->draft, r->message);
    who->role = role_of_word(text_at(party, "role"));
    if (who->role == CS_ROLE_UNDECIDED) who->role = role_of_word(text_at(party, "type"));
    cs_error code = name_participant(r, party, index, who);
    if (code == CS_OK) code = draft_text(r->draft, &who->name, text_at(party, "name"), r->message);
    if (code == CS_OK) code = draft_text(r->draft, &who->team, text_at(party, "dept"), r->message);
    if (code != CS_OK || who->role != CS_ROLE_CUSTOMER || *has_customer) return code;
    *has_customer = true;
    return note_customer(r, party);
}

cs_error vcon_parties_read(cs_vcon_reader *r) {
    const cs_json *parties = json_get(r->tree, "parties");
    cs_json_place whole = {"parties", -1, NULL};
    if (json_kind(parties) == CS_JSON_NULL) return CS_OK;
    if (json_kind(parties) != CS_JSON_ARRAY)
        return vcon_refuse(r, &whole, NULL, "list them in [ ]", "the parties are no list");
    if (json_length(parties) > CS_MAX_PARTICIPANTS)
        return vcon_refuse(r, &whole, NULL, "split it into several conversations",
                           "it has %zu parties; at most %d are read", json_length(parties), CS_MAX_PARTICIPANTS);
    bool has_customer = false;
    r->party_count = (uint32_t)json_length(parties);
    cs_error code = CS_OK;
    for (uint32_t i = 0; code == CS_OK && i < r->party_count; i++)
        code = read_party(r, json_at(parties, i), i, &has_customer);
    return code;
}

static bool is_called(const cs_json *party, cs_role role, const char *label) {
    const char *const keys[] = {"name", "role", "tel", "mailto", "sip", "uuid"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        const char *text = without_scheme(without_scheme(text_at(party, keys[i]), "tel:"), "mailto:");
        if (text && strcasecmp(text, label) == 0) return true;
    }
    return role != CS_ROLE_UNDECIDED && role_of_word(label) == role;
}

uint32_t vcon_party_find(const cs_vcon_reader *r, const char *label) {
    const cs_json *parties = json_get(r->tree, "parties");
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < r->party_count; i++) {
        if (!is_called(json_at(parties, i), r->draft->c->participants[i].role, label)) continue;
        if (found != UINT32_MAX) return UINT32_MAX;
        found = i;
    }
    return found;
}
