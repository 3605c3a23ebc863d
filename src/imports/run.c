#include "imports/run.h"

#include "base/clock.h"
#include "base/file.h"
#include "imports/import_sources.h"
#include "imports/refusal.h"
#include "imports/undo.h"
#include "imports/upload.h"
#include "quality/inspect.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 4096, HOLD_MS = 1000, EXTEND_MS = 5000 };

typedef struct running {
    const cs_import_run *run;
    cs_import_live live;
    cs_refusal_log *refusals;
    size_t prefix; /* of paths in the upload folder: users know them without */
    const char *folder;
    int64_t held_ms, extended_ms; /* steady: when the lease was looked at, and lengthened */
    bool is_store_lost;
    bool is_asked_to_cancel, is_taken; /* by somebody at another program; by that program */
    bool is_undo;
} running;

/* ---- what the pipeline tells ---- */

/* The lease goes on, and other programs see how far it is. */
static cs_error keep_hold(running *r, bool *is_ours, cs_message *message) {
    static const cs_work_sums nothing = {0};
    cs_import_counts own = r->live.counts;
    import_counts_add(&own, &nothing, &r->live.worked); /* what workers did stands in a row of its own */
    cs_error code = db_begin(r->run->db, message);
    if (code != CS_OK) return code;
    code = import_take_reader(r->run->db, r->live.number, r->run->reader, clock_now_ms(), is_ours, message);
    if (code == CS_OK && *is_ours) code = import_save_counts(r->run->db, r->live.number, &own, message);
    if (code == CS_OK) code = db_commit(r->run->db, message);
    if (code != CS_OK) db_rollback(r->run->db);
    if (code == CS_OK) r->extended_ms = clock_steady_ms();
    return code;
}

/* On the thread that reads, which owns the handle. What can't be written now is tried again a second later. */
static void hold(running *r) {
    int64_t now = clock_steady_ms();
    cs_message message;
    bool is_ours = true, is_asked = false;
    if (!r->run->is_queued || r->is_undo || now - r->held_ms < HOLD_MS) return;
    r->held_ms = now;
    cs_error code = import_is_asked_to_cancel(r->run->db, r->live.number, &is_asked, &message);
    if (code == CS_OK && now - r->extended_ms >= EXTEND_MS) code = keep_hold(r, &is_ours, &message);
    r->is_asked_to_cancel = r->is_asked_to_cancel || (code == CS_OK && is_asked);
    r->is_taken = r->is_taken || (code == CS_OK && !is_ours);
    if (r->is_asked_to_cancel || r->is_taken) *r->run->stop = 1;
}

/* What comes last tells no progress, and may take longer than the lease. */
static void check_hold(running *r) {
    cs_message message;
    bool is_ours = true;
    if (!r->run->is_queued || clock_steady_ms() - r->extended_ms < CS_WORK_LEASE_MS / 2) return;
    r->is_taken = keep_hold(r, &is_ours, &message) == CS_OK && !is_ours;
    if (r->is_taken) *r->run->stop = 1;
}

static void on_progress(void *context, const cs_inspect_counts *counts) {
    running *r = context;
    hold(r);
    r->live.worked = counts->worked;
    r->live.bytes = counts->bytes;
    r->live.bytes_done = counts->bytes_done;
    import_counts_take(&r->live.counts, counts);
    if (r->run->on_progress) r->run->on_progress(r->run->context, &r->live);
}

static void on_refused(void *context, const char *file, const char *id, const cs_message *message) {
    running *r = context;
    if (r->folder && strncmp(file, r->folder, r->prefix) == 0 && file[r->prefix] == '/') file += r->prefix + 1;
    refusal_add(r->refusals, file, id, message);
}

/* ---- the end ---- */

static cs_error turn_to_end(cs_db *db, int64_t number, cs_error code, const cs_message *trouble, cs_message *message) {
    const unsigned from = 1u << CS_IMPORT_STATE_RUNNING;
    int64_t now = clock_now_ms();
    if (code == CS_OK) return import_turn(db, number, from, CS_IMPORT_STATE_DONE, now, message);
    if (code == CS_ERR_STOPPED) return import_turn(db, number, from, CS_IMPORT_STATE_CANCELLED, now, message);
    cs_error turned = import_turn(db, number, from, CS_IMPORT_STATE_FAILED, now, message);
    return turned == CS_OK ? import_save_trouble(db, number, trouble, message) : turned;
}

/* The sums of the workers become part of the row's counts. What is set aside stays so, unless the import has come to no good
 * end: then nothing of it is worked on any more. */
static cs_error settle_work(cs_db *db, int64_t number, const cs_import_live *live, bool is_done,
                            cs_import_counts *counts, cs_message *message) {
    cs_work_sums now;
    cs_error code = work_read_sums(db, number, &now, message);
    *counts = live->counts;
    if (code == CS_OK) import_counts_add(counts, &now, &live->worked);
    if (code != CS_OK) return code;
    return is_done ? work_settle(db, number, message) : work_clear(db, number, message);
}

cs_error import_end(cs_db *db, int64_t number, cs_import_how how, cs_error code, bool was_cancelled,
                    const cs_import_live *live, const cs_message *trouble, bool *is_kept, cs_message *message) {
    cs_import_counts counts;
    if (is_kept) *is_kept = true;
    if (code == CS_ERR_STOPPED && !was_cancelled) return CS_OK;
    cs_error ended = db_begin(db, message);
    if (ended != CS_OK) return ended;
    ended = settle_work(db, number, live, code == CS_OK, &counts, message);
    bool is_wanted = how == CS_IMPORT_UPLOAD || how == CS_IMPORT_API || import_counts_has_news(&counts) || live->aside;
    if (ended != CS_OK) {
        db_rollback(db);
        return ended;
    }
    if ((code == CS_OK || code == CS_ERR_STOPPED) && !is_wanted) {
        if (is_kept) *is_kept = false;
        ended = import_forget(db, number, message);
    } else {
        ended = import_count_joins(db, number, &counts, message);
        if (ended == CS_OK) ended = import_save_counts(db, number, &counts, message);
        if (ended == CS_OK) ended = turn_to_end(db, number, code, trouble, message);
    }
    if (ended == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return ended;
}

cs_error import_abandon(cs_db *db, int64_t number, cs_message *message) {
    cs_message why;
    (void)message_set(&why, CS_ERR_STOPPED, "the program ended before it was done");
    message_remedy(&why, "run the same command again: it goes on where it was");
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = import_turn(db, number, 1u << CS_IMPORT_STATE_RUNNING, CS_IMPORT_STATE_CANCELLED, clock_now_ms(), message);
    if (code == CS_OK) code = import_save_trouble(db, number, &why, message);
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

/* ---- files ---- */

/* What an earlier try left in the queue is read again: its sums begin anew. CS_ERR_CONFLICT: another program reads it. */
static cs_error begin(const cs_import_run *run, int64_t number, cs_message *message) {
    static const cs_import_counts none = {0};
    bool is_ours = true;
    cs_error code = db_begin(run->db, message);
    if (code != CS_OK) return code;
    if (run->is_queued) code = import_take_reader(run->db, number, run->reader, clock_now_ms(), &is_ours, message);
    if (code == CS_OK && !is_ours)
        code = message_set(message, CS_ERR_CONFLICT, "another program reads import %lld", (long long)number);
    if (code == CS_OK) code = work_clear(run->db, number, message);
    if (code == CS_OK)
        code = import_turn(run->db, number, 1u << CS_IMPORT_STATE_WAITING | 1u << CS_IMPORT_STATE_RUNNING,
                           CS_IMPORT_STATE_RUNNING, clock_now_ms(), message);
    if (code == CS_OK) code = import_save_counts(run->db, number, &none, message);
    if (code == CS_OK) code = refusal_forget(run->db, number, message); /* they are told again */
    if (code == CS_OK) return db_commit(run->db, message);
    db_rollback(run->db);
    return code;
}

static cs_error inspect(running *r, const cs_import_row *row, const cs_import_sources *sources, cs_message *message) {
    cs_inspect_counts counts = {0};
    cs_inspect_options options = {.data = r->run->data,
                                  .paths = sources->paths,
                                  .path_count = sources->path_count,
                                  .ruleset = r->run->rules,
                                  .mappings = sources->mappings,
                                  .import = row->number,
                                  .key_file = r->run->key_file,
                                  .is_queued = r->run->is_queued,
                                  .wake = r->run->wake,
                                  .is_stopped = r->run->is_stopped,
                                  .context = r,
                                  .on_progress = on_progress,
                                  .on_refused = on_refused};
    cs_error code = inspect_run(&options, &counts, message);
    r->live.worked = counts.worked;
    r->live.aside = counts.aside;
    r->is_store_lost = counts.is_store_lost;
    r->live.bytes = counts.bytes;
    r->live.bytes_done = counts.bytes_done;
    import_counts_take(&r->live.counts, &counts);
    return code;
}

static cs_error run_pipeline(running *r, const cs_import_row *row, cs_message *message) {
    cs_import_sources sources;
    cs_message late;
    cs_error code = import_sources_open(r->run->db, r->run->data, row, &sources, message);
    if (code == CS_OK) code = refusal_log_open(r->run->data, row->number, &r->refusals, message);
    if (code == CS_OK) {
        r->folder = sources.folder;
        r->prefix = sources.folder ? strlen(sources.folder) : 0;
        code = inspect(r, row, &sources, message);
    }
    cs_error kept = refusal_log_close(r->refusals, &late);
    if (code == CS_OK && kept != CS_OK) {
        *message = late;
        code = kept;
    }
    import_sources_close(&sources);
    return code;
}

cs_error import_run_files(const cs_import_run *run, const cs_import_row *row, cs_message *message) {
    int64_t now = clock_steady_ms();
    running r = {.run = run, .live = {.number = row->number}, .held_ms = now, .extended_ms = now};
    cs_message trouble;
    cs_error code = begin(run, row->number, message);
    if (code != CS_OK) return code;
    code = run_pipeline(&r, row, &trouble);
    if (!r.is_taken && !r.is_store_lost) check_hold(&r);
    if (r.is_taken) { /* it is the other program's now */
        (void)message_set(message, CS_ERR_STOPPED, "another program reads import %lld now", (long long)row->number);
        return CS_ERR_STOPPED;
    }
    if (r.is_store_lost && run->is_queued) { /* it has not failed: the runner reads it again when the store is back */
        *message = trouble;
        return CS_ERR_STORE;
    }
    bool was_cancelled =
        code == CS_ERR_STOPPED && (r.is_asked_to_cancel || (run->was_cancelled && run->was_cancelled(run->context)));
    if (code == CS_OK && !r.live.aside) code = import_sources_settle(run->db, run->data, row->number, &trouble);
    cs_error ended = import_end(run->db, row->number, row->how, code, was_cancelled, &r.live, &trouble, NULL, message);
    if (ended != CS_OK) return ended;
    if (code == CS_OK && !r.live.aside) upload_remove_all(run->data, row->number); /* what is aside may need them */
    if (code == CS_ERR_STOPPED && !was_cancelled) *message = trouble;
    return code == CS_ERR_STOPPED && !was_cancelled ? code : CS_OK;
}

/* ---- taking back ---- */

static void on_refused_again(void *context, const char *file, const char *id, const cs_message *message) {
    (void)context, (void)file, (void)id, (void)message; /* it keeps its older inspection, and is tried again later */
}

/* What was restored, and what was joined to what is gone, is joined and inspected again. */
static cs_error inspect_again(running *r, cs_message *message) {
    cs_inspect_counts counts = {0};
    cs_inspect_options options = {.data = r->run->data,
                                  .ruleset = r->run->rules,
                                  .key_file = r->run->key_file,
                                  .is_stopped = r->run->is_stopped,
                                  .context = r,
                                  .on_progress = on_progress,
                                  .on_refused = on_refused_again};
    cs_import_counts kept = r->live.counts;
    cs_error code = inspect_run(&options, &counts, message);
    r->live.counts = kept;
    return code;
}

static cs_error end_undo(const cs_import_run *run, int64_t number, cs_error code, const cs_message *trouble,
                         cs_message *message) {
    const unsigned from = 1u << CS_IMPORT_STATE_UNDOING;
    cs_error ended = db_begin(run->db, message);
    if (ended != CS_OK) return ended;
    ended = import_turn(run->db, number, from, code == CS_OK ? CS_IMPORT_STATE_UNDONE : CS_IMPORT_STATE_FAILED,
                        clock_now_ms(), message);
    if (ended == CS_OK && code != CS_OK) ended = import_save_trouble(run->db, number, trouble, message);
    if (ended == CS_OK) return db_commit(run->db, message);
    db_rollback(run->db);
    return ended;
}

/* Nothing of it is worked on any more, and what was set aside is given up. */
static cs_error begin_undo(const cs_import_run *run, int64_t number, cs_message *message) {
    cs_error code = db_begin(run->db, message);
    if (code != CS_OK) return code;
    code = work_clear(run->db, number, message);
    if (code == CS_OK) return db_commit(run->db, message);
    db_rollback(run->db);
    return code;
}

cs_error import_run_undo(const cs_import_run *run, const cs_import_row *row, cs_message *message) {
    running r = {.run = run, .live = {.number = row->number, .counts = row->counts}, .is_undo = true};
    cs_message trouble;
    cs_error code = begin_undo(run, row->number, message);
    if (code != CS_OK) return code;
    code = undo_run(run->db, run->data, run->rules, row->number, run->is_stopped, &r.live.counts, &trouble);
    if (code == CS_OK && run->rules) code = inspect_again(&r, &trouble);
    if (code == CS_ERR_STOPPED) {
        *message = trouble;
        return code;
    }
    code = end_undo(run, row->number, code, &trouble, message);
    if (code == CS_OK) upload_remove_all(run->data, row->number);
    return code;
}
