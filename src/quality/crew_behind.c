/* What waits behind all else: recordings that are to be recognised again. Any crew lists them and gives them to the queue; one whose
 * speech is off, or that lacks the model which was named, takes none of them. */
#include "base/clock.h"
#include "quality/crew_hand.h"
#include "quality/recording_speech.h"
#include "quality/speech_again.h"
#include "quality/speech_choice.h"

#include <string.h>

enum {
    LOOK_MS = 1000,
    GIVEN_FOR_EACH = 8, /* hand: so many lie in the queue */
    GIVEN_AT_LEAST = 32, /* other machines take theirs */
    STEPS_AT_ONCE = 20,
};

typedef struct stepping {
    const char *data;
    int64_t most;
    bool goes_on;
} stepping;

static cs_error step(void *context, cs_db *db, cs_message *message) {
    stepping *s = context;
    return speech_again_step(db, s->data, s->most, &s->goes_on, message);
}

static bool may_take(const cs_crew *crew, const cs_speech_again_due *due) {
    if (!due->number || (crew->speech && strcmp(crew->speech, CS_SPEECH_OFF) == 0)) return false;
    return !*due->model || speech_model_is_here(due->model, crew->data);
}

cs_error crew_look_behind(cs_crew *crew, cs_message *message) {
    int64_t now = clock_steady_ms();
    cs_speech_again_due due;
    int64_t most = (int64_t)crew->options.workers * GIVEN_FOR_EACH;
    stepping s = {.data = crew->data, .most = most < GIVEN_AT_LEAST ? GIVEN_AT_LEAST : most};
    if (crew->behind_ms && now - crew->behind_ms < LOOK_MS) return CS_OK;
    crew->behind_ms = now;
    cs_error code = speech_again_look(crew->db, s.most, &due, message);
    if (code != CS_OK) return code;
    crew->behind = may_take(crew, &due) ? -due.number : 0;
    s.goes_on = due.must_step;
    for (int i = 0; code == CS_OK && s.goes_on && i < STEPS_AT_ONCE; i++)
        code = writer_run_now(crew->writer, step, &s, message);
    if (s.goes_on) crew->behind_ms = 0; /* with the next look */
    return code;
}
