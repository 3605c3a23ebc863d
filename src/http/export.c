/* Conversations and findings to take along, as a file. */
#include "http/guard.h"
#include "http/reveal.h"
#include "http/routes.h"

#include "access/audit.h"
#include "base/clock.h"
#include "base/hash.h"
#include "http/export_progress.h"
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

/* An export on its way. */
typedef struct making {
    const cs_request *request;
    const char *ticket; /* NULL: nobody asks after it */
} making;

/* Asked for each conversation: it counts them. */
static bool is_stopped(void *context) {
    const making *m = context;
    if (m->ticket && export_progress_step(m->ticket, m->request->account->number)) return true;
    return m->request->is_ending && atomic_load(m->request->is_ending);
}

/* *out NULL: none was sent. */
static cs_error read_ticket(const cs_request *request, const char **out, cs_message *message) {
    *out = request_value(request, "ticket");
    if (*out && !**out) *out = NULL;
    if (!*out || export_ticket_is_sound(*out)) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the ticket is not understood");
    message_place(message, "ticket");
    message_remedy(message, "make one up: %d digits of 0-9 and a-f", CS_TICKET_CHARS);
    return CS_ERR_USAGE;
}

static cs_error run_export(const cs_request *request, cs_export *export, const char *ticket, int file, int64_t *count,
                           cs_message *message) {
    making m = {request, ticket};
    export->is_stopped = is_stopped;
    export->context = &m;
    if (ticket) export_progress_begin(ticket, request->account->number);
    cs_error code = export_to_file(export, file, count, message);
    if (ticket) export_progress_end(ticket, request->account->number);
    return code;
}

/* Whoever takes numbers along says why, before the first byte of them is on its way. */
static cs_error note_reveal(const cs_request *request, const char *reason, cs_export_format format, int64_t count,
                            cs_message *message) {
    char subject[80];
    (void)snprintf(subject, sizeof subject, "%lld rows as %s", (long long)count, export_format_ending(format) + 1);
    return audit_write(request->data, request->account, "conversations.export_unmasked", subject, reason, message);
}

/* Who took what along, where people have accounts. */
static cs_error note_export(const cs_request *request, cs_export_format format, int64_t count, cs_message *message) {
    char subject[80];
    if (!request->visit->has_accounts) return CS_OK;
    (void)snprintf(subject, sizeof subject, "%lld rows as %s", (long long)count, export_format_ending(format) + 1);
    return audit_write(request->data, request->account, "conversations.export", subject, NULL, message);
}

/* reason: of those who take the numbers as they are; NULL: they are covered. ids: only these; NULL: all of the filter. */
static cs_error make_export(const cs_request *request, const char *reason, const char *const *ids, uint32_t id_count,
                            cs_message *message) {
    static const char *const formats[] = {"csv", "xlsx", "json", "jsonl", "vcon"}, *const languages[] = {"zh", "en"};
    const char *format = NULL, *language = NULL, *ticket = NULL;
    cs_filter filter;
    int64_t count = 0;
    int file = -1;
    cs_error code = read_choice(request, "format", formats, 5, &format, message);
    if (code == CS_OK) code = read_choice(request, "lang", languages, 2, &language, message);
    if (code == CS_OK) code = read_ticket(request, &ticket, message);
    if (code == CS_OK) code = request_filter(request, &filter, message);
    if (code != CS_OK) return code;
    filter.ids = ids;
    filter.id_count = id_count;
    if ((file = open_nameless(request->data)) < 0)
        return message_set(message, CS_ERR_IO, "the export can't be made beside the store: %s", strerror(errno));
    cs_export export = {.db = request->db,
                        .packer = request->packer,
                        .ruleset = request->ruleset,
                        .filter = &filter,
                        .format = export_format_parse(format),
                        .language = language,
                        .is_revealed = reason != NULL,
                        .folder = request->data};
    code = run_export(request, &export, ticket, file, &count, message);
    if (code == CS_OK && reason) code = note_reveal(request, reason, export.format, count, message);
    if (code == CS_OK && !reason) code = note_export(request, export.format, count, message);
    if (code == CS_OK) code = give_file(request, file, export.format, message);
    if (code != CS_OK) (void)close(file);
    return code;
}

/* GET /api/v1/export?format=&lang=&<filters> */
cs_error export_download(const cs_request *request, cs_json_writer *out, cs_message *message) {
    (void)out;
    return make_export(request, NULL, NULL, 0, message);
}

/* POST /api/v1/export?format=&lang=&<filters> {"reason"}: with the numbers as they are */
cs_error export_reveal(const cs_request *request, cs_json_writer *out, cs_message *message) {
    char reason[CS_REVEAL_REASON_BYTES];
    (void)out;
    cs_error code = reveal_reason(request, reason, message);
    return code == CS_OK ? make_export(request, reason, NULL, 0, message) : code;
}

static cs_error read_ids(const cs_json *list, const char **ids, uint32_t *count, cs_message *message) {
    bool is_sound = json_kind(list) == CS_JSON_ARRAY && json_length(list) > 0 && json_length(list) <= CS_MAX_FILTER_IDS;
    for (size_t i = 0; is_sound && i < json_length(list); i++) {
        ids[i] = json_string(json_at(list, i), NULL);
        is_sound = ids[i] && filter_id_is_sound(ids[i]);
    }
    *count = is_sound ? (uint32_t)json_length(list) : 0;
    if (is_sound) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the conversations are no list of 1 to %d ids", CS_MAX_FILTER_IDS);
    message_place(message, "conversations");
    message_remedy(message,
                   "send {\"conversations\": [\"id\", …]} with the ids of the list; for more, export by a filter");
    return CS_ERR_USAGE;
}

/* POST /api/v1/export/chosen?format=&lang= {"conversations": ["…"]} */
cs_error export_chosen(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    uint32_t count = 0;
    (void)out;
    const char **ids = calloc(CS_MAX_FILTER_IDS, sizeof *ids);
    cs_error code =
        ids ? request_json(request, &body, message) : message_set(message, CS_ERR_MEMORY, "no memory for the export");
    if (code == CS_OK) code = read_ids(json_get(body, "conversations"), ids, &count, message);
    if (code == CS_OK) code = make_export(request, NULL, ids, count, message);
    json_free(body);
    free(ids);
    return code;
}

static cs_error needed_ticket(const cs_request *request, const char **out, cs_message *message) {
    cs_error code = read_ticket(request, out, message);
    if (code != CS_OK || *out) return code;
    (void)message_set(message, CS_ERR_USAGE, "it is not said which export is meant");
    message_place(message, "ticket");
    message_remedy(message, "send the ticket that it was asked with");
    return CS_ERR_USAGE;
}

/* GET /api/v1/export/progress?ticket= */
cs_error export_look(const cs_request *request, cs_json_writer *out, cs_message *message) {
    const char *ticket = NULL;
    int64_t done = 0;
    bool has_ended = false;
    cs_error code = needed_ticket(request, &ticket, message);
    if (code != CS_OK) return code;
    bool is_known = export_progress_look(ticket, request->account->number, &done, &has_ended);
    json_object_open(out, NULL);
    json_write_string(out, "state", has_ended ? "done" : is_known ? "running" : "waiting");
    json_write_int(out, "done", done);
    json_object_close(out);
    return CS_OK;
}

/* DELETE /api/v1/export/progress?ticket= */
cs_error export_stop(const cs_request *request, cs_json_writer *out, cs_message *message) {
    const char *ticket = NULL;
    cs_error code = needed_ticket(request, &ticket, message);
    if (code != CS_OK) return code;
    export_progress_stop(ticket, request->account->number);
    json_object_open(out, NULL);
    json_write_string(out, "state", "stopping");
    json_object_close(out);
    return CS_OK;
}
