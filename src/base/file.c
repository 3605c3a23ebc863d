#include "base/file.h"

#include "base/file_open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, LONGEST_EXTENSION = 15 };

cs_error file_trouble(cs_message *message, const char *path, int system_error) {
    switch (system_error) {
    case ENOENT:
    case ENOTDIR:
        message_set(message, CS_ERR_NOT_FOUND, "there is no file or folder %s", path);
        message_remedy(message, "check the spelling; relative paths start at the folder the command runs in");
        return CS_ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
        message_set(message, CS_ERR_IO, "%s may not be read by this user", path);
        message_remedy(message, "grant read permission, or run as a user who has it");
        return CS_ERR_IO;
    case ELOOP:
        message_set(message, CS_ERR_IO, "%s is a link that leads back to itself", path);
        message_remedy(message, "remove the link");
        return CS_ERR_IO;
    default: {
        char words[128];
        message_set(message, CS_ERR_IO, "%s: %s", path, strerror_r(system_error, words, sizeof words));
        return CS_ERR_IO;
    }
    }
}

const char *file_kind_name(mode_t mode) {
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    if (S_ISREG(mode)) return "a file";
    return "a device";
}

int file_open_regular(const char *path, struct stat *status, cs_error *code, cs_message *message) {
    /* O_NONBLOCK: opening a pipe that nobody writes to would wait for ever; it changes nothing for a regular file. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0 || fstat(file, status) != 0) {
        *code = file_trouble(message, path, errno);
    } else if (!S_ISREG(status->st_mode)) {
        *code = message_set(message, CS_ERR_IO, "%s is %s, not a file", path, file_kind_name(status->st_mode));
        message_remedy(message, "write its content into a file first");
    } else {
        return file;
    }
    if (file >= 0) close(file);
    return -1;
}

cs_error file_info(const char *path, cs_file_info *out, cs_message *message) {
    struct stat status;
    if (stat(path, &status) != 0) return file_trouble(message, path, errno);
    *out = (cs_file_info){.bytes = status.st_size,
                          .modified_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec,
                          .is_folder = S_ISDIR(status.st_mode),
                          .is_regular = S_ISREG(status.st_mode)};
    return CS_OK;
}

/* Reads to the end as it is found: the file may have grown or shrunk since it was opened. */
static cs_error read_all(int file, const char *path, cs_buffer *out, cs_message *message) {
    char *chunk = malloc(READ_BYTES);
    if (!chunk) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    cs_error code = CS_OK;
    for (;;) {
        ssize_t got = read(file, chunk, READ_BYTES);
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            code = file_trouble(message, path, errno);
            break;
        }
        if (buffer_append(out, chunk, (size_t)got)) continue;
        if ((size_t)got > out->max - out->length)
            code = message_set(message, CS_ERR_LIMIT, "%s is larger than %zu bytes", path, out->max);
        else
            code = message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
        break;
    }
    free(chunk);
    return code;
}

cs_error file_read(const char *path, size_t max_bytes, cs_buffer *out, cs_message *message) {
    buffer_init(out, max_bytes);
    struct stat status;
    cs_error code = CS_OK;
    int file = file_open_regular(path, &status, &code, message);
    if (file < 0) return code;
    if (status.st_size > 0 && (uint64_t)status.st_size > max_bytes)
        code = message_set(message, CS_ERR_LIMIT, "%s has %lld bytes; at most %zu are read", path,
                           (long long)status.st_size, max_bytes);
    else
        code = read_all(file, path, out, message);
    close(file);
    if (code != CS_OK) buffer_free(out);
    return code;
}

/* UTF-8 lies in out already: only its mark goes. */
static void drop_mark(cs_buffer *out, size_t mark) {
    if (mark == 0) return;
    memmove(out->data, out->data + mark, out->length - mark + 1);
    out->length -= mark;
}

static int64_t line_at_end(const cs_buffer *text) {
    int64_t line = 1;
    const char *at = buffer_string(text), *end = at + text->length;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        line++;
        at++;
    }
    return line;
}

static cs_error convert_text(const char *path, cs_encoding from, size_t mark, cs_buffer *raw, cs_buffer *out,
                             cs_message *message) {
    cs_encoding_converter *converter = NULL;
    cs_error code = encoding_open(from, &converter, message);
    if (code != CS_OK) return code;
    size_t bytes = raw->length - mark;
    buffer_init(out, 3 * bytes + 16);
    size_t sound = encoding_convert(converter, buffer_string(raw) + mark, bytes, out);
    encoding_close(converter);
    if (out->is_failed) {
        code = message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    } else if (sound != bytes) {
        code = message_set(message, CS_ERR_ENCODING, "the file is %s, but not from here on", encoding_name(from));
        message_place(message, "line %lld", (long long)line_at_end(out));
        message_remedy(message, "save the whole file as UTF-8");
    }
    if (code != CS_OK) buffer_free(out);
    return code;
}

cs_error file_read_text(const char *path, size_t max_bytes, cs_encoding said, cs_buffer *out, cs_encoding *found,
                        cs_message *message) {
    cs_buffer raw, text;
    size_t mark = 0;
    cs_encoding from = CS_ENCODING_UTF8;
    cs_error code = file_read(path, max_bytes, &raw, message);
    if (code != CS_OK) return code;
    code = encoding_settle(said, buffer_string(&raw), raw.length, &from, &mark, message);
    if (code == CS_OK && from == CS_ENCODING_UTF8) {
        drop_mark(&raw, mark);
        *out = raw;
    } else {
        if (code == CS_OK) code = convert_text(path, from, mark, &raw, &text, message);
        buffer_free(&raw);
        if (code == CS_OK) *out = text;
    }
    if (code == CS_OK && found) *found = from;
    return code;
}

static cs_error make_one(const char *path, cs_message *message) {
    struct stat status;
    if (mkdir(path, 0700) == 0) return CS_OK;
    if (errno != EEXIST) {
        int why = errno;
        if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) return CS_OK; /* read-only system, but it is there */
        return file_trouble(message, path, why);
    }
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) return CS_OK;
    message_set(message, CS_ERR_CONFLICT, "%s exists and is no folder", path);
    message_remedy(message, "choose another folder, or move that file away");
    return CS_ERR_CONFLICT;
}

cs_error file_make_folder(const char *path, cs_message *message) {
    size_t length = strlen(path);
    if (length == 0 || length >= PATH_MAX)
        return message_set(message, CS_ERR_USAGE, "the folder's path is empty or too long");
    char part[PATH_MAX];
    memcpy(part, path, length + 1);
    for (size_t i = 1; i < length; i++) {
        if (part[i] != '/' || part[i - 1] == '/') continue;
        part[i] = 0;
        cs_error code = make_one(part, message);
        part[i] = '/';
        if (code != CS_OK) return code;
    }
    return make_one(part, message);
}

char *file_join(const char *folder, const char *name) {
    size_t first = strlen(folder), second = strlen(name);
    bool needs_slash = first > 0 && folder[first - 1] != '/';
    char *path = malloc(first + needs_slash + second + 1);
    if (!path) return NULL;
    memcpy(path, folder, first);
    if (needs_slash) path[first] = '/';
    memcpy(path + first + needs_slash, name, second + 1);
    return path;
}

const char *file_extension(const char *path) {
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name || !dot[1] || strlen(dot) > LONGEST_EXTENSION) return "";
    return dot;
}
