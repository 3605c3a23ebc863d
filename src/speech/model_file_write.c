#include "speech/model_file_write.h"

#include "speech/model_digest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 18 };

typedef struct writing {
    const cs_model_file *file;
    char path[PATH_MAX], part[PATH_MAX];
    int descriptor;
    int64_t bytes;
    cs_digest digest;
} writing;

static cs_error refused(const char *path, cs_message *message) {
    cs_error code = message_set(message, CS_ERR_IO, "%.200s can't be written: %s", path, strerror(errno));
    if (errno == ENOSPC) message_remedy(message, "make room on that disk and run the command again: it goes on");
    return code;
}

static cs_error piece_write(writing *w, const char *piece, size_t length, cs_message *message) {
    int64_t most = w->file->bytes > 0 ? w->file->bytes : CS_MAX_MODEL_FILE_BYTES;
    if (w->bytes + (int64_t)length > most)
        return message_set(message, CS_ERR_CONFLICT, "%.100s is longer than it must be: more than %lld bytes",
                           w->file->path, (long long)most);
    if (!digest_add(&w->digest, piece, length))
        return message_set(message, CS_ERR_IO, "the sha256 of %.100s can't be computed", w->file->path);
    for (size_t done = 0; done < length;) {
        ssize_t more = write(w->descriptor, piece + done, length - done);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return refused(w->part, message);
        done += (size_t)more;
    }
    w->bytes += (int64_t)length;
    return CS_OK;
}

static cs_error pieces_write(writing *w, cs_model_read read, void *context, const cs_model_watch *watch,
                             cs_message *message) {
    char *piece = malloc(PIECE_BYTES);
    size_t got = 1;
    cs_error code = piece ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory to write %.100s", w->file->path);
    while (code == CS_OK && got > 0) {
        code = read(context, piece, PIECE_BYTES, &got, message);
        if (code == CS_OK) code = piece_write(w, piece, got, message);
        if (code == CS_OK && watch->is_stopped && *watch->is_stopped)
            code = message_set(message, CS_ERR_STOPPED, "stopped");
        if (code == CS_OK && watch->on_progress)
            watch->on_progress(watch->context, "writing", w->file->path, w->bytes, w->file->bytes);
    }
    free(piece);
    return code;
}

static cs_error writing_end(writing *w, cs_message *message) {
    char hex[CS_SHA256_CHARS + 1];
    digest_end(&w->digest, hex);
    if (w->file->bytes > 0 && w->bytes != w->file->bytes)
        return message_set(message, CS_ERR_CONFLICT, "%.100s has %lld bytes and must have %lld", w->file->path,
                           (long long)w->bytes, (long long)w->file->bytes);
    if (w->bytes == 0) return message_set(message, CS_ERR_CONFLICT, "%.100s is empty", w->file->path);
    if (w->file->sha256 && strcmp(hex, w->file->sha256) != 0)
        return message_set(message, CS_ERR_CONFLICT,
                           "%.100s is another file than the manifest's: its sha256 is %.16s…, not %.16s…",
                           w->file->path, hex, w->file->sha256);
    if (fsync(w->descriptor) != 0 || rename(w->part, w->path) != 0) return refused(w->path, message);
    return CS_OK;
}

cs_error model_file_write(const cs_model_file *file, const char *folder, cs_model_read read, void *context,
                          const cs_model_watch *watch, cs_message *message) {
    writing w = {.file = file};
    if ((size_t)snprintf(w.path, sizeof w.path, "%s/%s", folder, file->path) + 6 >= sizeof w.path)
        return message_set(message, CS_ERR_LIMIT, "the folder's path is too long");
    (void)snprintf(w.part, sizeof w.part, "%.*s.part", (int)(sizeof w.part - 6), w.path);
    w.descriptor = open(w.part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (w.descriptor < 0) return refused(w.part, message);
    cs_error code = digest_begin(&w.digest) ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for a sha256");
    if (code == CS_OK) code = pieces_write(&w, read, context, watch, message);
    if (code == CS_OK) code = writing_end(&w, message);
    digest_end(&w.digest, NULL);
    close(w.descriptor);
    if (code != CS_OK) (void)unlink(w.part);
    return code;
}

static cs_error from_descriptor(void *context, void *bytes, size_t most, size_t *got, cs_message *message) {
    for (;;) {
        ssize_t more = read(*(int *)context, bytes, most);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return message_set(message, CS_ERR_IO, "it can't be read: %s", strerror(errno));
        *got = (size_t)more;
        return CS_OK;
    }
}

cs_error model_file_copy(const cs_model_file *file, const char *folder, const char *from, const cs_model_watch *watch,
                         cs_message *message) {
    int descriptor = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return message_set(message, errno == ENOENT ? CS_ERR_NOT_FOUND : CS_ERR_IO, "%.200s can't be opened: %s", from,
                           strerror(errno));
    cs_error code = model_file_write(file, folder, from_descriptor, &descriptor, watch, message);
    close(descriptor);
    return code;
}
