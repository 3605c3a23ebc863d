/* Workers of a run of callscope inspect: what they come to is saved in the order in which it was read. */
#include "quality/inspect_pipeline.h"
#include "quality/recording_speech.h"
#include "quality/speech_sum.h"

#include <stdlib.h>
#include <string.h>

/* ---- writer ---- */

/* A file that is one conversation was read completely when that is saved: were the run killed now, the next one need not hear
 * its recording again. */
static bool is_whole_file(const job *j) {
    pipeline *p = j->p;
    const cs_conversation *conversation = j->piece->conversation;
    if (!j->file || !conversation->place || *conversation->place) return false;
    pthread_mutex_lock(&p->lock);
    bool is_whole = !j->file->has_conflict;
    pthread_mutex_unlock(&p->lock);
    return is_whole;
}

static cs_error save(void *context, cs_db *db, cs_message *message) {
    job *j = context;
    const cs_inspect_file *f = j->file;
    cs_error code = archive_save(db, j->p->options->ruleset, &j->piece->inspected, &j->outcome, message);
    if (code == CS_OK) code = speech_outcome_save(db, &j->piece->spoken, message);
    if (code == CS_OK && (j->piece->inspected.recording || j->piece->is_again))
        code = recording_speech_note(db, j->piece->conversation, &j->piece->spoken, message);
    if (code != CS_OK || !j->piece->inspected.recording || !is_whole_file(j)) return code;
    return archive_save_source(db, f->real_path, f->bytes, f->modified_ns, f->mapping_hash, 1, j->p->options->import,
                               message);
}

/* What can't be stored keeps its file from being skipped next time, so that it is named again. */
void job_refuse(job *j, const cs_message *message) {
    pipeline *p = j->p;
    pipeline_refuse(p, j->file ? j->file->path : "the store", j->piece->conversation->external_id, message);
    pthread_mutex_lock(&p->lock);
    if (j->file) j->file->has_conflict = true;
    pthread_mutex_unlock(&p->lock);
    job_end(j, j->piece->seq || j->piece->is_again ? &p->counts->left_stale : &p->counts->refused);
}

static void note_arrived(pipeline *p) {
    pthread_mutex_lock(&p->lock);
    p->arrived++;
    pthread_mutex_unlock(&p->lock);
}

void job_saved(void *context, cs_error code, const cs_message *message) {
    job *j = context;
    cs_inspect_counts *c = j->p->counts;
    bool is_join = j->piece->is_join;
    if (code == CS_ERR_CONFLICT) {
        job_refuse(j, message);
    } else if (code != CS_OK) {
        pipeline_fail(j->p, code, message);
        job_end(j, NULL);
    } else if (j->outcome == CS_SAVED_UNCHANGED) {
        /* What was stored already, somebody else was quicker: it was not read. */
        job_end(j, is_join || j->piece->seq || j->piece->is_again ? NULL : &c->unchanged);
    } else if (j->outcome == CS_SAVED_DUPLICATE) {
        job_end(j, j->piece->is_again ? NULL : &c->duplicates);
    } else {
        if (j->outcome == CS_SAVED_NEW) note_arrived(j->p);
        job_end(j, is_join ? &c->joined : j->piece->seq || j->piece->is_again ? &c->reinspected : &c->inspected);
    }
}

/* ---- workers ---- */

typedef struct worker {
    pthread_t thread;
    pipeline *p;
    cs_bench *bench;
} worker;

static bool is_skipped(const void *files, const char *source) {
    return inspect_files_skipped(files, source);
}

/* A recording that was lost or cut is told; a lost one is tried again next time. */
static void tell_recording(job *j) {
    pipeline *p = j->p;
    const cs_piece *piece = j->piece;
    const char *id = piece->conversation->external_id;
    if (piece->is_lost && j->file) pipeline_lose_recording(p, j->file, id, &piece->trouble);
    if (piece->is_lost && !j->file) pipeline_refuse(p, "the store", id, &piece->trouble);
    if (piece->is_cut) pipeline_refuse(p, j->file->path, id, &piece->trouble);
    pthread_mutex_lock(&p->lock);
    p->counts->recordings += piece->is_heard;
    p->counts->recordings_failed += piece->is_cut || (piece->is_lost && !j->file);
    p->counts->recognised += piece->spoken.is_done;
    p->counts->unrecognised += piece->spoken.is_off;
    p->counts->speech_kept_ms += piece->spoken.kept_ms;
    p->counts->speech_ms = atomic_load(&p->shop.speech.heard_ms);
    pthread_mutex_unlock(&p->lock);
}

static cs_error work_on(worker *w, job *j, cs_message *message) {
    pipeline *p = w->p;
    cs_piece *piece = j->piece;
    piece->is_recording = j->file && j->file->is_recording;
    piece->agent_channel = p->options->agent_channel;
    piece->inspected.run_ms = p->run_ms;
    piece->inspected.import = p->options->import;
    piece->inspected.is_skipped = is_skipped;
    piece->inspected.context = p->files;
    cs_error code = bench_work(w->bench, piece, message);
    tell_recording(j);
    return code;
}

/* One that is too much is refused and the rest goes on; anything else ends the run. */
static void give_up(pipeline *p, job *j, cs_error code, const cs_message *message) {
    if (code == CS_ERR_LIMIT || code == CS_ERR_MEMORY) {
        job_refuse(j, message);
        return;
    }
    if (atomic_load(&p->fault) == CS_OK) pipeline_fail(p, code, message);
    job_end(j, NULL);
}

/* ---- the order ---- */

job_place *place_take(pipeline *p, const cs_conversation *conversation, bool is_long) {
    job_place *own = calloc(1, sizeof *own);
    if (!own) return NULL;
    own->id = hash_bytes(conversation->external_id, strlen(conversation->external_id));
    own->is_long = is_long;
    pthread_mutex_lock(&p->lock);
    own->before = p->last;
    *(p->last ? &p->last->after : &p->first) = own;
    p->last = own;
    pthread_mutex_unlock(&p->lock);
    return own;
}

static bool must_wait(const pipeline *p, const job_place *own) {
    for (const job_place *other = p->first; other != own; other = other->after)
        if ((!other->is_long && !own->is_long) || hash_equal(other->id, own->id)) return true;
    return false;
}

void place_wait(pipeline *p, const job_place *own) {
    pthread_mutex_lock(&p->lock);
    while (must_wait(p, own)) pthread_cond_wait(&p->is_turn, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

void place_pass(pipeline *p, job_place *own) {
    if (!own) return;
    pthread_mutex_lock(&p->lock);
    *(own->before ? &own->before->after : &p->first) = own->after;
    *(own->after ? &own->after->before : &p->last) = own->before;
    pthread_cond_broadcast(&p->is_turn);
    pthread_mutex_unlock(&p->lock);
    free(own);
}

static void *work(void *context) {
    worker *w = context;
    pipeline *p = w->p;
    job *j;
    while ((j = queue_take(p->jobs)) != NULL) {
        cs_message message;
        cs_error code = atomic_load(&p->fault) == CS_OK ? work_on(w, j, &message) : CS_ERR_STOPPED;
        job_place *place = j->place; /* the writer may end the job before this thread goes on */
        j->place = NULL;
        place_wait(p, place);
        if (code == CS_OK && !writer_submit(p->writer, save, job_saved, j))
            code = message_set(&message, CS_ERR_STOPPED, "the store was closed");
        place_pass(p, place);
        if (code != CS_OK) give_up(p, j, code, &message);
    }
    return NULL;
}

cs_error workers_start(pipeline *p, unsigned wanted, cs_message *message) {
    cs_error code = CS_OK;
    p->workers = calloc(wanted, sizeof *p->workers);
    if (!p->workers) return message_set(message, CS_ERR_MEMORY, "out of memory for the workers");
    while (code == CS_OK && p->worker_count < wanted) {
        worker *w = &p->workers[p->worker_count];
        w->p = p;
        code = bench_open(&p->shop, &w->bench, message);
        if (code == CS_OK && pthread_create(&w->thread, NULL, work, w) != 0)
            code = message_set(message, CS_ERR_MEMORY, "a thread can't be started");
        if (code == CS_OK)
            p->worker_count++;
        else
            bench_close(w->bench);
    }
    return code;
}

void workers_stop(pipeline *p) {
    for (unsigned i = 0; i < p->worker_count; i++) {
        pthread_join(p->workers[i].thread, NULL);
        bench_close(p->workers[i].bench);
    }
    free(p->workers);
}
