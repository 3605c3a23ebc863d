#include "quality/playback_shelf.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct cs_place {
    cs_playback *playback; /* NULL: empty */
    int64_t since_ms;
    char name[CS_SHELF_NAME_CHARS + 1];
} cs_place;

struct cs_playback_shelf {
    pthread_mutex_t lock; /* never held while a playback is opened or closed */
    cs_place places[CS_SHELF_PLACES];
};

cs_error playback_shelf_create(cs_playback_shelf **out, cs_message *message) {
    cs_playback_shelf *shelf = calloc(1, sizeof *shelf);
    if (!shelf || pthread_mutex_init(&shelf->lock, NULL) != 0) {
        free(shelf);
        return message_set(message, CS_ERR_MEMORY, "no memory to keep recordings open");
    }
    *out = shelf;
    return CS_OK;
}

void playback_shelf_free(cs_playback_shelf *shelf) {
    if (!shelf) return;
    for (size_t i = 0; i < CS_SHELF_PLACES; i++) playback_close(shelf->places[i].playback);
    (void)pthread_mutex_destroy(&shelf->lock);
    free(shelf);
}

/* Moves what was not wanted any more to old. */
static void clear_old(cs_playback_shelf *shelf, int64_t now, cs_playback *old[CS_SHELF_PLACES]) {
    for (size_t i = 0; i < CS_SHELF_PLACES; i++) {
        cs_place *place = &shelf->places[i];
        old[i] = NULL;
        if (!place->playback || now - place->since_ms < CS_SHELF_MS) continue;
        old[i] = place->playback;
        place->playback = NULL;
    }
}

static void close_all(cs_playback *old[CS_SHELF_PLACES]) {
    for (size_t i = 0; i < CS_SHELF_PLACES; i++) playback_close(old[i]);
}

cs_playback *playback_shelf_take(cs_playback_shelf *shelf, const char *name) {
    cs_playback *old[CS_SHELF_PLACES], *found = NULL;
    (void)pthread_mutex_lock(&shelf->lock);
    clear_old(shelf, clock_steady_ms(), old);
    for (size_t i = 0; !found && i < CS_SHELF_PLACES; i++) {
        cs_place *place = &shelf->places[i];
        if (!place->playback || strcmp(place->name, name) != 0) continue;
        found = place->playback;
        place->playback = NULL;
    }
    (void)pthread_mutex_unlock(&shelf->lock);
    close_all(old);
    return found;
}

void playback_shelf_put(cs_playback_shelf *shelf, const char *name, cs_playback *playback) {
    cs_playback *old[CS_SHELF_PLACES], *too_much;
    int64_t now = clock_steady_ms();
    if (strlen(name) > CS_SHELF_NAME_CHARS) {
        playback_close(playback);
        return;
    }
    (void)pthread_mutex_lock(&shelf->lock);
    clear_old(shelf, now, old);
    cs_place *place = &shelf->places[0];
    for (size_t i = 1; i < CS_SHELF_PLACES && place->playback; i++) {
        cs_place *other = &shelf->places[i];
        if (!other->playback || other->since_ms < place->since_ms) place = other;
    }
    too_much = place->playback;
    place->playback = playback;
    place->since_ms = now;
    (void)memcpy(place->name, name, strlen(name) + 1);
    (void)pthread_mutex_unlock(&shelf->lock);
    playback_close(too_much);
    close_all(old);
}
