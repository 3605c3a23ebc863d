#include "conversation/json_object.h"

#include "base/spelling.h"

#include <stdio.h>
#include <string.h>

enum { MOST_KEYS = 32 };

typedef struct check {
    const cs_json_key *keys;
    size_t count;
    const cs_json_place *place;
    cs_message *message;
    cs_error code;
} check;

static size_t write_place(char *out, size_t size, const cs_json_place *place) {
    size_t used = place->outer ? write_place(out, size, place->outer) : 0;
    if (used >= size) return used;
    const char *dot = used > 0 ? "." : "";
    int wrote = place->index < 0
                    ? snprintf(out + used, size - used, "%s%s", dot, place->list)
                    : snprintf(out + used, size - used, "%s%s[%lld]", dot, place->list, (long long)place->index);
    return wrote > 0 ? used + (size_t)wrote : used;
}

void json_place_set(cs_message *message, const cs_json_place *place, const char *key) {
    char where[256] = "";
    if (place) write_place(where, sizeof where, place);
    message_place(message, "%s%s%s", where, *where && key ? "." : "", key ? key : "");
}

static const char *kind_words(unsigned kinds) {
    switch (kinds) {
    case CS_JSON_IS(CS_JSON_STRING): return "a text in double quotes";
    case CS_JSON_IS(CS_JSON_NUMBER): return "a number without quotes";
    case CS_JSON_IS(CS_JSON_BOOL): return "true or false without quotes";
    case CS_JSON_IS(CS_JSON_ARRAY): return "a list in [ ]";
    case CS_JSON_IS(CS_JSON_OBJECT): return "an object in { }";
    case CS_JSON_IS(CS_JSON_STRING) | CS_JSON_IS(CS_JSON_NUMBER): return "a text or a number";
    default: return "of another kind";
    }
}

static const char *kind_word(cs_json_kind kind) {
    static const char *const words[] = {"null", "true or false", "a number", "a text", "a list", "an object"};
    return words[kind];
}

static void refuse_unknown(check *c, const char *key) {
    const char *names[MOST_KEYS] = {0};
    size_t count = c->count < MOST_KEYS ? c->count : MOST_KEYS;
    for (size_t i = 0; i < count; i++) names[i] = c->keys[i].name;
    const char *meant = spelling_nearest(key, names, count);
    c->code = message_set(c->message, CS_ERR_PARSE, "the key \"%.100s\" is not known here", key);
    json_place_set(c->message, c->place, key);
    if (meant) {
        message_remedy(c->message, "did you mean \"%s\"?", meant);
        return;
    }
    char list[160] = "";
    for (size_t i = 0, used = 0; i < count && used < sizeof list; i++) {
        int wrote = snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    message_remedy(c->message, "remove it; known are: %s", list);
}

static bool check_member(void *context, const char *key, const cs_json *value) {
    check *c = context;
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->keys[i].name, key) != 0) continue;
        cs_json_kind kind = json_kind(value);
        if (kind == CS_JSON_NULL || c->keys[i].kinds & CS_JSON_IS(kind)) return true;
        c->code = message_set(c->message, CS_ERR_PARSE, "\"%s\" must be %s, but it is %s", key,
                              kind_words(c->keys[i].kinds), kind_word(kind));
        json_place_set(c->message, c->place, key);
        return false;
    }
    refuse_unknown(c, key);
    return false;
}

cs_error json_object_check(const cs_json *object, const cs_json_key *keys, size_t count, const cs_json_place *place,
                           cs_message *message) {
    if (json_kind(object) != CS_JSON_OBJECT) {
        message_set(message, CS_ERR_PARSE, "an object in { } is expected, but it is %s", kind_word(json_kind(object)));
        json_place_set(message, place, NULL);
        return CS_ERR_PARSE;
    }
    check c = {keys, count, place, message, CS_OK};
    json_each(object, check_member, &c);
    for (size_t i = 0; c.code == CS_OK && i < count; i++) {
        if (!keys[i].is_needed || json_kind(json_get(object, keys[i].name)) != CS_JSON_NULL) continue;
        c.code = message_set(message, CS_ERR_PARSE, "\"%s\" is missing", keys[i].name);
        json_place_set(message, place, keys[i].name);
        message_remedy(message, "add \"%s\": %s", keys[i].name, kind_words(keys[i].kinds));
    }
    return c.code;
}
