#include "conversation/json_annotation.h"

#define TEXT CS_JSON_IS(CS_JSON_STRING)
#define NUMBER CS_JSON_IS(CS_JSON_NUMBER)

static const cs_json_key keys[] = {
    {"kind", TEXT, true},    {"label", TEXT, false},        {"text", TEXT, false}, {"value", NUMBER, false},
    {"from", NUMBER, false}, {"confidence", NUMBER, false}, {"to", NUMBER, false},
};

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

static cs_error copy(const cs_json *object, const char *key, cs_arena *arena, const char **out, cs_message *message) {
    size_t bytes = 0;
    const char *text = json_string(json_get(object, key), &bytes);
    if (!text) return CS_OK;
    *out = arena_copy(arena, text, bytes);
    return *out ? CS_OK : no_memory(message);
}

static cs_error read_one(const cs_json *object, const cs_json_place *place, cs_arena *arena, cs_annotation *out,
                         cs_message *message) {
    cs_error code = json_object_check(object, keys, sizeof keys / sizeof keys[0], place, message);
    if (code == CS_OK) code = copy(object, "kind", arena, &out->kind, message);
    if (code == CS_OK) code = copy(object, "label", arena, &out->label, message);
    if (code == CS_OK) code = copy(object, "text", arena, &out->text, message);
    if (code != CS_OK) return code;
    double from = json_number(json_get(object, "from"), 0), to = json_number(json_get(object, "to"), from);
    out->value = json_number(json_get(object, "value"), 0);
    out->confidence = (float)json_number(json_get(object, "confidence"), -1);
    bool is_span = from >= 0 && to >= from && to <= CS_MAX_TURN_BYTES;
    if (is_span && out->confidence <= 1) {
        out->from = (uint32_t)from;
        out->to = (uint32_t)to;
        return CS_OK;
    }
    message_set(message, CS_ERR_PARSE,
                is_span ? "\"confidence\" must be between 0 and 1" : "\"from\" and \"to\" must lie in the text");
    json_place_set(message, place, is_span ? "confidence" : "from");
    return CS_ERR_PARSE;
}

cs_error json_annotations_read(const cs_json *list, const cs_json_place *turn_place, cs_arena *arena, cs_turn *turn,
                               cs_message *message) {
    size_t count = json_length(list);
    if (count == 0) return CS_OK;
    if (count > CS_MAX_ANNOTATIONS) {
        message_set(message, CS_ERR_LIMIT, "it has %zu annotations; at most %d are read", count, CS_MAX_ANNOTATIONS);
        json_place_set(message, turn_place, "annotations");
        return CS_ERR_LIMIT;
    }
    cs_annotation *all = arena_array(arena, count, sizeof *all);
    if (!all) return no_memory(message);
    for (size_t i = 0; i < count; i++) {
        cs_json_place place = {"annotations", (int64_t)i, turn_place};
        cs_error code = read_one(json_at(list, i), &place, arena, &all[i], message);
        if (code != CS_OK) return code;
    }
    turn->annotations = all;
    turn->annotation_count = (uint32_t)count;
    return CS_OK;
}

cs_error json_annotated_read(const cs_json *list, cs_arena *arena, cs_conversation *c, cs_message *message) {
    size_t count = json_length(list);
    if (count == 0) return CS_OK;
    const char **kinds = arena_array(arena, CS_MAX_ANNOTATED, sizeof *kinds);
    if (!kinds) return no_memory(message);
    for (size_t i = 0; i < count; i++) {
        const char *kind = json_string(json_at(list, i), NULL);
        if (!kind || count > CS_MAX_ANNOTATED) {
            message_set(message, CS_ERR_PARSE, "\"annotated\" must be a list of at most %d kinds", CS_MAX_ANNOTATED);
            message_place(message, "annotated[%zu]", i);
            return CS_ERR_PARSE;
        }
        kinds[i] = arena_string(arena, kind);
        if (!kinds[i]) return no_memory(message);
    }
    c->annotated = kinds;
    c->annotated_count = (uint32_t)count;
    return CS_OK;
}
