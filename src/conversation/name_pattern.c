#include "conversation/name_pattern.h"

#include "base/file.h"
#include "conversation/mapping_columns.h"
#include "conversation/recording_name.h"
#include "text/phone.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_NAME = 1000, MAX_STEPS = 20000 };

typedef struct span {
    size_t from, bytes;
} span;

/* One try to fit a name to a template: what each part took. */
typedef struct fitting {
    const cs_template *templ;
    const char *text;
    size_t bytes, literal_end; /* of the last part, without the extension of a recording */
    span taken[CS_TEMPLATE_PARTS];
    int steps;
} fitting;

static bool is_of_number(char c) {
    return c && strchr("0123456789+*#-", c) != NULL;
}

/* The template's own extension says nothing: a recording may be of any. */
static size_t end_of_last(const cs_template *templ) {
    const cs_template_part *last = &templ->parts[templ->count - 1];
    if (last->kind != CS_PART_LITERAL) return 0;
    char name[CS_TEMPLATE_BYTES + 2];
    size_t bytes = strlen(last->text);
    snprintf(name, sizeof name, "x%s", last->text); /* ".wav" alone would be a hidden file */
    return recording_name_is(name) ? bytes - strlen(file_extension(name)) : bytes;
}

static bool fit_part(fitting *f, uint32_t i, size_t at);

/* Tries the shortest first: from least bytes on, as far as the kind of place goes. */
static bool fit_place(fitting *f, uint32_t i, size_t at) {
    const cs_template_part *part = &f->templ->parts[i];
    bool is_number = part->kind == CS_PART_USE && part->use == CS_COLUMN_NUMBER;
    for (size_t end = at; end < f->bytes && f->steps < MAX_STEPS;) {
        char c = f->text[end];
        if (c == '/' || (is_number && !is_of_number(c))) return false;
        end++;
        if (end < f->bytes && (f->text[end] & 0xc0) == 0x80) continue; /* not inside a character */
        f->taken[i] = (span){at, end - at};
        if (fit_part(f, i + 1, end)) return true;
    }
    return false;
}

static bool fit_part(fitting *f, uint32_t i, size_t at) {
    if (++f->steps > MAX_STEPS) return false;
    if (i == f->templ->count) return at == f->bytes;
    const cs_template_part *part = &f->templ->parts[i];
    if (part->kind == CS_PART_LITERAL) {
        size_t bytes = i + 1 == f->templ->count ? f->literal_end : strlen(part->text);
        return bytes <= f->bytes - at && strncasecmp(f->text + at, part->text, bytes) == 0 &&
               fit_part(f, i + 1, at + bytes);
    }
    if (!part->time) return fit_place(f, i, at);
    size_t bytes = time_pattern_fit(part->time, f->text + at, f->bytes - at);
    f->taken[i] = (span){at, bytes};
    return bytes > 0 && fit_part(f, i + 1, at + bytes);
}

static bool fit(const cs_mapping *mapping, const char *path, fitting *f) {
    size_t stem, folders = 0;
    (void)recording_name_side(path, &stem);
    for (uint32_t i = 0; i < mapping->name->count; i++) {
        const char *text = mapping->name->parts[i].kind == CS_PART_LITERAL ? mapping->name->parts[i].text : "";
        for (; *text; text++) folders += *text == '/';
    }
    size_t from = stem;
    for (; from > 0; from--) {
        if (path[from - 1] == '/' && folders-- == 0) break;
    }
    *f = (fitting){.templ = mapping->name, .text = path + from, .bytes = stem - from};
    f->literal_end = end_of_last(mapping->name);
    return f->bytes <= MAX_NAME && fit_part(f, 0, 0);
}

bool name_pattern_fits(const cs_mapping *mapping, const char *path) {
    fitting f;
    return mapping->name && fit(mapping, path, &f);
}

static void copy_taken(const fitting *f, uint32_t i, char out[CS_MAX_NAME_BYTES + 1]) {
    size_t bytes = f->taken[i].bytes < CS_MAX_NAME_BYTES ? f->taken[i].bytes : CS_MAX_NAME_BYTES;
    memcpy(out, f->text + f->taken[i].from, bytes);
    out[bytes] = 0;
}

/* The moment, or the day; false: 2026-02-30. */
static bool note_time(const cs_mapping *m, const cs_time_pattern *pattern, const char *text, cs_draft *draft,
                      cs_message *message, cs_error *code) {
    int64_t ms;
    int zone;
    char day[32];
    if (!time_pattern_read(pattern, text, m->has_zone, m->zone_minutes, &ms, &zone)) return false;
    draft->c->zone_minutes = zone;
    if (pattern->has_hour) {
        draft->c->started_ms = ms;
        return true;
    }
    clock_format(ms, zone, day);
    day[strlen("2026-02-14")] = 0;
    *code = draft_field(draft, "day", day, message);
    return true;
}

static cs_error note_person(cs_draft *draft, cs_role role, const char *name, const char *team, cs_message *message) {
    cs_participant *who = NULL;
    for (uint32_t i = 0; i < draft->c->participant_count && !who; i++) {
        if (draft->c->participants[i].role == role) who = &draft->c->participants[i];
    }
    if (!who) {
        who = draft_participant(draft);
        if (!who) return draft_why(draft, message);
        who->role = role;
        who->id = role_name(role);
    }
    cs_error code = draft_text(draft, &who->name, name, message);
    return code == CS_OK ? draft_text(draft, &who->team, team, message) : code;
}

static cs_error note_value(const cs_mapping *m, const cs_template_part *part, const char *text, cs_draft *draft,
                           cs_message *message) {
    if (part->kind == CS_PART_FIELD) return draft_field(draft, part->text, text, message);
    switch ((cs_column_use)part->use) {
    case CS_COLUMN_CONVERSATION:
        draft->c->external_id = arena_string(draft->arena, text);
        return draft->c->external_id ? CS_OK : draft_why(draft, message);
    case CS_COLUMN_CUSTOMER: return draft_text(draft, &draft->c->customer, text, message);
    case CS_COLUMN_QUEUE: return draft_text(draft, &draft->c->queue, text, message);
    case CS_COLUMN_TITLE: return draft_text(draft, &draft->c->title, text, message);
    case CS_COLUMN_AGENT: return note_person(draft, CS_ROLE_AGENT, text, NULL, message);
    case CS_COLUMN_TEAM: return note_person(draft, CS_ROLE_AGENT, NULL, text, message);
    case CS_COLUMN_CUSTOMER_NAME: return note_person(draft, CS_ROLE_CUSTOMER, text, NULL, message);
    case CS_COLUMN_NUMBER: return draft_field(draft, "number", mapping_number(m, text), message);
    case CS_COLUMN_DIRECTION: {
        const char *direction = mapping_direction(m, text);
        return draft_field(draft, "direction", direction ? direction : text, message);
    }
    default: return draft_field(draft, mapping_column_key((cs_column_use)part->use), text, message);
    }
}

typedef struct id_source {
    const cs_mapping *mapping;
    const fitting *fitting;
    const char *path;
    char text[CS_MAX_NAME_BYTES + 1];
} id_source;

/* What stands in the id's template: the file's name, or what the name's template took. */
static const char *id_part(void *context, const cs_template_part *part) {
    id_source *s = context;
    if (part->kind == CS_PART_FILE || part->kind == CS_PART_FOLDER) {
        size_t end;
        (void)recording_name_side(s->path, &end);
        size_t from = end;
        for (int folders = part->kind == CS_PART_FOLDER; from > 0; from--) {
            if (s->path[from - 1] != '/') continue;
            if (folders-- == 0) break;
            end = from - 1;
        }
        snprintf(s->text, sizeof s->text, "%.*s", (int)(end > from ? end - from : 0), s->path + from);
        return s->text;
    }
    for (uint32_t i = 0; i < s->mapping->name->count; i++) {
        const cs_template_part *taken = &s->mapping->name->parts[i];
        bool is_same = taken->kind == part->kind &&
                       (part->kind == CS_PART_FIELD ? strcmp(taken->text, part->text) == 0 : taken->use == part->use);
        if (!is_same || part->kind == CS_PART_LITERAL) continue;
        copy_taken(s->fitting, i, s->text);
        return s->text;
    }
    return "";
}

static cs_error note_id(const cs_mapping *m, const fitting *f, const char *path, cs_draft *draft, cs_message *message) {
    id_source source = {.mapping = m, .fitting = f, .path = path};
    cs_buffer id;
    buffer_init(&id, MAX_NAME * 4);
    bool is_good = template_write(m->id, id_part, &source, &id);
    if (is_good && id.length > 0) draft->c->external_id = arena_string(draft->arena, buffer_string(&id));
    buffer_free(&id);
    return is_good && draft->c->external_id ? CS_OK : draft_why(draft, message);
}

/* A caller without an id of their own is known by their number. */
static cs_error settle_customer(cs_draft *draft, cs_message *message) {
    char phone[CS_PHONE_BYTES];
    const char *number = conversation_field(draft->c, "number");
    if (!number) return CS_OK;
    return draft_text(draft, &draft->c->customer, phone_normalise(number, phone) ? phone : number, message);
}

cs_error name_pattern_read(const cs_mapping *mapping, const char *path, cs_draft *draft, cs_message *message) {
    fitting f;
    cs_error code = CS_OK;
    if (!mapping->name) return CS_OK;
    if (!draft->c->queue) code = draft_text(draft, &draft->c->queue, mapping->queue, message);
    if (code == CS_OK) code = draft_text(draft, &draft->c->language, mapping->language, message);
    if (mapping->channel != CS_CHANNEL_UNKNOWN) draft->c->channel = mapping->channel;
    bool is_read = fit(mapping, path, &f);
    for (uint32_t i = 0; is_read && i < f.templ->count; i++) { /* the times first: a wrong one spoils all */
        char text[CS_MAX_NAME_BYTES + 1];
        if (!f.templ->parts[i].time || code != CS_OK) continue;
        copy_taken(&f, i, text);
        is_read = note_time(mapping, f.templ->parts[i].time, text, draft, message, &code);
    }
    if (code != CS_OK) return code;
    if (!is_read) return draft_field(draft, "recording.name_unread", "true", message);
    for (uint32_t i = 0; i < f.templ->count && code == CS_OK; i++) {
        const cs_template_part *part = &f.templ->parts[i];
        char text[CS_MAX_NAME_BYTES + 1];
        if (part->time || (part->kind != CS_PART_USE && part->kind != CS_PART_FIELD)) continue;
        copy_taken(&f, i, text);
        code = note_value(mapping, part, text, draft, message);
    }
    if (code == CS_OK && mapping->id) code = note_id(mapping, &f, path, draft, message);
    return code == CS_OK ? settle_customer(draft, message) : code;
}

/* People of the name whom the conversation has, but not by name; an agent whom it has not. */
static cs_error fill_people(const cs_conversation *told, cs_draft *draft, cs_message *message) {
    cs_error code = CS_OK;
    for (uint32_t i = 0; i < told->participant_count && code == CS_OK; i++) {
        const cs_participant *person = &told->participants[i];
        bool is_there = false;
        for (uint32_t k = 0; k < draft->c->participant_count; k++) {
            const cs_participant *other = &draft->c->participants[k];
            is_there |= other->role == person->role && (other->name || other->team);
        }
        if (!is_there) code = note_person(draft, person->role, person->name, person->team, message);
    }
    return code;
}

cs_error name_pattern_fill(const cs_mapping *mapping, const char *path, cs_conversation *conversation, cs_arena *arena,
                           cs_message *message) {
    cs_draft told, draft = draft_of(conversation, arena);
    if (!draft_start(&told)) return message_set(message, CS_ERR_MEMORY, "no memory for the conversation");
    cs_error code = name_pattern_read(mapping, path, &told, message);
    if (code == CS_OK) code = draft_text(&draft, &conversation->queue, told.c->queue, message);
    if (code == CS_OK) code = draft_text(&draft, &conversation->title, told.c->title, message);
    if (code == CS_OK) code = draft_text(&draft, &conversation->language, told.c->language, message);
    if (code == CS_OK) code = draft_text(&draft, &conversation->customer, told.c->customer, message);
    if (code == CS_OK) code = fill_people(told.c, &draft, message);
    for (uint32_t i = 0; i < told.c->field_count && code == CS_OK; i++) {
        const cs_field *field = &told.c->fields[i];
        if (!conversation_field(conversation, field->name))
            code = draft_field(&draft, field->name, field->value, message);
    }
    if (code == CS_OK && conversation->started_ms == CS_NO_TIME && told.c->started_ms != CS_NO_TIME) {
        conversation->started_ms = told.c->started_ms;
        conversation->zone_minutes = told.c->zone_minutes;
    }
    draft_drop(&told);
    return code;
}
