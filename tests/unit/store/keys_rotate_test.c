/* Rotation: the old key is gone, everything is readable; killed at any moment, nothing is lost. */
#include "blob_stage.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>

enum { BLOBS = 24, KILLS = 60 };

static char names[BLOBS][CS_BLOB_NAME_CHARS + 1];
static unsigned char *contents[BLOBS];
enum { CONTENT_BYTES = 70000 };

static int fill(void **state) {
    if (stage_make(state) != 0) return -1;
    for (unsigned i = 0; i < BLOBS; i++) {
        contents[i] = content_make(CONTENT_BYTES, i);
        keep(contents[i], CONTENT_BYTES, names[i]);
    }
    return 0;
}

static int empty(void **state) {
    for (int i = 0; i < BLOBS; i++) free(contents[i]);
    return stage_remove(state);
}

static void expect_all(const cs_keys *with) {
    for (int i = 0; i < BLOBS; i++) expect_content(with, names[i], contents[i], CONTENT_BYTES);
}

static void expect_all_anew(void) {
    cs_keys *now = NULL;
    if (keys_open(key_path, CS_KEYS_FIND, &now, &message) != CS_OK) fail_msg("%s", message.reason);
    expect_all(now);
    keys_close(now);
}

static int lines_with(const char *text, const char *word) {
    int count = 0;
    for (const char *at = text; (at = strstr(at, word)); at++) count++;
    return count;
}

static void the_old_key_is_gone_and_everything_is_readable(void **state) {
    (void)state;
    char copy_path[200];
    size_t length = 0;
    cs_rotation counts;
    cs_keys *old = NULL;
    cs_blob *blob = NULL, *open_one = NULL;
    unsigned char out[100];
    size_t got = 0;
    char *before = (char *)file_bytes(key_path, &length);
    (void)snprintf(copy_path, sizeof copy_path, "%s/old.key", folder.path);
    file_put(copy_path, before, length);
    assert_int_equal(blob_open(keys, recordings, names[0], &open_one, &message), CS_OK);

    assert_int_equal(keys_rotate(key_path, recordings, &counts, NULL, NULL, &message), CS_OK);
    assert_int_equal(counts.blobs, BLOBS);
    assert_int_equal(counts.rewrapped, BLOBS);
    assert_int_equal(counts.unreadable, 0);
    expect_all_anew();
    expect_all(keys); /* opened before the rotation: it reads the file again */
    assert_int_equal(blob_read(open_one, 65000, out, 100, &got, &message), CS_OK);
    assert_memory_equal(out, contents[0] + 65000, 100);
    blob_close(open_one);

    assert_int_equal(keys_open(copy_path, CS_KEYS_FIND, &old, &message), CS_OK);
    for (int i = 0; i < BLOBS; i++)
        assert_int_equal(blob_open(old, recordings, names[i], &blob, &message), CS_ERR_STORE);
    keys_close(old);
    char *after = (char *)file_bytes(key_path, &length), *key = strstr(before, "wrapping") + 9;
    assert_int_equal(lines_with(after, "wrapping"), 1);
    assert_int_equal(lines_with(after, "rotating"), 0);
    key[32] = key[97] = 0;
    assert_null(strstr(after, key)); /* its id */
    assert_null(strstr(after, key + 33)); /* the key */
    for (int i = 0; i < BLOBS; i++) { /* nor is anything left in a file that it would open */
        char path[240];
        unsigned char nought[512] = {0};
        path_of(names[i], path);
        unsigned char *bytes = file_bytes(path, &length);
        assert_memory_equal(bytes + SLOT_AT, nought, 512);
        assert_memory_not_equal(bytes + SPARE_SLOT_AT, nought,
                                512); /* the free one was filled before this was cleared */
        free(bytes);
    }
    free(before);
    free(after);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(keys_rotate(key_path, recordings, &counts, NULL, NULL, &message), CS_OK);
        assert_int_equal(counts.rewrapped, BLOBS);
    }
    expect_all(keys);
    expect_all_anew();
}

static void who_opened_the_keys_before_writes_under_the_new_one(void **state) {
    (void)state;
    cs_rotation counts;
    cs_blob_writer *writer = NULL;
    char name[CS_BLOB_NAME_CHARS + 1], same[CS_BLOB_NAME_CHARS + 1];
    assert_int_equal(blob_begin(keys, recordings, &writer, &message), CS_OK);
    assert_int_equal(blob_append(writer, "begun before", 12, &message), CS_OK);
    assert_int_equal(keys_rotate(key_path, recordings, &counts, NULL, NULL, &message), CS_OK);
    assert_int_equal(blob_finish(writer, name, &message), CS_OK);
    cs_keys *now = NULL;
    assert_int_equal(keys_open(key_path, CS_KEYS_FIND, &now, &message), CS_OK);
    expect_content(now, name, "begun before", 12);
    keys_close(now);
    keep(contents[0], CONTENT_BYTES, same); /* names do not change with the key */
    assert_string_equal(same, names[0]);
    /* Without the key file nothing is written that it might not open. */
    assert_int_equal(unlink(key_path), 0);
    assert_int_equal(keep_with(keys, "more", 4, name), CS_ERR_NOT_FOUND);
    assert_non_null(strstr(message.reason, "there is no key file"));
    expect_all(keys); /* what is known goes on being read */
    assert_int_equal(keys_open(key_path, CS_KEYS_MAKE, &now, &message), CS_OK);
    keys_close(now);
    assert_int_equal(keep_with(keys, "more", 4, name), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "is another one than at the start"));
}

typedef struct cs_named {
    int count;
    char last[CS_BLOB_NAME_CHARS + 1];
} cs_named;

static void on_trouble(void *context, const char *blob, const cs_message *trouble) {
    cs_named *named = context;
    named->count++;
    (void)snprintf(named->last, sizeof named->last, "%s", blob);
    assert_true(trouble->reason[0]);
}

static void one_that_can_not_be_wrapped_is_named_and_the_keys_stay(void **state) {
    (void)state;
    char path[240];
    size_t length = 0;
    cs_rotation counts;
    cs_named named = {0};
    path_of(names[7], path);
    unsigned char *bytes = file_bytes(path, &length);
    bytes[SLOT_AT + 50] ^= 1;
    file_put(path, bytes, length);
    for (int run = 1; run <= 2; run++) {
        named = (cs_named){0};
        assert_int_equal(keys_rotate(key_path, recordings, &counts, on_trouble, &named, &message), CS_ERR_STORE);
        assert_non_null(strstr(message.reason, "1 recording could not be wrapped again"));
        assert_int_equal(counts.blobs, BLOBS);
        assert_int_equal(counts.rewrapped, BLOBS - 1);
        assert_int_equal(counts.unreadable, 1);
        assert_int_equal(named.count, 1);
        assert_string_equal(named.last, names[7]);
        char *text = (char *)file_bytes(key_path, &length);
        assert_int_equal(lines_with(text, "wrapping"), run + 1);
        free(text);
    }
    bytes[SLOT_AT + 50] ^= 1; /* put back: the oldest key is still there for it */
    file_put(path, bytes, HEADER_BYTES + CONTENT_BYTES + 2 * TAG_BYTES);
    expect_all_anew();
    assert_int_equal(keys_rotate(key_path, recordings, &counts, on_trouble, &named, &message), CS_OK);
    expect_all_anew();
    char *text = (char *)file_bytes(key_path, &length);
    assert_int_equal(lines_with(text, "wrapping"), 1);
    free(text);
    free(bytes);
}

static void the_number_of_kept_keys_is_bounded(void **state) {
    (void)state;
    char path[240];
    cs_rotation counts;
    path_of(names[3], path);
    assert_int_equal(truncate(path, 100), 0);
    cs_error code = CS_ERR_STORE;
    int runs = 0;
    for (; runs < 100 && code == CS_ERR_STORE; runs++)
        code = keys_rotate(key_path, recordings, &counts, NULL, NULL, &message);
    assert_int_equal(code, CS_ERR_LIMIT);
    assert_int_equal(runs, 32);
    assert_int_equal(unlink(path), 0);
    /* As it says: without the damaged one it goes on. */
    keys_close(keys);
    assert_int_equal(keys_open(key_path, CS_KEYS_FIND, &keys, &message), CS_OK);
    keep(contents[3], CONTENT_BYTES, names[3]);
    expect_all(keys);
}

static void a_damaged_spare_slot_is_mended(void **state) {
    (void)state;
    char path[240];
    size_t length = 0;
    cs_rotation counts;
    cs_blob *blob = NULL;
    path_of(names[5], path);
    unsigned char *bytes = file_bytes(path, &length);
    memset(bytes + SPARE_SLOT_AT, 'x', 200); /* as the power may leave it */
    file_put(path, bytes, length);
    free(bytes);
    assert_int_equal(blob_open(keys, recordings, names[5], &blob, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.remedy, "keys rotate mends it"));
    assert_int_equal(keys_rotate(key_path, recordings, &counts, NULL, NULL, &message), CS_OK);
    expect_all(keys);
}

static void a_missing_folder_and_a_second_rotation_are_refused(void **state) {
    (void)state;
    char path[200];
    cs_rotation counts;
    size_t length = 0, again = 0;
    unsigned char *before = file_bytes(key_path, &length);
    (void)snprintf(path, sizeof path, "%s/elsewhere", folder.path);
    assert_int_equal(keys_rotate(key_path, path, &counts, NULL, NULL, &message), CS_ERR_NOT_FOUND);
    assert_non_null(strstr(message.remedy, "--data"));
    int held = open(key_path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(held, LOCK_EX), 0);
    assert_int_equal(keys_rotate(key_path, recordings, &counts, NULL, NULL, &message), CS_ERR_CONFLICT);
    assert_int_equal(close(held), 0);
    unsigned char *after = file_bytes(key_path, &again);
    assert_int_equal(length, again);
    assert_memory_equal(before, after, length);
    free(before);
    free(after);
    (void)snprintf(path, sizeof path, "%s/absent.key", folder.path);
    assert_int_equal(keys_rotate(path, recordings, &counts, NULL, NULL, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(access(path, F_OK), -1);
}

static int leftovers(void) {
    int count = 0;
    DIR *entries = opendir(folder.path);
    assert_non_null(entries);
    for (struct dirent *e; (e = readdir(entries));) count += strstr(e->d_name, ".new-") != NULL;
    closedir(entries);
    return count;
}

/* A child rotates without end; it is killed somewhere in a rotation, the moments left to chance. */
static void killed_at_any_moment_nothing_is_lost(void **state) {
    (void)state;
    size_t length = 0;
    int unfinished = 0;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    unsigned moment = (unsigned)now.tv_nsec;
    for (int kills = 0; kills < KILLS; kills++) {
        cs_rotation counts;
        pid_t child = fork();
        if (child == 0) {
            for (;;)
                if (keys_rotate(key_path, recordings, &counts, NULL, NULL, &message) != CS_OK) _exit(1);
        }
        moment = moment * 1664525U + 1013904223U;
        struct timespec pause = {.tv_nsec = (long)(moment >> 8) % 60000000};
        (void)nanosleep(&pause, NULL);
        (void)kill(child, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFSIGNALED(status)) fail_msg("the rotation failed by itself: run it to see why");
        char *text = (char *)file_bytes(key_path, &length);
        assert_true(lines_with(text, "wrapping") <= 2); /* the one before goes on where it ended */
        unfinished += lines_with(text, "rotating");
        free(text);
        expect_all_anew();
        if (kills % 10 == 9) expect_all(keys);
    }
    if (unfinished == 0) fail_msg("no kill fell into a rotation");
    cs_rotation counts;
    assert_int_equal(keys_rotate(key_path, recordings, &counts, NULL, NULL, &message), CS_OK);
    assert_int_equal(counts.blobs, BLOBS);
    char *text = (char *)file_bytes(key_path, &length);
    assert_int_equal(lines_with(text, "wrapping"), 1);
    assert_int_equal(lines_with(text, "rotating"), 0);
    assert_int_equal(leftovers(), 0); /* they held keys */
    free(text);
    expect_all_anew();
    expect_all(keys);
}

/* ---- meanwhile ---- */

static bool has_ended(pid_t child, int *status) {
    struct timespec pause = {.tv_nsec = 300000000};
    (void)nanosleep(&pause, NULL); /* long enough to notice one that does not wait; one that does is never blamed */
    return waitpid(child, status, WNOHANG) != 0;
}

/* A writer that chose the old key and has not come to its name yet: the rotation waits, and then sees its blob. */
static void a_rotation_waits_for_who_is_just_finishing(void **state) {
    (void)state;
    char path[240], aside[200];
    int status = 0;
    cs_rotation counts;
    path_of(names[0], path);
    (void)snprintf(aside, sizeof aside, "%s/aside", folder.path);
    int lock = open(recordings, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(lock, LOCK_SH), 0);
    assert_int_equal(rename(path, aside), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)close(lock);
        _exit(keys_rotate(key_path, recordings, &counts, NULL, NULL, &message) == CS_OK ? 0 : 1);
    }
    assert_false(has_ended(child, &status));
    assert_int_equal(rename(aside, path), 0);
    assert_int_equal(flock(lock, LOCK_UN), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    expect_all_anew();

    assert_int_equal(flock(lock, LOCK_EX), 0); /* the other way */
    child = fork();
    if (child == 0) {
        char name[CS_BLOB_NAME_CHARS + 1];
        (void)close(lock);
        _exit(keep_with(keys, "late", 4, name) == CS_OK ? 0 : 1);
    }
    assert_false(has_ended(child, &status));
    assert_int_equal(close(lock), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

typedef struct cs_traffic {
    atomic_bool is_ended;
    atomic_int rounds, failures;
    char reason[400];
} cs_traffic;

static void *traffic(void *context) {
    cs_traffic *t = context;
    unsigned char *out = malloc(CONTENT_BYTES), mine[64];
    cs_message trouble;
    for (unsigned i = 0; out && !atomic_load(&t->is_ended); i++) {
        cs_blob *blob = NULL;
        cs_blob_writer *writer = NULL;
        char name[CS_BLOB_NAME_CHARS + 1];
        size_t got = 0;
        cs_error code = blob_open(keys, recordings, names[i % BLOBS], &blob, &trouble);
        if (code == CS_OK) code = blob_read(blob, 0, out, CONTENT_BYTES, &got, &trouble);
        blob_close(blob);
        bool is_same = code == CS_OK && got == CONTENT_BYTES && memcmp(out, contents[i % BLOBS], got) == 0;
        int bytes = snprintf((char *)mine, sizeof mine, "%p %u", context, i);
        if (code == CS_OK) code = blob_begin(keys, recordings, &writer, &trouble);
        if (code == CS_OK) code = blob_append(writer, mine, (size_t)bytes, &trouble);
        if (code == CS_OK) code = blob_finish(writer, name, &trouble);
        if (code != CS_OK || !is_same) {
            (void)atomic_fetch_add(&t->failures, 1);
            (void)snprintf(t->reason, sizeof t->reason, "%s", trouble.reason);
            break;
        }
        (void)atomic_fetch_add(&t->rounds, 1);
    }
    free(out);
    return NULL;
}

static void recordings_are_read_and_written_while_keys_rotate(void **state) {
    (void)state;
    enum { THREADS = 3, ROTATIONS = 8 };
    static cs_traffic busy[THREADS];
    pthread_t threads[THREADS];
    int64_t before = 0;
    cs_rotation counts;
    memset(busy, 0, sizeof busy);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, traffic, &busy[i]), 0);
    cs_error code = CS_OK;
    bool is_growing = true;
    for (int i = 0; i < ROTATIONS && code == CS_OK && is_growing; i++) {
        code = keys_rotate(key_path, recordings, &counts, NULL, NULL, &message);
        is_growing = counts.blobs >= before;
        before = counts.blobs;
    }
    for (int i = 0; i < THREADS; i++) atomic_store(&busy[i].is_ended, true);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    if (code != CS_OK) fail_msg("%s", message.reason); /* not while the threads use what a failure frees */
    assert_true(is_growing);
    for (int i = 0; i < THREADS; i++) {
        if (atomic_load(&busy[i].failures)) fail_msg("%s", busy[i].reason);
        assert_true(atomic_load(&busy[i].rounds) > 0);
    }
    expect_all_anew();
    /* Whatever was written meanwhile is opened by the keys there are now: the next rotation finds no stranger. */
    assert_int_equal(keys_rotate(key_path, recordings, &counts, NULL, NULL, &message), CS_OK);
    assert_int_equal(counts.unreadable, 0);
    assert_int_equal(counts.rewrapped, counts.blobs);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fill, empty)
    const struct CMUnitTest tests[] = {
        TEST(the_old_key_is_gone_and_everything_is_readable),
        TEST(who_opened_the_keys_before_writes_under_the_new_one),
        TEST(one_that_can_not_be_wrapped_is_named_and_the_keys_stay),
        TEST(the_number_of_kept_keys_is_bounded),
        TEST(a_damaged_spare_slot_is_mended),
        TEST(a_missing_folder_and_a_second_rotation_are_refused),
        TEST(killed_at_any_moment_nothing_is_lost),
        TEST(a_rotation_waits_for_who_is_just_finishing),
        TEST(recordings_are_read_and_written_while_keys_rotate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
