#include "imports/refusal.h"

#include "store/work.h"
#include "text/mask_json.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EVERY_MS = 500 };

typedef struct refusal {
    char *file, *conversation;
    cs_message why;
    struct refusal *next;
} refusal;

struct cs_refusal_log {
    char *data;
    int64_t import, taken; /* taken: under the lock */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t is_woken;
    refusal *first, *last; /* under the lock */
    bool is_closing;
    cs_error code; /* of the last writing; the thread's until it ended */
    cs_message trouble;
};

/* ---- writing ---- */

static void release(refusal *list) {
    while (list) {
        refusal *next = list->next;
        free(list->file);
        free(list->conversation);
        free(list);
        list = next;
    }
}

static cs_error write_list(cs_refusal_log *log, cs_db **db, const refusal *list, cs_message *message) {
    if (*db && db_is_lost(*db)) {
        db_close(*db);
        *db = NULL;
    }
    cs_error code = *db ? CS_OK : db_open(log->data, CS_DB_WRITE, db, message);
    if (code == CS_OK) code = db_begin(*db, message);
    if (code != CS_OK) return code;
    for (; code == CS_OK && list; list = list->next)
        code = work_refuse(*db, log->import, list->file, list->conversation, &list->why, message);
    if (code == CS_OK) code = db_commit(*db, message);
    if (code == CS_OK) return CS_OK;
    db_rollback(*db);
    return code;
}

static void wait_a_while(cs_refusal_log *log) {
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += EVERY_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (!log->is_closing) (void)pthread_cond_timedwait(&log->is_woken, &log->lock, &until);
}

/* One that can't be written now is tried again with the next ones: all of them are bounded in number. */
static void *write_refusals(void *context) {
    cs_refusal_log *log = context;
    refusal *list = NULL, *end = NULL;
    cs_db *db = NULL;
    bool is_closing = false;
    while (!is_closing) {
        (void)pthread_mutex_lock(&log->lock);
        wait_a_while(log);
        is_closing = log->is_closing;
        if (list)
            end->next = log->first;
        else
            list = log->first;
        if (log->first) end = log->last;
        log->first = log->last = NULL;
        (void)pthread_mutex_unlock(&log->lock);
        if (!list) continue;
        log->code = write_list(log, &db, list, &log->trouble);
        if (log->code != CS_OK) continue;
        release(list);
        list = end = NULL;
    }
    release(list);
    db_close(db);
    return NULL;
}

cs_error refusal_log_open(const char *data, int64_t import, cs_refusal_log **out, cs_message *message) {
    cs_refusal_log *log = calloc(1, sizeof *log);
    if (!log || !(log->data = strdup(data))) {
        free(log);
        return message_set(message, CS_ERR_MEMORY, "no memory for what is refused");
    }
    log->import = import;
    (void)pthread_mutex_init(&log->lock, NULL);
    (void)pthread_cond_init(&log->is_woken, NULL);
    if (pthread_create(&log->thread, NULL, write_refusals, log) != 0) {
        free(log->data);
        free(log);
        return message_set(message, CS_ERR_MEMORY, "the system gave no thread for what is refused");
    }
    *out = log;
    return CS_OK;
}

void refusal_add(cs_refusal_log *log, const char *file, const char *conversation, const cs_message *why) {
    refusal *r = NULL;
    (void)pthread_mutex_lock(&log->lock);
    bool is_kept = log->taken < CS_MAX_REFUSALS && (r = calloc(1, sizeof *r)) != NULL &&
                   (r->file = strdup(file ? file : "")) != NULL &&
                   (!conversation || (r->conversation = strdup(conversation)) != NULL);
    if (is_kept) {
        r->why = *why;
        log->taken++;
        if (log->last)
            log->last->next = r;
        else
            log->first = r;
        log->last = r;
    } else {
        release(r);
    }
    (void)pthread_mutex_unlock(&log->lock);
}

cs_error refusal_log_close(cs_refusal_log *log, cs_message *message) {
    if (!log) return CS_OK;
    (void)pthread_mutex_lock(&log->lock);
    log->is_closing = true;
    (void)pthread_cond_signal(&log->is_woken);
    (void)pthread_mutex_unlock(&log->lock);
    (void)pthread_join(log->thread, NULL);
    cs_error code = log->code;
    if (code != CS_OK) *message = log->trouble;
    (void)pthread_cond_destroy(&log->is_woken);
    (void)pthread_mutex_destroy(&log->lock);
    free(log->data);
    free(log);
    return code;
}

cs_error refusal_forget(cs_db *db, int64_t import, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "DELETE FROM import_refusal WHERE import = :import", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
    return db_run(stmt, message);
}

/* ---- reading ---- */

static void write_one(cs_stmt *stmt, cs_json_writer *out) {
    static const char *const names[] = {"file", "conversation", "place", "reason", "remedy"};
    json_object_open(out, NULL);
    for (int i = 0; i < 5; i++) json_write_masked_title(out, names[i], db_text(stmt, i + 1), NULL);
    json_object_close(out);
}

cs_error refusal_list(cs_db *db, int64_t import, int limit, const char *after, cs_json_writer *out,
                      cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    char *end = NULL, next[24] = "";
    int64_t last = after && *after ? strtoll(after, &end, 10) : 0;
    int count = 0;
    if (end && *end) {
        (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of after is not understood", after);
        message_remedy(message, "after takes the next of the page before");
        return CS_ERR_USAGE;
    }
    cs_error code =
        db_query(db,
                 "SELECT number, file, conversation, place, reason, remedy FROM import_refusal WHERE import "
                 "= :import AND number > :last ORDER BY number LIMIT :limit",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", import);
    db_bind_int64(stmt, "last", last);
    db_bind_int64(stmt, "limit", limit + 1);
    json_object_open(out, NULL);
    json_array_open(out, "items");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        if (count++ == limit) {
            (void)snprintf(next, sizeof next, "%lld", (long long)last);
            break;
        }
        last = db_int64(stmt, 0);
        write_one(stmt, out);
    }
    db_done(stmt);
    json_array_close(out);
    json_write_string(out, "next", *next ? next : NULL);
    json_object_close(out);
    return code;
}
