/* The keys of a mapping that say what the words of a file mean: speakers, directions, events. */
#include "conversation/mapping_reader.h"

#include <string.h>

enum { MAX_WORDS = 1000 };

typedef struct word_reader {
    cs_mapping *m;
    cs_message *message;
    cs_error code;
    const char *key; /* "directions" */
    cs_word_pair *pairs;
    uint32_t *count;
} word_reader;

static bool read_speaker(void *context, const char *value, const cs_json *role) {
    word_reader *r = context;
    cs_speaker *speaker = &r->m->speakers[r->m->speaker_count++];
    const char *name = json_string(role, NULL);
    speaker->role = name ? role_parse(name) : CS_ROLE_COUNT;
    if (speaker->role == CS_ROLE_COUNT) {
        message_set(r->message, CS_ERR_PARSE, "the speaker \"%.60s\" needs a role", value);
        message_place(r->message, "speakers.%s", value);
        message_remedy(r->message, "one of \"agent\", \"customer\", \"bot\", \"system\", \"undecided\"");
        r->code = CS_ERR_PARSE;
        return false;
    }
    speaker->value = arena_string(r->m->arena, value);
    if (!speaker->value) r->code = mapping_no_memory(r->message);
    return r->code == CS_OK;
}

/* Whether somebody's role comes from a word in the file. */
static bool needs_speakers(const cs_mapping *m) {
    if (m->kind != CS_MAPPING_CONVERSATIONS) return mapping_is_mapped(m, CS_COLUMN_HANG_UP);
    return m->format == CS_MAPPING_FORMAT_TEXT || m->turns.kind == CS_TURNS_EACH ||
           (mapping_has_rows(m) && m->turns.kind == CS_TURNS_ROWS);
}

/* Of e-mail: "service@example.com", "@example.com". They become speakers of the role agent. */
static cs_error read_agents(cs_mapping *m, const cs_json *agents, cs_message *message) {
    if (m->format != CS_MAPPING_FORMAT_EMAIL) return CS_OK;
    if (json_length(agents) == 0)
        return mapping_refuse(message, "agents", "it does not say which addresses are the centre's",
                              "\"agents\": [\"@example.com\", \"service@example.org\"]");
    for (size_t i = 0; i < json_length(agents); i++) {
        const char *address = json_string(json_at(agents, i), NULL);
        const char *at = address ? strchr(address, '@') : NULL;
        if (!at || !at[1] || strchr(at + 1, '@') || strlen(address) > CS_MAX_NAME_BYTES || strpbrk(address, " \t<>"))
            return mapping_refuse(message, "agents", "an agent is a mail address, or @ and a domain for all of it",
                                  "\"agents\": [\"@example.com\", \"service@example.org\"]");
        cs_speaker *speaker = &m->speakers[m->speaker_count++];
        speaker->role = CS_ROLE_AGENT;
        speaker->value = arena_string(m->arena, address);
        if (!speaker->value) return mapping_no_memory(message);
    }
    return CS_OK;
}

static cs_error read_speakers(cs_mapping *m, const cs_json *json, cs_message *message) {
    const char *others = mapping_text_of(json, "other_speakers");
    if (others && strcmp(others, "undecided") != 0)
        return mapping_refuse(message, "other_speakers", "other speakers can only be \"undecided\"",
                              "list the ones whose role is known in \"speakers\"");
    m->takes_other_speakers = others != NULL;
    const cs_json *speakers = json_get(json, "speakers"), *agents = json_get(json, "agents");
    size_t count = json_length(speakers), agent_count = json_length(agents);
    if (count == 0 && !others && needs_speakers(m))
        return mapping_refuse(message, "speakers", "it does not say which speaker is the customer and which the agent",
                              "add \"speakers\": {\"0\": \"customer\", \"1\": \"agent\"} with the values of your file");
    if (count > CS_MAX_PARTICIPANTS) return mapping_refuse(message, "speakers", "more than 1000 speakers", "");
    if (agent_count > CS_MAX_PARTICIPANTS) return mapping_refuse(message, "agents", "more than 1000 addresses", "");
    m->speakers = arena_array(m->arena, count + agent_count + 1, sizeof *m->speakers);
    if (!m->speakers) return mapping_no_memory(message);
    word_reader r = {.m = m, .message = message};
    json_each(speakers, read_speaker, &r);
    return r.code == CS_OK ? read_agents(m, agents, message) : r.code;
}

/* What "turns" names is a role, or a value of "speakers". */
static cs_error check_turn_speaker(const cs_mapping *m, const char *speaker, const char *place, cs_message *message) {
    if (mapping_speaker(m, speaker) || role_parse(speaker) != CS_ROLE_COUNT) return CS_OK;
    message_set(message, CS_ERR_PARSE, "\"%.60s\" is neither a role nor a value of \"speakers\"", speaker);
    message_place(message, "%s", place);
    message_remedy(message, "one of \"agent\", \"customer\", \"bot\", \"system\", \"undecided\"");
    return CS_ERR_PARSE;
}

static cs_error check_turn_speakers(const cs_mapping *m, cs_message *message) {
    cs_error code = CS_OK;
    for (uint32_t i = 0; i < m->turns.column_count && code == CS_OK; i++)
        code = check_turn_speaker(m, m->turns.columns[i].speaker, "turns", message);
    for (uint32_t i = 0; i < m->turns.speaker_count && code == CS_OK; i++)
        code = check_turn_speaker(m, m->turns.speakers[i], "turns.speakers", message);
    return code;
}

static bool is_direction(const char *word) {
    return strcmp(word, "in") == 0 || strcmp(word, "out") == 0 || strcmp(word, "internal") == 0;
}

/* Names of events as rules write them: letters, digits, points, hyphens. */
static bool is_event(const char *word) {
    size_t bytes = strlen(word);
    return bytes > 0 && bytes <= 64 && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789._-") == bytes;
}

static bool read_pair(void *context, const char *value, const cs_json *meaning) {
    word_reader *r = context;
    const char *word = json_string(meaning, NULL);
    bool is_of_directions = strcmp(r->key, "directions") == 0;
    if (!word || !*value || !(is_of_directions ? is_direction(word) : is_event(word))) {
        message_set(r->message, CS_ERR_PARSE, "\"%.60s\" needs a meaning that is known", value);
        message_place(r->message, "%s.%s", r->key, value);
        message_remedy(r->message, "%s",
                       is_of_directions ? "one of \"in\", \"out\", \"internal\""
                                        : "an event's name in small letters, such as \"ticket.closed\"");
        r->code = CS_ERR_PARSE;
        return false;
    }
    cs_word_pair *pair = &r->pairs[(*r->count)++];
    pair->value = arena_string(r->m->arena, value);
    pair->meaning = arena_string(r->m->arena, word);
    if (!pair->value || !pair->meaning) r->code = mapping_no_memory(r->message);
    return r->code == CS_OK;
}

static cs_error read_pairs(cs_mapping *m, const cs_json *json, const char *key, cs_word_pair **pairs, uint32_t *count,
                           cs_message *message) {
    const cs_json *words = json_get(json, key);
    size_t length = json_length(words);
    if (length > MAX_WORDS) return mapping_refuse(message, key, "more than 1000 words", "");
    *pairs = arena_array(m->arena, length + 1, sizeof **pairs);
    if (!*pairs) return mapping_no_memory(message);
    word_reader r = {.m = m, .message = message, .key = key, .pairs = *pairs, .count = count};
    json_each(words, read_pair, &r);
    return r.code;
}

cs_error mapping_read_words(cs_mapping *m, const cs_json *json, cs_message *message) {
    cs_error code = read_speakers(m, json, message);
    if (code == CS_OK) code = check_turn_speakers(m, message);
    if (code == CS_OK) code = read_pairs(m, json, "directions", &m->directions, &m->direction_count, message);
    if (code == CS_OK) code = read_pairs(m, json, "events", &m->events, &m->event_count, message);
    return code;
}
