#include "speech/model_manifest.h"

#include "base/json.h"

#include <string.h>

/* The manifest as bytes of the program; the build names the file. */
__asm__(".pushsection .rodata\n"
        "callscope_manifest:\n.incbin \"" CALLSCOPE_MANIFEST "\"\n"
        "callscope_manifest_end:\n.byte 0\n.popsection\n");
__attribute__((visibility("hidden"))) extern const char callscope_manifest[], callscope_manifest_end[];

void manifest_embedded(const char **text, size_t *bytes) {
    *text = callscope_manifest;
    *bytes = (size_t)((uintptr_t)callscope_manifest_end - (uintptr_t)callscope_manifest);
}

/* ---- members ---- */

typedef struct reading {
    cs_arena *arena;
    cs_message *message;
    cs_error code; /* of the first trouble */
} reading;

static void refuse(reading *r, const char *key, const char *what) {
    if (r->code != CS_OK) return;
    r->code = message_set(r->message, CS_ERR_PARSE, "the model's %s", what);
    message_place(r->message, "%s", key);
    message_remedy(r->message, "docs/models.md says how the manifest is written");
}

static const char *text_read(reading *r, const cs_json *object, const char *key, bool is_needed) {
    const cs_json *member = json_get(object, key);
    const char *text = json_string(member, NULL);
    if (!text) {
        if (is_needed || json_kind(member) != CS_JSON_NULL) refuse(r, key, "member is missing or is no text");
        return NULL;
    }
    const char *copy = arena_string(r->arena, text);
    if (!copy && r->code == CS_OK)
        r->code = message_set(r->message, CS_ERR_MEMORY, "the manifest takes more memory than there is");
    return copy;
}

/* null and absent are 0: not known. */
static int64_t count_read(reading *r, const cs_json *object, const char *key) {
    const cs_json *member = json_get(object, key);
    int64_t value = 0;
    if (json_kind(member) == CS_JSON_NULL) return 0;
    if (!json_int64(member, &value) || value < 1 || value > (int64_t)1 << 40) {
        refuse(r, key, "number must be between 1 and a terabyte");
        return 0;
    }
    return value;
}

static const char *digest_read(reading *r, const cs_json *object) {
    const char *text = text_read(r, object, "sha256", false);
    if (text && (strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64))
        refuse(r, "sha256", "sha256 must be 64 hexadecimal digits in lower case");
    return text;
}

/* Of letters, digits and "._-", and no hidden one: it becomes a folder's name. */
static bool is_plain_name(const char *name) {
    size_t length = strlen(name);
    return length > 0 && length <= 120 && name[0] != '.' && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

/* ---- parts of an entry ---- */

static void file_read_entry(reading *r, const cs_json *json, cs_model_entry *entry) {
    cs_model_file *file = &entry->model.files[entry->model.file_count++];
    *file = (cs_model_file){.role = text_read(r, json, "role", true),
                            .path = text_read(r, json, "path", true),
                            .sha256 = digest_read(r, json),
                            .bytes = count_read(r, json, "bytes")};
    if (file->path && !is_plain_name(file->path)) refuse(r, "path", "path must be a plain name of a file");
    entry->bytes += file->bytes;
    entry->is_sized = entry->is_sized && file->bytes > 0;
    entry->is_pinned = entry->is_pinned && file->sha256;
}

static void source_read(reading *r, const cs_json *json, cs_model_entry *entry) {
    static const char *const keys[] = {"archive", "files", "package"};
    cs_model_source source = {.sha256 = digest_read(r, json), .bytes = count_read(r, json, "bytes")};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !source.address; i++) {
        source.address = text_read(r, json, keys[i], false);
        source.kind = (cs_source_kind)i;
    }
    if (!source.address)
        refuse(r, "archive", "source names no archive, files or package");
    else if (source.kind != CS_SOURCE_PACKAGE && strncmp(source.address, "https://", 8) != 0)
        refuse(r, keys[source.kind], "source must begin with https://");
    else if (source.kind == CS_SOURCE_PACKAGE && !strstr(source.address, "=="))
        refuse(r, keys[source.kind], "package must be written name==version");
    entry->sources[entry->source_count++] = source;
}

static void errors_read(reading *r, const cs_json *list, cs_model_entry *entry) {
    size_t count = json_length(list);
    if (count > CS_MAX_MODEL_ERRORS) refuse(r, "errors", "list of errors is too long");
    cs_model_error *errors = r->code == CS_OK ? arena_array(r->arena, count + 1, sizeof *errors) : NULL;
    if (!errors) return;
    for (size_t i = 0; i < count; i++) {
        const cs_json *json = json_at(list, i);
        errors[i] = (cs_model_error){.on = text_read(r, json, "on", true),
                                     .measure = text_read(r, json, "measure", true),
                                     .percent = json_number(json_get(json, "percent"), -1),
                                     .by = text_read(r, json, "by", true)};
        if (errors[i].percent < 0 || errors[i].percent > 1000) refuse(r, "percent", "error must be a percentage");
    }
    entry->errors = errors;
    entry->error_count = (uint32_t)count;
}

static void kind_read(reading *r, const cs_json *json, cs_model_entry *entry) {
    const char *kind = text_read(r, json, "kind", true);
    entry->model.kind = CS_MODEL_KIND_COUNT;
    for (int k = 0; kind && k < CS_MODEL_KIND_COUNT; k++)
        if (strcmp(kind, model_kind_name((cs_model_kind)k)) == 0) entry->model.kind = (cs_model_kind)k;
    if (entry->model.kind >= CS_MODEL_HTTP) refuse(r, "kind", "kind is none that a file can have");
}

static void lists_read(reading *r, const cs_json *json, cs_model_entry *entry) {
    const cs_json *files = json_get(json, "files"), *sources = json_get(json, "sources");
    entry->is_sized = entry->is_pinned = true;
    if (json_length(files) < 1 || json_length(files) > CS_MAX_MODEL_FILES) refuse(r, "files", "files must be 1 to 16");
    if (json_length(sources) > CS_MAX_MODEL_SOURCES) refuse(r, "sources", "sources must be 6 at most");
    for (size_t i = 0; i < json_length(files) && r->code == CS_OK; i++) file_read_entry(r, json_at(files, i), entry);
    for (size_t i = 0; i < json_length(sources) && r->code == CS_OK; i++) source_read(r, json_at(sources, i), entry);
    errors_read(r, json_get(json, "errors"), entry);
}

static void entry_read(reading *r, const cs_json *json, cs_model_entry *entry) {
    const cs_json *licence = json_get(json, "licence"), *speed = json_get(json, "speed");
    int64_t rate = count_read(r, json, "rate_hz");
    entry->model.name = text_read(r, json, "name", true);
    if (entry->model.name && !is_plain_name(entry->model.name))
        refuse(r, "name", "name may hold letters, digits and . _ - only");
    entry->upstream = text_read(r, json, "upstream", true);
    if (entry->upstream && !is_plain_name(entry->upstream))
        refuse(r, "upstream", "upstream name may hold letters, digits and . _ - only");
    kind_read(r, json, entry);
    entry->about = text_read(r, json, "about", true);
    entry->model.is_phonetic = json_is_true(json_get(json, "is_phonetic"));
    entry->model.languages = text_read(r, json, "languages", true);
    entry->dialects = text_read(r, json, "dialects", false);
    entry->licence = text_read(r, licence, "name", true);
    entry->licence_address = text_read(r, licence, "address", true);
    if (rate > 96000) refuse(r, "rate_hz", "rate must be 96000 at most");
    entry->model.rate_hz = rate && rate <= 96000 ? (int)rate : 16000;
    entry->model.blank_penalty = (float)json_number(json_get(json, "blank_penalty"), 0);
    entry->model.memory_bytes = count_read(r, json, "memory_bytes");
    entry->speed = json_number(json_get(speed, "audio_hours_per_core_hour"), 0);
    entry->speed_where = speed && json_kind(speed) != CS_JSON_NULL ? text_read(r, speed, "where", true) : NULL;
    lists_read(r, json, entry);
}

cs_error model_manifest_read(const char *text, size_t bytes, cs_arena *arena, cs_manifest *out, cs_message *message) {
    cs_json *json = NULL;
    reading r = {.arena = arena, .message = message};
    cs_error code = json_parse(text, bytes, CS_MAX_MANIFEST_BYTES, &json, message);
    if (code != CS_OK) return code;
    const cs_json *models = json_get(json, "models");
    size_t count = json_length(models), at = 0;
    if (json_kind(models) != CS_JSON_ARRAY || count < 1 || count > CS_MAX_MODELS)
        refuse(&r, "models", "manifest must hold a list \"models\" of 1 to 200");
    cs_model_entry *entries = r.code == CS_OK ? arena_array(arena, count, sizeof *entries) : NULL;
    if (r.code == CS_OK && !entries)
        r.code = message_set(message, CS_ERR_MEMORY, "the manifest takes more memory than there is");
    for (; at < count && r.code == CS_OK; at++) entry_read(&r, json_at(models, at), &entries[at]);
    json_free(json);
    if (r.code == CS_ERR_PARSE && at > 0) message_within(message, "models[%zu]", at - 1);
    if (r.code == CS_OK) *out = (cs_manifest){entries, (uint32_t)count};
    return r.code;
}

const cs_model_entry *manifest_entry(const cs_manifest *manifest, const char *name) {
    for (uint32_t i = 0; i < manifest->count; i++)
        if (strcmp(manifest->entries[i].model.name, name) == 0 || strcmp(manifest->entries[i].upstream, name) == 0)
            return &manifest->entries[i];
    return NULL;
}
