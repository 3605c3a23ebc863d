#include "speech/calibration.h"

#include "base/json.h"

#include <math.h>
#include <string.h>

enum { MOST_BYTES = 1 << 20 };

/* The file as bytes of the program; the build names it. */
__asm__(".pushsection .rodata\n"
        "callscope_calibration:\n.incbin \"" CALLSCOPE_CALIBRATION "\"\n"
        "callscope_calibration_end:\n.byte 0\n.popsection\n");
__attribute__((visibility("hidden"))) extern const char callscope_calibration[], callscope_calibration_end[];

static cs_error refuse(const char *model, const char *key, cs_message *message) {
    message_set(message, CS_ERR_PARSE, "the calibration of %.100s is no number, or a weight below 0", model);
    message_place(message, "%s", key);
    message_remedy(message, "write it by callscope evaluate speech --calibrate");
    return CS_ERR_PARSE;
}

static cs_error read_row(const cs_json *row, const char *model, cs_calibration *out, cs_message *message) {
    static const char *const keys[] = {"bias", "mean", "least", "margin"};
    float values[4];
    for (int i = 0; i < 4; i++) {
        double value = json_number(json_get(row, keys[i]), NAN);
        if (!isfinite(value) || fabs(value) > 1000 || (i > 0 && value < 0)) return refuse(model, keys[i], message);
        values[i] = (float)value;
    }
    *out = (cs_calibration){.bias = values[0], .mean = values[1], .least = values[2], .margin = values[3]};
    memcpy(out->model, model, strnlen(model, sizeof out->model - 1));
    return CS_OK;
}

cs_error calibrations_find(const char *json, size_t bytes, const char *model, cs_calibration *out,
                           cs_message *message) {
    cs_json *list = NULL;
    cs_error code = json_parse(json, bytes, MOST_BYTES, &list, message);
    if (code == CS_OK && json_kind(list) != CS_JSON_ARRAY)
        code = message_set(message, CS_ERR_PARSE, "the calibrations are no list");
    bool is_found = false;
    for (size_t i = 0; code == CS_OK && !is_found && i < json_length(list); i++) {
        const char *name = json_string(json_get(json_at(list, i), "model"), NULL);
        is_found = name && strcmp(name, model) == 0;
        if (is_found) code = read_row(json_at(list, i), model, out, message);
    }
    if (code == CS_OK && !is_found)
        code = message_set(message, CS_ERR_NOT_FOUND, "no calibration was fitted for the model %.100s", model);
    json_free(list);
    return code;
}

cs_error calibration_of_model(const char *model, cs_calibration *out, cs_message *message) {
    size_t bytes = (size_t)((uintptr_t)callscope_calibration_end - (uintptr_t)callscope_calibration);
    return calibrations_find(callscope_calibration, bytes, model, out, message);
}
