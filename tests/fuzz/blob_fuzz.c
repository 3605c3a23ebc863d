/* Hostile recordings and key files. Bytes as a blob: refused with words, or, where they open, what was once recorded and
 * nothing else. The same bytes as chunks behind a sound header: no byte of them is believed. The same bytes as a key file:
 * refused with a line, or keys that can be used. */
#include "base/hash.h"
#include "store/blob_header.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The keys under which the seeds were recorded, and what they hold; made up for this, and used nowhere else. */
static const char key_text[] =
    "callscope-keys 1\n"
    "naming   2e998f76683455873d39cf99f409d82a 3d066ecfdf2602d1dffd43cb66b134872afa7170c2135a8c9776ebcc3ff57b26\n"
    "wrapping 94909ff06ebc51e637f50fcf3b072717 7392c8057c39df05754a09e6d2ada4f7111a97c7f1a4b8840babcbef3a2102d4\n";
static const char name[] = "52481260bdc3cef9b62ca683266c7fd9";
static const char content[] = "It still leaks.";

static char folder[64], key_path[96], path[160];
static cs_keys *keys;
static cs_key_set *set;
static cs_blob_header sound; /* of another blob, whose chunks nobody knows */

static void put(const char *where, const void *first, size_t first_bytes, const void *second, size_t second_bytes) {
    int file = open(where, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, first, first_bytes) != (ssize_t)first_bytes ||
        (second_bytes && write(file, second, second_bytes) != (ssize_t)second_bytes))
        abort();
    (void)close(file);
}

static int remove_entry(const char *entry, const struct stat *status, int kind, struct FTW *walk) {
    (void)status, (void)kind, (void)walk;
    return remove(entry);
}

static void stop(void) {
    keys_close(keys);
    key_set_free(set);
    (void)nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void start(void) {
    cs_message message;
    if (!hash_start()) abort();
    (void)snprintf(folder, sizeof folder, "%s/callscope-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder)) abort();
    (void)snprintf(key_path, sizeof key_path, "%s/key", folder);
    (void)snprintf(path, sizeof path, "%s/%.2s", folder, name);
    if (mkdir(path, 0700) != 0) abort();
    (void)snprintf(path, sizeof path, "%s/%.2s/%s", folder, name, name);
    put(key_path, key_text, sizeof key_text - 1, NULL, 0);
    set = key_set_new();
    if (!set || keys_open(key_path, CS_KEYS_FIND, &keys, &message) != CS_OK) abort();
    blob_header_make(&sound);
    if (atexit(stop) != 0) abort();
}

/* What stands under the name is what was recorded, as far as it can be read at all. */
static void check_blob(bool may_open) {
    cs_message message = {0};
    cs_blob *blob = NULL;
    unsigned char out[100];
    size_t got = 0;
    cs_error code = blob_open(keys, folder, name, &blob, &message);
    if (code != CS_OK) {
        if (!message.reason[0]) abort();
        return;
    }
    if (!may_open || blob_length(blob) != sizeof content - 1) abort();
    if (blob_read(blob, 3, out, sizeof out, &got, &message) != CS_OK || got != sizeof content - 4 ||
        memcmp(out, content + 3, got) != 0)
        abort();
    blob_close(blob);
}

static void check_keys(const uint8_t *data, size_t size) {
    cs_message message = {0};
    cs_error code = keys_file_parse("key", (const char *)data, size, set, &message);
    if (code == CS_OK ? set->count == 0 || set->count > CS_MAX_WRAPPING_KEYS : !message.reason[0] || !message.place[0])
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    unsigned char header[CS_BLOB_HEADER_BYTES];
    cs_message message = {0};
    bool was_done = false;
    if (!keys) start();
    put(path, data, size, NULL, 0);
    check_blob(true);
    if (blob_header_rewrap(keys, path, name, &was_done, &message) == CS_OK) check_blob(true);
    blob_header_write(keys, &sound, name, header);
    put(path, header, sizeof header, data, size);
    check_blob(false);
    check_keys(data, size);
    return 0;
}
