/* Models come from folders and archives: whole and the manifest's, or not at all. */
#include "base/file.h"
#include "speech/model_archive.h"
#include "speech/model_pull.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <cmocka.h>

/* sha256 of "abc", as FIPS 180-2 gives it. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

typedef struct stage {
    char folder[64], data[96];
    cs_arena *arena;
    cs_model_folders folders;
    cs_model_watch watch;
    cs_message message;
    const cs_model_entry *entry;
} stage;

static void run(const stage *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void run(const stage *s, const char *format, ...) {
    char inner[700], command[800];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(inner, sizeof inner, format, arguments);
    va_end(arguments);
    snprintf(command, sizeof command, "cd %s && ( %s )", s->folder, inner);
    assert_int_equal(system(command), 0);
}

static void entry_set(stage *s, const char *files) {
    cs_manifest manifest;
    const char *text = arena_printf(s->arena,
                                    "{\"models\":[{\"name\":\"own\",\"upstream\":\"theirs-2026\",\"kind\":\"whisper\","
                                    "\"about\":\"-\",\"languages\":\"en\",\"licence\":{\"name\":\"MIT\",\"address\":"
                                    "\"-\"},\"sources\":[{\"archive\":\"https://localhost/a.tar\"}],\"files\":[%s]}]}",
                                    files);
    assert_int_equal(model_manifest_read(text, strlen(text), s->arena, &manifest, &s->message), CS_OK);
    s->entry = &manifest.entries[0];
}

#define TWO                                                                                                            \
    "{\"role\":\"model\",\"path\":\"m.onnx\",\"bytes\":3,\"sha256\":\"" ABC                                            \
    "\"},{\"role\":\"tokens\",\"path\":\"tokens.txt\"}"

static void stage_open(stage *s) {
    memset(s, 0, sizeof *s);
    strcpy(s->folder, "/tmp/model_pull_XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    snprintf(s->data, sizeof s->data, "%s/data", s->folder);
    s->arena = arena_create(4 << 20);
    unsetenv("CALLSCOPE_MODELS");
    setenv("XDG_DATA_HOME", s->folder, 1);
    assert_int_equal(model_folders(s->data, s->arena, &s->folders, &s->message), CS_OK);
    entry_set(s, TWO);
    run(s, "mkdir theirs-2026 && printf abc >theirs-2026/m.onnx && echo tokens >theirs-2026/tokens.txt");
}

static void stage_close(stage *s) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", s->folder);
    assert_int_equal(system(command), 0);
    arena_free(s->arena);
}

static cs_error pull(stage *s, const char *from) {
    const char *path = NULL, *whole = arena_printf(s->arena, "%s/%s", s->folder, from);
    cs_error code = model_pull(s->entry, &s->folders, whole, &s->watch, s->arena, &path, &s->message);
    if (code == CS_OK) assert_string_equal(path, arena_printf(s->arena, "%s/models/own", s->data));
    return code;
}

static void expect_here(stage *s) {
    const char *path;
    cs_speech_model model;
    bool is_known = false;
    assert_int_equal(model_locate(s->entry, &s->folders, s->arena, &path, &s->message), CS_OK);
    assert_int_equal(model_check(s->entry, path, NULL, s->arena, &model, &is_known, &s->message), CS_OK);
    assert_true(is_known); /* tokens.txt by what it was when it was fetched */
    run(s, "test -z \"$(find data/models -name '.own' -o -name '*.part')\"");
}

static void test_from_folder(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    assert_int_equal(pull(&s, "theirs-2026"), CS_OK);
    expect_here(&s);
    /* The folder above it does, too; and what is there already is replaced. */
    run(&s, "echo other >data/models/own/tokens.txt");
    assert_int_equal(pull(&s, "."), CS_OK);
    expect_here(&s);
    assert_int_equal(model_remove(s.entry, &s.folders, s.arena, &s.message), CS_OK);
    run(&s, "test -z \"$(ls -A data/models)\"");
    assert_int_equal(model_remove(s.entry, &s.folders, s.arena, &s.message), CS_ERR_NOT_FOUND);
    stage_close(&s);
}

static void wheel_make(const stage *s) {
    static const char *const names[] = {"m.onnx", "tokens.txt"};
    zip_t *zip = zip_open(arena_printf(s->arena, "%s/a.whl", s->folder), ZIP_CREATE, NULL);
    assert_non_null(zip);
    for (size_t i = 0; i < 2; i++) {
        const char *from = arena_printf(s->arena, "%s/theirs-2026/%s", s->folder, names[i]);
        zip_source_t *source = zip_source_file(zip, from, 0, -1);
        assert_true(zip_file_add(zip, arena_printf(s->arena, "package/data/%s", names[i]), source, 0) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
}

static void test_from_archives(void **state) {
    (void)state;
    static const char *const packed[][2] = {
        {"tar cjf a.tar.bz2 theirs-2026", "a.tar.bz2"},
        {"tar czf a.tar.gz theirs-2026", "a.tar.gz"},
        {"tar --format=pax -cf a.tar theirs-2026", "a.tar"},
        {"tar --format=v7 -cf a.tar theirs-2026", "a.tar"},
        {"d=$(printf 'x%.0s' $(seq 150)); mkdir $d && mv theirs-2026 $d && tar --format=gnu -cf a.tar $d", "a.tar"},
        {NULL, "a.whl"},
    };
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++) {
        stage s;
        stage_open(&s);
        if (packed[i][0])
            run(&s, "%s", packed[i][0]);
        else
            wheel_make(&s);
        assert_int_equal(pull(&s, packed[i][1]), CS_OK);
        expect_here(&s);
        stage_close(&s);
    }
}

/* What is refused leaves no model, nothing beside it that could be taken for one, and nothing outside. */
static void expect_refused(const char *make, const char *from, cs_error code, const char *words) {
    stage s;
    stage_open(&s);
    run(&s, "%s", make);
    assert_int_equal(pull(&s, from), code);
    if (!strstr(s.message.reason, words)) fail_msg("%s: '%s' is not '%s'", make, s.message.reason, words);
    run(&s, "test ! -e data/models/own && test ! -e outside && test ! -e m.onnx");
    stage_close(&s);
}

static void test_refused(void **state) {
    (void)state;
    expect_refused("printf abd >theirs-2026/m.onnx", "theirs-2026", CS_ERR_CONFLICT,
                   "another file than the manifest's");
    expect_refused("printf abcd >theirs-2026/m.onnx", "theirs-2026", CS_ERR_CONFLICT, "longer than it must be");
    expect_refused("printf ab >theirs-2026/m.onnx", "theirs-2026", CS_ERR_CONFLICT, "has 2 bytes and must have 3");
    expect_refused(": >theirs-2026/tokens.txt", "theirs-2026", CS_ERR_CONFLICT, "is empty");
    expect_refused("rm theirs-2026/tokens.txt", "theirs-2026", CS_ERR_NOT_FOUND, "tokens.txt can't be opened");
    expect_refused("rm theirs-2026/tokens.txt; mkfifo theirs-2026/tokens.txt", "theirs-2026", CS_ERR_CONFLICT, "empty");
    expect_refused(":", "nowhere", CS_ERR_NOT_FOUND, "");
    expect_refused("echo x >a.zipped", "a.zipped", CS_ERR_USAGE, "is no .tar.bz2");
    expect_refused("rm theirs-2026/tokens.txt; tar cjf a.tar.bz2 theirs-2026", "a.tar.bz2", CS_ERR_NOT_FOUND,
                   "holds no tokens.txt");
    expect_refused("printf abd >theirs-2026/m.onnx; tar cjf a.tar.bz2 theirs-2026", "a.tar.bz2", CS_ERR_CONFLICT,
                   "another file than the manifest's");
    expect_refused("head -c 100000 /dev/urandom >a.tar.bz2", "a.tar.bz2", CS_ERR_PARSE, "");
    expect_refused("head -c 100000 /dev/urandom >a.tar", "a.tar", CS_ERR_PARSE, "no tar archive");
    expect_refused("head -c 100000 /dev/urandom >a.whl", "a.whl", CS_ERR_PARSE, "no zip archive");
    expect_refused("head -c 100000 /dev/urandom >theirs-2026/big; tar -C theirs-2026 -cf b.tar big m.onnx tokens.txt; "
                   "head -c 60000 b.tar >a.tar",
                   "a.tar", CS_ERR_PARSE, "it ends in the middle");
    /* Links that point out of the archive are no files. */
    expect_refused("mkdir l && ln -s /etc/passwd l/tokens.txt && printf abc >l/m.onnx && tar cf a.tar l", "a.tar",
                   CS_ERR_NOT_FOUND, "holds no tokens.txt");
}

/* A path that leaves its folder counts by its last part alone, and is written under the manifest's name. */
static void test_hostile_paths(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    run(&s, "tar -P --transform='s,theirs-2026,../../outside,' -cf a.tar theirs-2026");
    run(&s, "tar -tf a.tar 2>&1 | grep -q '\\.\\./\\.\\./outside'");
    assert_int_equal(pull(&s, "a.tar"), CS_OK);
    expect_here(&s);
    run(&s, "test ! -e outside && test ! -e ../outside");
    stage_close(&s);
}

/* Of two of the same name the manifest's is taken. */
static void test_second_of_a_name(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    run(&s, "mkdir a && printf zzz >a/m.onnx && tar cf a.tar a theirs-2026");
    assert_int_equal(pull(&s, "a.tar"), CS_OK);
    expect_here(&s);
    stage_close(&s);
}

static void test_others_folder(void **state) {
    (void)state;
    stage s;
    stage_open(&s);
    setenv("CALLSCOPE_MODELS", s.folder, 1);
    assert_int_equal(model_folders(s.data, s.arena, &s.folders, &s.message), CS_OK);
    assert_int_equal(model_remove(s.entry, &s.folders, s.arena, &s.message), CS_ERR_FORBIDDEN);
    run(&s, "test -e theirs-2026/m.onnx");
    unsetenv("CALLSCOPE_MODELS");
    stage_close(&s);
}

static void test_stopped(void **state) {
    (void)state;
    stage s;
    volatile sig_atomic_t is_stopped = 1;
    stage_open(&s);
    s.watch.is_stopped = &is_stopped;
    assert_int_equal(pull(&s, "theirs-2026"), CS_ERR_STOPPED);
    run(&s, "test ! -e data/models/own");
    is_stopped = 0;
    assert_int_equal(pull(&s, "theirs-2026"), CS_OK);
    expect_here(&s);
    stage_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_folder),      cmocka_unit_test(test_from_archives),
        cmocka_unit_test(test_refused),          cmocka_unit_test(test_hostile_paths),
        cmocka_unit_test(test_second_of_a_name), cmocka_unit_test(test_others_folder),
        cmocka_unit_test(test_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
