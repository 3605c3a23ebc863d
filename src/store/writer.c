#include "store/writer.h"

#include "base/queue.h"
#include "store/search_index.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A group is what waits already, up to this many: one write to the disk serves them all, and a lone job waits for none.
 * Measured with conversations of 12 turns: 6,400 saves/s with groups of 256, 9,500 with 1,024, since the pages of the
 * indexes that a group touches are written once. */
enum { MAX_GROUP = 512, MAX_WAITING = 512 };

typedef struct cs_write_job {
    cs_write_run run;
    cs_write_done done;
    void *context;
} cs_write_job;

typedef struct cs_outcome {
    cs_write_job *job;
    cs_error code;
    cs_message message;
} cs_outcome;

struct cs_writer {
    char *data;
    cs_db *db; /* NULL: its connection broke, and no other came about yet */
    cs_queue *queue;
    pthread_t thread;
    cs_outcome group[MAX_GROUP];
};

static void *write_groups(void *context);

cs_error writer_open(const char *data, cs_writer **out, cs_message *message) {
    cs_writer *writer = calloc(1, sizeof *writer);
    if (!writer || !(writer->data = strdup(data))) {
        free(writer);
        return message_set(message, CS_ERR_MEMORY, "no memory for the writer of the store");
    }
    cs_error code = db_open(data, CS_DB_WRITE, &writer->db, message);
    if (code == CS_OK && !(writer->queue = queue_create(MAX_WAITING)))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the writer of the store");
    if (code == CS_OK && pthread_create(&writer->thread, NULL, write_groups, writer) != 0)
        code = message_set(message, CS_ERR_MEMORY, "the system gave no thread for the writer of the store");
    if (code != CS_OK) {
        queue_free(writer->queue);
        db_close(writer->db);
        free(writer->data);
        free(writer);
        return code;
    }
    *out = writer;
    return CS_OK;
}

bool writer_submit(cs_writer *writer, cs_write_run run, cs_write_done done, void *context) {
    cs_write_job *job = malloc(sizeof *job);
    if (!job) return false;
    *job = (cs_write_job){run, done, context};
    if (queue_put(writer->queue, job)) return true;
    free(job);
    return false;
}

void writer_close(cs_writer *writer) {
    if (!writer) return;
    queue_close(writer->queue);
    (void)pthread_join(writer->thread, NULL);
    queue_free(writer->queue);
    db_close(writer->db);
    free(writer->data);
    free(writer);
}

/* A database server that was restarted is found again by the next group; those that met its end have heard so. */
static cs_error reopen(cs_writer *writer, cs_message *message) {
    if (writer->db && (db_kind(writer->db) == CS_DB_SQLITE || !db_is_lost(writer->db))) return CS_OK;
    db_close(writer->db);
    writer->db = NULL;
    return db_open(writer->data, CS_DB_WRITE, &writer->db, message);
}

/* Runs one job in its savepoint. false: the database undid the whole transaction (full disk, failed read or write). */
static bool try_job(cs_writer *writer, cs_outcome *outcome) {
    outcome->message = (cs_message){0};
    outcome->code = db_savepoint(writer->db, &outcome->message);
    if (outcome->code != CS_OK) return db_in_transaction(writer->db);
    outcome->code = outcome->job->run(outcome->job->context, writer->db, &outcome->message);
    if (outcome->code == CS_OK && db_in_transaction(writer->db))
        outcome->code = db_savepoint_release(writer->db, &outcome->message);
    if (outcome->code != CS_OK) db_savepoint_rollback(writer->db);
    return db_in_transaction(writer->db);
}

/* One that met another program at the same rows goes through when that has ended. */
static bool run_job(cs_writer *writer, cs_outcome *outcome) {
    bool is_whole = try_job(writer, outcome);
    if (!is_whole || outcome->code == CS_OK || !db_is_contended(writer->db)) return is_whole;
    return try_job(writer, outcome);
}

static void fail_all(cs_outcome *group, size_t count, cs_error code, const cs_message *message) {
    for (size_t i = 0; i < count; i++) {
        group[i].code = code;
        group[i].message = *message;
    }
}

static void write_group(cs_writer *writer, cs_write_job *first) {
    cs_outcome *group = writer->group;
    cs_message message = {0};
    size_t count = 0;
    cs_error code = reopen(writer, &message);
    if (code == CS_OK) code = db_begin(writer->db, &message);
    bool is_whole = true;
    for (cs_write_job *job = first; job; job = count < MAX_GROUP ? queue_take_within(writer->queue, 0) : NULL) {
        group[count++].job = job;
        if (code != CS_OK) break; /* the others get their own try */
        is_whole = run_job(writer, &group[count - 1]);
        if (!is_whole) break;
    }
    if (code == CS_OK && !is_whole) {
        message = group[count - 1].message;
        code = group[count - 1].code;
        if (code == CS_OK) code = message_set(&message, CS_ERR_STORE, "the database undid the transaction");
    } else if (code == CS_OK) {
        code = search_index_flush(writer->db, &message);
        if (code == CS_OK)
            code = db_commit(writer->db, &message);
        else
            db_rollback(writer->db);
    }
    if (code != CS_OK) fail_all(group, count, code, &message);
    for (size_t i = 0; i < count; i++) {
        if (group[i].job->done) group[i].job->done(group[i].job->context, group[i].code, &group[i].message);
        free(group[i].job);
    }
}

static void *write_groups(void *context) {
    cs_writer *writer = context;
    cs_write_job *job;
    while ((job = queue_take(writer->queue)) != NULL) write_group(writer, job);
    return NULL;
}

/* ---- one job, waited for ---- */

typedef struct call {
    cs_write_run run;
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    bool done;
    cs_error code;
    cs_message message;
} call;

static cs_error call_run(void *context, cs_db *db, cs_message *message) {
    call *c = context;
    return c->run(c->context, db, message);
}

static void call_done(void *context, cs_error code, const cs_message *message) {
    call *c = context;
    pthread_mutex_lock(&c->lock);
    c->done = true;
    c->code = code;
    if (code != CS_OK) c->message = *message;
    pthread_cond_signal(&c->is_done);
    pthread_mutex_unlock(&c->lock);
}

cs_error writer_run_now(cs_writer *writer, cs_write_run run, void *context, cs_message *message) {
    call c = {.run = run, .context = context, .lock = PTHREAD_MUTEX_INITIALIZER, .is_done = PTHREAD_COND_INITIALIZER};
    if (!writer_submit(writer, call_run, call_done, &c))
        return message_set(message, CS_ERR_STOPPED, "the store was closed");
    pthread_mutex_lock(&c.lock);
    while (!c.done) pthread_cond_wait(&c.is_done, &c.lock);
    pthread_mutex_unlock(&c.lock);
    if (c.code != CS_OK && message) *message = c.message;
    return c.code;
}
