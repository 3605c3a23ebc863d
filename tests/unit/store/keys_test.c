/* The key file: made once, refused when others may read it, and every digit of it is checked. */
#include "blob_stage.h"

#include <sys/wait.h>

static void a_key_file_is_made_readable_for_its_owner_alone(void **state) {
    (void)state;
    struct stat status;
    size_t length = 0;
    char path[200];
    cs_keys *found = NULL;
    assert_int_equal(stat(key_path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(status.st_nlink, 1);
    char *text = (char *)file_bytes(key_path, &length);
    assert_non_null(strstr(text, "# The keys that callscope's recordings are encrypted under."));
    assert_non_null(strstr(text, "\ncallscope-keys 1\nnaming   "));
    free(text);
    assert_int_equal(keys_open(key_path, CS_KEYS_FIND, &found, &message), CS_OK);
    keys_close(found);
    (void)snprintf(path, sizeof path, "%s/absent.key", folder.path);
    assert_int_equal(keys_open(path, CS_KEYS_FIND, &found, &message), CS_ERR_NOT_FOUND);
    assert_non_null(strstr(message.remedy, "CALLSCOPE_KEY_FILE"));
    assert_int_equal(access(path, F_OK), -1);
    (void)snprintf(path, sizeof path, "%s/new-store/recordings.key", folder.path); /* one folder above is made */
    assert_int_equal(keys_open(path, CS_KEYS_MAKE, &found, &message), CS_OK);
    keys_close(found);
    (void)snprintf(path, sizeof path, "%s/no/such/recordings.key", folder.path);
    assert_int_equal(keys_open(path, CS_KEYS_MAKE, &found, &message), CS_ERR_NOT_FOUND);
}

static void a_file_that_others_may_read_is_refused(void **state) {
    (void)state;
    static const mode_t refused[] = {0640, 0604, 0660, 0606, 0700, 0644, 0666, 0620, 0601, 0200, 04600};
    cs_keys *found = NULL;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(chmod(key_path, refused[i]), 0);
        if (geteuid() != 0 && refused[i] == 0200) continue; /* can't be opened at all */
        assert_int_equal(keys_open(key_path, CS_KEYS_MAKE, &found, &message), CS_ERR_USAGE);
        assert_non_null(strstr(message.remedy, "chmod 600"));
    }
    assert_int_equal(chmod(key_path, 0400), 0);
    assert_int_equal(keys_open(key_path, CS_KEYS_FIND, &found, &message), CS_OK);
    keys_close(found);
}

static void links_are_followed_and_other_things_refused(void **state) {
    (void)state;
    char path[200];
    size_t length = 0;
    cs_keys *found = NULL;
    cs_rotation counts;
    struct stat status;
    (void)snprintf(path, sizeof path, "%s/link.key", folder.path);
    assert_int_equal(symlink("recordings.key", path), 0);
    assert_int_equal(keys_open(path, CS_KEYS_FIND, &found, &message), CS_OK);
    keys_close(found);
    assert_int_equal(mkdir(recordings, 0700), 0);
    unsigned char *before = file_bytes(key_path, &length);
    assert_int_equal(keys_rotate(path, recordings, &counts, NULL, NULL, &message), CS_OK);
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISLNK(status.st_mode)); /* what it leads to was replaced */
    unsigned char *after = file_bytes(key_path, &length);
    assert_memory_not_equal(before, after, length);
    free(before);
    free(after);
    assert_int_equal(keys_open(folder.path, CS_KEYS_FIND, &found, &message), CS_ERR_USAGE);
    (void)snprintf(path, sizeof path, "%s/pipe", folder.path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(keys_open(path, CS_KEYS_MAKE, &found, &message), CS_ERR_USAGE);
    assert_int_equal(keys_open("", CS_KEYS_MAKE, &found, &message), CS_ERR_USAGE);
}

static void another_users_file_is_refused_except_by_root(void **state) {
    (void)state;
    cs_keys *found = NULL;
    cs_rotation counts;
    struct stat status;
    if (geteuid() != 0) {
        print_message("skipped: only root can give a file away\n");
        skip();
    }
    assert_int_equal(mkdir(recordings, 0700), 0);
    assert_int_equal(chown(key_path, 65534, 65534), 0);
    assert_int_equal(keys_open(key_path, CS_KEYS_FIND, &found, &message), CS_OK);
    keys_close(found);
    /* Rotated by root it stays that user's. */
    assert_int_equal(keys_rotate(key_path, recordings, &counts, NULL, NULL, &message), CS_OK);
    assert_int_equal(stat(key_path, &status), 0);
    assert_int_equal(status.st_uid, 65534);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(chmod(folder.path, 0755), 0);
    pid_t child = fork();
    if (child == 0) {
        if (seteuid(65533) != 0) _exit(9);
        _exit(keys_open(key_path, CS_KEYS_FIND, &found, &message) == CS_ERR_IO && message.remedy[0] ? 0 : 1);
    }
    int code = 0;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(WIFEXITED(code) && WEXITSTATUS(code) == 0);
}

static void what_is_no_key_file_is_refused_with_its_line(void **state) {
    (void)state;
    size_t length = 0;
    cs_keys *found = NULL;
    char *text = (char *)file_bytes(key_path, &length);
    /* Any digit that was changed is noticed, and so is any place where the file was cut. */
    for (size_t i = (size_t)(strstr(text, "callscope-keys") - text); i < length; i++) {
        char was = text[i];
        if (was == '\n' || was == ' ') continue;
        text[i] = was == '0' ? '1' : '0';
        file_put(key_path, text, length);
        if (keys_open(key_path, CS_KEYS_FIND, &found, &message) != CS_ERR_PARSE) fail_msg("byte %zu changed", i);
        text[i] = was;
    }
    for (size_t cut = 0; cut + 1 < length; cut++) {
        file_put(key_path, text, cut);
        if (keys_open(key_path, CS_KEYS_MAKE, &found, &message) != CS_ERR_PARSE) fail_msg("cut at %zu", cut);
    }
    static const char *const wrong[] = {
        "", "hello\n", "callscope-keys 2\n", "callscope-keys 1\nnaming 00\n", "# nothing\n\n", "naming\n"};
    static const char *const places[] = {"line 0", "line 1", "line 1", "line 2", "line 2", "line 1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        file_put(key_path, wrong[i], strlen(wrong[i]));
        assert_int_equal(keys_open(key_path, CS_KEYS_MAKE, &found, &message), CS_ERR_PARSE);
        assert_string_equal(message.place, places[i]);
    }
    /* Line ends of another system, and an end without one, do no harm. */
    char *crlf = malloc(2 * length), *to = crlf;
    assert_non_null(crlf);
    for (size_t i = 0; i + 1 < length; i++) {
        if (text[i] == '\n') *to++ = '\r';
        *to++ = text[i];
    }
    file_put(key_path, crlf, (size_t)(to - crlf));
    assert_int_equal(keys_open(key_path, CS_KEYS_FIND, &found, &message), CS_OK);
    keys_close(found);
    free(crlf);
    free(text);
}

static void makers_at_once_end_with_the_same_key(void **state) {
    (void)state;
    enum { MAKERS = 6, ROUNDS = 10 };
    for (int round = 0; round < ROUNDS; round++) {
        pid_t makers[MAKERS];
        int gate[2], status = 0;
        char names[MAKERS][CS_BLOB_NAME_CHARS + 1], go = 0;
        int answers[2];
        keys_close(keys);
        keys = NULL;
        assert_int_equal(unlink(key_path), 0);
        assert_int_equal(pipe(gate), 0);
        assert_int_equal(pipe(answers), 0);
        for (int i = 0; i < MAKERS; i++) {
            makers[i] = fork();
            if (makers[i] != 0) continue;
            cs_keys *mine = NULL;
            char name[CS_BLOB_NAME_CHARS + 1];
            (void)close(gate[1]);
            (void)!read(gate[0], &go, 1); /* ends for all when the parent closes it */
            if (keys_open(key_path, CS_KEYS_MAKE, &mine, &message) != CS_OK) _exit(1);
            if (keep_with(mine, "the same", 8, name) != CS_OK) _exit(2);
            _exit(write(answers[1], name, sizeof name) == sizeof name ? 0 : 3);
        }
        (void)close(gate[0]);
        (void)close(gate[1]);
        for (int i = 0; i < MAKERS; i++) {
            assert_int_equal(waitpid(makers[i], &status, 0), makers[i]);
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
            assert_int_equal(read(answers[0], names[i], sizeof names[i]), sizeof names[i]);
            assert_string_equal(names[i], names[0]);
        }
        (void)close(answers[0]);
        (void)close(answers[1]);
        assert_int_equal(keys_open(key_path, CS_KEYS_FIND, &keys, &message), CS_OK);
        expect_content(keys, names[0], "the same", 8);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_make, stage_remove)
    const struct CMUnitTest tests[] = {
        TEST(a_key_file_is_made_readable_for_its_owner_alone), TEST(a_file_that_others_may_read_is_refused),
        TEST(links_are_followed_and_other_things_refused),     TEST(another_users_file_is_refused_except_by_root),
        TEST(what_is_no_key_file_is_refused_with_its_line),    TEST(makers_at_once_end_with_the_same_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
