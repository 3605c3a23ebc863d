/* callscope show ID */
#include "cli/command.h"
#include "cli/printable.h"
#include "cli/report.h"
#include "quality/archive.h"

#include <stdio.h>

enum { PAGE_BYTES = 256 << 20 };

static cs_error load_page(cs_db *db, const char *id, cs_buffer *out, cs_message *message) {
    cs_json_writer writer;
    cs_packer *packer = NULL;
    cs_ruleset *rules = NULL;
    cs_hash current;
    json_writer_init(&writer, out);
    writer.is_revealed = true; /* whoever may read the store's files may read this */
    cs_error code = packer_open(db, &packer, message);
    if (code == CS_OK) code = archive_current_ruleset(db, &current, message);
    if (code == CS_OK) code = archive_load_ruleset(db, current, &rules, message);
    if (code == CS_OK) code = archive_conversation(db, packer, rules, id, &writer, message);
    ruleset_release(rules);
    packer_close(packer);
    return code;
}

int run_show(const cs_arguments *arguments) {
    cs_db *db = NULL;
    cs_buffer page;
    cs_json *json = NULL;
    cs_message message;
    buffer_init(&page, PAGE_BYTES);
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    if (code == CS_OK) code = load_page(db, arguments->paths[0], &page, &message);
    if (code == CS_OK && argument_is_given(arguments, "--json"))
        puts(buffer_string(&page));
    else if (code == CS_OK) {
        printable_json(&page);
        code = json_parse(buffer_string(&page), page.length, PAGE_BYTES, &json, &message);
    }
    if (json) report_conversation(json, report_language());
    json_free(json);
    buffer_free(&page);
    db_close(db);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(arguments->paths[0], &message);
    return CS_EXIT_REFUSED;
}
