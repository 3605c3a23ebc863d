/* What recognisers write, or something that looks like it: each dialect reads every JSON it is given, claimed or not. */
#include "conversation/json_dialect.h"
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const cs_json_dialect *const all[] = {&json_funasr, &json_whisper, &json_whisper_cpp, &json_transcribe};
    static const cs_json_source from = {"fuzz.json", "fuzz"};
    cs_json *tree = NULL;
    cs_message message;
    int64_t given = 0;
    if (json_parse((const char *)data, size, (size_t)1 << 20, &tree, &message) != CS_OK) return 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        cs_draft draft;
        (void)all[i]->claims(tree);
        if (json_kind(tree) != CS_JSON_OBJECT || !draft_start(&draft)) continue;
        message = (cs_message){.reason = ""};
        cs_error code = all[i]->read(tree, &from, &draft, &message);
        if (code == CS_OK) code = conversation_finish(draft.c, draft.arena, &message);
        if (code == CS_OK) {
            fuzz_take(&given, draft.c, draft.arena);
        } else {
            fuzz_refuse(NULL, NULL, code, &message);
            draft_drop(&draft);
        }
    }
    json_free(tree);
    return 0;
}
