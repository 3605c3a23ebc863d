#include "insight/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_ID = 64, MAX_TEXT = 2000 };

typedef struct reader {
    cs_arena *arena;
    cs_message *message;
    uint32_t number; /* of the measure in its file */
    cs_error code;
} reader;

static void refuse(reader *r, const char *where, const char *remedy) {
    if (r->code != CS_OK) return;
    r->code = message_set(r->message, CS_ERR_PARSE, "the measure can't be used as it is written");
    message_place(r->message, "measures[%u].%s", (unsigned)r->number, where);
    message_remedy(r->message, "%s", remedy);
}

static const char *keep(reader *r, const char *text) {
    const char *kept = arena_string(r->arena, text);
    if (!kept && r->code == CS_OK) r->code = message_set(r->message, CS_ERR_MEMORY, "no memory for the measures");
    return kept ? kept : "";
}

static const char *text_of(reader *r, const cs_json *object, const char *where) {
    size_t bytes = 0;
    const char *text = json_string(object, &bytes);
    if (text && bytes > 0 && bytes <= MAX_TEXT) return keep(r, text);
    refuse(r, where, "it takes a text of 1 to 2,000 bytes");
    return "";
}

/* {"zh": …, "en": …}; both are needed. */
static cs_words words_of(reader *r, const cs_json *measure, const char *key) {
    const cs_json *words = json_get(measure, key);
    char where[64];
    cs_words out;
    (void)snprintf(where, sizeof where, "%s.zh", key);
    out.zh = text_of(r, json_get(words, "zh"), where);
    (void)snprintf(where, sizeof where, "%s.en", key);
    out.en = text_of(r, json_get(words, "en"), where);
    return out;
}

static cs_word_list list_of(reader *r, const cs_json *measure, const char *key) {
    const cs_json *array = json_get(measure, key);
    cs_word_list out = {0};
    size_t count = json_length(array);
    if (!array) return out;
    if (json_kind(array) != CS_JSON_ARRAY || count > CS_MAX_MEASURE_WORDS) {
        refuse(r, key, "it takes a list of at most 100 names");
        return out;
    }
    out.words = arena_array(r->arena, count + 1, sizeof *out.words);
    if (!out.words) {
        r->code = message_set(r->message, CS_ERR_MEMORY, "no memory for the measures");
        return out;
    }
    for (; out.count < count; out.count++) out.words[out.count] = text_of(r, json_at(array, out.count), key);
    return out;
}

static bool is_id(const char *text) {
    size_t length = text ? strlen(text) : 0;
    return length > 0 && length <= MAX_ID && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* One of two words; absent: otherwise. */
static bool choice(reader *r, const cs_json *measure, const char *key, const char *first, const char *second,
                   bool otherwise) {
    const cs_json *value = json_get(measure, key);
    const char *text = json_string(value, NULL);
    char remedy[64];
    if (!value) return otherwise;
    if (text && strcmp(text, first) == 0) return true;
    (void)snprintf(remedy, sizeof remedy, "it takes %s or %s", first, second);
    if (!text || strcmp(text, second) != 0) refuse(r, key, remedy);
    return false;
}

static bool refuse_unknown(void *context, const char *key, const cs_json *value) {
    static const char *const known[] = {"id",   "title", "formula", "numerator", "denominator", "rules",
                                        "tags", "packs", "counts",  "direction", "target",      "order"};
    reader *r = context;
    char where[64];
    (void)value;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], key) == 0) return true;
    (void)snprintf(where, sizeof where, "%.40s", key);
    refuse(r, where,
           "it takes id, title, formula, numerator, denominator, rules, tags, packs, counts, direction, "
           "target and order");
    return false;
}

static void read_target(reader *r, const cs_json *measure, cs_measure *out) {
    const cs_json *target = json_get(measure, "target");
    if (json_kind(target) == CS_JSON_NULL) return;
    out->pack_target = json_number(target, NAN);
    if (isnan(out->pack_target) || out->pack_target < 0 || out->pack_target > 1)
        refuse(r, "target", "it takes a share from 0 to 1, or null");
    out->has_target = true;
    out->target = out->pack_target;
}

static void read_order(reader *r, const cs_json *measure, cs_measure *out) {
    int64_t order = CS_USUAL_ORDER;
    const cs_json *value = json_get(measure, "order");
    if (value && (!json_int64(value, &order) || order < 0 || order > 1000))
        refuse(r, "order", "it takes a whole number from 0 to 1000");
    out->order = (int)order;
}

static void read_measure(reader *r, const cs_json *measure, cs_measure *out) {
    *out = (cs_measure){.kind = CS_MEASURE_OF_RULES};
    json_each(measure, refuse_unknown, r);
    const char *id = json_string(json_get(measure, "id"), NULL);
    if (!is_id(id)) refuse(r, "id", "it takes a-z, 0-9 and -, at most 64 characters");
    out->id = keep(r, id ? id : "");
    out->title = words_of(r, measure, "title");
    out->formula = words_of(r, measure, "formula");
    out->numerator = words_of(r, measure, "numerator");
    out->denominator = words_of(r, measure, "denominator");
    out->rules = list_of(r, measure, "rules");
    out->tags = list_of(r, measure, "tags");
    out->packs = list_of(r, measure, "packs");
    if (out->rules.count + out->tags.count + out->packs.count == 0)
        refuse(r, "rules", "name at least one rule, tag or pack");
    out->counts_missed = choice(r, measure, "counts", "missed", "met", false);
    out->is_up = choice(r, measure, "direction", "up", "down", !out->counts_missed);
    read_target(r, measure, out);
    read_order(r, measure, out);
}

static bool is_taken(const cs_measure *list, uint32_t count, const char *id) {
    static const char *const own[] = {"high-risk", "compliance", "experience", "risk", "conversations"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], id) == 0) return true;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(list[i].id, id) == 0) return true;
    return false;
}

cs_error measures_parse(const char *text, size_t bytes, cs_arena *arena, cs_measure *list, uint32_t *count,
                        cs_message *message) {
    cs_json *json = NULL;
    reader r = {.arena = arena, .message = message};
    cs_error code = json_parse(text, bytes, CS_MAX_MEASURES_BYTES, &json, message);
    if (code != CS_OK) return code;
    const cs_json *measures = json_get(json, "measures");
    uint32_t made = *count;
    if (json_kind(measures) != CS_JSON_ARRAY) {
        r.code = message_set(message, CS_ERR_PARSE, "the file holds no list of measures");
        message_remedy(message, "write {\"measures\": [ … ]}, as docs/figures.md shows it");
    }
    for (; r.code == CS_OK && r.number < json_length(measures); r.number++) {
        if (made == CS_MAX_MEASURES) {
            refuse(&r, "id", "there are more than 500 measures");
            break;
        }
        read_measure(&r, json_at(measures, r.number), &list[made]);
        if (r.code == CS_OK && is_taken(list, made, list[made].id))
            refuse(&r, "id", "another measure has this id: give it one of its own");
        made++;
    }
    json_free(json);
    if (r.code == CS_OK) *count = made;
    return r.code;
}

/* ---- writing ---- */

static void write_words(cs_json_writer *out, const char *key, const cs_words *words) {
    json_object_open(out, key);
    json_write_string(out, "zh", words->zh);
    json_write_string(out, "en", words->en);
    json_object_close(out);
}

static void write_list(cs_json_writer *out, const char *key, const cs_word_list *list) {
    if (list->count == 0) return;
    json_array_open(out, key);
    for (uint32_t i = 0; i < list->count; i++) json_write_string(out, NULL, list->words[i]);
    json_array_close(out);
}

void measures_write(const cs_measure *list, uint32_t count, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_array_open(out, "measures");
    for (uint32_t i = 0; i < count; i++) {
        const cs_measure *one = &list[i];
        json_object_open(out, NULL);
        json_write_string(out, "id", one->id);
        write_words(out, "title", &one->title);
        write_words(out, "formula", &one->formula);
        write_words(out, "numerator", &one->numerator);
        write_words(out, "denominator", &one->denominator);
        write_list(out, "rules", &one->rules);
        write_list(out, "tags", &one->tags);
        write_list(out, "packs", &one->packs);
        json_write_string(out, "counts", one->counts_missed ? "missed" : "met");
        json_write_string(out, "direction", one->is_up ? "up" : "down");
        if (one->has_target) json_write_double(out, "target", one->pack_target, 4);
        if (one->order != CS_USUAL_ORDER) json_write_int(out, "order", one->order);
        json_object_close(out);
    }
    json_array_close(out);
    json_object_close(out);
}
