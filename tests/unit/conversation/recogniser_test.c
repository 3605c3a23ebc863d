/* What recognisers write: the cases in tests/cases/formats/recognisers, and whose a file is. */
#include "foreign_stage.h"

#include "conversation/json_dialect.h"

static void recogniser_cases(void **state) {
    (void)state;
    foreign_cases("recognisers", 14, 20);
}

static void check_claim(const char *text, const char *name) {
    static const cs_json_dialect *const all[] = {&json_funasr, &json_whisper, &json_whisper_cpp, &json_transcribe};
    cs_json *tree = NULL;
    cs_message message;
    const char *found = "";
    assert_int_equal(json_parse(text, strlen(text), 1 << 20, &tree, &message), CS_OK);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (!all[i]->claims(tree)) continue;
        if (*found) fail_msg("%s is claimed by %s and %s", text, found, all[i]->name);
        found = all[i]->name;
    }
    json_free(tree);
    if (strcmp(found, name) != 0) fail_msg("%s is claimed by \"%s\", not \"%s\"", text, found, name);
}

static void each_recogniser_is_known_by_its_keys(void **state) {
    (void)state;
    check_claim("{\"key\": \"a\", \"text\": \"b\"}", "funasr");
    check_claim("{\"mode\": \"offline\", \"wav_name\": \"a\", \"text\": \"b\", \"is_final\": true}", "funasr");
    check_claim("{\"text\": \"\", \"sentence_info\": 7}", "funasr");
    check_claim("{\"text\": \"\", \"segments\": [], \"language\": \"zh\"}", "whisper");
    check_claim("{\"segments\": [], \"word_segments\": []}", "whisper");
    check_claim("{\"systeminfo\": \"\", \"transcription\": []}", "whisper.cpp");
    check_claim("{\"jobName\": \"a\", \"results\": {}}", "transcribe");
    check_claim("{\"Transcript\": [], \"LanguageCode\": \"en-US\"}", "transcribe");
}

static void our_own_format_is_nobodys(void **state) {
    (void)state;
    check_claim("{\"id\": \"a\", \"participants\": [], \"turns\": []}", "");
    check_claim("{\"id\": \"a\", \"participants\": [], \"turns\": [], \"text\": \"x\", \"segments\": []}", "");
    check_claim("{\"id\": \"a\", \"turns\": [], \"key\": \"k\", \"text\": \"\"}", "");
    check_claim("[]", "");
    check_claim("{}", "");
    check_claim("{\"vcon\": \"0.4.0\", \"parties\": [], \"dialog\": []}", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recogniser_cases),
        cmocka_unit_test(each_recogniser_is_known_by_its_keys),
        cmocka_unit_test(our_own_format_is_nobodys),
    };
    return hash_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
