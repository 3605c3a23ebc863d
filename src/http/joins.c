#include "http/routes.h"

#include "records/joins.h"

#include <stdlib.h>
#include <string.h>

static cs_error read_number(const cs_request *request, const char *name, int64_t least, int64_t most, int64_t otherwise,
                            int64_t *out, cs_message *message) {
    char *end = NULL;
    const char *text = request_value(request, name);
    *out = otherwise;
    if (!text || !*text) return CS_OK;
    *out = strtoll(text, &end, 10);
    if (!*end && *out >= least && *out <= most) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of %s is not understood", text, name);
    message_remedy(message, "%s takes a number from %lld to %lld", name, (long long)least, (long long)most);
    return CS_ERR_USAGE;
}

/* GET /api/v1/joins?state=&kind=&limit=&after= */
cs_error joins_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t limit;
    const char *state = request_value(request, "state"), *kind = request_value(request, "kind");
    cs_joins_filter filter = {.state = state && *state ? state : NULL, .kind = kind && *kind ? kind : NULL};
    cs_error code = read_number(request, "limit", 1, CS_MOST_JOINS, 50, &limit, message);
    if (code == CS_OK) code = read_number(request, "after", 0, INT64_MAX / 2, 0, &filter.after, message);
    filter.limit = (int)limit;
    if (code == CS_OK && !request->db) return message_set(message, CS_ERR_NOT_FOUND, "there is no store yet");
    return code == CS_OK ? joins_write(request->db, &filter, out, message) : code;
}
