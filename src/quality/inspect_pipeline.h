/* inspect_pipeline.h - what reader, workers and writer share. Private to inspect*.c.
 * Floor: quality. Memory: inspect_run owns the pipeline; a job frees itself with job_end. Threads: as said at each.
 * Example: workers_start(&p, 2, &m); ... queue_close(p.jobs); workers_stop(&p);
 */
#ifndef CS_QUALITY_INSPECT_PIPELINE_H
#define CS_QUALITY_INSPECT_PIPELINE_H

#include "base/queue.h"
#include "quality/inspect_bench.h"
#include "quality/inspect_files.h"
#include "store/writer.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct pipeline {
    const cs_inspect_options *options;
    cs_inspect_counts *counts;
    cs_queue *jobs;
    cs_writer *writer;
    int64_t run_ms;
    pthread_mutex_t lock; /* counts, callbacks, fault */
    pthread_cond_t is_idle;
    int64_t under_way;
    pthread_cond_t is_turn;
    struct job_place *first, *last; /* of jobs that were not submitted to the writer yet, in the order they were read */
    cs_sampler sampler;
    cs_bench_shop shop;
    atomic_int fault; /* cs_error: the first that ends the run */
    cs_message fault_message;
    cs_inspect_files *files;
    cs_inspect_file *file; /* being read */
    struct worker *workers;
    unsigned worker_count;
    int64_t arrived; /* conversations that this run made */
    struct giving *giving; /* what is read becomes rows of the queue; NULL: it is worked on here */
} pipeline;

typedef struct job_place { /* of a job in the order of reading */
    cs_hash id; /* of its conversation */
    bool is_long; /* it has a recording */
    struct job_place *before, *after;
} job_place;

typedef struct job {
    pipeline *p;
    cs_piece *piece;
    cs_inspect_file *file; /* it was read from; NULL when re-inspecting */
    job_place *place; /* NULL: it has none, or a worker has taken it */
    cs_saved outcome;
} job;

/* Any thread. */
bool pipeline_is_stopped(pipeline *p);
void pipeline_fail(pipeline *p, cs_error code, const cs_message *message);
void pipeline_refuse(pipeline *p, const char *file, const char *id, const cs_message *message);
void pipeline_lose_recording(pipeline *p, cs_inspect_file *file, const char *id, const cs_message *message);
void show_progress(pipeline *p);
void job_end(job *j, int64_t *count); /* counts it under the lock; NULL: nowhere */
/* Jobs are saved in the order they were read, of twins the first is kept; only that one with a recording, which may take hours,
 * has nobody wait for it but its twin. */
job_place *place_take(pipeline *p, const cs_conversation *conversation, bool is_long); /* NULL: no memory */
void place_wait(pipeline *p, const job_place *own); /* until it is its turn */
void place_pass(pipeline *p, job_place *own); /* NULL is allowed */

/* inspect_records.c; the reader's thread: rows of a call list, ticket export, roster … into the store. */
void read_records(pipeline *p, cs_inspect_file *file);
/* Which conversations the rows that are due belong to. */
cs_error match_records(pipeline *p, cs_message *message);

/* inspect_giving.c; the reader's thread: the queue instead of workers of this run. */
cs_error giving_start(pipeline *p, cs_db *db, cs_message *message);
void giving_stop(pipeline *p); /* after the writer was closed */
bool giving_give(pipeline *p, cs_conversation *conversation, cs_arena *arena); /* what was just read */
cs_error giving_give_joined(pipeline *p, cs_message *message); /* what is due to be joined */
cs_error giving_give_stale(pipeline *p, cs_message *message); /* what was inspected under other rules */
void giving_refresh(pipeline *p); /* the counts, with what the workers did */
/* Until nothing of the import waits or runs, or the run is stopped. */
cs_error giving_wait(pipeline *p, cs_message *message);
/* What workers refused keeps its file from being skipped next time. */
cs_error giving_mark_conflicts(pipeline *p, cs_message *message);

/* inspect_worker.c: the end of a save, on the writer's thread; and one that can't be kept. */
void job_saved(void *context, cs_error code, const cs_message *message);
void job_refuse(job *j, const cs_message *message);
/* The run's own thread. */
cs_error workers_start(pipeline *p, unsigned wanted, cs_message *message);
void workers_stop(pipeline *p);

#endif
