#include "store/backup_file.h"

#include "base/file.h"
#include "base/json.h"
#include "store/blob_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_BYTES = 256 * 1024, ARENA_BYTES = 1 << 30, MAX_LINE = 16 * 1024, MAX_DEPTH = 32 };

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for a backup");
}

/* ---- copying ---- */

/* to: -1 only measures. */
static cs_error pour(int from, const char *from_path, int to, const char *to_path, int64_t *bytes, cs_hash *hash,
                     cs_message *message) {
    crypto_generichash_state state;
    unsigned char *block = malloc(BLOCK_BYTES);
    size_t got = 0;
    cs_error code = block ? CS_OK : no_memory(message);
    *bytes = 0;
    (void)crypto_generichash_init(&state, NULL, 0, CS_HASH_BYTES);
    while (code == CS_OK) {
        code = disk_read(from, from_path, *bytes, block, BLOCK_BYTES, &got, message);
        if (code != CS_OK || got == 0) break;
        (void)crypto_generichash_update(&state, block, got);
        if (to >= 0) code = disk_write(to, to_path, *bytes, block, got, message);
        *bytes += (int64_t)got;
    }
    (void)crypto_generichash_final(&state, hash->bytes, CS_HASH_BYTES);
    free(block);
    return code;
}

static cs_error make_folder_of(const char *path, cs_message *message) {
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    struct stat info;
    if (!slash || slash == path || (size_t)(slash - path) >= sizeof folder) return CS_OK;
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = 0;
    return stat(folder, &info) == 0 ? CS_OK : file_make_folder(folder, message);
}

cs_error file_copy(const char *from, const char *to, int64_t *bytes, cs_hash *hash, cs_message *message) {
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s.part", to) >= (int)sizeof part)
        return disk_trouble(message, to, "written", ENAMETOOLONG);
    int source = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (source < 0) return disk_trouble(message, from, "opened", errno);
    cs_error code = make_folder_of(to, message);
    int target = code == CS_OK ? open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (code == CS_OK && target < 0) code = disk_trouble(message, part, "made", errno);
    if (code == CS_OK) code = pour(source, from, target, part, bytes, hash, message);
    if (target >= 0 && close(target) != 0 && code == CS_OK) code = disk_trouble(message, part, "written", errno);
    (void)close(source);
    if (code == CS_OK && rename(part, to) != 0) code = disk_trouble(message, to, "made", errno);
    if (code != CS_OK && target >= 0) (void)unlink(part);
    return code;
}

cs_error file_measure(const char *path, int64_t *bytes, cs_hash *hash, cs_message *message) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return disk_trouble(message, path, "opened", errno);
    cs_error code = pour(file, path, -1, NULL, bytes, hash, message);
    (void)close(file);
    return code;
}

cs_error disk_settle(const char *folder, cs_message *message) {
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return disk_trouble(message, folder, "opened", errno);
    cs_error code = syncfs(file) == 0 ? CS_OK : disk_trouble(message, folder, "written", errno);
    (void)close(file);
    return code;
}

/* ---- lists ---- */

bool list_open(cs_backup_list *list) {
    *list = (cs_backup_list){.arena = arena_create(ARENA_BYTES)};
    return list->arena != NULL;
}

void list_close(cs_backup_list *list) {
    arena_free(list->arena);
    free(list->files);
    *list = (cs_backup_list){0};
}

bool list_add(cs_backup_list *list, const char *path, int64_t bytes, cs_hash hash) {
    if (list->count == list->room) {
        uint32_t room = list->room ? list->room * 2 : 64;
        cs_backup_file *more = room <= CS_MAX_BACKUP_FILES ? realloc(list->files, room * sizeof *more) : NULL;
        if (!more) return false;
        list->files = more;
        list->room = room;
    }
    const char *copy = arena_string(list->arena, path);
    if (!copy) return false;
    list->files[list->count++] = (cs_backup_file){copy, bytes, hash};
    list->bytes += bytes;
    return true;
}

static int compare(const void *a, const void *b) {
    return strcmp(((const cs_backup_file *)a)->path, ((const cs_backup_file *)b)->path);
}

void list_sort(cs_backup_list *list) {
    if (list->count) qsort(list->files, list->count, sizeof *list->files, compare);
}

const cs_backup_file *list_find(const cs_backup_list *sorted, const char *path) {
    const cs_backup_file key = {.path = path};
    return sorted->count ? bsearch(&key, sorted->files, sorted->count, sizeof key, compare) : NULL;
}

static bool write_line(cs_buffer *line, const cs_backup_file *file) {
    cs_json_writer out;
    char hex[CS_HASH_CHARS + 1];
    buffer_clear(line);
    hash_hex(file->hash, hex);
    json_writer_init(&out, line);
    json_object_open(&out, NULL);
    json_write_string(&out, "path", file->path);
    json_write_int(&out, "bytes", file->bytes);
    json_write_string(&out, "hash", hex);
    json_object_close(&out);
    return buffer_text(line, "\n") && !line->is_failed;
}

cs_error list_write(const cs_backup_list *list, const char *path, cs_hash *hash, cs_message *message) {
    cs_buffer line;
    int64_t at = 0;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return disk_trouble(message, path, "made", errno);
    buffer_init(&line, MAX_LINE);
    cs_error code = CS_OK;
    for (uint32_t i = 0; code == CS_OK && i < list->count; i++) {
        code = write_line(&line, &list->files[i]) ? disk_write(file, path, at, line.data, line.length, message)
                                                  : no_memory(message);
        at += (int64_t)line.length;
    }
    buffer_free(&line);
    if (close(file) != 0 && code == CS_OK) code = disk_trouble(message, path, "written", errno);
    return code == CS_OK ? file_measure(path, &at, hash, message) : code;
}

static bool read_hash(const char *hex, cs_hash *out) {
    size_t length = 0;
    return hex && strlen(hex) == CS_HASH_CHARS &&
           sodium_hex2bin(out->bytes, CS_HASH_BYTES, hex, CS_HASH_CHARS, NULL, &length, NULL) == 0 &&
           length == CS_HASH_BYTES;
}

/* A path stays inside its folder, whoever wrote the list. */
static bool is_inside(const char *path) {
    return path && *path && *path != '/' && strncmp(path, "../", 3) != 0 && !strstr(path, "/../") &&
           !(strlen(path) >= 3 && strcmp(path + strlen(path) - 3, "/..") == 0) && strcmp(path, "..") != 0;
}

static cs_error read_line(cs_backup_list *list, const cs_line *line, const char *path, cs_message *message) {
    cs_json *json = NULL;
    int64_t bytes = 0;
    cs_hash hash;
    cs_error code = json_parse(line->text, line->bytes, MAX_LINE, &json, message);
    if (code != CS_OK) return code;
    const char *name = json_string(json_get(json, "path"), NULL);
    if (!is_inside(name) || !json_int64(json_get(json, "bytes"), &bytes) || bytes < 0 ||
        !read_hash(json_string(json_get(json, "hash"), NULL), &hash))
        code = message_set(message, CS_ERR_STORE, "line %lld of %.200s names no file", (long long)line->number, path);
    else if (!list_add(list, name, bytes, hash))
        code = no_memory(message);
    json_free(json);
    return code;
}

cs_error list_read(cs_backup_list *list, const char *path, cs_hash hash, cs_message *message) {
    cs_line_reader *reader = NULL;
    cs_line line = {0};
    int64_t bytes = 0;
    cs_hash is;
    cs_error code = file_measure(path, &bytes, &is, message);
    if (code == CS_OK && !hash_equal(is, hash)) {
        code = message_set(message, CS_ERR_STORE, "the list of files %.250s was changed", path);
        message_remedy(message, "use another backup: what belongs to this one is not known for sure");
    }
    if (code == CS_OK) code = line_reader_open_as(path, CS_ENCODING_UTF8, MAX_LINE, &reader, message);
    while (code == CS_OK && (code = line_reader_next(reader, &line, message)) == CS_OK && line.text)
        code = read_line(list, &line, path, message);
    line_reader_close(reader);
    if (code == CS_OK) list_sort(list);
    return code;
}

/* ---- folders ---- */

static cs_error each_in(const char *folder, size_t base, int depth, cs_backup_visit visit, void *context,
                        cs_message *message) {
    DIR *entries = opendir(folder);
    cs_error code = CS_OK;
    if (!entries) return errno == ENOENT ? CS_OK : disk_trouble(message, folder, "read", errno);
    for (const struct dirent *entry; code == CS_OK && (entry = readdir(entries));) {
        char path[PATH_MAX];
        struct stat info;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path)
            code = disk_trouble(message, entry->d_name, "read", ENAMETOOLONG);
        else if (lstat(path, &info) != 0)
            continue; /* gone meanwhile */
        else if (S_ISDIR(info.st_mode) && depth < MAX_DEPTH)
            code = each_in(path, base, depth + 1, visit, context, message);
        else if (S_ISREG(info.st_mode))
            code = visit(context, path + base, message);
    }
    (void)closedir(entries);
    return code;
}

cs_error folder_each(const char *folder, cs_backup_visit visit, void *context, cs_message *message) {
    return each_in(folder, strlen(folder) + 1, 0, visit, context, message);
}

static void remove_in(const char *folder, int depth) {
    DIR *entries = opendir(folder);
    for (const struct dirent *entry; entries && (entry = readdir(entries));) {
        char path[PATH_MAX];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path)
            continue;
        if (unlink(path) != 0 && depth < MAX_DEPTH) remove_in(path, depth + 1);
    }
    if (entries) (void)closedir(entries);
    (void)rmdir(folder);
}

void folder_remove_tree(const char *folder) {
    remove_in(folder, 0);
}
