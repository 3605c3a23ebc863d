/* A record's body as JSON: {"kind":"calls","zone":480,"tolerance_ms":120000,"from_ms":…,"to_ms":…,"cells":{…},"times":{…},
 * "fields":{…}}; what is unknown is left out. */
#include "records/record.h"

#include "base/json.h"

#include <string.h>

static const char *const names[] = {
#define X(code, key, kinds, needed) key,
    CS_COLUMN_TABLE(X)
#undef X
};

static void write_time(cs_json_writer *w, const char *key, int64_t ms) {
    if (ms != CS_NO_TIME) json_write_int(w, key, ms);
}

cs_error record_encode(const cs_record *record, cs_buffer *out) {
    cs_json_writer w;
    json_writer_init(&w, out);
    json_object_open(&w, NULL);
    json_write_string(&w, "kind", mapping_kind_name(record->kind));
    json_write_int(&w, "zone", record->zone_minutes);
    json_write_int(&w, "tolerance_ms", record->tolerance_ms);
    write_time(&w, "from_ms", record->from_ms);
    write_time(&w, "to_ms", record->to_ms);
    json_object_open(&w, "cells");
    for (size_t i = 0; i < CS_COLUMN_USES; i++)
        if (record->cells[i]) json_write_string(&w, names[i], record->cells[i]);
    json_object_close(&w);
    json_object_open(&w, "times");
    for (size_t i = 0; i < CS_COLUMN_USES; i++) write_time(&w, names[i], record->times[i]);
    json_object_close(&w);
    json_object_open(&w, "fields");
    for (uint32_t i = 0; i < record->field_count; i++)
        json_write_string(&w, record->fields[i].name, record->fields[i].value);
    json_object_close(&w);
    json_object_close(&w);
    return out->is_failed ? CS_ERR_LIMIT : CS_OK;
}

typedef struct decoding {
    cs_arena *arena;
    cs_field *fields;
    uint32_t count, most;
    bool is_out_of_memory;
} decoding;

static bool read_field(void *context, const char *name, const cs_json *value) {
    decoding *d = context;
    const char *text = json_string(value, NULL);
    if (!text || d->count == d->most) return true;
    cs_field field = {.name = arena_string(d->arena, name), .value = arena_string(d->arena, text)};
    d->is_out_of_memory = !field.name || !field.value;
    if (!d->is_out_of_memory) d->fields[d->count++] = field;
    return !d->is_out_of_memory;
}

static int64_t read_time(const cs_json *object, const char *key) {
    int64_t ms = CS_NO_TIME;
    return json_int64(json_get(object, key), &ms) ? ms : CS_NO_TIME;
}

static bool fill(const cs_json *json, cs_arena *arena, cs_record *out) {
    const cs_json *cells = json_get(json, "cells"), *times = json_get(json, "times"),
                  *fields = json_get(json, "fields");
    int64_t zone = 0;
    (void)json_int64(json_get(json, "zone"), &zone);
    out->zone_minutes = (int)zone;
    out->tolerance_ms = read_time(json, "tolerance_ms");
    out->from_ms = read_time(json, "from_ms");
    out->to_ms = read_time(json, "to_ms");
    for (size_t i = 0; i < CS_COLUMN_USES; i++) {
        const char *text = json_string(json_get(cells, names[i]), NULL);
        out->cells[i] = text ? arena_string(arena, text) : NULL;
        out->times[i] = read_time(times, names[i]);
        if (text && !out->cells[i]) return false;
    }
    decoding d = {.arena = arena, .most = (uint32_t)json_length(fields)};
    d.fields = arena_array(arena, (size_t)d.most + 1, sizeof *d.fields);
    if (!d.fields) return false;
    json_each(fields, read_field, &d);
    out->fields = d.fields;
    out->field_count = d.count;
    return !d.is_out_of_memory;
}

cs_error record_decode(const char *text, size_t bytes, cs_arena *arena, cs_record *out, cs_message *message) {
    cs_json *json = NULL;
    cs_error code = json_parse(text, bytes, CS_MAX_RECORD_BYTES * 2, &json, message);
    if (code != CS_OK) return message_set(message, CS_ERR_STORE, "a record in the store is damaged");
    const char *kind = json_string(json_get(json, "kind"), NULL);
    cs_record record = {.kind = CS_MAPPING_KINDS};
    for (int i = 0; kind && i < CS_MAPPING_KINDS; i++)
        if (strcmp(kind, mapping_kind_name((cs_mapping_kind)i)) == 0) record.kind = (cs_mapping_kind)i;
    if (record.kind == CS_MAPPING_KINDS)
        code = message_set(message, CS_ERR_STORE, "a record in the store is damaged");
    else if (!fill(json, arena, &record))
        code = message_set(message, CS_ERR_MEMORY, "no memory for a record");
    json_free(json);
    if (code == CS_OK) *out = record;
    return code;
}
