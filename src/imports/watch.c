#include "imports/watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "imports/import_sources.h"
#include "imports/watch_files.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct cs_watch {
    char *data, *folder, *mapping;
    cs_runner *runner;
    int look_ms;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t is_woken;
    bool is_ending; /* under the lock */
    cs_watch_files *files; /* the thread's own, from here on */
    cs_db *db;
    bool is_gone, is_troubled;
};

/* ---- one look ---- */

static bool is_there(cs_watch *watch) {
    bool is_gone = access(watch->folder, R_OK | X_OK) != 0;
    if (is_gone && !watch->is_gone)
        log_line(CS_LOG_WARN, "the watched folder %s can't be read any more: it is looked for again", watch->folder);
    if (!is_gone && watch->is_gone) log_line(CS_LOG_WARN, "the watched folder %s is back", watch->folder);
    watch->is_gone = is_gone;
    return !is_gone;
}

static cs_error open_store(cs_watch *watch, cs_message *message) {
    if (watch->db && db_is_lost(watch->db)) {
        db_close(watch->db);
        watch->db = NULL;
    }
    return watch->db ? CS_OK : db_open(watch->data, CS_DB_WRITE, &watch->db, message);
}

/* The row and the list of its files are there together, or neither is. */
static cs_error begin_import(cs_watch *watch, const char *const *paths, size_t count, cs_message *message) {
    const char *slash = strrchr(watch->folder, '/');
    const cs_import_start start = {.how = CS_IMPORT_WATCH,
                                   .state = CS_IMPORT_STATE_WAITING,
                                   .name = slash && slash[1] ? slash + 1 : watch->folder};
    int64_t number = 0;
    cs_error code = open_store(watch, message);
    if (code == CS_OK) code = db_begin(watch->db, message);
    if (code != CS_OK) return code;
    code = import_create(watch->db, &start, clock_now_ms(), &number, message);
    if (code == CS_OK) code = import_sources_note(watch->data, number, paths, count, watch->mapping, message);
    if (code == CS_OK) return db_commit(watch->db, message);
    db_rollback(watch->db);
    return code;
}

static void look(cs_watch *watch) {
    const char *const *paths = NULL;
    size_t count = 0;
    cs_message message = {0};
    if (!is_there(watch)) return;
    cs_error code = watch_files_look(watch->files, watch->folder, &paths, &count, &message);
    if (code == CS_OK && count > 0) code = begin_import(watch, paths, count, &message);
    if (code == CS_OK && count > 0) {
        watch_files_taken(watch->files);
        runner_notice(watch->runner);
    }
    if (code != CS_OK && !watch->is_troubled)
        log_line(CS_LOG_WARN, "the watched folder is not read in: %s%s%s", message.reason, *message.place ? ", " : "",
                 message.place);
    watch->is_troubled = code != CS_OK; /* it is tried again at each look, and told once */
}

/* ---- the thread ---- */

static bool wait_for_next(cs_watch *watch) {
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + (int64_t)watch->look_ms * 1000000;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    (void)pthread_mutex_lock(&watch->lock);
    int waited = 0;
    while (!watch->is_ending && waited == 0) waited = pthread_cond_timedwait(&watch->is_woken, &watch->lock, &until);
    bool goes_on = !watch->is_ending;
    (void)pthread_mutex_unlock(&watch->lock);
    return goes_on;
}

static void *run(void *context) {
    cs_watch *watch = context;
    do look(watch);
    while (wait_for_next(watch));
    return NULL;
}

static void release(cs_watch *watch) {
    watch_files_free(watch->files);
    db_close(watch->db);
    (void)pthread_cond_destroy(&watch->is_woken);
    (void)pthread_mutex_destroy(&watch->lock);
    free(watch->data);
    free(watch->folder);
    free(watch->mapping);
    free(watch);
}

static cs_error refuse_folder(const char *folder, cs_message *message) {
    (void)message_set(message, CS_ERR_NOT_FOUND, "the folder %.200s can't be read", folder);
    message_remedy(message, "make it, or name another with --watch DIR");
    return CS_ERR_NOT_FOUND;
}

cs_error watch_start(const cs_watch_options *options, cs_watch **out, cs_message *message) {
    if (access(options->folder, R_OK | X_OK) != 0) return refuse_folder(options->folder, message);
    cs_watch *watch = calloc(1, sizeof *watch);
    if (!watch) return message_set(message, CS_ERR_MEMORY, "no memory to watch a folder");
    (void)pthread_mutex_init(&watch->lock, NULL);
    (void)pthread_cond_init(&watch->is_woken, NULL);
    watch->runner = options->runner;
    watch->look_ms = options->look_ms > 0 ? options->look_ms : CS_WATCH_LOOK_MS;
    watch->data = strdup(options->data);
    watch->folder = realpath(options->folder, NULL);
    watch->mapping = options->mapping ? realpath(options->mapping, NULL) : NULL;
    watch->files = watch_files_create();
    bool is_good = watch->data && watch->folder && watch->files && (!options->mapping || watch->mapping);
    if (!is_good || pthread_create(&watch->thread, NULL, run, watch) != 0) {
        release(watch);
        return message_set(message, CS_ERR_MEMORY, "the system gave no thread to watch a folder");
    }
    *out = watch;
    return CS_OK;
}

void watch_stop(cs_watch *watch) {
    if (!watch) return;
    (void)pthread_mutex_lock(&watch->lock);
    watch->is_ending = true;
    (void)pthread_cond_signal(&watch->is_woken);
    (void)pthread_mutex_unlock(&watch->lock);
    (void)pthread_join(watch->thread, NULL);
    release(watch);
}
