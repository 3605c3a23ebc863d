#include "base/queue.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

struct cs_queue {
    pthread_mutex_t lock;
    pthread_cond_t has_room, has_item;
    size_t capacity, first, count;
    bool is_closed;
    void *items[];
};

/* Waiting with a limit runs on the steady clock, so that setting the wall clock does not lengthen it. */
static bool start_condition(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return false;
    bool is_started =
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 && pthread_cond_init(condition, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return is_started;
}

cs_queue *queue_create(size_t capacity) {
    if (capacity == 0 || capacity > (SIZE_MAX - sizeof(cs_queue)) / sizeof(void *)) return NULL;
    cs_queue *queue = calloc(1, sizeof *queue + capacity * sizeof(void *));
    if (!queue) return NULL;
    queue->capacity = capacity;
    if (pthread_mutex_init(&queue->lock, NULL) != 0) goto no_lock;
    if (!start_condition(&queue->has_room)) goto no_room;
    if (!start_condition(&queue->has_item)) goto no_item;
    return queue;
no_item:
    pthread_cond_destroy(&queue->has_room);
no_room:
    pthread_mutex_destroy(&queue->lock);
no_lock:
    free(queue);
    return NULL;
}

void queue_free(cs_queue *queue) {
    if (!queue) return;
    pthread_cond_destroy(&queue->has_item);
    pthread_cond_destroy(&queue->has_room);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

bool queue_put(cs_queue *queue, void *item) {
    pthread_mutex_lock(&queue->lock);
    while (queue->count == queue->capacity && !queue->is_closed) pthread_cond_wait(&queue->has_room, &queue->lock);
    bool is_open = !queue->is_closed;
    if (is_open) {
        queue->items[(queue->first + queue->count) % queue->capacity] = item;
        queue->count++;
        pthread_cond_signal(&queue->has_item);
    }
    pthread_mutex_unlock(&queue->lock);
    return is_open;
}

/* The lock is held. */
static void *take_first(cs_queue *queue) {
    if (queue->count == 0) return NULL;
    void *item = queue->items[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->count--;
    pthread_cond_signal(&queue->has_room);
    return item;
}

void *queue_take(cs_queue *queue) {
    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0 && !queue->is_closed) pthread_cond_wait(&queue->has_item, &queue->lock);
    void *item = take_first(queue);
    pthread_mutex_unlock(&queue->lock);
    return item;
}

void *queue_take_within(cs_queue *queue, int wait_ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    if (wait_ms < 0) wait_ms = 0;
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&queue->lock);
    int outcome = 0;
    while (queue->count == 0 && !queue->is_closed && outcome == 0)
        outcome = pthread_cond_timedwait(&queue->has_item, &queue->lock, &until);
    void *item = take_first(queue);
    pthread_mutex_unlock(&queue->lock);
    return item;
}

void queue_close(cs_queue *queue) {
    pthread_mutex_lock(&queue->lock);
    queue->is_closed = true;
    pthread_cond_broadcast(&queue->has_item);
    pthread_cond_broadcast(&queue->has_room);
    pthread_mutex_unlock(&queue->lock);
}

bool queue_is_done(cs_queue *queue) {
    pthread_mutex_lock(&queue->lock);
    bool is_done = queue->is_closed && queue->count == 0;
    pthread_mutex_unlock(&queue->lock);
    return is_done;
}
