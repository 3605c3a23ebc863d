/* The end of a task: what came of it, its sums and the end of its job in one transaction; or back, or aside. */
#include "base/clock.h"
#include "quality/crew_hand.h"
#include "quality/recording_speech.h"
#include "quality/speech_again.h"
#include "quality/speech_sum.h"

#include <stdlib.h>
#include <string.h>

void task_free(cs_task *task) {
    if (!task) return;
    if (task->ruleset) ruleset_release(task->ruleset);
    piece_free(task->piece);
    work_job_free(task->row);
    free(task);
}

/* ---- on the writer's thread ---- */

static void count_outcome(const cs_task *task, cs_work_sums *sums) {
    bool is_read = task->row->kind == CS_WORK_READ;
    if (task->outcome == CS_SAVED_UNCHANGED) {
        sums->unchanged = is_read;
    } else if (task->outcome == CS_SAVED_DUPLICATE) {
        sums->duplicates = 1;
    } else {
        sums->arrived = task->outcome == CS_SAVED_NEW;
        *(is_read ? &sums->inspected : task->row->kind == CS_WORK_JOINED ? &sums->joined : &sums->reinspected) = 1;
    }
}

/* A recording that was lost or cut is told; one that was lost is tried again next time. */
static cs_error save_recording(cs_db *db, const cs_task *task, cs_work_sums *sums, cs_message *message) {
    const cs_piece *piece = task->piece;
    const cs_origin *o = &task->origin;
    cs_error code = CS_OK;
    sums->recordings = piece->is_heard;
    sums->recognised = piece->spoken.is_done;
    sums->unrecognised = piece->spoken.is_off;
    sums->speech_ms = piece->spoken.is_done ? piece->spoken.voice_ms : 0;
    sums->recordings_failed = piece->is_lost || piece->is_cut;
    if (piece->is_lost || piece->is_cut)
        code = work_refuse(db, task->row->import, o->file, task->row->external_id, &piece->trouble, message);
    if (code == CS_OK && piece->is_lost) return work_mark_unread(db, task->row->import, o->source, message);
    if (code == CS_OK && o->is_whole && piece->inspected.recording)
        code = archive_save_source(db, o->source, o->bytes, o->modified_ns, o->mapping, 1, task->row->import, message);
    return code;
}

/* Whether somebody replaced its text while it was recognised: that one stands. */
static cs_error was_replaced(cs_db *db, const cs_piece *piece, bool *was, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool is_same = false;
    cs_error code =
        db_query(db, "SELECT 1 FROM conversation WHERE seq = :seq AND timeline_version = :version", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", piece->again_seq);
    db_bind_int64(stmt, "version", piece->again_version);
    code = db_step(stmt, &is_same, message);
    db_done(stmt);
    *was = !is_same;
    return code;
}

static cs_error save_again(cs_task *task, cs_db *db, cs_message *message) {
    cs_piece *piece = task->piece;
    bool must_save = piece && task->fate == CS_TASK_SAVE;
    cs_speech_again_end end = {.again = -task->row->import, .seq = task->row->seq, .spent_ms = task->spent_ms};
    cs_error code = piece ? was_replaced(db, piece, &end.is_passed, message) : CS_OK;
    if (!piece && task->fate == CS_TASK_SAVE) end.is_passed = true; /* gone, or given */
    if (piece && task->fate == CS_TASK_REFUSE) { /* too much */
        piece->spoken.is_lost = true;
        piece->spoken.trouble = task->why;
    }
    end.is_failed = !end.is_passed && (!piece || piece->is_lost || piece->spoken.is_lost || piece->spoken.is_off);
    if (code == CS_OK && end.is_passed && !piece) code = recording_speech_forget(db, task->row->seq, message);
    must_save = must_save && !end.is_passed;
    if (code == CS_OK && must_save && piece->inspected.verdicts)
        code = archive_save(db, task->ruleset, &piece->inspected, &task->outcome, message);
    end.is_changed = task->outcome == CS_SAVED_CHANGED;
    if (code == CS_OK && must_save) code = speech_outcome_save(db, &piece->spoken, message);
    if (code == CS_OK && piece && !end.is_passed)
        code = recording_speech_note(db, piece->conversation, &piece->spoken, message);
    if (code == CS_OK && end.is_changed) code = speech_again_join(db, task->row->seq, clock_now_ms(), message);
    return code == CS_OK ? speech_again_note(db, &end, message) : code;
}

static cs_error save_piece(cs_task *task, bool is_old, cs_db *db, cs_message *message) {
    cs_work_sums sums = {.done = 1};
    cs_error code = CS_OK;
    task->outcome = CS_SAVED_UNCHANGED;
    if (task->piece && !is_old)
        code = archive_save(db, task->ruleset, &task->piece->inspected, &task->outcome, message);
    if (code == CS_OK && task->piece) code = save_recording(db, task, &sums, message);
    if (code == CS_OK && task->piece) code = speech_outcome_save(db, &task->piece->spoken, message);
    if (code == CS_OK && task->piece && task->piece->inspected.recording)
        code = recording_speech_note(db, task->piece->conversation, &task->piece->spoken, message);
    count_outcome(task, &sums);
    return code == CS_OK ? work_add_sums(db, task->row->import, &sums, message) : code;
}

static cs_error save_refusal(cs_task *task, cs_db *db, cs_message *message) {
    bool is_read = task->row->kind == CS_WORK_READ;
    const cs_work_sums sums = {.done = 1, .refused = is_read, .left_stale = !is_read};
    const char *file = task->origin.file ? task->origin.file : "the store";
    const char *id = task->row->external_id;
    if (!id && task->piece) id = task->piece->conversation->external_id;
    cs_error code = work_refuse(db, task->row->import, file, id, &task->why, message);
    if (code == CS_OK && task->origin.source)
        code = work_mark_unread(db, task->row->import, task->origin.source, message);
    return code == CS_OK ? work_add_sums(db, task->row->import, &sums, message) : code;
}

/* Under rules that are the store's no more it would have to be inspected again at once: it goes back. */
static cs_error give_back_or_lose(cs_task *task, cs_db *db, cs_message *message) {
    cs_hash id;
    task->is_lost = true; /* what came of it is dropped: another one has it */
    if (!task->piece) return CS_OK;
    cs_error code = archive_current_ruleset(db, &id, message);
    if (code != CS_OK || hash_equal(id, ruleset_id(task->ruleset))) return code;
    task->is_lost = false;
    return work_give_back(db, task->row, task->crew->worker, false, NULL, message);
}

static cs_error end_task(void *context, cs_db *db, cs_message *message) {
    cs_task *task = context;
    int64_t worker = task->crew->worker;
    cs_work_end end;
    task->is_done = task->is_lost = false;
    if (task->fate == CS_TASK_BACK) return work_give_back(db, task->row, worker, false, NULL, message);
    if (task->fate == CS_TASK_TRIED) return work_give_back(db, task->row, worker, true, &task->why, message);
    if (task->fate == CS_TASK_ASIDE) return work_set_aside(db, task->row, worker, &task->why, message);
    cs_error code = work_finish(db, task->row, worker, task->crew->setting, &end, message);
    if (code != CS_OK) return code;
    if (!end.is_ours) return give_back_or_lose(task, db, message);
    task->is_done = true;
    task->outcome = CS_SAVED_UNCHANGED;
    if (task->row->kind == CS_WORK_SPEECH) return save_again(task, db, message);
    return task->fate == CS_TASK_REFUSE ? save_refusal(task, db, message)
                                        : save_piece(task, end.is_superseded, db, message);
}

/* ---- afterwards ---- */

/* The foreman takes it up again: this thread may be the writer's, which must not wait for itself. trouble: the store's own;
 * NULL: there is none. */
static void keep_for_later(cs_crew *crew, cs_task *task, const cs_message *trouble) {
    (void)pthread_mutex_lock(&crew->lock);
    task->next = crew->laters;
    crew->laters = task;
    if (trouble) {
        crew->is_broken = true;
        crew->trouble = *trouble;
    }
    (void)pthread_mutex_unlock(&crew->lock);
    wake_post(crew->options.wake);
}

static void let_go(cs_crew *crew, cs_task *task) {
    bool has_failed = task->fate == CS_TASK_REFUSE || task->fate == CS_TASK_ASIDE;
    (void)pthread_mutex_lock(&crew->lock);
    crew->done += task->is_done;
    crew->failed += has_failed && !task->is_lost;
    crew->lost += task->is_lost;
    bool is_last = --crew->in_hand == 0;
    (void)pthread_mutex_unlock(&crew->lock);
    task_free(task);
    if (is_last) wake_post(crew->options.wake); /* readers wait for the end of their import */
}

/* A twin with other content is refused; one whose text was known, and is not any more, is inspected again. Anything else is the
 * store's: it waits until that is well. */
static void task_ended(void *context, cs_error code, const cs_message *message) {
    cs_task *task = context;
    cs_crew *crew = task->crew;
    if (code == CS_OK) {
        let_go(crew, task);
        return;
    }
    bool is_of_store = code == CS_ERR_STORE || code == CS_ERR_STOPPED || code == CS_ERR_MEMORY || code == CS_ERR_IO;
    bool is_its_own = task->fate == CS_TASK_SAVE && !is_of_store;
    if (!is_its_own) {
        task->fate = CS_TASK_BACK;
        keep_for_later(crew, task, message);
        return;
    }
    bool was_known = code == CS_ERR_CONFLICT && task->piece && !task->piece->inspected.verdicts;
    task->fate = was_known ? CS_TASK_TRIED : CS_TASK_REFUSE;
    task->why = *message;
    keep_for_later(crew, task, NULL);
}

void crew_submit(cs_crew *crew, cs_task *task) {
    cs_message message;
    if (writer_submit(crew->writer, end_task, task_ended, task)) return;
    (void)message_set(&message, CS_ERR_STOPPED, "the store was closed");
    keep_for_later(crew, task, &message);
}
