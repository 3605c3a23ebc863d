/* Recordings are recognised again: how many those would be, beginning and stopping it; what became of one, and which failed. */
#include "http/routes.h"

#include "access/audit.h"
#include "base/clock.h"
#include "quality/recording_speech.h"
#include "quality/speech_again.h"

#include <stdio.h>

enum { ARENA_BYTES = 1 << 20, WORDS_BYTES = 600 };

/* GET /api/v1/conversations/{id}/speech */
cs_error speech_of_recording(const cs_request *request, cs_json_writer *out, cs_message *message) {
    const cs_recording_speech_asked asked = {.id = request->id,
                                             .data = request->data,
                                             .speech = request->speech,
                                             .is_told_why = account_may(request->account, CS_ACCOUNT_MANAGER)};
    cs_error code = request_sees_conversation(request, request->id, message);
    return code == CS_OK ? recording_speech_write(request->db, &asked, out, message) : code;
}

/* GET /api/v1/speech/failed?limit=&after= */
cs_error speech_failed(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int limit = 0;
    const char *after = request_value(request, "after");
    cs_error code = request_limit(request, &limit, message);
    if (code != CS_OK) return code;
    return recording_speech_list_failed(request->db, limit, after && *after ? after : NULL, out, message);
}

static cs_error read_filter(const cs_request *request, cs_arena *arena, cs_speech_again_filter *filter,
                            cs_message *message) {
    cs_json *body = NULL;
    cs_error code = request_json(request, &body, message);
    if (code == CS_OK) code = speech_again_read(body, arena, filter, message);
    json_free(body);
    return code == CS_OK && filter->model ? speech_model_check(filter->model, request->data, message) : code;
}

/* POST /api/v1/speech/again/count {"queue", "language", "by", "model", "from_ms", "to_ms", "before_ms", "wordless_only"} */
cs_error speech_again_ask(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_speech_again_filter filter;
    cs_speech_again_count count;
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for what is asked");
    cs_error code = read_filter(request, arena, &filter, message);
    if (code == CS_OK) code = speech_again_count(request->db, &filter, request->data, &count, message);
    if (code == CS_OK) {
        json_object_open(out, NULL);
        json_write_int(out, "recordings", count.recordings);
        json_write_int(out, "wordless", count.wordless);
        json_write_int(out, "duration_ms", count.duration_ms);
        if (filter.model) json_write_bool(out, "is_here", speech_model_is_here(filter.model, request->data));
        json_object_close(out);
    }
    arena_free(arena);
    return code;
}

/* What runs already, beside the words that say why nothing was begun. */
static cs_error answer_conflict(const cs_request *request, const cs_message *said, cs_json_writer *out,
                                cs_message *message) {
    json_object_open(out, NULL);
    json_object_open(out, "error");
    json_write_string(out, "code", error_name(CS_ERR_CONFLICT));
    json_write_string(out, "message", said->reason);
    json_write_string(out, "remedy", said->remedy);
    json_object_close(out);
    cs_error code = speech_again_write(request->db, "now", out, message);
    json_object_close(out);
    request->answer->status = 409;
    return code;
}

static cs_error begin(const cs_request *request, cs_arena *arena, cs_json_writer *out, cs_message *message) {
    cs_speech_again_filter filter;
    char words[WORDS_BYTES], number_text[24];
    int64_t number = 0;
    const cs_speech_again_who who = {request->account->number, request->account->name};
    cs_error code = read_filter(request, arena, &filter, message);
    if (code == CS_OK) code = speech_again_begin(request->db, &filter, &who, clock_now_ms(), &number, message);
    if (code == CS_ERR_CONFLICT) {
        const cs_message said = *message;
        return answer_conflict(request, &said, out, message);
    }
    if (code != CS_OK) return code;
    (void)snprintf(words, sizeof words, "queue %.200s, model %.120s", filter.queue ? filter.queue : "any",
                   filter.model ? filter.model : "as chosen");
    (void)snprintf(number_text, sizeof number_text, "%lld", (long long)number);
    code = audit_add(request->db, request->account, "speech.again", number_text, words, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    code = speech_again_write(request->db, "again", out, message);
    json_object_close(out);
    request->answer->status = 201;
    return code;
}

/* POST /api/v1/speech/again, with the same as for its count */
cs_error speech_again_start(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for what is asked");
    cs_error code = begin(request, arena, out, message);
    arena_free(arena);
    return code;
}

/* DELETE /api/v1/speech/again/{id} */
cs_error speech_again_end(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    const cs_speech_again_who who = {request->account->number, request->account->name};
    cs_error code = request_row(request, "run", &number, message);
    if (code == CS_OK) code = speech_again_stop(request->db, number, &who, clock_now_ms(), message);
    if (code == CS_OK) code = audit_add(request->db, request->account, "speech.stop", request->id, "", message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    code = speech_again_write(request->db, "again", out, message);
    json_object_close(out);
    return code;
}
