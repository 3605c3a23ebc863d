/* The queue of what is to be judged, what one has seen, and what else a customer has talked about. */
#include "http/routes.h"

#include "base/clock.h"
#include "quality/review.h"
#include "quality/seen.h"

/* GET /api/v1/review?rule=&seed=&take= */
cs_error review_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_review_wish wish = {.seed = 1};
    int64_t take = 20;
    const char *rule = request_value(request, "rule");
    cs_error code = request_number(request, "seed", 0, INT64_C(1) << 53, &wish.seed, message);
    if (code == CS_OK) code = request_number(request, "take", 1, CS_MOST_REVIEWED, &take, message);
    if (code != CS_OK) return code;
    wish.take = (uint32_t)take;
    if (rule && *rule && !(wish.rule = ruleset_find(request->ruleset, rule))) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "there is no rule \"%.60s\"", rule);
        message_place(message, "rule");
        message_remedy(message, "the names of rules stand in GET /api/v1/facets");
        return CS_ERR_NOT_FOUND;
    }
    return review_write(request->db, request->ruleset, &wish, out, message);
}

/* GET /api/v1/conversations/{id}/related */
cs_error conversations_related(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t seq = 0;
    bool is_agent = !account_may(request->account, CS_ACCOUNT_REVIEWER);
    cs_error code = request_sees_conversation(request, request->id, message);
    if (code == CS_OK) code = archive_find(request->db, request->id, &seq, message);
    if (code != CS_OK) return code;
    return related_write(request->db, seq, is_agent ? request->account->agent : NULL, out, message);
}

/* PUT /api/v1/seen {"conversations": ["…"]} */
cs_error seen_put(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    const char *agent = account_may(request->account, CS_ACCOUNT_REVIEWER) ? NULL : request->account->agent;
    int64_t now_ms = clock_now_ms();
    cs_error code = request_json(request, &body, message);
    const cs_json *ids = json_get(body, "conversations");
    if (code == CS_OK && (json_kind(ids) != CS_JSON_ARRAY || json_length(ids) > CS_MOST_SEEN)) {
        code = message_set(message, CS_ERR_USAGE, "the conversations are no list of at most %d ids", CS_MOST_SEEN);
        message_place(message, "conversations");
        message_remedy(message, "send {\"conversations\": [\"id\", …]}");
    }
    for (size_t i = 0; code == CS_OK && i < json_length(ids); i++) {
        const char *id = json_string(json_at(ids, i), NULL);
        if (id) code = seen_mark(request->db, request->account->number, id, agent, now_ms, message);
    }
    json_free(body);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_write_int(out, "seen_ms", now_ms);
    json_object_close(out);
    return CS_OK;
}
