#include "audio/bytes.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct file_bytes {
    int file;
} file_bytes;

static int64_t file_bytes_read(void *context, int64_t offset, void *out, int64_t most) {
    file_bytes *bytes = context;
    int64_t done = 0;
    if (offset < 0 || most < 0) return -1;
    while (done < most) {
        ssize_t got = pread(bytes->file, (char *)out + done, (size_t)(most - done), (off_t)(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        done += got;
    }
    return done;
}

static void file_bytes_close(void *context) {
    file_bytes *bytes = context;
    close(bytes->file);
    free(bytes);
}

static cs_error refuse_kind(const char *path, bool is_folder, cs_message *message) {
    message_set(message, CS_ERR_IO, "%s is a %s, not a file", path, is_folder ? "folder" : "device or pipe");
    message_remedy(message, "%s", is_folder ? "name the recordings in it" : "write its content into a file first");
    return CS_ERR_IO;
}

cs_error bytes_of_file(const char *path, cs_audio_bytes *out, cs_message *message) {
    cs_file_info info;
    cs_error code = file_info(path, &info, message);
    if (code != CS_OK) return code;
    if (!info.is_regular) return refuse_kind(path, info.is_folder, message);
    file_bytes *bytes = malloc(sizeof *bytes);
    if (!bytes) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    struct stat status;
    /* O_NONBLOCK: what became a pipe since it was looked at must not make anybody wait. */
    bytes->file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (bytes->file >= 0 && fstat(bytes->file, &status) == 0 && S_ISREG(status.st_mode)) {
        *out = (cs_audio_bytes){
            .context = bytes, .length = status.st_size, .read = file_bytes_read, .close = file_bytes_close};
        return CS_OK;
    }
    bool is_forbidden = bytes->file < 0 && (errno == EACCES || errno == EPERM);
    if (bytes->file >= 0) close(bytes->file);
    free(bytes);
    message_set(message, CS_ERR_IO, is_forbidden ? "%s may not be read by this user" : "%s can't be opened", path);
    message_remedy(message, "grant read permission, or run as a user who has it");
    return CS_ERR_IO;
}

void bytes_close(cs_audio_bytes *bytes) {
    if (bytes->close) bytes->close(bytes->context);
    *bytes = (cs_audio_bytes){0};
}
