/* inspect.h - the pipeline: files in, verdicts stored. One reader, several workers, one writer, bounded queues between.
 * Floor: quality. Memory stays flat in the number of conversations. Safe to kill at any moment: what was acknowledged is
 * stored, the next run finishes the rest.
 * Memory: options and their strings live until inspect_run returns. Threads: callbacks come from several threads, one at a
 * time. Example: inspect_run(&options, &counts, &m);
 */
#ifndef CS_QUALITY_INSPECT_H
#define CS_QUALITY_INSPECT_H

#include "conversation/mapping_set.h"
#include "rules/ruleset.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_inspect_records { /* rows of call lists, tickets, rosters … */
    int64_t added, changed, unchanged, refused; /* read = their sum */
    int64_t retired; /* stood in the file before, and do not now */
} cs_inspect_records;

typedef struct cs_inspect_counts {
    int64_t files, files_skipped, files_passed; /* to read; unchanged since a complete run; of no known format */
    int64_t bytes, bytes_done; /* of all files to read, for progress */
    int64_t expected; /* conversations, from the files' own shape */
    int64_t inspected, unchanged, duplicates, refused; /* read = their sum */
    int64_t left_stale; /* could not be inspected again; they keep their older inspection */
    int64_t reinspected; /* from the stored timeline, because the rules changed */
    int64_t stale; /* how many there were to re-inspect */
    int64_t stored; /* conversations in the store afterwards */
    cs_inspect_records records;
    int64_t joined; /* conversations inspected again because of what was joined to them */
    int64_t recordings, recordings_failed; /* heard; could not be: their conversations are inspected without */
} cs_inspect_counts;

int64_t inspect_read(const cs_inspect_counts *counts); /* what was read, refused ones too */
int64_t inspect_records(const cs_inspect_records *records); /* rows that were read */

typedef struct cs_inspect_options {
    const char *data;
    const char *const *paths;
    size_t path_count;
    cs_ruleset *ruleset;
    const cs_mapping_set *mappings; /* come before those in the file's folder; NULL: there are only those */
    int64_t import; /* the number of the row that this run belongs to; 0: none */
    unsigned workers; /* 0: one a core */
    const char *key_file; /* of the recordings; made when there is none */
    int agent_channel; /* of two-channel recordings: 1, 2; 0: not said */
    const volatile sig_atomic_t *is_stopped; /* may be NULL */
    void *context;
    void (*on_progress)(void *context, const cs_inspect_counts *counts);
    /* file as named to the program; id NULL: the file or a piece of it */
    void (*on_refused)(void *context, const char *file, const char *id, const cs_message *message);
} cs_inspect_options;

/* Fails when the run as a whole can't go on (no store, disk full), when it was stopped, or when what was read is not what
 * was expected. Refused input is no failure: it is counted. */
cs_error inspect_run(const cs_inspect_options *options, cs_inspect_counts *counts, cs_message *message);

#endif
