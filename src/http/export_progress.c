#include "http/export_progress.h"

#include "base/clock.h"

#include <pthread.h>
#include <string.h>

enum { PLACES = 64, KEPT_MS = 60000 };

typedef struct place {
    char ticket[CS_TICKET_CHARS + 1]; /* empty: free */
    int64_t account, done, used_ms;
    bool wants_stop, has_ended, has_begun;
} place;

/* Of the process: an export and the questions about it come on threads, and connections, of their own. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static place places[PLACES];

bool export_ticket_is_sound(const char *ticket) {
    return strlen(ticket) == CS_TICKET_CHARS && strspn(ticket, "0123456789abcdef") == CS_TICKET_CHARS;
}

static place *find(const char *ticket, int64_t account) {
    for (int i = 0; i < PLACES; i++)
        if (places[i].account == account && strcmp(places[i].ticket, ticket) == 0) return &places[i];
    return NULL;
}

/* One that nobody will ask after any more; NULL: all are taken. */
static place *make(const char *ticket, int64_t account) {
    int64_t now_ms = clock_steady_ms();
    for (int i = 0; i < PLACES; i++) {
        place *one = &places[i];
        bool is_over = one->has_ended || !one->has_begun;
        if (one->ticket[0] && !(is_over && now_ms - one->used_ms > KEPT_MS)) continue;
        *one = (place){.account = account, .used_ms = now_ms};
        memcpy(one->ticket, ticket, CS_TICKET_CHARS + 1);
        return one;
    }
    return NULL;
}

static place *find_or_make(const char *ticket, int64_t account) {
    place *one = find(ticket, account);
    return one ? one : make(ticket, account);
}

void export_progress_begin(const char *ticket, int64_t account) {
    (void)pthread_mutex_lock(&lock);
    place *one = find_or_make(ticket, account);
    if (one) one->has_begun = true;
    (void)pthread_mutex_unlock(&lock);
}

bool export_progress_step(const char *ticket, int64_t account) {
    (void)pthread_mutex_lock(&lock);
    place *one = find(ticket, account);
    bool wants_stop = one && one->wants_stop;
    if (one) {
        one->done++;
        one->used_ms = clock_steady_ms();
    }
    (void)pthread_mutex_unlock(&lock);
    return wants_stop;
}

void export_progress_end(const char *ticket, int64_t account) {
    (void)pthread_mutex_lock(&lock);
    place *one = find(ticket, account);
    if (one) {
        one->has_ended = true;
        one->used_ms = clock_steady_ms();
    }
    (void)pthread_mutex_unlock(&lock);
}

bool export_progress_look(const char *ticket, int64_t account, int64_t *done, bool *has_ended) {
    (void)pthread_mutex_lock(&lock);
    const place *one = find(ticket, account);
    *done = one ? one->done : 0;
    *has_ended = one && one->has_ended;
    (void)pthread_mutex_unlock(&lock);
    return one != NULL;
}

void export_progress_stop(const char *ticket, int64_t account) {
    (void)pthread_mutex_lock(&lock);
    place *one = find_or_make(ticket, account);
    if (one) one->wants_stop = true;
    (void)pthread_mutex_unlock(&lock);
}
