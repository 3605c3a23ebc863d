/* keys.h - the key file that recordings are encrypted under, made at set-up with mode 0600.
 * Floor: store. It holds a naming key, which never changes, and one or more wrapping keys, the newest first: rotating adds
 * one, wraps every blob's own key again, and then forgets the older ones. A file that others may read is refused.
 * Memory: keys are in locked memory, wiped by keys_close. Threads: any after keys_open; rotating is one process's work.
 * Example: keys_open("callscope-data/recordings.key", CS_KEYS_MAKE, &keys, &m); ... keys_close(keys);
 */
#ifndef CS_STORE_KEYS_H
#define CS_STORE_KEYS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_keys cs_keys;
typedef enum cs_keys_mode { CS_KEYS_FIND, CS_KEYS_MAKE } cs_keys_mode; /* MAKE: a new one where there is none */

/* CS_ERR_NOT_FOUND: no such file (FIND); CS_ERR_USAGE: others may read or write it, or it is another user's; CS_ERR_PARSE: not a
 * key file, with its line. Two processes that make it at once end with the same one. */
cs_error keys_open(const char *path, cs_keys_mode mode, cs_keys **out, cs_message *message);
void keys_close(cs_keys *keys);

typedef struct cs_rotation {
    int64_t blobs, rewrapped; /* found; wrapped again by this run */
    int64_t unreadable; /* not wrapped by any of the keys: named to on_trouble, left alone */
} cs_rotation;

/* A new wrapping key, every blob under folder wrapped with it, then the older keys forgotten - unless a blob could not be
 * wrapped: then they stay, and it says so (CS_ERR_STORE). May be killed at any moment and run again. */
cs_error keys_rotate(const char *path, const char *folder, cs_rotation *out,
                     void (*on_trouble)(void *context, const char *blob, const cs_message *message), void *context,
                     cs_message *message);

#endif
