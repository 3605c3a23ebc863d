/* blob_stage.h - recordings and their keys in a fresh folder, for the tests of both.
 * Floor: tests. Memory: fixed arrays; content_make allocates. Threads: one.
 * Example: static int start(void **state) { stage_make(); ... } keep(bytes, n, name); expect_content(keys, name, bytes, n);
 */
#ifndef CS_TESTS_BLOB_STAGE_H
#define CS_TESTS_BLOB_STAGE_H

#include "base/hash.h"
#include "store/blob.h"

#include "folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { HEADER_BYTES = 1536, SLOT_AT = 512, SPARE_SLOT_AT = 1024, TAG_BYTES = 16 };
enum { SEALED_BYTES = CS_BLOB_CHUNK_BYTES + TAG_BYTES };

static cs_folder folder;
static char key_path[160], recordings[160];
static cs_keys *keys;
static cs_message message;

static inline int stage_make(void **state) {
    (void)state;
    if (!hash_start()) return -1;
    folder_make(&folder);
    (void)snprintf(key_path, sizeof key_path, "%s/recordings.key", folder.path);
    (void)snprintf(recordings, sizeof recordings, "%s/recordings", folder.path);
    return keys_open(key_path, CS_KEYS_MAKE, &keys, &message) == CS_OK ? 0 : -1;
}

static inline int stage_remove(void **state) {
    (void)state;
    keys_close(keys);
    keys = NULL;
    folder_remove(&folder);
    return 0;
}

/* No two stretches of it are alike, so that a chunk in a wrong place shows. */
static inline unsigned char *content_make(size_t length, unsigned seed) {
    unsigned char *bytes = malloc(length + 1);
    uint32_t state = seed * 2654435761U + 1;
    for (size_t i = 0; bytes && i < length; i++) {
        state = state * 1664525U + 1013904223U;
        bytes[i] = (unsigned char)(state >> 24);
    }
    assert_non_null(bytes);
    return bytes;
}

static inline cs_error keep_with(const cs_keys *with, const void *bytes, size_t length,
                                 char name[CS_BLOB_NAME_CHARS + 1]) {
    cs_blob_writer *writer = NULL;
    cs_error code = blob_begin(with, recordings, &writer, &message);
    if (code != CS_OK) return code;
    code = blob_append(writer, bytes, length, &message);
    if (code == CS_OK) return blob_finish(writer, name, &message);
    blob_abort(writer);
    return code;
}

static inline void keep(const void *bytes, size_t length, char name[CS_BLOB_NAME_CHARS + 1]) {
    if (keep_with(keys, bytes, length, name) != CS_OK) fail_msg("%s", message.reason);
}

/* What opening and reading all of it says. */
static inline cs_error read_with(const cs_keys *with, const char *name, unsigned char *out, size_t room, size_t *got) {
    cs_blob *blob = NULL;
    cs_error code = blob_open(with, recordings, name, &blob, &message);
    if (code == CS_OK) code = blob_read(blob, 0, out, room, got, &message);
    blob_close(blob);
    return code;
}

static inline void expect_content(const cs_keys *with, const char *name, const void *bytes, size_t length) {
    unsigned char *out = malloc(length + 1);
    size_t got = 0;
    assert_non_null(out);
    if (read_with(with, name, out, length + 1, &got) != CS_OK) fail_msg("%s: %s", name, message.reason);
    assert_int_equal(got, length);
    assert_memory_equal(out, bytes, length);
    free(out);
}

static inline void path_of(const char *name, char out[240]) {
    (void)snprintf(out, 240, "%.150s/%.2s/%.32s", recordings, name, name);
}

/* A whole file; malloc. */
static inline unsigned char *file_bytes(const char *path, size_t *length) {
    FILE *file = fopen(path, "rbe");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *length = (size_t)ftell(file);
    unsigned char *bytes = malloc(*length + 1);
    assert_non_null(bytes);
    rewind(file);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    bytes[*length] = 0;
    (void)fclose(file);
    return bytes;
}

/* Not cut to nothing first: some file systems wait for the disk then. */
static inline void file_put(const char *path, const void *bytes, size_t length) {
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, length), length);
    assert_int_equal(ftruncate(file, (off_t)length), 0);
    assert_int_equal(close(file), 0);
}

#endif
