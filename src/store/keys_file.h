/* keys_file.h - the key file as text: read with its permissions checked, made once, replaced whole or not at all.
 * Floor: store, private to keys*.c. Lines: "callscope-keys 1", "naming ID KEY", "wrapping ID KEY" newest first, "rotating" while
 * a rotation is unfinished, # comments. An ID is the hash of its key, so a mistyped key is noticed.
 * Memory: a cs_key_set is secret: allocate it with key_set_new, free it with key_set_free. Threads: any.
 * Example: cs_key_set *set = key_set_new(); keys_file_read(path, set, &stamp, message); ... key_set_free(set);
 */
#ifndef CS_STORE_KEYS_FILE_H
#define CS_STORE_KEYS_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { CS_KEY_BYTES = 32, CS_KEY_ID_BYTES = 16, CS_MAX_WRAPPING_KEYS = 32, CS_MAX_KEY_FILE_BYTES = 16 * 1024 };

typedef struct cs_key {
    unsigned char id[CS_KEY_ID_BYTES], bytes[CS_KEY_BYTES];
} cs_key;

typedef struct cs_key_set {
    cs_key naming, wrapping[CS_MAX_WRAPPING_KEYS]; /* the newest first */
    uint32_t count; /* of wrapping keys, at least one */
    bool is_rotating; /* the newest was added by a rotation that has not ended */
} cs_key_set;

/* Tells one state of the file from the next. The file that was read is held open: its number can't be given to the one
 * that replaces it. */
typedef struct cs_key_stamp {
    dev_t device;
    ino_t number;
    int64_t changed_ns;
    int file; /* of keys_file_read: the caller closes it */
} cs_key_stamp;

cs_key_set *key_set_new(void); /* locked memory, all nought; NULL when out of memory */
void key_set_free(cs_key_set *set); /* wiped; NULL is allowed */
void key_make(cs_key *out); /* a random one */

cs_error keys_file_read(const char *path, cs_key_set *out, cs_key_stamp *stamp, cs_message *message);
cs_error keys_file_parse(const char *path, const char *text, size_t length, cs_key_set *out, cs_message *message);
cs_error keys_file_is_same(const char *path, const cs_key_stamp *stamp, bool *out, cs_message *message);
/* Only where there is no file; finding one made meanwhile is no failure: read it then. */
cs_error keys_file_make(const char *path, cs_message *message);

/* One process at a time changes the file: the lock is on its inode and goes over to the one that replaces it.
 * path is resolved (a link is followed, so that what it leads to is replaced). CS_ERR_CONFLICT: another one holds it. */
typedef struct cs_key_lock {
    char *path; /* malloc */
    int file;
} cs_key_lock;
cs_error keys_file_lock(const char *path, cs_key_lock *out, cs_message *message);
cs_error keys_file_replace(cs_key_lock *lock, const cs_key_set *set, cs_message *message);
void keys_file_unlock(cs_key_lock *lock);

#endif
