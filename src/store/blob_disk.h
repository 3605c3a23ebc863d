/* blob_disk.h - whole reads and writes, what is on the disk for sure, and words for what the system refuses.
 * Floor: store, private to keys*.c and blob*.c. Memory: none is kept. Threads: any.
 * Example: if ((code = disk_write(file, path, 0, bytes, n, message)) == CS_OK) code = disk_sync_parent(path, message);
 */
#ifndef CS_STORE_BLOB_DISK_H
#define CS_STORE_BLOB_DISK_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* deed: "read", "written", "made" … Returns CS_ERR_NOT_FOUND or CS_ERR_IO, with what to do about it. */
cs_error disk_trouble(cs_message *message, const char *path, const char *deed, int system_error);
/* *got less than length only where the file ends. */
cs_error disk_read(int file, const char *path, int64_t offset, void *out, size_t length, size_t *got,
                   cs_message *message);
cs_error disk_write(int file, const char *path, int64_t offset, const void *bytes, size_t length, cs_message *message);
cs_error disk_sync_folder(const char *folder, cs_message *message); /* names made or removed in it are on the disk */
cs_error disk_sync_parent(const char *path, cs_message *message);
cs_error disk_make_parent(const char *path, cs_message *message); /* one folder, mode 0700, if it is missing */

#endif
