#include "store/blob_disk.h"
#include "store/blob_header.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct cs_rotating {
    cs_keys *keys;
    const char *folder;
    cs_rotation *counts;
    void (*on_trouble)(void *context, const char *blob, const cs_message *message);
    void *context;
} cs_rotating;

/* ---- every blob ---- */

static void rewrap(const cs_rotating *r, const char *name) {
    cs_message trouble = {0};
    bool was_done = false;
    char *path = blob_path(r->folder, name);
    cs_error code = path ? blob_header_rewrap(r->keys, path, name, &was_done, &trouble)
                         : message_set(&trouble, CS_ERR_MEMORY, "no memory for its path");
    free(path);
    if (code == CS_ERR_NOT_FOUND) return; /* removed meanwhile */
    r->counts->blobs++;
    if (code == CS_OK) {
        r->counts->rewrapped += !was_done;
    } else {
        r->counts->unreadable++;
        if (r->on_trouble) r->on_trouble(r->context, name, &trouble);
    }
}

static cs_error rewrap_folder(const cs_rotating *r, int parent, const char *two, cs_message *message) {
    int file = openat(parent, two, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *entries = file >= 0 ? fdopendir(file) : NULL;
    if (!entries) {
        int why = errno;
        if (file >= 0) close(file);
        if (why == ENOTDIR || why == ELOOP || why == ENOENT) return CS_OK; /* not one of ours */
        disk_trouble(message, r->folder, "read", why);
        message_place(message, "folder %s", two);
        return CS_ERR_IO;
    }
    errno = 0;
    for (struct dirent *e; (e = readdir(entries)); errno = 0)
        if (blob_name_is_valid(e->d_name) && strncmp(e->d_name, two, 2) == 0) rewrap(r, e->d_name);
    cs_error code = errno == 0 ? CS_OK : disk_trouble(message, r->folder, "read", errno);
    closedir(entries);
    return code;
}

static cs_error rewrap_all(const cs_rotating *r, int parent, cs_message *message) {
    static const char digits[] = "0123456789abcdef";
    cs_error code = CS_OK;
    for (unsigned i = 0; i < 256 && code == CS_OK; i++)
        code = rewrap_folder(r, parent, (char[]){digits[i >> 4], digits[i & 15], 0}, message);
    /* The older keys are forgotten next: what replaces them must not stand in memory alone. */
    if (code == CS_OK && syncfs(parent) != 0) code = disk_trouble(message, r->folder, "written", errno);
    return code;
}

/* ---- the key file before and after ---- */

static cs_error add_key(cs_key_set *set, const char *path, cs_message *message) {
    if (set->is_rotating) return CS_OK; /* an earlier run was killed: its key is the new one */
    if (set->count == CS_MAX_WRAPPING_KEYS) {
        message_set(message, CS_ERR_LIMIT, "%s holds %d keys already: recordings that can't be wrapped keep them", path,
                    CS_MAX_WRAPPING_KEYS);
        message_remedy(message, "move the recordings that the last rotation named to another folder, then rotate");
        return CS_ERR_LIMIT;
    }
    memmove(set->wrapping + 1, set->wrapping, set->count * sizeof *set->wrapping);
    key_make(&set->wrapping[0]);
    set->count++;
    set->is_rotating = true;
    return CS_OK;
}

/* Who chose its key before the new one stood in the file holds the folder's lock until the blob has its name. */
static cs_error wait_for_writers(int folder, const char *path, cs_message *message) {
    int got;
    do got = flock(folder, LOCK_EX);
    while (got != 0 && errno == EINTR);
    if (got != 0) return disk_trouble(message, path, "locked", errno);
    (void)flock(folder, LOCK_UN);
    return CS_OK;
}

static cs_error forget_keys(cs_key_lock *lock, cs_key_set *set, int64_t unreadable, cs_message *message) {
    set->is_rotating = false;
    if (unreadable == 0) {
        sodium_memzero(set->wrapping + 1, sizeof set->wrapping - sizeof *set->wrapping);
        set->count = 1;
    }
    cs_error code = keys_file_replace(lock, set, message);
    if (code != CS_OK || unreadable == 0) return code;
    message_set(message, CS_ERR_STORE, "%lld recording%s could not be wrapped again, so the older keys stay in %s",
                (long long)unreadable, unreadable == 1 ? "" : "s", lock->path);
    message_remedy(message, "put those back from your backup, or move them out of the folder; then rotate again");
    return CS_ERR_STORE;
}

static cs_error rotate(cs_rotating *r, cs_key_lock *lock, cs_key_set *set, int folder, cs_message *message) {
    keys_copy(r->keys, set);
    cs_error code = add_key(set, lock->path, message);
    if (code == CS_OK) code = keys_file_replace(lock, set, message);
    if (code != CS_OK) return code;
    keys_adopt(r->keys, set);
    code = wait_for_writers(folder, r->folder, message);
    if (code == CS_OK) code = rewrap_all(r, folder, message);
    return code == CS_OK ? forget_keys(lock, set, r->counts->unreadable, message) : code;
}

cs_error keys_rotate(const char *path, const char *folder, cs_rotation *out,
                     void (*on_trouble)(void *context, const char *blob, const cs_message *message), void *context,
                     cs_message *message) {
    cs_rotation counts = {0};
    cs_key_lock lock = {0};
    cs_rotating r = {.folder = folder, .counts = &counts, .on_trouble = on_trouble, .context = context};
    /* A folder that is not there is a wrong --data: forgetting the keys of what lies elsewhere would lose it. */
    int parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        message_set(message, CS_ERR_NOT_FOUND, "there is no folder of recordings %s", folder);
        message_remedy(message, "name the store with --data; where nothing was recorded there is nothing to rotate");
        return CS_ERR_NOT_FOUND;
    }
    if (parent < 0) return disk_trouble(message, folder, "opened", errno);
    cs_key_set *set = key_set_new();
    cs_error code =
        set ? keys_file_lock(path, &lock, message) : message_set(message, CS_ERR_MEMORY, "no memory for the keys");
    if (code == CS_OK) code = keys_open(lock.path, CS_KEYS_FIND, &r.keys, message);
    if (code == CS_OK) code = rotate(&r, &lock, set, parent, message);
    keys_close(r.keys);
    keys_file_unlock(&lock);
    key_set_free(set);
    close(parent);
    *out = counts;
    return code;
}
