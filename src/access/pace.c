#include "access/pace.h"

#include "base/hash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 1024, WAYS = 8, MOST_DOUBLINGS = 20 };

typedef struct cs_mark {
    cs_hash who;
    bool is_taken;
    int failures;
    int64_t at_ms; /* last touched */
    int64_t drops; /* of the bucket, in thousandths */
} cs_mark;

struct cs_pace {
    pthread_mutex_t lock;
    cs_mark marks[SETS][WAYS];
};

cs_pace *pace_create(void) {
    cs_pace *pace = calloc(1, sizeof *pace);
    if (pace && pthread_mutex_init(&pace->lock, NULL) == 0) return pace;
    free(pace);
    return NULL;
}

void pace_free(cs_pace *pace) {
    if (!pace) return;
    (void)pthread_mutex_destroy(&pace->lock);
    free(pace);
}

/* NULL: not known, and not makes. */
static cs_mark *find(cs_pace *pace, const char *who, bool makes, int64_t now_ms) {
    cs_hash hash = hash_bytes(who, strlen(who));
    cs_mark *set = pace->marks[(hash.bytes[0] | hash.bytes[1] << 8) % SETS], *oldest = set;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].is_taken && hash_equal(set[i].who, hash)) return &set[i];
        if (!set[i].is_taken || (oldest->is_taken && set[i].at_ms < oldest->at_ms)) oldest = &set[i];
    }
    if (!makes) return NULL;
    *oldest = (cs_mark){.who = hash, .is_taken = true, .at_ms = now_ms};
    return oldest;
}

static int64_t penalty(int failures, int quick) {
    int doublings = failures - quick + 1;
    if (doublings <= 0) return 0;
    int64_t ms = doublings > MOST_DOUBLINGS ? CS_PACE_LONGEST_MS : 1000LL << doublings;
    return ms < CS_PACE_LONGEST_MS ? ms : CS_PACE_LONGEST_MS;
}

int64_t pace_wait_ms(cs_pace *pace, const char *who, int quick, int64_t now_ms) {
    int64_t wait = 0;
    (void)pthread_mutex_lock(&pace->lock);
    cs_mark *mark = find(pace, who, false, now_ms);
    if (mark) {
        int64_t since = now_ms - mark->at_ms, all = penalty(mark->failures, quick);
        if (since >= all + CS_PACE_LONGEST_MS) mark->is_taken = false;
        wait = since < all ? all - since : 0;
    }
    (void)pthread_mutex_unlock(&pace->lock);
    return wait;
}

void pace_failed(cs_pace *pace, const char *who, int64_t now_ms) {
    (void)pthread_mutex_lock(&pace->lock);
    cs_mark *mark = find(pace, who, true, now_ms);
    mark->failures++;
    mark->at_ms = now_ms;
    (void)pthread_mutex_unlock(&pace->lock);
}

void pace_succeeded(cs_pace *pace, const char *who) {
    (void)pthread_mutex_lock(&pace->lock);
    cs_mark *mark = find(pace, who, false, 0);
    if (mark) mark->is_taken = false;
    (void)pthread_mutex_unlock(&pace->lock);
}

int64_t pace_take(cs_pace *pace, const char *who, int64_t most, int64_t a_second, int64_t now_ms) {
    int64_t wait = 0;
    (void)pthread_mutex_lock(&pace->lock);
    cs_mark *mark = find(pace, who, false, now_ms);
    if (!mark) {
        mark = find(pace, who, true, now_ms);
        mark->drops = most * 1000;
    }
    int64_t since = now_ms > mark->at_ms ? now_ms - mark->at_ms : 0;
    if (since > 1000000) since = 1000000; /* full long before */
    mark->drops += since * a_second;
    if (mark->drops > most * 1000) mark->drops = most * 1000;
    mark->at_ms = now_ms;
    if (mark->drops >= 1000)
        mark->drops -= 1000;
    else
        wait = (1000 - mark->drops + a_second - 1) / a_second;
    (void)pthread_mutex_unlock(&pace->lock);
    return wait;
}
