#include "http/router.h"

#include <errno.h>
#include <stdlib.h>

enum { LEAST_LIMIT = 1, MOST_LIMIT = 200, USUAL_LIMIT = 50 };

static cs_error read_limit(const cs_request *request, int *limit, cs_message *message) {
    const char *text = request_value(request, "limit");
    *limit = USUAL_LIMIT;
    if (!text || !*text) return CS_OK;
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno == 0 && end != text && !*end && value >= LEAST_LIMIT && value <= MOST_LIMIT) {
        *limit = (int)value;
        return CS_OK;
    }
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of limit is not understood", text);
    message_remedy(message, "limit takes a number from %d to %d", LEAST_LIMIT, MOST_LIMIT);
    return CS_ERR_USAGE;
}

/* GET /api/v1/conversations?<filters>&sort=&limit=&after= */
cs_error conversations_list(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    int limit = 0;
    const char *after = request_value(request, "after");
    cs_error code = request_filter(request, &filter, message);
    if (code == CS_OK) code = read_limit(request, &limit, message);
    if (code != CS_OK) return code;
    return archive_list(request->db, request->ruleset, &filter, limit, after && *after ? after : NULL, out, message);
}

/* GET /api/v1/conversations/{id} */
cs_error conversations_one(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return archive_conversation(request->db, request->packer, request->ruleset, request->id, out, message);
}

/* GET /api/v1/conversations/{id}/neighbours?<filters>&sort= */
cs_error conversations_neighbours(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    cs_error code = request_filter(request, &filter, message);
    if (code != CS_OK) return code;
    return archive_neighbours(request->db, request->ruleset, &filter, request->id, out, message);
}
