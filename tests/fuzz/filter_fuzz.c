/* What stands behind the ? of an address: filters, sort and cursor, against a real store. */
#include "base/hash.h"
#include "quality/archive.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static cs_db *db;
static cs_ruleset *rules;

static void start(void) {
    static const char source[] = "%%file x.rules 30\nrule a\n  never agent says \"x\"\n\n";
    static char folder[] = "/tmp/callscope-fuzz-XXXXXX";
    cs_message message;
    if (!hash_start() || !mkdtemp(folder)) abort();
    if (db_open(folder, CS_DB_WRITE, &db, &message) != CS_OK) abort();
    if (ruleset_restore(source, sizeof source - 1, &rules, &message) != CS_OK) abort();
    if (archive_save_ruleset(db, rules, &message) != CS_OK) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!db) start();
    char *text = malloc(size + 1);
    if (!text) return 0;
    memcpy(text, data, size);
    text[size] = 0;
    cs_filter filter;
    cs_message message;
    const char *after = NULL;
    char *rest = text, *part;
    filter_init(&filter);
    while ((part = strsep(&rest, "&")) != NULL) {
        char *value = strchr(part, '=');
        if (!value) continue;
        *value++ = 0;
        if (strcmp(part, "after") == 0)
            after = value;
        else
            (void)filter_set(&filter, part, value, &message);
    }
    cs_buffer out;
    cs_json_writer writer;
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    (void)archive_list(db, rules, &filter, 10, after, &writer, &message);
    buffer_clear(&out);
    json_writer_init(&writer, &out);
    (void)archive_summary(db, rules, &filter, &writer, &message);
    buffer_free(&out);
    free(text);
    return 0;
}
