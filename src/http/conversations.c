#include "http/routes.h"

/* GET /api/v1/conversations?<filters>&sort=&limit=&after= */
cs_error conversations_list(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    int limit = 0;
    const char *after = request_value(request, "after");
    cs_error code = request_filter(request, &filter, message);
    if (code == CS_OK) code = request_limit(request, &limit, message);
    if (code != CS_OK) return code;
    return archive_list(request->db, request->ruleset, &filter, limit, after && *after ? after : NULL, out, message);
}

/* GET /api/v1/conversations/{id} */
cs_error conversations_one(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_error code = request_sees_conversation(request, request->id, message);
    if (code != CS_OK) return code;
    return archive_conversation(request->db, request->packer, request->ruleset, request->id, out, message);
}

/* GET /api/v1/conversations/{id}/neighbours?<filters>&sort= */
cs_error conversations_neighbours(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    cs_error code = request_filter(request, &filter, message);
    if (code == CS_OK) code = request_sees_conversation(request, request->id, message);
    if (code != CS_OK) return code;
    return archive_neighbours(request->db, request->ruleset, &filter, request->id, out, message);
}
