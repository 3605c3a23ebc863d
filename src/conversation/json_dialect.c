#include "conversation/json_dialect.h"

const cs_json_dialect *const json_dialects[] = {
    &json_vcon, &json_funasr, &json_whisper, &json_whisper_cpp, &json_transcribe, NULL,
};

const cs_json_dialect *json_dialect_find(const cs_json *tree) {
    for (size_t i = 0; json_dialects[i]; i++)
        if (json_dialects[i]->claims(tree)) return json_dialects[i];
    return NULL;
}
