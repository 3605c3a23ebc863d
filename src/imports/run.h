/* run.h - one import from its start to its end, whoever runs it: the server's thread or a command.
 * Floor: imports. The caller holds the import's lock. Every path leads to an end state in the row, or leaves the state for
 * whoever goes on with it (stopped).
 * Memory: none kept. Threads: the caller's, and those of the pipeline; on_progress comes from several, one at a time.
 * Example: import_run(&run, &m);
 */
#ifndef CS_IMPORTS_RUN_H
#define CS_IMPORTS_RUN_H

#include "imports/import.h"

#include <signal.h>

typedef struct cs_import_run {
    cs_db *db; /* for writing */
    const char *data, *key_file;
    cs_ruleset *rules;
    const volatile sig_atomic_t *is_stopped;
    bool (*was_cancelled)(void *context); /* why it was stopped: by somebody, or because the program ends */
    void (*on_progress)(void *context, const cs_import_live *live);
    void *context;
    /* Workers of the queue do the work (store/work.h); reader: the number of this process among them. */
    bool is_queued;
    int64_t reader;
    cs_wake *wake;
    volatile sig_atomic_t
        *stop; /* set when another program took the import over, or somebody asked there to cancel it */
} cs_import_run;

/* An import that waits: its files lie in its upload folder, or are named in its note "paths". CS_ERR_STOPPED: it waits on. */
cs_error import_run_files(const cs_import_run *run, const cs_import_row *row, cs_message *message);
/* An import in state undoing. CS_ERR_STOPPED: it goes on later. */
cs_error import_run_undo(const cs_import_run *run, const cs_import_row *row, cs_message *message);
/* The end of an import that ran: its counts, its state by code, and nothing left of one that brought nothing and is not of
 * an upload (*is_kept, which may be NULL). CS_ERR_STOPPED with was_cancelled false: leaves the state as it is. */
cs_error import_end(cs_db *db, int64_t number, cs_import_how how, cs_error code, bool was_cancelled,
                    const cs_import_live *live, const cs_message *trouble, bool *is_kept, cs_message *message);
/* One left by a command that was killed: what it stored stays, and the row says so. */
cs_error import_abandon(cs_db *db, int64_t number, cs_message *message);

#endif
