#include "insight/figures_walk.h"

#include "base/clock.h"
#include "insight/figure_calendar.h"
#include "insight/figures_count.h"
#include "quality/archive_column.h"

#include <stdlib.h>
#include <string.h>

/* Conversations that a reader counts on the spot, all due days together. */
enum { MOST_COUNTED = 8000, WHOLE_PAGE = 31, PAGE = 400, CHANNEL_BYTES = 400 };

typedef enum use { USE_STORED, USE_COUNTED, USE_MONTH, USE_STALE } use;

typedef struct walk {
    cs_db *db;
    const cs_figures_asked *asked;
    cs_cell_visit visit;
    void *context;
    cs_figures_truth *truth;
    cs_figure_part part;
    cs_rule_count *room;
    cs_spans days, months;
    use *uses; /* by day */
    bool *is_used; /* by month */
    bool is_stale; /* the blocks visited now are of another rule set */
} walk;

/* ---- what is asked ---- */

static cs_figure_part part_of(const cs_figures_asked *asked) {
    cs_figure_part part = CS_PART_ALL;
    int count = 0;
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) {
        if (!asked->names[d] && !(asked->by >> d & 1)) continue;
        part = (cs_figure_part)(d + 1);
        count++;
    }
    return count > 1 ? CS_PART_WHOLE : part;
}

static bool is_among(const char *list, const cs_name *name) {
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ",");
        if (length == name->bytes && memcmp(at, name->text, length) == 0) return true;
        at += length;
        if (!*at) return false;
    }
}

static bool wants(const void *context, const cs_name *names) {
    const cs_figures_asked *asked = context;
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) {
        const char *name = asked->names[d];
        if (!name) continue;
        if (!names[d].text) return false;
        if (d == CS_BY_CHANNEL ? !is_among(name, &names[d])
                               : strlen(name) != names[d].bytes || memcmp(name, names[d].text, names[d].bytes) != 0)
            return false;
    }
    return true;
}

static cs_error visit_block(walk *w, int64_t day, const void *body, size_t bytes, cs_message *message) {
    cs_block block;
    const cs_cell *cell = NULL;
    block_open(&block, w->part, body, bytes, w->room, CS_MAX_RULES);
    block.wants = wants;
    block.context = w->asked;
    cs_error code = CS_OK;
    while (code == CS_OK && (code = block_next(&block, &cell, message)) == CS_OK && cell) {
        cs_cell bare = *cell;
        if (w->is_stale) { /* not one of them is inspected under the rule set of now, as far as is known */
            bare.basics.judged = 0;
            bare.rule_count = 0;
        }
        code = w->visit(w->context, day, &bare, message);
    }
    return code;
}

/* ---- what is due ---- */

/* Counts a due day now. *is_done false: it has too many conversations for that. */
static cs_error count_now(walk *w, size_t at, int64_t *left, bool *is_done, cs_message *message) {
    cs_counted_day day;
    cs_buffer body;
    cs_figure_set *set = figure_set_create();
    buffer_init(&body, CS_MAX_BLOCK_BYTES);
    cs_error code = set ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    if (code == CS_OK)
        code = figures_count_day(w->db, w->days.list[at].start, w->truth->ruleset, *left, NULL, set, &day, message);
    *is_done = code == CS_OK && !day.is_cut;
    if (code == CS_OK) *left -= day.conversations;
    if (*is_done) code = figure_set_write(set, w->part, &body, message);
    if (code == CS_OK && *is_done) {
        cs_span *span = &w->days.list[at];
        span->conversations = day.conversations;
        span->zone_least = day.zone_least;
        span->zone_most = day.zone_most;
        code = visit_block(w, span->start, body.data, body.length, message);
    }
    buffer_free(&body);
    figure_set_free(set);
    return code;
}

/* The newest first, until there are too many. */
static cs_error count_due(walk *w, cs_message *message) {
    int64_t left = MOST_COUNTED;
    bool is_done = true;
    cs_error code = CS_OK;
    for (size_t i = w->days.count; i-- > 0 && code == CS_OK;) {
        const cs_span *day = &w->days.list[i];
        if (!span_is_due(day, w->truth->ruleset)) continue;
        is_done = is_done && left > 0;
        if (is_done) code = count_now(w, i, &left, &is_done, message);
        if (code == CS_OK && is_done) {
            w->uses[i] = USE_COUNTED;
            continue;
        }
        w->uses[i] = day->ruleset == w->truth->ruleset ? USE_STORED : USE_STALE;
        if (w->truth->is_settled || day->counted_ms < w->truth->counted_ms) w->truth->counted_ms = day->counted_ms;
        w->truth->is_settled = false;
    }
    return code;
}

/* ---- months ---- */

static bool is_whole_month(const walk *w, int64_t month) {
    return month_first_day(month) >= w->asked->first_day && month_first_day(month + 1) <= w->asked->last_day;
}

static void use_months(walk *w) {
    size_t at = 0;
    if (w->asked->step == CS_STEP_DAY || w->asked->step == CS_STEP_WEEK) return;
    for (size_t i = 0; i < w->months.count; i++) {
        int64_t month = w->months.list[i].start, next = month_first_day(month + 1);
        while (at < w->days.count && w->days.list[at].start < month_first_day(month)) at++;
        size_t from = at;
        bool is_settled = !span_is_due(&w->months.list[i], w->truth->ruleset) && is_whole_month(w, month);
        for (; at < w->days.count && w->days.list[at].start < next; at++)
            is_settled &= !span_is_due(&w->days.list[at], w->truth->ruleset);
        if (!is_settled) continue;
        w->is_used[i] = true;
        for (size_t day = from; day < at; day++) w->uses[day] = USE_MONTH;
    }
}

/* ---- what is stored ---- */

/* Days or months from first on, at most a page of them, and of these those with this use. */
static cs_error visit_page(walk *w, int grain, int64_t first, int64_t last, use which, cs_message *message) {
    const cs_spans *spans = grain == CS_GRAIN_DAY ? &w->days : &w->months;
    size_t at = 0;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(w->db,
                             "SELECT start, body FROM figure WHERE grain = :grain AND part = :part AND start >= :first "
                             "AND start <= :last ORDER BY start",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "grain", grain);
    db_bind_int64(stmt, "part", w->part);
    db_bind_int64(stmt, "first", first);
    db_bind_int64(stmt, "last", last);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        int64_t start = db_int64(stmt, 0);
        size_t length = 0;
        while (at < spans->count && spans->list[at].start < start) at++;
        if (at == spans->count || spans->list[at].start != start) continue;
        if (grain == CS_GRAIN_DAY ? w->uses[at] != which : !w->is_used[at]) continue;
        const void *body = db_bytes(stmt, 1, &length);
        int64_t day = grain == CS_GRAIN_MONTH ? month_first_day(start) : start;
        code = visit_block(w, day, body, length, message);
    }
    db_done(stmt);
    return code;
}

/* From one span with this use to the next, at most a page at once. */
static cs_error visit_stored(walk *w, int grain, use which, cs_message *message) {
    const cs_spans *spans = grain == CS_GRAIN_DAY ? &w->days : &w->months;
    size_t most = w->part == CS_PART_WHOLE || w->part == CS_PART_AGENT ? WHOLE_PAGE : PAGE, pending = 0;
    int64_t first = 0, last = 0;
    cs_error code = CS_OK;
    w->is_stale = which == USE_STALE;
    for (size_t i = 0; i < spans->count && code == CS_OK; i++) {
        bool is_one = grain == CS_GRAIN_DAY ? w->uses[i] == which : w->is_used[i];
        bool is_end = pending > 0 && (!is_one || pending == most);
        if (is_end) {
            code = visit_page(w, grain, first, last, which, message);
            pending = 0;
        }
        if (!is_one) continue;
        if (pending++ == 0) first = spans->list[i].start;
        last = spans->list[i].start;
    }
    if (code == CS_OK && pending > 0) code = visit_page(w, grain, first, last, which, message);
    w->is_stale = false;
    return code;
}

/* ---- the span ---- */

cs_error figures_zone(cs_db *db, int64_t *zone_minutes, cs_message *message) {
    return query_number(db,
                        "SELECT zone_minutes FROM conversation WHERE started_ms = (SELECT max(started_ms) FROM "
                        "conversation) ORDER BY seq DESC LIMIT 1",
                        0, zone_minutes, message);
}

static bool has_days(const cs_figures_asked *asked) {
    return asked->first_day != CS_FIRST_DAY || asked->last_day != CS_LAST_DAY;
}

/* The days asked, and one more on each side for the zones that reach over. */
static cs_error read_spans(walk *w, cs_message *message) {
    int64_t first = w->asked->first_day, last = w->asked->last_day;
    bool is_all = !has_days(w->asked);
    if (!is_all && first <= CS_UNTIMED_DAY) first = CS_UNTIMED_DAY + 1;
    cs_error code = spans_read(w->db, CS_GRAIN_DAY, first, last, &w->days, message);
    if (code == CS_OK) code = spans_read(w->db, CS_GRAIN_MONTH, INT64_MIN, INT64_MAX, &w->months, message);
    if (code != CS_OK) return code;
    w->uses = calloc(w->days.count + 1, sizeof *w->uses);
    w->is_used = calloc(w->months.count + 1, sizeof *w->is_used);
    w->room = calloc(CS_MAX_RULES, sizeof *w->room);
    if (!w->uses || !w->is_used || !w->room) return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    return CS_OK;
}

static void note_bounds(walk *w) {
    cs_figures_truth *truth = w->truth;
    truth->has_one_zone = true;
    for (size_t i = 0; i < w->days.count; i++) {
        const cs_span *day = &w->days.list[i];
        if (day->conversations == 0 || day->start == CS_UNTIMED_DAY) continue;
        if (truth->first_day == truth->last_day) truth->first_day = day->start;
        truth->last_day = day->start + 1;
        if (day->zone_least != truth->zone_minutes || day->zone_most != truth->zone_minutes)
            truth->has_one_zone = false;
    }
}

/* Conversations of another zone on the day before or after may lie in the asked hours. */
static cs_error look_beside(walk *w, int64_t day, cs_message *message) {
    cs_spans beside = {0};
    if (day == CS_FIRST_DAY || day == CS_LAST_DAY) return CS_OK;
    cs_error code = spans_read(w->db, CS_GRAIN_DAY, day, day + 1, &beside, message);
    if (code == CS_OK && beside.count == 1) {
        const cs_span *span = &beside.list[0];
        int64_t zone = w->truth->zone_minutes;
        if (span_is_due(span, w->truth->ruleset) ||
            (span->conversations > 0 && (span->zone_least != zone || span->zone_most != zone)))
            w->truth->has_one_zone = false;
    }
    spans_free(&beside);
    return code;
}

cs_error figures_walk(cs_db *db, const cs_figures_asked *asked, cs_cell_visit visit, void *context,
                      cs_figures_truth *truth, cs_message *message) {
    walk w = {.db = db, .asked = asked, .visit = visit, .context = context, .truth = truth, .part = part_of(asked)};
    *truth = (cs_figures_truth){.is_settled = true, .counted_ms = CS_NO_TIME};
    cs_error code = current_number(db, &truth->ruleset, message);
    if (code == CS_OK) code = figures_zone(db, &truth->zone_minutes, message);
    if (code == CS_OK) code = read_spans(&w, message);
    if (code == CS_OK) use_months(&w);
    if (code == CS_OK) code = count_due(&w, message);
    if (code == CS_OK) code = visit_stored(&w, CS_GRAIN_MONTH, USE_MONTH, message);
    if (code == CS_OK) code = visit_stored(&w, CS_GRAIN_DAY, USE_STORED, message);
    if (code == CS_OK) code = visit_stored(&w, CS_GRAIN_DAY, USE_STALE, message);
    if (code == CS_OK) note_bounds(&w);
    if (code == CS_OK && has_days(asked)) {
        if (asked->first_day != CS_FIRST_DAY) code = look_beside(&w, asked->first_day - 1, message);
        if (code == CS_OK && asked->last_day != CS_LAST_DAY) code = look_beside(&w, asked->last_day, message);
    }
    spans_free(&w.days);
    spans_free(&w.months);
    free(w.uses);
    free(w.is_used);
    free(w.room);
    return code;
}
