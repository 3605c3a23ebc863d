/* What comes in: uploads, what is posted, and what became of it. */
#include "http/routes.h"

#include "base/clock.h"
#include "imports/refusal.h"
#include "imports/saved_mapping.h"
#include "imports/start_mappings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 200, MAX_KEY = 200, MOST_WAIT_SECONDS = 30, RETRY_SECONDS = 30 };

/* ---- shared ---- */

/* The import as the answer, with 201 or 202 and where it is found. */
static cs_error answer_import(const cs_request *request, int64_t number, unsigned status, cs_json_writer *out,
                              cs_message *message) {
    cs_import_lives live;
    runner_live(request->runner, &live);
    request->answer->status = status;
    if (status != 200)
        (void)snprintf(request->answer->location, sizeof request->answer->location, "/api/v1/imports/%lld",
                       (long long)number);
    return import_write(request->db, number, &live, request->data, out, message);
}

static cs_error read_row(const cs_request *request, cs_import_row *row, cs_message *message) {
    int64_t number = 0;
    cs_error code = request_row(request, "import", &number, message);
    return code == CS_OK ? import_read(request->db, number, row, message) : code;
}

static cs_error wrong_body(const char *place, const char *reason, const char *remedy, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

/* ---- reading ---- */

/* GET /api/v1/imports?limit=&after= */
cs_error imports_list(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_lives live;
    int limit = 0;
    cs_error code = request_limit(request, &limit, message);
    if (code != CS_OK) return code;
    runner_live(request->runner, &live);
    if (request->db) return import_list(request->db, &live, limit, request_value(request, "after"), out, message);
    json_object_open(out, NULL);
    json_array_open(out, "items");
    json_array_close(out);
    json_write_null(out, "next");
    json_object_close(out);
    return CS_OK;
}

/* GET /api/v1/imports/{id} */
cs_error imports_one(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_row row;
    cs_error code = read_row(request, &row, message);
    return code == CS_OK ? answer_import(request, row.number, 200, out, message) : code;
}

/* GET /api/v1/imports/{id}/refusals?limit=&after= */
cs_error imports_refusals(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_row row;
    int limit = 0;
    cs_error code = read_row(request, &row, message);
    if (code == CS_OK) code = request_limit(request, &limit, message);
    if (code != CS_OK) return code;
    return refusal_list(request->db, row.number, limit, request_value(request, "after"), out, message);
}

/* ---- an upload ---- */

static cs_error read_text(const cs_json *body, const char *key, const char **out, cs_message *message) {
    const cs_json *value = json_get(body, key);
    *out = json_string(value, NULL);
    if (json_kind(value) == CS_JSON_NULL || (*out && strlen(*out) <= MAX_NAME)) return CS_OK;
    return wrong_body(key, "it is no text, or longer than 200 bytes", "give a short name", message);
}

static cs_error check_mapping(const cs_request *request, const char *name, cs_message *message) {
    cs_buffer body;
    cs_error code = saved_mapping_read(request->db, name, &body, message);
    buffer_free(&body);
    return code;
}

static cs_error create(const cs_request *request, const cs_json *body, int64_t *number, cs_message *message) {
    cs_import_start start = {.how = CS_IMPORT_UPLOAD, .state = CS_IMPORT_STATE_OPEN};
    if (body && json_kind(body) != CS_JSON_OBJECT)
        return wrong_body("", "the body is no JSON object", "send {\"name\": \"…\"}, or nothing", message);
    cs_error code = read_text(body, "name", &start.name, message);
    if (code == CS_OK) code = read_text(body, "mapping", &start.mapping, message);
    if (code == CS_OK && start.mapping) code = check_mapping(request, start.mapping, message);
    if (code == CS_OK) code = import_create(request->db, &start, clock_now_ms(), number, message);
    if (code == CS_OK) upload_remove_all(request->data, *number); /* what another with that number left, killed */
    return code;
}

/* POST /api/v1/imports {"name", "mapping"} */
cs_error imports_create(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    int64_t number = 0;
    cs_error code = request_json(request, &body, message);
    if (code == CS_OK) code = create(request, body, &number, message);
    json_free(body);
    return code == CS_OK ? answer_import(request, number, 201, out, message) : code;
}

static cs_error read_open(const cs_request *request, cs_import_row *row, cs_message *message) {
    cs_error code = read_row(request, row, message);
    if (code != CS_OK || row->state == CS_IMPORT_STATE_OPEN) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "import %lld is %s: its files can't be changed any more",
                      (long long)row->number, import_state_name(row->state));
    message_remedy(message, "begin another import with POST /api/v1/imports");
    return CS_ERR_CONFLICT;
}

/* PUT /api/v1/imports/{id}/files/{path} */
cs_error imports_put_file(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_row row;
    cs_error code = read_open(request, &row, message);
    if (code == CS_OK) code = upload_take(request->upload, row.number, request->path, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_write_string(out, "path", request->path);
    json_write_int(out, "bytes", upload_bytes(request->upload));
    json_object_close(out);
    return CS_OK;
}

/* DELETE /api/v1/imports/{id}/files/{path} */
cs_error imports_delete_file(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_row row;
    cs_error code = read_open(request, &row, message);
    if (code == CS_OK) code = upload_remove_file(request->data, row.number, request->path, message);
    return code == CS_OK ? answer_import(request, row.number, 200, out, message) : code;
}

static bool count_file(void *context, const char *path, int64_t bytes) {
    int64_t *count = context;
    (void)path, (void)bytes;
    (*count)++;
    return true;
}

static cs_error check_files(const cs_request *request, int64_t number, cs_message *message) {
    int64_t count = 0;
    cs_error code = upload_each_file(request->data, number, count_file, &count, message);
    if (code != CS_OK || count > 0) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "import %lld has no files", (long long)number);
    message_remedy(message, "send them with PUT /api/v1/imports/%lld/files/NAME", (long long)number);
    return CS_ERR_CONFLICT;
}

/* A command's files lie where it runs: the server can't know them. */
static cs_error refuse_command(const cs_import_row *row, cs_message *message) {
    if (row->how != CS_IMPORT_COMMAND) return CS_OK;
    (void)message_set(message, CS_ERR_CONFLICT, "import %lld was a command: its files are not here",
                      (long long)row->number);
    message_remedy(message, "run callscope inspect again where it ran");
    return CS_ERR_CONFLICT;
}

/* Nothing is taken in that would only wait. */
static cs_error check_room(const cs_request *request, cs_message *message) {
    cs_error code = import_check_room(request->db, message);
    if (code == CS_ERR_STOPPED) request->answer->retry_after_s = RETRY_SECONDS;
    return code;
}

/* POST /api/v1/imports/{id}/start {"mappings": {"a.csv": MAPPING}} */
cs_error imports_start(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_row row;
    cs_json *body = NULL;
    cs_error code = read_row(request, &row, message);
    if (code == CS_OK) code = refuse_command(&row, message);
    if (code == CS_OK) code = check_room(request, message);
    if (code == CS_OK) code = request_json(request, &body, message);
    if (code == CS_OK && body && json_kind(body) != CS_JSON_OBJECT)
        code = wrong_body("", "the body is no JSON object", "send {\"mappings\": {…}}, or nothing", message);
    if (code == CS_OK)
        code = import_turn(request->db, row.number, 1u << CS_IMPORT_STATE_OPEN | 1u << CS_IMPORT_STATE_FAILED,
                           CS_IMPORT_STATE_WAITING, clock_now_ms(), message);
    if (code == CS_OK && row.how == CS_IMPORT_UPLOAD) code = check_files(request, row.number, message);
    if (code == CS_OK) code = start_mappings_keep(request->data, row.number, json_get(body, "mappings"), message);
    json_free(body);
    return code == CS_OK ? answer_import(request, row.number, 202, out, message) : code;
}

static cs_error cancel_running(const cs_request *request, const cs_import_row *row, cs_message *message) {
    if (runner_cancel(request->runner, row->number)) return CS_OK;
    if (row->how != CS_IMPORT_COMMAND) return import_ask_cancel(request->db, row->number, message);
    (void)message_set(message, CS_ERR_CONFLICT, "another program works on import %lld", (long long)row->number);
    message_remedy(message, "stop callscope inspect where it runs");
    return CS_ERR_CONFLICT;
}

/* POST /api/v1/imports/{id}/cancel */
cs_error imports_cancel(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_row row;
    cs_error code = read_row(request, &row, message);
    if (code != CS_OK) return code;
    if (row.state == CS_IMPORT_STATE_RUNNING) {
        code = cancel_running(request, &row, message);
    } else {
        code = import_turn(request->db, row.number, 1u << CS_IMPORT_STATE_OPEN | 1u << CS_IMPORT_STATE_WAITING,
                           CS_IMPORT_STATE_CANCELLED, clock_now_ms(), message);
        if (code == CS_OK) upload_remove_all(request->data, row.number);
    }
    return code == CS_OK ? answer_import(request, row.number, 202, out, message) : code;
}

/* POST /api/v1/imports/{id}/undo */
cs_error imports_undo(const cs_request *request, cs_json_writer *out, cs_message *message) {
    const unsigned from = 1u << CS_IMPORT_STATE_DONE | 1u << CS_IMPORT_STATE_FAILED | 1u << CS_IMPORT_STATE_CANCELLED;
    cs_import_row row;
    cs_error code = read_row(request, &row, message);
    if (code == CS_OK)
        code = import_turn(request->db, row.number, from, CS_IMPORT_STATE_UNDOING, clock_now_ms(), message);
    return code == CS_OK ? answer_import(request, row.number, 202, out, message) : code;
}

/* ---- what is posted ---- */

static bool is_lines(const char *type) {
    return type && (strstr(type, "ndjson") || strstr(type, "jsonl") || strstr(type, "json-lines"));
}

static cs_error check_posted(const cs_request *request, cs_message *message) {
    char first = upload_first_byte(request->upload);
    const char *key = request->idempotency_key;
    if (first != '{' && first != '[')
        return wrong_body("", upload_bytes(request->upload) ? "the body is no JSON" : "the body is empty",
                          "send a conversation as in docs/formats.md, a list of them, JSON Lines, or a vCon", message);
    if (key && (!*key || strlen(key) > MAX_KEY))
        return wrong_body("Idempotency-Key", "the key is empty or longer than 200 bytes",
                          "take a UUID, another one for each body", message);
    return CS_OK;
}

static cs_error refuse_key(int64_t number, cs_message *message) {
    (void)message_set(message, CS_ERR_CONFLICT, "this Idempotency-Key came with another body before, as import %lld",
                      (long long)number);
    message_remedy(message, "take a new key for a new body");
    return CS_ERR_CONFLICT;
}

/* *number: of the import with this key, or of a new one that waits. */
static cs_error take_posted(const cs_request *request, int64_t *number, cs_message *message) {
    cs_hash hash;
    bool is_same = false;
    cs_error code = check_posted(request, message);
    if (code == CS_OK) code = upload_hash(request->upload, &hash, message);
    if (code == CS_OK && request->idempotency_key)
        code = import_of_key(request->db, request->idempotency_key, hash, number, &is_same, message);
    if (code != CS_OK) return code;
    if (*number) return is_same ? CS_OK : refuse_key(*number, message);
    code = check_room(request, message);
    if (code != CS_OK) return code;
    const cs_import_start start = {.how = CS_IMPORT_API,
                                   .state = CS_IMPORT_STATE_WAITING,
                                   .idempotency_key = request->idempotency_key,
                                   .request = &hash};
    code = import_create(request->db, &start, clock_now_ms(), number, message);
    if (code != CS_OK) return code;
    const char *name = is_lines(request->content_type) ? "conversations.jsonl" : "conversations.json";
    upload_remove_all(request->data, *number); /* of a number that a store of this folder gave before */
    return upload_take(request->upload, *number, name, message);
}

/* POST /api/v1/conversations?wait= */
cs_error imports_post(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0, wait_s = 0;
    cs_error code = request_number(request, "wait", 0, MOST_WAIT_SECONDS, &wait_s, message);
    if (code == CS_OK) code = take_posted(request, &number, message);
    if (code != CS_OK) return code;
    *request->hold = (cs_hold){number, wait_s * 1000};
    return answer_import(request, number, 202, out, message);
}
