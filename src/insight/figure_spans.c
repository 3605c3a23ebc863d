#include "insight/figures_refresh.h"

#include "base/clock.h"

#include <stdlib.h>

enum { PAGE = 10000 };

enum { START, MARKS, COUNTED, COUNTED_MS, RULESET, CONVERSATIONS, ZONE_LEAST, ZONE_MOST };

static cs_error add(cs_spans *spans, size_t *room, cs_stmt *stmt, cs_message *message) {
    if (spans->count == CS_MAX_SPANS) {
        (void)message_set(message, CS_ERR_LIMIT, "the conversations are spread over more than %d days", CS_MAX_SPANS);
        message_remedy(message, "look whether a mapping reads their time rightly, or ask for a shorter time");
        return CS_ERR_LIMIT;
    }
    if (spans->count == *room) {
        *room = *room ? *room * 2 : 256;
        cs_span *wider = realloc(spans->list, *room * sizeof *wider);
        if (!wider) return message_set(message, CS_ERR_MEMORY, "no memory for the days");
        spans->list = wider;
    }
    spans->list[spans->count++] =
        (cs_span){.start = db_int64(stmt, START),
                  .marks = db_int64(stmt, MARKS),
                  .counted = db_int64(stmt, COUNTED),
                  .counted_ms = db_is_null(stmt, COUNTED_MS) ? CS_NO_TIME : db_int64(stmt, COUNTED_MS),
                  .ruleset = db_is_null(stmt, RULESET) ? 0 : db_int64(stmt, RULESET),
                  .conversations = db_int64(stmt, CONVERSATIONS),
                  .zone_least = db_int64(stmt, ZONE_LEAST),
                  .zone_most = db_int64(stmt, ZONE_MOST)};
    return CS_OK;
}

cs_error spans_read(cs_db *db, int grain, int64_t first, int64_t last, cs_spans *out, cs_message *message) {
    size_t room = 0, before = 0;
    cs_error code = CS_OK;
    *out = (cs_spans){0};
    do {
        cs_stmt *stmt = NULL;
        bool has_row = false;
        before = out->count;
        code = db_query(db,
                        "SELECT start, marks, counted, counted_ms, ruleset, conversations, coalesce(zone_least, 0), "
                        "coalesce(zone_most, 0) FROM figure_span WHERE grain = :grain AND start >= :first AND "
                        "start < :last ORDER BY start LIMIT :page",
                        &stmt, message);
        if (code != CS_OK) break;
        db_bind_int64(stmt, "grain", grain);
        db_bind_int64(stmt, "first", first);
        db_bind_int64(stmt, "last", last);
        db_bind_int64(stmt, "page", PAGE);
        while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
            code = add(out, &room, stmt, message);
        db_done(stmt);
        if (out->count > before) first = out->list[out->count - 1].start + 1;
    } while (code == CS_OK && out->count - before == PAGE);
    if (code != CS_OK) spans_free(out);
    return code;
}

void spans_free(cs_spans *spans) {
    free(spans->list);
    *spans = (cs_spans){0};
}

bool span_is_due(const cs_span *span, int64_t ruleset) {
    return span->marks > span->counted || span->ruleset != ruleset;
}
