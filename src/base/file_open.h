/* file_open.h - opening what may be anything: a pipe would hang, a device may never end.
 * Floor: base, private to file*.c. Memory: the caller closes the descriptor. Threads: any.
 * Example: int file = file_open_regular(path, &bytes, message); if (file < 0) ...
 */
#ifndef CS_BASE_FILE_OPEN_H
#define CS_BASE_FILE_OPEN_H

#include "base/error.h"

#include <sys/stat.h>

/* Fills message for a system error number, with what to do about it. Returns CS_ERR_NOT_FOUND or CS_ERR_IO. */
cs_error file_trouble(cs_message *message, const char *path, int system_error);
const char *file_kind_name(mode_t mode); /* "a pipe", "a socket", … */
/* Descriptor of a regular file, or -1 with *code and message set. */
int file_open_regular(const char *path, struct stat *status, cs_error *code, cs_message *message);

#endif
