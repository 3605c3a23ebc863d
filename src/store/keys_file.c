#include "store/keys_file.h"

#include "base/file.h"
#include "store/blob_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char heading[] =
    "# The keys that callscope's recordings are encrypted under. Whoever has this file can hear them; without it they\n"
    "# can't be heard again by anyone. Keep a copy in another place than the recordings. Mode 0600 or 0400.\n"
    "# Another key: callscope keys rotate (then copy this file again).\n";
static const char temporary[] = ".new-"; /* PATH.new-XXXXXX: what a killed writer of the file leaves */
enum { VERSION = 1, HEX_ID = 2 * CS_KEY_ID_BYTES, HEX_KEY = 2 * CS_KEY_BYTES, LOCK_TRIES = 16 };

/* ---- keys ---- */

cs_key_set *key_set_new(void) {
    cs_key_set *set = sodium_malloc(sizeof *set);
    if (set) sodium_memzero(set, sizeof *set);
    return set;
}

void key_set_free(cs_key_set *set) {
    sodium_free(set);
}

static void identify(const unsigned char bytes[CS_KEY_BYTES], unsigned char id[CS_KEY_ID_BYTES]) {
    static const char purpose[] = "callscope key id";
    (void)crypto_generichash(id, CS_KEY_ID_BYTES, (const unsigned char *)purpose, sizeof purpose - 1, bytes,
                             CS_KEY_BYTES); /* can't fail at legal lengths */
}

void key_make(cs_key *out) {
    randombytes_buf(out->bytes, sizeof out->bytes);
    identify(out->bytes, out->id);
}

/* ---- reading ---- */

static cs_error wrong_line(cs_message *message, const char *path, int line, const char *what) {
    message_set(message, CS_ERR_PARSE, "%s is not a key file of this callscope: %s", path, what);
    message_place(message, "line %d", line);
    message_remedy(message, "put the copy of the key file back; a new one does not open what was recorded before");
    return CS_ERR_PARSE;
}

static bool next_word(const char **at, const char *end, const char **word, size_t *length) {
    while (*at < end && (**at == ' ' || **at == '\t')) (*at)++;
    *word = *at;
    while (*at < end && **at != ' ' && **at != '\t') (*at)++;
    *length = (size_t)(*at - *word);
    return *length > 0;
}

static bool read_hex(const char *word, size_t length, unsigned char *out, size_t bytes) {
    size_t got = 0;
    return length == 2 * bytes && sodium_hex2bin(out, bytes, word, length, NULL, &got, NULL) == 0 && got == bytes;
}

/* " ID KEY" */
static const char *read_key(const char *at, const char *end, cs_key *out) {
    const char *word;
    size_t length;
    unsigned char id[CS_KEY_ID_BYTES];
    if (!next_word(&at, end, &word, &length) || !read_hex(word, length, id, sizeof id))
        return "an id of 32 hexadecimal digits is expected";
    if (!next_word(&at, end, &word, &length) || !read_hex(word, length, out->bytes, sizeof out->bytes))
        return "a key of 64 hexadecimal digits is expected";
    if (next_word(&at, end, &word, &length)) return "there is something behind the key";
    identify(out->bytes, out->id);
    if (sodium_memcmp(id, out->id, sizeof id) != 0) return "the key is not the one of its id: a digit was changed";
    return NULL;
}

static const char *read_line(const char *at, const char *end, cs_key_set *out, bool *has_version, bool *has_naming) {
    const char *word, *rest;
    size_t length;
    if (!next_word(&at, end, &word, &length) || *word == '#') return NULL;
#define IS(name) (length == sizeof(name) - 1 && memcmp(word, name, length) == 0)
    if (IS("callscope-keys")) {
        bool is_ours = next_word(&at, end, &rest, &length) && length == 1 && *rest == '0' + VERSION;
        *has_version = true;
        return is_ours ? NULL : "its version is unknown here; it may be of a newer callscope";
    }
    if (!*has_version) return "'callscope-keys 1' does not stand before it";
    if (IS("rotating")) {
        out->is_rotating = true;
        return NULL;
    }
    if (IS("naming")) {
        if (*has_naming) return "there is a second naming key";
        *has_naming = true;
        return read_key(at, end, &out->naming);
    }
    if (IS("wrapping")) {
        if (out->count == CS_MAX_WRAPPING_KEYS) return "there are too many wrapping keys";
        return read_key(at, end, &out->wrapping[out->count++]);
    }
#undef IS
    return "its first word is none of naming, wrapping, rotating";
}

cs_error keys_file_parse(const char *path, const char *text, size_t length, cs_key_set *out, cs_message *message) {
    bool has_version = false, has_naming = false;
    int line = 0;
    sodium_memzero(out, sizeof *out);
    for (const char *at = text, *end = text + length; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        line++;
        size_t bytes = (size_t)(stop - at);
        if (bytes > 0 && at[bytes - 1] == '\r') bytes--;
        const char *why = read_line(at, at + bytes, out, &has_version, &has_naming);
        if (why) return wrong_line(message, path, line, why);
        at = stop + 1;
    }
    if (!has_version) return wrong_line(message, path, line, "'callscope-keys 1' is missing");
    if (!has_naming || out->count == 0)
        return wrong_line(message, path, line, "a key is missing: the file is cut short");
    return CS_OK;
}

static int64_t changed_ns(const struct stat *status) {
    return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

static cs_error missing(cs_message *message, const char *path) {
    message_set(message, CS_ERR_NOT_FOUND, "there is no key file %s", path);
    message_remedy(message, "put its copy back, or name it with --key-file or CALLSCOPE_KEY_FILE");
    return CS_ERR_NOT_FOUND;
}

static cs_error check_permissions(const char *path, const struct stat *status, cs_message *message) {
    unsigned mode = status->st_mode & 07777;
    if (!S_ISREG(status->st_mode)) {
        message_set(message, CS_ERR_USAGE, "the key file %s is not a regular file", path);
        message_remedy(message, "name the file itself with --key-file or CALLSCOPE_KEY_FILE");
        return CS_ERR_USAGE;
    }
    if (geteuid() != 0 && status->st_uid != geteuid()) {
        message_set(message, CS_ERR_USAGE, "the key file %s belongs to another user", path);
        message_remedy(message, "run callscope as its owner, or give it to this user: chown %u FILE",
                       (unsigned)geteuid());
        return CS_ERR_USAGE;
    }
    if (mode != 0600 && mode != 0400) {
        message_set(message, CS_ERR_USAGE, "the key file %s has mode %04o: %s", path, mode,
                    mode & 077 ? "others may get at it" : "it must be 0600 or 0400");
        message_remedy(message, mode & 077 ? "chmod 600 it; if others were on this machine, callscope keys rotate then"
                                           : "chmod 600 it");
        return CS_ERR_USAGE;
    }
    if (status->st_size > CS_MAX_KEY_FILE_BYTES)
        return message_set(message, CS_ERR_PARSE, "%s is too large for a key file", path);
    return CS_OK;
}

cs_error keys_file_is_same(const char *path, const cs_key_stamp *stamp, bool *out, cs_message *message) {
    struct stat status;
    if (stat(path, &status) != 0)
        return errno == ENOENT || errno == ENOTDIR ? missing(message, path)
                                                   : disk_trouble(message, path, "read", errno);
    *out = status.st_dev == stamp->device && status.st_ino == stamp->number && changed_ns(&status) == stamp->changed_ns;
    return CS_OK;
}

cs_error keys_file_read(const char *path, cs_key_set *out, cs_key_stamp *stamp, cs_message *message) {
    struct stat status = {0};
    size_t got = 0;
    char *text = sodium_malloc(CS_MAX_KEY_FILE_BYTES);
    if (!text) return message_set(message, CS_ERR_MEMORY, "no memory for the key file");
    /* O_NONBLOCK: a pipe would wait for ever. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    cs_error code;
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        code = missing(message, path);
    else if (file < 0 || fstat(file, &status) != 0)
        code = disk_trouble(message, path, "read", errno);
    else
        code = check_permissions(path, &status, message);
    if (code == CS_OK) code = disk_read(file, path, 0, text, CS_MAX_KEY_FILE_BYTES, &got, message);
    if (code == CS_OK) code = keys_file_parse(path, text, got, out, message);
    if (code == CS_OK)
        *stamp = (cs_key_stamp){status.st_dev, status.st_ino, changed_ns(&status), file};
    else if (file >= 0)
        close(file);
    sodium_free(text);
    return code;
}

/* ---- writing ---- */

static void write_key(char **at, const char *what, const cs_key *key) {
    char id[HEX_ID + 1], bytes[HEX_KEY + 1];
    sodium_bin2hex(id, sizeof id, key->id, sizeof key->id);
    sodium_bin2hex(bytes, sizeof bytes, key->bytes, sizeof key->bytes);
    *at += sprintf(*at, "%-8s %s %s\n", what, id, bytes);
    sodium_memzero(bytes, sizeof bytes);
}

/* A new file beside path with what set holds, on the disk. Its name is put into name, of strlen(path) + 16 bytes. */
static int write_beside(const char *path, const cs_key_set *set, char *name, cs_error *code, cs_message *message) {
    _Static_assert(sizeof heading + (CS_MAX_WRAPPING_KEYS + 1) * (HEX_ID + HEX_KEY + 16) + 64 < CS_MAX_KEY_FILE_BYTES,
                   "the largest set fits");
    char *text = sodium_malloc(CS_MAX_KEY_FILE_BYTES), *at = text;
    if (!text) {
        *code = message_set(message, CS_ERR_MEMORY, "no memory for the key file");
        return -1;
    }
    at += sprintf(at, "%scallscope-keys %d\n", heading, VERSION);
    if (set->is_rotating) at += sprintf(at, "rotating\n");
    write_key(&at, "naming", &set->naming);
    for (uint32_t i = 0; i < set->count; i++) write_key(&at, "wrapping", &set->wrapping[i]);
    sprintf(name, "%s%sXXXXXX", path, temporary);
    int file = mkostemp(name, O_CLOEXEC);
    if (file < 0) {
        *code = disk_trouble(message, name, "made", errno);
        sodium_free(text);
        return -1;
    }
    *code = disk_write(file, name, 0, text, (size_t)(at - text), message);
    if (*code == CS_OK && fsync(file) != 0) *code = disk_trouble(message, name, "written", errno);
    sodium_free(text);
    if (*code == CS_OK) return file;
    close(file);
    unlink(name);
    return -1;
}

cs_error keys_file_make(const char *path, cs_message *message) {
    cs_error code = CS_OK;
    char *name = malloc(strlen(path) + 16);
    cs_key_set *set = key_set_new();
    int file = -1;
    if (!name || !set) {
        code = message_set(message, CS_ERR_MEMORY, "no memory for the key file");
    } else {
        key_make(&set->naming);
        key_make(&set->wrapping[0]);
        set->count = 1;
        code = disk_make_parent(path, message);
        if (code == CS_OK) file = write_beside(path, set, name, &code, message);
    }
    key_set_free(set);
    if (file >= 0) {
        /* A link never takes the place of a file that is there: of two that make it at once, one wins. */
        if (link(name, path) != 0 && errno != EEXIST) code = disk_trouble(message, path, "made", errno);
        unlink(name);
        close(file);
        if (code == CS_OK) code = disk_sync_parent(path, message);
    }
    free(name);
    return code;
}

/* ---- replacing ---- */

cs_error keys_file_lock(const char *path, cs_key_lock *out, cs_message *message) {
    char *real = realpath(path, NULL);
    if (!real)
        return errno == ENOENT || errno == ENOTDIR ? missing(message, path)
                                                   : disk_trouble(message, path, "read", errno);
    int why = EAGAIN;
    for (int i = 0; i < LOCK_TRIES; i++) {
        struct stat held, now;
        int file = open(real, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        bool is_locked = file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0;
        why = errno;
        /* Replaced between opening and locking: the lock is on a file that nobody looks at any more. */
        if (is_locked && fstat(file, &held) == 0 && stat(real, &now) == 0 && held.st_ino == now.st_ino &&
            held.st_dev == now.st_dev) {
            *out = (cs_key_lock){.path = real, .file = file};
            return CS_OK;
        }
        if (file >= 0) close(file);
        if (!is_locked) break;
    }
    free(real);
    if (why != EWOULDBLOCK) return disk_trouble(message, path, "locked", why);
    message_set(message, CS_ERR_CONFLICT, "the keys in %s are being rotated by another process", path);
    message_remedy(message, "wait until it has ended");
    return CS_ERR_CONFLICT;
}

/* What killed makers and rotations left beside the file holds keys too. */
static void remove_leftovers(const char *path) {
    const char *base = strrchr(path, '/') + 1; /* resolved: it begins with a slash */
    size_t base_bytes = strlen(base), marker = sizeof temporary - 1;
    char *folder = strndup(path, (size_t)(base - path));
    DIR *entries = folder ? opendir(folder) : NULL;
    for (struct dirent *e; entries && (e = readdir(entries));)
        if (strncmp(e->d_name, base, base_bytes) == 0 && strncmp(e->d_name + base_bytes, temporary, marker) == 0 &&
            strlen(e->d_name) == base_bytes + marker + 6)
            (void)unlinkat(dirfd(entries), e->d_name, 0);
    if (entries) closedir(entries);
    free(folder);
}

cs_error keys_file_replace(cs_key_lock *lock, const cs_key_set *set, cs_message *message) {
    struct stat old;
    cs_error code = CS_OK;
    remove_leftovers(lock->path);
    if (fstat(lock->file, &old) != 0) return disk_trouble(message, lock->path, "read", errno);
    char *name = malloc(strlen(lock->path) + 16);
    if (!name) return message_set(message, CS_ERR_MEMORY, "no memory for the key file");
    int file = write_beside(lock->path, set, name, &code, message);
    if (file >= 0) {
        /* Root rotates for the user the service runs as: the file stays that user's. */
        bool is_owned = old.st_uid == geteuid() || fchown(file, old.st_uid, old.st_gid) == 0;
        if (!is_owned || fchmod(file, old.st_mode & 0700) != 0 || flock(file, LOCK_EX | LOCK_NB) != 0 ||
            rename(name, lock->path) != 0) {
            code = disk_trouble(message, lock->path, "replaced", errno);
            unlink(name);
            close(file);
        } else {
            close(lock->file);
            lock->file = file;
            code = disk_sync_parent(lock->path, message);
        }
    }
    free(name);
    return code;
}

void keys_file_unlock(cs_key_lock *lock) {
    if (lock->path) close(lock->file);
    free(lock->path);
    *lock = (cs_key_lock){0};
}
