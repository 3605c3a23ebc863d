/* Names of recordings and the templates that read them: the first line is the template, the rest the path. */
#include "base/json.h"
#include "conversation/mapping_columns.h"
#include "conversation/name_pattern.h"
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static cs_mapping *make_mapping(const char *templ, const char *id) {
    cs_buffer json;
    cs_json_writer w;
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    buffer_init(&json, 1 << 16);
    json_writer_init(&w, &json);
    json_object_open(&w, NULL);
    json_write_string(&w, "format", "recording");
    json_write_string(&w, "name", templ);
    json_write_string(&w, "id", id);
    json_write_string(&w, "zone", "+08:00");
    json_object_close(&w);
    if (!json.is_failed && mapping_parse(json.data, json.length, &mapping, &message) != CS_OK && !*message.reason)
        abort();
    buffer_free(&json);
    return mapping;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    if (!line || memchr(data, 0, size) || size > 4096) return 0;
    char *templ = strndup((const char *)data, (size_t)(line - data));
    char *path = strndup((const char *)line + 1, size - (size_t)(line - data) - 1);
    cs_mapping *mapping = make_mapping(templ, "{folder}/{file}");
    cs_draft draft;
    cs_message message = {0};
    if (mapping && draft_start(&draft)) {
        draft.c->external_id = "stem";
        if (name_pattern_read(mapping, path, &draft, &message) != CS_OK && !*message.reason) abort();
        if (name_pattern_fits(mapping, path) && strlen(draft.c->external_id) > 2 * strlen(path) + 2) abort();
        (void)conversation_finish(draft.c, draft.arena, &message);
        draft_drop(&draft);
    }
    mapping_free(mapping);
    free(templ);
    free(path);
    return 0;
}
