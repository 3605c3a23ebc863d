#include "quality/deferred_clock.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/ticker.h"
#include "quality/archive.h"
#include "quality/deferred.h"

#include <stdlib.h>
#include <string.h>

struct cs_deferred_clock {
    cs_ticker *ticker;
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
static int64_t look(void *context, const atomic_bool *is_stopped) {
    cs_deferred_clock *clock = context;
    cs_db *db = NULL;
    cs_message message = {0};
    bool has_work = false;
    (void)is_stopped;
    if (db_open(clock->data, CS_DB_READ, &db, &message) != CS_OK) return clock->every_ms;
    cs_error code = hold_rules(clock, db, &message);
    if (code == CS_OK) code = deferred_has_work(db, clock->rules, clock_now_ms(), &has_work, &message);
    db_close(db);
    if (code == CS_OK && has_work) code = run_once(clock, &message);
    if (code != CS_OK && code != CS_ERR_NOT_FOUND)
        log_line(CS_LOG_WARN, "obligations are not judged: %s%s%s", message.reason, *message.place ? ", " : "",
                 message.place);
    return clock->every_ms;
}

cs_error deferred_clock_start(const char *data, int64_t every_ms, cs_deferred_clock **out, cs_message *message) {
    cs_deferred_clock *clock = calloc(1, sizeof *clock);
    if (!clock || !(clock->data = strdup(data))) {
        free(clock);
        return message_set(message, CS_ERR_MEMORY, "no memory for the clock of obligations");
    }
    clock->every_ms = every_ms;
    cs_error code = ticker_start(look, clock, &clock->ticker, message);
    if (code == CS_OK)
        *out = clock;
    else
        deferred_clock_stop(clock);
    return code;
}

void deferred_clock_stop(cs_deferred_clock *clock) {
    if (!clock) return;
    ticker_stop(clock->ticker);
    ruleset_release(clock->rules);
    free(clock->data);
    free(clock);
}
