#include "access/session_clock.h"

#include "access/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/ticker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NOTES = 512, LOOK_MS = 2000, FORGET_MS = 3600 * 1000 };

typedef struct cs_note {
    int64_t session, seen_ms;
} cs_note;

struct cs_session_clock {
    char *data;
    cs_ticker *ticker;
    pthread_mutex_t lock; /* guards the notes */
    cs_note notes[MOST_NOTES];
    size_t count;
    int64_t forgot_ms; /* steady */
};

void session_clock_note(cs_session_clock *clock, int64_t session, int64_t now_ms) {
    (void)pthread_mutex_lock(&clock->lock);
    size_t i = 0;
    while (i < clock->count && clock->notes[i].session != session) i++;
    if (i < MOST_NOTES) clock->notes[i] = (cs_note){session, now_ms};
    if (i == clock->count && i < MOST_NOTES) clock->count++;
    (void)pthread_mutex_unlock(&clock->lock);
}

static size_t take_notes(cs_session_clock *clock, cs_note *out) {
    (void)pthread_mutex_lock(&clock->lock);
    size_t count = clock->count;
    if (count) (void)memcpy(out, clock->notes, count * sizeof *out);
    clock->count = 0;
    (void)pthread_mutex_unlock(&clock->lock);
    return count;
}

static cs_error write_notes(cs_db *db, const cs_note *notes, size_t count, bool forgets, cs_message *message) {
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    for (size_t i = 0; code == CS_OK && i < count; i++)
        code = session_seen(db, notes[i].session, notes[i].seen_ms, message);
    if (code == CS_OK && forgets) code = session_forget_ended(db, clock_now_ms(), message);
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

static int64_t turn(void *context, const atomic_bool *is_stopped) {
    cs_session_clock *clock = context;
    cs_note notes[MOST_NOTES];
    cs_db *db = NULL;
    cs_message message = {0};
    (void)is_stopped;
    size_t count = take_notes(clock, notes);
    if (count == 0) return LOOK_MS; /* nobody is here: there is no hurry to forget either */
    int64_t now = clock_steady_ms();
    bool forgets = clock->forgot_ms == 0 || now - clock->forgot_ms >= FORGET_MS;
    cs_error code = db_open(clock->data, CS_DB_WRITE, &db, &message);
    if (code == CS_OK) code = write_notes(db, notes, count, forgets, &message);
    if (code == CS_OK && forgets) clock->forgot_ms = now;
    if (code != CS_OK) log_line(CS_LOG_WARN, "when sessions were last seen is not written: %s", message.reason);
    db_close(db);
    return LOOK_MS;
}

cs_error session_clock_start(const char *data, cs_session_clock **out, cs_message *message) {
    cs_session_clock *clock = calloc(1, sizeof *clock);
    if (!clock || !(clock->data = strdup(data)) || pthread_mutex_init(&clock->lock, NULL) != 0) {
        if (clock) free(clock->data);
        free(clock);
        return message_set(message, CS_ERR_MEMORY, "no memory for the clock of sessions");
    }
    cs_error code = ticker_start(turn, clock, &clock->ticker, message);
    if (code != CS_OK) {
        session_clock_stop(clock);
        return code;
    }
    *out = clock;
    return CS_OK;
}

void session_clock_stop(cs_session_clock *clock) {
    static const atomic_bool not_stopped = false;
    if (!clock) return;
    ticker_stop(clock->ticker);
    (void)turn(clock, &not_stopped);
    (void)pthread_mutex_destroy(&clock->lock);
    free(clock->data);
    free(clock);
}
