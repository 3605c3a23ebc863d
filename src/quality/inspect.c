/* The pipeline on one page:
 *   reader (this thread) -> jobs -> workers: encode, skip if known, evaluate, score, pack -> writer: one transaction a group
 */
#include "quality/inspect.h"

#include "base/queue.h"
#include "conversation/codec.h"
#include "quality/archive.h"
#include "quality/inspect_files.h"
#include "store/writer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    QUEUE_LENGTH = 128,
    MOST_WORKERS = 64,
    RESULT_BYTES = 256 << 20, /* of one conversation's verdicts */
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
    cs_buffer samples;
    size_t sample_lengths[SAMPLES], sample_count;
    bool is_training;
    atomic_int dictionaries; /* how many were trained in this run */
    atomic_int fault; /* cs_error: the first that ends the run */
    cs_message fault_message;
    const cs_inspect_file *file; /* being read */
} pipeline;

typedef struct job {
    pipeline *p;
    cs_arena *arena; /* holds the conversation */
    cs_conversation *conversation;
    const char *file;
    int64_t seq; /* when re-inspecting */
    cs_buffer body, frame;
    cs_verdicts verdicts;
    cs_scores scores;
    cs_inspected inspected;
    cs_saved outcome;
} job;

int64_t inspect_read(const cs_inspect_counts *c) {
    return c->inspected + c->unchanged + c->duplicates + c->refused;
}

/* ---- bookkeeping ---- */

static bool is_stopped(pipeline *p) {
    return (p->options->is_stopped && *p->options->is_stopped) || atomic_load(&p->fault) != CS_OK;
}

/* The first fault ends the run; later ones are its echo. */
static void fail(pipeline *p, cs_error code, const cs_message *message) {
    pthread_mutex_lock(&p->lock);
    if (atomic_load(&p->fault) == CS_OK) {
        p->fault_message = *message;
        atomic_store(&p->fault, (int)code);
    }
    pthread_mutex_unlock(&p->lock);
}

static void refuse(pipeline *p, const char *file, const char *id, const cs_message *message) {
    pthread_mutex_lock(&p->lock);
    p->options->on_refused(p->options->context, file, id, message);
    pthread_mutex_unlock(&p->lock);
}

static void show_progress(pipeline *p) {
    pthread_mutex_lock(&p->lock);
    p->options->on_progress(p->options->context, p->counts);
    pthread_mutex_unlock(&p->lock);
}

static void end_job(job *j, int64_t *count) {
    pipeline *p = j->p;
    buffer_free(&j->body);
    buffer_free(&j->frame);
    arena_free(j->arena);
    free(j);
    pthread_mutex_lock(&p->lock);
    if (count) ++*count;
    if (--p->under_way == 0) pthread_cond_broadcast(&p->is_idle);
    pthread_mutex_unlock(&p->lock);
}

static void wait_until_idle(pipeline *p) {
    pthread_mutex_lock(&p->lock);
    while (p->under_way > 0) pthread_cond_wait(&p->is_idle, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

/* ---- writer ---- */

static cs_error save(void *context, cs_db *db, cs_message *message) {
    job *j = context;
    return archive_save(db, j->p->options->ruleset, &j->inspected, &j->outcome, message);
}

static void saved(void *context, cs_error code, const cs_message *message) {
    job *j = context;
    cs_inspect_counts *c = j->p->counts;
    if (code == CS_ERR_CONFLICT) {
        refuse(j->p, j->file, j->conversation->external_id, message);
        end_job(j, &c->refused);
    } else if (code != CS_OK) {
        fail(j->p, code, message);
        end_job(j, NULL);
    } else if (j->outcome == CS_SAVED_UNCHANGED) {
        end_job(j, &c->unchanged);
    } else if (j->outcome == CS_SAVED_DUPLICATE) {
        end_job(j, &c->duplicates);
    } else {
        end_job(j, j->seq ? &c->reinspected : &c->inspected);
    }
}

static cs_error train(void *context, cs_db *db, cs_message *message) {
    pipeline *p = context;
    return packer_train(db, p->samples.data, p->sample_lengths, p->sample_count, message);
}

static void trained(void *context, cs_error code, const cs_message *message) {
    pipeline *p = context;
    (void)message;
    if (code == CS_OK) atomic_fetch_add(&p->dictionaries, 1); /* without one bodies are larger, not wrong */
}

/* Keeps the first bodies of a store without dictionary, and trains one when there are enough. */
static void take_sample(pipeline *p, const cs_buffer *body) {
    pthread_mutex_lock(&p->lock);
    bool is_enough = false;
    if (!p->is_training && p->sample_count < SAMPLES) {
        size_t bytes = body->length < SAMPLE_BYTES ? body->length : SAMPLE_BYTES;
        if (buffer_append(&p->samples, body->data, bytes)) p->sample_lengths[p->sample_count++] = bytes;
        is_enough = p->is_training = p->sample_count == SAMPLES;
    }
    pthread_mutex_unlock(&p->lock);
    if (is_enough) (void)writer_submit(p->writer, train, trained, p);
}

/* ---- workers ---- */

typedef struct worker {
    pthread_t thread;
    pipeline *p;
    cs_db *db;
    cs_packer *packer;
    cs_scanner *scanner;
    int dictionaries; /* that the packer knows of this run */
} worker;

/* *is_known: stored already with this timeline under these rules. */
static cs_error encode(worker *w, job *j, bool *is_known, cs_message *message) {
    *is_known = false;
    if (j->seq) return CS_OK;
    cs_error code = codec_encode(j->conversation, &j->body);
    if (code != CS_OK) return message_set(message, code, "the conversation is too large to keep");
    j->inspected.timeline_hash = hash_bytes(j->body.data, j->body.length);
    return archive_is_current(w->db, j->conversation->external_id, j->inspected.timeline_hash, j->inspected.ruleset,
                              is_known, message);
}

static cs_error pack(worker *w, job *j, cs_message *message) {
    if (j->seq) return CS_OK;
    int trained_now = atomic_load(&w->p->dictionaries);
    if (trained_now != w->dictionaries) {
        w->dictionaries = trained_now;
        (void)packer_refresh(w->packer, message);
    }
    if (!packer_has_dictionary(w->packer)) take_sample(w->p, &j->body);
    cs_error code = packer_pack(w->packer, j->body.data, j->body.length, &j->frame, message);
    j->inspected.frame = j->frame.data;
    j->inspected.frame_bytes = j->frame.length;
    return code;
}

static void work_on(worker *w, job *j) {
    pipeline *p = w->p;
    cs_message message;
    bool is_known;
    buffer_init(&j->body, BODY_BYTES);
    buffer_init(&j->frame, BODY_BYTES);
    cs_inspected *in = &j->inspected;
    in->conversation = j->conversation;
    in->seq = j->seq;
    in->ruleset = ruleset_id(p->options->ruleset);
    in->run_ms = p->run_ms;
    in->verdicts = &j->verdicts;
    in->scores = &j->scores;
    cs_error code = encode(w, j, &is_known, &message);
    if (code == CS_OK && is_known) {
        end_job(j, &p->counts->unchanged);
        return;
    }
    if (code == CS_OK) code = evaluation_run(w->scanner, j->conversation, j->arena, &j->verdicts, &message);
    if (code == CS_OK) code = scorecard_compute(p->options->ruleset, &j->verdicts, j->arena, &j->scores, &message);
    if (code == CS_OK) code = pack(w, j, &message);
    if (code == CS_OK) {
        if (writer_submit(p->writer, save, saved, j)) return;
        code = message_set(&message, CS_ERR_STOPPED, "the store was closed");
    }
    if (code == CS_ERR_LIMIT || code == CS_ERR_MEMORY) { /* this one is too much; the rest goes on */
        refuse(p, j->file, j->conversation->external_id, &message);
        end_job(j, &p->counts->refused);
        return;
    }
    fail(p, code, &message);
    end_job(j, NULL);
}

static void *work(void *context) {
    worker *w = context;
    job *j;
    while ((j = queue_take(w->p->jobs)) != NULL) {
        if (w->p->fault == CS_OK)
            work_on(w, j);
        else
            end_job(j, NULL);
    }
    return NULL;
}

static cs_error start_workers(pipeline *p, worker *workers, unsigned wanted, unsigned *started, cs_message *message) {
    cs_error code = CS_OK;
    for (*started = 0; code == CS_OK && *started < wanted;) {
        worker *w = &workers[*started];
        *w = (worker){.p = p};
        code = db_open(p->options->data, CS_DB_READ, &w->db, message);
        if (code == CS_OK) code = packer_open(w->db, &w->packer, message);
        if (code == CS_OK) code = scanner_create(p->options->ruleset, &w->scanner, message);
        if (code == CS_OK && pthread_create(&w->thread, NULL, work, w) != 0)
            code = message_set(message, CS_ERR_MEMORY, "a thread can't be started");
        if (code == CS_OK) {
            ++*started;
            continue;
        }
        scanner_free(w->scanner);
        packer_close(w->packer);
        db_close(w->db);
    }
    return code;
}

static void stop_workers(worker *workers, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        pthread_join(workers[i].thread, NULL);
        scanner_free(workers[i].scanner);
        packer_close(workers[i].packer);
        db_close(workers[i].db);
    }
}

/* ---- reader ---- */

/* stored: what is inspected again; NULL for what was just read. */
static bool give_job(pipeline *p, cs_conversation *conversation, cs_arena *arena, const char *file,
                     const cs_stored *stored) {
    job *j = calloc(1, sizeof *j);
    cs_message message;
    if (!j) {
        arena_free(arena);
        fail(p, CS_ERR_MEMORY, (message_set(&message, CS_ERR_MEMORY, "out of memory while reading"), &message));
        return false;
    }
    *j = (job){.p = p, .arena = arena, .conversation = conversation, .file = file, .seq = stored ? stored->seq : 0};
    if (stored) j->inspected.timeline_hash = stored->timeline_hash;
    pthread_mutex_lock(&p->lock);
    p->under_way++;
    pthread_mutex_unlock(&p->lock);
    if (!queue_put(p->jobs, j)) {
        end_job(j, NULL);
        return false;
    }
    return !is_stopped(p);
}

static bool on_conversation(void *context, cs_conversation *conversation, cs_arena *arena) {
    pipeline *p = context;
    conversation->source = p->file->path;
    return give_job(p, conversation, arena, p->file->path, NULL);
}

static bool on_refused(void *context, const char *id, cs_error code, const cs_message *message) {
    pipeline *p = context;
    (void)code;
    refuse(p, p->file->path, id, message);
    return !is_stopped(p);
}

static bool on_bytes(void *context, int64_t bytes) {
    pipeline *p = context;
    int64_t before = p->counts->bytes_done;
    p->counts->bytes_done += bytes;
    show_progress(p);
    p->counts->bytes_done = before;
    return !is_stopped(p);
}

static void on_file_refused(void *context, const char *path, const cs_message *message) {
    refuse(context, path, NULL, message);
}

static void add_refused(pipeline *p, int64_t count) {
    pthread_mutex_lock(&p->lock);
    p->counts->refused += count;
    pthread_mutex_unlock(&p->lock);
}

static void read_file(pipeline *p, cs_inspect_file *file, cs_db *db) {
    cs_message message;
    cs_read_counts counts = {0};
    int64_t stored = 0;
    cs_error code = archive_source_is_read(db, file->real_path, file->bytes, file->modified_ns, file->mapping_hash,
                                           &stored, &message);
    if (code == CS_OK) {
        pthread_mutex_lock(&p->lock);
        p->counts->files_skipped++;
        p->counts->expected += stored;
        p->counts->unchanged += stored;
        p->counts->bytes_done += file->bytes;
        pthread_mutex_unlock(&p->lock);
        return;
    }
    if (code != CS_ERR_NOT_FOUND) {
        fail(p, code, &message);
        return;
    }
    p->file = file;
    cs_reader_sink sink = {
        .context = p, .on_conversation = on_conversation, .on_refused = on_refused, .on_progress = on_bytes};
    code = format_read(file->format, file->path, inspect_file_mapping(p->options, file), &sink, &counts, &message);
    if (code != CS_OK && code != CS_ERR_STOPPED) refuse(p, file->path, NULL, &message);
    add_refused(p, counts.refused);
    p->counts->expected += counts.expected;
    p->counts->bytes_done += file->bytes;
    file->is_complete = code == CS_OK && counts.refused == 0;
    file->conversations = counts.given;
}

/* The rules changed: what was stored under older ones is inspected again from its timeline. */
static cs_error reinspect(pipeline *p, cs_db *db, cs_message *message) {
    cs_packer *packer = NULL;
    int64_t seq = 0, all;
    cs_hash current = ruleset_id(p->options->ruleset);
    cs_error code = archive_count(db, &all, &p->counts->stale, message);
    if (code != CS_OK || p->counts->stale == 0) return code;
    code = packer_open(db, &packer, message);
    while (code == CS_OK && !is_stopped(p)) {
        cs_stored *stored = NULL;
        cs_arena *arena = arena_create(RESULT_BYTES);
        code = arena ? archive_next_stale(db, packer, seq, current, arena, &stored, message)
                     : message_set(message, CS_ERR_MEMORY, "out of memory");
        if (code != CS_OK || !stored) {
            arena_free(arena);
            break;
        }
        seq = stored->seq;
        if (!give_job(p, stored->conversation, arena, "the store", stored)) break;
        show_progress(p);
    }
    packer_close(packer);
    return code;
}

/* ---- the run ---- */

static cs_error save_sources(void *context, cs_db *db, cs_message *message) {
    const cs_inspect_files *files = context;
    cs_error code = CS_OK;
    for (size_t i = 0; i < files->count && code == CS_OK; i++) {
        const cs_inspect_file *f = &files->items[i];
        if (f->is_complete)
            code = archive_save_source(db, f->real_path, f->bytes, f->modified_ns, f->mapping_hash, f->conversations,
                                       message);
    }
    return code;
}

static cs_error save_rules(void *context, cs_db *db, cs_message *message) {
    return archive_save_ruleset(db, context, message);
}

typedef struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    bool done;
    cs_error code;
    cs_message message;
} waiting;
typedef struct call {
    cs_write_run run;
    void *context;
    waiting wait;
} call;

static cs_error call_run(void *context, cs_db *db, cs_message *message) {
    call *c = context;
    return c->run(c->context, db, message);
}

static void call_done(void *context, cs_error code, const cs_message *message) {
    waiting *w = &((call *)context)->wait;
    pthread_mutex_lock(&w->lock);
    w->done = true;
    w->code = code;
    if (code != CS_OK) w->message = *message;
    pthread_cond_signal(&w->is_done);
    pthread_mutex_unlock(&w->lock);
}

/* Runs one job on the writer and waits for its commit. */
static cs_error write_now(cs_writer *writer, cs_write_run run, void *context, cs_message *message) {
    call c = {.run = run,
              .context = context,
              .wait = {.lock = PTHREAD_MUTEX_INITIALIZER, .is_done = PTHREAD_COND_INITIALIZER}};
    if (!writer_submit(writer, call_run, call_done, &c))
        return message_set(message, CS_ERR_STOPPED, "the store was closed");
    pthread_mutex_lock(&c.wait.lock);
    while (!c.wait.done) pthread_cond_wait(&c.wait.is_done, &c.wait.lock);
    pthread_mutex_unlock(&c.wait.lock);
    if (c.wait.code != CS_OK) *message = c.wait.message;
    return c.wait.code;
}

/* read = expected: nothing may get lost between the files and the store without being told. */
static cs_error check_sums(pipeline *p, cs_db *db, int64_t stored_before, cs_message *message) {
    cs_inspect_counts *c = p->counts;
    int64_t stale;
    cs_error code = archive_count(db, &c->stored, &stale, message);
    if (code != CS_OK) return code;
    if (inspect_read(c) != c->expected)
        return message_set(message, CS_ERR_STORE, "read %lld conversations but expected %lld",
                           (long long)inspect_read(c), (long long)c->expected);
    if (c->stored < stored_before || c->stored > stored_before + c->inspected || stale > 0)
        return message_set(
            message, CS_ERR_STORE,
            "the store holds %lld conversations (%lld of them under older rules) after %lld and %lld new ones",
            (long long)c->stored, (long long)stale, (long long)stored_before, (long long)c->inspected);
    return CS_OK;
}

static cs_error read_all(pipeline *p, cs_inspect_files *files, cs_db *db, cs_message *message) {
    cs_error code = inspect_files_find(p->options, on_file_refused, p, p->counts, files, message);
    if (code != CS_OK) return code;
    show_progress(p);
    for (size_t i = 0; i < files->count && !is_stopped(p); i++) {
        read_file(p, &files->items[i], db);
        show_progress(p);
    }
    wait_until_idle(p);
    code = reinspect(p, db, message);
    wait_until_idle(p);
    cs_error fault = (cs_error)atomic_load(&p->fault);
    if (fault != CS_OK) {
        *message = p->fault_message;
        return fault;
    }
    if (code == CS_OK && is_stopped(p)) {
        code = message_set(message, CS_ERR_STOPPED, "stopped");
        message_remedy(message, "run the same command again: it goes on where it was");
    }
    return code == CS_OK ? write_now(p->writer, save_sources, files, message) : code;
}

static unsigned worker_count(const cs_inspect_options *options) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned wanted = options->workers ? options->workers : cores < 1 ? 1 : (unsigned)cores;
    return wanted > MOST_WORKERS ? MOST_WORKERS : wanted;
}

cs_error inspect_run(const cs_inspect_options *options, cs_inspect_counts *counts, cs_message *message) {
    pipeline p = {.options = options,
                  .counts = counts,
                  .run_ms = clock_now_ms(),
                  .lock = PTHREAD_MUTEX_INITIALIZER,
                  .is_idle = PTHREAD_COND_INITIALIZER};
    cs_inspect_files files = {0};
    worker workers[MOST_WORKERS];
    unsigned started = 0;
    int64_t stored_before = 0, stale;
    cs_db *db = NULL;
    *counts = (cs_inspect_counts){0};
    buffer_init(&p.samples, (size_t)SAMPLES * SAMPLE_BYTES);
    p.jobs = queue_create(QUEUE_LENGTH);
    cs_error code =
        p.jobs ? writer_open(options->data, &p.writer, message) : message_set(message, CS_ERR_MEMORY, "out of memory");
    if (code == CS_OK) code = write_now(p.writer, save_rules, options->ruleset, message);
    if (code == CS_OK) code = db_open(options->data, CS_DB_READ, &db, message);
    if (code == CS_OK) code = archive_count(db, &stored_before, &stale, message);
    if (code == CS_OK) code = start_workers(&p, workers, worker_count(options), &started, message);
    if (code == CS_OK) code = read_all(&p, &files, db, message);
    wait_until_idle(&p);
    if (p.jobs) queue_close(p.jobs);
    stop_workers(workers, started);
    if (p.writer) writer_close(p.writer);
    if (code == CS_OK) code = check_sums(&p, db, stored_before, message);
    db_close(db);
    inspect_files_free(&files);
    buffer_free(&p.samples);
    if (p.jobs) queue_free(p.jobs);
    return code;
}
