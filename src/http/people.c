/* Customers and agents, why their identities are joined, and the undo of it. */
#include "http/routes.h"

#include "records/people.h"

static cs_error read_kind(const cs_request *request, cs_person_kind *kind, cs_message *message) {
    const char *text = request_value(request, "kind");
    *kind = text && *text ? person_kind_parse(text) : CS_PERSON_CUSTOMER;
    if (*kind != CS_PERSON_KINDS) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of kind is not understood", text);
    message_place(message, "kind");
    message_remedy(message, "kind takes customer or agent");
    return CS_ERR_USAGE;
}

/* GET /api/v1/people?kind=&q=&limit=&after= */
cs_error people_index(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_person_kind kind;
    int limit = 0;
    cs_error code = read_kind(request, &kind, message);
    if (code == CS_OK) code = request_limit(request, &limit, message);
    if (code != CS_OK) return code;
    if (request->db)
        return people_list(request->db, kind, request_value(request, "q"), limit, request_value(request, "after"), out,
                           message);
    json_object_open(out, NULL);
    json_array_open(out, "people");
    json_array_close(out);
    json_write_null(out, "next");
    json_object_close(out);
    return CS_OK;
}

/* GET /api/v1/people/{id} */
cs_error people_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    cs_error code = request_row(request, "person", &number, message);
    return code == CS_OK ? people_one(request->db, number, out, message) : code;
}

/* POST /api/v1/people/links/{id}/undo: whom its ends belong to afterwards */
cs_error people_undo(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t link = 0;
    cs_error code = request_row(request, "link", &link, message);
    if (code == CS_OK) code = people_part(request->db, link, message);
    return code == CS_OK ? people_of_link(request->db, link, out, message) : code;
}

/* POST /api/v1/people/links/{id}/redo */
cs_error people_redo(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t link = 0;
    cs_error code = request_row(request, "link", &link, message);
    if (code == CS_OK) code = people_join_again(request->db, link, message);
    return code == CS_OK ? people_of_link(request->db, link, out, message) : code;
}
