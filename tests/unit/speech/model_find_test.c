/* What is found of models on this machine, and what is refused. */
#include "base/file.h"
#include "speech/model.h"
#include "speech/model_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* sha256 of "abc" is in FIPS 180-2; of no bytes, too. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHARED SOURCE "/../shared/data/models"
#define PHONETIC "zh-zipformer-phonetic-3.3m"

typedef struct stage {
    char folder[64];
    cs_arena *arena;
    cs_message message;
} stage;

static void stage_open(stage *s) {
    strcpy(s->folder, "/tmp/model_find_XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    s->arena = arena_create(4 << 20);
    memset(&s->message, 0, sizeof s->message);
    unsetenv("CALLSCOPE_MODELS");
    setenv("XDG_DATA_HOME", s->folder, 1);
}

static void stage_close(stage *s) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", s->folder);
    assert_int_equal(system(command), 0);
    arena_free(s->arena);
}

static void put(const stage *s, const char *path, const char *text) {
    char whole[256];
    snprintf(whole, sizeof whole, "%s/%s", s->folder, path);
    char *slash = strrchr(whole, '/');
    *slash = 0;
    assert_int_equal(file_make_folder(whole, NULL), CS_OK);
    *slash = '/';
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const cs_model_entry *entry_of(stage *s, const char *files) {
    cs_manifest manifest;
    const char *text = arena_printf(s->arena,
                                    "{\"models\":[{\"name\":\"own\",\"upstream\":\"theirs-2026\",\"kind\":\"whisper\","
                                    "\"about\":\"-\",\"languages\":\"en\",\"licence\":{\"name\":\"MIT\",\"address\":"
                                    "\"-\"},\"sources\":[],\"files\":[%s]}]}",
                                    files);
    assert_int_equal(model_manifest_read(text, strlen(text), s->arena, &manifest, &s->message), CS_OK);
    return &manifest.entries[0];
}

#define PINNED "{\"role\":\"model\",\"path\":\"m.onnx\",\"bytes\":3,\"sha256\":\"" ABC "\"}"
#define UNPINNED "{\"role\":\"model\",\"path\":\"m.onnx\"}"

static cs_error check(stage *s, const cs_model_entry *entry, cs_speech_model *model, bool *is_known) {
    cs_model_folders folders;
    const char *path = NULL;
    char data[96];
    snprintf(data, sizeof data, "%s/data", s->folder);
    cs_error code = model_folders(data, s->arena, &folders, &s->message);
    if (code == CS_OK) code = model_locate(entry, &folders, s->arena, &path, &s->message);
    return code == CS_OK ? model_check(entry, path, NULL, s->arena, model, is_known, &s->message) : code;
}

static void test_whole(void **state) {
    (void)state;
    stage s;
    cs_speech_model model;
    bool is_known = false;
    stage_open(&s);
    put(&s, "data/models/own/m.onnx", "abc");
    assert_int_equal(check(&s, entry_of(&s, PINNED), &model, &is_known), CS_OK);
    assert_true(is_known);
    assert_string_equal(model.files[0].sha256, ABC);
    assert_true(model_file(&model, "model")[0] == '/' && access(model_file(&model, "model"), R_OK) == 0);
    assert_null(model_file(&model, "tokens"));
    stage_close(&s);
}

/* Another folder, under the name it has upstream. */
static void test_upstream_name(void **state) {
    (void)state;
    stage s;
    cs_speech_model model;
    char list[160];
    stage_open(&s);
    put(&s, "else/theirs-2026/m.onnx", "abc");
    snprintf(list, sizeof list, "/nowhere:%s/else:", s.folder);
    setenv("CALLSCOPE_MODELS", list, 1);
    assert_int_equal(check(&s, entry_of(&s, PINNED), &model, NULL), CS_OK);
    unsetenv("CALLSCOPE_MODELS");
    put(&s, "callscope/models/own/m.onnx", "abc");
    assert_int_equal(check(&s, entry_of(&s, PINNED), &model, NULL), CS_OK);
    stage_close(&s);
}

static void test_missing_or_changed(void **state) {
    (void)state;
    stage s;
    cs_speech_model model;
    stage_open(&s);
    const cs_model_entry *entry = entry_of(&s, PINNED);
    assert_int_equal(check(&s, entry, &model, NULL), CS_ERR_NOT_FOUND);
    assert_non_null(strstr(s.message.remedy, "callscope models pull own"));
    put(&s, "data/models/own/m.onnx", "abcd");
    assert_int_equal(check(&s, entry, &model, NULL), CS_ERR_NOT_FOUND);
    assert_non_null(strstr(s.message.reason, "m.onnx is missing or of another size"));
    put(&s, "data/models/own/m.onnx", "abd");
    assert_int_equal(check(&s, entry, &model, NULL), CS_ERR_CONFLICT);
    /* A whole one further on is taken rather than a part of it. */
    put(&s, "data/models/own/m.onnx", "a");
    put(&s, "callscope/models/own/m.onnx", "abc");
    assert_int_equal(check(&s, entry, &model, NULL), CS_OK);
    stage_close(&s);
}

/* The manifest doesn't know the sha256: what it was when it was fetched counts. */
static void test_first_use(void **state) {
    (void)state;
    stage s;
    cs_speech_model model;
    bool is_known = true;
    stage_open(&s);
    const cs_model_entry *entry = entry_of(&s, UNPINNED);
    put(&s, "data/models/own/m.onnx", "abc");
    assert_int_equal(check(&s, entry, &model, &is_known), CS_OK);
    assert_false(is_known);
    assert_string_equal(model.files[0].sha256, ABC);
    assert_int_equal(model.files[0].bytes, 3);
    put(&s, "data/models/own/" CS_PULLED_FILE, "{\"m.onnx\":\"" ABC "\"}");
    assert_int_equal(check(&s, entry, &model, &is_known), CS_OK);
    assert_true(is_known);
    put(&s, "data/models/own/" CS_PULLED_FILE, "{\"m.onnx\":\"" EMPTY "\"}");
    assert_int_equal(check(&s, entry, &model, &is_known), CS_ERR_CONFLICT);
    stage_close(&s);
}

/* A folder that describes its model itself. */
static void test_own(void **state) {
    (void)state;
    stage s;
    cs_speech_model *model;
    stage_open(&s);
    put(&s, "callscope/models/ours/model.json",
        "{\"name\":\"ours\",\"upstream\":\"ours\",\"kind\":\"paraformer\",\"about\":\"-\",\"languages\":\"zh\","
        "\"licence\":"
        "{\"name\":\"ours\",\"address\":\"-\"},\"sources\":[],\"files\":[{\"role\":\"model\",\"path\":\"m.onnx\"}]}");
    assert_int_equal(model_find("ours", NULL, s.arena, &model, &s.message), CS_ERR_NOT_FOUND);
    put(&s, "callscope/models/ours/m.onnx", "abc");
    assert_int_equal(model_find("ours", NULL, s.arena, &model, &s.message), CS_OK);
    assert_int_equal(model->kind, CS_MODEL_PARAFORMER);
    assert_string_equal(model->files[0].sha256, ABC);
    /* Its name must be its folder's, one model a file; what is wrong hides nothing else. */
    put(&s, "callscope/models/other/model.json", "{}");
    put(&s, "callscope/models/more/model.json", "{},{}");
    assert_int_equal(model_find("ours", NULL, s.arena, &model, &s.message), CS_OK);
    assert_int_equal(model_find("other", NULL, s.arena, &model, &s.message), CS_ERR_NOT_FOUND);
    stage_close(&s);
}

static void test_unknown_name(void **state) {
    (void)state;
    stage s;
    cs_speech_model *model;
    stage_open(&s);
    assert_int_equal(model_find("zh-zipformer-phonetic-3.3", NULL, s.arena, &model, &s.message), CS_ERR_NOT_FOUND);
    assert_string_equal(s.message.remedy, "did you mean " PHONETIC "?");
    stage_close(&s);
}

static void test_phonetic(void **state) {
    (void)state;
    stage s;
    cs_speech_model *model;
    if (access(SHARED, R_OK) != 0) {
        print_message("the phonetic model is not at hand: skipped\n");
        skip();
    }
    stage_open(&s);
    setenv("CALLSCOPE_MODELS", SHARED, 1);
    assert_int_equal(model_find(PHONETIC, NULL, s.arena, &model, &s.message), CS_OK);
    assert_int_equal(model->kind, CS_MODEL_ONLINE_TRANSDUCER);
    assert_true(model->is_phonetic && model->rate_hz == 16000 && model->blank_penalty > 0.99f);
    static const char *const roles[] = {"encoder", "decoder", "joiner", "tokens"};
    for (size_t i = 0; i < 4; i++) assert_int_equal(access(model_file(model, roles[i]), R_OK), 0);
    assert_int_equal(
        model_find("sherpa-onnx-kws-zipformer-wenetspeech-3.3M-2024-01-01-mobile", NULL, s.arena, &model, &s.message),
        CS_OK);
    assert_string_equal(model->name, PHONETIC);
    stage_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_upstream_name),
        cmocka_unit_test(test_missing_or_changed),
        cmocka_unit_test(test_first_use),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_unknown_name),
        cmocka_unit_test(test_phonetic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
