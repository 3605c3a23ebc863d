/* Filters of the list that were saved under a name. */
#include "http/routes.h"

#include "base/clock.h"
#include "quality/saved_filter.h"

#include <stdio.h>

/* GET /api/v1/filters */
cs_error filters_list(const cs_request *request, cs_json_writer *out, cs_message *message) {
    if (request->db) return saved_filters_write(request->db, request->account, out, message);
    json_object_open(out, NULL);
    json_array_open(out, "filters");
    json_array_close(out);
    json_object_close(out);
    return CS_OK;
}

/* POST /api/v1/filters {"name", "filter", "days", "is_shared"} */
cs_error filters_create(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    int64_t number = 0;
    cs_error code = request_json(request, &body, message);
    if (code == CS_OK) code = saved_filter_make(request->db, request->account, body, clock_now_ms(), &number, message);
    json_free(body);
    if (code != CS_OK) return code;
    request->answer->status = 201;
    (void)snprintf(request->answer->location, sizeof request->answer->location, "/api/v1/filters/%lld",
                   (long long)number);
    return saved_filter_write(request->db, request->account, number, out, message);
}

/* GET /api/v1/filters/{id} */
cs_error filters_one(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    cs_error code = request_row(request, "saved filter", &number, message);
    return code == CS_OK ? saved_filter_write(request->db, request->account, number, out, message) : code;
}

/* PUT /api/v1/filters/{id} {"changes", what is to be changed} */
cs_error filters_put(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_json *body = NULL;
    int64_t number = 0;
    cs_error code = request_row(request, "saved filter", &number, message);
    if (code == CS_OK) code = request_json(request, &body, message);
    if (code == CS_OK) code = saved_filter_change(request->db, request->account, number, body, clock_now_ms(), message);
    json_free(body);
    return code == CS_OK ? saved_filter_write(request->db, request->account, number, out, message) : code;
}

/* DELETE /api/v1/filters/{id}?changes= : those that are left */
cs_error filters_delete(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0, changes = 0;
    cs_error code = request_row(request, "saved filter", &number, message);
    if (code == CS_OK) code = request_number(request, "changes", 1, INT64_MAX, &changes, message);
    if (code == CS_OK) code = saved_filter_remove(request->db, request->account, number, changes, message);
    return code == CS_OK ? saved_filters_write(request->db, request->account, out, message) : code;
}
