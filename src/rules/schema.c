/* The schema: what does not follow from the table stands here as it is; operators, windows, roles and effects are drawn
 * from their rows. */
#include "rules/schema.h"

#include "base/json.h"
#include "rules/form_slot.h"

#include <string.h>

enum { SCHEMA_BYTES = 4 << 20 };

static const char head[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"callscope rules as a form\","
    "\"type\":\"object\",\"required\":[\"statements\"],\"additionalProperties\":false,\"properties\":{"
    "\"language\":{\"enum\":[\"zh\",\"en\"]},"
    "\"statements\":{\"type\":\"array\",\"maxItems\":100000,\"items\":{\"$ref\":\"#/$defs/statement\"}}},\"$defs\":{";

static const char fixed[] =
    "\"line\":{\"type\":\"string\",\"pattern\":\"^[^\\\\u0000-\\\\u001f\\\\u007f]*$\"},"
    "\"name\":{\"type\":\"string\",\"minLength\":1,\"pattern\":\"^[^\\\\s\\\"|,:=()<>!#/]+$\"},"
    "\"lines\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"$ref\":\"#/$defs/line\"}},"
    "\"duration\":{\"type\":\"string\",\"pattern\":\"^[0-9.]+(ms|s|m|h|d)$\"},"
    "\"share\":{\"type\":\"string\",\"pattern\":\"^-?[0-9.]+%$\"},"
    "\"compare\":{\"enum\":[\"<\",\"<=\",\"=\",\"!=\",\">\",\">=\"]},"
    "\"phrases\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"oneOf\":[{\"$ref\":\"#/$defs/line\"},"
    "{\"type\":\"object\",\"required\":[\"list\"],\"additionalProperties\":false,\"properties\":{\"list\":{\"$ref\":\"#"
    "/"
    "$defs/name\"}}},"
    "{\"type\":\"object\",\"required\":[\"expression\"],\"additionalProperties\":false,\"properties\":{\"expression\":{"
    "\"$ref\":\"#/$defs/line\"}}}]}},"
    "\"value\":{\"oneOf\":[{\"$ref\":\"#/$defs/line\"},{\"type\":\"object\",\"required\":[\"field\"],"
    "\"additionalProperties\":false,\"properties\":{\"field\":{\"$ref\":\"#/$defs/name\"}}}]},"
    "\"title\":{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"zh\":{\"$ref\":\"#/$defs/line\"},"
    "\"en\":{\"$ref\":\"#/$defs/line\"}}},"
    "\"prompt\":{\"type\":\"object\",\"required\":[\"text\"],\"additionalProperties\":false,\"properties\":{\"at\":{"
    "\"$ref\":\"#/$defs/duration\"},\"text\":{\"$ref\":\"#/$defs/line\"}}},"
    "\"for\":{\"type\":\"object\",\"minProperties\":1,\"additionalProperties\":false,\"properties\":{\"channels\":{"
    "\"type\":\"array\",\"minItems\":1,\"items\":{\"enum\":[\"call\",\"chat\",\"email\",\"ticket\",\"survey\","
    "\"video\"]}},"
    "\"where\":{\"$ref\":\"#/$defs/fields\"}}},"
    "\"fields\":{\"oneOf\":[{\"type\":\"object\",\"required\":[\"and\"],\"additionalProperties\":false,\"properties\":{"
    "\"and\":{\"$ref\":\"#/$defs/fields_list\"},\"brackets\":{\"type\":\"boolean\"}}},"
    "{\"type\":\"object\",\"required\":[\"or\"],\"additionalProperties\":false,\"properties\":{\"or\":{\"$ref\":\"#/"
    "$defs/"
    "fields_list\"},\"brackets\":{\"type\":\"boolean\"}}},"
    "{\"type\":\"object\",\"required\":[\"not\"],\"additionalProperties\":false,\"properties\":{\"not\":{\"$ref\":\"#/"
    "$defs/fields\"},\"brackets\":{\"type\":\"boolean\"}}},"
    "{\"type\":\"object\",\"required\":[\"field\",\"in\"],\"additionalProperties\":false,\"properties\":{\"field\":{"
    "\"$ref\":\"#/$defs/name\"},\"in\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":256,\"items\":{\"$ref\":\"#/"
    "$defs/"
    "line\"}},\"brackets\":{\"type\":\"boolean\"}}},"
    "{\"type\":\"object\",\"required\":[\"field\",\"compare\",\"value\"],\"additionalProperties\":false,\"properties\":"
    "{"
    "\"field\":{\"$ref\":\"#/$defs/name\"},\"compare\":{\"$ref\":\"#/$defs/compare\"},\"value\":{\"$ref\":\"#/$defs/"
    "line\"},\"brackets\":{\"type\":\"boolean\"}}}]},"
    "\"fields_list\":{\"type\":\"array\",\"minItems\":2,\"items\":{\"$ref\":\"#/$defs/fields\"}},"
    "\"comments\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"properties\":{\"above\":{\"$ref\":\"#/$defs/lines\"},\"behind\":{\"$ref\":\"#/$defs/line\"}}}},"
    "\"event\":{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"event\":{\"$ref\":\"#/$defs/"
    "line\"},"
    "\"call\":{\"enum\":[\"answered\",\"offered\"]},\"to\":{\"const\":\"customer\"},\"from\":{\"const\":\"customer\"},"
    "\"where\":{\"$ref\":\"#/$defs/"
    "fields\"},\"about\":{\"enum\":[\"ticket\",\"customer\"]},\"window\":{\"type\":\"object\","
    "\"maxProperties\":1,\"additionalProperties\":false,\"properties\":{\"within\":{\"$ref\":\"#/$defs/line\"},\"by\":{"
    "\"$ref\":\"#/$defs/line\"}}}}},"
    "\"step\":{\"type\":\"object\",\"required\":[\"name\",\"what\"],\"additionalProperties\":false,\"properties\":{"
    "\"name\":{\"$ref\":\"#/$defs/name\"},\"what\":{\"$ref\":\"#/$defs/condition\"},\"if\":{\"$ref\":\"#/$defs/"
    "condition\"}}},"
    "\"steps\":{\"type\":\"object\",\"required\":[\"steps\"],\"additionalProperties\":false,\"properties\":{\"steps\":{"
    "\"type\":\"array\",\"minItems\":2,\"maxItems\":16,\"items\":{\"$ref\":\"#/$defs/step\"}}}},"
    "\"whole\":{\"oneOf\":[{\"$ref\":\"#/$defs/condition\"},{\"$ref\":\"#/$defs/steps\"}]}";

/* ---- conditions that are no operators: members beside brackets; all but those behind a ? are required ---- */

typedef struct member {
    const char *key, *schema;
} member;

typedef struct composite {
    const char *row; /* of the vocabulary, for its help */
    member members[4];
} composite;

#define CONDITION "{\"$ref\":\"#/$defs/condition\"}"
#define CONDITIONS(most) "{\"type\":\"array\",\"minItems\":2,\"maxItems\":" most ",\"items\":" CONDITION "}"

static const composite composites[] = {
    {"and", {{"and", CONDITIONS("101")}}},
    {"or", {{"or", CONDITIONS("101")}}},
    {"not", {{"not", CONDITION}}},
    {"count",
     {{"count", CONDITION},
      {"compare", "{\"$ref\":\"#/$defs/compare\"}"},
      {"number", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000000}"}}},
    {"nth", {{"nth", CONDITION}, {"number", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000}"}}},
    {"order", {{"in_order", CONDITIONS("16")}}},
    {"reply", {{"of", CONDITION}, {"in_reply_to", CONDITION}}},
    {NULL, {{"of", CONDITION}, {"window", "{\"$ref\":\"#/$defs/window\"}"}}},
    {NULL, {{"name", "{\"$ref\":\"#/$defs/name\"}"}}},
};

static void write_composite(cs_json_writer *w, const composite *c) {
    const cs_vocable *row = c->row ? vocabulary_find(FAMILY_OPERATOR, c->row) : NULL;
    json_object_open(w, NULL);
    json_write_string(w, "type", "object");
    if (row) json_write_string(w, "title", row->usage);
    if (row) json_write_string(w, "description", row->help);
    json_array_open(w, "required");
    for (size_t i = 0; i < 4 && c->members[i].key; i++) json_write_string(w, NULL, c->members[i].key);
    json_array_close(w);
    json_write_bool(w, "additionalProperties", false);
    json_object_open(w, "properties");
    for (size_t i = 0; i < 4 && c->members[i].key; i++) json_write_raw(w, c->members[i].key, c->members[i].schema);
    json_write_raw(w, "brackets", "{\"type\":\"boolean\"}");
    json_object_close(w);
    json_object_close(w);
}

/* ---- operators ---- */

static const char *slot_schema(const char *slot) {
    static const struct {
        const char *slot, *schema;
    } table[] = {{"PHRASES", "{\"$ref\":\"#/$defs/phrases\"}"},
                 {"EXCUSES", "{\"$ref\":\"#/$defs/phrases\"}"},
                 {"QUORUM", "{\"type\":\"string\",\"pattern\":\"^(any|all|none|at least [0-9]+)$\"}"},
                 {"COUNT", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000}"},
                 {"CHARACTERS", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000000}"},
                 {"NUMBER", "{\"oneOf\":[{\"type\":\"number\"},{\"$ref\":\"#/$defs/share\"}]}"},
                 {"PERCENT", "{\"$ref\":\"#/$defs/share\"}"},
                 {"DURATION", "{\"$ref\":\"#/$defs/duration\"}"},
                 {"COMPARE", "{\"$ref\":\"#/$defs/compare\"}"},
                 {"ROLE", "{\"$ref\":\"#/$defs/role\"}"},
                 {"VALUE", "{\"$ref\":\"#/$defs/value\"}"},
                 {"CONDITION", CONDITION},
                 {"PAIRS", "{\"$ref\":\"#/$defs/name\"}"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].slot, slot) == 0) return table[i].schema;
    return "{\"$ref\":\"#/$defs/line\"}"; /* NAME */
}

static bool is_with(const cs_form_part *a, const cs_form_part *b) {
    return a != b && a->group && a->group == b->group && *a->key && *b->key && a->choice == 0 && b->choice == 0;
}

/* Members of one group come together. */
static void write_dependent(cs_json_writer *w, const cs_form_usage *usage) {
    const cs_form_part *parts = usage->parts;
    bool has_any = false;
    for (uint32_t i = 0; i < usage->count; i++)
        for (uint32_t j = 0; j < usage->count; j++) has_any |= is_with(&parts[i], &parts[j]);
    if (!has_any) return;
    json_object_open(w, "dependentRequired");
    for (uint32_t i = 0; i < usage->count; i++) {
        bool is_open = false;
        for (uint32_t j = 0; j < usage->count; j++) {
            if (!is_with(&parts[i], &parts[j])) continue;
            if (!is_open) json_array_open(w, parts[i].key);
            is_open = true;
            json_write_string(w, NULL, parts[j].key);
        }
        if (is_open) json_array_close(w);
    }
    json_object_close(w);
}

/* {differs|agrees}: one of them, where the choice must be made; never both. */
static void write_choice(cs_json_writer *w, const cs_form_usage *usage) {
    bool is_open = false, is_needed = false;
    for (uint32_t i = 0; i < usage->count; i++) {
        const cs_form_part *part = &usage->parts[i];
        if (!part->choice) continue;
        if (!is_open) json_array_open(w, "oneOf");
        is_open = true;
        is_needed |= part->group == 0;
        json_object_open(w, NULL);
        json_array_open(w, "required");
        json_write_string(w, NULL, part->key);
        json_array_close(w);
        json_object_close(w);
    }
    if (!is_open) return;
    if (!is_needed) { /* none of them */
        json_object_open(w, NULL);
        json_object_open(w, "not");
        json_array_open(w, "anyOf");
        for (uint32_t i = 0; i < usage->count; i++) {
            if (!usage->parts[i].choice) continue;
            json_object_open(w, NULL);
            json_array_open(w, "required");
            json_write_string(w, NULL, usage->parts[i].key);
            json_array_close(w);
            json_object_close(w);
        }
        json_array_close(w);
        json_object_close(w);
        json_object_close(w);
    }
    json_array_close(w);
}

static void write_operator(cs_json_writer *w, const cs_form_usage *usage, bool is_bare) {
    const cs_vocable *row = usage->row;
    json_object_open(w, NULL);
    json_write_string(w, "type", "object");
    json_write_string(w, "title", is_bare ? "ROLE PHRASES" : row->usage);
    json_write_string(w, "description", is_bare ? "said in when and expect, asserted in never" : row->help);
    if (row->waits_for && !is_bare) json_write_string(w, "$comment", row->waits_for);
    json_array_open(w, "required");
    if (!is_bare) json_write_string(w, NULL, "operator");
    if (usage->needs_role) json_write_string(w, NULL, "role");
    for (uint32_t i = 0; i < usage->count; i++)
        if (!usage->parts[i].group && usage->parts[i].kind == FORM_SLOT)
            json_write_string(w, NULL, usage->parts[i].key);
    json_array_close(w);
    json_write_bool(w, "additionalProperties", false);
    json_object_open(w, "properties");
    if (!is_bare) {
        json_object_open(w, "operator");
        json_write_string(w, "const", row->word);
        json_object_close(w);
    }
    if (usage->has_role) json_write_raw(w, "role", "{\"$ref\":\"#/$defs/role\"}");
    for (uint32_t i = 0; i < usage->count; i++) {
        const cs_form_part *part = &usage->parts[i];
        if (!*part->key) continue;
        json_write_raw(w, part->key, part->kind == FORM_SLOT ? slot_schema(part->text) : "{\"type\":\"boolean\"}");
    }
    json_write_raw(w, "brackets", "{\"type\":\"boolean\"}");
    json_object_close(w);
    write_dependent(w, usage);
    write_choice(w, usage);
    json_object_close(w);
}

static void write_conditions(cs_json_writer *w) {
    cs_form_usage usage;
    json_object_open(w, "condition");
    json_array_open(w, "oneOf");
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        if (row->operator== OPERATOR_NONE) continue;
        form_usage(row, &usage);
        write_operator(w, &usage, false);
    }
    form_usage_bare(&usage);
    write_operator(w, &usage, true);
    for (size_t i = 0; i < sizeof composites / sizeof *composites; i++) write_composite(w, &composites[i]);
    json_array_close(w);
    json_object_close(w);
}

static void write_windows(cs_json_writer *w) {
    json_object_open(w, "window");
    json_write_string(w, "type", "object");
    json_write_int(w, "minProperties", 1);
    json_write_int(w, "maxProperties", 1);
    json_write_bool(w, "additionalProperties", false);
    json_object_open(w, "properties");
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        if (row->family != FAMILY_WINDOW) continue;
        bool has_condition = strstr(row->usage, "CONDITION") != NULL;
        const char *schema = has_condition                        ? CONDITION
                             : strstr(row->usage, " A and B")     ? CONDITIONS("2")
                             : strcmp(row->usage, row->word) == 0 ? "{\"const\":true}"
                                                                  : "{\"$ref\":\"#/$defs/line\"}";
        json_write_raw(w, row->word, schema);
    }
    json_object_close(w);
    json_object_close(w);
}

static void write_roles(cs_json_writer *w) {
    json_object_open(w, "role");
    json_array_open(w, "enum");
    for (const cs_vocable *row = vocabulary; row->word; row++)
        if (row->family == FAMILY_ROLE) json_write_string(w, NULL, row->word);
    json_write_string(w, NULL, "first agent");
    json_array_close(w);
    json_object_close(w);
}

static void write_effects(cs_json_writer *w) {
    json_object_open(w, "effects");
    json_write_string(w, "type", "array");
    json_write_int(w, "minItems", 1);
    json_object_open(w, "items");
    json_array_open(w, "oneOf");
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        if (row->family != FAMILY_EFFECT) continue;
        bool is_score = strstr(row->usage, " -") || strstr(row->usage, " +");
        json_object_open(w, NULL);
        json_write_string(w, "type", "object");
        json_write_string(w, "title", row->usage);
        json_write_string(w, "description", row->help);
        json_write_raw(w, "required", "[\"effect\"]");
        json_write_bool(w, "additionalProperties", false);
        json_object_open(w, "properties");
        json_object_open(w, "effect");
        json_write_string(w, "const", row->word);
        json_object_close(w);
        if (is_score) {
            json_write_raw(w, "points", "{\"type\":\"integer\",\"minimum\":-100,\"maximum\":100}");
            json_write_raw(w, "fatal", "{\"type\":\"boolean\"}");
            json_write_raw(w, "each", "{\"type\":\"boolean\"}");
            json_write_raw(w, "max", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":100}");
        } else {
            json_write_raw(w, "words", "{\"$ref\":\"#/$defs/line\"}");
        }
        json_object_close(w);
        json_object_close(w);
    }
    json_array_close(w);
    json_object_close(w);
    json_object_close(w);
}

/* ---- statements ---- */

static void open_statement(cs_json_writer *w, const char *kind, const char *required) {
    const cs_vocable *row = vocabulary_find(FAMILY_STATEMENT, kind);
    json_object_open(w, NULL);
    json_write_string(w, "type", "object");
    if (row) json_write_string(w, "title", row->usage);
    if (row) json_write_string(w, "description", row->help);
    json_write_raw(w, "required", required);
    json_write_bool(w, "additionalProperties", false);
    json_object_open(w, "properties");
    json_object_open(w, "kind");
    json_write_string(w, "const", kind);
    json_object_close(w);
    json_write_raw(w, "joined", "{\"type\":\"boolean\",\"description\":\"no blank line stands above it\"}");
    if (row) json_write_raw(w, "comments", "{\"$ref\":\"#/$defs/comments\"}");
    if (row && strcmp(kind, "calendar") != 0 && strcmp(kind, "test") != 0)
        json_write_raw(w, "name", "{\"$ref\":\"#/$defs/name\"}");
}

static void close_statement(cs_json_writer *w) {
    json_object_close(w);
    json_object_close(w);
}

static const char *clause_schema(const char *word) {
    if (strcmp(word, "title") == 0 || strcmp(word, "for") == 0 || strcmp(word, "prompt") == 0) return NULL;
    if (strcmp(word, "else") == 0 || strcmp(word, "then") == 0) return "{\"$ref\":\"#/$defs/effects\"}";
    if (strcmp(word, "when") == 0)
        return "{\"oneOf\":[{\"$ref\":\"#/$defs/event\"},{\"type\":\"object\",\"required\":[\"condition\"],"
               "\"additionalProperties\":false,\"properties\":{\"condition\":{\"$ref\":\"#/$defs/whole\"},"
               "\"once\":{\"enum\":[true,false,\"per demand\"]}}}]}";
    if (strcmp(word, "expect") == 0)
        return "{\"oneOf\":[{\"$ref\":\"#/$defs/event\"},{\"type\":\"object\",\"required\":[\"condition\"],"
               "\"additionalProperties\":false,\"properties\":{\"condition\":{\"$ref\":\"#/$defs/whole\"},"
               "\"strict\":{\"type\":\"boolean\"}}}]}";
    return "{\"oneOf\":[{\"$ref\":\"#/$defs/event\"},{\"type\":\"object\",\"required\":[\"condition\"],"
           "\"additionalProperties\":false,\"properties\":{\"condition\":{\"$ref\":\"#/$defs/whole\"}}}]}";
}

static void write_rule(cs_json_writer *w, const char *kind) {
    open_statement(w, kind, "[\"kind\",\"name\"]");
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        if (row->family != FAMILY_CLAUSE) continue;
        const char *schema = clause_schema(row->word);
        const char *key = strcmp(row->word, "waived") == 0 ? "waived_by" : row->word;
        json_object_open(w, key);
        json_write_string(w, "description", row->help);
        json_array_open(w, "allOf");
        if (schema) {
            json_write_raw(w, NULL, schema);
        } else {
            json_object_open(w, NULL);
            buffer_printf(w->out, "\"$ref\":\"#/$defs/%s\"", row->word);
            json_object_close(w);
        }
        json_array_close(w);
        json_object_close(w);
    }
    close_statement(w);
}

static const char list_lines[] = "{\"type\":\"array\",\"minItems\":1,\"items\":{\"$ref\":\"#/$defs/"
                                 "lines\"},\"description\":\"phrases as they are written "
                                 "between bars, line by line\"}";
static const char calendar_lines[] =
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":1,"
    "\"additionalProperties\":false,\"properties\":{\"zone\":{\"$ref\":\"#/$defs/lines\"},\"workdays\":{\"$ref\":\"#/"
    "$defs/"
    "lines\"},\"hours\":{\"$ref\":\"#/$defs/lines\"},\"holiday\":{\"$ref\":\"#/$defs/"
    "lines\"},\"workday\":{\"$ref\":\"#/$defs/"
    "lines\"}}}}";
static const char test_lines[] =
    "{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
    "\"for\":{\"$ref\":\"#/$defs/"
    "for\"},\"at\":{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\",\"minimum\":1}]},"
    "\"role\":{\"type\":\"string\"},\"doubtful\":{\"type\":\"boolean\"},\"says\":{\"$ref\":\"#/$defs/line\"},"
    "\"event\":{\"type\":\"string\"},\"by\":{\"type\":\"string\"},\"annotation\":{\"type\":\"string\"},\"label\":{"
    "\"type\":"
    "\"string\"},\"value\":{\"type\":\"number\"},\"in\":{\"type\":\"integer\",\"minimum\":1},\"expect\":{\"type\":"
    "\"string\"},"
    "\"verdict\":{\"enum\":[\"met\",\"missed\",\"hit\",\"clean\",\"noted\",\"not-noted\",\"undecided\",\"not-"
    "applicable\"]}}}}";

static void write_statements(cs_json_writer *w) {
    json_object_open(w, "statement");
    json_array_open(w, "oneOf");
    write_rule(w, "rule");
    write_rule(w, "flag");
    open_statement(w, "let", "[\"kind\",\"name\",\"condition\"]");
    json_write_raw(w, "condition", "{\"$ref\":\"#/$defs/whole\"}");
    close_statement(w);
    open_statement(w, "words", "[\"kind\",\"name\",\"lines\"]");
    json_write_raw(w, "lines", list_lines);
    close_statement(w);
    open_statement(w, "pairs", "[\"kind\",\"name\",\"lines\"]");
    json_write_raw(w, "lines", list_lines);
    close_statement(w);
    open_statement(w, "calendar", "[\"kind\",\"lines\"]");
    json_write_raw(w, "lines", calendar_lines);
    close_statement(w);
    open_statement(w, "test", "[\"kind\",\"name\",\"lines\"]");
    json_write_raw(w, "name", "{\"$ref\":\"#/$defs/line\"}");
    json_write_raw(w, "lines", test_lines);
    close_statement(w);
    open_statement(w, "comment", "[\"kind\",\"lines\"]");
    json_write_raw(w, "lines", "{\"$ref\":\"#/$defs/lines\"}");
    close_statement(w);
    json_array_close(w);
    json_object_close(w);
}

bool schema_write(cs_buffer *out) {
    cs_json_writer writer;
    cs_buffer rest;
    buffer_init(out, SCHEMA_BYTES);
    buffer_init(&rest, SCHEMA_BYTES);
    json_writer_init(&writer, &rest);
    json_object_open(&writer, NULL);
    write_statements(&writer);
    write_conditions(&writer);
    write_windows(&writer);
    write_roles(&writer);
    write_effects(&writer);
    json_object_close(&writer);
    buffer_text(out, head);
    buffer_text(out, fixed);
    buffer_text(out, ",");
    if (!rest.is_failed) buffer_text(out, buffer_string(&rest) + 1); /* its members, and the } of $defs */
    buffer_text(out, "}\n");
    bool is_good = !out->is_failed && !rest.is_failed;
    buffer_free(&rest);
    return is_good;
}
