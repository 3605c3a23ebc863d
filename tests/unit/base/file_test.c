#include "base/file.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/callscope-file-XXXXXX";
static char paths[8][PATH_MAX];

/* A path below the test's folder; eight may be in use at once. */
static const char *at(const char *name) {
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text, size_t bytes) {
    FILE *file = fopen(at(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

static int start(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int end(void **state) {
    (void)state;
    char command[PATH_MAX + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

typedef struct seen {
    char files[2000], troubles[4000];
    int stop_after;
} seen;

static bool see_file(void *context, const char *path, const cs_file_info *info) {
    seen *s = context;
    assert_true(info->is_regular);
    strcat(strcat(s->files, path + strlen(folder) + 1), " ");
    return --s->stop_after != 0;
}

static bool see_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    seen *s = context;
    assert_true(*message->reason && *message->remedy);
    strcat(strcat(strcat(strcat(s->troubles, path + strlen(folder) + 1), "="), error_name(code)), " ");
    return true;
}

static void walks_in_order_and_reports_the_rest(void **state) {
    (void)state;
    cs_message message;
    assert_int_equal(file_make_folder(at("walk/b/deep"), &message), CS_OK);
    assert_int_equal(file_make_folder(at("walk/b/deep"), &message), CS_OK);
    write_file("walk/c.json", "{}", 2);
    write_file("walk/a.json", "{}", 2);
    write_file("walk/.hidden", "{}", 2);
    write_file("walk/b/deep/x.json", "{}", 2);
    assert_int_equal(symlink("..", at("walk/b/loop")), 0);
    assert_int_equal(symlink("nowhere", at("walk/dead")), 0);
    assert_int_equal(symlink("self", at("walk/self")), 0);
    assert_int_equal(mkfifo(at("walk/pipe"), 0600), 0);
    assert_int_equal(symlink("/dev/zero", at("walk/zero")), 0);
    int sock = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/walk/sock", folder);
    assert_int_equal(bind(sock, (struct sockaddr *)&address, sizeof address), 0);
    seen s = {0};
    assert_int_equal(file_walk(at("walk"), see_file, see_trouble, &s), CS_OK);
    close(sock);
    assert_string_equal(s.files, "walk/a.json walk/b/deep/x.json walk/c.json ");
    assert_string_equal(s.troubles, "walk/b/loop=conflict walk/dead=not_found walk/pipe=io walk/self=io walk/sock=io "
                                    "walk/zero=io ");
    s = (seen){.stop_after = 2};
    assert_int_equal(file_walk(at("walk"), see_file, see_trouble, &s), CS_ERR_STOPPED);
    assert_string_equal(s.files, "walk/a.json walk/b/deep/x.json ");
}

static void a_linked_folder_is_entered_once(void **state) {
    (void)state;
    cs_message message;
    assert_int_equal(file_make_folder(at("linked/folder"), &message), CS_OK);
    assert_int_equal(file_make_folder(at("elsewhere"), &message), CS_OK);
    write_file("elsewhere/y.json", "{}", 2);
    assert_int_equal(symlink("../elsewhere", at("linked/first")), 0);
    assert_int_equal(symlink("../elsewhere", at("linked/second")), 0);
    seen s = {0};
    assert_int_equal(file_walk(at("linked"), see_file, see_trouble, &s), CS_OK);
    assert_string_equal(s.files, "linked/first/y.json ");
    assert_string_equal(s.troubles, "linked/second=conflict ");
}

static void what_is_missing_is_reported_and_returned(void **state) {
    (void)state;
    seen s = {0};
    assert_int_equal(file_walk(at("missing"), see_file, see_trouble, &s), CS_ERR_NOT_FOUND);
    assert_string_equal(s.troubles, "missing=not_found ");
    write_file("one.vtt", "x", 1);
    s = (seen){0};
    assert_int_equal(file_walk(at("one.vtt"), see_file, see_trouble, &s), CS_OK);
    assert_string_equal(s.files, "one.vtt ");
}

static void unreadable_files_are_reported(void **state) {
    (void)state;
    if (geteuid() == 0) {
        print_message("SKIP permissions do not bind the user root\n");
        skip();
    }
    write_file("secret.json", "{}", 2);
    assert_int_equal(chmod(at("secret.json"), 0), 0);
    seen s = {0};
    assert_int_equal(file_walk(at("secret.json"), see_file, see_trouble, &s), CS_OK);
    assert_string_equal(s.troubles, "secret.json=io ");
}

static void reads_files_within_a_limit(void **state) {
    (void)state;
    cs_buffer text;
    cs_message message;
    write_file("ten", "0123456789", 10);
    assert_int_equal(file_read(at("ten"), 10, &text, &message), CS_OK);
    assert_string_equal(text.data, "0123456789");
    buffer_free(&text);
    assert_int_equal(file_read(at("ten"), 9, &text, &message), CS_ERR_LIMIT);
    assert_int_equal(file_read(at("no"), 9, &text, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(file_read(folder, 9, &text, &message), CS_ERR_IO);
    assert_int_equal(mkfifo(at("fifo"), 0600), 0);
    assert_int_equal(file_read(at("fifo"), 9, &text, &message), CS_ERR_IO);
    assert_int_equal(file_make_folder(at("ten/x"), &message), CS_ERR_CONFLICT);
}

static void names_and_paths(void **state) {
    (void)state;
    assert_string_equal(file_extension("/a.b/c.JSON"), ".JSON");
    assert_string_equal(file_extension("/a.b/c"), "");
    assert_string_equal(file_extension("/a/.json"), "");
    assert_string_equal(file_extension("a."), "");
    assert_string_equal(file_extension("a.abcdefghijklmnopq"), "");
    char *path = file_join("a/", "b");
    assert_string_equal(path, "a/b");
    free(path);
    path = file_join("a", "b");
    assert_string_equal(path, "a/b");
    free(path);
}

static cs_line_reader *open_lines(const char *text, size_t bytes, size_t max) {
    cs_line_reader *reader = NULL;
    cs_message message;
    write_file("lines", text, bytes);
    assert_int_equal(line_reader_open(at("lines"), max, &reader, &message), CS_OK);
    return reader;
}

static void expect_line(cs_line_reader *reader, const char *text, int64_t number, int64_t offset, bool is_cut) {
    cs_line line;
    cs_message message;
    assert_int_equal(line_reader_next(reader, &line, &message), CS_OK);
    if (!text) {
        assert_null(line.text);
        return;
    }
    assert_int_equal(line.bytes, strlen(text));
    assert_memory_equal(line.text, text, line.bytes);
    assert_int_equal(line.number, number);
    assert_int_equal(line.offset, offset);
    assert_int_equal(line.is_last_cut, is_cut);
    assert_false(line.is_too_long);
}

static void reads_lines_with_all_breaks(void **state) {
    (void)state;
    cs_line_reader *reader = open_lines("\xef\xbb\xbfone\r\n\ntwo\nthree", 18, 100);
    expect_line(reader, "one", 1, 3, false);
    expect_line(reader, "", 2, 8, false);
    expect_line(reader, "two", 3, 9, false);
    expect_line(reader, "three", 4, 13, true);
    assert_int_equal(line_reader_offset(reader), 18);
    expect_line(reader, NULL, 0, 0, false);
    expect_line(reader, NULL, 0, 0, false);
    line_reader_close(reader);
    reader = open_lines("", 0, 100);
    expect_line(reader, NULL, 0, 0, false);
    line_reader_close(reader);
}

static void a_line_too_long_does_not_spoil_the_next(void **state) {
    (void)state;
    size_t bytes = 3000000;
    char *text = malloc(bytes);
    assert_non_null(text);
    memset(text, 'x', bytes);
    memcpy(text, "short\n", 6);
    memcpy(text + bytes - 5, "\nend\n", 5);
    cs_line_reader *reader = open_lines(text, bytes, 1000);
    free(text);
    cs_line line;
    cs_message message;
    expect_line(reader, "short", 1, 0, false);
    assert_int_equal(line_reader_next(reader, &line, &message), CS_OK);
    assert_true(line.is_too_long);
    assert_int_equal(line.bytes, 1000);
    assert_int_equal(line.text[999], 'x');
    assert_int_equal(line.offset, 6);
    expect_line(reader, "end", 3, (int64_t)bytes - 4, false);
    expect_line(reader, NULL, 0, 0, false);
    line_reader_close(reader);
}

static void the_longest_line_is_not_too_long(void **state) {
    (void)state;
    cs_line_reader *reader = open_lines("12345\r\n123456\n12345", 19, 5);
    cs_line line;
    cs_message message;
    expect_line(reader, "12345", 1, 0, false);
    assert_int_equal(line_reader_next(reader, &line, &message), CS_OK);
    assert_true(line.is_too_long && line.bytes == 5);
    expect_line(reader, "12345", 3, 14, true);
    line_reader_close(reader);
}

static void a_file_may_shrink_while_it_is_read(void **state) {
    (void)state;
    size_t bytes = 2000000;
    char *text = malloc(bytes);
    assert_non_null(text);
    for (size_t i = 0; i < bytes; i++) text[i] = i % 100 == 99 ? '\n' : 'x';
    cs_line_reader *reader = open_lines(text, bytes, 1000);
    free(text);
    cs_line line;
    cs_message message;
    assert_int_equal(line_reader_next(reader, &line, &message), CS_OK);
    assert_int_equal(truncate(at("lines"), 50), 0);
    int64_t count = 1;
    do {
        assert_int_equal(line_reader_next(reader, &line, &message), CS_OK);
        if (line.text) assert_int_equal(line.number, ++count);
    } while (line.text);
    assert_true(count < 20000);
    line_reader_close(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_in_order_and_reports_the_rest),
        cmocka_unit_test(a_linked_folder_is_entered_once),
        cmocka_unit_test(what_is_missing_is_reported_and_returned),
        cmocka_unit_test(unreadable_files_are_reported),
        cmocka_unit_test(reads_files_within_a_limit),
        cmocka_unit_test(names_and_paths),
        cmocka_unit_test(reads_lines_with_all_breaks),
        cmocka_unit_test(a_line_too_long_does_not_spoil_the_next),
        cmocka_unit_test(the_longest_line_is_not_too_long),
        cmocka_unit_test(a_file_may_shrink_while_it_is_read),
    };
    return cmocka_run_group_tests(tests, start, end);
}
