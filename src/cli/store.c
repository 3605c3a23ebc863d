/* callscope store move: the same store in another database. */
#include "base/error.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/copy_progress.h"
#include "store/copy.h"
#include "store/move.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ADDRESS_BYTES = 4096 };

/* --to as it is, or the first line of the file behind @: a password on a command line can be seen by others. */
static cs_error read_target(const char *given, cs_buffer *out, cs_message *message) {
    if (given[0] == '@') {
        cs_error code = file_read(given + 1, MAX_ADDRESS_BYTES, out, message);
        if (code == CS_OK && out->data) out->data[strcspn(out->data, "\r\n")] = 0;
        return code;
    }
    buffer_init(out, MAX_ADDRESS_BYTES);
    return buffer_text(out, given) ? CS_OK : message_set(message, CS_ERR_LIMIT, "the address behind --to is too long");
}

static cs_error move(const char *data, const char *to, cs_copy_counts *counts, cs_message *message) {
    cs_move *under_way = NULL;
    cs_db *moved = NULL;
    cs_copy_progress progress = copy_progress_begin("copying");
    cs_error code = move_begin(data, to, &under_way, message);
    if (code != CS_OK) return code;
    code = copy_run(move_source(under_way), move_target(under_way), copy_progress_show, &progress, counts, message);
    copy_progress_end(&progress);
    if (code == CS_OK) code = move_switch(under_way, message);
    if (code == CS_OK)
        printf("%lld rows of %u tables were copied and compared; %lld of them were there from an earlier try.\n"
               "The store in %s now uses %s.\n"
               "The old rows are kept: %s. Remove them when you are sure.\n",
               (long long)counts->rows, counts->tables, (long long)counts->resumed, data,
               strcmp(to, "sqlite") == 0 ? "SQLite" : "PostgreSQL", move_old_place(under_way));
    if (code == CS_OK && move_found_place(under_way))
        printf("A file callscope.db of an earlier move was in the way: it is kept as %s.\n",
               move_found_place(under_way));
    move_end(under_way);
    if (code == CS_OK) code = db_open(data, CS_DB_WRITE, &moved, message);
    if (code == CS_OK) code = copy_settle(moved, message);
    db_close(moved);
    return code;
}

int run_store_move(const cs_arguments *arguments) {
    const char *data = argument(arguments, "--data"), *given = argument(arguments, "--to");
    cs_copy_counts counts = {0};
    cs_message message = {0};
    cs_buffer to;
    if (!given) {
        fprintf(stderr, "callscope: --to is missing: sqlite, or postgres://user@host/name\n");
        return CS_EXIT_USAGE;
    }
    cs_error code = read_target(given, &to, &message);
    if (code == CS_OK) code = move(data, buffer_string(&to), &counts, &message);
    buffer_free(&to);
    if (code != CS_OK) {
        trouble_print(NULL, &message);
        return code == CS_ERR_USAGE ? CS_EXIT_USAGE : CS_EXIT_REFUSED;
    }
    puts("What to do next: start callscope serve again, and look at callscope doctor. Search is complete again when "
         "the\n"
         "server has gone through all conversations once; until then it says how far it is.");
    return CS_EXIT_DONE;
}
