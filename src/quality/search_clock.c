#include "quality/search_clock.h"

#include "base/log.h"
#include "base/ticker.h"
#include "quality/search_fill.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 60000 };

struct cs_search_clock {
    cs_ticker *ticker;
    char *data;
};

static cs_error any_waits(cs_db *db, bool *waits, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "SELECT 1 FROM conversation WHERE search_document IS NULL LIMIT 1", &stmt, message);
    if (code != CS_OK) return code;
    code = db_step(stmt, waits, message);
    db_done(stmt);
    return code;
}

static cs_error fill(const cs_search_clock *clock, cs_db *db, const atomic_bool *is_stopped, int64_t *filled,
                     cs_message *message) {
    cs_packer *packer = NULL;
    cs_writer *writer = NULL;
    int64_t done = 1;
    cs_error code = packer_open(db, &packer, message);
    if (code == CS_OK) code = writer_open(clock->data, &writer, message);
    while (code == CS_OK && done > 0 && !atomic_load(is_stopped)) {
        code = search_fill_some(db, packer, writer, &done, message);
        *filled += done;
    }
    writer_close(writer);
    if (packer) packer_close(packer);
    return code;
}

/* A store that is not there, empty, or of another version is the server's business to tell. */
static int64_t look(void *context, const atomic_bool *is_stopped) {
    const cs_search_clock *clock = context;
    cs_db *db = NULL;
    cs_message message = {0};
    bool waits = false;
    int64_t filled = 0;
    if (db_open(clock->data, CS_DB_READ, &db, &message) != CS_OK) return LOOK_MS;
    cs_error code = any_waits(db, &waits, &message);
    if (code == CS_OK && waits) code = fill(clock, db, is_stopped, &filled, &message);
    db_close(db);
    if (filled) log_line(CS_LOG_INFO, "%lld conversations can be searched now", (long long)filled);
    if (code != CS_OK) log_line(CS_LOG_WARN, "the search index is not brought up to date: %s", message.reason);
    return LOOK_MS;
}

cs_error search_clock_start(const char *data, cs_search_clock **out, cs_message *message) {
    cs_search_clock *clock = calloc(1, sizeof *clock);
    if (!clock || !(clock->data = strdup(data))) {
        free(clock);
        return message_set(message, CS_ERR_MEMORY, "no memory for the search index");
    }
    cs_error code = ticker_start(look, clock, &clock->ticker, message);
    if (code == CS_OK)
        *out = clock;
    else
        search_clock_stop(clock);
    return code;
}

void search_clock_stop(cs_search_clock *clock) {
    if (!clock) return;
    ticker_stop(clock->ticker);
    free(clock->data);
    free(clock);
}
