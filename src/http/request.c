/* What handlers read of a request. */
#include "http/router.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_LIMIT = 1, MOST_LIMIT = 200, USUAL_LIMIT = 50 };

const char *request_value(const cs_request *request, const char *name) {
    for (size_t i = 0; i < request->query_count; i++)
        if (strcmp(request->query[i].name, name) == 0) return request->query[i].value;
    return NULL;
}

const char *request_agent(const cs_request *request) {
    const cs_account *account = request->account;
    if (account_may(account, CS_ACCOUNT_REVIEWER)) return NULL;
    /* Figures count conversations of nobody under an empty name; no name holds a noncharacter. */
    return account->agent[0] ? account->agent : "\xEF\xB7\x90nobody";
}

cs_error request_filter(const cs_request *request, cs_filter *out, cs_message *message) {
    filter_init(out);
    out->reader = request->account->number;
    for (size_t i = 0; i < request->query_count; i++) {
        cs_error code = filter_set(out, request->query[i].name, request->query[i].value, message);
        /* limit and after are no filters; that the route takes them is known here */
        if (code != CS_OK && code != CS_ERR_NOT_FOUND) return code;
    }
    if (account_may(request->account, CS_ACCOUNT_REVIEWER)) return CS_OK;
    if (out->agent && !request_sees(request, out->agent)) {
        (void)message_set(message, CS_ERR_FORBIDDEN, "other agents' conversations are not yours to see");
        message_remedy(message, "leave the agent out; managers and reviewers see all");
        return CS_ERR_FORBIDDEN;
    }
    out->agent = request_agent(request);
    return CS_OK;
}

bool request_sees(const cs_request *request, const char *agent) {
    if (account_may(request->account, CS_ACCOUNT_REVIEWER)) return true;
    return agent && *agent && strcmp(agent, request->account->agent) == 0;
}

cs_error request_sees_conversation(const cs_request *request, const char *id, cs_message *message) {
    bool is_own = false;
    if (account_may(request->account, CS_ACCOUNT_REVIEWER)) return CS_OK;
    cs_error code = archive_is_of_agent(request->db, id, request_agent(request), &is_own, message);
    if (code != CS_OK || is_own) return code;
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no conversation \"%s\"", id); /* as archive_find says it */
    message_remedy(message, "look it up in the list; its id is the one of its file, or ours of 26 characters");
    return CS_ERR_NOT_FOUND;
}

static bool read_digits(const char *text, int64_t *out) {
    char *end = NULL;
    errno = 0;
    long long value = *text >= '0' && *text <= '9' ? strtoll(text, &end, 10) : 0;
    if (!end || *end || errno != 0) return false;
    *out = value;
    return true;
}

cs_error request_number(const cs_request *request, const char *name, int64_t least, int64_t most, int64_t *out,
                        cs_message *message) {
    const char *text = request_value(request, name);
    int64_t value;
    if (!text || !*text) return CS_OK;
    if (read_digits(text, &value) && value >= least && value <= most) {
        *out = value;
        return CS_OK;
    }
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of %s is not understood", text, name);
    message_remedy(message, "%s takes a number from %lld to %lld", name, (long long)least, (long long)most);
    return CS_ERR_USAGE;
}

cs_error request_limit(const cs_request *request, int *limit, cs_message *message) {
    int64_t value = USUAL_LIMIT;
    cs_error code = request_number(request, "limit", LEAST_LIMIT, MOST_LIMIT, &value, message);
    *limit = (int)value;
    return code;
}

cs_error request_row(const cs_request *request, const char *what, int64_t *out, cs_message *message) {
    if (read_digits(request->id, out)) return CS_OK;
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no %s \"%.60s\"", what, request->id);
    message_remedy(message, "its number stands in the list");
    return CS_ERR_NOT_FOUND;
}

cs_error request_json(const cs_request *request, cs_json **out, cs_message *message) {
    *out = NULL;
    if (request->body_bytes == 0) return CS_OK;
    cs_error code = json_parse(request->body, request->body_bytes, CS_MAX_JSON_BODY, out, message);
    if (code != CS_OK && !message->remedy[0]) message_remedy(message, "send JSON in UTF-8");
    return code;
}
