/* A hand: one conversation after another, from its row in the queue to what is to be saved of it. */
#include "quality/crew_hand.h"

#include "base/clock.h"
#include "conversation/codec.h"

#include <string.h>
#include <unistd.h>

enum { RESULT_BYTES = 256 << 20, MAX_TIMELINE_BYTES = 256 << 20, EXTEND_MS = CS_WORK_LEASE_MS / 3, YIELD_MS = 10000 };

/* ---- what is worked on ---- */

static cs_error decode(cs_hand *hand, const cs_work_job *row, cs_arena *arena, cs_conversation **out,
                       cs_message *message) {
    cs_buffer bytes;
    buffer_init(&bytes, MAX_TIMELINE_BYTES);
    cs_error code =
        packer_unpack(bench_packer(hand->bench), row->body, row->body_bytes, MAX_TIMELINE_BYTES, &bytes, message);
    if (code == CS_OK) code = codec_decode(bytes.data, bytes.length, arena, out, message);
    buffer_free(&bytes);
    return code;
}

/* An upload lies with the server that took it: another machine sees it only where the folder is shared. */
static cs_error check_files(const cs_task *task, cs_message *message) {
    const cs_origin *o = &task->origin;
    size_t bytes = strlen(task->crew->data);
    for (uint32_t i = 0; i < o->recording_count; i++) {
        const char *path = o->recordings[i].path;
        if (strncmp(path, task->crew->data, bytes) != 0 || path[bytes] != '/' || access(path, F_OK) == 0) continue;
        (void)message_set(message, CS_ERR_STORE, "the recording of an upload is not there on %s", work_process_name());
        message_place(message, "%s", path);
        message_remedy(message, "share the data folder between all machines that work on this store");
        return CS_ERR_STORE;
    }
    return CS_OK;
}

static bool stands_in(const void *context, const char *source) {
    const cs_task *task = context;
    return task->origin.stands_in && strcmp(task->origin.stands_in, source) == 0;
}

static cs_error take_read(cs_hand *hand, cs_task *task, cs_arena *arena, cs_message *message) {
    cs_conversation *conversation = NULL;
    cs_origin *o = &task->origin;
    cs_error code = origin_read(task->row->origin, task->crew->data, arena, o, message);
    if (code == CS_OK) code = check_files(task, message);
    if (code == CS_OK) code = decode(hand, task->row, arena, &conversation, message);
    if (code != CS_OK) {
        arena_free(arena);
        return code;
    }
    conversation->source = o->source;
    conversation->place = o->place;
    conversation->recordings = o->recordings;
    conversation->recording_count = o->recording_count;
    cs_piece *piece = task->piece = piece_create(conversation, arena);
    if (!piece) return message_set(message, CS_ERR_MEMORY, "out of memory for the workers");
    piece->is_recording = o->is_recording;
    piece->agent_channel = o->agent_channel;
    piece->given_frame = task->row->body;
    piece->given_frame_bytes = task->row->body_bytes;
    piece->inspected.timeline_hash = task->row->hash;
    piece->inspected.is_skipped = stands_in;
    piece->inspected.context = task;
    return CS_OK;
}

/* Words of ours, or none yet: what came with a transcript keeps that, and what is gone has nothing to say. */
static cs_error take_speech(cs_hand *hand, cs_task *task, cs_arena *arena, cs_message *message) {
    cs_stored *stored = NULL;
    const cs_work_job *row = task->row;
    cs_error code =
        archive_load_read(bench_db(hand->bench), bench_packer(hand->bench), row->seq, arena, &stored, message);
    if (code != CS_OK || !(stored->conversation->is_wordless || stored->conversation->recognition)) {
        arena_free(arena);
        return code == CS_ERR_NOT_FOUND ? CS_OK : code;
    }
    cs_piece *piece = task->piece = piece_create(stored->conversation, arena);
    if (!piece) return message_set(message, CS_ERR_MEMORY, "out of memory for the workers");
    piece->is_again = true;
    piece->again_seq = row->seq;
    piece->again_version = stored->timeline_version;
    piece->again_model = row->origin && *row->origin ? row->origin : NULL;
    return CS_OK;
}

/* Nothing (and no piece) when it is gone, or inspected under the current rules, by now. */
static cs_error take_stored(cs_hand *hand, cs_task *task, cs_arena *arena, cs_message *message) {
    cs_stored *stored = NULL;
    const cs_work_job *row = task->row;
    cs_db *db = bench_db(hand->bench);
    cs_packer *packer = bench_packer(hand->bench);
    cs_error code =
        row->kind == CS_WORK_JOINED
            ? archive_load_read(db, packer, row->seq, arena, &stored, message)
            : archive_next_stale(db, packer, row->seq - 1, ruleset_id(task->ruleset), arena, &stored, message);
    if (code != CS_OK || !stored || stored->seq != row->seq) {
        arena_free(arena);
        return code == CS_ERR_NOT_FOUND ? CS_OK : code;
    }
    cs_piece *piece = task->piece = piece_create(stored->conversation, arena);
    if (!piece) return message_set(message, CS_ERR_MEMORY, "out of memory for the workers");
    piece->seq = row->seq;
    piece->is_join = row->kind == CS_WORK_JOINED;
    piece->inspected.timeline_hash = stored->timeline_hash;
    return CS_OK;
}

static cs_error work_on(cs_hand *hand, cs_task *task, cs_message *message) {
    cs_arena *arena = arena_create(RESULT_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "out of memory for the workers");
    cs_error code = task->row->kind == CS_WORK_READ     ? take_read(hand, task, arena, message)
                    : task->row->kind == CS_WORK_SPEECH ? take_speech(hand, task, arena, message)
                                                        : take_stored(hand, task, arena, message);
    if (code != CS_OK || !task->piece) return code;
    task->piece->inspected.run_ms = task->row->run_ms;
    task->piece->inspected.import = task->row->kind == CS_WORK_READ ? task->row->import : 0;
    return bench_work(hand->bench, task->piece, message);
}

/* ---- long work ---- */

typedef struct extension {
    cs_task *task;
    bool is_ours;
} extension;

static cs_error extend(void *context, cs_db *db, cs_message *message) {
    extension *e = context;
    return work_extend(db, e->task->row, e->task->crew->worker, clock_now_ms(), &e->is_ours, message);
}

/* What waits behind all else makes room for what came in meanwhile: its finished pieces are kept. */
static bool must_yield(cs_hand *hand, int64_t now) {
    cs_crew *crew = hand->crew;
    if (hand->task->row->kind != CS_WORK_SPEECH || now - hand->begun_ms < YIELD_MS) return false;
    (void)pthread_mutex_lock(&crew->lock);
    bool is_awaited = crew->lying > 0;
    (void)pthread_mutex_unlock(&crew->lock);
    return is_awaited;
}

/* From the work's own progress: what hangs loses its lease. false: it was lost. */
static bool on_progress(void *context) {
    cs_hand *hand = context;
    cs_crew *crew = hand->crew;
    cs_message message;
    int64_t now = clock_steady_ms();
    if (must_yield(hand, now)) return false;
    if (now - hand->moved_ms < EXTEND_MS) return true;
    extension e = {hand->task, false};
    if (writer_run_now(crew->writer, extend, &e, &message) != CS_OK)
        return true; /* tried again with the next progress */
    (void)pthread_mutex_lock(&crew->lock);
    hand->moved_ms = now;
    (void)pthread_mutex_unlock(&crew->lock);
    return e.is_ours;
}

/* ---- the thread ---- */

static cs_task *take_task(cs_hand *hand) {
    cs_crew *crew = hand->crew;
    (void)pthread_mutex_lock(&crew->lock);
    hand->task = NULL;
    while (!crew->first && !crew->hands_end) (void)pthread_cond_wait(&crew->has_task, &crew->lock);
    cs_task *task = crew->hands_end ? NULL : crew->first;
    bool is_low = false;
    if (task) {
        crew->first = task->next;
        if (!crew->first) crew->last = NULL;
        is_low = --crew->lying == crew->hand_count * CS_CREW_AHEAD / 2 || crew->lying == 0;
        hand->task = task;
        hand->begun_ms = hand->moved_ms = clock_steady_ms();
        hand->is_told = false;
    }
    (void)pthread_mutex_unlock(&crew->lock);
    if (is_low) wake_post(crew->options.wake); /* the foreman claims more */
    return task;
}

/* What is too much is refused; what was stopped, or lost its store, goes back as it was; anything else is tried again. */
static void judge(cs_hand *hand, cs_task *task, cs_error code, const cs_message *message) {
    task->fate = CS_TASK_SAVE;
    if (code == CS_OK) return;
    task->why = *message;
    if (code == CS_ERR_LIMIT || (code == CS_ERR_MEMORY && task->piece))
        task->fate = CS_TASK_REFUSE;
    else if (code == CS_ERR_STOPPED || db_is_lost(bench_db(hand->bench)))
        task->fate = CS_TASK_BACK;
    else
        task->fate = CS_TASK_TRIED;
}

/* A connection that broke alone, while the foreman's holds, would have this hand give back all it takes for ever. */
static void tell_if_lost(cs_hand *hand, const cs_message *message) {
    cs_crew *crew = hand->crew;
    if (!db_is_lost(bench_db(hand->bench))) return;
    (void)pthread_mutex_lock(&crew->lock);
    crew->is_broken = true;
    crew->trouble = *message;
    (void)pthread_mutex_unlock(&crew->lock);
    wake_post(crew->options.wake);
}

void *crew_work(void *context) {
    cs_hand *hand = context;
    cs_task *task;
    bench_on_progress(hand->bench, on_progress, hand);
    while ((task = take_task(hand)) != NULL) {
        cs_message message = {0};
        task->ruleset = hand->crew->rules;
        ruleset_hold(task->ruleset);
        cs_error code = work_on(hand, task, &message);
        task->spent_ms = clock_steady_ms() - hand->begun_ms;
        judge(hand, task, code, &message);
        if (task->fate == CS_TASK_BACK) tell_if_lost(hand, &message);
        crew_submit(hand->crew, task);
    }
    return NULL;
}
