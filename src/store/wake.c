#include "store/wake.h"

#include "store/wake_listener.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct cs_wake {
    pthread_mutex_t lock;
    pthread_cond_t is_posted;
    uint64_t count;
    cs_wake_listener *listener;
};

cs_wake *wake_create(void) {
    cs_wake *wake = calloc(1, sizeof *wake);
    if (!wake) return NULL;
    pthread_condattr_t steady;
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&wake->lock, NULL);
    (void)pthread_cond_init(&wake->is_posted, &steady);
    (void)pthread_condattr_destroy(&steady);
    return wake;
}

void wake_free(cs_wake *wake) {
    if (!wake) return;
    wake_listener_stop(wake->listener);
    (void)pthread_cond_destroy(&wake->is_posted);
    (void)pthread_mutex_destroy(&wake->lock);
    free(wake);
}

uint64_t wake_count(cs_wake *wake) {
    if (!wake) return 0;
    (void)pthread_mutex_lock(&wake->lock);
    uint64_t count = wake->count;
    (void)pthread_mutex_unlock(&wake->lock);
    return count;
}

static struct timespec after_ms(int64_t ms) {
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    return until;
}

void wake_wait(cs_wake *wake, uint64_t seen, int64_t most_ms) {
    struct timespec until = after_ms(most_ms);
    if (!wake) {
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        return;
    }
    (void)pthread_mutex_lock(&wake->lock);
    int waited = 0;
    while (wake->count == seen && waited == 0) waited = pthread_cond_timedwait(&wake->is_posted, &wake->lock, &until);
    (void)pthread_mutex_unlock(&wake->lock);
}

void wake_post(cs_wake *wake) {
    if (!wake) return;
    (void)pthread_mutex_lock(&wake->lock);
    wake->count++;
    (void)pthread_cond_broadcast(&wake->is_posted);
    (void)pthread_mutex_unlock(&wake->lock);
}

cs_error wake_tell(cs_db *db, cs_message *message) {
    cs_stmt *stmt = NULL;
    if (db_kind(db) == CS_DB_SQLITE) return CS_OK;
    cs_error code = db_query(db, "SELECT pg_notify('callscope_work', '')", &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

static void on_told(void *context) {
    wake_post(context);
}

cs_error wake_listen(cs_wake *wake, const char *data, cs_message *message) {
    return wake_listener_start(data, on_told, wake, &wake->listener, message);
}
