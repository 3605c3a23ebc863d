#include "insight/figures.h"

#include "insight/figure_calendar.h"
#include "quality/figure_mark.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 256 << 20, MINUTE_MS = 60000 };

typedef struct point {
    int64_t first_day; /* of its step */
    cs_basics basics;
    int64_t met, missed, undecided;
} point;

typedef struct trend {
    cs_step_by step;
    const cs_measure *measure; /* NULL: conversations */
    const bool *is_meant; /* by rule */
    uint32_t rule_count;
    point *points; /* ascending */
    size_t count, room;
} trend;

static int64_t step_start(cs_step_by step, int64_t day) {
    if (step == CS_STEP_WEEK) return week_first_day(day);
    return step == CS_STEP_MONTH ? month_first_day(month_of_day(day)) : day;
}

static int64_t step_next(cs_step_by step, int64_t start) {
    if (step == CS_STEP_WEEK) return start + 7;
    return step == CS_STEP_MONTH ? month_first_day(month_of_day(start) + 1) : start + 1;
}

/* Days mostly come in their order: the place is looked for from the end. NULL: no memory. */
static point *point_of(trend *t, int64_t start) {
    size_t at = t->count;
    while (at > 0 && t->points[at - 1].first_day > start) at--;
    if (at > 0 && t->points[at - 1].first_day == start) return &t->points[at - 1];
    if (t->count == t->room) {
        size_t room = t->room ? t->room * 2 : 64;
        point *wider = realloc(t->points, room * sizeof *wider);
        if (!wider) return NULL;
        t->points = wider;
        t->room = room;
    }
    memmove(&t->points[at + 1], &t->points[at], (t->count - at) * sizeof *t->points);
    t->points[at] = (point){.first_day = start};
    t->count++;
    return &t->points[at];
}

static cs_error visit(void *context, int64_t day, const cs_cell *cell, cs_message *message) {
    trend *t = context;
    if (day == CS_UNTIMED_DAY) return CS_OK; /* on no step of time */
    point *one = point_of(t, step_start(t->step, day));
    if (!one) return message_set(message, CS_ERR_MEMORY, "no memory for the trend");
    basics_add(&one->basics, &cell->basics);
    for (uint32_t i = 0; i < cell->rule_count; i++) {
        const cs_rule_count *rule = &cell->rules[i];
        if (rule->rule >= t->rule_count || !t->is_meant[rule->rule]) continue;
        one->met += rule->met;
        one->missed += rule->missed;
        one->undecided += rule->undecided;
    }
    return CS_OK;
}

static void visit_obligations(void *context, const cs_obligations *of_day) {
    trend *t = context;
    point *one = t->is_meant[of_day->rule] ? point_of(t, step_start(t->step, of_day->day)) : NULL;
    if (!one) return;
    one->met += of_day->met;
    one->missed += of_day->missed;
    one->undecided += of_day->undecided;
}

/* ---- writing ---- */

static void value_of(const trend *t, const point *p, cs_json_writer *out) {
    const cs_measure *m = t->measure;
    int64_t judged = p->met + p->missed;
    if (!m) {
        json_write_int(out, "value", p->basics.conversations);
        return;
    }
    if (m->kind == CS_MEASURE_SCORE) {
        int64_t count = p->basics.counts[m->score];
        value_write(out, "value", count > 0, count ? (double)p->basics.sums[m->score] / (double)count : 0);
        return;
    }
    value_write(out, "value", judged > 0,
                judged ? (double)(m->counts_missed ? p->missed : p->met) / (double)judged : 0);
}

/* The first and last step are cut at the span's ends. */
static void point_write(const trend *t, const cs_figures_asked *asked, int64_t zone, point p, cs_json_writer *out) {
    int64_t first = p.first_day, last = step_next(t->step, first);
    if (first < asked->first_day) first = asked->first_day;
    if (last > asked->last_day) last = asked->last_day;
    if (t->measure && t->measure->kind == CS_MEASURE_HIGH_RISK) {
        p.missed = p.basics.high_risk;
        p.met = p.basics.conversations - p.missed;
    }
    json_object_open(out, NULL);
    json_write_int(out, "from_ms", first * CS_DAY_MS - zone * MINUTE_MS);
    json_write_int(out, "to_ms", last * CS_DAY_MS - zone * MINUTE_MS);
    json_write_int(out, "conversations", p.basics.conversations);
    json_write_int(out, "met", p.met);
    json_write_int(out, "missed", p.missed);
    json_write_int(out, "undecided", p.undecided);
    value_of(t, &p, out);
    json_object_close(out);
}

/* Every step of the span, also those without a conversation. */
static cs_error points_write(const trend *t, const cs_figures_asked *asked, int64_t zone, cs_json_writer *out,
                             cs_message *message) {
    bool is_empty = t->count == 0;
    int64_t first = asked->first_day, last = asked->last_day, made = 0;
    if (first == CS_FIRST_DAY) first = is_empty ? 0 : t->points[0].first_day;
    if (last == CS_LAST_DAY) last = is_empty ? first : step_next(t->step, t->points[t->count - 1].first_day);
    size_t at = 0;
    json_array_open(out, "points");
    for (int64_t start = step_start(t->step, first); start < last; start = step_next(t->step, start)) {
        if (made++ == CS_MAX_POINTS) {
            (void)message_set(message, CS_ERR_USAGE, "the trend has more than %d points", CS_MAX_POINTS);
            message_place(message, "by");
            message_remedy(message, "ask for a shorter time, or by=week or by=month");
            return CS_ERR_USAGE;
        }
        while (at < t->count && t->points[at].first_day < start) at++;
        bool is_there = at < t->count && t->points[at].first_day == start;
        point_write(t, asked, zone, is_there ? t->points[at] : (point){.first_day = start}, out);
    }
    json_array_close(out);
    return CS_OK;
}

/* ---- what is asked ---- */

static cs_error step_of(const char *by, cs_step_by *out, cs_message *message) {
    static const char *const names[] = {"day", "week", "month"};
    *out = CS_STEP_DAY;
    if (!by || !*by) return CS_OK;
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], by) == 0) {
            *out = (cs_step_by)(CS_STEP_DAY + i);
            return CS_OK;
        }
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of by is not understood", by);
    message_place(message, "by");
    message_remedy(message, "by takes day, week, month");
    return CS_ERR_USAGE;
}

static cs_error measure_named(const cs_measures *catalogue, const char *id, trend *t, cs_arena *arena,
                              cs_message *message) {
    bool *is_meant = arena_array(arena, (size_t)t->rule_count + 1, sizeof *is_meant);
    if (!is_meant) return message_set(message, CS_ERR_MEMORY, "no memory for the trend");
    t->is_meant = is_meant;
    if (!id || !*id || strcmp(id, "conversations") == 0) return CS_OK;
    t->measure = measures_find(catalogue, id);
    if (!t->measure) {
        (void)message_set(message, CS_ERR_USAGE, "there is no measure \"%.60s\"", id);
        message_place(message, "measure");
        message_remedy(message, "take conversations, or an id of GET /api/v1/measures");
        return CS_ERR_USAGE;
    }
    for (uint32_t i = 0; i < t->measure->place_count; i++) is_meant[t->measure->places[i]] = true;
    return CS_OK;
}

cs_error figures_trend(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *measure,
                       const char *by, cs_json_writer *out, cs_message *message) {
    cs_figures_asked asked;
    cs_figures_truth truth = {0};
    cs_measures catalogue = {0};
    trend t = {.rule_count = ruleset_rule_count(ruleset)};
    int64_t zone = 0;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? step_of(by, &t.step, message) : message_set(message, CS_ERR_MEMORY, "no memory");
    if (code == CS_OK) code = asked_of(db, filter, &asked, &zone, message);
    if (code == CS_OK) code = measures_open(db, ruleset, arena, &catalogue, message);
    if (code == CS_OK) code = measure_named(&catalogue, measure, &t, arena, message);
    if (code == CS_OK) {
        asked.step = t.step;
        code = figures_walk(db, &asked, visit, &t, &truth, message);
    }
    if (code == CS_OK && t.measure)
        code = obligations_walk(db, ruleset, &asked, truth.zone_minutes, visit_obligations, &t, message);
    if (code == CS_OK) {
        json_object_open(out, NULL);
        span_write(&asked, &truth, out);
        json_write_string(out, "measure", t.measure ? t.measure->id : "conversations");
        json_write_string(out, "unit", t.measure ? measure_unit(t.measure) : "conversations");
        value_write(out, "target", t.measure && t.measure->has_target, t.measure ? t.measure->target : 0);
        code = points_write(&t, &asked, truth.zone_minutes, out, message);
        json_object_close(out);
    }
    free(t.points);
    arena_free(arena);
    return code;
}
