#include "imports/import_command.h"

#include "base/clock.h"
#include "imports/import_lock.h"
#include "imports/refusal.h"
#include "imports/run.h"

#include <stdlib.h>

struct cs_import_command {
    cs_db *db;
    int64_t number;
    int lock;
    cs_refusal_log *refusals;
};

/* Rows of commands that were killed. */
static cs_error abandon_killed(const char *data, cs_db *db, cs_message *message) {
    cs_import_row row = {0};
    cs_error code = CS_OK;
    while ((code = import_next(db, 1u << CS_IMPORT_STATE_RUNNING, row.number, &row, message)) == CS_OK && row.number) {
        int lock = row.how == CS_IMPORT_COMMAND ? import_lock_take(data, row.number) : -1;
        if (lock >= 0) code = import_abandon(db, row.number, message);
        import_lock_release(lock);
        if (code != CS_OK) break;
    }
    return code;
}

/* Locked before anybody else can see it. */
static cs_error create(const char *data, const char *name, cs_import_command *command, cs_message *message) {
    const cs_import_start start = {.how = CS_IMPORT_COMMAND, .state = CS_IMPORT_STATE_RUNNING, .name = name};
    cs_error code = db_begin(command->db, message);
    if (code != CS_OK) return code;
    code = import_create(command->db, &start, clock_now_ms(), &command->number, message);
    if (code == CS_OK) command->lock = import_lock_take(data, command->number);
    if (code == CS_OK) return db_commit(command->db, message);
    db_rollback(command->db);
    return code;
}

static void release(cs_import_command *command) {
    import_lock_release(command->lock);
    db_close(command->db);
    free(command);
}

cs_error import_command_begin(const char *data, const char *name, cs_import_command **out, cs_message *message) {
    cs_import_command *command = calloc(1, sizeof *command);
    if (!command) return message_set(message, CS_ERR_MEMORY, "no memory for the import");
    command->lock = -1;
    cs_error code = db_open(data, CS_DB_WRITE, &command->db, message);
    if (code == CS_OK) code = abandon_killed(data, command->db, message);
    if (code == CS_OK) code = create(data, name, command, message);
    if (code == CS_OK) code = refusal_log_open(data, command->number, &command->refusals, message);
    if (code != CS_OK) {
        release(command);
        return code;
    }
    *out = command;
    return CS_OK;
}

int64_t import_command_number(const cs_import_command *command) {
    return command->number;
}

void import_command_refuse(cs_import_command *command, const char *file, const char *conversation,
                           const cs_message *why) {
    refusal_add(command->refusals, file, conversation, why);
}

cs_error import_command_end(cs_import_command *command, cs_error code, const cs_inspect_counts *counts,
                            const cs_message *trouble, bool *is_kept, cs_message *message) {
    cs_import_live live = {0};
    if (!command) return CS_OK;
    import_counts_take(&live.counts, counts);
    cs_error ended = refusal_log_close(command->refusals, message);
    if (ended == CS_OK)
        ended =
            import_end(command->db, command->number, CS_IMPORT_COMMAND, code, true, &live, trouble, is_kept, message);
    release(command);
    return ended;
}
