#include "speech/sherpa_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static cs_error refuse_version(const char *found, cs_message *message) {
    message_set(message, CS_ERR_CONFLICT,
                "libsherpa-onnx-c-api.so is of version %.40s; this callscope was built for %s", found,
                CALLSCOPE_SHERPA_VERSION);
    message_remedy(message, "install the version that came with callscope, or run tools/setup and build again");
    return CS_ERR_CONFLICT;
}

cs_error sherpa_library_load(const char *path, cs_sherpa_library *out, cs_message *message) {
    static const struct {
        const char *name;
        size_t place;
    } WANTED[] = {
#define X(name) {"SherpaOnnx" #name, offsetof(cs_sherpa_library, name)},
        CS_SHERPA_FUNCTIONS(X)
#undef X
            {"SherpaOfflinePunctuationAddPunct", offsetof(cs_sherpa_library, punctuate)},
        {"SherpaOfflinePunctuationFreeText", offsetof(cs_sherpa_library, punctuated_free)},
    };
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        message_set(message, CS_ERR_NOT_FOUND, "the library of the recognisers can't be loaded: %.280s", dlerror());
        message_remedy(message, "install callscope's package again, or run tools/setup and build again");
        return CS_ERR_NOT_FOUND;
    }
    /* The version first: a function may be missing because it is another one. */
    void *version = dlsym(handle, "SherpaOnnxGetVersionStr");
    if (!version) return refuse_version("no known name", message);
    memcpy((char *)out + offsetof(cs_sherpa_library, GetVersionStr), &version, sizeof version);
    const char *found = out->GetVersionStr();
    if (!found || strcmp(found, CALLSCOPE_SHERPA_VERSION) != 0) return refuse_version(found ? found : "none", message);
    for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++) {
        void *function = dlsym(handle, WANTED[i].name);
        if (!function) return refuse_version(found, message);
        memcpy((char *)out + WANTED[i].place, &function, sizeof function); /* POSIX: a function's address fits */
    }
    return CS_OK;
}
