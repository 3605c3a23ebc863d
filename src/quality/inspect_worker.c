/* Workers: encode, skip what is known, evaluate, score, pack; then the writer saves. */
#include "quality/inspect_pipeline.h"

#include "conversation/codec.h"
#include "records/join.h"
#include "store/blob.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- writer ---- */

/* A file that is one conversation was read completely when that is saved: were the run killed now, the next one need not hear
 * its recording again. */
static bool is_whole_file(const job *j) {
    pipeline *p = j->p;
    if (!j->file || !j->conversation->place || *j->conversation->place) return false;
    pthread_mutex_lock(&p->lock);
    bool is_whole = !j->file->has_conflict;
    pthread_mutex_unlock(&p->lock);
    return is_whole;
}

static cs_error save(void *context, cs_db *db, cs_message *message) {
    job *j = context;
    const cs_inspect_file *f = j->file;
    cs_error code = archive_save(db, j->p->options->ruleset, &j->inspected, &j->outcome, message);
    if (code != CS_OK || !j->inspected.recording || !is_whole_file(j)) return code;
    return archive_save_source(db, f->real_path, f->bytes, f->modified_ns, f->mapping_hash, 1, j->p->options->import,
                               message);
}

/* What can't be stored keeps its file from being skipped next time, so that it is named again. */
static void refuse_job(job *j, const cs_message *message) {
    pipeline *p = j->p;
    pipeline_refuse(p, j->file ? j->file->path : "the store", j->conversation->external_id, message);
    pthread_mutex_lock(&p->lock);
    if (j->file) j->file->has_conflict = true;
    pthread_mutex_unlock(&p->lock);
    job_end(j, j->seq ? &p->counts->left_stale : &p->counts->refused);
}

static void note_arrived(pipeline *p) {
    pthread_mutex_lock(&p->lock);
    p->arrived++;
    pthread_mutex_unlock(&p->lock);
}

static void saved(void *context, cs_error code, const cs_message *message) {
    job *j = context;
    cs_inspect_counts *c = j->p->counts;
    if (code == CS_ERR_CONFLICT) {
        refuse_job(j, message);
    } else if (code != CS_OK) {
        pipeline_fail(j->p, code, message);
        job_end(j, NULL);
    } else if (j->outcome == CS_SAVED_UNCHANGED) {
        job_end(j, j->is_join ? NULL : &c->unchanged);
    } else if (j->outcome == CS_SAVED_DUPLICATE) {
        job_end(j, &c->duplicates);
    } else {
        if (j->outcome == CS_SAVED_NEW) note_arrived(j->p);
        job_end(j, j->is_join ? &c->joined : j->seq ? &c->reinspected : &c->inspected);
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
    bool has_looked, has_recordings; /* in the store */
} worker;

/* ---- recordings ---- */

/* The first recording makes the key. Where there are recordings already the key must open them: a missing or another one is an
 * error. */
static cs_error open_keys(worker *w, const char *folder, cs_arena *arena, cs_keys **out, cs_message *message) {
    const char *path = w->p->options->key_file, *stored;
    cs_blob *blob = NULL;
    cs_error code = recording_any(w->db, arena, &stored, message);
    if (code != CS_OK) return code;
    code = keys_open(path, stored ? CS_KEYS_FIND : CS_KEYS_MAKE, out, message);
    if (code == CS_ERR_NOT_FOUND)
        message_remedy(message, "bring it back, or name it with --key-file: the recordings in the store need it");
    if (code != CS_OK || !stored) return code;
    code = blob_open(*out, folder, stored, &blob, message);
    blob_close(blob);
    if (code == CS_ERR_NOT_FOUND) return CS_OK; /* it is gone: nothing to try the key on */
    if (code == CS_OK) return CS_OK;
    keys_close(*out);
    *out = NULL;
    message_remedy(message, "name the key file of this store with --key-file, or CALLSCOPE_KEY_FILE");
    return code;
}

/* Without it nothing can be kept: its absence ends the run. */
static cs_error hold_keys(worker *w, cs_intake *intake, cs_arena *arena, cs_message *message) {
    pipeline *p = w->p;
    cs_error code = CS_OK;
    pthread_mutex_lock(&p->lock);
    if (!p->keys) code = open_keys(w, intake->folder, arena, &p->keys, message);
    intake->keys = p->keys;
    pthread_mutex_unlock(&p->lock);
    return code == CS_ERR_NOT_FOUND ? CS_ERR_STORE : code;
}

static void take_row(job *j, cs_taken taken, bool is_new) {
    pipeline *p = j->p;
    j->inspected.recording = &j->recording;
    pthread_mutex_lock(&p->lock);
    p->counts->recordings += is_new && taken == CS_TAKEN_WHOLE;
    p->counts->recordings_failed += is_new && taken == CS_TAKEN_CUT;
    pthread_mutex_unlock(&p->lock);
}

/* Its file was moved away, or can't be read any more: what the store keeps of it still counts. */
static cs_error hear_stored(worker *w, job *j, cs_intake *intake, cs_message *message) {
    cs_recording_row *stored;
    cs_taken taken;
    cs_error code = recording_find_of(w->db, j->conversation->external_id, j->arena, &stored, message);
    if (code == CS_ERR_NOT_FOUND) return CS_OK;
    if (code == CS_OK) code = hold_keys(w, intake, j->arena, message);
    if (code == CS_OK)
        code = recording_hear_stored(intake, stored, j->conversation, j->arena, &j->recording, &taken, message);
    if (code == CS_OK) take_row(j, taken, false);
    return code;
}

/* Whether the store holds recordings at all: most stores of chats don't, and are not asked for each. */
static cs_error look_for_any(worker *w, cs_arena *arena, cs_message *message) {
    const char *blob = NULL;
    if (w->has_looked) return CS_OK;
    cs_error code = recording_any(w->db, arena, &blob, message);
    w->has_looked = code == CS_OK;
    w->has_recordings = blob != NULL;
    return code;
}

/* A recording that can't be heard is named, and its conversation inspected by its words. One of which nothing else is known
 * is refused. */
static cs_error hear(worker *w, job *j, cs_message *message) {
    pipeline *p = w->p;
    cs_taken taken;
    char folder[4096];
    if (j->seq) return CS_OK;
    cs_error code = look_for_any(w, j->arena, message);
    if (code != CS_OK || (j->conversation->recording_count == 0 && !w->has_recordings)) return code;
    (void)snprintf(folder, sizeof folder, "%s/recordings", p->options->data);
    cs_intake intake = {NULL, folder, p->options->agent_channel, p->options->is_stopped};
    if (j->conversation->recording_count == 0) return hear_stored(w, j, &intake, message);
    code = hold_keys(w, &intake, j->arena, message);
    if (code != CS_OK) return code;
    code = recording_take_in(&intake, j->conversation, j->arena, &j->recording, &taken, message);
    if (code == CS_OK && taken == CS_TAKEN_CUT) /* told once: when it is mended its file is another */
        pipeline_refuse(p, j->file->path, j->conversation->external_id, message);
    if (code == CS_OK) {
        take_row(j, taken, true);
        return CS_OK;
    }
    bool is_its_own = code != CS_ERR_STORE && code != CS_ERR_STOPPED && code != CS_ERR_MEMORY;
    if (!is_its_own) return code;
    if (j->file->is_recording) return CS_ERR_LIMIT; /* nothing is left to inspect: it is refused */
    pipeline_lose_recording(p, j->file, j->conversation->external_id, message);
    return hear_stored(w, j, &intake, message);
}

/* ---- the rest ---- */

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

/* What the records say about it, on top of what was read. */
static cs_error join(worker *w, job *j, cs_message *message) {
    bool has_changed = false, must_inspect;
    cs_inspected *in = &j->inspected;
    in->is_joined = true;
    in->read_hash = in->timeline_hash;
    cs_error code = join_due(w->db, j->seq, &in->join_marks, &must_inspect, message); /* before anything is read */
    if (code == CS_OK) code = codec_encode(j->conversation, &j->body);
    if (code == CS_OK) code = join_apply(w->db, j->seq, j->conversation, j->arena, &has_changed, message);
    if (code != CS_OK || !has_changed) return code;
    code = packer_pack(w->packer, j->body.data, j->body.length, &j->read_frame, message);
    in->read_frame = j->read_frame.data;
    in->read_frame_bytes = j->read_frame.length;
    buffer_clear(&j->body);
    if (code == CS_OK) code = codec_encode(j->conversation, &j->body);
    in->timeline_hash = hash_bytes(j->body.data, j->body.length);
    return code;
}

static cs_error pack(worker *w, job *j, cs_message *message) {
    if (j->seq && !j->is_join) return CS_OK;
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

static bool is_skipped(const void *files, const char *source) {
    return inspect_files_skipped(files, source);
}

static cs_error work_on(worker *w, job *j, cs_message *message) {
    pipeline *p = w->p;
    bool is_known;
    cs_inspected *in = &j->inspected;
    in->conversation = j->conversation;
    in->seq = j->seq;
    in->ruleset = ruleset_id(p->options->ruleset);
    in->run_ms = p->run_ms;
    in->import = p->options->import;
    in->is_skipped = is_skipped;
    in->context = p->files;
    cs_error code = hear(w, j, message);
    if (code == CS_OK && j->is_join) code = join(w, j, message);
    if (code == CS_OK) code = encode(w, j, &is_known, message);
    if (code != CS_OK || is_known) return code; /* the save then only marks it as seen, so that a twin is refused */
    in->verdicts = &j->verdicts;
    in->scores = &j->scores;
    code = evaluation_run(w->scanner, j->conversation, j->arena, &j->verdicts, message);
    if (code == CS_OK) code = scorecard_compute(p->options->ruleset, &j->verdicts, j->arena, &j->scores, message);
    return code == CS_OK ? pack(w, j, message) : code;
}

/* One that is too much is refused and the rest goes on; anything else ends the run. */
static void give_up(pipeline *p, job *j, cs_error code, const cs_message *message) {
    if (code == CS_ERR_LIMIT || code == CS_ERR_MEMORY) {
        refuse_job(j, message);
        return;
    }
    if (atomic_load(&p->fault) == CS_OK) pipeline_fail(p, code, message);
    job_end(j, NULL);
}

static void wait_for_turn(pipeline *p, int64_t ticket) {
    pthread_mutex_lock(&p->lock);
    while (p->turn != ticket) pthread_cond_wait(&p->is_turn, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

static void pass_turn(pipeline *p) {
    pthread_mutex_lock(&p->lock);
    p->turn++;
    pthread_cond_broadcast(&p->is_turn);
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *context) {
    worker *w = context;
    pipeline *p = w->p;
    job *j;
    while ((j = queue_take(p->jobs)) != NULL) {
        int64_t ticket = j->ticket;
        cs_message message;
        cs_error code = atomic_load(&p->fault) == CS_OK ? work_on(w, j, &message) : CS_ERR_STOPPED;
        wait_for_turn(p, ticket);
        if (code == CS_OK && !writer_submit(p->writer, save, saved, j))
            code = message_set(&message, CS_ERR_STOPPED, "the store was closed");
        pass_turn(p);
        if (code != CS_OK) give_up(p, j, code, &message);
    }
    return NULL;
}

static void worker_close(worker *w) {
    scanner_free(w->scanner);
    packer_close(w->packer);
    db_close(w->db);
}

cs_error workers_start(pipeline *p, unsigned wanted, cs_message *message) {
    cs_error code = CS_OK;
    p->workers = calloc(wanted, sizeof *p->workers);
    if (!p->workers) return message_set(message, CS_ERR_MEMORY, "out of memory for the workers");
    while (code == CS_OK && p->worker_count < wanted) {
        worker *w = &p->workers[p->worker_count];
        w->p = p;
        code = db_open(p->options->data, CS_DB_READ, &w->db, message);
        if (code == CS_OK) code = packer_open(w->db, &w->packer, message);
        if (code == CS_OK) code = scanner_create(p->options->ruleset, &w->scanner, message);
        if (code == CS_OK && pthread_create(&w->thread, NULL, work, w) != 0)
            code = message_set(message, CS_ERR_MEMORY, "a thread can't be started");
        if (code == CS_OK)
            p->worker_count++;
        else
            worker_close(w);
    }
    return code;
}

void workers_stop(pipeline *p) {
    for (unsigned i = 0; i < p->worker_count; i++) {
        pthread_join(p->workers[i].thread, NULL);
        worker_close(&p->workers[i]);
    }
    free(p->workers);
}
