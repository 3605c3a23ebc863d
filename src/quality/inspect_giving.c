/* What is read becomes rows of the queue: workers of any process do the rest. What is known already is only marked as seen. */
#include "quality/inspect_pipeline.h"

#include "base/clock.h"
#include "conversation/codec.h"
#include "quality/inspect_origin.h"
#include "quality/urgency.h"
#include "store/work.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    ORIGIN_BYTES = 1 << 20,
    GIVEN_AT_ONCE = 2000, /* of what is inspected again, in one transaction */
    LOOK_EVERY = 64, /* conversations, for how many wait */
    TELL_MS = 50, /* so often, while there is more: who works looks again by itself */
    FIRST_WAIT_MS = 5,
    LONGEST_WAIT_MS = 250,
};

typedef struct giving {
    cs_db *db; /* the reader's */
    cs_packer *packer;
    int dictionaries;
    char *data; /* its real path */
    int64_t given;
    int64_t told_ms; /* steady; the writer's thread: when other processes were told */
} giving;

/* A conversation on its way into the queue; the piece is not worked on here. */
typedef struct gift {
    job *job;
    cs_work_job row;
    cs_buffer origin;
    bool is_known, is_given;
} gift;

/* ---- one that was read ---- */

/* On the writer's thread, in the order of reading: a known one whose twin waits is no longer known. */
static cs_error take_gift(void *context, cs_db *db, cs_message *message) {
    gift *g = context;
    job *j = g->job;
    bool is_pending = false;
    cs_error code = g->is_known ? work_is_pending(db, g->row.external_id, &is_pending, message) : CS_OK;
    if (code != CS_OK) return code;
    g->is_given = !g->is_known || is_pending;
    if (!g->is_given) return archive_save(db, j->p->options->ruleset, &j->piece->inspected, &j->outcome, message);
    code = work_give(db, &g->row, clock_now_ms(), message);
    int64_t now = clock_steady_ms();
    if (code != CS_OK || now - j->p->giving->told_ms < TELL_MS) return code;
    j->p->giving->told_ms = now;
    return wake_tell(db, message);
}

static void gift_taken(void *context, cs_error code, const cs_message *message) {
    gift *g = context;
    job *j = g->job;
    pipeline *p = j->p;
    bool is_given = g->is_given;
    buffer_free(&g->origin);
    free(g);
    if (!is_given) {
        job_saved(j, code, message);
    } else if (code == CS_ERR_LIMIT) {
        job_refuse(j, message);
    } else {
        if (code != CS_OK) pipeline_fail(p, code, message);
        job_end(j, NULL);
        wake_post(p->options->wake);
    }
}

static bool is_skipped(const void *files, const char *source) {
    return inspect_files_skipped(files, source);
}

/* A file that this run passed over, in which a conversation of this id stands. */
static cs_error find_skipped(pipeline *p, const char *id, cs_arena *arena, const char **out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = NULL;
    if (p->counts->files_skipped == 0) return CS_OK;
    cs_error code = db_query(p->giving->db, "SELECT source FROM conversation WHERE external_id = :id", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", id);
    code = db_step(stmt, &has_row, message);
    const char *source = code == CS_OK && has_row ? db_text(stmt, 0) : NULL;
    if (source && inspect_files_skipped(p->files, source)) *out = arena_string(arena, source);
    db_done(stmt);
    return code;
}

static cs_error write_origin(pipeline *p, gift *g, cs_message *message) {
    const cs_conversation *c = g->job->piece->conversation;
    const cs_inspect_file *file = p->file;
    cs_origin origin = {.file = file->path,
                        .source = c->source,
                        .place = c->place,
                        .data = p->giving->data,
                        .recordings = c->recordings,
                        .recording_count = c->recording_count,
                        .is_recording = file->is_recording,
                        .is_whole = c->place && !*c->place && !file->has_conflict,
                        .bytes = file->bytes,
                        .modified_ns = file->modified_ns,
                        .mapping = file->mapping_hash,
                        .agent_channel = p->options->agent_channel};
    cs_error code = find_skipped(p, c->external_id, g->job->piece->arena, &origin.stands_in, message);
    if (code != CS_OK) return code;
    origin_write(&origin, &g->origin);
    g->row.origin = buffer_string(&g->origin);
    return g->origin.is_failed ? message_set(message, CS_ERR_LIMIT, "where it came from is too long to keep") : CS_OK;
}

static cs_error fill(pipeline *p, gift *g, cs_message *message) {
    cs_piece *piece = g->job->piece;
    cs_conversation *c = piece->conversation;
    cs_inspected *in = &piece->inspected;
    cs_error code = codec_encode(c, &piece->body);
    if (code != CS_OK) return message_set(message, CS_ERR_LIMIT, "the conversation is too large to keep");
    *in = (cs_inspected){.conversation = c,
                         .timeline_hash = hash_bytes(piece->body.data, piece->body.length),
                         .ruleset = ruleset_id(p->options->ruleset),
                         .run_ms = p->run_ms,
                         .import = p->options->import,
                         .is_skipped = is_skipped,
                         .context = p->files};
    if (c->recording_count == 0)
        code = archive_is_current(p->giving->db, c->external_id, in->timeline_hash, in->ruleset, &g->is_known, message);
    if (code == CS_OK)
        code = sampler_pack(&p->sampler, p->giving->packer, &p->giving->dictionaries, &piece->body, &piece->frame,
                            message);
    if (code == CS_OK) code = write_origin(p, g, message);
    g->row = (cs_work_job){.kind = CS_WORK_READ,
                           .import = p->options->import,
                           .external_id = c->external_id,
                           .origin = g->row.origin,
                           .hash = in->timeline_hash,
                           .body = piece->frame.data,
                           .body_bytes = piece->frame.length,
                           .started_ms = c->started_ms,
                           .run_ms = p->run_ms,
                           .is_urgent = !g->is_known && urgency_of(c, piece->arena)};
    buffer_free(&piece->body);
    return code;
}

/* While too many of this import wait for the workers, its reader waits too. */
static bool wait_for_room(pipeline *p) {
    cs_message message;
    cs_work_left left;
    giving *g = p->giving;
    if (g->given++ % LOOK_EVERY) return !pipeline_is_stopped(p);
    while (!pipeline_is_stopped(p)) {
        uint64_t seen = wake_count(p->options->wake);
        giving_refresh(p);
        show_progress(p);
        cs_error code = work_left(g->db, p->options->import, &left, &message);
        if (code != CS_OK) pipeline_fail(p, code, &message);
        if (code != CS_OK || left.waiting < CS_WORK_MOST_WAITING) break;
        wake_wait(p->options->wake, seen, LONGEST_WAIT_MS);
    }
    return !pipeline_is_stopped(p);
}

bool giving_give(pipeline *p, cs_conversation *conversation, cs_arena *arena) {
    cs_message message;
    job *j = calloc(1, sizeof *j);
    gift *g = calloc(1, sizeof *g);
    cs_piece *piece = piece_create(conversation, arena);
    if (!j || !g || !piece) {
        piece_free(piece);
        free(j);
        free(g);
        (void)message_set(&message, CS_ERR_MEMORY, "out of memory while reading");
        pipeline_fail(p, CS_ERR_MEMORY, &message);
        return false;
    }
    *j = (job){.p = p, .piece = piece, .file = p->file};
    g->job = j;
    buffer_init(&g->origin, ORIGIN_BYTES);
    pthread_mutex_lock(&p->lock);
    p->under_way++;
    pthread_mutex_unlock(&p->lock);
    cs_error code = fill(p, g, &message);
    if (code == CS_OK && !writer_submit(p->writer, take_gift, gift_taken, g))
        code = message_set(&message, CS_ERR_STOPPED, "the store was closed");
    if (code != CS_OK) {
        buffer_free(&g->origin);
        free(g);
        if (code != CS_ERR_LIMIT) pipeline_fail(p, code, &message);
        if (code == CS_ERR_LIMIT)
            job_refuse(j, &message);
        else
            job_end(j, NULL);
    }
    return wait_for_room(p);
}

/* ---- what is inspected again ---- */

typedef struct again {
    pipeline *p;
    const char *insert, *last; /* up to GIVEN_AT_ONCE behind :after; the last of them */
    int64_t after, found, reached; /* reached: the next :after, once this is committed */
} again;

static cs_error give_some(void *context, cs_db *db, cs_message *message) {
    again *a = context;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, a->insert, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", a->p->options->import);
    db_bind_int64(stmt, "now", clock_now_ms());
    db_bind_int64(stmt, "run", a->p->run_ms);
    db_bind_int64(stmt, "after", a->after);
    db_bind_int64(stmt, "most", GIVEN_AT_ONCE);
    code = db_run(stmt, message);
    if (code == CS_OK) code = db_query(db, a->last, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "after", a->after);
    db_bind_int64(stmt, "most", GIVEN_AT_ONCE);
    code = db_step(stmt, &has_row, message);
    a->found = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    a->reached = a->found ? db_int64(stmt, 1) : a->after;
    db_done(stmt);
    return code == CS_OK ? wake_tell(db, message) : code;
}

static cs_error give_again(pipeline *p, const char *insert, const char *last, cs_message *message) {
    again a = {.p = p, .insert = insert, .last = last, .found = GIVEN_AT_ONCE};
    cs_error code = CS_OK;
    while (code == CS_OK && a.found == GIVEN_AT_ONCE && !pipeline_is_stopped(p)) {
        code = writer_run_now(p->writer, give_some, &a, message);
        a.after = a.reached;
        wake_post(p->options->wake);
        giving_refresh(p);
        show_progress(p);
    }
    return code;
}

/* High risk before: it is urgent here. */
#define INTO_JOB(kind)                                                                                                 \
    "INSERT INTO job (kind, import, seq, urgency, started_ms, made_ms, run_ms, state, attempts) SELECT '" kind         \
    "', :import, c.seq, c.high_risk, coalesce(c.started_ms, 0), :now, :run, 'waiting', 0 FROM conversation c "
#define DUE "SELECT seq FROM join_due WHERE seq > :after ORDER BY seq LIMIT :most"
#define STALE                                                                                                          \
    "SELECT seq FROM conversation WHERE seq > :after AND ruleset <> (SELECT CAST(value AS INTEGER) FROM setting "      \
    "WHERE "                                                                                                           \
    "name = 'ruleset') ORDER BY seq LIMIT :most"

cs_error giving_give_joined(pipeline *p, cs_message *message) {
    return give_again(p, INTO_JOB("joined") "WHERE c.seq IN (" DUE ") ON CONFLICT DO NOTHING",
                      "SELECT count(*), max(d.seq) FROM (" DUE ") d", message);
}

cs_error giving_give_stale(pipeline *p, cs_message *message) {
    return give_again(p, INTO_JOB("rules") "WHERE c.seq IN (" STALE ") ON CONFLICT DO NOTHING",
                      "SELECT count(*), max(d.seq) FROM (" STALE ") d", message);
}

/* ---- what the workers did ---- */

void giving_refresh(pipeline *p) {
    cs_message message;
    cs_work_sums now, *seen = &p->counts->worked;
    if (work_read_sums(p->giving->db, p->options->import, &now, &message) != CS_OK) return; /* the next look tells */
    pthread_mutex_lock(&p->lock);
    cs_inspect_counts *c = p->counts;
    c->inspected += now.inspected - seen->inspected;
    c->unchanged += now.unchanged - seen->unchanged;
    c->duplicates += now.duplicates - seen->duplicates;
    c->refused += now.refused - seen->refused;
    c->left_stale += now.left_stale - seen->left_stale;
    c->reinspected += now.reinspected - seen->reinspected;
    c->joined += now.joined - seen->joined;
    c->recordings += now.recordings - seen->recordings;
    c->recordings_failed += now.recordings_failed - seen->recordings_failed;
    c->recognised += now.recognised - seen->recognised;
    c->unrecognised += now.unrecognised - seen->unrecognised;
    c->speech_ms += now.speech_ms - seen->speech_ms;
    p->arrived += now.arrived - seen->arrived;
    *seen = now;
    pthread_mutex_unlock(&p->lock);
}

static cs_error tell(void *context, cs_db *db, cs_message *message) {
    (void)context;
    return wake_tell(db, message);
}

cs_error giving_wait(pipeline *p, cs_message *message) {
    cs_work_left left = {0};
    int64_t wait_ms = FIRST_WAIT_MS;
    cs_error told = p->giving->given ? writer_run_now(p->writer, tell, NULL, message) : CS_OK;
    if (told != CS_OK) return told;
    while (!pipeline_is_stopped(p)) {
        uint64_t seen = wake_count(p->options->wake);
        int64_t done = p->counts->worked.done;
        cs_error code = work_left(p->giving->db, p->options->import, &left, message);
        giving_refresh(p);
        p->counts->aside = left.aside;
        show_progress(p);
        if (code != CS_OK || left.waiting + left.running == 0) return code;
        wait_ms = done != p->counts->worked.done ? FIRST_WAIT_MS : wait_ms * 2;
        if (wait_ms > LONGEST_WAIT_MS) wait_ms = LONGEST_WAIT_MS;
        wake_wait(p->options->wake, seen, wait_ms);
    }
    return CS_OK;
}

cs_error giving_mark_conflicts(pipeline *p, cs_message *message) {
    cs_error code = CS_OK;
    for (size_t i = 0; i < p->files->count && code == CS_OK; i++) {
        bool is_unread = p->counts->aside > 0; /* whichever file it stands in */
        if (!is_unread)
            code = work_is_unread(p->giving->db, p->options->import, p->files->items[i].real_path, &is_unread, message);
        p->files->items[i].has_conflict |= is_unread;
    }
    return code;
}

/* ---- start and end ---- */

cs_error giving_start(pipeline *p, cs_db *db, cs_message *message) {
    giving *g = calloc(1, sizeof *g);
    if (!g) return message_set(message, CS_ERR_MEMORY, "out of memory while reading");
    g->db = db;
    g->data = realpath(p->options->data, NULL);
    p->giving = g;
    if (!g->data) return message_set(message, CS_ERR_IO, "the folder of the store can't be found any more");
    return packer_open(db, &g->packer, message);
}

void giving_stop(pipeline *p) {
    if (!p->giving) return;
    packer_close(p->giving->packer);
    free(p->giving->data);
    free(p->giving);
    p->giving = NULL;
}
