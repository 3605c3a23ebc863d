/* Who else has a file open, for a message: what /proc shows to this user. */
#include "store/move.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_open(const char *process, const struct stat *file) {
    char folder[300], path[600];
    struct stat info;
    bool found = false;
    (void)snprintf(folder, sizeof folder, "/proc/%s/fd", process);
    DIR *files = opendir(folder);
    if (!files) return false;
    for (const struct dirent *entry; !found && (entry = readdir(files));) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        found = isdigit((unsigned char)entry->d_name[0]) && stat(path, &info) == 0 && info.st_dev == file->st_dev &&
                info.st_ino == file->st_ino;
    }
    (void)closedir(files);
    return found;
}

/* The program and its first argument; the others may be anything. */
static void name_process(const char *process, char *out, size_t size) {
    char path[300], words[512] = {0};
    (void)snprintf(path, sizeof path, "/proc/%s/cmdline", process);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file >= 0 ? read(file, words, sizeof words - 2) : -1;
    if (file >= 0) (void)close(file);
    const char *program = got > 0 && strrchr(words, '/') ? strrchr(words, '/') + 1 : words;
    const char *first = words + strlen(words) + 1;
    (void)snprintf(out, size, "process %s (%.60s%s%.30s)", process, program, *first && got > 0 ? " " : "",
                   got > 0 ? first : "");
}

void move_find_user(const char *path, char *out, size_t size) {
    struct stat file;
    out[0] = 0;
    DIR *processes = stat(path, &file) == 0 ? opendir("/proc") : NULL;
    if (!processes) return;
    for (const struct dirent *entry; !out[0] && (entry = readdir(processes));)
        if (isdigit((unsigned char)entry->d_name[0]) && strtol(entry->d_name, NULL, 10) != getpid() &&
            has_open(entry->d_name, &file))
            name_process(entry->d_name, out, size);
    (void)closedir(processes);
}
