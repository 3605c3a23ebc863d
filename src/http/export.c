/* Conversations and findings to take along, as a file. */
#include "http/router.h"

#include "base/clock.h"
#include "base/hash.h"
#include "quality/export_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- what is asked for ---- */

static cs_error read_choice(const cs_request *request, const char *name, const char *const *words, size_t count,
                            const char **out, cs_message *message) {
    const char *text = request_value(request, name);
    char known[64] = "";
    *out = words[0];
    if (!text || !*text) return CS_OK;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = words[i];
            return CS_OK;
        }
        size_t used = strlen(known);
        (void)snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", words[i]);
    }
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of %s is not understood", text, name);
    message_remedy(message, "%s takes %s", name, known);
    return CS_ERR_USAGE;
}

/* ---- the file ---- */

/* Without a name, beside the store: it is gone with its descriptor, also when the server is killed. */
static int open_nameless(const char *data) {
    char path[4096];
    int file = open(data, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) return file;
    if (snprintf(path, sizeof path, "%s/export-XXXXXX", data) >= (int)sizeof path) return -1;
    file = mkostemp(path, O_CLOEXEC);
    if (file >= 0) (void)unlink(path);
    return file;
}

static cs_error read_file(void *context, int64_t offset, void *out, size_t most, size_t *got, cs_message *message) {
    const int *file = context;
    ssize_t bytes = pread(*file, out, most, offset);
    if (bytes < 0) return message_set(message, CS_ERR_IO, "the export can't be read again: %s", strerror(errno));
    *got = (size_t)bytes;
    return CS_OK;
}

static void close_file(void *context) {
    int *file = context;
    (void)close(*file);
    free(file);
}

static cs_error give_file(const cs_request *request, int file, cs_export_format format, cs_message *message) {
    char when[32], hex[CS_HASH_CHARS + 1];
    off_t length = lseek(file, 0, SEEK_END);
    int *context = length >= 0 ? malloc(sizeof *context) : NULL;
    if (!context) return message_set(message, CS_ERR_MEMORY, "no memory for the export");
    *context = file;
    int64_t made[2] = {clock_now_ms(), clock_steady_ms()}; /* each export is another one */
    hash_hex(hash_bytes(made, sizeof made), hex);
    clock_format(made[0], 0, when);
    (void)snprintf(request->answer->disposition, sizeof request->answer->disposition,
                   "attachment; filename=\"callscope-%.10s%s\"", when, export_format_ending(format));
    *request->stream = (cs_stream){.context = context,
                                   .length = length,
                                   .read = read_file,
                                   .close = close_file,
                                   .type = export_format_media(format),
                                   .cache = "private, no-store"};
    (void)snprintf(request->stream->etag, sizeof request->stream->etag, "\"%s\"", hex);
    return CS_OK;
}

static bool is_ending(void *context) {
    const cs_request *request = context;
    return request->is_ending && atomic_load(request->is_ending);
}

/* GET /api/v1/export?format=&lang=&<filters> */
cs_error export_download(const cs_request *request, cs_json_writer *out, cs_message *message) {
    static const char *const formats[] = {"csv", "xlsx", "json", "jsonl", "vcon"}, *const languages[] = {"zh", "en"};
    const char *format = NULL, *language = NULL;
    cs_filter filter;
    int64_t count = 0;
    int file = -1;
    (void)out;
    cs_error code = read_choice(request, "format", formats, 5, &format, message);
    if (code == CS_OK) code = read_choice(request, "lang", languages, 2, &language, message);
    if (code == CS_OK) code = request_filter(request, &filter, message);
    if (code != CS_OK) return code;
    if ((file = open_nameless(request->data)) < 0)
        return message_set(message, CS_ERR_IO, "the export can't be made beside the store: %s", strerror(errno));
    cs_request own = *request;
    const cs_export export = {.db = request->db,
                              .packer = request->packer,
                              .ruleset = request->ruleset,
                              .filter = &filter,
                              .format = export_format_parse(format),
                              .language = language,
                              .folder = request->data,
                              .is_stopped = is_ending,
                              .context = &own};
    code = export_to_file(&export, file, &count, message);
    if (code == CS_OK) code = give_file(request, file, export.format, message);
    if (code != CS_OK) (void)close(file);
    return code;
}
