/* A file of an upload as it will be read, before anything is. */
#include "http/routes.h"

#include "conversation/preview.h"
#include "imports/saved_mapping.h"
#include "imports/start_mappings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_BYTES = 256 << 20 };

static cs_error refuse(cs_error code, const char *place, const char *reason, const char *remedy, cs_message *message) {
    (void)message_set(message, code, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return code;
}

static cs_error place_of(const cs_request *request, int64_t number, const char *name, char *out, size_t size,
                         cs_message *message) {
    char folder[2048];
    cs_error code = upload_check_path(name, message);
    if (code == CS_OK) code = upload_folder(request->data, number, folder, sizeof folder, message);
    if (code != CS_OK) return code;
    if (snprintf(out, size, "%s/%s", folder, name) >= (int)size)
        return message_set(message, CS_ERR_LIMIT, "the path of the store is too long");
    return access(out, R_OK) == 0 ? CS_OK
                                  : refuse(CS_ERR_NOT_FOUND, "file", "the import has no such file",
                                           "GET the import: it lists its files until they are read in", message);
}

static cs_error read_saved(const cs_request *request, cs_arena *arena, cs_preview *preview, cs_message *message) {
    cs_saved_mapping *all = NULL;
    size_t count = 0;
    cs_error code = saved_mapping_all(request->db, arena, &all, &count, message);
    cs_preview_saved *saved = code == CS_OK ? arena_array(arena, count + 1, sizeof *saved) : NULL;
    if (code == CS_OK && !saved) code = message_set(message, CS_ERR_MEMORY, "no memory for the saved mappings");
    for (size_t i = 0; code == CS_OK && i < count; i++) saved[i] = (cs_preview_saved){all[i].name, all[i].json};
    preview->saved = saved;
    preview->saved_count = count;
    return code;
}

/* text: of the mapping, for as long as the preview is made. */
static cs_error look(const cs_request *request, int64_t number, const cs_json *body, cs_buffer *text,
                     cs_json_writer *out, cs_message *message) {
    char path[4096];
    const cs_json *mapping = json_get(body, "mapping");
    cs_preview preview = {.path = path, .name = json_string(json_get(body, "file"), NULL)};
    cs_json_writer writer;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the preview");
    if (code == CS_OK && !preview.name)
        code = refuse(CS_ERR_USAGE, "file", "it is not said which file", "send {\"file\": \"a.csv\"}", message);
    if (code == CS_OK) code = place_of(request, number, preview.name, path, sizeof path, message);
    json_writer_init(&writer, text);
    if (code == CS_OK && json_kind(mapping) != CS_JSON_NULL) {
        json_copy(&writer, NULL, mapping);
        preview.mapping = buffer_string(text);
        if (text->is_failed) code = message_set(message, CS_ERR_LIMIT, "the mapping is too large");
    }
    if (code == CS_OK) code = read_saved(request, arena, &preview, message);
    if (code == CS_OK) code = preview_write(&preview, out, message);
    arena_free(arena);
    return code;
}

/* POST /api/v1/imports/{id}/preview {"file", "mapping"} */
cs_error imports_preview(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    cs_import_row row;
    cs_json *body = NULL;
    cs_buffer text;
    buffer_init(&text, CS_MAX_MAPPING_BYTES);
    cs_error code = request_row(request, "import", &number, message);
    if (code == CS_OK) code = import_read(request->db, number, &row, message);
    if (code == CS_OK) code = request_json(request, &body, message);
    if (code == CS_OK) code = look(request, number, body, &text, out, message);
    buffer_free(&text);
    json_free(body);
    return code;
}
