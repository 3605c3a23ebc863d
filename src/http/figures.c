/* What is counted of all conversations: overview, trend, table, heat map, and the measures with their targets. */
#include "http/routes.h"

#include "insight/figures.h"

/* GET /api/v1/figures?from=&to=&team=&agent=&queue=&channel= */
cs_error figures_overview(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    cs_error code = request_filter(request, &filter, message);
    return code == CS_OK ? figures_show(request->db, request->ruleset, &filter, out, message) : code;
}

/* GET /api/v1/figures/trend?measure=&by=&<as above> */
cs_error figures_over_time(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    cs_error code = request_filter(request, &filter, message);
    if (code != CS_OK) return code;
    return figures_trend(request->db, request->ruleset, &filter, request_value(request, "measure"),
                         request_value(request, "by"), out, message);
}

/* GET /api/v1/figures/table?by=&<as above> */
cs_error figures_by_name(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    cs_error code = request_filter(request, &filter, message);
    if (code != CS_OK) return code;
    return figures_table(request->db, request->ruleset, &filter, request_value(request, "by"), out, message);
}

/* GET /api/v1/figures/heat?by=&<as above> */
cs_error figures_by_rule(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    cs_error code = request_filter(request, &filter, message);
    if (code != CS_OK) return code;
    return figures_heat(request->db, request->ruleset, &filter, request_value(request, "by"), out, message);
}

/* GET /api/v1/figures/changes?day=&measure=&agent=&team=&queue=&channel= */
cs_error figures_what_changed(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    int64_t at_ms = CS_NO_TIME, most = INT64_C(1) << 53;
    cs_error code = request_filter(request, &filter, message);
    if (code == CS_OK) code = request_number(request, "day", -most, most, &at_ms, message);
    if (code != CS_OK) return code;
    return figures_changes(request->db, request->ruleset, &filter, request_value(request, "measure"), at_ms, out,
                           message);
}

/* GET /api/v1/figures/ranking?by=&<figures> */
cs_error figures_worst_and_best(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_filter filter;
    cs_error code = request_filter(request, &filter, message);
    if (code != CS_OK) return code;
    return figures_ranking(request->db, request->ruleset, &filter, request_value(request, "by"), out, message);
}

/* GET /api/v1/measures */
cs_error measures_index(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return measures_show(request->db, request->ruleset, out, message);
}

/* PUT /api/v1/measures/{id} {"target": 0.9} */
cs_error measures_put(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    cs_error code = request_json(request, &body, message);
    if (code == CS_OK) code = measures_set(request->db, request->ruleset, request->id, body, out, message);
    json_free(body);
    return code;
}
