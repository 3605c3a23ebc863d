#include "imports/upload.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    FLUSH_BYTES = 16 << 20, /* the disk is set to work so often, so that the last wait is short */
    HASH_BLOCK = 64 * 1024,
    MOST_SWEPT = 100000,
};
/* Left to the store and the system: a disk filled to its last byte stops more than this upload. */
static const int64_t ROOM_LEFT = 64 << 20;

struct cs_upload {
    char *data;
    char path[PATH_BYTES];
    int file;
    int64_t bytes, most, flushed;
    cs_error code; /* of the first failure */
    cs_message trouble;
};

/* ---- failures ---- */

static cs_error refuse(cs_upload *upload, int system_error, const char *doing, cs_message *message) {
    bool is_full = system_error == ENOSPC || system_error == EDQUOT;
    upload->code = is_full ? message_set(&upload->trouble, CS_ERR_STOPPED, "the disk is full: %s failed", doing)
                           : message_set(&upload->trouble, CS_ERR_IO, "%s failed: %s", doing, strerror(system_error));
    message_remedy(&upload->trouble, "%s",
                   is_full ? "free some space where the store lies, then send it again; nothing of it was kept"
                           : "check the folder of the store and its disk, then send it again");
    if (upload->file >= 0) {
        (void)close(upload->file);
        (void)unlink(upload->path);
        upload->file = -1;
    }
    *message = upload->trouble;
    return upload->code;
}

static cs_error refuse_size(cs_upload *upload, cs_message *message) {
    upload->code =
        message_set(&upload->trouble, CS_ERR_LIMIT, "it is larger than %lld MB", (long long)(upload->most >> 20));
    message_remedy(&upload->trouble, "send it in several parts");
    *message = upload->trouble;
    return upload->code;
}

static bool has_room(const char *folder, int64_t bytes) {
    struct statvfs disk;
    if (statvfs(folder, &disk) != 0) return true; /* writing will tell */
    return bytes < 0 || (int64_t)disk.f_bavail * (int64_t)disk.f_frsize > bytes + ROOM_LEFT;
}

static cs_error sync_folder(const char *path, cs_message *message) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_good = folder >= 0 && fsync(folder) == 0;
    int failure = errno;
    if (folder >= 0) (void)close(folder);
    if (is_good) return CS_OK;
    (void)message_set(message, CS_ERR_IO, "the folder %.200s can't be written: %s", path, strerror(failure));
    message_remedy(message, "check the disk of the store, then send it again");
    return CS_ERR_IO;
}

/* ---- receiving ---- */

static cs_error open_incoming(cs_upload *upload, int64_t bytes, cs_message *message) {
    char folder[PATH_BYTES];
    if (snprintf(folder, sizeof folder, "%s/uploads/.incoming", upload->data) >= (int)sizeof folder - 16)
        return message_set(message, CS_ERR_LIMIT, "the path of the store is too long");
    cs_error code = file_make_folder(folder, message);
    if (code != CS_OK) return code;
    if (!has_room(folder, bytes)) return refuse(upload, ENOSPC, "keeping the file", message);
    (void)snprintf(upload->path, sizeof upload->path, "%.*s/XXXXXX", PATH_BYTES - 16, folder);
    upload->file = mkostemp(upload->path, O_CLOEXEC); /* 0600 */
    return upload->file >= 0 ? CS_OK : refuse(upload, errno, "making a file in the store", message);
}

cs_error upload_begin(const char *data, int64_t bytes, int64_t most, cs_upload **out, cs_message *message) {
    cs_upload *upload = calloc(1, sizeof *upload);
    if (!upload || !(upload->data = strdup(data))) {
        free(upload);
        return message_set(message, CS_ERR_MEMORY, "no memory for the upload");
    }
    upload->file = -1;
    upload->most = most;
    cs_error code = bytes > most ? refuse_size(upload, message) : open_incoming(upload, bytes, message);
    if (code != CS_OK) {
        upload_free(upload);
        return code;
    }
    *out = upload;
    return CS_OK;
}

cs_error upload_write(cs_upload *upload, const void *bytes, size_t length, cs_message *message) {
    const char *at = bytes;
    if (upload->code != CS_OK) {
        *message = upload->trouble;
        return upload->code;
    }
    if (upload->bytes + (int64_t)length > upload->most) return refuse_size(upload, message);
    while (length > 0) {
        ssize_t done = write(upload->file, at, length);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return refuse(upload, done < 0 ? errno : EIO, "writing the file", message);
        at += done;
        length -= (size_t)done;
        upload->bytes += done;
    }
    if (upload->bytes - upload->flushed >= FLUSH_BYTES) {
        (void)sync_file_range(upload->file, upload->flushed, upload->bytes - upload->flushed, SYNC_FILE_RANGE_WRITE);
        upload->flushed = upload->bytes;
    }
    return CS_OK;
}

cs_error upload_finish(cs_upload *upload, cs_message *message) {
    if (upload->code != CS_OK) {
        *message = upload->trouble;
        return upload->code;
    }
    return fsync(upload->file) == 0 ? CS_OK : refuse(upload, errno, "writing the file", message);
}

int64_t upload_bytes(const cs_upload *upload) {
    return upload->bytes;
}

cs_error upload_hash(const cs_upload *upload, cs_hash *out, cs_message *message) {
    char *block = malloc(HASH_BLOCK);
    if (!block) return message_set(message, CS_ERR_MEMORY, "no memory to read the upload");
    cs_hash hash = hash_bytes(&upload->bytes, sizeof upload->bytes);
    int64_t at = 0;
    while (at < upload->bytes) {
        size_t want = upload->bytes - at < HASH_BLOCK ? (size_t)(upload->bytes - at) : HASH_BLOCK;
        ssize_t got = pread(upload->file, block, want, at);
        if (got < 0 && errno == EINTR) continue;
        if (got != (ssize_t)want) break; /* regular files are read whole, or not */
        hash = hash_pair(hash, hash_bytes(block, want));
        at += got;
    }
    free(block);
    if (at < upload->bytes) return message_set(message, CS_ERR_IO, "the upload can't be read again");
    *out = hash;
    return CS_OK;
}

char upload_first_byte(const cs_upload *upload) {
    char head[4096];
    ssize_t got = pread(upload->file, head, sizeof head, 0);
    ssize_t at = got >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < got && strchr(" \t\r\n", head[at])) at++;
    return at < got ? head[at] : 0;
}

void upload_free(cs_upload *upload) {
    if (!upload) return;
    if (upload->file >= 0) {
        (void)close(upload->file);
        if (upload->path[0]) (void)unlink(upload->path);
    }
    free(upload->data);
    free(upload);
}

/* ---- paths ---- */

static cs_error refuse_path(const char *why, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "the name of the file %s", why);
    message_remedy(message, "name it as in its folder, like 二月/calls.csv");
    return CS_ERR_USAGE;
}

static cs_error check_name(const char *name, size_t bytes, cs_message *message) {
    if (bytes == 0) return refuse_path("has an empty part", message);
    if (bytes > CS_MAX_UPLOAD_NAME) return refuse_path("has a part longer than 255 bytes", message);
    if (name[0] == '.') return refuse_path("has a part that begins with a dot: hidden files are not read", message);
    for (size_t i = 0; i < bytes; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 127 || name[i] == '\\')
            return refuse_path("holds a control character or a backslash", message);
    return CS_OK;
}

cs_error upload_check_path(const char *path, cs_message *message) {
    size_t length = strlen(path), depth = 0;
    if (length == 0) return refuse_path("is empty", message);
    if (length > CS_MAX_UPLOAD_PATH) return refuse_path("is longer than 900 bytes", message);
    if (utf8_invalid_at(path, length) != length) return refuse_path("is not valid UTF-8", message);
    for (const char *at = path;; at++) {
        size_t bytes = strcspn(at, "/");
        cs_error code = check_name(at, bytes, message);
        if (code != CS_OK) return code;
        if (++depth > CS_MAX_UPLOAD_DEPTH) return refuse_path("has more than 20 folders", message);
        at += bytes;
        if (!*at) return CS_OK;
    }
}

cs_error upload_folder(const char *data, int64_t import, char *out, size_t size, cs_message *message) {
    int length = snprintf(out, size, "%s/uploads/%lld", data, (long long)import);
    return length > 0 && (size_t)length < size
               ? CS_OK
               : message_set(message, CS_ERR_LIMIT, "the path of the store is too long");
}

static cs_error place_of(const char *data, int64_t import, const char *path, char *out, size_t size,
                         cs_message *message) {
    cs_error code = upload_check_path(path, message);
    if (code == CS_OK) code = upload_folder(data, import, out, size, message);
    if (code != CS_OK) return code;
    size_t used = strlen(out);
    int length = snprintf(out + used, size - used, "/%s", path);
    return (size_t)length < size - used ? CS_OK
                                        : message_set(message, CS_ERR_LIMIT, "the path of the store is too long");
}

static cs_error move_to(cs_upload *upload, const char *place, cs_message *message) {
    char folder[PATH_BYTES];
    (void)snprintf(folder, sizeof folder, "%s", place);
    *strrchr(folder, '/') = 0;
    cs_error code = file_make_folder(folder, message);
    if (code != CS_OK) return code;
    if (rename(upload->path, place) != 0) return refuse(upload, errno, "putting the file in its place", message);
    upload->path[0] = 0;
    return sync_folder(folder, message);
}

cs_error upload_take(cs_upload *upload, int64_t import, const char *path, cs_message *message) {
    char place[PATH_BYTES];
    cs_error code = place_of(upload->data, import, path, place, sizeof place, message);
    struct stat there;
    if (code == CS_OK && stat(place, &there) == 0 && S_ISDIR(there.st_mode)) {
        (void)message_set(message, CS_ERR_CONFLICT, "a folder of this import has that name");
        message_remedy(message, "send the file under another name");
        return CS_ERR_CONFLICT;
    }
    return code == CS_OK ? move_to(upload, place, message) : code;
}

cs_error upload_remove_file(const char *data, int64_t import, const char *path, cs_message *message) {
    char place[PATH_BYTES];
    cs_error code = place_of(data, import, path, place, sizeof place, message);
    if (code != CS_OK) return code;
    if (unlink(place) == 0) return CS_OK;
    if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR)
        return message_set(message, CS_ERR_NOT_FOUND, "the import has no file \"%.200s\"", path);
    return message_set(message, CS_ERR_IO, "the file \"%.200s\" can't be removed: %s", path, strerror(errno));
}

/* ---- the files of an import ---- */

typedef struct listing {
    size_t prefix;
    int64_t count;
    bool (*visit)(void *context, const char *path, int64_t bytes);
    void *context;
} listing;

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    listing *l = context;
    return l->count++ < CS_MAX_UPLOAD_FILES && l->visit(l->context, path + l->prefix, info->bytes);
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    (void)context, (void)path, (void)code, (void)message;
    return true;
}

cs_error upload_each_file(const char *data, int64_t import,
                          bool (*visit)(void *context, const char *path, int64_t bytes), void *context,
                          cs_message *message) {
    char folder[PATH_BYTES];
    cs_error code = upload_folder(data, import, folder, sizeof folder, message);
    if (code != CS_OK || access(folder, F_OK) != 0) return code;
    listing l = {.prefix = strlen(folder) + 1, .visit = visit, .context = context};
    (void)file_walk(folder, on_file, on_trouble, &l);
    return CS_OK;
}

cs_error upload_note_path(const char *data, int64_t import, const char *name, char *out, size_t size,
                          cs_message *message) {
    int length = snprintf(out, size, "%s/uploads/%lld/.%s.json", data, (long long)import, name);
    return length > 0 && (size_t)length < size
               ? CS_OK
               : message_set(message, CS_ERR_LIMIT, "the path of the store is too long");
}

cs_error upload_keep_at(const char *data, const char *place, const char *text, size_t bytes, cs_message *message) {
    cs_upload *upload = NULL;
    cs_error code = upload_begin(data, (int64_t)bytes, CS_MAX_UPLOAD_FILE, &upload, message);
    if (code == CS_OK) code = upload_write(upload, text, bytes, message);
    if (code == CS_OK) code = upload_finish(upload, message);
    if (code == CS_OK) code = move_to(upload, place, message);
    upload_free(upload);
    return code;
}

cs_error upload_keep_note(const char *data, int64_t import, const char *name, const char *text, size_t bytes,
                          cs_message *message) {
    char place[PATH_BYTES];
    cs_error code = upload_note_path(data, import, name, place, sizeof place, message);
    return code == CS_OK ? upload_keep_at(data, place, text, bytes, message) : code;
}

static void remove_tree(const char *path, int depth) {
    DIR *folder = depth <= CS_MAX_UPLOAD_DEPTH + 1 ? opendir(path) : NULL;
    struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL) {
        char inner[PATH_BYTES];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) >= (int)sizeof inner) continue;
        if (unlink(inner) != 0) remove_tree(inner, depth + 1);
    }
    if (folder) (void)closedir(folder);
    (void)rmdir(path);
}

void upload_remove_all(const char *data, int64_t import) {
    char folder[PATH_BYTES];
    cs_message message;
    if (upload_folder(data, import, folder, sizeof folder, &message) == CS_OK) remove_tree(folder, 0);
}

void upload_each_import(const char *data, bool (*visit)(void *context, int64_t import, int64_t age_ms), void *context) {
    char folder[PATH_BYTES], path[PATH_BYTES + 300];
    if (snprintf(folder, sizeof folder, "%s/uploads", data) >= (int)sizeof folder) return;
    DIR *open_folder = opendir(folder);
    struct dirent *entry;
    int64_t now = clock_now_ms();
    for (int i = 0; open_folder && i < MOST_SWEPT && (entry = readdir(open_folder)) != NULL; i++) {
        char *end = NULL;
        struct stat info;
        long long number = strtoll(entry->d_name, &end, 10);
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (number <= 0 || *end || stat(path, &info) != 0) continue;
        if (!visit(context, number, now - (int64_t)info.st_mtim.tv_sec * 1000)) break;
    }
    if (open_folder) (void)closedir(open_folder);
}

void upload_sweep(const char *data, int64_t older_than_ms) {
    char folder[PATH_BYTES];
    int64_t now = clock_now_ms();
    if (snprintf(folder, sizeof folder, "%s/uploads/.incoming", data) >= (int)sizeof folder) return;
    DIR *open_folder = opendir(folder);
    struct dirent *entry;
    for (int i = 0; open_folder && i < MOST_SWEPT && (entry = readdir(open_folder)) != NULL; i++) {
        char path[PATH_BYTES + 300];
        struct stat info;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) continue;
        if (now - (int64_t)info.st_mtim.tv_sec * 1000 >= older_than_ms) (void)unlink(path);
    }
    if (open_folder) (void)closedir(open_folder);
}
