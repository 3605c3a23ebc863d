/* Recordings come back as they went in, from any place; whatever was changed in a file is noticed; what could not be written
 * leaves nothing. */
#include "blob_stage.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* ---- there and back ---- */

static void content_of_every_length_comes_back(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 2, 65535, 65536, 65537, 131071, 131072, 131073, 5000000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        unsigned char *bytes = content_make(lengths[i], (unsigned)i);
        char name[CS_BLOB_NAME_CHARS + 1], path[240];
        struct stat status;
        cs_blob *blob = NULL;
        keep(bytes, lengths[i], name);
        expect_content(keys, name, bytes, lengths[i]);
        assert_int_equal(blob_open(keys, recordings, name, &blob, &message), CS_OK);
        assert_int_equal(blob_length(blob), lengths[i]);
        blob_close(blob);
        path_of(name, path);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        size_t chunks = lengths[i] ? (lengths[i] + CS_BLOB_CHUNK_BYTES - 1) / CS_BLOB_CHUNK_BYTES : 1;
        assert_int_equal(status.st_size, HEADER_BYTES + lengths[i] + chunks * TAG_BYTES);
        free(bytes);
    }
}

static void pieces_of_any_size_make_the_same_blob(void **state) {
    (void)state;
    static const size_t pieces[] = {1000, 7, 65535, 65536, 65537, 200000, 1, 0};
    size_t length = 700001;
    unsigned char *bytes = content_make(length, 3);
    char whole[CS_BLOB_NAME_CHARS + 1], name[CS_BLOB_NAME_CHARS + 1];
    keep(bytes, length, whole);
    assert_int_equal(blob_remove(recordings, whole, &message), CS_OK);
    cs_blob_writer *writer = NULL;
    assert_int_equal(blob_begin(keys, recordings, &writer, &message), CS_OK);
    for (size_t at = 0, i = 0; at < length; i++) {
        size_t take = pieces[i % 8] < length - at ? pieces[i % 8] : length - at;
        assert_int_equal(blob_append(writer, bytes + at, take, &message), CS_OK);
        at += take;
    }
    assert_int_equal(blob_finish(writer, name, &message), CS_OK);
    assert_string_equal(name, whole);
    expect_content(keys, name, bytes, length);
    free(bytes);
}

static void reading_starts_and_ends_anywhere(void **state) {
    (void)state;
    static const int64_t edges[] = {0,      1,      2,      32768,  65534,  65535,  65536,  65537,
                                    131070, 131071, 131072, 131073, 199998, 199999, 200000, 200001};
    enum { EDGES = sizeof edges / sizeof *edges, LENGTH = 200000 };
    unsigned char *bytes = content_make(LENGTH, 4), *out = malloc(LENGTH + 2);
    char name[CS_BLOB_NAME_CHARS + 1];
    cs_blob *blob = NULL;
    size_t got = 99;
    assert_non_null(out);
    keep(bytes, LENGTH, name);
    assert_int_equal(blob_open(keys, recordings, name, &blob, &message), CS_OK);
    for (int from = 0; from < EDGES; from++) {
        for (int to = from; to < EDGES; to++) {
            size_t wanted = (size_t)(edges[to] - edges[from]);
            size_t there = edges[from] >= LENGTH                    ? 0
                           : edges[from] + (int64_t)wanted > LENGTH ? (size_t)(LENGTH - edges[from])
                                                                    : wanted;
            assert_int_equal(blob_read(blob, edges[from], out, wanted, &got, &message), CS_OK);
            assert_int_equal(got, there);
            if (there) assert_memory_equal(out, bytes + edges[from], there);
        }
    }
    assert_int_equal(blob_read(blob, INT64_MAX, out, 10, &got, &message), CS_OK);
    assert_int_equal(got, 0);
    assert_int_equal(blob_read(blob, 5, out, SIZE_MAX, &got, &message), CS_OK);
    assert_int_equal(got, LENGTH - 5);
    assert_int_equal(blob_read(blob, -1, out, 10, &got, &message), CS_ERR_USAGE);
    assert_int_equal(got, LENGTH - 5);
    blob_close(blob);
    free(bytes);
    free(out);
}

static int count_parts(void) {
    int parts = 0;
    DIR *entries = opendir(recordings);
    assert_non_null(entries);
    for (struct dirent *e; (e = readdir(entries));) parts += strncmp(e->d_name, ".part-", 6) == 0;
    closedir(entries);
    return parts;
}

static void the_same_content_is_kept_once(void **state) {
    (void)state;
    unsigned char *bytes = content_make(100000, 5);
    char first[CS_BLOB_NAME_CHARS + 1], second[CS_BLOB_NAME_CHARS + 1], path[240];
    struct stat before, after;
    keep(bytes, 100000, first);
    path_of(first, path);
    assert_int_equal(stat(path, &before), 0);
    keep(bytes, 100000, second);
    assert_string_equal(first, second);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(after.st_nlink, 1);
    assert_int_equal(count_parts(), 0);
    /* One that does not open any more is replaced by what is sound. */
    assert_int_equal(truncate(path, HEADER_BYTES + 100), 0);
    keep(bytes, 100000, second);
    expect_content(keys, first, bytes, 100000);
    assert_int_equal(count_parts(), 0);
    free(bytes);
}

static unsigned char *chunk_at(unsigned char *file, size_t index) {
    return file + HEADER_BYTES + index * SEALED_BYTES;
}

static void the_name_and_the_file_tell_nothing(void **state) {
    (void)state;
    static const char words[] = "I want to complain about my air conditioner";
    char name[CS_BLOB_NAME_CHARS + 1], plain[CS_HASH_CHARS + 1], path[240];
    size_t length = 0;
    keep(words, sizeof words - 1, name);
    hash_hex(hash_bytes(words, sizeof words - 1), plain);
    assert_string_not_equal(name, plain);
    path_of(name, path);
    unsigned char *stored = file_bytes(path, &length);
    assert_null(memmem(stored, length, "complain", 8));
    free(stored);
    /* Silence is not to be seen either: no two chunks are encrypted alike, nor the same content twice. */
    unsigned char *silence = calloc(3, CS_BLOB_CHUNK_BYTES);
    assert_non_null(silence);
    keep(silence, (size_t)3 * CS_BLOB_CHUNK_BYTES, name);
    path_of(name, path);
    unsigned char *once = file_bytes(path, &length);
    for (size_t i = 1; i < 3; i++) assert_memory_not_equal(chunk_at(once, 0), chunk_at(once, i), CS_BLOB_CHUNK_BYTES);
    assert_int_equal(unlink(path), 0);
    keep(silence, (size_t)3 * CS_BLOB_CHUNK_BYTES, name);
    unsigned char *twice = file_bytes(path, &length);
    assert_memory_not_equal(chunk_at(once, 0), chunk_at(twice, 0), CS_BLOB_CHUNK_BYTES);
    free(once);
    free(twice);
    free(silence);
}

/* ---- what was changed is noticed ---- */

static char victim[CS_BLOB_NAME_CHARS + 1], victim_path[240];
static unsigned char *sound;
static size_t sound_bytes;

static void choose(const unsigned char *bytes, size_t length) {
    keep(bytes, length, victim);
    path_of(victim, victim_path);
    sound = file_bytes(victim_path, &sound_bytes);
}

static void expect_noticed(const unsigned char *bytes, size_t length, const char *what) {
    unsigned char *out = malloc(1000000);
    size_t got = 0;
    assert_non_null(out);
    file_put(victim_path, bytes, length);
    message = (cs_message){0};
    cs_error code = read_with(keys, victim, out, 1000000, &got);
    if (code != CS_ERR_STORE) fail_msg("%s: %d %s", what, code, message.reason);
    assert_true(message.reason[0] && message.remedy[0]);
    free(out);
}

static void every_flipped_byte_is_noticed(void **state) {
    (void)state;
    unsigned char *bytes = content_make(300, 6);
    choose(bytes, 300);
    for (size_t i = 0; i < sound_bytes; i++) {
        char what[32];
        unsigned char was = sound[i];
        sound[i] ^= (unsigned char)(1U << (i % 8));
        (void)snprintf(what, sizeof what, "byte %zu", i);
        expect_noticed(sound, sound_bytes, what);
        sound[i] = was;
    }
    file_put(victim_path, sound, sound_bytes);
    expect_content(keys, victim, bytes, 300);
    free(bytes);
    free(sound);
}

static void truncation_at_every_length_is_noticed(void **state) {
    (void)state;
    unsigned char *bytes = content_make(300, 7);
    choose(bytes, 300);
    for (size_t length = 0; length < sound_bytes; length++) expect_noticed(sound, length, "cut");
    free(sound);
    free(bytes);
    bytes = content_make(3 * CS_BLOB_CHUNK_BYTES, 8);
    choose(bytes, 3 * CS_BLOB_CHUNK_BYTES);
    for (size_t chunk = 0; chunk <= 3; chunk++)
        for (size_t near = 0; near <= 2 * TAG_BYTES; near++) {
            size_t length = HEADER_BYTES + chunk * SEALED_BYTES + near - TAG_BYTES;
            if (length < sound_bytes) expect_noticed(sound, length, "cut at a chunk");
        }
    free(sound);
    free(bytes);
}

static void chunks_moved_dropped_or_added_are_noticed(void **state) {
    (void)state;
    enum { LENGTH = 3 * CS_BLOB_CHUNK_BYTES };
    unsigned char *bytes = content_make(LENGTH, 9), *spare = malloc(HEADER_BYTES + 5 * SEALED_BYTES);
    char name[CS_BLOB_NAME_CHARS + 1], path[240];
    size_t other_bytes = 0;
    assert_non_null(spare);
    choose(bytes, LENGTH);
    bytes[0] ^= 1;
    keep(bytes, LENGTH, name);
    path_of(name, path);
    unsigned char *other = file_bytes(path, &other_bytes);
#define FRESH() memcpy(spare, sound, sound_bytes)
    FRESH();
    memcpy(chunk_at(spare, 0), chunk_at(sound, 1), SEALED_BYTES);
    memcpy(chunk_at(spare, 1), chunk_at(sound, 0), SEALED_BYTES);
    expect_noticed(spare, sound_bytes, "swapped");
    for (size_t dropped = 0; dropped < 3; dropped++) {
        FRESH();
        memmove(chunk_at(spare, dropped), chunk_at(spare, dropped + 1), (2 - dropped) * SEALED_BYTES);
        expect_noticed(spare, sound_bytes - SEALED_BYTES, "dropped");
    }
    for (size_t added = 0; added < 3; added++) {
        FRESH();
        memcpy(chunk_at(spare, 3), chunk_at(sound, added), SEALED_BYTES);
        expect_noticed(spare, sound_bytes + SEALED_BYTES, "added");
    }
    for (size_t extra = 1; extra < 40; extra++) {
        FRESH();
        memset(spare + sound_bytes, 0, extra);
        expect_noticed(spare, sound_bytes + extra, "bytes behind the end");
    }
    for (size_t i = 0; i < 3; i++) {
        FRESH();
        memcpy(chunk_at(spare, i), chunk_at(other, i), SEALED_BYTES);
        expect_noticed(spare, sound_bytes, "a chunk of another file");
    }
    FRESH();
    memcpy(spare, other, HEADER_BYTES);
    expect_noticed(spare, sound_bytes, "the header of another file");
    FRESH();
    memcpy(spare + SLOT_AT, other + SLOT_AT, 512);
    expect_noticed(spare, sound_bytes, "the key of another file");
    expect_noticed(other, other_bytes, "all of another file under this name");
    free(other);
    free(spare);
    free(sound);
    free(bytes);
}

static void a_damaged_chunk_is_named_and_the_others_are_read(void **state) {
    (void)state;
    unsigned char *bytes = content_make(200000, 10), out[100];
    size_t got = 0;
    cs_blob *blob = NULL;
    choose(bytes, 200000);
    chunk_at(sound, 1)[5] ^= 1;
    file_put(victim_path, sound, sound_bytes);
    assert_int_equal(blob_open(keys, recordings, victim, &blob, &message), CS_OK);
    assert_int_equal(blob_read(blob, 65530, out, 6, &got, &message), CS_OK);
    assert_memory_equal(out, bytes + 65530, 6);
    assert_int_equal(blob_read(blob, 65530, out, 7, &got, &message), CS_ERR_STORE);
    assert_string_equal(message.place, "chunk 2 of 4, from its byte 65536");
    assert_int_equal(blob_read(blob, 131072, out, 100, &got, &message), CS_OK);
    assert_memory_equal(out, bytes + 131072, 100);
    /* Cut while it is open: an error too, not what lay in memory. */
    assert_int_equal(truncate(victim_path, HEADER_BYTES + 1000), 0);
    assert_int_equal(blob_read(blob, 0, out, 100, &got, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "cut short"));
    blob_close(blob);
    free(sound);
    free(bytes);
}

static void another_key_file_opens_nothing(void **state) {
    (void)state;
    char other_path[200], name[CS_BLOB_NAME_CHARS + 1], other_name[CS_BLOB_NAME_CHARS + 1];
    cs_keys *other = NULL;
    cs_blob *blob = NULL;
    keep("content", 7, name);
    (void)snprintf(other_path, sizeof other_path, "%s/other.key", folder.path);
    assert_int_equal(keys_open(other_path, CS_KEYS_MAKE, &other, &message), CS_OK);
    assert_int_equal(blob_open(other, recordings, name, &blob, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "no key of the key file opens"));
    assert_int_equal(keep_with(other, "content", 7, other_name), CS_OK);
    assert_string_not_equal(name, other_name);
    keys_close(other);
}

static void names_lead_nowhere_else(void **state) {
    (void)state;
    static const char *const names[] = {"",
                                        "..",
                                        "../recordings.key",
                                        "0123456789abcdef0123456789abcde",
                                        "0123456789abcdef0123456789abcdeff",
                                        "0123456789ABCDEF0123456789abcdef",
                                        "../../../../../../../../../../x/"};
    cs_blob *blob = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(blob_open(keys, recordings, names[i], &blob, &message), CS_ERR_NOT_FOUND);
        assert_int_equal(blob_remove(recordings, names[i], &message), CS_ERR_USAGE);
    }
    assert_int_equal(blob_open(keys, recordings, "0123456789abcdef0123456789abcdef", &blob, &message),
                     CS_ERR_NOT_FOUND);
    assert_int_equal(blob_remove(recordings, "0123456789abcdef0123456789abcdef", &message), CS_OK);
}

/* Files kept from when this format was settled: a later callscope still reads them. */
static void what_was_written_once_is_read_for_ever(void **state) {
    (void)state;
    static const char *const kept[] = {"hello", "hello-between-keys"};
    static const char name[] = "52481260bdc3cef9b62ca683266c7fd9";
    char path[240], inner[200];
    size_t length = 0;
    unsigned char *bytes = file_bytes(SOURCE "/tests/fuzz/corpus/blob/key-file", &length);
    file_put(key_path, bytes, length);
    free(bytes);
    keys_close(keys);
    assert_int_equal(keys_open(key_path, CS_KEYS_FIND, &keys, &message), CS_OK);
    (void)snprintf(inner, sizeof inner, "%s/52", recordings);
    assert_int_equal(mkdir(recordings, 0700), 0);
    assert_int_equal(mkdir(inner, 0700), 0);
    path_of(name, path);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        char from[400];
        (void)snprintf(from, sizeof from, "%s/tests/fuzz/corpus/blob/%s", SOURCE, kept[i]);
        bytes = file_bytes(from, &length);
        file_put(path, bytes, length);
        free(bytes);
        expect_content(keys, name, "It still leaks.", 15);
    }
    char again[CS_BLOB_NAME_CHARS + 1];
    keep("It still leaks.", 15, again);
    assert_string_equal(again, name);
}

/* ---- what could not be written leaves nothing ---- */

static void a_full_disk_is_said_and_leaves_nothing(void **state) {
    (void)state;
    unsigned char *bytes = content_make(1000000, 11);
    char name[CS_BLOB_NAME_CHARS + 1] = "untouched";
    struct rlimit before, small;
    cs_blob_writer *writer = NULL;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 300000, .rlim_max = before.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(blob_begin(keys, recordings, &writer, &message), CS_OK);
    assert_int_equal(blob_append(writer, bytes, 1000000, &message), CS_ERR_IO);
    assert_non_null(strstr(message.remedy, "limit on file sizes"));
    assert_int_equal(blob_append(writer, bytes, 1, &message), CS_ERR_IO);
    message = (cs_message){0};
    assert_int_equal(blob_finish(writer, name, &message), CS_ERR_IO);
    assert_non_null(strstr(message.remedy, "limit on file sizes")); /* the first trouble's words, not a later one's */
    assert_string_equal(name, "untouched");
    small.rlim_cur = HEADER_BYTES + 10; /* the last chunk does not fit */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(blob_begin(keys, recordings, &writer, &message), CS_OK);
    assert_int_equal(blob_append(writer, bytes, 100, &message), CS_OK);
    assert_int_equal(blob_finish(writer, name, &message), CS_ERR_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(count_parts(), 0);
    assert_int_equal(keep_with(keys, bytes, 1000000, name), CS_OK);
    free(bytes);
}

/* As a user who may not: root may everything. The child's exit code is what began to go wrong. */
static void a_folder_that_may_not_be_written_is_said(void **state) {
    (void)state;
    char path[240], name[CS_BLOB_NAME_CHARS + 1];
    cs_blob_writer *writer = NULL;
    (void)snprintf(path, sizeof path, "%s/a-file", folder.path);
    file_put(path, "x", 1);
    assert_int_not_equal(blob_begin(keys, path, &writer, &message), CS_OK);
    assert_true(message.reason[0] && message.remedy[0]);
    keep("x", 1, name);
    assert_int_equal(chmod(folder.path, 0755), 0);
    assert_int_equal(chmod(recordings, 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && seteuid(65534) != 0) _exit(9);
        cs_error code = blob_begin(keys, recordings, &writer, &message);
        _exit(code == CS_ERR_IO && strstr(message.remedy, "permission") ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(recordings, 0700), 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void sweeping_takes_old_leftovers_and_nothing_else(void **state) {
    (void)state;
    char name[CS_BLOB_NAME_CHARS + 1];
    keep("kept", 4, name);
    pid_t child = fork();
    if (child == 0) {
        cs_blob_writer *writer = NULL;
        if (blob_begin(keys, recordings, &writer, &message) != CS_OK) _exit(1);
        (void)kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    cs_blob_writer *aborted = NULL;
    assert_int_equal(blob_begin(keys, recordings, &aborted, &message), CS_OK);
    blob_abort(aborted);
    blob_abort(NULL);
    assert_int_equal(count_parts(), 1);
    blob_sweep(recordings, 3600000);
    assert_int_equal(count_parts(), 1);
    blob_sweep(recordings, 0);
    assert_int_equal(count_parts(), 0);
    expect_content(keys, name, "kept", 4);
    assert_int_equal(blob_remove(recordings, name, &message), CS_OK);
    cs_blob *blob = NULL;
    assert_int_equal(blob_open(keys, recordings, name, &blob, &message), CS_ERR_NOT_FOUND);
    blob_sweep("nowhere", 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_make, stage_remove)
    const struct CMUnitTest tests[] = {
        TEST(content_of_every_length_comes_back),
        TEST(pieces_of_any_size_make_the_same_blob),
        TEST(reading_starts_and_ends_anywhere),
        TEST(the_same_content_is_kept_once),
        TEST(the_name_and_the_file_tell_nothing),
        TEST(every_flipped_byte_is_noticed),
        TEST(truncation_at_every_length_is_noticed),
        TEST(chunks_moved_dropped_or_added_are_noticed),
        TEST(a_damaged_chunk_is_named_and_the_others_are_read),
        TEST(another_key_file_opens_nothing),
        TEST(names_lead_nowhere_else),
        TEST(what_was_written_once_is_read_for_ever),
        TEST(a_full_disk_is_said_and_leaves_nothing),
        TEST(a_folder_that_may_not_be_written_is_said),
        TEST(sweeping_takes_old_leftovers_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
