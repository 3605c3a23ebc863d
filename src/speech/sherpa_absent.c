/* In place of the other sherpa*.c where callscope is built without the library's header. */
#include "speech/sherpa.h"

cs_error sherpa_open(const cs_wire_setup *setup, const cs_sherpa_sink *sink, cs_sherpa **out, cs_message *message) {
    (void)setup, (void)sink, (void)out;
    message_set(message, CS_ERR_NOT_FOUND, "this callscope was built without sherpa-onnx, which runs the models");
    message_remedy(message, "run tools/setup with a network, then build again");
    return CS_ERR_NOT_FOUND;
}

const char *sherpa_version(const cs_sherpa *sherpa) {
    (void)sherpa;
    return "";
}

bool sherpa_is_streaming(const cs_sherpa *sherpa) {
    (void)sherpa;
    return false;
}

cs_error sherpa_begin(cs_sherpa *sherpa, uint32_t number, int rate_hz, int64_t start_ms, cs_message *message) {
    (void)sherpa, (void)number, (void)rate_hz, (void)start_ms;
    return message_set(message, CS_ERR_NOT_FOUND, "there is no recogniser");
}

cs_error sherpa_push(cs_sherpa *sherpa, uint32_t number, const float *samples, uint32_t count, cs_message *message) {
    (void)sherpa, (void)number, (void)samples, (void)count;
    return message_set(message, CS_ERR_NOT_FOUND, "there is no recogniser");
}

void sherpa_end(cs_sherpa *sherpa, uint32_t number) {
    (void)sherpa, (void)number;
}

void sherpa_drop(cs_sherpa *sherpa, uint32_t number) {
    (void)sherpa, (void)number;
}

const char *sherpa_punctuate(cs_sherpa *sherpa, const char *text) {
    (void)sherpa, (void)text;
    return NULL;
}

bool sherpa_step(cs_sherpa *sherpa) {
    (void)sherpa;
    return false;
}
