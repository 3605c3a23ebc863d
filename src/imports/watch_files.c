#include "imports/watch_files.h"

#include "base/file.h"
#include "base/index.h"
#include "base/log.h"
#include "conversation/recording_name.h"
#include "imports/watch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 30 };

typedef struct watched {
    const char *path;
    int64_t bytes, modified_ns;
    uint32_t stem; /* files that share it belong together */
    bool is_seen, is_steady, is_taken, is_told, is_given;
} watched;

struct cs_watch_files {
    cs_arena *arena;
    cs_index by_path, by_stem;
    watched *items;
    const char **given;
    bool *is_due; /* by stem: something of it is new */
    uint32_t count, room, stem_count;
    bool is_full;
};

cs_watch_files *watch_files_create(void) {
    cs_watch_files *files = calloc(1, sizeof *files);
    if (files && !(files->arena = arena_create(ARENA_BYTES))) {
        free(files);
        return NULL;
    }
    return files;
}

void watch_files_free(cs_watch_files *files) {
    if (!files) return;
    arena_free(files->arena);
    free(files->items);
    free(files->given);
    free(files->is_due);
    free(files);
}

/* ---- names ---- */

static bool ends_with(const char *name, size_t length, const char *end) {
    size_t bytes = strlen(end);
    return length >= bytes && strcasecmp(name + length - bytes, end) == 0;
}

bool watch_name_is_unfinished(const char *path) {
    static const char *const ends[] = {".part",     ".tmp",     ".temp",     ".crdownload",
                                       ".download", ".partial", ".filepart", "~"};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    if (name[0] == '~') return true;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(name, length, ends[i])) return true;
    return false;
}

static bool is_mapping(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return strcmp(name, "mapping.json") == 0 || ends_with(name, strlen(name), ".mapping.json");
}

/* ---- the table ---- */

static bool grow(cs_watch_files *files) {
    uint32_t room = files->room ? files->room * 2 : 256;
    watched *items = realloc(files->items, room * sizeof *items);
    if (items) files->items = items;
    const char **given = realloc(files->given, room * sizeof *given);
    if (given) files->given = given;
    bool *is_due = realloc(files->is_due, room * sizeof *is_due);
    if (is_due) files->is_due = is_due;
    if (!items || !given || !is_due) return false;
    files->room = room;
    return true;
}

static uint32_t stem_of(cs_watch_files *files, const char *path) {
    size_t length = 0;
    (void)recording_name_side(path, &length);
    uint32_t stem = index_find(&files->by_stem, path, length);
    if (stem != CS_INDEX_NONE) return stem;
    return index_add(&files->by_stem, path, length, files->stem_count, files->arena) ? files->stem_count++
                                                                                     : CS_INDEX_NONE;
}

static watched *find_or_add(cs_watch_files *files, const char *path) {
    size_t length = strlen(path);
    uint32_t at = index_find(&files->by_path, path, length);
    if (at != CS_INDEX_NONE) return &files->items[at];
    if (files->count >= CS_MAX_WATCHED || (files->count == files->room && !grow(files))) return NULL;
    const char *kept = arena_copy(files->arena, path, length);
    uint32_t stem = kept ? stem_of(files, kept) : CS_INDEX_NONE;
    if (stem == CS_INDEX_NONE || !index_add(&files->by_path, kept, length, files->count, files->arena)) return NULL;
    files->items[files->count] = (watched){.path = kept, .stem = stem, .bytes = -1};
    return &files->items[files->count++];
}

/* ---- looking ---- */

/* One that may not be read now is looked at again each time, and told once. */
static bool is_readable(watched *one) {
    bool is_good = access(one->path, R_OK) == 0;
    if (!is_good && !one->is_told) log_line(CS_LOG_WARN, "the watched file %s may not be read", one->path);
    one->is_told = !is_good;
    return is_good;
}

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    cs_watch_files *files = context;
    if (watch_name_is_unfinished(path)) return true;
    watched *one = find_or_add(files, path);
    if (!one) {
        files->is_full = true;
        return false;
    }
    bool is_same = one->bytes == info->bytes && one->modified_ns == info->modified_ns;
    one->bytes = info->bytes;
    one->modified_ns = info->modified_ns;
    one->is_seen = true;
    one->is_steady = is_same;
    if (!is_same) one->is_taken = false;
    return true;
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    cs_watch_files *files = context;
    watched *one = find_or_add(files, path);
    (void)code;
    if (one && !one->is_told) log_line(CS_LOG_WARN, "in the watched folder %s: %s", path, message->reason);
    if (one) one->is_told = true;
    return true;
}

static bool is_in_folder(const char *path, const char *folder, size_t length) {
    return strncmp(path, folder, length) == 0 && path[length] == '/' && !strchr(path + length + 1, '/');
}

/* A new mapping reads the tables beside it otherwise: they come again, and those that it doesn't concern are passed over. */
static void take_mapping(cs_watch_files *files, watched *mapping) {
    size_t length = (size_t)(strrchr(mapping->path, '/') - mapping->path);
    for (uint32_t i = 0; i < files->count; i++)
        if (is_in_folder(files->items[i].path, mapping->path, length)) files->items[i].is_taken = false;
    mapping->is_taken = true;
}

static bool is_due(const watched *one) {
    return one->is_seen && one->is_steady && !one->is_taken;
}

static void find_due(cs_watch_files *files) {
    for (uint32_t i = 0; i < files->count; i++)
        if (is_due(&files->items[i]) && is_mapping(files->items[i].path)) take_mapping(files, &files->items[i]);
    for (uint32_t i = 0; i < files->stem_count; i++) files->is_due[i] = false;
    for (uint32_t i = 0; i < files->count; i++) {
        watched *one = &files->items[i];
        if (is_due(one) && is_readable(one)) files->is_due[one->stem] = true;
    }
}

static int compare_paths(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

cs_error watch_files_look(cs_watch_files *files, const char *folder, const char *const **paths, size_t *count,
                          cs_message *message) {
    *count = 0;
    for (uint32_t i = 0; i < files->count; i++) files->items[i].is_seen = files->items[i].is_given = false;
    (void)file_walk(folder, on_file, on_trouble, files);
    if (files->is_full) {
        (void)message_set(message, CS_ERR_LIMIT, "the watched folder holds more than %d files", CS_MAX_WATCHED);
        message_remedy(message, "move those that are read in to another folder, then start the server again");
        return CS_ERR_LIMIT;
    }
    find_due(files);
    for (uint32_t i = 0; i < files->count; i++) {
        watched *one = &files->items[i];
        if (!one->is_seen || !one->is_steady || !files->is_due[one->stem] || is_mapping(one->path)) continue;
        one->is_given = true;
        files->given[(*count)++] = one->path;
    }
    if (*count > 0) qsort(files->given, *count, sizeof *files->given, compare_paths);
    *paths = files->given;
    return CS_OK;
}

void watch_files_taken(cs_watch_files *files) {
    for (uint32_t i = 0; i < files->count; i++)
        if (files->items[i].is_given) files->items[i].is_taken = true;
}
