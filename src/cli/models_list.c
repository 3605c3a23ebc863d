/* The list of models: what each is for, its licence, size, memory, measured speed, and whether it is here. */
#include "base/json.h"
#include "cli/models.h"

#include <stdio.h>
#include <string.h>

enum { MAX_JSON_BYTES = 4 << 20 };

static void sized(char *out, size_t room, int64_t bytes, bool is_all) {
    if (bytes <= 0)
        (void)snprintf(out, room, "?");
    else if (bytes < 500000 && is_all)
        (void)snprintf(out, room, "< 1 MB");
    else
        (void)snprintf(out, room, "%s%lld MB", is_all ? "" : "> ", (long long)((bytes + 500000) / 1000000));
}

/* Cut so that columns stay where they are; what is longer, or in brackets, stands whole in --json. */
static const char *cut(const char *text, int width, char out[64]) {
    const char *bracket = strstr(text, " (");
    int length = (int)(bracket ? (size_t)(bracket - text) : strlen(text));
    (void)snprintf(out, 64, "%.*s%s", length > width ? width - 3 : length, text, length > width ? "..." : "");
    return out;
}

void models_print(const cs_manifest *manifest, const cs_model_folders *folders, cs_arena *arena) {
    printf("%-27s %-19s %-16s %-24s %9s %8s %7s  %s\n", "name", "for", "languages", "licence", "size", "memory",
           "speed", "here");
    for (uint32_t i = 0; i < manifest->count; i++) {
        const cs_model_entry *entry = &manifest->entries[i];
        char languages[64], licence[64], size[24], memory[24], speed[24] = "-";
        const char *path;
        cs_message message;
        bool is_here = model_locate(entry, folders, arena, &path, &message) == CS_OK;
        sized(size, sizeof size, entry->bytes, entry->is_sized);
        sized(memory, sizeof memory, entry->model.memory_bytes, true);
        if (entry->speed > 0) (void)snprintf(speed, sizeof speed, "%.0f x", entry->speed);
        printf("%-27s %-19s %-16s %-24s %9s %8s %7s  %s\n", entry->model.name, model_kind_name(entry->model.kind),
               cut(entry->model.languages, 16, languages), cut(entry->licence, 24, licence), size,
               entry->model.memory_bytes > 0 ? memory : "-", speed, is_here ? path : "no");
    }
    puts("\nmemory: of a process that hosts it, as measured; speed: hours of sound in an hour of one core; -: not "
         "measured.\nGet one: callscope models pull NAME. Everything about them: callscope models --json; "
         "docs/models.md.");
}

/* ---- JSON ---- */

static void files_write(cs_json_writer *writer, const cs_model_entry *entry) {
    json_array_open(writer, "files");
    for (uint32_t i = 0; i < entry->model.file_count; i++) {
        const cs_model_file *file = &entry->model.files[i];
        json_object_open(writer, NULL);
        json_write_string(writer, "role", file->role);
        json_write_string(writer, "path", file->path);
        if (file->bytes > 0)
            json_write_int(writer, "bytes", file->bytes);
        else
            json_write_null(writer, "bytes");
        json_write_string(writer, "sha256", file->sha256);
        json_object_close(writer);
    }
    json_array_close(writer);
}

static void sources_write(cs_json_writer *writer, const cs_model_entry *entry) {
    static const char *const kinds[] = {"archive", "files", "package"};
    json_array_open(writer, "sources");
    for (uint32_t i = 0; i < entry->source_count; i++) {
        const cs_model_source *source = &entry->sources[i];
        json_object_open(writer, NULL);
        json_write_string(writer, kinds[source->kind], source->address);
        if (source->bytes > 0) json_write_int(writer, "bytes", source->bytes);
        if (source->sha256) json_write_string(writer, "sha256", source->sha256);
        json_object_close(writer);
    }
    json_array_close(writer);
}

static void errors_write(cs_json_writer *writer, const cs_model_entry *entry) {
    json_array_open(writer, "errors");
    for (uint32_t i = 0; i < entry->error_count; i++) {
        json_object_open(writer, NULL);
        json_write_string(writer, "on", entry->errors[i].on);
        json_write_string(writer, "measure", entry->errors[i].measure);
        json_write_double(writer, "percent", entry->errors[i].percent, 2);
        json_write_string(writer, "by", entry->errors[i].by);
        json_object_close(writer);
    }
    json_array_close(writer);
}

static void entry_write(cs_json_writer *writer, const cs_model_entry *entry, const char *path) {
    json_object_open(writer, NULL);
    json_write_string(writer, "name", entry->model.name);
    json_write_string(writer, "upstream", entry->upstream);
    json_write_string(writer, "kind", model_kind_name(entry->model.kind));
    json_write_string(writer, "for", model_kind_purpose(entry->model.kind));
    json_write_string(writer, "about", entry->about);
    json_write_bool(writer, "is_phonetic", entry->model.is_phonetic);
    json_write_string(writer, "languages", entry->model.languages);
    json_write_string(writer, "dialects", entry->dialects);
    json_object_open(writer, "licence");
    json_write_string(writer, "name", entry->licence);
    json_write_string(writer, "address", entry->licence_address);
    json_object_close(writer);
    json_write_int(writer, "rate_hz", entry->model.rate_hz);
    if (entry->model.memory_bytes > 0)
        json_write_int(writer, "memory_bytes", entry->model.memory_bytes);
    else
        json_write_null(writer, "memory_bytes");
    if (entry->speed > 0)
        json_write_double(writer, "audio_hours_per_core_hour", entry->speed, 1);
    else
        json_write_null(writer, "audio_hours_per_core_hour");
    json_write_string(writer, "speed_where", entry->speed_where);
    errors_write(writer, entry);
    files_write(writer, entry);
    sources_write(writer, entry);
    json_write_string(writer, "here", path);
    json_object_close(writer);
}

void models_print_json(const cs_manifest *manifest, const cs_model_folders *folders, cs_arena *arena) {
    cs_buffer text;
    cs_json_writer writer;
    buffer_init(&text, MAX_JSON_BYTES);
    json_writer_init(&writer, &text);
    json_object_open(&writer, NULL);
    json_array_open(&writer, "models");
    for (uint32_t i = 0; i < manifest->count; i++) {
        const char *path = NULL;
        cs_message message;
        if (model_locate(&manifest->entries[i], folders, arena, &path, &message) != CS_OK) path = NULL;
        entry_write(&writer, &manifest->entries[i], path);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    puts(buffer_string(&text));
    buffer_free(&text);
}
