#include "http/routes.h"

#include "insight/figures.h"

/* GET /api/v1/summary?<filters> */
cs_error summary_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    cs_error code = request_filter(request, &filter, message);
    return code == CS_OK ? figures_summary(request->db, request->ruleset, &filter, out, message) : code;
}

/* GET /api/v1/facets */
cs_error facets_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return archive_facets(request->db, request->ruleset, request_agent(request), out, message);
}
