#include "conversation/mapping_template.h"

#include "base/utf8.h"
#include "conversation/mapping_columns.h"

#include <string.h>

static const unsigned column_kinds[] = {
#define X(code, key, kinds, needed) kinds,
    CS_COLUMN_TABLE(X)
#undef X
};

typedef struct parser {
    cs_template_kind kind;
    cs_arena *arena;
    cs_message *message;
    cs_template_part *parts;
    uint32_t count;
    char literal[CS_TEMPLATE_BYTES + 1];
    size_t literal_bytes;
} parser;

static cs_error refuse(const parser *p, const char *reason, const char *remedy) {
    message_set(p->message, CS_ERR_PARSE, "%s", reason);
    message_remedy(p->message, "%s", remedy);
    return CS_ERR_PARSE;
}

static cs_error add_part(parser *p, cs_template_part part) {
    if (p->count == CS_TEMPLATE_PARTS) return refuse(p, "the template has more than 32 parts", "make it simpler");
    p->parts[p->count++] = part;
    return CS_OK;
}

static cs_error end_literal(parser *p) {
    if (p->literal_bytes == 0) return CS_OK;
    char *text = arena_copy(p->arena, p->literal, p->literal_bytes);
    p->literal_bytes = 0;
    if (!text) return message_set(p->message, CS_ERR_MEMORY, "no memory for the template");
    return add_part(p, (cs_template_part){.kind = CS_PART_LITERAL, .text = text});
}

static cs_error read_time(const parser *p, const char *pattern, cs_template_part *part) {
    if (p->kind != CS_TEMPLATE_NAME || part->kind != CS_PART_USE || part->use != CS_COLUMN_TIME)
        return refuse(p, "only {time:…} in the name of a file has a format", "write {time:yyyymmdd}");
    cs_time_pattern *time = arena_alloc(p->arena, sizeof *time);
    if (!time) return message_set(p->message, CS_ERR_MEMORY, "no memory for the template");
    cs_error code = time_pattern_parse(pattern, p->arena, time, p->message);
    if (code != CS_OK) return code;
    if (time->kind == CS_TIME_ISO8601 || time->kind == CS_TIME_EXCEL)
        return refuse(p, "this format of time does not stand in names of files", "write {time:yyyymmddhhmmss}");
    part->time = time;
    return CS_OK;
}

static cs_error name_part(parser *p, const char *name, cs_template_part *part) {
    static const struct {
        const char *name;
        cs_template_part_kind kind;
    } places[] = {{"folder", CS_PART_FOLDER}, {"file", CS_PART_FILE}, {"line", CS_PART_LINE}};
    bool is_id = p->kind == CS_TEMPLATE_ID;
    if (!is_id && strcmp(name, "*") == 0) {
        part->kind = CS_PART_ANY;
        return CS_OK;
    }
    for (size_t i = 0; is_id && i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(places[i].name, name) != 0) continue;
        part->kind = places[i].kind;
        return CS_OK;
    }
    if (strncmp(name, "field.", 6) == 0 && name[6]) {
        part->kind = CS_PART_FIELD;
        part->text = arena_string(p->arena, name + 6);
        return part->text ? CS_OK : message_set(p->message, CS_ERR_MEMORY, "no memory for the template");
    }
    for (uint32_t use = 0; use < CS_COLUMN_USES; use++) {
        if (use == CS_COLUMN_TEXT || (!is_id && !(column_kinds[use] & CS_OF(CONVERSATIONS))) ||
            strcmp(mapping_column_key(use), name) != 0)
            continue;
        part->kind = CS_PART_USE;
        part->use = use;
        return CS_OK;
    }
    message_set(p->message, CS_ERR_PARSE, "the template does not know {%.60s}", name);
    message_remedy(p->message, "%s",
                   is_id
                       ? "{file}, {folder}, {line}, a column's key such as {conversation} or {number}, or {field.NAME}"
                       : "a column's key such as {number} {agent} {time:yyyymmdd}, {field.NAME}, or {*} for anything");
    return CS_ERR_PARSE;
}

static cs_error read_place(parser *p, const char *inside, size_t bytes) {
    char name[CS_TEMPLATE_BYTES + 1];
    cs_template_part part = {0};
    memcpy(name, inside, bytes);
    name[bytes] = 0;
    char *colon = strchr(name, ':');
    if (colon) *colon = 0;
    cs_error code = end_literal(p);
    if (code == CS_OK) code = name_part(p, name, &part);
    if (code == CS_OK && colon) code = read_time(p, colon + 1, &part);
    if (code == CS_OK && !colon && p->kind == CS_TEMPLATE_NAME && part.kind == CS_PART_USE &&
        part.use == CS_COLUMN_TIME)
        code = refuse(p, "{time} needs to say how it is written", "write {time:yyyymmdd} or {time:yyyymmddhhmmss}");
    bool is_place = p->count > 0 && p->parts[p->count - 1].kind != CS_PART_LITERAL;
    if (code == CS_OK && p->kind == CS_TEMPLATE_NAME && is_place)
        code = refuse(p, "nothing stands between two places, so nobody can tell where one ends",
                      "put what separates them in the names between them: {extension}_{number}");
    return code == CS_OK ? add_part(p, part) : code;
}

static cs_error read_parts(parser *p, const char *text) {
    cs_error code = CS_OK;
    for (const char *at = text; *at && code == CS_OK;) {
        bool is_brace = (*at == '{' || *at == '}') && at[1] == *at;
        if (*at == '}' && !is_brace)
            return refuse(p, "a } stands there without its {", "two of them stand for one: }}");
        if (*at != '{' || is_brace) {
            p->literal[p->literal_bytes++] = *at;
            at += is_brace ? 2 : 1;
            continue;
        }
        const char *end = strchr(at, '}');
        if (!end) return refuse(p, "a { is not closed", "close it with }; two of them stand for one: {{");
        code = read_place(p, at + 1, (size_t)(end - at) - 1);
        at = end + 1;
    }
    return code == CS_OK ? end_literal(p) : code;
}

cs_error template_parse(const char *text, cs_template_kind kind, cs_arena *arena, const cs_template **out,
                        cs_message *message) {
    parser p = {.kind = kind, .arena = arena, .message = message};
    size_t bytes = strnlen(text, CS_TEMPLATE_BYTES + 1);
    if (bytes == 0 || bytes > CS_TEMPLATE_BYTES)
        return refuse(&p, "a template must have 1 to 200 bytes", "for example {file}-{line}");
    p.parts = arena_array(arena, CS_TEMPLATE_PARTS, sizeof *p.parts);
    cs_template *templ = arena_alloc(arena, sizeof *templ);
    if (!p.parts || !templ) return message_set(message, CS_ERR_MEMORY, "no memory for the template");
    cs_error code = read_parts(&p, text);
    if (code != CS_OK) return code;
    *templ = (cs_template){p.parts, p.count};
    bool has_place = false;
    for (uint32_t i = 0; i < p.count; i++) has_place |= p.parts[i].kind != CS_PART_LITERAL;
    if (!has_place) return refuse(&p, "the template is the same for all: it has no {…}", "for example {file}-{line}");
    *out = templ;
    return CS_OK;
}

bool template_has(const cs_template *templ, cs_template_part_kind kind) {
    for (uint32_t i = 0; templ && i < templ->count; i++) {
        if (templ->parts[i].kind == kind) return true;
    }
    return false;
}

bool template_has_use(const cs_template *templ, uint32_t use) {
    for (uint32_t i = 0; templ && i < templ->count; i++) {
        if (templ->parts[i].kind == CS_PART_USE && templ->parts[i].use == use) return true;
    }
    return false;
}

bool template_write(const cs_template *templ, const char *(*value_of)(void *context, const cs_template_part *part),
                    void *context, cs_buffer *out) {
    for (uint32_t i = 0; i < templ->count; i++) {
        const cs_template_part *part = &templ->parts[i];
        const char *text = part->kind == CS_PART_LITERAL ? part->text : value_of(context, part);
        if (text && !buffer_text(out, text)) return false;
    }
    return true;
}
