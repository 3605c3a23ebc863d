/* Which model recognises: what was said for queue and language, the nearest first; else the best that is here. */
#include "speech_stage.h"

#include "quality/speech_choice.h"
#include "speech/model_manifest.h"

#include "base/file.h"

#define PHONETIC "zh-zipformer-phonetic-3.3m"
#define ENGLISH "whisper-tiny-en"
#define MANY "sense-voice-small"

enum { NOW = 1000 };

static int start_alone(void **state) { /* models of this machine are none of the test's */
    unsetenv("CALLSCOPE_MODELS");
    return start(state) == 0 && setenv("XDG_DATA_HOME", folder.path, 1) == 0 ? 0 : -1;
}

/* Files of the right size, which is all that is looked at before a model is used; they take no room. */
static void put_model(const char *name) {
    const cs_model_entry *entry = NULL;
    GOOD(manifest_find(name, arena, &entry, &message));
    const char *to = arena_printf(arena, "%s/models/%s", folder.path, name);
    GOOD(file_make_folder(to, &message));
    for (uint32_t i = 0; i < entry->model.file_count; i++) {
        FILE *file = fopen(arena_printf(arena, "%s/%s", to, entry->model.files[i].path), "w");
        assert_non_null(file);
        assert_int_equal(ftruncate(fileno(file), entry->model.files[i].bytes), 0);
        (void)fclose(file);
    }
}

static cs_error put(const char *queue, const char *language, const char *model, int64_t changes) {
    cs_speech_choice choice = {
        .queue = queue, .language = language, .model = model, .changes = changes, .changed_name = "李敏"};
    GOOD(db_begin(db, &message));
    cs_error code = choices_put(db, &choice, 7, NOW, &message);
    if (code == CS_OK)
        GOOD(db_commit(db, &message));
    else
        db_rollback(db);
    return code;
}

/* "off": somebody said so; "-": none. */
static const char *find(const char *queue, const char *language) {
    const char *model = NULL;
    bool is_off = false;
    GOOD(choice_find(db, queue, language, folder.path, arena, &model, &is_off, &message));
    if (is_off) assert_null(model);
    return is_off ? "off" : model ? model : "-";
}

static void none_is_here(void **state) {
    (void)state;
    assert_string_equal(find(NULL, NULL), "-");
    assert_string_equal(find("售后", "zh"), "-");
}

static void the_best_that_is_here_and_knows_the_language(void **state) {
    (void)state;
    put_model(ENGLISH);
    assert_string_equal(find(NULL, "en"), ENGLISH);
    assert_string_equal(find(NULL, "zh"), "-");
    assert_string_equal(find(NULL, NULL), ENGLISH);
    put_model(PHONETIC);
    assert_string_equal(find(NULL, "zh"), PHONETIC);
    assert_string_equal(find(NULL, "zh-CN"), PHONETIC);
    assert_string_equal(find(NULL, "en-GB"), ENGLISH);
    assert_string_equal(find(NULL, NULL), PHONETIC); /* said nowhere: Mandarin */
    put_model(MANY);
    assert_string_equal(find(NULL, "zh"), MANY);
    assert_string_equal(find(NULL, "ko"), MANY);
    assert_string_equal(find(NULL, NULL), MANY);
}

static void a_model_of_another_size_is_not_here(void **state) {
    (void)state;
    put_model(PHONETIC);
    char *tokens = arena_printf(arena, "%s/models/" PHONETIC "/tokens.txt", folder.path);
    assert_int_equal(truncate(tokens, 1), 0);
    assert_string_equal(find(NULL, "zh"), "-");
}

static void the_nearest_choice_wins(void **state) {
    (void)state;
    put_model(PHONETIC);
    assert_int_equal(put("", "", MANY, 0), CS_OK); /* that it is here is looked at when it is used */
    assert_string_equal(find("售后", "zh"), MANY);
    assert_string_equal(find(NULL, NULL), MANY);
    assert_int_equal(put("", "zh", PHONETIC, 0), CS_OK);
    assert_string_equal(find("售后", "zh-CN"), PHONETIC);
    assert_string_equal(find("售后", "en"), MANY);
    assert_int_equal(put("售后", "", "off", 0), CS_OK); /* a queue before a language */
    assert_string_equal(find("售后", "zh"), "off");
    assert_string_equal(find("售前", "zh"), PHONETIC);
    assert_int_equal(put("售后", "en", ENGLISH, 0), CS_OK);
    assert_string_equal(find("售后", "en"), ENGLISH);
    assert_string_equal(find("售后", "zh"), "off");
}

static void an_empty_choice_is_as_if_nobody_had_said_anything(void **state) {
    (void)state;
    put_model(PHONETIC);
    assert_int_equal(put("售后", "", "off", 0), CS_OK);
    assert_string_equal(find("售后", "zh"), "off");
    assert_int_equal(put("售后", "", "", 1), CS_OK);
    assert_string_equal(find("售后", "zh"), PHONETIC);
}

static void nobody_replaces_what_he_has_not_seen(void **state) {
    (void)state;
    cs_speech_choice *list = NULL;
    uint32_t count = 0;
    assert_int_equal(put("售后", "zh", PHONETIC, 0), CS_OK);
    assert_int_equal(put("售后", "zh", MANY, 0), CS_ERR_CONFLICT); /* did not know of the row */
    assert_int_equal(put("售后", "zh", MANY, 1), CS_OK);
    assert_int_equal(put("售后", "zh", "off", 1), CS_ERR_CONFLICT);
    assert_int_equal(put("售前", "zh", "off", 1), CS_ERR_CONFLICT); /* saw a row that is not there */
    assert_int_equal(put("", "", "off", 0), CS_OK);
    GOOD(choices_list(db, arena, &list, &count, &message));
    assert_int_equal(count, 2);
    assert_string_equal(list[0].queue, "");
    assert_string_equal(list[0].model, "off");
    assert_string_equal(list[1].queue, "售后");
    assert_string_equal(list[1].model, MANY);
    assert_int_equal(list[1].changes, 2);
    assert_int_equal(list[1].changed_ms, NOW);
    assert_string_equal(list[1].changed_name, "李敏");
}

static void what_recognises_no_speech_is_refused(void **state) {
    (void)state;
    cs_speech_choice *list = NULL;
    uint32_t count = 9;
    static const char *const wrong[] = {"there-is-none", "silero-vad", "punctuation-zh-en", "http://10.0.0.5/v1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        message = (cs_message){0};
        assert_int_equal(put("", "", wrong[i], 0), CS_ERR_USAGE);
        assert_true(*message.reason && *message.remedy);
    }
    GOOD(choices_list(db, arena, &list, &count, &message));
    assert_int_equal(count, 0);
}

#define ALONE(name) cmocka_unit_test_setup_teardown(name, start_alone, stop)

int main(void) {
    const struct CMUnitTest tests[] = {
        ALONE(none_is_here),
        ALONE(the_best_that_is_here_and_knows_the_language),
        ALONE(a_model_of_another_size_is_not_here),
        ALONE(the_nearest_choice_wins),
        ALONE(an_empty_choice_is_as_if_nobody_had_said_anything),
        ALONE(nobody_replaces_what_he_has_not_seen),
        ALONE(what_recognises_no_speech_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
