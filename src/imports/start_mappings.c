#include "imports/start_mappings.h"

#include "base/file.h"
#include "conversation/mapping_columns.h"
#include "imports/saved_mapping.h"
#include "imports/upload.h"

#include <stdio.h>
#include <string.h>

enum { MAX_PATH_BYTES = 4096 };

/* ---- JSON as text again ---- */

static bool copy_member(void *context, const char *key, const cs_json *value) {
    json_copy(context, key, value);
    return true;
}

/* As deep as json_parse lets it be. */
void json_copy(cs_json_writer *out, const char *key, const cs_json *json) {
    int64_t whole = 0;
    size_t bytes = 0;
    switch (json_kind(json)) {
    case CS_JSON_NULL: json_write_null(out, key); break;
    case CS_JSON_BOOL: json_write_bool(out, key, json_is_true(json)); break;
    case CS_JSON_NUMBER:
        if (json_int64(json, &whole))
            json_write_int(out, key, whole);
        else
            json_write_double(out, key, json_number(json, 0), 6);
        break;
    case CS_JSON_STRING: {
        const char *text = json_string(json, &bytes);
        json_write_bytes(out, key, text, bytes);
        break;
    }
    case CS_JSON_ARRAY:
        json_array_open(out, key);
        for (size_t i = 0; i < json_length(json); i++) json_copy(out, NULL, json_at(json, i));
        json_array_close(out);
        break;
    case CS_JSON_OBJECT:
        json_object_open(out, key);
        json_each(json, copy_member, out);
        json_object_close(out);
        break;
    }
}

/* ---- one file's ---- */

/* "二月/calls.csv": "二月/calls.mapping.json" */
static cs_error place_of(const char *data, int64_t import, const char *path, char *out, size_t size,
                         cs_message *message) {
    const char *extension = file_extension(path);
    char folder[MAX_PATH_BYTES];
    cs_error code = upload_check_path(path, message);
    if (code == CS_OK) code = upload_folder(data, import, folder, sizeof folder, message);
    if (code != CS_OK) return code;
    int stem = (int)(strlen(path) - strlen(extension));
    int length = snprintf(out, size, "%s/%.*s.mapping.json", folder, stem, path);
    return (size_t)length < size ? CS_OK : message_set(message, CS_ERR_LIMIT, "the path of the store is too long");
}

static cs_error check_mapping(const char *path, const cs_buffer *text, cs_message *message) {
    cs_mapping *mapping = NULL;
    cs_error code = text->is_failed ? message_set(message, CS_ERR_LIMIT, "the mapping is larger than %d bytes",
                                                  CS_MAX_MAPPING_BYTES)
                                    : mapping_parse(buffer_string(text), text->length, &mapping, message);
    mapping_free(mapping);
    if (code != CS_OK) message_within(message, "%s", path);
    return code;
}

typedef struct keeping {
    const char *data;
    int64_t import;
    const cs_json *all;
    cs_error code;
    cs_message *message;
} keeping;

typedef struct comparing {
    const char *path;
    size_t stem;
    bool has_twin;
} comparing;

static bool compare_stem(void *context, const char *path, const cs_json *mapping) {
    comparing *c = context;
    (void)mapping;
    size_t stem = strlen(path) - strlen(file_extension(path));
    c->has_twin = strcmp(path, c->path) != 0 && stem == c->stem && strncmp(path, c->path, stem) == 0;
    return !c->has_twin;
}

static cs_error check_twins(const keeping *k, const char *path, cs_message *message) {
    comparing c = {.path = path, .stem = strlen(path) - strlen(file_extension(path))};
    json_each(k->all, compare_stem, &c);
    if (!c.has_twin) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "two files share the name \"%.*s\" but for its ending", (int)c.stem, path);
    message_remedy(message, "send one of them under another name, so that each has a mapping of its own");
    return CS_ERR_USAGE;
}

static bool keep_one(void *context, const char *path, const cs_json *mapping) {
    keeping *k = context;
    char place[MAX_PATH_BYTES];
    cs_buffer text;
    cs_json_writer out;
    buffer_init(&text, CS_MAX_MAPPING_BYTES);
    json_writer_init(&out, &text);
    json_copy(&out, NULL, mapping);
    k->code = place_of(k->data, k->import, path, place, sizeof place, k->message);
    if (k->code == CS_OK) k->code = check_twins(k, path, k->message);
    if (k->code == CS_OK) k->code = check_mapping(path, &text, k->message);
    if (k->code == CS_OK) k->code = upload_keep_at(k->data, place, buffer_string(&text), text.length, k->message);
    buffer_free(&text);
    return k->code == CS_OK;
}

cs_error start_mappings_keep(const char *data, int64_t import, const cs_json *mappings, cs_message *message) {
    keeping k = {.data = data, .import = import, .all = mappings, .code = CS_OK, .message = message};
    if (json_kind(mappings) == CS_JSON_NULL) return CS_OK;
    if (json_kind(mappings) != CS_JSON_OBJECT) {
        (void)message_set(message, CS_ERR_USAGE, "\"mappings\" is no object");
        message_place(message, "mappings");
        message_remedy(message, "write it as {\"NAME OF THE FILE\": {the mapping}}");
        return CS_ERR_USAGE;
    }
    json_each(mappings, keep_one, &k);
    return k.code;
}
