/* The pipeline on one page:
 *   reader (this thread) -> jobs -> workers: encode, skip if known, evaluate, score, pack -> writer: one transaction a group
 */
#include "quality/inspect.h"

#include "base/cores.h"
#include "quality/deferred.h"
#include "quality/inspect_pipeline.h"
#include "quality/inspect_recordings.h"
#include "quality/speech_part.h"
#include "records/join.h"
#include "rules/across.h"
#include "store/blob.h"
#include "store/writer_shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    QUEUE_LENGTH = 128,
    MOST_WORKERS = 64,
    RESULT_BYTES = 256 << 20, /* of one conversation's verdicts */
    SWEPT_MS = 24 * 3600 * 1000, /* a half-written recording so old is nobody's any more */
};

int64_t inspect_read(const cs_inspect_counts *c) {
    return c->inspected + c->unchanged + c->duplicates + c->refused;
}

int64_t inspect_records(const cs_inspect_records *r) {
    return r->added + r->changed + r->unchanged + r->refused;
}

/* ---- bookkeeping ---- */

bool pipeline_is_stopped(pipeline *p) {
    return (p->options->is_stopped && *p->options->is_stopped) || atomic_load(&p->fault) != CS_OK;
}

/* The first fault ends the run; later ones are its echo. */
void pipeline_fail(pipeline *p, cs_error code, const cs_message *message) {
    pthread_mutex_lock(&p->lock);
    if (atomic_load(&p->fault) == CS_OK) {
        p->fault_message = *message;
        atomic_store(&p->fault, (int)code);
    }
    pthread_mutex_unlock(&p->lock);
}

void pipeline_refuse(pipeline *p, const char *file, const char *id, const cs_message *message) {
    pthread_mutex_lock(&p->lock);
    p->options->on_refused(p->options->context, file, id, message);
    pthread_mutex_unlock(&p->lock);
}

/* Its file is read again next time: by then somebody may have mended it. */
void pipeline_lose_recording(pipeline *p, cs_inspect_file *file, const char *id, const cs_message *message) {
    pipeline_refuse(p, file->path, id, message);
    pthread_mutex_lock(&p->lock);
    p->counts->recordings_failed++;
    file->has_conflict = true;
    pthread_mutex_unlock(&p->lock);
}

static void tell_progress(pipeline *p) {
    if (!p->giving) p->counts->speech_ms = atomic_load(&p->shop.speech.heard_ms);
    p->options->on_progress(p->options->context, p->counts);
}

void show_progress(pipeline *p) {
    pthread_mutex_lock(&p->lock);
    tell_progress(p);
    pthread_mutex_unlock(&p->lock);
}

void job_end(job *j, int64_t *count) {
    pipeline *p = j->p;
    place_pass(p, j->place);
    piece_free(j->piece);
    free(j);
    pthread_mutex_lock(&p->lock);
    if (count) ++*count;
    if (--p->under_way == 0) pthread_cond_broadcast(&p->is_idle);
    pthread_mutex_unlock(&p->lock);
}

/* A recording may take hours: what is told of it goes on. */
static void wait_until_idle(pipeline *p) {
    struct timespec until;
    pthread_mutex_lock(&p->lock);
    while (p->under_way > 0) {
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        if (pthread_cond_timedwait(&p->is_idle, &p->lock, &until) != 0) tell_progress(p);
    }
    pthread_mutex_unlock(&p->lock);
}

static cs_error wait_until_done(pipeline *p, cs_message *message) {
    wait_until_idle(p);
    return p->giving ? giving_wait(p, message) : CS_OK;
}

/* ---- reader ---- */

enum stored_kind { STORED_RULES, STORED_JOIN, STORED_SPEECH }; /* why it is inspected again */

/* stored: what is inspected again; NULL for what was just read. */
static bool give_job(pipeline *p, cs_conversation *conversation, cs_arena *arena, const cs_stored *stored,
                     enum stored_kind kind) {
    job *j = calloc(1, sizeof *j);
    cs_piece *piece = piece_create(conversation, arena);
    job_place *place =
        piece ? place_take(p, conversation, conversation->recording_count > 0 || kind == STORED_SPEECH) : NULL;
    cs_message message;
    if (!j || !piece || !place) {
        place_pass(p, place);
        piece_free(piece);
        free(j);
        pipeline_fail(p, CS_ERR_MEMORY,
                      (message_set(&message, CS_ERR_MEMORY, "out of memory while reading"), &message));
        return false;
    }
    *j = (job){.p = p, .piece = piece, .file = stored ? NULL : p->file, .place = place};
    piece->seq = stored && kind != STORED_SPEECH ? stored->seq : 0;
    piece->is_join = kind == STORED_JOIN;
    piece->is_again = kind == STORED_SPEECH;
    piece->again_seq = stored ? stored->seq : 0;
    if (stored && kind != STORED_SPEECH) piece->inspected.timeline_hash = stored->timeline_hash;
    pthread_mutex_lock(&p->lock);
    p->under_way++;
    pthread_mutex_unlock(&p->lock);
    if (!queue_put(p->jobs, j)) {
        job_end(j, NULL);
        return false;
    }
    return !pipeline_is_stopped(p);
}

static bool on_conversation(void *context, cs_conversation *conversation, cs_arena *arena) {
    pipeline *p = context;
    cs_message message;
    conversation->source = p->file->real_path;
    cs_error code = inspect_recordings_attach(p->files, p->file, conversation, arena, &message);
    if (code != CS_OK) { /* it is inspected all the same, by its words */
        pipeline_lose_recording(p, p->file, conversation->external_id, &message);
        conversation->recording_count = 0;
    }
    return p->giving ? giving_give(p, conversation, arena) : give_job(p, conversation, arena, NULL, STORED_RULES);
}

static bool on_refused(void *context, const char *id, cs_error code, const cs_message *message) {
    pipeline *p = context;
    (void)code;
    pipeline_refuse(p, p->file->path, id, message);
    return !pipeline_is_stopped(p);
}

static bool on_bytes(void *context, int64_t bytes) {
    pipeline *p = context;
    int64_t before = p->counts->bytes_done;
    p->counts->bytes_done += bytes;
    show_progress(p);
    p->counts->bytes_done = before;
    return !pipeline_is_stopped(p);
}

static void on_file_refused(void *context, const char *path, const cs_message *message) {
    pipeline_refuse(context, path, NULL, message);
}

static void add_refused(pipeline *p, int64_t count) {
    pthread_mutex_lock(&p->lock);
    p->counts->refused += count;
    pthread_mutex_unlock(&p->lock);
}

/* Files that were read whole and did not change since. All are told apart before the first is read, so that what stands
 * in them is known to stand. */
static void skip_unchanged(pipeline *p, cs_inspect_file *file, cs_db *db) {
    cs_message message;
    int64_t stored = 0;
    cs_error code = archive_source_is_read(db, file->real_path, file->bytes, file->modified_ns, file->mapping_hash,
                                           &stored, &message);
    if (code == CS_ERR_NOT_FOUND) return;
    bool is_unchanged = true;
    if (code == CS_OK) code = recording_is_unchanged(db, file->real_path, &is_unchanged, &message);
    if (code == CS_OK && !is_unchanged) return;
    if (code != CS_OK) {
        pipeline_fail(p, code, &message);
        return;
    }
    atomic_store(&file->is_skipped, true);
    p->counts->files_skipped++;
    p->counts->expected += stored;
    p->counts->unchanged += stored;
    p->counts->bytes_done += file->bytes;
}

/* A recording that belongs to a transcript, of this run or of one that did not change. */
static bool is_claimed(pipeline *p, const cs_inspect_file *file, cs_db *db) {
    cs_message message;
    bool is_claimed = file->is_companion;
    if (is_claimed || !file->is_recording || file->companion_count) return is_claimed;
    cs_error code = recording_is_claimed(db, file->real_path, &is_claimed, &message);
    if (code != CS_OK) pipeline_fail(p, code, &message);
    return is_claimed;
}

static void read_file(pipeline *p, cs_inspect_file *file) {
    cs_message message;
    cs_read_counts counts = {0};
    p->file = file;
    cs_reader_sink sink = {
        .context = p, .on_conversation = on_conversation, .on_refused = on_refused, .on_progress = on_bytes};
    cs_error code = format_read(file->format, file->path, file->mapping, &sink, &counts, &message);
    if (code == CS_OK && !file->is_recording) { /* a recording is looked at where it is kept */
        code = inspect_file_check_unchanged(file, &message);
        counts.expected += code != CS_OK;
        counts.refused += code != CS_OK;
    }
    if (code != CS_OK && code != CS_ERR_STOPPED) pipeline_refuse(p, file->path, NULL, &message);
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
    if (p->giving) return giving_give_stale(p, message);
    code = packer_open(db, &packer, message);
    while (code == CS_OK && !pipeline_is_stopped(p)) {
        cs_stored *stored = NULL;
        cs_arena *arena = arena_create(RESULT_BYTES);
        code = arena ? archive_next_stale(db, packer, seq, current, arena, &stored, message)
                     : message_set(message, CS_ERR_MEMORY, "out of memory");
        if (code != CS_OK || !stored) {
            arena_free(arena);
            break;
        }
        seq = stored->seq;
        if (!give_job(p, stored->conversation, arena, stored, STORED_RULES)) break;
        show_progress(p);
    }
    packer_close(packer);
    return code;
}

/* The next recording after seq whose words are not of the model that was named; 0: there is none. */
static cs_error next_again(const pipeline *p, cs_db *db, int64_t *seq, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "SELECT r.seq FROM recording r JOIN conversation c ON c.seq = r.seq WHERE r.seq > :after AND NOT "
                 "EXISTS (SELECT 1 FROM transcript t WHERE t.seq = c.seq AND t.version = c.timeline_version AND "
                 "t.model = :model) ORDER BY r.seq LIMIT 1",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "after", *seq);
    db_bind_text(stmt, "model", p->options->speech ? p->options->speech : "");
    code = db_step(stmt, &has_row, message);
    *seq = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

/* Another model, or the first: recordings in the store are recognised (again). */
static cs_error recognise_again(pipeline *p, cs_db *db, cs_message *message) {
    cs_packer *packer = NULL;
    int64_t seq = 0;
    if (!p->options->is_again || p->giving) return CS_OK;
    cs_error code = next_again(p, db, &seq, message);
    if (code == CS_OK && seq) code = packer_open(db, &packer, message);
    while (code == CS_OK && seq && !pipeline_is_stopped(p)) {
        cs_stored *stored = NULL;
        cs_arena *arena = arena_create(RESULT_BYTES);
        code = arena ? archive_load_read(db, packer, seq, arena, &stored, message)
                     : message_set(message, CS_ERR_MEMORY, "out of memory");
        bool is_ours = code == CS_OK && (stored->conversation->is_wordless || stored->conversation->recognition);
        if (!is_ours) arena_free(arena);
        if (code == CS_ERR_NOT_FOUND) code = CS_OK; /* it was taken back meanwhile */
        if (is_ours && !give_job(p, stored->conversation, arena, stored, STORED_SPEECH)) break;
        show_progress(p);
        if (code == CS_OK) code = next_again(p, db, &seq, message);
    }
    packer_close(packer);
    return code;
}

/* What records say about conversations has changed: they are inspected again from what was read of them. */
static cs_error rejoin(pipeline *p, cs_db *db, cs_message *message) {
    cs_packer *packer = NULL;
    int64_t seq = 0;
    if (p->giving) return giving_give_joined(p, message);
    cs_error code = join_next(db, 0, &seq, message);
    if (code == CS_OK && seq) code = packer_open(db, &packer, message);
    while (code == CS_OK && seq && !pipeline_is_stopped(p)) {
        cs_stored *stored = NULL;
        cs_arena *arena = arena_create(RESULT_BYTES);
        code = arena ? archive_load_read(db, packer, seq, arena, &stored, message)
                     : message_set(message, CS_ERR_MEMORY, "out of memory");
        if (code == CS_ERR_NOT_FOUND) { /* it was taken back meanwhile: the next one follows */
            arena_free(arena);
        } else if (code != CS_OK) {
            arena_free(arena);
            break;
        } else if (!give_job(p, stored->conversation, arena, stored, STORED_JOIN)) {
            break;
        }
        show_progress(p);
        code = join_next(db, seq, &seq, message);
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
        if (f->is_complete && !f->has_conflict && !f->is_companion)
            code = archive_save_source(db, f->real_path, f->bytes, f->modified_ns, f->mapping_hash, f->conversations,
                                       files->import, message);
    }
    return code;
}

static cs_error save_rules(void *context, cs_db *db, cs_message *message) {
    cs_error code = speech_parts_sweep(db, clock_now_ms() - CS_PART_KEPT_MS, message);
    return code == CS_OK ? archive_save_ruleset(db, context, message) : code;
}

/* read = expected: nothing may get lost between the files and the store without being told. Other runs may write to the same
 * store: what this one brought is counted by its import. */
static cs_error check_sums(pipeline *p, cs_db *db, cs_message *message) {
    cs_inspect_counts *c = p->counts;
    int64_t stale, brought = 0;
    cs_error code = archive_count(db, &c->stored, &stale, message);
    if (code == CS_OK && p->options->import) code = archive_count_import(db, p->options->import, &brought, message);
    if (code != CS_OK) return code;
    if (inspect_read(c) + c->aside != c->expected)
        return message_set(message, CS_ERR_STORE, "read %lld conversations but expected %lld",
                           (long long)inspect_read(c), (long long)c->expected);
    if (p->options->import ? brought < p->arrived : c->stored < p->arrived)
        return message_set(message, CS_ERR_STORE, "the store holds %lld of the %lld conversations that came in",
                           (long long)(p->options->import ? brought : c->stored), (long long)p->arrived);
    return CS_OK;
}

static cs_error read_all(pipeline *p, cs_inspect_files *files, cs_db *db, cs_message *message) {
    cs_error code = inspect_files_find(p->options, on_file_refused, p, p->counts, files, message);
    if (code != CS_OK) return code;
    show_progress(p);
    files->import = p->options->import;
    p->files = files;
    for (size_t i = 0; i < files->count && !pipeline_is_stopped(p); i++)
        if (!files->items[i].is_companion) skip_unchanged(p, &files->items[i], db);
    for (size_t i = 0; i < files->count && !pipeline_is_stopped(p); i++)
        if (files->items[i].is_records && !files->items[i].is_skipped) read_records(p, &files->items[i]);
    for (int recordings = 0; recordings < 2; recordings++) /* transcripts first: they may claim recordings */
        for (size_t i = 0; i < files->count && !pipeline_is_stopped(p); i++) {
            cs_inspect_file *file = &files->items[i];
            if (file->is_recording != recordings || file->is_skipped || file->is_records) continue;
            if (is_claimed(p, file, db))
                p->counts->bytes_done += file->bytes;
            else
                read_file(p, file);
            show_progress(p);
        }
    code = wait_until_done(p, message);
    if (code == CS_OK) code = recognise_again(p, db, message);
    if (code == CS_OK) code = wait_until_done(p, message);
    if (code == CS_OK) code = match_records(p, message);
    if (code == CS_OK) code = rejoin(p, db, message);
    if (code == CS_OK) code = wait_until_done(p, message);
    if (code == CS_OK) code = reinspect(p, db, message);
    if (code == CS_OK) code = wait_until_done(p, message);
    wait_until_idle(p);
    cs_error fault = (cs_error)atomic_load(&p->fault);
    if (fault != CS_OK) {
        *message = p->fault_message;
        return fault;
    }
    if (code == CS_OK && pipeline_is_stopped(p)) {
        code = message_set(message, CS_ERR_STOPPED, "stopped");
        message_remedy(message, "run the same command again: it goes on where it was");
    }
    if (code == CS_OK && p->giving) code = giving_mark_conflicts(p, message);
    return code == CS_OK ? writer_run_now(p->writer, save_sources, files, message) : code;
}

/* What the conversations told the event log may meet obligations, and open others. */
static cs_error judge_across(const cs_inspect_options *options, cs_db *reading, cs_message *message) {
    const char *kind;
    cs_db *db = NULL;
    cs_deferred_counts counts;
    bool has_work = across_kinds(options->ruleset, &kind, 1) > 0;
    cs_error code = has_work ? CS_OK : deferred_has_work(reading, options->ruleset, clock_now_ms(), &has_work, message);
    if (code != CS_OK || !has_work) return code;
    code = db_open(options->data, CS_DB_WRITE, &db, message);
    if (code == CS_OK) code = deferred_mark_complete(db, message);
    if (code == CS_OK) code = deferred_run(db, options->ruleset, clock_now_ms(), &counts, message);
    db_close(db);
    return code;
}

/* What killed runs left of half-written recordings. */
static void sweep(const char *data) {
    char folder[4096];
    if (snprintf(folder, sizeof folder, "%s/recordings", data) < (int)sizeof folder) blob_sweep(folder, SWEPT_MS);
}

static unsigned worker_count(const cs_inspect_options *options) {
    unsigned wanted = options->workers ? options->workers : cores_usable(MOST_WORKERS);
    return wanted > MOST_WORKERS ? MOST_WORKERS : wanted;
}

static cs_error write_nothing(void *context, cs_db *db, cs_message *message) {
    (void)context, (void)db, (void)message;
    return CS_OK;
}

/* What was submitted has ended then. A writer that may be broken is left to nobody. */
static void end_writing(pipeline *p, bool is_well) {
    cs_message message;
    if (!p->writer) return;
    if (writer_run_now(p->writer, write_nothing, NULL, &message) != CS_OK || !is_well) writer_forget(p->writer);
    writer_leave(p->writer);
}

cs_error inspect_run(const cs_inspect_options *options, cs_inspect_counts *counts, cs_message *message) {
    pipeline p = {.options = options,
                  .counts = counts,
                  .run_ms = clock_now_ms(),
                  .lock = PTHREAD_MUTEX_INITIALIZER,
                  .is_idle = PTHREAD_COND_INITIALIZER,
                  .is_turn = PTHREAD_COND_INITIALIZER};
    cs_inspect_files files = {0};
    cs_db *db = NULL;
    *counts = (cs_inspect_counts){0};
    p.jobs = queue_create(QUEUE_LENGTH);
    cs_error code =
        p.jobs ? writer_take(options->data, &p.writer, message) : message_set(message, CS_ERR_MEMORY, "out of memory");
    sampler_init(&p.sampler, p.writer);
    shop_init(&p.shop, options->data, options->key_file, options->speech, options->words, options->ruleset, &p.sampler);
    shop_set_work(&p.shop, options->is_stopped, p.writer);
    p.shop.speech.by_silero = options->by_silero;
    if (code == CS_OK) code = writer_run_now(p.writer, save_rules, options->ruleset, message);
    if (code == CS_OK) code = db_open(options->data, CS_DB_READ, &db, message);
    if (code == CS_OK) sweep(options->data);
    if (code == CS_OK)
        code = options->is_queued ? giving_start(&p, db, message) : workers_start(&p, worker_count(options), message);
    if (code == CS_OK) code = read_all(&p, &files, db, message);
    wait_until_idle(&p);
    if (p.jobs) queue_close(p.jobs);
    workers_stop(&p);
    end_writing(&p, code != CS_ERR_STORE && code != CS_ERR_IO);
    if (code == CS_OK) code = check_sums(&p, db, message);
    if (code == CS_OK) code = judge_across(options, db, message);
    counts->is_store_lost = code != CS_OK && db && db_is_lost(db);
    giving_stop(&p);
    db_close(db);
    _Static_assert(sizeof counts->words == sizeof(int64_t) * CS_WORDS_SOURCES, "one of each source");
    words_slot_counts(&p.shop.speech.words, counts->words);
    shop_free(&p.shop);
    sampler_free(&p.sampler);
    inspect_files_free(&files);
    if (p.jobs) queue_free(p.jobs);
    return code;
}
