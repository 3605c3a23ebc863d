/* Reading a blob; removing and sweeping. blob_writer.c writes. */
#include "store/blob.h"

#include "base/clock.h"
#include "store/blob_disk.h"
#include "store/blob_header.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct cs_blob {
    char *path;
    int file;
    int64_t length, chunks;
    int64_t held; /* the chunk whose content stands in bytes; -1: none */
    cs_blob_header header;
    unsigned char bytes[CS_BLOB_SEALED_BYTES];
};

/* ---- chunks ---- */

static size_t chunk_length(const cs_blob *blob, int64_t index) {
    int64_t left = blob->length - index * CS_BLOB_CHUNK_BYTES;
    return left < CS_BLOB_CHUNK_BYTES ? (size_t)left : CS_BLOB_CHUNK_BYTES;
}

static cs_error chunk_changed(const cs_blob *blob, int64_t index, const char *how, cs_message *message) {
    message_set(message, CS_ERR_STORE, "the recording %s %s", blob->path, how);
    message_place(message, "chunk %lld of %lld, from its byte %lld", (long long)index + 1, (long long)blob->chunks,
                  (long long)index * CS_BLOB_CHUNK_BYTES);
    message_remedy(message, "put it back from your backup; the chunks before and after it can still be read");
    return CS_ERR_STORE;
}

/* Into plain, of the chunk's length, which may be blob->bytes itself. */
static cs_error open_chunk(cs_blob *blob, int64_t index, unsigned char *plain, cs_message *message) {
    size_t got = 0, sealed = chunk_length(blob, index) + CS_TAG_BYTES;
    blob->held = -1;
    cs_error code = disk_read(blob->file, blob->path, CS_BLOB_HEADER_BYTES + index * CS_BLOB_SEALED_BYTES, blob->bytes,
                              sealed, &got, message);
    if (code != CS_OK) return code;
    if (got < sealed) return chunk_changed(blob, index, "was cut short while it was open", message);
    bool is_last = index == blob->chunks - 1;
    if (!blob_chunk_open(&blob->header, (uint64_t)index, is_last, blob->bytes, sealed, plain))
        return chunk_changed(blob, index, is_last ? "was changed, or does not end where it ended" : "was changed",
                             message);
    if (plain == blob->bytes) blob->held = index;
    return CS_OK;
}

/* ---- opening ---- */

static cs_error cut_short(const char *path, cs_message *message) {
    message_set(message, CS_ERR_STORE, "the recording %s is cut short", path);
    message_remedy(message, "put it back from your backup");
    return CS_ERR_STORE;
}

/* The content's length follows from the file's: whole chunks, and a last one that is empty only when it is alone. */
static bool measure(cs_blob *blob, int64_t file_bytes) {
    int64_t body = file_bytes - CS_BLOB_HEADER_BYTES;
    int64_t rest = body % CS_BLOB_SEALED_BYTES;
    if (body < CS_TAG_BYTES || (rest > 0 && rest < CS_TAG_BYTES) || (rest == CS_TAG_BYTES && body > rest)) return false;
    blob->chunks = body / CS_BLOB_SEALED_BYTES + (rest > 0);
    blob->length = body - blob->chunks * CS_TAG_BYTES;
    return true;
}

static cs_error open_file(const cs_keys *keys, const char *name, cs_blob *blob, cs_message *message) {
    struct stat status;
    blob->file = open(blob->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
    if (blob->file < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        message_set(message, CS_ERR_NOT_FOUND, "there is no recording %s", blob->path);
        message_remedy(message, "it may have been removed; otherwise put it back from your backup");
        return CS_ERR_NOT_FOUND;
    }
    if (blob->file < 0 || fstat(blob->file, &status) != 0) return disk_trouble(message, blob->path, "read", errno);
    if (!S_ISREG(status.st_mode))
        return message_set(message, CS_ERR_STORE, "the recording %s is not a regular file", blob->path);
    cs_error code = blob_header_read(keys, blob->file, blob->path, name, &blob->header, message);
    if (code != CS_OK) return code;
    if (!measure(blob, status.st_size)) return cut_short(blob->path, message);
    return open_chunk(blob, blob->chunks - 1, blob->bytes, message); /* only the true end opens as the last */
}

cs_error blob_open(const cs_keys *keys, const char *folder, const char *name, cs_blob **out, cs_message *message) {
    if (!blob_name_is_valid(name))
        return message_set(message, CS_ERR_NOT_FOUND, "'%.40s' is not the name of a recording", name);
    cs_blob *blob = calloc(1, sizeof *blob);
    if (!blob) return message_set(message, CS_ERR_MEMORY, "no memory for a recording");
    blob->file = -1;
    blob->held = -1;
    blob->path = blob_path(folder, name);
    cs_error code = blob->path ? open_file(keys, name, blob, message)
                               : message_set(message, CS_ERR_MEMORY, "no memory for a recording");
    if (code != CS_OK) {
        blob_close(blob);
        return code;
    }
    *out = blob;
    return CS_OK;
}

void blob_close(cs_blob *blob) {
    if (!blob) return;
    if (blob->file >= 0) close(blob->file);
    free(blob->path);
    sodium_memzero(blob, sizeof *blob);
    free(blob);
}

int64_t blob_length(const cs_blob *blob) {
    return blob->length;
}

/* ---- reading ---- */

cs_error blob_read(cs_blob *blob, int64_t offset, void *out, size_t length, size_t *got, cs_message *message) {
    unsigned char *to = out;
    if (offset < 0) return message_set(message, CS_ERR_USAGE, "a recording has no byte before its first");
    int64_t left = offset < blob->length ? blob->length - offset : 0;
    size_t wanted = (uint64_t)left < length ? (size_t)left : length, done = 0;
    while (done < wanted) {
        int64_t at = offset + (int64_t)done, index = at / CS_BLOB_CHUNK_BYTES;
        size_t from = (size_t)(at % CS_BLOB_CHUNK_BYTES), has = chunk_length(blob, index);
        size_t take = has - from < wanted - done ? has - from : wanted - done;
        cs_error code = CS_OK;
        if (take == has && blob->held != index) { /* all of it: straight to where it is wanted */
            code = open_chunk(blob, index, to + done, message);
        } else {
            if (blob->held != index) code = open_chunk(blob, index, blob->bytes, message);
            if (code == CS_OK) memcpy(to + done, blob->bytes + from, take);
        }
        if (code != CS_OK) return code;
        done += take;
    }
    *got = done;
    return CS_OK;
}

/* ---- removing ---- */

cs_error blob_remove(const char *folder, const char *name, cs_message *message) {
    if (!blob_name_is_valid(name))
        return message_set(message, CS_ERR_USAGE, "'%.40s' is not the name of a recording", name);
    char *path = blob_path(folder, name);
    if (!path) return message_set(message, CS_ERR_MEMORY, "no memory to remove a recording");
    cs_error code = CS_OK;
    if (unlink(path) == 0)
        code = disk_sync_parent(path, message);
    else if (errno != ENOENT && errno != ENOTDIR)
        code = disk_trouble(message, path, "removed", errno);
    free(path);
    return code;
}

void blob_sweep(const char *folder, int64_t older_than_ms) {
    int64_t now = clock_now_ms();
    DIR *entries = opendir(folder);
    for (struct dirent *e; entries && (e = readdir(entries));) {
        struct stat status;
        if (strncmp(e->d_name, CS_BLOB_PART, sizeof CS_BLOB_PART - 1) != 0) continue;
        if (fstatat(dirfd(entries), e->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) continue;
        int64_t touched = (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
        if (now - touched >= older_than_ms) (void)unlinkat(dirfd(entries), e->d_name, 0);
    }
    if (entries) closedir(entries);
}
