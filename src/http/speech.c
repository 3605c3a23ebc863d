/* Which model recognises what comes in, and how much each has recognised. */
#include "http/routes.h"

#include "access/audit.h"
#include "base/clock.h"
#include "quality/recording_speech.h"
#include "quality/speech_again.h"
#include "quality/speech_choice.h"
#include "quality/speech_sum.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 32 << 20, WORDS_BYTES = 600 };

/* data: NULL where it does not matter whether the model stands on this machine. */
static void write_choice(const cs_speech_choice *c, const char *key, const char *data, cs_json_writer *out) {
    json_object_open(out, key);
    json_write_string(out, "queue", c->queue);
    json_write_string(out, "language", c->language);
    json_write_string(out, "model", c->model);
    if (data) json_write_bool(out, "is_here", speech_model_is_here(c->model, data));
    json_write_int(out, "changes", c->changes);
    json_write_int(out, "changed_ms", c->changed_ms);
    json_write_string(out, "changed_by", c->changed_name);
    json_object_close(out);
}

static cs_error write_choices(cs_db *db, const char *data, cs_arena *arena, cs_json_writer *out, cs_message *message) {
    cs_speech_choice *choices = NULL;
    uint32_t count = 0;
    cs_error code = db ? choices_list(db, arena, &choices, &count, message) : CS_OK;
    json_array_open(out, "choices");
    for (uint32_t i = 0; code == CS_OK && i < count; i++) write_choice(&choices[i], NULL, data, out);
    json_array_close(out);
    return code;
}

static cs_error write_sums(cs_db *db, cs_arena *arena, cs_json_writer *out, cs_message *message) {
    cs_speech_sum *sums = NULL;
    uint32_t count = 0;
    cs_error code = db ? speech_sums_list(db, arena, &sums, &count, message) : CS_OK;
    json_array_open(out, "recognised");
    for (uint32_t i = 0; code == CS_OK && i < count; i++) {
        json_object_open(out, NULL);
        json_write_string(out, "model", sums[i].model);
        json_write_int(out, "recordings", sums[i].recordings);
        json_write_int(out, "lost", sums[i].lost);
        json_write_int(out, "voice_ms", sums[i].voice_ms);
        json_write_int(out, "spent_ms", sums[i].spent_ms);
        json_write_int(out, "failures", sums[i].failures);
        json_object_close(out);
    }
    json_array_close(out);
    return code;
}

/* How many have no words, and how far what was asked for is. */
static cs_error write_again(cs_db *db, cs_json_writer *out, cs_message *message) {
    int64_t unrecognised = 0, failed = 0;
    cs_error code = db ? recording_speech_count(db, &unrecognised, &failed, message) : CS_OK;
    json_write_int(out, "unrecognised", unrecognised);
    json_write_int(out, "failed", failed);
    if (code == CS_OK && db) return speech_again_write(db, "again", out, message);
    json_write_null(out, "again");
    return code;
}

/* GET /api/v1/speech */
cs_error speech_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    const char *best = NULL;
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for the models");
    cs_error code = choice_best(NULL, request->data, arena, &best, message);
    json_object_open(out, NULL);
    json_write_string(out, "best", best);
    json_write_string(out, "server", request->speech); /* --speech */
    if (code == CS_OK) code = write_choices(request->db, request->data, arena, out, message);
    if (code == CS_OK) code = write_sums(request->db, arena, out, message);
    if (code == CS_OK) code = write_again(request->db, out, message);
    json_object_close(out);
    arena_free(arena);
    return code;
}

static const char *member(const cs_json *body, const char *name) {
    const char *text = json_string(json_get(body, name), NULL);
    return text ? text : "";
}

/* What stands there now, beside the words that say why nothing was changed. */
static cs_error answer_conflict(const cs_request *request, const cs_speech_choice *wanted, const cs_message *said,
                                cs_arena *arena, cs_json_writer *out, cs_message *message) {
    cs_speech_choice *choices = NULL;
    uint32_t count = 0;
    cs_error code = choices_list(request->db, arena, &choices, &count, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_object_open(out, "error");
    json_write_string(out, "code", error_name(CS_ERR_CONFLICT));
    json_write_string(out, "message", said->reason);
    json_write_string(out, "remedy", said->remedy);
    json_object_close(out);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(choices[i].queue, wanted->queue) == 0 && strcmp(choices[i].language, wanted->language) == 0)
            write_choice(&choices[i], "now", NULL, out);
    json_object_close(out);
    request->answer->status = 409;
    return CS_OK;
}

static cs_error put(const cs_request *request, const cs_json *body, cs_arena *arena, cs_json_writer *out,
                    cs_message *message) {
    char words[WORDS_BYTES];
    cs_speech_choice choice = {.queue = member(body, "queue"),
                               .language = member(body, "language"),
                               .model = member(body, "model"),
                               .changed_name = request->account->name};
    if (!json_int64(json_get(body, "changes"), &choice.changes) ||
        json_kind(json_get(body, "model")) != CS_JSON_STRING) {
        (void)message_set(message, CS_ERR_USAGE, "model and changes are missing");
        message_remedy(message, "changes is the number that came with the choice, 0 where there was none");
        return CS_ERR_USAGE;
    }
    if (strlen(choice.queue) > CS_MAX_NAME_BYTES || strlen(choice.language) > 16)
        return message_set(message, CS_ERR_LIMIT, "the queue or the language is too long");
    cs_error code = choices_put(request->db, &choice, request->account->number, clock_now_ms(), message);
    if (code == CS_ERR_CONFLICT) {
        const cs_message said = *message;
        return answer_conflict(request, &choice, &said, arena, out, message);
    }
    (void)snprintf(words, sizeof words, "model %.120s, language %.16s", *choice.model ? choice.model : "as otherwise",
                   *choice.language ? choice.language : "any");
    if (code == CS_OK)
        code = audit_add(request->db, request->account, "speech.choose", *choice.queue ? choice.queue : "any queue",
                         words, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    code = write_choices(request->db, request->data, arena, out, message);
    json_object_close(out);
    return code;
}

/* PUT /api/v1/speech/choice {"queue", "language", "model", "changes"} */
cs_error speech_choose(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code =
        arena ? request_json(request, &body, message) : message_set(message, CS_ERR_MEMORY, "no memory for the models");
    if (code == CS_OK) code = put(request, body, arena, out, message);
    json_free(body);
    arena_free(arena);
    return code;
}
