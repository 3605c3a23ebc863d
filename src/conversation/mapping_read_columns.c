/* The keys "columns" and "turns" of a mapping: where what stands. */
#include "conversation/mapping_reader.h"

#include "conversation/json_object.h"

#include <stdio.h>
#include <string.h>

#define TEXT CS_JSON_IS(CS_JSON_STRING)
#define OBJECT CS_JSON_IS(CS_JSON_OBJECT)
#define ARRAY CS_JSON_IS(CS_JSON_ARRAY)
#define BOOL CS_JSON_IS(CS_JSON_BOOL)
#define TEXT_OR_NUMBER (TEXT | CS_JSON_IS(CS_JSON_NUMBER))
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { MAX_TURN_COLUMNS = 100, MAX_LIST_SPEAKERS = 10 };

static const cs_json_key column_keys[] = {
#define X(code, key, kinds, needed) {key, TEXT_OR_NUMBER, false},
    CS_COLUMN_TABLE(X)
#undef X
        {"fields", OBJECT, false},
};
static const unsigned column_kinds[] = {
#define X(code, key, kinds, needed) kinds,
    CS_COLUMN_TABLE(X)
#undef X
};
static const unsigned column_needs[] = {
#define X(code, key, kinds, needed) needed,
    CS_COLUMN_TABLE(X)
#undef X
};
static const cs_json_key turn_keys[] = {{"speaker", TEXT, true},
                                        {"text", TEXT_OR_NUMBER, true},
                                        {"time", TEXT_OR_NUMBER, false},
                                        {"agent", TEXT_OR_NUMBER, false}};
static const cs_json_key list_keys[] = {
    {"column", TEXT_OR_NUMBER, true}, {"list", BOOL, false}, {"between", TEXT, false}, {"speakers", ARRAY, true}};
static const cs_json_key each_keys[] = {
    {"each", TEXT, true}, {"speaker", TEXT, true}, {"text", TEXT, true}, {"time", TEXT, false}, {"agent", TEXT, false}};

bool mapping_is_mapped(const cs_mapping *mapping, cs_column_use use) {
    return mapping->columns[use].name || mapping->columns[use].number;
}

cs_error mapping_read_column(cs_mapping *m, const cs_json *value, const char *place, cs_column *out,
                             cs_message *message) {
    const char *name = json_string(value, NULL);
    if (name) {
        if (!*name)
            return mapping_refuse(message, place, "the column's name is empty", "write its name or its number from 1");
        out->name = arena_string(m->arena, name);
        return out->name ? CS_OK : mapping_no_memory(message);
    }
    int64_t number;
    if (!json_int64(value, &number) || number < 1 || number > CS_MAX_COLUMNS)
        return mapping_refuse(message, place, "a column is a header's name or a whole number from 1 to 1000",
                              "the first column is 1");
    if (m->format > CS_MAPPING_FORMAT_XLSX)
        return mapping_refuse(message, place, "columns of JSON have names, no numbers",
                              "write the key's name, or a path such as \"customer.phone\"");
    out->number = (uint32_t)number;
    return CS_OK;
}

typedef struct field_reader {
    cs_mapping *m;
    cs_message *message;
    cs_error code;
} field_reader;

static bool read_field_column(void *context, const char *name, const cs_json *value) {
    field_reader *r = context;
    cs_field_column *field = &r->m->fields[r->m->field_count++];
    char place[96];
    cs_message spot; /* message_place bounds and cleans the words */
    message_place(&spot, "columns.fields.%s", name);
    memcpy(place, spot.place, sizeof place);
    if (!*name || strlen(name) > CS_MAX_NAME_BYTES) {
        r->code =
            mapping_refuse(r->message, place, "the field's name must have 1 to 200 bytes", "give it a short name");
        return false;
    }
    field->field = arena_string(r->m->arena, name);
    r->code = field->field ? mapping_read_column(r->m, value, place, &field->column, r->message)
                           : mapping_no_memory(r->message);
    return r->code == CS_OK;
}

static cs_error read_fields(cs_mapping *m, const cs_json *fields, cs_message *message) {
    if (json_length(fields) == 0) return CS_OK;
    if (json_length(fields) > CS_MAX_FIELDS)
        return mapping_refuse(message, "columns.fields", "more than 1000 fields", "");
    m->fields = arena_array(m->arena, json_length(fields), sizeof *m->fields);
    if (!m->fields) return mapping_no_memory(message);
    field_reader r = {m, message, CS_OK};
    json_each(fields, read_field_column, &r);
    return r.code;
}

static cs_error refuse_use(const cs_mapping *m, cs_column_use use, cs_message *message) {
    char list[160] = "";
    size_t used = 0;
    for (size_t i = 0; i < CS_COLUMN_USES && used < sizeof list; i++) {
        if (!(column_kinds[i] & 1u << m->kind)) continue;
        int wrote = snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", column_keys[i].name);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    message_set(message, CS_ERR_PARSE, "a mapping of kind \"%s\" has no column \"%s\"", mapping_kind_name(m->kind),
                column_keys[use].name);
    message_place(message, "columns.%s", column_keys[use].name);
    message_remedy(message, "it may have: %s", list);
    return CS_ERR_PARSE;
}

static cs_error read_uses(cs_mapping *m, const cs_json *columns, cs_message *message) {
    cs_error code = CS_OK;
    for (cs_column_use use = 0; code == CS_OK && use < CS_COLUMN_USES; use++) {
        const cs_json *value = json_get(columns, column_keys[use].name);
        if (json_kind(value) == CS_JSON_NULL) continue;
        if (!(column_kinds[use] & 1u << m->kind)) return refuse_use(m, use, message);
        char place[64];
        snprintf(place, sizeof place, "columns.%s", column_keys[use].name);
        code = mapping_read_column(m, value, place, &m->columns[use], message);
    }
    return code;
}

cs_error mapping_read_columns(cs_mapping *m, const cs_json *json, cs_message *message) {
    const cs_json *columns = json_get(json, "columns");
    if (!mapping_has_rows(m)) {
        if (json_kind(columns) == CS_JSON_NULL) return CS_OK;
        return mapping_refuse(message, "columns", "this format has no columns",
                              m->format == CS_MAPPING_FORMAT_TEXT
                                  ? "name the parts in \"line\": \"[{time}] {speaker}: {text}\""
                                  : "name the parts in \"name\": \"{extension}_{number}.wav\"");
    }
    bool has_turns = json_kind(json_get(json, "turns")) != CS_JSON_NULL;
    if (json_kind(columns) == CS_JSON_NULL) {
        if (has_turns) return CS_OK;
        return mapping_refuse(message, "columns", "\"columns\" is missing: it does not say which column means what",
                              "add \"columns\": {\"conversation\": 1, \"speaker\": 2, \"text\": 3}");
    }
    cs_json_place place = {"columns", -1, NULL};
    cs_error code = json_object_check(columns, column_keys, COUNT(column_keys), &place, message);
    if (code == CS_OK) code = read_uses(m, columns, message);
    if (code == CS_OK) code = read_fields(m, json_get(columns, "fields"), message);
    return code;
}

/* value NULL or null: no such column, *out CS_NO_EXTRA. */
static cs_error add_extra(cs_mapping *m, const cs_json *value, const char *place, uint32_t *out, cs_message *message) {
    *out = CS_NO_EXTRA;
    if (json_kind(value) == CS_JSON_NULL) return CS_OK;
    *out = m->extra_count++;
    return mapping_read_column(m, value, place, &m->extras[*out], message);
}

static cs_error read_turn_columns(cs_mapping *m, const cs_json *turns, cs_message *message) {
    size_t count = json_length(turns);
    if (count == 0 || count > MAX_TURN_COLUMNS)
        return mapping_refuse(message, "turns", "\"turns\" lists 1 to 100 columns of one row",
                              "[{\"speaker\": \"customer\", \"text\": \"question\"}, {\"speaker\": \"agent\", …}]");
    m->turns.kind = CS_TURNS_COLUMNS;
    m->turns.columns = arena_array(m->arena, count, sizeof *m->turns.columns);
    m->extras = arena_array(m->arena, count * 3, sizeof *m->extras);
    if (!m->turns.columns || !m->extras) return mapping_no_memory(message);
    cs_error code = CS_OK;
    for (size_t i = 0; i < count && code == CS_OK; i++) {
        const cs_json *turn = json_at(turns, i);
        cs_json_place at = {"turns", (int64_t)i, NULL};
        cs_turn_columns *out = &m->turns.columns[m->turns.column_count++];
        char place[32];
        snprintf(place, sizeof place, "turns[%zu]", i);
        code = json_object_check(turn, turn_keys, COUNT(turn_keys), &at, message);
        if (code == CS_OK) code = mapping_copy(m, mapping_text_of(turn, "speaker"), &out->speaker, message);
        if (code == CS_OK && !out->speaker)
            code = mapping_refuse(message, place, "the speaker is empty", "for example \"customer\"");
        if (code == CS_OK) code = add_extra(m, json_get(turn, "text"), place, &out->text, message);
        if (code == CS_OK) code = add_extra(m, json_get(turn, "time"), place, &out->time, message);
        if (code == CS_OK) code = add_extra(m, json_get(turn, "agent"), place, &out->agent, message);
    }
    return code;
}

static cs_error read_turn_list(cs_mapping *m, const cs_json *turns, cs_message *message) {
    cs_json_place at = {"turns", -1, NULL};
    const cs_json *speakers = json_get(turns, "speakers");
    cs_error code = json_object_check(turns, list_keys, COUNT(list_keys), &at, message);
    if (code != CS_OK) return code;
    size_t count = json_length(speakers);
    if (count == 0 || count > MAX_LIST_SPEAKERS)
        return mapping_refuse(message, "turns.speakers", "1 to 10 speakers take turns", "[\"customer\", \"agent\"]");
    if (json_kind(json_get(turns, "list")) == CS_JSON_BOOL && !json_is_true(json_get(turns, "list")) &&
        !mapping_text_of(turns, "between"))
        return mapping_refuse(message, "turns.between", "a cell that is no list needs what stands between its turns",
                              "for example \"between\": \"|||\"");
    m->turns.kind = CS_TURNS_LIST;
    m->turns.speakers = arena_array(m->arena, count, sizeof *m->turns.speakers);
    m->extras = arena_array(m->arena, 1, sizeof *m->extras);
    if (!m->turns.speakers || !m->extras) return mapping_no_memory(message);
    code = add_extra(m, json_get(turns, "column"), "turns.column", &m->turns.list, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(turns, "between"), &m->turns.between, message);
    for (size_t i = 0; i < count && code == CS_OK; i++) {
        const char *speaker = json_string(json_at(speakers, i), NULL);
        if (!speaker || !*speaker)
            return mapping_refuse(message, "turns.speakers", "a speaker must be a text", "[\"customer\", \"agent\"]");
        code = mapping_copy(m, speaker, &m->turns.speakers[m->turns.speaker_count++], message);
    }
    return code;
}

static cs_error read_turn_each(cs_mapping *m, const cs_json *turns, cs_message *message) {
    cs_json_place at = {"turns", -1, NULL};
    if (m->format != CS_MAPPING_FORMAT_JSON && m->format != CS_MAPPING_FORMAT_JSONL)
        return mapping_refuse(message, "turns.each", "only json and jsonl have lists of turns inside",
                              "name columns: [{\"speaker\": \"customer\", \"text\": \"question\"}]");
    cs_error code = json_object_check(turns, each_keys, COUNT(each_keys), &at, message);
    m->turns.kind = CS_TURNS_EACH;
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(turns, "each"), &m->turns.each, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(turns, "speaker"), &m->turns.speaker, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(turns, "text"), &m->turns.text, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(turns, "time"), &m->turns.time, message);
    if (code == CS_OK) code = mapping_copy(m, mapping_text_of(turns, "agent"), &m->turns.agent, message);
    if (code == CS_OK && (!m->turns.each || !m->turns.speaker || !m->turns.text))
        return mapping_refuse(message, "turns", "\"each\", \"speaker\" and \"text\" must not be empty",
                              "{\"each\": \"messages\", \"speaker\": \"role\", \"text\": \"content\"}");
    return code;
}

cs_error mapping_read_turns(cs_mapping *m, const cs_json *json, cs_message *message) {
    const cs_json *turns = json_get(json, "turns");
    if (json_kind(turns) == CS_JSON_NULL) return CS_OK;
    if (m->kind != CS_MAPPING_CONVERSATIONS || !mapping_has_rows(m))
        return mapping_refuse(message, "turns", "only rows of conversations have turns", "leave it out");
    if (mapping_is_mapped(m, CS_COLUMN_TEXT) || mapping_is_mapped(m, CS_COLUMN_SPEAKER))
        return mapping_refuse(message, "turns", "the text stands either in \"columns\" or in \"turns\"",
                              "leave \"text\" and \"speaker\" out of \"columns\"");
    if (json_kind(turns) == CS_JSON_ARRAY) return read_turn_columns(m, turns, message);
    if (json_kind(json_get(turns, "each")) != CS_JSON_NULL) return read_turn_each(m, turns, message);
    return read_turn_list(m, turns, message);
}

static cs_error need(const char *key, cs_message *message) {
    message_set(message, CS_ERR_PARSE, "\"%s\" is missing", key);
    message_place(message, "columns.%s", key);
    message_remedy(message, "give its name in the header or its number from 1");
    return CS_ERR_PARSE;
}

static cs_error check_conversations(const cs_mapping *m, cs_message *message) {
    if (!mapping_has_rows(m)) return CS_OK;
    if (m->turns.kind == CS_TURNS_ROWS && !mapping_is_mapped(m, CS_COLUMN_TEXT)) return need("text", message);
    if (m->turns.kind == CS_TURNS_ROWS && !mapping_is_mapped(m, CS_COLUMN_SPEAKER)) {
        (void)need("speaker", message);
        message_remedy(message,
                       "when all rows are of one speaker: \"turns\": [{\"speaker\": \"customer\", \"text\": …}]");
        return CS_ERR_PARSE;
    }
    if (mapping_is_mapped(m, CS_COLUMN_CONVERSATION) || m->id) return CS_OK;
    (void)need("conversation", message);
    message_remedy(message, "when each row is a conversation of its own: \"id\": \"{file}-{line}\"");
    return CS_ERR_PARSE;
}

/* One of several columns must be there. */
static cs_error need_one(const cs_mapping *m, const cs_column_use *uses, size_t count, const char *reason,
                         const char *remedy, cs_message *message) {
    for (size_t i = 0; i < count; i++) {
        if (mapping_is_mapped(m, uses[i])) return CS_OK;
    }
    return mapping_refuse(message, "columns", reason, remedy);
}

cs_error mapping_check_columns(const cs_mapping *m, cs_message *message) {
    static const cs_column_use call[] = {CS_COLUMN_CONVERSATION, CS_COLUMN_RECORDING, CS_COLUMN_TIME};
    static const cs_column_use agent[] = {CS_COLUMN_AGENT, CS_COLUMN_AGENT_ID};
    static const cs_column_use customer[] = {CS_COLUMN_CUSTOMER, CS_COLUMN_NUMBER, CS_COLUMN_ACCOUNT, CS_COLUMN_OPENID};
    static const cs_column_use score[] = {CS_COLUMN_CONVERSATION, CS_COLUMN_TICKET, CS_COLUMN_TIME};
    for (size_t i = 0; i < CS_COLUMN_USES; i++) {
        if (column_needs[i] & 1u << m->kind && !mapping_is_mapped(m, (cs_column_use)i))
            return need(column_keys[i].name, message);
    }
    switch (m->kind) {
    case CS_MAPPING_CONVERSATIONS: return check_conversations(m, message);
    case CS_MAPPING_CALLS:
        return need_one(m, call, COUNT(call), "a call list needs a column that tells its calls apart",
                        "\"time\" (with \"number\" or \"extension\"), \"conversation\" or \"recording\"", message);
    case CS_MAPPING_ROSTER:
        return need_one(m, agent, COUNT(agent), "a roster needs a column that names the agents",
                        "\"agent\" (name) or \"agent_id\" (staff number)", message);
    case CS_MAPPING_SATISFACTION:
        return need_one(m, score, COUNT(score), "scores need a column that tells what they are about",
                        "\"conversation\", \"ticket\", or \"time\" with \"number\"", message);
    case CS_MAPPING_CUSTOMERS:
        return need_one(m, customer, COUNT(customer), "a customer needs a column that tells who it is",
                        "\"customer\", \"number\", \"account\" or \"openid\"", message);
    default: return CS_OK;
    }
}
