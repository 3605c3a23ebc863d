/* folder.h - a fresh folder for a test's store, removed afterwards. Where CALLSCOPE_TEST_POSTGRES holds the address of a
 * PostgreSQL (tools/test postgres), the store's rows lie in a fresh schema there.
 * Floor: tests. Memory: the path is a fixed array. Threads: one. Example: cs_folder f; folder_make(&f); ...; folder_remove(&f);
 */
#ifndef CS_TESTS_FOLDER_H
#define CS_TESTS_FOLDER_H

#include <ftw.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct cs_folder {
    char path[128], file[160]; /* file: SQLite's */
} cs_folder;

static inline bool folder_is_postgres(void) {
    const char *address = getenv("CALLSCOPE_TEST_POSTGRES");
    return address && *address;
}

/* A test of SQLite's own files or settings says so, and is counted apart. */
#define SQLITE_ALONE(why)                                                                                              \
    do {                                                                                                               \
        if (folder_is_postgres()) {                                                                                    \
            print_message("of SQLite alone: " why "\n");                                                               \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

static inline void folder_use_postgres(const cs_folder *folder) {
    const char *address = getenv("CALLSCOPE_TEST_POSTGRES");
    char sql[128], file[192];
    (void)snprintf(sql, sizeof sql, "CREATE SCHEMA \"%s\"", strrchr(folder->path, '/') + 1);
    (void)snprintf(file, sizeof file, "%s/database", folder->path);
    PGconn *server = PQconnectdb(address);
    PGresult *made = PQexec(server, sql);
    FILE *out = fopen(file, "w");
    if (PQresultStatus(made) != PGRES_COMMAND_OK || !out || chmod(file, 0600) != 0) abort();
    (void)fprintf(out, "%s?options=-csearch_path%%3D\"%s\"\n", address, strrchr(folder->path, '/') + 1);
    (void)fclose(out);
    PQclear(made);
    PQfinish(server);
}

static inline void folder_make(cs_folder *folder) {
    (void)snprintf(folder->path, sizeof folder->path, "/tmp/callscope-test-XXXXXX");
    if (!mkdtemp(folder->path)) abort();
    (void)snprintf(folder->file, sizeof folder->file, "%s/callscope.db", folder->path);
    if (folder_is_postgres()) folder_use_postgres(folder);
}

static inline int folder_entry(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

static inline void folder_remove(cs_folder *folder) {
    (void)nftw(folder->path, folder_entry, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
