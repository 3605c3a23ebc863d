#include "speech/model_own.h"

#include "base/file.h"
#include "base/spelling.h"

#include <dirent.h>
#include <string.h>

enum { MAX_OWN_BYTES = 64 << 10, MAX_LOOKED_AT = 2000 };

cs_error model_own_read(const char *text, size_t bytes, cs_arena *arena, const cs_model_entry **out,
                        cs_message *message) {
    cs_buffer list;
    cs_manifest manifest = {0};
    buffer_init(&list, MAX_OWN_BYTES + 64);
    (void)buffer_text(&list, "{\"models\":[");
    (void)buffer_append(&list, text, bytes);
    cs_error code = buffer_text(&list, "]}")
                        ? model_manifest_read(list.data, list.length, arena, &manifest, message)
                        : message_set(message, CS_ERR_LIMIT, "it is longer than %d bytes", MAX_OWN_BYTES);
    buffer_free(&list);
    if (code == CS_OK && manifest.count != 1)
        code = message_set(message, CS_ERR_PARSE, "it must hold one model, and holds %u", manifest.count);
    if (code == CS_OK) *out = &manifest.entries[0];
    return code;
}

typedef struct collecting {
    cs_model_entry *entries;
    uint32_t count, looked_at;
    cs_model_trouble on_trouble;
    void *context;
    cs_arena *arena;
} collecting;

static cs_error own_collect(collecting *c, const char *folder, const char *name) {
    cs_buffer text;
    cs_message message;
    const cs_model_entry *entry = NULL;
    cs_manifest so_far = {c->entries, c->count};
    const char *path = arena_printf(c->arena, "%s/%s/" CS_OWN_MODEL_FILE, folder, name);
    cs_file_info info;
    if (!path) return CS_ERR_MEMORY;
    if (file_info(path, &info, NULL) != CS_OK || !info.is_regular) return CS_OK;
    cs_error code = file_read(path, MAX_OWN_BYTES, &text, &message);
    if (code == CS_OK) {
        code = model_own_read(buffer_string(&text), text.length, c->arena, &entry, &message);
        buffer_free(&text);
    }
    if (code == CS_OK && strcmp(entry->model.name, name) != 0)
        code =
            message_set(&message, CS_ERR_PARSE, "it names %.100s, and its folder is %.100s", entry->model.name, name);
    if (code != CS_OK && c->on_trouble) c->on_trouble(c->context, path, &message);
    if (code == CS_OK && c->count < CS_MAX_MODELS && !manifest_entry(&so_far, name)) c->entries[c->count++] = *entry;
    return CS_OK;
}

static cs_error folder_collect(collecting *c, const char *path) {
    cs_error code = CS_OK;
    const struct dirent *file;
    DIR *folder = opendir(path);
    while (folder && code == CS_OK && c->looked_at < MAX_LOOKED_AT && (file = readdir(folder))) {
        c->looked_at++;
        if (file->d_name[0] != '.') code = own_collect(c, path, file->d_name);
    }
    if (folder) closedir(folder);
    return code;
}

cs_error manifest_known(const cs_model_folders *folders, cs_model_trouble on_trouble, void *context, cs_arena *arena,
                        cs_manifest *out, cs_message *message) {
    const char *text;
    size_t bytes;
    cs_manifest embedded = {0};
    collecting c = {.on_trouble = on_trouble, .context = context, .arena = arena};
    manifest_embedded(&text, &bytes);
    cs_error code = model_manifest_read(text, bytes, arena, &embedded, message);
    if (code != CS_OK) return code;
    c.entries = arena_array(arena, CS_MAX_MODELS, sizeof *c.entries);
    if (c.entries) {
        memcpy(c.entries, embedded.entries, embedded.count * sizeof *c.entries);
        c.count = embedded.count;
    }
    for (uint32_t i = 0; c.entries && i < folders->count && code == CS_OK; i++)
        code = folder_collect(&c, folders->paths[i]);
    if (!c.entries || code != CS_OK)
        return message_set(message, CS_ERR_MEMORY, "there is no memory for the list of models");
    *out = (cs_manifest){c.entries, c.count};
    return CS_OK;
}

cs_error manifest_choose(const cs_manifest *manifest, const char *name, const cs_model_entry **out,
                         cs_message *message) {
    const char *names[CS_MAX_MODELS];
    *out = manifest_entry(manifest, name);
    if (*out) return CS_OK;
    for (uint32_t i = 0; i < manifest->count; i++) names[i] = manifest->entries[i].model.name;
    const char *meant = spelling_nearest(name, names, manifest->count);
    cs_error code = message_set(message, CS_ERR_NOT_FOUND, "there is no model named %.100s", name);
    if (meant)
        message_remedy(message, "did you mean %s?", meant);
    else
        message_remedy(message, "callscope models lists them");
    return code;
}

cs_error manifest_find(const char *name, cs_arena *arena, const cs_model_entry **out, cs_message *message) {
    cs_model_folders folders;
    cs_manifest manifest = {0};
    const cs_model_entry *entry;
    cs_error code = model_folders(NULL, arena, &folders, message);
    if (code == CS_OK) code = manifest_known(&folders, NULL, NULL, arena, &manifest, message);
    if (code == CS_OK) code = manifest_choose(&manifest, name, &entry, message);
    if (code == CS_OK) *out = entry;
    return code;
}
