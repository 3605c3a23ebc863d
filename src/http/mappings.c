/* Mappings that were saved under a name. */
#include "http/routes.h"

#include "base/clock.h"
#include "imports/saved_mapping.h"

/* GET /api/v1/mappings */
cs_error mappings_list(const cs_request *request, cs_json_writer *out, cs_message *message) {
    if (request->db) return saved_mapping_list(request->db, out, message);
    json_object_open(out, NULL);
    json_array_open(out, "items");
    json_array_close(out);
    json_object_close(out);
    return CS_OK;
}

/* GET /api/v1/mappings/{id} */
cs_error mappings_one(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_buffer body;
    cs_error code = saved_mapping_read(request->db, request->id, &body, message);
    if (code == CS_OK) json_write_raw(out, NULL, buffer_string(&body));
    buffer_free(&body);
    return code;
}

/* PUT /api/v1/mappings/{id} MAPPING */
cs_error mappings_put(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_error code =
        saved_mapping_write(request->db, request->id, request->body, request->body_bytes, clock_now_ms(), message);
    return code == CS_OK ? mappings_one(request, out, message) : code;
}

/* DELETE /api/v1/mappings/{id} */
cs_error mappings_delete(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_error code = saved_mapping_delete(request->db, request->id, message);
    return code == CS_OK ? mappings_list(request, out, message) : code;
}
