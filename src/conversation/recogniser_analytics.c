/* Amazon Transcribe call analytics and Connect's Contact Lens: turns with roles, {"Transcript": [{"Content",
 * "BeginOffsetMillis", "EndOffsetMillis", "ParticipantRole", "Items"}]}. What it says of feelings (POSITIVE, NEGATIVE) and
 * loudness (a scale of its own) is no emotion and no dBFS, so rules about those are not fed with it. */
#include "conversation/recogniser_transcribe.h"

#include <string.h>
#include <strings.h>

enum { MAX_CATEGORIES_BYTES = 2000 };

bool transcribe_is_analytics(const cs_json *tree) {
    return json_kind(tree) == CS_JSON_OBJECT && json_get(tree, "Transcript") &&
           (json_get(tree, "Participants") || json_get(tree, "ConversationCharacteristics") ||
            json_get(tree, "JobName") || json_get(tree, "LanguageCode"));
}

static cs_role role_of(const char *word) {
    if (word && strcasecmp(word, "AGENT") == 0) return CS_ROLE_AGENT;
    if (word && strcasecmp(word, "CUSTOMER") == 0) return CS_ROLE_CUSTOMER;
    return word && strcasecmp(word, "SYSTEM") == 0 ? CS_ROLE_SYSTEM : CS_ROLE_UNDECIDED;
}

/* The role is named in the turn, or in Participants under the turn's ParticipantId. */
static cs_error find_speaker(const cs_recogniser *r, const cs_json *tree, const cs_json *turn,
                             const cs_json_place *place, uint32_t *out) {
    const char *role = NULL, *id = NULL;
    const cs_json *participants = NULL;
    cs_error code = recogniser_string(r, turn, "ParticipantRole", place, &role);
    if (code == CS_OK) code = recogniser_string(r, turn, "ParticipantId", place, &id);
    if (code == CS_OK) code = recogniser_list(r, tree, "Participants", NULL, &participants);
    if (code != CS_OK) return code;
    size_t most = json_length(participants) < CS_MAX_PARTICIPANTS ? json_length(participants) : CS_MAX_PARTICIPANTS;
    for (size_t i = 0; !role && id && i < most; i++) {
        const char *other = json_string(json_get(json_at(participants, i), "ParticipantId"), NULL);
        if (other && strcmp(other, id) == 0)
            role = json_string(json_get(json_at(participants, i), "ParticipantRole"), NULL);
    }
    if (!role) role = id; /* Contact Lens: AGENT and CUSTOMER are ids, too */
    return recogniser_speaker(r, id ? id : role, role_of(role), out);
}

static cs_error read_word(const cs_recogniser *r, const cs_json *object, const cs_json_place *place,
                          cs_recogniser_words *words) {
    const char *text = NULL, *type = NULL;
    int64_t start = CS_NO_TIME, end = CS_NO_TIME;
    float confidence = -1;
    cs_error code = recogniser_object(r, object, place);
    if (code == CS_OK) code = recogniser_string(r, object, "Content", place, &text);
    if (code == CS_OK) code = recogniser_string(r, object, "Type", place, &type);
    if (code == CS_OK) code = recogniser_milliseconds(r, object, "BeginOffsetMillis", place, &start);
    if (code == CS_OK) code = recogniser_milliseconds(r, object, "EndOffsetMillis", place, &end);
    if (code == CS_OK) code = recogniser_span(r, place, start, end);
    if (code == CS_OK) code = recogniser_share(r, object, "Confidence", place, &confidence);
    bool is_mark = type && strcmp(type, "punctuation") == 0;
    if (code == CS_OK && text && !is_mark) recogniser_word_add(words, text, strlen(text), start, end, confidence, NULL);
    return code;
}

static cs_error read_words(const cs_recogniser *r, const cs_json *list, const cs_json_place *outer, cs_turn *turn) {
    cs_recogniser_words words;
    cs_error code = recogniser_words_begin(r, turn, json_length(list), &words);
    for (size_t i = 0; code == CS_OK && i < json_length(list); i++) {
        cs_json_place place = {"Items", (int64_t)i, outer};
        code = read_word(r, json_at(list, i), &place, &words);
    }
    if (code == CS_OK) recogniser_words_end(&words);
    return code;
}

static cs_error read_turn(const cs_recogniser *r, const cs_json *tree, const cs_json *object,
                          const cs_json_place *place) {
    const char *text = NULL;
    int64_t start = CS_NO_TIME, end = CS_NO_TIME;
    const cs_json *words = NULL;
    uint32_t who = 0;
    cs_turn *turn = NULL;
    cs_error code = recogniser_object(r, object, place);
    if (code == CS_OK) code = recogniser_string(r, object, "Content", place, &text);
    if (code == CS_OK && !text) return CS_OK; /* an event of a chat */
    if (code == CS_OK) code = recogniser_milliseconds(r, object, "BeginOffsetMillis", place, &start);
    if (code == CS_OK) code = recogniser_milliseconds(r, object, "EndOffsetMillis", place, &end);
    if (code == CS_OK) code = recogniser_list(r, object, "Items", place, &words);
    if (code == CS_OK) code = find_speaker(r, tree, object, place, &who);
    if (code == CS_OK) code = recogniser_turn(r, place, who, start, end, text, strlen(text), &turn);
    return code == CS_OK && turn && json_length(words) ? read_words(r, words, place, turn) : code;
}

/* The names of the categories that matched, as one field. */
static cs_error read_categories(const cs_recogniser *r, const cs_json *tree) {
    const cs_json *names = NULL;
    cs_json_place place = {"Categories", -1, NULL};
    cs_error code = recogniser_list(r, json_get(tree, "Categories"), "MatchedCategories", &place, &names);
    if (code != CS_OK || json_length(names) == 0) return code;
    cs_buffer text;
    buffer_init(&text, MAX_CATEGORIES_BYTES);
    for (size_t i = 0; i < json_length(names); i++) {
        const char *name = json_string(json_at(names, i), NULL);
        if (name && text.length + strlen(name) + strlen(", , …") > MAX_CATEGORIES_BYTES) {
            buffer_text(&text, ", …");
            break;
        }
        if (name && *name) buffer_printf(&text, "%s%s", text.length ? ", " : "", name);
    }
    if (text.is_failed) {
        code = message_set(r->message, CS_ERR_MEMORY, "no memory for the names of the matched categories");
    } else if (text.length) {
        code = draft_field(r->draft, "transcribe.categories", buffer_string(&text), r->message);
    }
    buffer_free(&text);
    return code;
}

cs_error transcribe_analytics_read(const cs_recogniser *r, const cs_json *tree) {
    const char *language = NULL, *channel = NULL;
    const cs_json *turns = NULL;
    cs_error code = recogniser_string(r, tree, "LanguageCode", NULL, &language);
    if (code == CS_OK) code = draft_text(r->draft, &r->draft->c->language, language, r->message);
    if (code == CS_OK) code = recogniser_string(r, tree, "Channel", NULL, &channel);
    if (channel && strcasecmp(channel, "CHAT") == 0) r->draft->c->channel = CS_CHANNEL_CHAT;
    if (code == CS_OK) code = recogniser_list(r, tree, "Transcript", NULL, &turns);
    for (size_t i = 0; code == CS_OK && i < json_length(turns); i++) {
        cs_json_place place = {"Transcript", (int64_t)i, NULL};
        code = read_turn(r, tree, json_at(turns, i), &place);
    }
    return code == CS_OK ? read_categories(r, tree) : code;
}
