#include "speech/model_folder.h"

#include "base/file.h"
#include "base/json.h"
#include "speech/model_digest.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PULLED_BYTES = 64 << 10 };

/* ---- which folders ---- */

static cs_error folder_add(cs_model_folders *folders, const char *path, cs_message *message) {
    if (!path) return message_set(message, CS_ERR_MEMORY, "no memory for the folders of models");
    if (folders->count == CS_MAX_MODEL_FOLDERS) {
        cs_error code = message_set(message, CS_ERR_LIMIT, "CALLSCOPE_MODELS names too many folders");
        message_remedy(message, "%d at most, with : between them", CS_MAX_MODEL_FOLDERS - 2);
        return code;
    }
    folders->paths[folders->count++] = path;
    return CS_OK;
}

static cs_error named_add(cs_model_folders *folders, cs_arena *arena, cs_message *message) {
    const char *named = getenv("CALLSCOPE_MODELS");
    cs_error code = CS_OK;
    while (named && *named && code == CS_OK) {
        size_t length = strcspn(named, ":");
        if (length > 0) code = folder_add(folders, arena_copy(arena, named, length), message);
        named += length + (named[length] == ':');
    }
    return code;
}

cs_error model_folders(const char *data, cs_arena *arena, cs_model_folders *out, cs_message *message) {
    cs_model_folders folders = {0};
    cs_error code = CS_OK;
    const char *share = getenv("XDG_DATA_HOME"), *home = getenv("HOME"), *shared = NULL;
    if (share && *share == '/')
        shared = arena_printf(arena, "%s/callscope/models", share);
    else if (home && *home == '/')
        shared = arena_printf(arena, "%s/.local/share/callscope/models", home);
    if (data) {
        folders.own = arena_printf(arena, "%s/models", data);
        code = folder_add(&folders, folders.own, message);
    }
    if (code == CS_OK) code = named_add(&folders, arena, message);
    if (code == CS_OK && shared) code = folder_add(&folders, shared, message);
    if (!folders.own) folders.own = shared;
    if (code == CS_OK) *out = folders;
    return code;
}

/* ---- which of them has it ---- */

/* The first file that is not there, or of another size; NULL: all are there. */
static const cs_model_file *file_missing(const cs_model_entry *entry, const char *folder, cs_arena *arena) {
    for (uint32_t i = 0; i < entry->model.file_count; i++) {
        const cs_model_file *file = &entry->model.files[i];
        const char *path = arena_printf(arena, "%s/%s", folder, file->path);
        cs_file_info info;
        if (!path || file_info(path, &info, NULL) != CS_OK || !info.is_regular) return file;
        if (file->bytes > 0 && info.bytes != file->bytes) return file;
    }
    return NULL;
}

cs_error model_locate(const cs_model_entry *entry, const cs_model_folders *folders, cs_arena *arena, const char **path,
                      cs_message *message) {
    const char *names[] = {entry->model.name, entry->upstream}, *partly = NULL, *lacks = NULL;
    for (uint32_t f = 0; f < folders->count; f++) {
        for (size_t n = 0; n < 2 && (n == 0 || strcmp(names[0], names[1]) != 0); n++) {
            cs_file_info info;
            const char *folder = arena_printf(arena, "%s/%s", folders->paths[f], names[n]);
            if (!folder) return message_set(message, CS_ERR_MEMORY, "no memory to look for models");
            if (file_info(folder, &info, NULL) != CS_OK || !info.is_folder) continue;
            const cs_model_file *missing = file_missing(entry, folder, arena);
            if (!missing) {
                *path = folder;
                return CS_OK;
            }
            if (!partly) partly = folder, lacks = missing->path;
        }
    }
    cs_error code =
        partly ? message_set(message, CS_ERR_NOT_FOUND,
                             "the model %s in %.160s is not whole: %.100s is missing or of another size",
                             entry->model.name, partly, lacks)
               : message_set(message, CS_ERR_NOT_FOUND, "the model %s is not on this machine", entry->model.name);
    message_remedy(message,
                   "fetch it with: callscope models pull %s; or name the folder that holds it in CALLSCOPE_MODELS",
                   entry->model.name);
    return code;
}

/* ---- whether it is unchanged ---- */

/* What its files' sha256 were when it was fetched: an object; NULL: it was not fetched by us. */
static cs_json *pulled_read(const char *folder, cs_arena *arena) {
    cs_buffer text;
    cs_json *json = NULL;
    const char *path = arena_printf(arena, "%s/" CS_PULLED_FILE, folder);
    if (!path || file_read(path, MAX_PULLED_BYTES, &text, NULL) != CS_OK) return NULL;
    (void)json_parse(buffer_string(&text), text.length, MAX_PULLED_BYTES, &json, NULL);
    buffer_free(&text);
    return json;
}

static cs_error file_check(const cs_model_file *file, const cs_json *pulled, const volatile sig_atomic_t *is_stopped,
                           cs_model_file *read, bool *is_compared, cs_message *message) {
    char hex[CS_SHA256_CHARS + 1];
    int64_t bytes = 0;
    cs_error code = digest_file(read->path, is_stopped, hex, &bytes, message);
    if (code != CS_OK) return code;
    const char *expected = file->sha256 ? file->sha256 : json_string(json_get(pulled, file->path), NULL);
    *is_compared = expected != NULL;
    if (expected && strcmp(expected, hex) != 0) {
        code = message_set(message, CS_ERR_CONFLICT, "%.160s is another file than %s: its sha256 is %.16s…, not %.16s…",
                           read->path, file->sha256 ? "the manifest's" : "the one that was fetched", hex, expected);
        return code;
    }
    memcpy((char *)(uintptr_t)read->sha256, hex, sizeof hex);
    read->bytes = bytes;
    return CS_OK;
}

cs_error model_check(const cs_model_entry *entry, const char *path, const volatile sig_atomic_t *is_stopped,
                     cs_arena *arena, cs_speech_model *out, bool *is_known, cs_message *message) {
    char absolute[PATH_MAX];
    cs_speech_model found = entry->model;
    bool is_all = true;
    if (!realpath(path, absolute)) return message_set(message, CS_ERR_NOT_FOUND, "%.200s is gone", path);
    cs_json *pulled = pulled_read(path, arena);
    cs_error code = CS_OK;
    for (uint32_t i = 0; i < found.file_count && code == CS_OK; i++) {
        cs_model_file *file = &found.files[i];
        bool is_compared = false;
        file->path = arena_printf(arena, "%s/%s", absolute, entry->model.files[i].path);
        file->sha256 = arena_alloc(arena, CS_SHA256_CHARS + 1);
        if (!file->path || !file->sha256)
            code = message_set(message, CS_ERR_MEMORY, "no memory for the model %s", found.name);
        else
            code = file_check(&entry->model.files[i], pulled, is_stopped, file, &is_compared, message);
        is_all = is_all && is_compared;
    }
    json_free(pulled);
    if (code == CS_ERR_CONFLICT)
        message_remedy(message, "fetch it again: callscope models remove %s, callscope models pull %s", found.name,
                       found.name);
    if (code == CS_OK) *out = found;
    if (code == CS_OK && is_known) *is_known = is_all;
    return code;
}
