#include "http/routes.h"

/* GET /api/v1/status */
cs_error status_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    char hex[CS_HASH_CHARS + 1];
    cs_hash current;
    int64_t conversations = 0, stale = 0;
    cs_error code = archive_count(request->db, &conversations, &stale, message);
    const char *own = request_agent(request); /* an agent learns nothing of how much there is beside */
    if (own) stale = 0;
    if (code == CS_OK && own) code = archive_count_of_agent(request->db, own, &conversations, message);
    if (code == CS_OK) code = archive_current_ruleset(request->db, &current, message);
    if (code != CS_OK) return code;
    hash_hex(current, hex);
    json_object_open(out, NULL);
    json_write_string(out, "version", CALLSCOPE_VERSION);
    json_write_int(out, "conversations", conversations);
    json_write_string(out, "ruleset", hex);
    json_write_int(out, "stale", stale);
    json_object_close(out);
    return CS_OK;
}
