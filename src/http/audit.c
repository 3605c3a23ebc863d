/* The trail of who did what. */
#include "access/audit.h"
#include "http/routes.h"

#include "base/clock.h"

/* GET /api/v1/audit?action=&account=&from=&to=&limit=&after= */
cs_error audit_index(const cs_request *request, cs_json_writer *out, cs_message *message) {
    const char *action = request_value(request, "action");
    cs_audit_filter filter = {.from_ms = CS_NO_TIME, .to_ms = CS_NO_TIME, .account = INT64_MIN};
    cs_error code = request_limit(request, &filter.limit, message);
    if (code == CS_OK) code = request_number(request, "account", 0, INT64_MAX / 2, &filter.account, message);
    if (code == CS_OK) code = request_number(request, "from", 0, INT64_MAX / 2, &filter.from_ms, message);
    if (code == CS_OK) code = request_number(request, "to", 0, INT64_MAX / 2, &filter.to_ms, message);
    if (code == CS_OK) code = request_number(request, "after", 1, INT64_MAX / 2, &filter.before, message);
    if (code != CS_OK) return code;
    if (action && *action) filter.action = action;
    return audit_list(request->db, &filter, out, message);
}
