/* Where the rules are when nobody says. */
#include "cli/command.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *cache_folder(void) {
    static char folder[PATH_MAX];
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/')
        snprintf(folder, sizeof folder, "%s", cache);
    else if (home && *home == '/')
        snprintf(folder, sizeof folder, "%s/.cache", home);
    else
        return NULL;
    size_t used = strlen(folder);
    (void)mkdir(folder, 0700);
    snprintf(folder + used, sizeof folder - used, "/callscope");
    return folder;
}

const char *rules_path(const cs_arguments *arguments) {
    static char installed[PATH_MAX + 32];
    const char *path = argument(arguments, "--rules");
    if (argument_is_given(arguments, "--rules") || access(path, R_OK) == 0) return path;
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) return path;
    program[length] = 0;
    for (int up = 0; up < 2; up++) { /* PREFIX/bin/callscope: PREFIX */
        char *slash = strrchr(program, '/');
        if (!slash) return path;
        *slash = 0;
    }
    snprintf(installed, sizeof installed, "%s/share/callscope/packs", program);
    return access(installed, R_OK) == 0 ? installed : path;
}
