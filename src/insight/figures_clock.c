#include "insight/figures_clock.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/ticker.h"
#include "insight/figures_refresh.h"
#include "insight/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 2000, COST_TIMES = 20, MOST_WAIT_MS = 600000 };

struct cs_figures_clock {
    cs_ticker *ticker;
    char *data, *rules_path;
    cs_db *db; /* for looking; NULL: none yet */
    bool has_measures; /* they are in the store */
    char trouble[384]; /* that was said already */
};

static void say(cs_figures_clock *clock, const cs_message *message) {
    if (strcmp(clock->trouble, message->reason) == 0) return;
    (void)snprintf(clock->trouble, sizeof clock->trouble, "%s", message->reason);
    log_line(CS_LOG_WARN, "figures are not counted: %s%s%s", message->reason, *message->place ? ", " : "",
             message->place);
}

static void close_db(cs_figures_clock *clock) {
    db_close(clock->db);
    clock->db = NULL;
}

static void keep_measures(cs_figures_clock *clock) {
    cs_message message = {0};
    if (clock->has_measures) return;
    clock->has_measures = true; /* a file that can't be read is said once */
    if (measures_keep(clock->data, clock->rules_path, false, &message) != CS_OK)
        log_line(CS_LOG_WARN, "measures are not read: %s%s%s", message.reason, *message.place ? ", " : "",
                 message.place);
}

/* A store that is not there, empty, or of another version is the server's business to tell. */
static cs_error look(cs_figures_clock *clock, bool *is_due, cs_message *message) {
    *is_due = false;
    if (clock->db && db_is_lost(clock->db)) {
        close_db(clock);
        clock->has_measures = false;
    }
    if (!clock->db && db_open(clock->data, CS_DB_READ, &clock->db, message) != CS_OK) {
        clock->db = NULL;
        return CS_OK;
    }
    keep_measures(clock);
    return figures_are_due(clock->db, is_due, message);
}

/* How long until the next look. */
static int64_t turn(void *context, const atomic_bool *is_stopped) {
    cs_figures_clock *clock = context;
    cs_message message = {0};
    cs_figures_work work;
    bool is_due = false;
    cs_error code = look(clock, &is_due, &message);
    if (code == CS_OK && !is_due) return LOOK_MS;
    int64_t began = clock_steady_ms();
    if (code == CS_OK) code = figures_refresh(clock->data, false, is_stopped, &work, &message);
    int64_t wait = (clock_steady_ms() - began) * COST_TIMES;
    if (code != CS_OK && code != CS_ERR_STOPPED) {
        say(clock, &message);
        close_db(clock);
        wait = LOOK_MS * 5;
    } else {
        clock->trouble[0] = 0;
    }
    return wait < LOOK_MS ? LOOK_MS : wait > MOST_WAIT_MS ? MOST_WAIT_MS : wait;
}

cs_error figures_clock_start(const char *data, const char *rules_path, cs_figures_clock **out, cs_message *message) {
    cs_figures_clock *clock = calloc(1, sizeof *clock);
    if (!clock) return message_set(message, CS_ERR_MEMORY, "no memory for the clock of figures");
    clock->data = strdup(data);
    clock->rules_path = strdup(rules_path);
    cs_error code = clock->data && clock->rules_path
                        ? ticker_start(turn, clock, &clock->ticker, message)
                        : message_set(message, CS_ERR_MEMORY, "no memory for the clock of figures");
    if (code == CS_OK)
        *out = clock;
    else
        figures_clock_stop(clock);
    return code;
}

void figures_clock_stop(cs_figures_clock *clock) {
    if (!clock) return;
    ticker_stop(clock->ticker);
    close_db(clock);
    free(clock->data);
    free(clock->rules_path);
    free(clock);
}
