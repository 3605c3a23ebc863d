/* What people say about what the machine said, beside what they write to a turn. */
#include "http/routes.h"

#include "quality/comment.h"
#include "quality/judgement.h"
#include "quality/review.h"
#include "quality/rule_stats.h"

#include <string.h>

static cs_error find(const cs_request *request, int64_t *seq, cs_message *message) {
    cs_error code = request_sees_conversation(request, request->id, message);
    return code == CS_OK ? archive_find(request->db, request->id, seq, message) : code;
}

static cs_error answer(const cs_request *request, int64_t seq, cs_json_writer *out, cs_message *message) {
    json_object_open(out, NULL);
    cs_error code = judgements_write(request->db, request->ruleset, seq, out, message);
    if (code == CS_OK) code = comments_write(request->db, seq, out, message);
    json_object_close(out);
    return code;
}

/* GET /api/v1/conversations/{id}/judgements */
cs_error judgements_list(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t seq = 0;
    cs_error code = find(request, &seq, message);
    return code == CS_OK ? answer(request, seq, out, message) : code;
}

/* ---- saying ---- */

static cs_error refuse(const char *place, const char *reason, const char *remedy, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

static cs_error read_number(const cs_json *body, const char *name, int64_t *out, cs_message *message) {
    const cs_json *value = json_get(body, name);
    if (json_kind(value) == CS_JSON_NULL) return CS_OK;
    if (json_int64(value, out) && *out >= 0) return CS_OK;
    return refuse(name, "a number is expected here", "send a whole number, 0 or more", message);
}

static cs_error read_drawn(const cs_json *body, const char *judged, cs_review_origin *out, cs_message *message) {
    const cs_json *counts = json_get(body, "populations");
    const char *rule = json_string(json_get(body, "rule"), NULL);
    *out = (cs_review_origin){.rule = rule ? rule : ""};
    cs_error code = read_number(body, "seed", &out->seed, message);
    if (code == CS_OK) code = read_number(body, "take", &out->take, message);
    for (int i = 0; i < CS_REVIEW_COUNT && code == CS_OK; i++)
        code = read_number(counts, review_stratum_name((cs_review_stratum)i), &out->populations[i], message);
    /* What is kept as a draw weighs the rule's figures: it is one that GET /api/v1/review could have given. */
    bool is_of_rule = !*out->rule || strcmp(out->rule, judged) == 0;
    if (code == CS_OK && (!is_of_rule || out->take < 1 || out->take > CS_MOST_REVIEWED))
        code = refuse("take", "there is no such draw", "send what GET /api/v1/review answered, as it was", message);
    if (code != CS_OK) message_within(message, "drawn");
    return code;
}

static cs_error read_said(const cs_json *body, cs_judgement *said, cs_review_origin *drawn, cs_message *message) {
    *said = (cs_judgement){.rule = json_string(json_get(body, "rule"), NULL),
                           .answer = answer_parse(json_string(json_get(body, "answer"), NULL)),
                           .reason = json_string(json_get(body, "reason"), NULL),
                           .note = json_string(json_get(body, "note"), NULL)};
    if (!said->rule) return refuse("rule", "the judgement names no rule", "send the rule's name", message);
    cs_error code = read_number(body, "turn", &said->turn, message);
    if (code == CS_OK) code = read_number(body, "replaces", &said->replaces, message);
    if (code != CS_OK || json_kind(json_get(body, "drawn")) != CS_JSON_OBJECT) return code;
    said->drawn = drawn;
    return read_drawn(json_get(body, "drawn"), said->rule, drawn, message);
}

/* PUT /api/v1/conversations/{id}/judgements {"rule", "turn", "answer", "reason", "note", "replaces", "drawn"} */
cs_error judgements_put(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    cs_judgement said;
    cs_review_origin drawn;
    int64_t seq = 0;
    cs_error code = find(request, &seq, message);
    if (code == CS_OK) code = request_json(request, &body, message);
    if (code == CS_OK) code = read_said(body, &said, &drawn, message);
    if (code == CS_OK) code = judgement_put(request->db, request->ruleset, seq, request->account, &said, message);
    json_free(body);
    return code == CS_OK ? answer(request, seq, out, message) : code;
}

/* DELETE /api/v1/conversations/{id}/judgements?number= */
cs_error judgements_delete(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t seq = 0, number = 0;
    cs_error code = find(request, &seq, message);
    if (code == CS_OK) code = request_number(request, "number", 1, INT64_MAX, &number, message);
    if (code == CS_OK) code = judgement_withdraw(request->db, seq, number, request->account, message);
    return code == CS_OK ? answer(request, seq, out, message) : code;
}

/* ---- comments ---- */

/* POST /api/v1/conversations/{id}/comments {"turn", "from", "to", "body"} */
cs_error comments_post(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    cs_comment comment = {0};
    int64_t seq = 0, number = 0;
    cs_error code = find(request, &seq, message);
    if (code == CS_OK) code = request_json(request, &body, message);
    comment.body = json_string(json_get(body, "body"), NULL);
    if (code == CS_OK) code = read_number(body, "turn", &comment.turn, message);
    if (code == CS_OK) code = read_number(body, "from", &comment.from, message);
    if (code == CS_OK) code = read_number(body, "to", &comment.to, message);
    if (code == CS_OK) code = comment_add(request->db, seq, request->account, &comment, &number, message);
    json_free(body);
    if (code == CS_OK) request->answer->status = 201;
    return code == CS_OK ? answer(request, seq, out, message) : code;
}

/* PUT /api/v1/conversations/{id}/comments {"number", "changes", "body"} */
cs_error comments_put(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    int64_t seq = 0, number = 0, changes = 0;
    cs_error code = find(request, &seq, message);
    if (code == CS_OK) code = request_json(request, &body, message);
    if (code == CS_OK) code = read_number(body, "number", &number, message);
    if (code == CS_OK) code = read_number(body, "changes", &changes, message);
    if (code == CS_OK)
        code = comment_change(request->db, seq, number, changes, request->account,
                              json_string(json_get(body, "body"), NULL), message);
    json_free(body);
    return code == CS_OK ? answer(request, seq, out, message) : code;
}

/* DELETE /api/v1/conversations/{id}/comments?number= */
cs_error comments_delete(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t seq = 0, number = 0;
    cs_error code = find(request, &seq, message);
    if (code == CS_OK) code = request_number(request, "number", 1, INT64_MAX, &number, message);
    if (code == CS_OK) code = comment_remove(request->db, seq, number, request->account, message);
    return code == CS_OK ? answer(request, seq, out, message) : code;
}
