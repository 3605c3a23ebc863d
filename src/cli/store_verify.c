/* callscope store verify: whether the store is whole. */
#include "base/error.h"
#include "cli/command.h"
#include "quality/store_audit.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

enum { MAX_NAMED = 1000 }; /* of troubles; the rest is counted */

static void on_trouble(void *context, const char *what, const cs_message *message) {
    int64_t *named = context;
    if ((*named)++ < MAX_NAMED) trouble_print(what, message);
}

static cs_error audit(const cs_arguments *arguments, const cs_keys *keys, int64_t *named, cs_audit *counts,
                      cs_message *message) {
    char folder[PATH_MAX + 64];
    cs_db *db = NULL;
    const char *data = argument(arguments, "--data");
    (void)snprintf(folder, sizeof folder, "%s/recordings", data);
    const cs_audit_options options = {.recordings = folder, .keys = keys, .trouble = on_trouble, .context = named};
    cs_error code = db_open(data, CS_DB_READ, &db, message);
    if (code == CS_OK) code = db_begin(db, message);
    if (code == CS_OK) code = store_audit(db, &options, counts, message);
    if (db) db_rollback(db);
    db_close(db);
    return code;
}

int run_store_verify(const cs_arguments *arguments) {
    cs_keys *keys = NULL;
    cs_message message = {0}, without = {0};
    cs_audit counts = {0};
    int64_t named = 0;
    bool has_keys = keys_open(key_file(arguments), CS_KEYS_FIND, &keys, &without) == CS_OK;
    cs_error code = audit(arguments, keys, &named, &counts, &message);
    keys_close(keys);
    if (code != CS_OK) {
        trouble_print(NULL, &message);
        return CS_EXIT_REFUSED;
    }
    int64_t shown = named < MAX_NAMED ? named : MAX_NAMED;
    if (counts.troubles > shown) fprintf(stderr, "callscope: and %lld more\n", (long long)(counts.troubles - shown));
    printf("%lld texts were unpacked and compared, %lld kinds of reference followed, %lld files of recordings %s\n",
           (long long)counts.texts, (long long)counts.references, (long long)counts.recordings,
           has_keys ? "opened" : "found by name");
    if (!has_keys && counts.recordings > 0) printf("the recordings were not opened: %s\n", without.reason);
    if (counts.troubles)
        printf("%lld things are wrong\n", (long long)counts.troubles);
    else
        puts("the store is whole");
    return counts.troubles ? CS_EXIT_REFUSED : CS_EXIT_DONE;
}
