/* inspect_pipeline.h - what reader, workers and writer share. Private to inspect*.c.
 * Floor: quality. Memory: inspect_run owns the pipeline; a job frees itself with job_end. Threads: as said at each.
 * Example: workers_start(&p, 2, &m); ... queue_close(p.jobs); workers_stop(&p);
 */
#ifndef CS_QUALITY_INSPECT_PIPELINE_H
#define CS_QUALITY_INSPECT_PIPELINE_H

#include "base/queue.h"
#include "quality/archive.h"
#include "quality/inspect_files.h"
#include "quality/recording_intake.h"
#include "store/writer.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    BODY_BYTES = 512 << 20, /* of one encoded timeline */
    SAMPLES = 1000, /* bodies a dictionary is trained from */
    SAMPLE_BYTES = 4096, /* of each; longer ones pack well by themselves */
};

typedef struct pipeline {
    const cs_inspect_options *options;
    cs_inspect_counts *counts;
    cs_queue *jobs;
    cs_writer *writer;
    int64_t run_ms;
    pthread_mutex_t lock; /* counts, callbacks, samples, fault */
    pthread_cond_t is_idle;
    int64_t under_way;
    pthread_cond_t is_turn;
    int64_t tickets, turn; /* jobs are saved in the order they were read: of twins the first is kept */
    cs_buffer samples;
    size_t sample_lengths[SAMPLES], sample_count;
    bool is_training;
    atomic_int dictionaries; /* how many were trained in this run */
    atomic_int fault; /* cs_error: the first that ends the run */
    cs_message fault_message;
    cs_inspect_files *files;
    cs_keys *keys; /* NULL until the first recording */
    cs_inspect_file *file; /* being read */
    struct worker *workers;
    unsigned worker_count;
    int64_t arrived; /* conversations that this run made */
} pipeline;

typedef struct job {
    pipeline *p;
    cs_arena *arena; /* holds the conversation */
    cs_conversation *conversation;
    cs_inspect_file *file; /* it was read from; NULL when re-inspecting */
    int64_t seq; /* when re-inspecting */
    bool is_join; /* re-inspecting with what is joined to it now: conversation is as it was read */
    int64_t ticket;
    cs_buffer body, frame;
    cs_buffer read_frame; /* of is_join: packed as it was read, when something is joined to it */
    cs_verdicts verdicts;
    cs_scores scores;
    cs_inspected inspected;
    cs_recording_row recording;
    cs_saved outcome;
} job;

/* Any thread. */
bool pipeline_is_stopped(pipeline *p);
void pipeline_fail(pipeline *p, cs_error code, const cs_message *message);
void pipeline_refuse(pipeline *p, const char *file, const char *id, const cs_message *message);
void pipeline_lose_recording(pipeline *p, cs_inspect_file *file, const char *id, const cs_message *message);
void job_end(job *j, int64_t *count); /* counts it under the lock; NULL: nowhere */

/* inspect_records.c; the reader's thread: rows of a call list, ticket export, roster … into the store. */
void read_records(pipeline *p, cs_inspect_file *file);
/* Which conversations the rows that are due belong to. */
cs_error match_records(pipeline *p, cs_message *message);

/* inspect_worker.c; the run's own thread. */
cs_error workers_start(pipeline *p, unsigned wanted, cs_message *message);
void workers_stop(pipeline *p);

#endif
