/* Files that are sent in: where they may lie, what is refused, what is left of one that was not finished. */
#include "imports/upload.h"

#include "../store/folder.h"
#include "base/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static cs_folder folder;
static cs_message message;

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    return hash_start() ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    folder_remove(&folder);
    return 0;
}

static int count_incoming(void) {
    char path[4096];
    int count = 0;
    (void)snprintf(path, sizeof path, "%s/uploads/.incoming", folder.path);
    DIR *incoming = opendir(path);
    struct dirent *entry;
    while (incoming && (entry = readdir(incoming)) != NULL) count += entry->d_name[0] != '.';
    if (incoming) (void)closedir(incoming);
    return count;
}

static cs_upload *send(const char *text) {
    cs_upload *upload = NULL;
    assert_int_equal(upload_begin(folder.path, -1, 1 << 20, &upload, &message), CS_OK);
    assert_int_equal(upload_write(upload, text, strlen(text), &message), CS_OK);
    assert_int_equal(upload_finish(upload, &message), CS_OK);
    return upload;
}

static bool join_paths(void *context, const char *path, int64_t bytes) {
    char *all = context;
    size_t used = strlen(all);
    (void)snprintf(all + used, 1024 - used, "%s:%lld ", path, (long long)bytes);
    return true;
}

static void a_file_is_put_in_its_place(void **state) {
    (void)state;
    char all[1024] = "", path[4096];
    cs_upload *upload = send("编号,内容\n1,你好\n");
    assert_int_equal(count_incoming(), 1);
    assert_int_equal(upload_take(upload, 12, "二月/calls.csv", &message), CS_OK);
    upload_free(upload);
    assert_int_equal(count_incoming(), 0);
    assert_int_equal(upload_each_file(folder.path, 12, join_paths, all, &message), CS_OK);
    assert_string_equal(all, "二月/calls.csv:23 ");
    struct stat info;
    (void)snprintf(path, sizeof path, "%s/uploads/12/二月/calls.csv", folder.path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);

    upload = send("other"); /* the same name again replaces it */
    assert_int_equal(upload_take(upload, 12, "二月/calls.csv", &message), CS_OK);
    upload_free(upload);
    upload = send("x");
    assert_int_equal(upload_take(upload, 12, "二月", &message), CS_ERR_CONFLICT);
    upload_free(upload);
    all[0] = 0;
    assert_int_equal(upload_each_file(folder.path, 12, join_paths, all, &message), CS_OK);
    assert_string_equal(all, "二月/calls.csv:5 ");
    assert_int_equal(upload_remove_file(folder.path, 12, "二月/none.csv", &message), CS_ERR_NOT_FOUND);
    assert_int_equal(upload_remove_file(folder.path, 12, "二月", &message), CS_ERR_NOT_FOUND);
    assert_int_equal(upload_remove_file(folder.path, 12, "二月/calls.csv", &message), CS_OK);
    upload_remove_all(folder.path, 12);
    (void)snprintf(path, sizeof path, "%s/uploads/12", folder.path);
    assert_int_not_equal(stat(path, &info), 0);
}

static void names_that_leave_the_folder_or_hide_are_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",      "..",   "../x", "a/../../x", "/etc/passwd", "a//b",
                                      "a/",    ".",    "./a",  ".hidden",   "a/.git/x",    "a\nb",
                                      "a\x01", "a\\b", "\x7f", "a/\xff\xfe"};
    static const char *const good[] = {"a", "a.csv", "二月 (1)/通话 %.csv", "a/b/c/d.wav"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(upload_check_path(bad[i], &message), CS_ERR_USAGE);
        assert_true(message.reason[0] && message.remedy[0]);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(upload_check_path(good[i], &message), CS_OK);
    char longest[CS_MAX_UPLOAD_PATH + 64];
    memset(longest, 'a', sizeof longest - 1);
    longest[CS_MAX_UPLOAD_NAME] = 0;
    assert_int_equal(upload_check_path(longest, &message), CS_OK);
    longest[CS_MAX_UPLOAD_NAME] = 'a';
    longest[CS_MAX_UPLOAD_NAME + 1] = 0;
    assert_int_equal(upload_check_path(longest, &message), CS_ERR_USAGE);
    char deep[2 * CS_MAX_UPLOAD_DEPTH + 2];
    for (size_t i = 0; i + 1 < sizeof deep; i++) deep[i] = i % 2 ? '/' : 'a';
    deep[sizeof deep - 1] = 0;
    assert_int_equal(upload_check_path(deep, &message), CS_ERR_USAGE);
    deep[sizeof deep - 3] = 0; /* one folder less */
    assert_int_equal(upload_check_path(deep, &message), CS_OK);
}

static void what_is_too_large_leaves_nothing(void **state) {
    (void)state;
    cs_upload *upload = NULL;
    assert_int_equal(upload_begin(folder.path, 11, 10, &upload, &message), CS_ERR_LIMIT);
    assert_null(upload);
    assert_int_equal(upload_begin(folder.path, -1, 10, &upload, &message), CS_OK);
    assert_int_equal(upload_write(upload, "12345", 5, &message), CS_OK);
    assert_int_equal(upload_write(upload, "123456", 6, &message), CS_ERR_LIMIT);
    assert_int_equal(upload_write(upload, "1", 1, &message), CS_ERR_LIMIT);
    assert_int_equal(upload_finish(upload, &message), CS_ERR_LIMIT);
    upload_free(upload);
    assert_int_equal(count_incoming(), 0);
    /* more than any disk has: said before a byte is sent */
    assert_int_equal(upload_begin(folder.path, INT64_MAX / 2, INT64_MAX, &upload, &message), CS_ERR_STOPPED);
    assert_non_null(strstr(message.reason, "disk is full"));
    assert_non_null(strstr(message.remedy, "free some space"));
    assert_int_equal(count_incoming(), 0);
}

static void equal_bodies_have_equal_hashes(void **state) {
    (void)state;
    char *large = malloc(200001);
    cs_hash first, second, other;
    memset(large, 'x', 200000);
    large[200000] = 0;
    cs_upload *a = send(large), *c = send("[]"), *b = NULL;
    assert_int_equal(upload_begin(folder.path, 200000, 1 << 20, &b, &message), CS_OK);
    for (int i = 0; i < 200000; i += 1000) assert_int_equal(upload_write(b, large, 1000, &message), CS_OK);
    assert_int_equal(upload_finish(b, &message), CS_OK);
    assert_int_equal(upload_hash(a, &first, &message), CS_OK);
    assert_int_equal(upload_hash(b, &second, &message), CS_OK);
    assert_int_equal(upload_hash(c, &other, &message), CS_OK);
    assert_true(hash_equal(first, second));
    assert_false(hash_equal(first, other));
    assert_int_equal(upload_first_byte(c), '[');
    upload_free(a);
    upload_free(b);
    upload_free(c);
    free(large);
    a = send("\xef\xbb\xbf \r\n{}");
    assert_int_equal(upload_first_byte(a), '{');
    upload_free(a);
    a = send(" \n");
    assert_int_equal(upload_first_byte(a), 0);
    upload_free(a);
}

static void notes_are_not_read_as_files(void **state) {
    (void)state;
    char all[1024] = "", path[4096];
    cs_buffer text;
    assert_int_equal(upload_keep_note(folder.path, 3, "paths", "{\"paths\":[]}", 12, &message), CS_OK);
    assert_int_equal(upload_each_file(folder.path, 3, join_paths, all, &message), CS_OK);
    assert_string_equal(all, "");
    assert_int_equal(upload_note_path(folder.path, 3, "paths", path, sizeof path, &message), CS_OK);
    assert_int_equal(file_read(path, 100, &text, &message), CS_OK);
    assert_string_equal(buffer_string(&text), "{\"paths\":[]}");
    buffer_free(&text);
    upload_remove_all(folder.path, 3);
}

static void what_a_killed_server_left_is_swept_when_it_is_old(void **state) {
    (void)state;
    cs_upload *upload = send("half"); /* never taken, never freed before the sweep */
    upload_sweep(folder.path, 3600 * 1000);
    assert_int_equal(count_incoming(), 1);
    upload_sweep(folder.path, -2000);
    assert_int_equal(count_incoming(), 0);
    upload_free(upload);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(a_file_is_put_in_its_place),       T(names_that_leave_the_folder_or_hide_are_refused),
        T(what_is_too_large_leaves_nothing), T(equal_bodies_have_equal_hashes),
        T(notes_are_not_read_as_files),      T(what_a_killed_server_left_is_swept_when_it_is_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
