#include "base/file.h"

#include "base/file_open.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_DEPTH = 128, MAX_ENTRIES = 4 * 1024 * 1024, MAX_FOLDERS = 1024 * 1024 };

typedef struct folder_key {
    dev_t device;
    ino_t number;
} folder_key;

typedef struct walk {
    cs_file_visit on_file;
    cs_file_trouble on_trouble;
    void *context;
    folder_key *entered; /* open-addressed set; number 0 is free */
    size_t entered_count, entered_capacity;
} walk;

typedef struct names {
    char **items;
    size_t count, capacity;
} names;

static cs_error walk_folder(walk *w, const char *path, const struct stat *status, int depth);

static size_t slot_of(const walk *w, folder_key key) {
    size_t at = (size_t)(key.number * UINT64_C(0x9e3779b97f4a7c15) ^ key.device) & (w->entered_capacity - 1);
    while (w->entered[at].number && (w->entered[at].number != key.number || w->entered[at].device != key.device))
        at = (at + 1) & (w->entered_capacity - 1);
    return at;
}

static bool grow_entered(walk *w) {
    walk larger = {.entered_capacity = w->entered_capacity ? w->entered_capacity * 2 : 64};
    larger.entered = calloc(larger.entered_capacity, sizeof *larger.entered);
    if (!larger.entered) return false;
    for (size_t i = 0; i < w->entered_capacity; i++) {
        if (w->entered[i].number) larger.entered[slot_of(&larger, w->entered[i])] = w->entered[i];
    }
    free(w->entered);
    w->entered = larger.entered;
    w->entered_capacity = larger.entered_capacity;
    return true;
}

/* Remembers a folder; is_known tells whether it was entered before. false: no memory, or too many folders. */
static bool enter(walk *w, const struct stat *status, bool *is_known) {
    if (w->entered_count >= MAX_FOLDERS) return false;
    if (w->entered_count * 2 >= w->entered_capacity && !grow_entered(w)) return false;
    folder_key key = {status->st_dev, status->st_ino};
    size_t at = slot_of(w, key);
    *is_known = w->entered[at].number != 0;
    if (*is_known) return true;
    w->entered[at] = key;
    w->entered_count++;
    return true;
}

static cs_error report(walk *w, const char *path, cs_error code, const cs_message *message) {
    if (w->on_trouble && !w->on_trouble(w->context, path, code, message)) return CS_ERR_STOPPED;
    return CS_OK;
}

static cs_error report_system(walk *w, const char *path, int system_error) {
    cs_message message;
    cs_error code = file_trouble(&message, path, system_error);
    return report(w, path, code, &message);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_free(names *list) {
    for (size_t i = 0; i < list->count; i++) free(list->items[i]);
    free(list->items);
}

static bool names_add(names *list, const char *name) {
    if (list->count == MAX_ENTRIES) return false;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 64;
        char **items = realloc(list->items, capacity * sizeof *items);
        if (!items) return false;
        list->items = items;
        list->capacity = capacity;
    }
    char *copy = strdup(name);
    if (!copy) return false;
    list->items[list->count++] = copy;
    return true;
}

/* All visible names of a folder, in order, so that the folder is closed before the walk goes deeper. */
static cs_error list_folder(const char *path, names *list, cs_message *message) {
    DIR *folder = opendir(path);
    if (!folder) return file_trouble(message, path, errno);
    cs_error code = CS_OK;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry) {
            if (errno) code = file_trouble(message, path, errno);
            break;
        }
        if (entry->d_name[0] == '.') continue;
        if (names_add(list, entry->d_name)) continue;
        code = message_set(message, CS_ERR_LIMIT, "%s has more entries than memory or the limit of %d allow", path,
                           MAX_ENTRIES);
        message_remedy(message, "spread its files over several folders");
        break;
    }
    closedir(folder);
    if (list->count > 1) qsort(list->items, list->count, sizeof *list->items, compare_names);
    return code;
}

static cs_error visit_file(walk *w, const char *path, const struct stat *status) {
    if (access(path, R_OK) != 0) return report_system(w, path, errno);
    cs_file_info info = {.bytes = status->st_size,
                         .modified_ns = (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec,
                         .is_regular = true};
    return w->on_file(w->context, path, &info) ? CS_OK : CS_ERR_STOPPED;
}

static cs_error visit(walk *w, const char *path, const struct stat *status, int depth) {
    if (S_ISREG(status->st_mode)) return visit_file(w, path, status);
    if (S_ISDIR(status->st_mode)) return walk_folder(w, path, status, depth);
    cs_message message;
    message_set(&message, CS_ERR_IO, "%s is %s, not a file; it was not opened", path, file_kind_name(status->st_mode));
    message_remedy(&message, "write its content into a file first");
    return report(w, path, CS_ERR_IO, &message);
}

static cs_error visit_entry(walk *w, const char *folder, const char *name, int depth) {
    char *path = file_join(folder, name);
    if (!path) return CS_ERR_MEMORY;
    struct stat status;
    cs_error code;
    if (stat(path, &status) == 0) {
        code = visit(w, path, &status, depth);
    } else {
        cs_message message;
        cs_error why = file_trouble(&message, path, errno);
        if (why == CS_ERR_NOT_FOUND) {
            message_set(&message, why, "%s is a link that leads nowhere, or was removed just now", path);
            message_remedy(&message, "remove the link, or run again");
        }
        code = report(w, path, why, &message);
    }
    free(path);
    return code;
}

static cs_error walk_folder(walk *w, const char *path, const struct stat *status, int depth) {
    cs_message message;
    bool is_known = false;
    if (!enter(w, status, &is_known)) return CS_ERR_MEMORY;
    if (is_known) {
        message_set(&message, CS_ERR_CONFLICT, "%s leads to a folder that was read already", path);
        message_remedy(&message, "nothing is lost; remove the link to silence this");
        return report(w, path, CS_ERR_CONFLICT, &message);
    }
    if (depth == MAX_DEPTH) {
        message_set(&message, CS_ERR_LIMIT, "%s lies more than %d folders deep", path, MAX_DEPTH);
        message_remedy(&message, "name this folder itself as the path");
        return report(w, path, CS_ERR_LIMIT, &message);
    }
    names list = {0};
    cs_error code = list_folder(path, &list, &message);
    if (code != CS_OK) code = report(w, path, code, &message);
    for (size_t i = 0; code == CS_OK && i < list.count; i++) code = visit_entry(w, path, list.items[i], depth + 1);
    names_free(&list);
    return code;
}

cs_error file_walk(const char *path, cs_file_visit on_file, cs_file_trouble on_trouble, void *context) {
    walk w = {.on_file = on_file, .on_trouble = on_trouble, .context = context};
    struct stat status;
    if (stat(path, &status) != 0) {
        cs_message message;
        cs_error why = file_trouble(&message, path, errno);
        return report(&w, path, why, &message) == CS_OK ? why : CS_ERR_STOPPED;
    }
    cs_error code = visit(&w, path, &status, 0);
    free(w.entered);
    return code;
}
