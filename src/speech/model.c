#include "speech/model.h"

#include "speech/model_own.h"
#include "speech/remote_address.h"

#include <string.h>

const char *model_kind_name(cs_model_kind kind) {
    static const char *const names[] = {
#define X(code, name, purpose) name,
        CS_MODEL_KIND_TABLE(X)
#undef X
    };
    return (unsigned)kind < CS_MODEL_KIND_COUNT ? names[kind] : "";
}

const char *model_kind_purpose(cs_model_kind kind) {
    static const char *const purposes[] = {
#define X(code, name, purpose) purpose,
        CS_MODEL_KIND_TABLE(X)
#undef X
    };
    return (unsigned)kind < CS_MODEL_KIND_COUNT ? purposes[kind] : "";
}

bool model_kind_recognises(cs_model_kind kind) {
    return kind != CS_MODEL_VOICE_ACTIVITY && kind != CS_MODEL_PUNCTUATION && kind != CS_MODEL_SPEAKERS;
}

const char *model_file(const cs_speech_model *model, const char *role) {
    for (uint32_t i = 0; i < model->file_count; i++)
        if (strcmp(model->files[i].role, role) == 0) return model->files[i].path;
    return NULL;
}

cs_error model_find(const char *name, const char *data, cs_arena *arena, cs_speech_model **out, cs_message *message) {
    const cs_model_entry *entry = NULL;
    cs_model_folders folders;
    const char *path = NULL;
    cs_manifest manifest;
    if (remote_address_is(name)) return model_of_address(name, arena, out, message);
    cs_error code = model_folders(data, arena, &folders, message);
    if (code == CS_OK) code = manifest_known(&folders, NULL, NULL, arena, &manifest, message);
    if (code == CS_OK) code = manifest_choose(&manifest, name, &entry, message);
    if (code == CS_OK) code = model_locate(entry, &folders, arena, &path, message);
    if (code != CS_OK) return code;
    cs_speech_model *model = arena_alloc(arena, sizeof *model);
    if (!model) return message_set(message, CS_ERR_MEMORY, "no memory for the model %s", entry->model.name);
    code = model_check(entry, path, NULL, arena, model, NULL, message);
    if (code == CS_OK) *out = model;
    return code;
}

cs_error model_of_kind(cs_model_kind kind, const char *data, cs_arena *arena, const char **name, cs_message *message) {
    cs_manifest manifest = {0};
    cs_model_folders folders;
    cs_error code = model_folders(data, arena, &folders, message);
    if (code == CS_OK) code = manifest_known(&folders, NULL, NULL, arena, &manifest, message);
    *name = NULL;
    for (uint32_t i = 0; code == CS_OK && i < manifest.count; i++) {
        const char *path;
        cs_message missing;
        const cs_model_entry *entry = &manifest.entries[i];
        if (entry->model.kind != kind || model_locate(entry, &folders, arena, &path, &missing) != CS_OK) continue;
        *name = entry->model.name;
        break;
    }
    return code;
}
