#include "quality/deferred_clock.h"

#include "base/clock.h"
#include "base/log.h"
#include "quality/archive.h"
#include "quality/deferred.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct cs_deferred_clock {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t is_woken;
    bool is_stopped; /* under the lock */
    int64_t every_ms;
    char *data;
    cs_ruleset *rules; /* of the last look; NULL: none yet */
};

/* The store's current rules, compiled once and kept until it names others. */
static cs_error hold_rules(cs_deferred_clock *clock, cs_db *db, cs_message *message) {
    cs_hash id;
    cs_error code = archive_current_ruleset(db, &id, message);
    if (code != CS_OK || (clock->rules && hash_equal(ruleset_id(clock->rules), id))) return code;
    cs_ruleset *loaded = NULL;
    code = archive_load_ruleset(db, id, &loaded, message);
    if (code != CS_OK) return code;
    ruleset_release(clock->rules);
    clock->rules = loaded;
    return CS_OK;
}

static cs_error run_once(cs_deferred_clock *clock, cs_message *message) {
    cs_db *db = NULL;
    cs_deferred_counts counts;
    cs_error code = db_open(clock->data, CS_DB_WRITE, &db, message);
    if (code == CS_OK) code = deferred_run(db, clock->rules, clock_now_ms(), &counts, message);
    db_close(db);
    return code;
}

/* A store that is not there, empty, or of another version is the server's business to tell. */
static void look(cs_deferred_clock *clock) {
    cs_db *db = NULL;
    cs_message message = {0};
    bool has_work = false;
    if (db_open(clock->data, CS_DB_READ, &db, &message) != CS_OK) return;
    cs_error code = hold_rules(clock, db, &message);
    if (code == CS_OK) code = deferred_has_work(db, clock->rules, clock_now_ms(), &has_work, &message);
    db_close(db);
    if (code == CS_OK && has_work) code = run_once(clock, &message);
    if (code != CS_OK && code != CS_ERR_NOT_FOUND)
        log_line(CS_LOG_WARN, "obligations are not judged: %s %s", message.reason, message.place);
}

static bool wait_for_next(cs_deferred_clock *clock) {
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += clock->every_ms / 1000;
    until.tv_nsec += clock->every_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_mutex_lock(&clock->lock);
    int waited = 0;
    while (!clock->is_stopped && waited == 0) waited = pthread_cond_timedwait(&clock->is_woken, &clock->lock, &until);
    bool goes_on = !clock->is_stopped;
    (void)pthread_mutex_unlock(&clock->lock);
    return goes_on;
}

static void *tick(void *context) {
    cs_deferred_clock *clock = context;
    do look(clock);
    while (wait_for_next(clock));
    return NULL;
}

static void release(cs_deferred_clock *clock) {
    ruleset_release(clock->rules);
    (void)pthread_cond_destroy(&clock->is_woken);
    (void)pthread_mutex_destroy(&clock->lock);
    free(clock->data);
    free(clock);
}

cs_error deferred_clock_start(const char *data, int64_t every_ms, cs_deferred_clock **out, cs_message *message) {
    cs_deferred_clock *clock = calloc(1, sizeof *clock);
    if (!clock) return message_set(message, CS_ERR_MEMORY, "no memory for the clock of obligations");
    clock->every_ms = every_ms;
    clock->data = strdup(data);
    (void)pthread_mutex_init(&clock->lock, NULL);
    (void)pthread_cond_init(&clock->is_woken, NULL);
    if (!clock->data || pthread_create(&clock->thread, NULL, tick, clock) != 0) {
        release(clock);
        return message_set(message, CS_ERR_MEMORY, "the system gave no thread for the clock of obligations");
    }
    *out = clock;
    return CS_OK;
}

void deferred_clock_stop(cs_deferred_clock *clock) {
    if (!clock) return;
    (void)pthread_mutex_lock(&clock->lock);
    clock->is_stopped = true;
    (void)pthread_cond_signal(&clock->is_woken);
    (void)pthread_mutex_unlock(&clock->lock);
    (void)pthread_join(clock->thread, NULL);
    release(clock);
}
