#include "store/blob.h"

#include "base/file.h"
#include "store/blob_disk.h"
#include "store/blob_header.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct cs_blob_writer {
    crypto_generichash_state hash; /* wants its own alignment: stands first */
    const cs_keys *keys;
    char *folder, *part; /* part: the unfinished file */
    int file;
    cs_error failed; /* the first failure, and its words; nothing is written after it */
    cs_message trouble;
    uint64_t chunks; /* written */
    size_t held; /* bytes in plain: the last chunk is known only at the end */
    cs_blob_header header;
    unsigned char plain[CS_BLOB_CHUNK_BYTES], sealed[CS_BLOB_SEALED_BYTES];
};

void blob_abort(cs_blob_writer *writer) {
    if (!writer) return;
    if (writer->file >= 0) {
        close(writer->file);
        unlink(writer->part);
    }
    free(writer->folder);
    free(writer->part);
    sodium_memzero(writer, sizeof *writer);
    free(writer);
}

cs_error blob_begin(const cs_keys *keys, const char *folder, cs_blob_writer **out, cs_message *message) {
    static const unsigned char nought[CS_BLOB_HEADER_BYTES];
    cs_blob_writer *writer = aligned_alloc(alignof(cs_blob_writer), sizeof *writer);
    if (!writer) return message_set(message, CS_ERR_MEMORY, "no memory for a recording");
    memset(writer, 0, offsetof(cs_blob_writer, plain));
    writer->keys = keys;
    writer->file = -1;
    writer->folder = strdup(folder);
    writer->part = file_join(folder, CS_BLOB_PART "XXXXXX");
    if (!writer->folder || !writer->part) {
        blob_abort(writer);
        return message_set(message, CS_ERR_MEMORY, "no memory for a recording");
    }
    cs_error code = file_make_folder(folder, message);
    if (code == CS_OK) {
        writer->file = mkostemp(writer->part, O_CLOEXEC); /* mode 0600 */
        if (writer->file < 0) code = disk_trouble(message, writer->part, "made", errno);
    }
    if (code == CS_OK) code = disk_write(writer->file, writer->part, 0, nought, sizeof nought, message);
    if (code != CS_OK) {
        blob_abort(writer);
        return code;
    }
    blob_header_make(&writer->header);
    keys_hash_start(keys, &writer->hash, CS_BLOB_NAME_CHARS / 2);
    *out = writer;
    return CS_OK;
}

/* ---- chunks ---- */

static cs_error put_chunk(cs_blob_writer *writer, const unsigned char *plain, size_t length, bool is_last,
                          cs_message *message) {
    int64_t at = CS_BLOB_HEADER_BYTES + (int64_t)writer->chunks * CS_BLOB_SEALED_BYTES;
    blob_chunk_seal(&writer->header, writer->chunks, is_last, plain, length, writer->sealed);
    writer->chunks++;
    return disk_write(writer->file, writer->part, at, writer->sealed, length + CS_TAG_BYTES, message);
}

static cs_error failed_before(const cs_blob_writer *writer, cs_message *message) {
    if (message) *message = writer->trouble;
    return writer->failed;
}

cs_error blob_append(cs_blob_writer *writer, const void *bytes, size_t length, cs_message *message) {
    const unsigned char *from = bytes;
    if (writer->failed != CS_OK) return failed_before(writer, message);
    if (length == 0) return CS_OK;
    (void)crypto_generichash_update(&writer->hash, from, length);
    cs_error code = CS_OK;
    while (code == CS_OK && length > 0) {
        if (writer->held == CS_BLOB_CHUNK_BYTES) { /* more follows, so it is not the last */
            code = put_chunk(writer, writer->plain, CS_BLOB_CHUNK_BYTES, false, &writer->trouble);
            writer->held = 0;
        } else if (writer->held == 0 && length > CS_BLOB_CHUNK_BYTES) {
            code = put_chunk(writer, from, CS_BLOB_CHUNK_BYTES, false, &writer->trouble);
            from += CS_BLOB_CHUNK_BYTES;
            length -= CS_BLOB_CHUNK_BYTES;
        } else {
            size_t room = CS_BLOB_CHUNK_BYTES - writer->held, take = length < room ? length : room;
            memcpy(writer->plain + writer->held, from, take);
            writer->held += take;
            from += take;
            length -= take;
        }
    }
    writer->failed = code;
    return code == CS_OK ? CS_OK : failed_before(writer, message);
}

/* ---- the end ---- */

static cs_error make_place(const cs_blob_writer *writer, const char *path, cs_message *message) {
    char *inner = strndup(path, strlen(path) - CS_BLOB_NAME_CHARS - 1);
    if (!inner) return message_set(message, CS_ERR_MEMORY, "no memory for a recording");
    cs_error code = CS_OK;
    if (mkdir(inner, 0700) != 0 && errno != EEXIST) code = disk_trouble(message, inner, "made", errno);
    free(inner);
    /* Also when it was there: who made it may not have come to this yet. */
    return code == CS_OK ? disk_sync_folder(writer->folder, message) : code;
}

/* Under its name, unless it is there already and whole; one that is there and does not open is replaced. */
static cs_error put_in_place(const cs_blob_writer *writer, const char *path, const char *name, cs_message *message) {
    if (link(writer->part, path) == 0) return CS_OK;
    if (errno != EEXIST) return disk_trouble(message, path, "made", errno);
    cs_blob *there = NULL;
    cs_error code = blob_open(writer->keys, writer->folder, name, &there, message);
    blob_close(there);
    if (code != CS_ERR_STORE) return code;
    return rename(writer->part, path) == 0 ? CS_OK : disk_trouble(message, path, "replaced", errno);
}

/* Between choosing the wrapping key and standing under its name no rotation may begin: it would not see this blob and forget
 * its key. So rotations take the folder's lock alone, after they have written the new key to the file. */
static cs_error wrap_and_place(cs_blob_writer *writer, const char *path, const char *name, cs_message *message) {
    unsigned char header[CS_BLOB_HEADER_BYTES];
    int folder = open(writer->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || flock(folder, LOCK_SH) != 0) {
        cs_error code = disk_trouble(message, writer->folder, "locked", errno);
        if (folder >= 0) close(folder);
        return code;
    }
    cs_error code = keys_refresh(writer->keys, message);
    if (code == CS_OK) {
        blob_header_write(writer->keys, &writer->header, name, header);
        code = disk_write(writer->file, writer->part, 0, header, sizeof header, message);
    }
    if (code == CS_OK && fsync(writer->file) != 0) code = disk_trouble(message, writer->part, "written", errno);
    if (code == CS_OK) code = put_in_place(writer, path, name, message);
    close(folder);
    return code;
}

cs_error blob_finish(cs_blob_writer *writer, char name[CS_BLOB_NAME_CHARS + 1], cs_message *message) {
    unsigned char hash[CS_BLOB_NAME_CHARS / 2];
    char hex[CS_BLOB_NAME_CHARS + 1], *path = NULL;
    cs_error code = writer->failed;
    if (code != CS_OK)
        failed_before(writer, message);
    else
        code = put_chunk(writer, writer->plain, writer->held, true, message);
    if (code == CS_OK) {
        (void)crypto_generichash_final(&writer->hash, hash, sizeof hash);
        sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
        path = blob_path(writer->folder, hex);
        if (!path) code = message_set(message, CS_ERR_MEMORY, "no memory for a recording");
    }
    if (path) {
        code = make_place(writer, path, message);
        if (code == CS_OK) code = wrap_and_place(writer, path, hex, message);
        if (code == CS_OK) code = disk_sync_parent(path, message);
        if (code == CS_OK) memcpy(name, hex, sizeof hex);
    }
    free(path);
    blob_abort(writer);
    return code;
}
