#include "base/ticker.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct cs_ticker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t is_woken;
    atomic_bool is_stopped; /* set under the lock, so that a waiter can't miss it */
    cs_tick tick;
    void *context;
};

static struct timespec moment_in(int64_t ms) {
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    return until;
}

static void wait_for_next(cs_ticker *ticker, int64_t ms) {
    const struct timespec until = moment_in(ms);
    int waited = 0;
    (void)pthread_mutex_lock(&ticker->lock);
    while (!atomic_load(&ticker->is_stopped) && waited == 0)
        waited = pthread_cond_timedwait(&ticker->is_woken, &ticker->lock, &until);
    (void)pthread_mutex_unlock(&ticker->lock);
}

static void *run(void *context) {
    cs_ticker *ticker = context;
    while (!atomic_load(&ticker->is_stopped)) {
        int64_t ms = ticker->tick(ticker->context, &ticker->is_stopped);
        wait_for_next(ticker, ms > 0 ? ms : 0);
    }
    return NULL;
}

static void release(cs_ticker *ticker) {
    (void)pthread_cond_destroy(&ticker->is_woken);
    (void)pthread_mutex_destroy(&ticker->lock);
    free(ticker);
}

cs_error ticker_start(cs_tick tick, void *context, cs_ticker **out, cs_message *message) {
    cs_ticker *ticker = calloc(1, sizeof *ticker);
    pthread_condattr_t steady;
    if (!ticker) return message_set(message, CS_ERR_MEMORY, "no memory for a thread of the program");
    atomic_init(&ticker->is_stopped, false);
    ticker->tick = tick;
    ticker->context = context;
    (void)pthread_mutex_init(&ticker->lock, NULL);
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&ticker->is_woken, &steady);
    (void)pthread_condattr_destroy(&steady);
    if (pthread_create(&ticker->thread, NULL, run, ticker) != 0) {
        release(ticker);
        return message_set(message, CS_ERR_MEMORY, "the system gives the program no more threads");
    }
    *out = ticker;
    return CS_OK;
}

void ticker_stop(cs_ticker *ticker) {
    if (!ticker) return;
    (void)pthread_mutex_lock(&ticker->lock);
    atomic_store(&ticker->is_stopped, true);
    (void)pthread_cond_signal(&ticker->is_woken);
    (void)pthread_mutex_unlock(&ticker->lock);
    (void)pthread_join(ticker->thread, NULL);
    release(ticker);
}
