#include "insight/figures_refresh.h"

#include "base/clock.h"
#include "insight/figure_calendar.h"
#include "insight/figures_count.h"
#include "quality/archive_column.h"

#include <stdlib.h>

enum { MONTH_RESTS_MS = 60000 };

/* One run. The reading handle counts; the writing one is opened when there is something to do. */
typedef struct refresh {
    const char *data;
    cs_db *read, *write;
    int64_t ruleset;
    bool is_done;
    const atomic_bool *is_stopped;
    cs_figures_work *work;
} refresh;

/* What comes of counting a span: its blocks by part. */
typedef struct counted {
    cs_counted_day day;
    cs_buffer bodies[CS_PART_COUNT];
} counted;

static cs_error run_span(cs_db *db, const char *sql, int grain, int64_t start, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "grain", grain);
    db_bind_int64(stmt, "start", start);
    return db_run(stmt, message);
}

/* ---- beginning to count ---- */

/* From here on whoever changes something in it marks it anew. The claim is the marks it had: what is counted afterwards holds
 * all that was changed up to there. */
static cs_error claim(refresh *r, int grain, int64_t start, int64_t *marks, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_begin(r->write, message);
    if (code != CS_OK) return code;
    code = run_span(r->write,
                    "UPDATE figure_span SET taken = marks WHERE grain = :grain AND start = :start AND taken < marks",
                    grain, start, message);
    if (code == CS_OK)
        code =
            db_query(r->write, "SELECT marks FROM figure_span WHERE grain = :grain AND start = :start", &stmt, message);
    if (code == CS_OK) {
        db_bind_int64(stmt, "grain", grain);
        db_bind_int64(stmt, "start", start);
        code = db_step(stmt, &has_row, message);
        *marks = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
        db_done(stmt);
    }
    if (code == CS_OK) return db_commit(r->write, message);
    db_rollback(r->write);
    return code;
}

/* ---- counting ---- */

static cs_error write_parts(const cs_figure_set *set, counted *out, cs_message *message) {
    cs_error code = CS_OK;
    for (cs_figure_part part = 0; part < CS_PART_COUNT && code == CS_OK; part++)
        code = figure_set_write(set, part, &out->bodies[part], message);
    return code;
}

/* The cells by all four of one day, or of the days of a month. */
static cs_error add_blocks(refresh *r, int64_t first, int64_t last, cs_figure_set *set, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_rule_count *room = calloc(CS_MAX_RULES, sizeof *room);
    cs_error code = room ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    if (code == CS_OK)
        code = db_query(r->read,
                        "SELECT f.body FROM figure f JOIN figure_span s ON s.grain = 0 AND s.start = f.start WHERE "
                        "f.grain = 0 AND f.part = :part AND f.start >= :first AND f.start < :last AND s.ruleset = "
                        ":ruleset",
                        &stmt, message);
    if (code == CS_OK) {
        db_bind_int64(stmt, "part", CS_PART_WHOLE);
        db_bind_int64(stmt, "first", first);
        db_bind_int64(stmt, "last", last);
        db_bind_int64(stmt, "ruleset", r->ruleset);
    }
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_block block;
        const cs_cell *cell = NULL;
        size_t length = 0;
        const void *body = db_bytes(stmt, 0, &length);
        block_open(&block, CS_PART_WHOLE, body, length, room, CS_MAX_RULES);
        while ((code = block_next(&block, &cell, message)) == CS_OK && cell)
            if ((code = figure_set_add(set, cell, message)) != CS_OK) break;
    }
    db_done(stmt);
    free(room);
    return code;
}

static cs_error count_span(refresh *r, int grain, int64_t start, counted *out, cs_message *message) {
    cs_figure_set *set = figure_set_create();
    if (!set) return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    cs_error code = db_begin(r->read, message);
    if (code == CS_OK) {
        if (grain == CS_GRAIN_DAY)
            code = figures_count_day(r->read, start, r->ruleset, 0, r->is_stopped, set, &out->day, message);
        else
            code = add_blocks(r, month_first_day(start), month_first_day(start + 1), set, message);
        db_rollback(r->read);
    }
    out->day.conversations = figure_set_conversations(set);
    if (code == CS_OK) code = write_parts(set, out, message);
    figure_set_free(set);
    return code;
}

/* ---- writing ---- */

static cs_error insert_block(cs_db *db, int grain, int64_t start, cs_figure_part part, const cs_buffer *body,
                             cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "INSERT INTO figure (grain, part, start, body) VALUES (:grain, :part, :start, :body)",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "grain", grain);
    db_bind_int64(stmt, "part", part);
    db_bind_int64(stmt, "start", start);
    db_bind_bytes(stmt, "body", body->data, body->length);
    return db_run(stmt, message);
}

/* Another may have counted later marks, or the rule set may be another by now: then this is of no use. */
static cs_error is_wanted(refresh *r, int grain, int64_t start, int64_t marks, bool *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t ruleset = 0;
    cs_error code = current_number(r->write, &ruleset, message);
    if (code == CS_OK)
        code = db_query(r->write,
                        "SELECT CASE WHEN counted < :marks OR coalesce(ruleset, 0) <> :ruleset THEN 1 ELSE 0 END FROM "
                        "figure_span WHERE grain = :grain AND start = :start",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "marks", marks);
    db_bind_int64(stmt, "ruleset", r->ruleset);
    db_bind_int64(stmt, "grain", grain);
    db_bind_int64(stmt, "start", start);
    code = db_step(stmt, &has_row, message);
    *out = code == CS_OK && has_row && db_int64(stmt, 0) != 0 && ruleset == r->ruleset;
    db_done(stmt);
    return code;
}

static cs_error note_counted(refresh *r, int grain, int64_t start, int64_t marks, const cs_counted_day *day,
                             cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(r->write,
                             "UPDATE figure_span SET counted = :marks, counted_ms = :now, ruleset = :ruleset, "
                             "conversations = :conversations, zone_least = :zone_least, zone_most = :zone_most "
                             "WHERE grain = :grain AND start = :start",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "marks", marks);
    db_bind_int64(stmt, "now", clock_now_ms());
    db_bind_int64(stmt, "ruleset", r->ruleset);
    db_bind_int64(stmt, "conversations", day->conversations);
    db_bind_int64(stmt, "zone_least", day->zone_least);
    db_bind_int64(stmt, "zone_most", day->zone_most);
    db_bind_int64(stmt, "grain", grain);
    db_bind_int64(stmt, "start", start);
    return db_run(stmt, message);
}

static cs_error write_span(refresh *r, int grain, int64_t start, int64_t marks, const counted *c, cs_message *message) {
    bool is_needed = false;
    cs_error code = is_wanted(r, grain, start, marks, &is_needed, message);
    if (code != CS_OK || !is_needed) return code;
    code = run_span(r->write, "DELETE FROM figure WHERE grain = :grain AND start = :start", grain, start, message);
    for (cs_figure_part part = 0; part < CS_PART_COUNT && code == CS_OK; part++)
        if (c->bodies[part].length > 0) code = insert_block(r->write, grain, start, part, &c->bodies[part], message);
    if (code == CS_OK) code = note_counted(r, grain, start, marks, &c->day, message);
    if (code != CS_OK || grain == CS_GRAIN_MONTH || start == CS_UNTIMED_DAY) return code;
    return run_span(r->write,
                    "INSERT INTO figure_span (grain, start, marks, taken, counted, conversations) VALUES (:grain, "
                    ":start, 1, 0, 0, 0) ON CONFLICT (grain, start) DO UPDATE SET marks = figure_span.marks + 1 WHERE "
                    "figure_span.marks = figure_span.taken",
                    CS_GRAIN_MONTH, month_of_day(start), message);
}

static cs_error refresh_span(refresh *r, int grain, int64_t start, cs_message *message) {
    counted c = {0};
    int64_t marks = 0;
    for (int part = 0; part < CS_PART_COUNT; part++) buffer_init(&c.bodies[part], CS_MAX_BLOCK_BYTES);
    cs_error code = claim(r, grain, start, &marks, message);
    if (code == CS_OK) code = count_span(r, grain, start, &c, message);
    if (code == CS_OK) code = db_begin(r->write, message);
    if (code == CS_OK) {
        code = write_span(r, grain, start, marks, &c, message);
        if (code == CS_OK)
            code = db_commit(r->write, message);
        else
            db_rollback(r->write);
    }
    for (int part = 0; part < CS_PART_COUNT; part++) buffer_free(&c.bodies[part]);
    return code;
}

/* ---- what is due ---- */

static bool is_stopped(const refresh *r) {
    return r->is_stopped && atomic_load(r->is_stopped);
}

static cs_error refresh_due(refresh *r, int grain, const cs_spans *spans, int64_t rests_since, int64_t *counted_spans,
                            cs_message *message) {
    cs_error code = CS_OK;
    for (size_t i = spans->count; i-- > 0 && code == CS_OK && !is_stopped(r);) { /* the newest first */
        const cs_span *span = &spans->list[i];
        if (!span_is_due(span, r->ruleset)) continue;
        if (grain == CS_GRAIN_MONTH && span->counted_ms > rests_since) {
            r->work->is_left = true;
            continue;
        }
        if (!r->write) code = db_open(r->data, CS_DB_WRITE, &r->write, message);
        if (code == CS_OK) code = refresh_span(r, grain, span->start, message);
        if (code == CS_OK) ++*counted_spans;
    }
    return code;
}

/* A month's counted_ms becomes that of its newest day: while days change, it waits. */
static void rest_months(cs_spans *months, const cs_spans *days) {
    size_t at = 0;
    for (size_t i = 0; i < days->count; i++) {
        if (days->list[i].start == CS_UNTIMED_DAY) continue;
        int64_t month = month_of_day(days->list[i].start);
        while (at < months->count && months->list[at].start < month) at++;
        if (at == months->count) return;
        cs_span *span = &months->list[at];
        if (span->start == month && days->list[i].counted_ms > span->counted_ms)
            span->counted_ms = days->list[i].counted_ms;
    }
}

static cs_error refresh_months(refresh *r, cs_message *message) {
    cs_spans days = {0}, months = {0};
    cs_error code = spans_read(r->read, CS_GRAIN_DAY, INT64_MIN, INT64_MAX, &days, message);
    if (code == CS_OK) code = spans_read(r->read, CS_GRAIN_MONTH, INT64_MIN, INT64_MAX, &months, message);
    if (code == CS_OK) {
        rest_months(&months, &days);
        int64_t since = r->is_done ? INT64_MAX : clock_now_ms() - MONTH_RESTS_MS;
        code = refresh_due(r, CS_GRAIN_MONTH, &months, since, &r->work->months, message);
    }
    for (size_t i = 0; i < days.count; i++) r->work->is_left |= span_is_due(&days.list[i], r->ruleset);
    spans_free(&days);
    spans_free(&months);
    return code;
}

cs_error figures_refresh(const char *data, bool is_done, const atomic_bool *stopped, cs_figures_work *work,
                         cs_message *message) {
    refresh r = {.data = data, .is_done = is_done, .is_stopped = stopped, .work = work};
    cs_spans days = {0};
    *work = (cs_figures_work){0};
    cs_error code = db_open(data, CS_DB_READ, &r.read, message);
    if (code == CS_OK) code = current_number(r.read, &r.ruleset, message);
    if (code == CS_OK) code = spans_read(r.read, CS_GRAIN_DAY, INT64_MIN, INT64_MAX, &days, message);
    if (code == CS_OK) code = refresh_due(&r, CS_GRAIN_DAY, &days, INT64_MAX, &work->days, message);
    spans_free(&days);
    if (code == CS_OK) code = refresh_months(&r, message);
    db_close(r.write);
    db_close(r.read);
    if (code == CS_OK && is_stopped(&r)) return message_set(message, CS_ERR_STOPPED, "the figures wait for later");
    return code == CS_ERR_NOT_FOUND ? CS_OK : code;
}

cs_error figures_are_due(cs_db *db, bool *out, cs_message *message) {
    int64_t due = 0;
    cs_error code = query_number(db,
                                 "SELECT count(*) FROM figure_span WHERE marks > counted OR coalesce(ruleset, 0) <> "
                                 "(SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'ruleset')",
                                 0, &due, message);
    *out = due > 0;
    return code;
}

cs_error figures_forget(const char *data, cs_message *message) {
    cs_db *db = NULL;
    cs_stmt *stmt = NULL;
    cs_error code = db_open(data, CS_DB_WRITE, &db, message);
    if (code == CS_OK) code = db_query(db, "UPDATE figure_span SET marks = marks + 1, ruleset = NULL", &stmt, message);
    if (code == CS_OK) code = db_run(stmt, message);
    db_close(db);
    return code;
}
