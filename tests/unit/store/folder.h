/* folder.h - a fresh folder for a test's store, removed afterwards.
 * Floor: tests. Memory: the path is a fixed array. Threads: one. Example: cs_folder f; folder_make(&f); ...; folder_remove(&f);
 */
#ifndef CS_TESTS_FOLDER_H
#define CS_TESTS_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct cs_folder {
    char path[128], file[160];
} cs_folder;

static inline void folder_make(cs_folder *folder) {
    (void)snprintf(folder->path, sizeof folder->path, "/tmp/callscope-test-XXXXXX");
    if (!mkdtemp(folder->path)) abort();
    (void)snprintf(folder->file, sizeof folder->file, "%s/callscope.db", folder->path);
}

static inline int folder_entry(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

static inline void folder_remove(cs_folder *folder) {
    (void)nftw(folder->path, folder_entry, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
