#include "conversation/conversation_mask.h"

#include "base/utf8.h"
#include "text/mask.h"

#include <string.h>

enum { MAX_FIELD_BYTES = 4096 };

typedef struct masking {
    cs_arena *arena;
    const char *customer; /* whose name may stand in titles and file names */
    uint32_t covered;
    bool has_failed;
} masking;

/* ---- texts ---- */

static const char *keep(masking *m, const char *text, const char *masked, size_t bytes, size_t masked_bytes) {
    if (masked_bytes == bytes && memcmp(text, masked, bytes) == 0) return text;
    m->covered++;
    return masked;
}

static const char *text_of(masking *m, const char *text) {
    size_t bytes = text ? strlen(text) : 0, length = 0;
    if (!bytes) return text;
    const char *masked = mask_copy(text, bytes, m->arena, &length);
    m->has_failed = m->has_failed || !masked;
    return masked ? keep(m, text, masked, bytes, length) : NULL;
}

static const char *room_of(masking *m, const char *text, size_t (*cover)(masking *m, const char *text, char *out)) {
    if (!text || !*text) return text;
    char *out = arena_alloc(m->arena, strlen(text) + 1);
    m->has_failed = m->has_failed || !out;
    return out ? keep(m, text, out, strlen(text), cover(m, text, out)) : NULL;
}

static size_t cover_name(masking *m, const char *text, char *out) {
    (void)m;
    return mask_name(text, strlen(text), out);
}

static size_t cover_title(masking *m, const char *text, char *out) {
    return mask_title(text, strlen(text), m->customer, out);
}

static size_t cover_said(masking *m, const char *text, char *out) {
    return mask_said(text, strlen(text), m->customer, out);
}

static const char *name_of(masking *m, const char *text) {
    return room_of(m, text, cover_name);
}

static const char *title_of(masking *m, const char *text) {
    return room_of(m, text, cover_title);
}

/* ---- who ---- */

const char *conversation_customer_name(const cs_conversation *c) {
    if (c->customer && mask_is_name(c->customer, strlen(c->customer))) return c->customer;
    for (uint32_t i = 0; i < c->participant_count; i++) {
        const cs_participant *who = &c->participants[i];
        if (who->role == CS_ROLE_CUSTOMER && who->name && mask_is_name(who->name, strlen(who->name))) return who->name;
    }
    return NULL;
}

static bool mask_participants(masking *m, const cs_conversation *from, cs_conversation *to) {
    to->participants = arena_array(m->arena, (size_t)from->participant_count + 1, sizeof *to->participants);
    if (!to->participants) return false;
    for (uint32_t i = 0; i < from->participant_count; i++) {
        cs_participant *who = &to->participants[i];
        *who = from->participants[i];
        if (who->role == CS_ROLE_AGENT || who->role == CS_ROLE_BOT || who->role == CS_ROLE_SYSTEM) continue;
        who->name = who->role == CS_ROLE_CUSTOMER ? name_of(m, who->name) : text_of(m, who->name);
        who->id = text_of(m, who->id);
    }
    return true;
}

/* ---- what was said ---- */

const char *conversation_mask_words(const cs_conversation *masked, uint32_t turn, uint32_t from, uint32_t to,
                                    const char *matched, cs_arena *arena) {
    if (!matched) return NULL;
    if (turn < masked->turn_count && to > from) {
        const cs_turn *said = &masked->turns[turn];
        size_t at = utf8_offset(said->text, said->text_bytes, from);
        size_t end = at + utf8_offset(said->text + at, said->text_bytes - at, to - from);
        if (memchr(said->text + at, '*', end - at)) return arena_copy(arena, said->text + at, end - at);
    }
    return mask_copy(matched, strlen(matched), arena, NULL);
}

static bool mask_annotations(masking *m, cs_turn *turn) {
    bool has_text = false;
    for (uint32_t i = 0; i < turn->annotation_count; i++) has_text = has_text || turn->annotations[i].text;
    if (!has_text) return true;
    cs_annotation *list = arena_array(m->arena, turn->annotation_count, sizeof *list);
    if (!list) return false;
    for (uint32_t i = 0; i < turn->annotation_count; i++) {
        list[i] = turn->annotations[i];
        list[i].text = text_of(m, list[i].text);
    }
    turn->annotations = list;
    return true;
}

/* How a covered number or name sounded would tell it. */
static bool mask_sounds(masking *m, cs_turn *turn) {
    bool has_sounds = false;
    for (uint32_t i = 0; i < turn->word_count; i++) has_sounds = has_sounds || turn->words[i].sounds;
    if (!has_sounds) return true;
    cs_word *words = arena_array(m->arena, turn->word_count, sizeof *words);
    if (!words) return false;
    size_t at = 0;
    uint32_t characters = 0;
    for (uint32_t i = 0; i < turn->word_count; i++) {
        cs_word *word = &words[i];
        *word = turn->words[i];
        at += utf8_offset(turn->text + at, turn->text_bytes - at, word->offset - characters);
        size_t bytes = utf8_offset(turn->text + at, turn->text_bytes - at, word->length);
        if (memchr(turn->text + at, '*', bytes)) word->sounds = NULL;
        characters = word->offset + word->length;
        at += bytes;
    }
    turn->words = words;
    return true;
}

static const char *cover_turn(const cs_turn *turn, const char *customer, cs_arena *arena, size_t *bytes) {
    if (!customer || !memmem(turn->text, turn->text_bytes, customer, strlen(customer)))
        return mask_copy(turn->text, turn->text_bytes, arena, bytes);
    char *out = arena_alloc(arena, (size_t)turn->text_bytes + 1);
    if (out) *bytes = mask_said(turn->text, turn->text_bytes, customer, out);
    return out;
}

const char *conversation_mask_turn(const cs_conversation *conversation, uint32_t turn, cs_arena *arena, size_t *bytes) {
    return cover_turn(&conversation->turns[turn], conversation_customer_name(conversation), arena, bytes);
}

static bool mask_turns(masking *m, const cs_conversation *from, cs_conversation *to) {
    to->turns = arena_array(m->arena, (size_t)from->turn_count + 1, sizeof *to->turns);
    if (!to->turns) return false;
    for (uint32_t i = 0; i < from->turn_count; i++) {
        cs_turn *turn = &to->turns[i];
        size_t bytes = 0;
        *turn = from->turns[i];
        turn->text = cover_turn(turn, m->customer, m->arena, &bytes);
        if (!turn->text || !mask_annotations(m, turn)) return false;
        m->covered += turn->text != from->turns[i].text;
        turn->text_bytes = (uint32_t)bytes;
        if (turn->text != from->turns[i].text && !mask_sounds(m, turn)) return false;
    }
    return true;
}

/* ---- fields ---- */

static bool is_name_field(const char *name) {
    static const char *const known[] = {"姓名",         "客户姓名",  "联系人",  "收件人",        "收货人",
                                        "客户名称",     "客户",      "name",    "customer_name", "contact",
                                        "contact_name", "recipient", "caller",  "customer",      "full_name",
                                        "customerName", "会员姓名",  "真实姓名"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i]) == 0) return true;
    return false;
}

/* The field's name says what its number is, as words do in a sentence. */
static const char *field_of(masking *m, const cs_field *field) {
    size_t name = strlen(field->name), value = strlen(field->value), bytes = name + 2 + value;
    char line[MAX_FIELD_BYTES], out[MAX_FIELD_BYTES];
    if (bytes >= sizeof line) return room_of(m, field->value, cover_said);
    memcpy(line, field->name, name);
    for (size_t i = 0; i < name; i++)
        if (line[i] == '_') line[i] = ' ';
    memcpy(line + name, ": ", 2);
    memcpy(line + name + 2, field->value, value + 1);
    (void)mask_said(line, bytes, m->customer, out);
    const char *masked = out + utf8_offset(out, strlen(out), utf8_count(line, name + 2));
    const char *copy = arena_copy(m->arena, masked, strlen(masked));
    m->has_failed = m->has_failed || !copy;
    return copy ? keep(m, field->value, copy, value, strlen(copy)) : NULL;
}

static bool mask_fields(masking *m, const cs_conversation *from, cs_conversation *to) {
    to->fields = arena_array(m->arena, (size_t)from->field_count + 1, sizeof *to->fields);
    if (!to->fields) return false;
    for (uint32_t i = 0; i < from->field_count; i++) {
        cs_field *field = &to->fields[i];
        *field = from->fields[i];
        if (!field->value || field->kind == CS_FIELD_BOOL) continue;
        field->value = is_name_field(field->name) ? name_of(m, field->value) : field_of(m, field);
        if (field->value != from->fields[i].value) field->kind = CS_FIELD_TEXT; /* it is no number any more */
    }
    return true;
}

static bool mask_recordings(masking *m, const cs_conversation *from, cs_conversation *to) {
    cs_recording *list = arena_array(m->arena, (size_t)from->recording_count + 1, sizeof *list);
    if (!list) return false;
    for (uint32_t i = 0; i < from->recording_count; i++) {
        list[i] = from->recordings[i];
        list[i].path = title_of(m, list[i].path);
    }
    to->recordings = list;
    return true;
}

bool conversation_mask(const cs_conversation *conversation, cs_arena *arena, cs_masked_conversation *out) {
    cs_conversation *made = arena_alloc(arena, sizeof *made);
    masking m = {.arena = arena, .customer = conversation_customer_name(conversation)};
    if (!made) return false;
    *made = *conversation;
    made->customer = name_of(&m, conversation->customer);
    made->title = title_of(&m, conversation->title);
    made->external_id = title_of(&m, conversation->external_id);
    made->source = title_of(&m, conversation->source);
    made->place = title_of(&m, conversation->place);
    bool is_whole = mask_participants(&m, conversation, made) && mask_turns(&m, conversation, made) &&
                    mask_fields(&m, conversation, made) && mask_recordings(&m, conversation, made);
    *out = (cs_masked_conversation){.conversation = made, .covered = m.covered};
    return is_whole && !m.has_failed;
}
