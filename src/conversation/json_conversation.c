#include "conversation/json_conversation.h"

#include "base/spelling.h"
#include "conversation/json_annotation.h"
#include "conversation/json_object.h"
#include "conversation/json_recognition.h"
#include "conversation/json_recording.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT CS_JSON_IS(CS_JSON_STRING)
#define NUMBER CS_JSON_IS(CS_JSON_NUMBER)
#define LIST CS_JSON_IS(CS_JSON_ARRAY)
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const cs_json_key head_keys[] = {
    {"id", TEXT, true},
    {"channel", TEXT, false},
    {"title", TEXT, false},
    {"started", TEXT, false},
    {"queue", TEXT, false},
    {"customer", TEXT, false},
    {"language", TEXT, false},
    {"participants", LIST, true},
    {"turns", LIST, true},
    {"events", LIST, false},
    {"fields", CS_JSON_IS(CS_JSON_OBJECT), false},
    {"annotated", LIST, false},
    {"recordings", LIST, false},
    {"voices", LIST, false},
    {"recognised", CS_JSON_IS(CS_JSON_OBJECT), false},
};
static const cs_json_key participant_keys[] = {
    {"id", TEXT, true}, {"role", TEXT, false}, {"name", TEXT, false}, {"team", TEXT, false}};
static const cs_json_key turn_keys[] = {
    {"from", TEXT, true},          {"text", TEXT, true},   {"start_ms", NUMBER, false},  {"end_ms", NUMBER, false},
    {"confidence", NUMBER, false}, {"words", LIST, false}, {"annotations", LIST, false},
};
static const cs_json_key word_keys[] = {
    {"offset", NUMBER, true},  {"length", NUMBER, true},      {"start_ms", NUMBER, false},
    {"end_ms", NUMBER, false}, {"confidence", NUMBER, false}, {"sounds", TEXT, false},
};
static const cs_json_key event_keys[] = {
    {"kind", TEXT, true}, {"at_ms", NUMBER, false}, {"by", TEXT, false}, {"after_turn", NUMBER, false}};

/* What every part needs; place of the object that is being read. */
typedef struct reader {
    cs_conversation *c;
    cs_arena *arena;
    cs_message *message;
} reader;

static cs_error no_memory(const reader *r) {
    return message_set(r->message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

static cs_error copy_text(const reader *r, const cs_json *object, const char *key, const char **out) {
    size_t bytes = 0;
    const char *text = json_string(json_get(object, key), &bytes);
    if (!text) return CS_OK;
    *out = arena_copy(r->arena, text, bytes);
    return *out ? CS_OK : no_memory(r);
}

/* Absent or empty is unknown: exports write "" for what they don't know. */
static cs_error copy_known(const reader *r, const cs_json *object, const char *key, const char **out) {
    const char *text = json_string(json_get(object, key), NULL);
    return text && *text ? copy_text(r, object, key, out) : CS_OK;
}

static cs_error read_whole(const reader *r, const cs_json *object, const char *key, const cs_json_place *place,
                           int64_t least, int64_t most, int64_t *out) {
    const cs_json *value = json_get(object, key);
    if (json_kind(value) == CS_JSON_NULL) return CS_OK;
    if (json_int64(value, out) && *out >= least && *out <= most) return CS_OK;
    message_set(r->message, CS_ERR_PARSE, "\"%s\" must be a whole number from %lld to %lld", key, (long long)least,
                (long long)most);
    json_place_set(r->message, place, key);
    return CS_ERR_PARSE;
}

static cs_error read_time(const reader *r, const cs_json *object, const char *key, const cs_json_place *place,
                          int64_t *out) {
    const int64_t hundred_years = INT64_C(100) * 366 * 86400 * 1000;
    *out = CS_NO_TIME;
    int64_t time = CS_NO_TIME;
    cs_error code = read_whole(r, object, key, place, 0, hundred_years, &time);
    if (code == CS_OK)
        *out = time;
    else
        message_remedy(r->message, "times are milliseconds from \"started\"");
    return code;
}

static cs_error read_confidence(const reader *r, const cs_json *object, const cs_json_place *place, float *out) {
    const cs_json *value = json_get(object, "confidence");
    *out = -1;
    if (json_kind(value) == CS_JSON_NULL) return CS_OK;
    double confidence = json_number(value, -1);
    if (confidence >= 0 && confidence <= 1) {
        *out = (float)confidence;
        return CS_OK;
    }
    message_set(r->message, CS_ERR_PARSE, "\"confidence\" must be between 0 and 1");
    json_place_set(r->message, place, "confidence");
    message_remedy(r->message, "write 0.93 for 93 %%");
    return CS_ERR_PARSE;
}

static cs_error list_length(const reader *r, const cs_json *list, const char *key, size_t most, uint32_t *out) {
    size_t length = json_length(list);
    if (length <= most) {
        *out = (uint32_t)length;
        return CS_OK;
    }
    message_set(r->message, CS_ERR_LIMIT, "it has %zu %s; at most %zu are read", length, key, most);
    message_place(r->message, "%s", key);
    return CS_ERR_LIMIT;
}

/* Names the word that is not in the list, with the likely one. */
static cs_error refuse_word(const reader *r, const char *what, const char *word, const char *const *known, size_t count,
                            const cs_json_place *place, const char *key) {
    message_set(r->message, CS_ERR_PARSE, "there is no %s \"%.100s\"", what, word);
    json_place_set(r->message, place, key);
    const char *meant = spelling_nearest(word, known, count);
    if (meant) {
        message_remedy(r->message, "did you mean \"%.100s\"?", meant);
        return CS_ERR_PARSE;
    }
    char list[160] = "";
    for (size_t i = 0, used = 0; i < count && used < sizeof list; i++) {
        int wrote = snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", known[i]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    message_remedy(r->message, "use one of: %s", list);
    return CS_ERR_PARSE;
}

static cs_error read_head(const reader *r, const cs_json *object) {
    cs_error code = json_object_check(object, head_keys, COUNT(head_keys), NULL, r->message);
    if (code == CS_OK) code = copy_text(r, object, "id", &r->c->external_id);
    if (code == CS_OK) code = copy_known(r, object, "title", &r->c->title);
    if (code == CS_OK) code = copy_known(r, object, "queue", &r->c->queue);
    if (code == CS_OK) code = copy_known(r, object, "customer", &r->c->customer);
    if (code == CS_OK) code = copy_known(r, object, "language", &r->c->language);
    if (code != CS_OK) return code;
    const char *channel = json_string(json_get(object, "channel"), NULL);
    if (channel) {
        static const char *const known[] = {
#define X(code, name, zh) name,
            CS_CHANNEL_TABLE(X)
#undef X
        };
        r->c->channel = channel_parse(channel);
        if (r->c->channel == CS_CHANNEL_COUNT)
            return refuse_word(r, "channel", channel, known, COUNT(known), NULL, "channel");
    }
    const char *started = json_string(json_get(object, "started"), NULL);
    if (!started || clock_parse(started, &r->c->started_ms, &r->c->zone_minutes)) return CS_OK;
    message_set(r->message, CS_ERR_PARSE, "\"%.60s\" is no date and time with a zone", started);
    message_place(r->message, "started");
    message_remedy(r->message, "write it as 2026-02-14T10:32:00+08:00");
    return CS_ERR_PARSE;
}

static cs_error read_participant(const reader *r, const cs_json *object, uint32_t index) {
    cs_json_place place = {"participants", index, NULL};
    cs_participant *who = &r->c->participants[index];
    cs_error code = json_object_check(object, participant_keys, COUNT(participant_keys), &place, r->message);
    if (code == CS_OK) code = copy_text(r, object, "id", &who->id);
    if (code == CS_OK) code = copy_known(r, object, "name", &who->name);
    if (code == CS_OK) code = copy_known(r, object, "team", &who->team);
    const char *role = code == CS_OK ? json_string(json_get(object, "role"), NULL) : NULL;
    if (!role) return code;
    who->role = role_parse(role);
    if (who->role < CS_ROLE_COUNT) return CS_OK;
    static const char *const known[] = {
#define X(code, name, zh) name,
        CS_ROLE_TABLE(X)
#undef X
    };
    return refuse_word(r, "role", role, known, COUNT(known), &place, "role");
}

static cs_error read_participants(const reader *r, const cs_json *object) {
    const cs_json *list = json_get(object, "participants");
    cs_error code = list_length(r, list, "participants", CS_MAX_PARTICIPANTS, &r->c->participant_count);
    if (code != CS_OK) return code;
    r->c->participants = arena_array(r->arena, r->c->participant_count, sizeof *r->c->participants);
    if (!r->c->participants) return no_memory(r);
    for (uint32_t i = 0; code == CS_OK && i < r->c->participant_count; i++)
        code = read_participant(r, json_at(list, i), i);
    return code;
}

static cs_error find_participant(const reader *r, const char *id, const cs_json_place *place, const char *key,
                                 uint32_t *out) {
    for (uint32_t i = 0; i < r->c->participant_count; i++) {
        if (strcmp(r->c->participants[i].id, id) != 0) continue;
        *out = i;
        return CS_OK;
    }
    const char *known[16];
    size_t count = r->c->participant_count < COUNT(known) ? r->c->participant_count : COUNT(known);
    for (size_t i = 0; i < count; i++) known[i] = r->c->participants[i].id;
    return refuse_word(r, "participant", id, known, count, place, key);
}

static cs_error read_words(const reader *r, const cs_json *list, const cs_json_place *turn_place, cs_turn *turn) {
    turn->word_count = 0;
    size_t count = json_length(list);
    if (count > CS_MAX_TURN_BYTES) {
        message_set(r->message, CS_ERR_LIMIT, "it has %zu words; at most %d are read", count, CS_MAX_TURN_BYTES);
        json_place_set(r->message, turn_place, "words");
        return CS_ERR_LIMIT;
    }
    cs_word *words = arena_array(r->arena, count, sizeof *words);
    if (!words) return no_memory(r);
    for (size_t i = 0; i < count; i++) {
        const cs_json *object = json_at(list, i);
        cs_json_place place = {"words", (int64_t)i, turn_place};
        int64_t offset = 0, length = 0;
        cs_error code = json_object_check(object, word_keys, COUNT(word_keys), &place, r->message);
        if (code == CS_OK) code = read_whole(r, object, "offset", &place, 0, CS_MAX_TURN_BYTES, &offset);
        if (code == CS_OK) code = read_whole(r, object, "length", &place, 1, CS_MAX_TURN_BYTES, &length);
        if (code == CS_OK) code = read_time(r, object, "start_ms", &place, &words[i].start_ms);
        if (code == CS_OK) code = read_time(r, object, "end_ms", &place, &words[i].end_ms);
        if (code == CS_OK) code = read_confidence(r, object, &place, &words[i].confidence);
        if (code == CS_OK) code = copy_known(r, object, "sounds", &words[i].sounds);
        if (code != CS_OK) return code;
        words[i].offset = (uint32_t)offset;
        words[i].length = (uint32_t)length;
    }
    turn->words = words;
    turn->word_count = (uint32_t)count;
    return CS_OK;
}

static cs_error read_turn(const reader *r, const cs_json *object, uint32_t index) {
    cs_json_place place = {"turns", index, NULL};
    cs_turn *turn = &r->c->turns[index];
    cs_error code = json_object_check(object, turn_keys, COUNT(turn_keys), &place, r->message);
    if (code != CS_OK) return code;
    code = find_participant(r, json_string(json_get(object, "from"), NULL), &place, "from", &turn->participant);
    if (code != CS_OK) return code;
    size_t bytes = 0;
    const char *text = json_string(json_get(object, "text"), &bytes);
    if (bytes > CS_MAX_TURN_BYTES) {
        message_set(r->message, CS_ERR_LIMIT, "the text has %zu bytes; at most %d are read", bytes, CS_MAX_TURN_BYTES);
        json_place_set(r->message, &place, "text");
        message_remedy(r->message, "split it into several turns");
        return CS_ERR_LIMIT;
    }
    turn->text = arena_copy(r->arena, text, bytes);
    if (!turn->text) return no_memory(r);
    turn->text_bytes = (uint32_t)bytes;
    code = read_time(r, object, "start_ms", &place, &turn->start_ms);
    if (code == CS_OK) code = read_time(r, object, "end_ms", &place, &turn->end_ms);
    if (code == CS_OK) code = read_confidence(r, object, &place, &turn->confidence);
    const cs_json *words = json_get(object, "words");
    if (code == CS_OK && json_length(words) > 0) code = read_words(r, words, &place, turn);
    return code == CS_OK ? json_annotations_read(json_get(object, "annotations"), &place, r->arena, turn, r->message)
                         : code;
}

static cs_error read_turns(const reader *r, const cs_json *object) {
    const cs_json *list = json_get(object, "turns");
    cs_error code = list_length(r, list, "turns", CS_MAX_TURNS, &r->c->turn_count);
    if (code != CS_OK) return code;
    r->c->turns = arena_array(r->arena, r->c->turn_count, sizeof *r->c->turns);
    if (!r->c->turns) return no_memory(r);
    for (uint32_t i = 0; code == CS_OK && i < r->c->turn_count; i++) code = read_turn(r, json_at(list, i), i);
    return code;
}

static cs_error read_event(const reader *r, const cs_json *object, uint32_t index) {
    cs_json_place place = {"events", index, NULL};
    cs_event *event = &r->c->events[index];
    int64_t after_turn = UINT32_MAX; /* at the end */
    cs_error code = json_object_check(object, event_keys, COUNT(event_keys), &place, r->message);
    if (code == CS_OK) code = copy_text(r, object, "kind", &event->kind);
    if (code == CS_OK) code = read_time(r, object, "at_ms", &place, &event->at_ms);
    if (code == CS_OK) code = read_whole(r, object, "after_turn", &place, 0, r->c->turn_count, &after_turn);
    if (code != CS_OK) return code;
    event->after_turn = (uint32_t)after_turn;
    event->participant = CS_NO_PARTICIPANT;
    const char *by = json_string(json_get(object, "by"), NULL);
    return by ? find_participant(r, by, &place, "by", &event->participant) : CS_OK;
}

static cs_error read_events(const reader *r, const cs_json *object) {
    const cs_json *list = json_get(object, "events");
    cs_error code = list_length(r, list, "events", CS_MAX_EVENTS, &r->c->event_count);
    if (code != CS_OK) return code;
    r->c->events = arena_array(r->arena, r->c->event_count, sizeof *r->c->events);
    if (!r->c->events) return no_memory(r);
    for (uint32_t i = 0; code == CS_OK && i < r->c->event_count; i++) code = read_event(r, json_at(list, i), i);
    return code;
}

/* Whole numbers stay whole; others get the fewest digits that read back to the same number. */
static const char *number_text(const reader *r, const cs_json *value) {
    int64_t whole;
    if (json_int64(value, &whole)) return arena_printf(r->arena, "%lld", (long long)whole);
    double number = json_number(value, 0);
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (!(fabs(strtod(text, NULL) - number) > 0)) break;
    }
    return arena_string(r->arena, text);
}

typedef struct field_reader {
    const reader *r;
    cs_error code;
} field_reader;

static bool read_field(void *context, const char *name, const cs_json *value) {
    field_reader *f = context;
    cs_conversation *c = f->r->c;
    cs_field *field = &c->fields[c->field_count];
    size_t bytes = 0;
    const char *text = json_string(value, &bytes);
    switch (json_kind(value)) {
    case CS_JSON_NULL: return true; /* unknown is the same as absent */
    case CS_JSON_STRING:
        field->kind = CS_FIELD_TEXT;
        field->value = arena_copy(f->r->arena, text, bytes);
        break;
    case CS_JSON_NUMBER:
        field->kind = CS_FIELD_NUMBER;
        field->value = number_text(f->r, value);
        break;
    case CS_JSON_BOOL:
        field->kind = CS_FIELD_BOOL;
        field->value = json_is_true(value) ? "true" : "false";
        break;
    case CS_JSON_OBJECT: { /* {"value": …, "at_ms": …}: known from then on */
        int64_t at_ms = 0;
        const cs_json *inner = json_get(value, "value");
        cs_json_kind kind = json_kind(inner);
        bool is_plain = kind == CS_JSON_STRING || kind == CS_JSON_NUMBER || kind == CS_JSON_BOOL;
        if (is_plain && json_length(value) == 2 && json_int64(json_get(value, "at_ms"), &at_ms) && at_ms >= 0) {
            if (!read_field(context, name, inner)) return false;
            field->at_ms = at_ms > 0 ? at_ms : 1;
            return true;
        }
    }
    /* fall through */
    default:
        f->code = message_set(f->r->message, CS_ERR_PARSE,
                              "the field \"%.100s\" must be a text, a number or true/false", name);
        message_place(f->r->message, "fields.%s", name);
        message_remedy(f->r->message, "give each part a field of its own");
        return false;
    }
    field->name = arena_string(f->r->arena, name);
    if (!field->name || !field->value) {
        f->code = no_memory(f->r);
        return false;
    }
    c->field_count++;
    return true;
}

static cs_error read_recordings(const reader *r, const cs_json *object) {
    cs_error code = json_recordings_read(object, r->arena, r->c, r->message);
    return code == CS_OK ? json_recognition_read(json_get(object, "recognised"), r->arena, r->c, r->message) : code;
}

static cs_error read_fields(const reader *r, const cs_json *object) {
    const cs_json *fields = json_get(object, "fields");
    uint32_t most = 0;
    cs_error code = list_length(r, fields, "fields", CS_MAX_FIELDS, &most);
    if (code != CS_OK) return code;
    r->c->fields = arena_array(r->arena, most, sizeof *r->c->fields);
    if (!r->c->fields) return no_memory(r);
    field_reader f = {r, CS_OK};
    json_each(fields, read_field, &f);
    return f.code == CS_OK ? json_annotated_read(json_get(object, "annotated"), r->arena, r->c, r->message) : f.code;
}

cs_error json_conversation_read(const cs_json *object, cs_arena *arena, cs_conversation **out, cs_message *message) {
    reader r = {arena_alloc(arena, sizeof *r.c), arena, message};
    if (!r.c) return no_memory(&r);
    r.c->started_ms = CS_NO_TIME;
    cs_error (*const parts[])(const reader *, const cs_json *) = {read_head,   read_participants, read_turns,
                                                                  read_events, read_fields,       read_recordings};
    for (size_t i = 0; i < COUNT(parts); i++) {
        cs_error code = parts[i](&r, object);
        if (code != CS_OK) return code;
    }
    cs_error code = conversation_finish(r.c, arena, message);
    if (code == CS_OK) *out = r.c;
    return code;
}

const char *json_conversation_id(const cs_json *object) {
    if (json_kind(object) != CS_JSON_OBJECT) return NULL;
    const char *id = json_string(json_get(object, "id"), NULL);
    return id && *id && strlen(id) <= CS_MAX_NAME_BYTES ? id : NULL;
}
