#include "quality/inspect_files.h"

#include "audio/sniff.h"
#include "base/file.h"
#include "quality/inspect_recordings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDEX_BYTES = 1 << 30 };

typedef struct folder_mappings {
    char *folder;
    const cs_mapping_set *set; /* NULL: none */
} folder_mappings;

typedef struct finding {
    const cs_inspect_options *options;
    cs_file_refused on_refused;
    void *context;
    cs_inspect_counts *counts;
    cs_inspect_files *files;
    const char *named; /* the path as the user named it */
    /* Folders that were looked into for mappings, and what was there: the folder at hand and those around it. */
    folder_mappings *besides;
    size_t beside_count, beside_room;
    bool is_out_of_memory;
} finding;

static void refuse(finding *f, const char *path, const cs_message *message) {
    f->counts->expected++;
    f->counts->refused++;
    f->on_refused(f->context, path, message);
}

static void on_bad_mapping(void *context, const char *path, const cs_message *message) {
    refuse(context, path, message);
}

static bool keep_set(finding *f, cs_mapping_set *set) {
    cs_mapping_set **grown = realloc(f->files->sets, (f->files->set_count + 1) * sizeof *grown);
    if (!grown) return false;
    f->files->sets = grown;
    grown[f->files->set_count++] = set;
    return true;
}

/* Leaves the folders behind that path does not lie in. true: the folder that is left is its own. */
static bool go_to_folder(finding *f, const char *path, size_t bytes) {
    while (f->beside_count > 0) {
        const char *folder = f->besides[f->beside_count - 1].folder;
        size_t length = strlen(folder);
        if (length <= bytes && strncmp(folder, path, length) == 0) return length == bytes;
        free(f->besides[--f->beside_count].folder);
    }
    return false;
}

static bool enter_folder(finding *f, const char *path, size_t bytes) {
    if (f->beside_count == f->beside_room) {
        size_t larger = f->beside_room ? f->beside_room * 2 : 16;
        folder_mappings *grown = realloc(f->besides, larger * sizeof *grown);
        if (!grown) return false;
        f->besides = grown;
        f->beside_room = larger;
    }
    char *folder = strndup(path, bytes);
    if (folder) f->besides[f->beside_count++] = (folder_mappings){folder, NULL};
    return folder != NULL;
}

/* The mappings in the folder of path; looked for once a folder. NULL: none. */
static const cs_mapping_set *mappings_beside(finding *f, const char *path) {
    const char *slash = strrchr(path, '/'), *folder = slash ? path : "./";
    size_t bytes = slash ? (size_t)(slash - path) + 1 : 2;
    cs_mapping_set *set = NULL;
    cs_message message;
    if (go_to_folder(f, folder, bytes)) return f->besides[f->beside_count - 1].set;
    if (!enter_folder(f, folder, bytes)) {
        f->is_out_of_memory = true;
        return NULL;
    }
    folder_mappings *now = &f->besides[f->beside_count - 1];
    cs_error code = mapping_set_create(&set, &message);
    if (code == CS_OK) code = mapping_set_add_folder(set, now->folder, on_bad_mapping, f, &message);
    if (code == CS_ERR_MEMORY) f->is_out_of_memory = true;
    if (code == CS_ERR_LIMIT) refuse(f, now->folder, &message);
    if (code == CS_OK && mapping_set_count(set) > 0 && keep_set(f, set))
        now->set = set;
    else
        mapping_set_free(set);
    return now->set;
}

static const cs_mapping *find_mapping(finding *f, const char *path) {
    const cs_mapping *mapping = f->options->mappings ? mapping_set_find(f->options->mappings, path) : NULL;
    const cs_mapping_set *beside = mapping ? NULL : mappings_beside(f, path);
    return beside ? mapping_set_find(beside, path) : mapping;
}

static bool add(finding *f, cs_inspect_file file, const char *path) {
    cs_inspect_files *files = f->files;
    if (files->count == files->room) {
        size_t larger = files->room ? files->room * 2 : 64;
        cs_inspect_file *grown = realloc(files->items, larger * sizeof *grown);
        if (!grown) return false;
        files->items = grown;
        files->room = larger;
    }
    file.path = strdup(path);
    file.real_path = realpath(path, NULL);
    if (!file.real_path) file.real_path = strdup(path);
    files->items[files->count++] = file;
    return file.path && file.real_path;
}

/* A file of another name may be a recording all the same: its first bytes tell. */
static bool sounds_like_recording(const char *path) {
    unsigned char head[CS_SNIFF_BYTES];
    const char *name;
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    size_t length = fread(head, 1, sizeof head, file);
    fclose(file);
    return sniff_audio(head, length, &name) != CS_AUDIO_NONE;
}

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    finding *f = context;
    if (f->options->is_stopped && *f->options->is_stopped) return false;
    bool is_named = strcmp(path, f->named) == 0;
    if (mapping_set_is_mapping_file(path) && !is_named) return true; /* it is about other files */
    const cs_mapping *mapping = find_mapping(f, path);
    cs_inspect_file file = {.bytes = info->bytes, .modified_ns = info->modified_ns, .mapping = mapping};
    file.format = format_find(path, mapping);
    if (!file.format && sounds_like_recording(path)) file.format = format_of_recordings();
    file.is_recording = file.format && format_is_recording(file.format);
    if (!file.format) {
        f->counts->files_passed++;
        if (!is_named) return true; /* a folder may hold other things */
        cs_message message;
        bool is_mapping = mapping_set_is_mapping_file(path);
        (void)message_set(&message, CS_ERR_PARSE,
                          is_mapping ? "this is a mapping: it says how other files are read"
                                     : "this kind of file is not known");
        message_remedy(
            &message, "%s",
            is_mapping ? "give the file it is about, with --mapping and this one"
                       : "give .json, .jsonl, .vtt, .srt, .eml, a recording, or .csv, .xlsx and .txt with --mapping "
                         "FILE");
        refuse(f, path, &message);
        return true;
    }
    if (mapping) file.mapping_hash = mapping_hash(mapping);
    file.is_records = mapping && mapping_kind(mapping) != CS_MAPPING_CONVERSATIONS;
    int side = f->options->agent_channel; /* another one reads the recordings otherwise */
    if (side) file.mapping_hash = hash_pair(file.mapping_hash, hash_bytes(&side, sizeof side));
    if (!add(f, file, path)) {
        f->is_out_of_memory = true;
        return false;
    }
    f->counts->files++;
    f->counts->bytes += info->bytes;
    return true;
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    (void)code;
    refuse(context, path, message);
    return true;
}

static bool list_recordings(cs_inspect_files *files) {
    files->arena = arena_create(INDEX_BYTES);
    bool is_good = files->arena != NULL;
    for (size_t i = 0; i < files->count && is_good; i++) {
        const char *path = files->items[i].real_path;
        size_t bytes = strlen(path);
        if (!files->items[i].is_recording || index_find(&files->recordings, path, bytes) != CS_INDEX_NONE) continue;
        is_good = i < CS_INDEX_NONE && index_add(&files->recordings, path, bytes, (uint32_t)i, files->arena);
    }
    return is_good;
}

cs_error inspect_files_find(const cs_inspect_options *options, cs_file_refused on_refused, void *context,
                            cs_inspect_counts *counts, cs_inspect_files *out, cs_message *message) {
    finding f = {.options = options, .on_refused = on_refused, .context = context, .counts = counts, .files = out};
    cs_error code = CS_OK;
    *out = (cs_inspect_files){0};
    for (size_t i = 0; i < options->path_count && code != CS_ERR_STOPPED; i++) {
        f.named = options->paths[i];
        code = file_walk(options->paths[i], on_file, on_trouble, &f);
    }
    for (size_t i = 0; i < f.beside_count; i++) free(f.besides[i].folder);
    free(f.besides);
    if (f.is_out_of_memory || !list_recordings(out))
        return message_set(message, CS_ERR_MEMORY, "out of memory while looking for files");
    if (code != CS_ERR_STOPPED) return inspect_recordings_join(out, message);
    (void)message_set(message, code, "stopped while looking for files");
    message_remedy(message, "run the same command again: it goes on where it was");
    return code;
}

cs_error inspect_file_check_unchanged(const cs_inspect_file *file, cs_message *message) {
    cs_file_info now;
    cs_error code = file_info(file->path, &now, message);
    if (code != CS_OK || (now.bytes == file->bytes && now.modified_ns == file->modified_ns)) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "the file was changed while it was read: a part of it may be missing");
    message_remedy(message, "wait until it is written completely, then run the same command again: nothing is doubled");
    return CS_ERR_CONFLICT;
}

bool inspect_files_skipped(const cs_inspect_files *files, const char *real_path) {
    for (size_t i = 0; i < files->count; i++)
        if (atomic_load(&files->items[i].is_skipped) && strcmp(files->items[i].real_path, real_path) == 0) return true;
    return false;
}

void inspect_files_free(cs_inspect_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].path);
        free(files->items[i].real_path);
    }
    for (size_t i = 0; i < files->set_count; i++) mapping_set_free(files->sets[i]);
    free(files->items);
    arena_free(files->arena);
    free(files->sets);
    *files = (cs_inspect_files){0};
}
