#include "conversation/mapping_set.h"

#include "base/file.h"
#include "conversation/mapping_columns.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char tail[] = "mapping.json";

/* In the order in which they are tried. */
typedef enum rank { FOR_ONE, FOR_NAMED, FOR_STEM, FOR_ALL, RANKS } rank;

typedef struct entry {
    cs_mapping *mapping;
    rank rank;
    char *name; /* FOR_ONE: the end of the path; FOR_STEM: the file's name without its extension */
} entry;

struct cs_mapping_set {
    entry *entries;
    size_t count, room;
};

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool mapping_set_is_mapping_file(const char *path) {
    const char *name = name_of(path);
    size_t length = strlen(name), end = strlen(tail);
    if (length < end || strcmp(name + length - end, tail) != 0) return false;
    return length == end || name[length - end - 1] == '.';
}

cs_error mapping_set_create(cs_mapping_set **out, cs_message *message) {
    *out = calloc(1, sizeof **out);
    return *out ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the mappings");
}

void mapping_set_free(cs_mapping_set *set) {
    if (!set) return;
    for (size_t i = 0; i < set->count; i++) {
        mapping_free(set->entries[i].mapping);
        free(set->entries[i].name);
    }
    free(set->entries);
    free(set);
}

size_t mapping_set_count(const cs_mapping_set *set) {
    return set->count;
}

/* Takes the mapping, also when it fails. */
static cs_error add(cs_mapping_set *set, cs_mapping *mapping, rank order, const char *name, size_t bytes,
                    cs_message *message) {
    cs_error code = CS_OK;
    if (set->count == CS_MAX_MAPPINGS) code = message_set(message, CS_ERR_LIMIT, "more than 1000 mappings");
    if (code != CS_OK) message_remedy(message, "move those that are not needed to another folder");
    if (code == CS_OK && set->count == set->room) {
        size_t larger = set->room ? set->room * 2 : 8;
        entry *grown = realloc(set->entries, larger * sizeof *grown);
        if (grown) set->entries = grown;
        if (grown) set->room = larger;
        if (!grown) code = message_set(message, CS_ERR_MEMORY, "no memory for the mappings");
    }
    char *copy = code == CS_OK && name ? strndup(name, bytes) : NULL;
    if (code == CS_OK && name && !copy) code = message_set(message, CS_ERR_MEMORY, "no memory for the mappings");
    if (code != CS_OK) {
        mapping_free(mapping);
        return code;
    }
    set->entries[set->count++] = (entry){mapping, order, copy};
    return CS_OK;
}

static cs_error add_file(cs_mapping_set *set, const char *path, bool is_for_all, cs_message *message) {
    cs_mapping *mapping = NULL;
    cs_error code = mapping_load(path, &mapping, message);
    if (code != CS_OK) return code;
    const char *name = name_of(path);
    if (mapping->file_count > 0) return add(set, mapping, FOR_NAMED, NULL, 0, message);
    bool is_plain = strcmp(name, tail) == 0 || !mapping_set_is_mapping_file(path);
    if (is_for_all || is_plain) return add(set, mapping, FOR_ALL, NULL, 0, message);
    return add(set, mapping, FOR_STEM, name, strlen(name) - strlen(tail) - 1, message);
}

cs_error mapping_set_add_text(cs_mapping_set *set, const char *for_file, const char *text, size_t bytes,
                              cs_message *message) {
    cs_mapping *mapping = NULL;
    cs_error code = mapping_parse(text, bytes, &mapping, message);
    if (code != CS_OK) return code;
    if (for_file) mapping->file_count = 0; /* whoever chose it for this file knows better */
    if (for_file) return add(set, mapping, FOR_ONE, for_file, strlen(for_file), message);
    return add(set, mapping, mapping->file_count > 0 ? FOR_NAMED : FOR_ALL, NULL, 0, message);
}

static int is_listed(const struct dirent *item) {
    return item->d_name[0] != '.' && mapping_set_is_mapping_file(item->d_name);
}

cs_error mapping_set_add_folder(cs_mapping_set *set, const char *folder,
                                void (*on_trouble)(void *context, const char *path, const cs_message *message),
                                void *context, cs_message *message) {
    struct dirent **items = NULL;
    int count =
        scandir(folder, &items, is_listed, alphasort); /* in the order of names, so that the first is the same */
    if (count < 0) {
        message_set(message, CS_ERR_IO, "the folder of mappings can't be read: %s", strerror(errno));
        message_remedy(message, "give a folder that you may read, or a mapping's file");
        return CS_ERR_IO;
    }
    cs_error code = CS_OK;
    for (int i = 0; i < count; i++) {
        cs_message trouble = {0};
        char *path = code == CS_OK ? file_join(folder, items[i]->d_name) : NULL;
        cs_error failed = path ? add_file(set, path, false, &trouble) : CS_OK;
        if (code == CS_OK && !path) code = message_set(message, CS_ERR_MEMORY, "no memory for the mappings");
        bool is_full = failed == CS_ERR_LIMIT && set->count == CS_MAX_MAPPINGS; /* else this file alone is too large */
        if (failed == CS_ERR_MEMORY || is_full) {
            code = failed;
            *message = trouble;
        } else if (failed != CS_OK && on_trouble) {
            on_trouble(context, path, &trouble);
        }
        free(path);
        free(items[i]);
    }
    free(items);
    return code;
}

typedef struct first_trouble {
    bool is_set;
    cs_message message;
} first_trouble;

static void note_trouble(void *context, const char *path, const cs_message *message) {
    first_trouble *first = context;
    if (first->is_set) return;
    first->is_set = true;
    first->message = *message;
    message_within(&first->message, "%s", name_of(path));
}

cs_error mapping_set_load(const char *path, cs_mapping_set **out, cs_message *message) {
    cs_file_info info;
    cs_mapping_set *set = NULL;
    first_trouble first = {0};
    cs_error code = file_info(path, &info, message);
    if (code == CS_OK) code = mapping_set_create(&set, message);
    if (code == CS_OK && !info.is_folder) code = add_file(set, path, true, message);
    if (code == CS_OK && info.is_folder) code = mapping_set_add_folder(set, path, note_trouble, &first, message);
    if (code == CS_OK && first.is_set) {
        code = CS_ERR_PARSE;
        *message = first.message;
    } else if (code == CS_OK && set->count == 0) {
        code = message_set(message, CS_ERR_USAGE, "the folder holds no mapping");
        message_remedy(message, "its mappings must be called mapping.json or NAME.mapping.json");
    }
    if (code == CS_OK)
        *out = set;
    else
        mapping_set_free(set);
    return code;
}

static bool is_end_of(const char *path, const char *end) {
    size_t bytes = strlen(path), last = strlen(end);
    if (bytes < last || strcmp(path + bytes - last, end) != 0) return false;
    return bytes == last || path[bytes - last - 1] == '/';
}

static bool fits(const entry *e, const char *path) {
    const char *name = name_of(path);
    size_t stem = strlen(name) - strlen(file_extension(name));
    switch (e->rank) {
    case FOR_ONE: return is_end_of(path, e->name);
    case FOR_STEM:
        return strlen(e->name) == stem && strncmp(e->name, name, stem) == 0 && mapping_suits(e->mapping, path);
    case FOR_NAMED:
    case FOR_ALL: return mapping_suits(e->mapping, path);
    case RANKS: break;
    }
    return false;
}

const cs_mapping *mapping_set_find(const cs_mapping_set *set, const char *path) {
    if (mapping_set_is_mapping_file(path)) return NULL;
    for (rank now = 0; now < RANKS; now++) {
        for (size_t i = 0; i < set->count; i++) {
            if (set->entries[i].rank == now && fits(&set->entries[i], path)) return set->entries[i].mapping;
        }
    }
    return NULL;
}
