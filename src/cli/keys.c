/* callscope keys rotate: recordings under a new key. And where the key file is. */
#include "store/keys.h"
#include "base/error.h"
#include "cli/command.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_NAMED = 1000 }; /* of troubled recordings; the rest is counted */

const char *key_file(const cs_arguments *arguments) {
    static char beside[PATH_MAX + 64];
    const char *given = argument(arguments, "--key-file"), *set = getenv("CALLSCOPE_KEY_FILE");
    if (given) return given;
    if (set && *set) return set;
    (void)snprintf(beside, sizeof beside, "%s/recordings.key", argument(arguments, "--data"));
    return beside;
}

static void on_trouble(void *context, const char *blob, const cs_message *message) {
    int64_t *named = context;
    if ((*named)++ < MAX_NAMED) trouble_print(blob, message);
}

int run_keys_rotate(const cs_arguments *arguments) {
    char folder[PATH_MAX + 64];
    cs_rotation counts = {0};
    cs_message message;
    int64_t named = 0;
    const char *keys = key_file(arguments);
    (void)snprintf(folder, sizeof folder, "%s/recordings", argument(arguments, "--data"));
    cs_error code = keys_rotate(keys, folder, &counts, on_trouble, &named, &message);
    if (code != CS_OK) {
        if (named > MAX_NAMED) fprintf(stderr, "callscope: and %lld more\n", (long long)(named - MAX_NAMED));
        trouble_print(NULL, &message);
        if (counts.blobs > 0)
            fprintf(stderr, "recordings under the new key: %lld of %lld (wrapped again by this run: %lld)\n",
                    (long long)(counts.blobs - counts.unreadable), (long long)counts.blobs,
                    (long long)counts.rewrapped);
        return CS_EXIT_REFUSED;
    }
    printf("recordings under the new key: %lld (wrapped again by this run: %lld). The older keys are gone from %s.\n"
           "Copy that file to where you keep its copy. Backups of recordings made before this need the older one.\n",
           (long long)counts.blobs, (long long)counts.rewrapped, keys);
    return CS_EXIT_DONE;
}
