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
#include "store/wake.h"
#include "store/work.h"

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
    cs_work_sums worked; /* how much of the above workers of the queue did */
    int64_t aside; /* of the queue: set aside, to be tried again by somebody; not in read */
    bool is_store_lost; /* the connection of the reader broke: the same again goes on */
    cs_inspect_records records;
    int64_t joined; /* conversations inspected again because of what was joined to them */
    int64_t recordings, recordings_failed; /* heard; could not be: their conversations are inspected without */
    int64_t recognised, unrecognised; /* of them: their words are known; heard without, since no model is chosen */
    int64_t words[4]; /* of this centre that recognition was given: one's own, the book's, people, the rules' */
    int64_t speech_ms, speech_kept_ms; /* of their voices, those in hand too; known from a run that was killed */
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
    /* What is read becomes rows of the queue (store/work.h), under this import, and workers of any process do the rest; the run
     * ends when they have. false: all of it here. */
    bool is_queued;
    cs_wake *wake; /* of the queue; may be NULL */
    const char *key_file; /* of the recordings; made when there is none */
    const char
        *speech; /* the model that recognises recordings without a transcript, or "off"; NULL: as the store says */
    const char *words; /* words.txt, which need not be there; NULL: none */
    bool by_silero; /* a model finds the voices that it hears (speech_voices.h) */
    int agent_channel; /* of two-channel recordings: 1, 2; 0: not said */
    bool
        is_again; /* what is stored without words, or with those of another model, is recognised too; not where is_queued */
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
