#include "speech/recogniser_library.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_library(const char *path, char out[PATH_MAX]) {
    char inside[PATH_MAX];
    struct stat status;
    if (stat(path, &status) != 0) return false;
    if (S_ISDIR(status.st_mode)) {
        int length = snprintf(inside, sizeof inside, "%s/" CS_RECOGNISER_LIBRARY, path);
        if (length < 0 || (size_t)length >= sizeof inside || stat(inside, &status) != 0) return false;
        path = inside;
    }
    return S_ISREG(status.st_mode) && realpath(path, out) != NULL;
}

static cs_error refuse(cs_message *message) {
    message_set(message, CS_ERR_NOT_FOUND, "the library that runs speech models is missing: %s", CS_RECOGNISER_LIBRARY);
    message_remedy(message, "install callscope's package; from the sources: run tools/setup and build again; "
                            "or name it in CALLSCOPE_SPEECH_LIBRARY");
    return CS_ERR_NOT_FOUND;
}

cs_error recogniser_library_find(const char *program, char out[PATH_MAX], cs_message *message) {
    static const char *const BESIDE[] = {"../lib/callscope", "speech-lib"};
    char self[PATH_MAX], path[PATH_MAX];
    const char *named = getenv("CALLSCOPE_SPEECH_LIBRARY");
    if (named && *named) {
        if (is_library(named, out)) return CS_OK;
        message_set(message, CS_ERR_NOT_FOUND, "CALLSCOPE_SPEECH_LIBRARY names %.200s, where there is no %s", named,
                    CS_RECOGNISER_LIBRARY);
        message_remedy(message, "correct the variable, or leave it away");
        return CS_ERR_NOT_FOUND;
    }
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = 0;
    if (program && !realpath(program, self)) return refuse(message);
    char *slash = strrchr(self, '/');
    if (!slash) return refuse(message);
    *slash = 0;
    for (size_t i = 0; i < sizeof BESIDE / sizeof *BESIDE; i++) {
        int written = snprintf(path, sizeof path, "%s/%s", self, BESIDE[i]);
        if (written > 0 && (size_t)written < sizeof path && is_library(path, out)) return CS_OK;
    }
    return refuse(message);
}
