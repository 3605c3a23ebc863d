/* Formatting is reading the form and writing it: what a form keeps, a formatted file keeps. */
#include "rules/format.h"

#include <string.h>

cs_error format_rules(const char *text, size_t bytes, const char *name, cs_form_language language,
                      cs_on_problem on_problem, void *context, cs_buffer *out, cs_message *message) {
    cs_buffer json, again;
    buffer_init(out, CS_MAX_RULES_BYTES);
    cs_error code = form_read(text, bytes, name, on_problem, context, &json, message);
    if (code == CS_OK) code = form_write(buffer_string(&json), json.length, language, out, message);
    buffer_free(&json);
    if (code != CS_OK) return code;
    /* What was written is read once more before anybody keeps it: a form that is not its own is a defect here. */
    code = form_read(buffer_string(out), out->length, name, NULL, NULL, &json, message);
    buffer_init(&again, CS_MAX_RULES_BYTES);
    if (code == CS_OK) code = form_write(buffer_string(&json), json.length, language, &again, message);
    if (code == CS_OK &&
        (again.length != out->length || memcmp(buffer_string(&again), buffer_string(out), out->length) != 0))
        code = message_set(message, CS_ERR_CONFLICT,
                           "what it says can't be kept as it is: this is a defect of the program; please report it");
    buffer_free(&json);
    buffer_free(&again);
    return code;
}
