#include "quality/inspect_files.h"

#include "audio/sniff.h"
#include "base/file.h"
#include "quality/inspect_recordings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDEX_BYTES = 1 << 30 };

typedef struct finding {
    const cs_inspect_options *options;
    cs_file_refused on_refused;
    void *context;
    cs_inspect_counts *counts;
    cs_inspect_files *files;
    const char *named; /* the path as the user named it */
    char *mapping_folder; /* last folder that was looked into for a mapping, and what was there */
    cs_mapping *mapping;
    bool is_out_of_memory;
} finding;

static void refuse(finding *f, const char *path, const cs_message *message) {
    f->counts->expected++;
    f->counts->refused++;
    f->on_refused(f->context, path, message);
}

/* mapping.json in the folder of path; found once a folder. */
static cs_mapping *mapping_beside(finding *f, const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("./");
    if (!folder) return NULL;
    if (f->mapping_folder && strcmp(f->mapping_folder, folder) == 0) {
        free(folder);
        return f->mapping;
    }
    free(f->mapping_folder);
    f->mapping_folder = folder;
    f->mapping = NULL;
    cs_file_info info;
    cs_message message;
    char *name = file_join(folder, "mapping.json");
    if (name && file_info(name, &info, &message) == CS_OK && info.is_regular) {
        if (mapping_load(name, &f->mapping, &message) != CS_OK) {
            refuse(f, name, &message);
        } else {
            cs_mapping **grown = realloc(f->files->mappings, (f->files->mapping_count + 1) * sizeof *grown);
            if (grown) {
                f->files->mappings = grown;
                grown[f->files->mapping_count++] = f->mapping;
            } else {
                mapping_free(f->mapping);
                f->mapping = NULL;
                f->is_out_of_memory = true;
            }
        }
    }
    free(name);
    return f->mapping;
}

static bool is_delimited(const char *path) {
    const char *extension = file_extension(path);
    return strcasecmp(extension, ".csv") == 0 || strcasecmp(extension, ".tsv") == 0 ||
           strcasecmp(extension, ".txt") == 0;
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
    const cs_mapping *mapping = f->options->mapping;
    cs_inspect_file file = {.bytes = info->bytes, .modified_ns = info->modified_ns};
    if (is_delimited(path) && !mapping) mapping = file.mapping = mapping_beside(f, path);
    file.format = format_find(path, mapping);
    if (!file.format && sounds_like_recording(path)) file.format = format_of_recordings();
    file.is_recording = file.format && format_is_recording(file.format);
    if (!file.format) {
        f->counts->files_passed++;
        if (strcmp(path, f->named) != 0) return true; /* a folder may hold other things */
        cs_message message;
        (void)message_set(&message, CS_ERR_PARSE, "this kind of file is not known");
        message_remedy(&message, "give .json, .jsonl, .vtt, a recording, or .csv, .tsv and .txt with --mapping FILE");
        refuse(f, path, &message);
        return true;
    }
    if (file.format->needs_mapping && mapping) file.mapping_hash = mapping_hash(mapping);
    file.is_records = file.format->needs_mapping && mapping && mapping_kind(mapping) != CS_MAPPING_CONVERSATIONS;
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
    free(f.mapping_folder);
    if (f.is_out_of_memory || !list_recordings(out))
        return message_set(message, CS_ERR_MEMORY, "out of memory while looking for files");
    if (code != CS_ERR_STOPPED) return inspect_recordings_join(out, message);
    (void)message_set(message, code, "stopped while looking for files");
    message_remedy(message, "run the same command again: it goes on where it was");
    return code;
}

const cs_mapping *inspect_file_mapping(const cs_inspect_options *options, const cs_inspect_file *file) {
    return options->mapping ? options->mapping : file->mapping;
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
    for (size_t i = 0; i < files->mapping_count; i++) mapping_free(files->mappings[i]);
    free(files->items);
    arena_free(files->arena);
    free(files->mappings);
    *files = (cs_inspect_files){0};
}
