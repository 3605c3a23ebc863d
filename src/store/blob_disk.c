#include "store/blob_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

cs_error disk_trouble(cs_message *message, const char *path, const char *deed, int system_error) {
    char words[128];
    const char *remedy = NULL;
    cs_error code = CS_ERR_IO;
    switch (system_error) {
    case ENOENT:
    case ENOTDIR:
        code = CS_ERR_NOT_FOUND;
        remedy = "check the spelling; relative paths start at the folder the command runs in";
        break;
    case ENOSPC:
    case EDQUOT: remedy = "make room on that disk (or raise this user's quota), then run it again"; break;
    case EFBIG: remedy = "raise the limit on file sizes (ulimit -f), then run it again"; break;
    case EROFS:
        remedy = "the disk is mounted read-only: choose another folder with --data, or mount it for writing";
        break;
    case EACCES:
    case EPERM: remedy = "give this user permission for it and its folder, or run as a user who has it"; break;
    case EIO: remedy = "the disk itself reports a fault: look at the system's log, and at your backup"; break;
    case EMFILE:
    case ENFILE: remedy = "raise the limit on open files (ulimit -n)"; break;
    default: break;
    }
    message_set(message, code, "%s can't be %s: %s", path, deed, strerror_r(system_error, words, sizeof words));
    if (remedy) message_remedy(message, "%s", remedy);
    return code;
}

cs_error disk_read(int file, const char *path, int64_t offset, void *out, size_t length, size_t *got,
                   cs_message *message) {
    size_t done = 0;
    while (done < length) {
        ssize_t n = pread(file, (char *)out + done, length - done, offset + (int64_t)done);
        if (n == 0) break;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return disk_trouble(message, path, "read", errno);
        done += (size_t)n;
    }
    *got = done;
    return CS_OK;
}

cs_error disk_write(int file, const char *path, int64_t offset, const void *bytes, size_t length, cs_message *message) {
    size_t done = 0;
    while (done < length) {
        ssize_t n = pwrite(file, (const char *)bytes + done, length - done, offset + (int64_t)done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return disk_trouble(message, path, "written", n < 0 ? errno : ENOSPC);
        done += (size_t)n;
    }
    return CS_OK;
}

cs_error disk_sync_folder(const char *folder, cs_message *message) {
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return disk_trouble(message, folder, "opened", errno);
    /* Some network file systems can't sync a folder and say EINVAL: they do it on their own. */
    cs_error code = fsync(file) == 0 || errno == EINVAL ? CS_OK : disk_trouble(message, folder, "written", errno);
    close(file);
    return code;
}

/* false: path is too long to have one. */
static bool parent_of(const char *path, char out[PATH_MAX]) {
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (length >= PATH_MAX) return false;
    if (length > 0)
        memcpy(out, path, length);
    else
        out[length++] = slash ? '/' : '.';
    out[length] = 0;
    return true;
}

cs_error disk_sync_parent(const char *path, cs_message *message) {
    char folder[PATH_MAX];
    if (!parent_of(path, folder)) return disk_trouble(message, path, "written", ENAMETOOLONG);
    return disk_sync_folder(folder, message);
}

cs_error disk_make_parent(const char *path, cs_message *message) {
    char folder[PATH_MAX];
    if (!parent_of(path, folder)) return disk_trouble(message, path, "made", ENAMETOOLONG);
    if (mkdir(folder, 0700) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES) return CS_OK;
    return disk_trouble(message, folder, "made", errno);
}
