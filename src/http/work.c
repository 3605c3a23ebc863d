/* The queue: how it stands, and what was set aside. */
#include "http/routes.h"

#include "base/clock.h"
#include "quality/recording_speech.h"
#include "store/wake.h"
#include "store/work.h"

/* GET /api/v1/work */
cs_error queue_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    static const char *const numbers[] = {"waiting", "urgent", "running", "aside"};
    int64_t unrecognised = 0, failed = 0;
    if (request->db) {
        cs_error code = recording_speech_count(request->db, &unrecognised, &failed, message);
        return code == CS_OK ? work_show(request->db, clock_now_ms(), unrecognised, out, message) : code;
    }
    json_object_open(out, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) json_write_int(out, numbers[i], 0);
    json_write_null(out, "oldest_ms");
    json_write_int(out, "rate_per_minute", 0);
    json_write_int(out, "failed_last_hour", 0);
    json_write_int(out, "unrecognised", 0);
    json_array_open(out, "imports");
    json_array_close(out);
    json_array_open(out, "workers");
    json_array_close(out);
    json_object_close(out);
    return CS_OK;
}

/* GET /api/v1/work/aside?limit=&after= */
cs_error queue_aside(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int limit = 0;
    cs_error code = request_limit(request, &limit, message);
    if (code != CS_OK) return code;
    if (request->db) return work_list_aside(request->db, limit, request_value(request, "after"), out, message);
    json_object_open(out, NULL);
    json_write_int(out, "total", 0);
    json_array_open(out, "items");
    json_array_close(out);
    json_write_null(out, "next");
    json_object_close(out);
    return CS_OK;
}

static cs_error retry(const cs_request *request, int64_t number, cs_json_writer *out, cs_message *message) {
    int64_t count = 0;
    cs_error code = work_retry(request->db, number, &count, message);
    if (code == CS_OK) code = wake_tell(request->db, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_write_int(out, "retried", count);
    json_object_close(out);
    return CS_OK;
}

/* POST /api/v1/work/aside/{id}/retry */
cs_error queue_retry(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    cs_error code = request_row(request, "job", &number, message);
    return code == CS_OK ? retry(request, number, out, message) : code;
}

/* POST /api/v1/work/aside/retry */
cs_error queue_retry_all(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return retry(request, 0, out, message);
}

/* DELETE /api/v1/work/aside/{id} */
cs_error queue_give_up(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    cs_error code = request_row(request, "job", &number, message);
    if (code == CS_OK) code = work_give_up(request->db, number, message);
    if (code != CS_OK) return code;
    json_object_open(out, NULL);
    json_write_int(out, "given_up", number);
    json_object_close(out);
    return CS_OK;
}
