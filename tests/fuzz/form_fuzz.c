/* JSON forms: whatever stands in them is refused, or gives text that parses and whose own form gives it again. */
#include "base/hash.h"
#include "rules/form.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int is_started;
    cs_buffer text, json, again;
    cs_message message;
    if (!is_started) is_started = hash_start();
    if (size > 16384) return 0;
    cs_error code = form_write((const char *)data, size, CS_FORM_AS_WRITTEN, &text, &message);
    if (code == CS_OK) {
        code = form_read(buffer_string(&text), text.length, "fuzz", NULL, NULL, &json, &message);
        if (code != CS_OK && code != CS_ERR_LIMIT) abort(); /* deeper than a form may be: refused there */
        if (code == CS_OK) {
            if (form_write(buffer_string(&json), json.length, CS_FORM_AS_WRITTEN, &again, &message) != CS_OK) abort();
            buffer_free(&again);
        }
        buffer_free(&json);
    }
    buffer_free(&text);
    return 0;
}
