#include "imports/import_lock.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int import_lock_take(const char *data, int64_t import) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/imports.lock", data) >= (int)sizeof path) return -1;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return -1;
    /* Of the open file, not of the process: closing another handle does not give it away. */
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = import, .l_len = 1};
    if (fcntl(file, F_OFD_SETLK, &lock) == 0) return file;
    (void)close(file);
    return -1;
}

void import_lock_release(int lock) {
    if (lock >= 0) (void)close(lock);
}
