/* Numbers and names of customers as they are, for whoever says why: each time is one row of the audit trail. */
#include "http/reveal.h"

#include "access/audit.h"
#include "base/utf8.h"
#include "http/routes.h"
#include "records/people.h"
#include "text/mask.h"

#include <stdio.h>
#include <string.h>

enum { LEAST_REASON = 2 };

/* ---- why ---- */

static cs_error refuse(cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "nothing is shown without a reason");
    message_place(message, "reason");
    message_remedy(message, "send {\"reason\": \"…\"} with 2 to 200 characters: it is kept in the audit trail");
    return CS_ERR_USAGE;
}

static const char *without_blanks(const char *text, size_t *bytes) {
    while (*bytes && (unsigned char)*text <= 0x20) text++, (*bytes)--;
    while (*bytes && (unsigned char)text[*bytes - 1] <= 0x20) (*bytes)--;
    return text;
}

cs_error reveal_reason(const cs_request *request, char out[CS_REVEAL_REASON_BYTES], cs_message *message) {
    cs_json *body = NULL;
    size_t bytes = 0;
    cs_error code = request_json(request, &body, message);
    if (code != CS_OK) return code;
    const char *text = json_string(json_get(body, "reason"), &bytes);
    if (text) text = without_blanks(text, &bytes);
    size_t characters = text ? utf8_count(text, bytes) : 0;
    if (characters < LEAST_REASON || characters > CS_MOST_REVEAL_REASON)
        code = refuse(message);
    else
        (void)mask_text(text, bytes, out);
    json_free(body);
    return code;
}

/* ---- what ---- */

/* Nothing is shown when it can't be written down. The address may be the centre's own id, which may hold a number. */
static cs_error write_down(const cs_request *request, const char *action, const char *subject, const char *reason,
                           cs_message *message) {
    char shown[CS_MAX_PATH_ID + 1];
    (void)mask_title(subject, strlen(subject), NULL, shown);
    return audit_write(request->data, request->account, action, shown, reason, message);
}

/* POST /api/v1/conversations/{id}/reveal {"reason"}: as GET /api/v1/conversations/{id}, with nothing covered */
cs_error conversations_reveal(const cs_request *request, cs_json_writer *out, cs_message *message) {
    char reason[CS_REVEAL_REASON_BYTES];
    cs_error code = reveal_reason(request, reason, message);
    if (code == CS_OK) code = request_sees_conversation(request, request->id, message);
    out->is_revealed = true;
    if (code == CS_OK)
        code = archive_conversation(request->db, request->packer, request->ruleset, request->id, out, message);
    return code == CS_OK ? write_down(request, "conversation.reveal", request->id, reason, message) : code;
}

/* POST /api/v1/people/{id}/reveal {"reason"} */
cs_error people_reveal(const cs_request *request, cs_json_writer *out, cs_message *message) {
    char reason[CS_REVEAL_REASON_BYTES];
    int64_t number = 0;
    cs_error code = reveal_reason(request, reason, message);
    if (code == CS_OK) code = request_row(request, "person", &number, message);
    out->is_revealed = true;
    if (code == CS_OK) code = people_one(request->db, number, out, message);
    return code == CS_OK ? write_down(request, "person.reveal", request->id, reason, message) : code;
}
