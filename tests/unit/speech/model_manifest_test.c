/* The manifest: the embedded one holds what it promises; what is not well formed is refused with its place. */
#include "speech/model_advice.h"
#include "speech/model_manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cs_manifest embedded(cs_arena *arena) {
    const char *text;
    size_t bytes;
    cs_message message;
    cs_manifest manifest;
    manifest_embedded(&text, &bytes);
    assert_int_equal(model_manifest_read(text, bytes, arena, &manifest, &message), CS_OK);
    return manifest;
}

/* Roles without which a kind can't be run. */
static void expect_roles(const cs_model_entry *entry) {
    static const char *const transducer[] = {"encoder", "decoder", "joiner", "tokens"};
    bool has_joiner = model_file(&entry->model, "joiner") != NULL;
    switch (entry->model.kind) {
    case CS_MODEL_ONLINE_TRANSDUCER:
    case CS_MODEL_OFFLINE_TRANSDUCER: assert_true(has_joiner); /* fall through */
    case CS_MODEL_WHISPER:
        for (size_t i = 0; i < 4; i++)
            if (i != 2 || has_joiner) assert_non_null(model_file(&entry->model, transducer[i]));
        break;
    case CS_MODEL_SPEAKERS: break;
    case CS_MODEL_VOICE_ACTIVITY:
    case CS_MODEL_PUNCTUATION: assert_non_null(model_file(&entry->model, "model")); break;
    default: assert_non_null(model_file(&entry->model, "model")); assert_non_null(model_file(&entry->model, "tokens"));
    }
}

static void test_embedded(void **state) {
    (void)state;
    cs_arena *arena = arena_create(4 << 20);
    cs_manifest manifest = embedded(arena);
    assert_true(manifest.count > 15);
    for (uint32_t i = 0; i < manifest.count; i++) {
        const cs_model_entry *entry = &manifest.entries[i];
        expect_roles(entry);
        assert_true(entry->source_count > 0);
        assert_ptr_equal(manifest_entry(&manifest, entry->model.name), entry); /* no name stands twice */
        assert_ptr_equal(manifest_entry(&manifest, entry->upstream), entry);
    }
    arena_free(arena);
}

static void test_advice(void **state) {
    (void)state;
    static const struct {
        const char *language;
        int64_t memory_mb;
        int cores;
        const char *name;
    } cases[] = {
        {"zh", 8000, 2, "sense-voice-small"},
        {"zh-CN", 8000, 2, "sense-voice-small"},
        {"zh", 1500, 2, "paraformer-zh-small"},
        {"zh", 600, 2, "zh-zipformer-phonetic-3.3m"},
        {"zh", 100, 2, NULL},
        {"en", 8000, 2, "whisper-base-en"},
        {"en", 1700, 2, "whisper-tiny-en"},
        {"wuu", 8000, 2, "wenet-wu"},
        {"ja", 8000, 2, "sense-voice-small"},
        {"tlh", 8000, 2, NULL},
        {"Sichuan", 8000, 2, "paraformer-sichuan"},
        {"henan", 8000, 2, "paraformer-zh"},
        {"minnan", 8000, 2, "dolphin-base"},
        {"vi", 8000, 2, "dolphin-base"},
    };
    cs_arena *arena = arena_create(4 << 20);
    cs_manifest manifest = embedded(arena);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const cs_model_entry *entry =
            model_advise(&manifest, cases[i].language, cases[i].memory_mb << 20, cases[i].cores);
        const char *name = entry ? entry->model.name : NULL;
        if ((name == NULL) != (cases[i].name == NULL) || (name && strcmp(name, cases[i].name) != 0))
            fail_msg("%s with %d MB: %s, not %s", cases[i].language, (int)cases[i].memory_mb, name ? name : "none",
                     cases[i].name ? cases[i].name : "none");
    }
    arena_free(arena);
}

#define MODEL(files, sources)                                                                                          \
    "{\"models\":[{\"name\":\"own\",\"upstream\":\"theirs\",\"kind\":\"whisper\",\"about\":\"-\",\"languages\":"       \
    "\"en\",\"licence\":{\"name\":\"MIT\",\"address\":\"-\"},\"files\":[" files "],\"sources\":[" sources "]}]}"
#define FILE_OF(more) "{\"role\":\"model\",\"path\":" more "}"

static void test_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *reason, *place;
    } cases[] = {
        {"{}", "must hold a list", "models"},
        {"{\"models\":[]}", "must hold a list", "models"},
        {"{\"models\":[{}]}", "member is missing", "name"},
        {"{\"models\":[{\"name\":\"../x\"}]}", "letters, digits", "name"},
        {"{\"models\":[{\"name\":\".x\"}]}", "letters, digits", "name"},
        {MODEL("", ""), "files must be", "files"},
        {MODEL(FILE_OF("\"../m.onnx\""), ""), "plain name", "path"},
        {MODEL(FILE_OF("\"a/m.onnx\""), ""), "plain name", "path"},
        {MODEL(FILE_OF("\"/m.onnx\""), ""), "plain name", "path"},
        {MODEL(FILE_OF("\"-m\""), ""), "plain name", "path"},
        {MODEL(FILE_OF("\"m\",\"bytes\":0"), ""), "must be between", "bytes"},
        {MODEL(FILE_OF("\"m\",\"bytes\":1.5"), ""), "must be between", "bytes"},
        {MODEL(FILE_OF("\"m\",\"sha256\":\"abc\""), ""), "64 hexadecimal", "sha256"},
        {MODEL(FILE_OF("\"m\",\"sha256\":7"), ""), "is no text", "sha256"},
        {MODEL(FILE_OF("\"m\""), "{}"), "names no archive", "archive"},
        {MODEL(FILE_OF("\"m\""), "{\"archive\":\"http://x/a.tar\"}"), "begin with https", "archive"},
        {MODEL(FILE_OF("\"m\""), "{\"files\":\"file:///etc/\"}"), "begin with https", "files"},
        {MODEL(FILE_OF("\"m\""), "{\"package\":\"x\"}"), "name==version", "package"},
        {"{\"models\":[", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cs_arena *arena = arena_create(4 << 20);
        cs_manifest manifest = {0};
        cs_message message = {0};
        cs_error code = model_manifest_read(cases[i].text, strlen(cases[i].text), arena, &manifest, &message);
        if (code != CS_ERR_PARSE || !strstr(message.reason, cases[i].reason) || !strstr(message.place, cases[i].place))
            fail_msg("%s: %d '%s' at '%s'", cases[i].text, (int)code, message.reason, message.place);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_embedded),
        cmocka_unit_test(test_advice),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
