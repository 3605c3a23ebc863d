#include "insight/figures_changes.h"

#include "base/clock.h"
#include "insight/figure_calendar.h"
#include "quality/figure_mark.h"

enum { ARENA_BYTES = 256 << 20, MINUTE_MS = 60000, MOST_DAYS_BACK = 14 };

/* ---- which days ---- */

/* The newest day with a conversation that began before; CS_UNTIMED_DAY: there is none. */
static cs_error day_before(cs_db *db, int64_t before_ms, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = CS_UNTIMED_DAY;
    cs_error code = db_query(db,
                             "SELECT started_ms, zone_minutes FROM conversation WHERE started_ms < :before ORDER BY "
                             "started_ms DESC, seq DESC LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "before", before_ms);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *out = figure_day(db_int64(stmt, 0), db_int64(stmt, 1));
    db_done(stmt);
    return code;
}

static int64_t begin_of(int64_t day, int64_t zone_minutes) {
    return day * CS_DAY_MS - zone_minutes * MINUTE_MS;
}

static cs_error choose_days(cs_db *db, int64_t at_ms, int64_t zone, cs_changes *out, cs_message *message) {
    int64_t today = floor_divide(clock_now_ms() + zone * MINUTE_MS, CS_DAY_MS);
    int64_t day = at_ms == CS_NO_TIME ? 0 : floor_divide(at_ms + zone * MINUTE_MS, CS_DAY_MS), earlier = 0;
    cs_error code = at_ms == CS_NO_TIME ? day_before(db, begin_of(today, zone), &day, message) : CS_OK;
    if (code != CS_OK || day == CS_UNTIMED_DAY) return code;
    if (day >= today && at_ms == CS_NO_TIME) day = today - 1; /* begun today by a clock further east */
    out->now.is_there = true;
    out->now.day = day;
    code = day_before(db, begin_of(day, zone), &earlier, message);
    if (code != CS_OK || earlier < day - MOST_DAYS_BACK) return code;
    out->before.is_there = true;
    out->before.day = earlier < day ? earlier : day - 1;
    return CS_OK;
}

/* ---- what happened on them ---- */

static cs_error visit(void *context, int64_t day, const cs_cell *cell, cs_message *message) {
    cs_changes_day *one = context;
    cs_error code = CS_OK;
    sum_add(&one->all, cell);
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT && code == CS_OK; d++)
        code = sums_visit(&one->by[d], day, cell, message);
    return code;
}

static cs_error walk_day(cs_db *db, const cs_ruleset *ruleset, const cs_figures_asked *asked, cs_changes *out,
                         cs_cell_visit how, void *context, cs_sum *all, cs_message *message) {
    cs_figures_truth truth;
    cs_figures_asked whole = *asked;
    cs_error code = figures_walk(db, asked, how, context, &truth, message);
    if (code != CS_OK) return code;
    truth.is_settled = truth.is_settled && out->truth.is_settled;
    if (!out->truth.is_settled) truth.counted_ms = out->truth.counted_ms;
    out->truth = truth;
    whole.by = 0;
    return sum_add_obligations(all, db, ruleset, &whole, truth.zone_minutes, message);
}

static cs_error read_day(cs_db *db, const cs_ruleset *ruleset, cs_changes_day *one, cs_changes *out,
                         cs_message *message) {
    cs_figures_asked asked = out->asked;
    uint32_t rules = ruleset_rule_count(ruleset);
    cs_error code = sum_init(&one->all, rules, message);
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT && code == CS_OK; d++) {
        code = sums_init(&one->by[d], d, rules, message);
        asked.by |= 1u << d;
    }
    if (code != CS_OK || !one->is_there) return code;
    asked.first_day = one->day;
    asked.last_day = one->day + 1;
    return walk_day(db, ruleset, &asked, out, visit, one, &one->all, message);
}

static cs_error read_weeks(cs_db *db, const cs_ruleset *ruleset, cs_changes *out, cs_message *message) {
    cs_error code = CS_OK;
    for (int i = 0; i < CS_MOST_USUAL && code == CS_OK && out->now.is_there; i++) {
        cs_figures_asked asked = out->asked;
        asked.first_day = out->now.day - 7 * (int64_t)(i + 1);
        asked.last_day = asked.first_day + 1;
        code = sum_init(&out->weeks[i], ruleset_rule_count(ruleset), message);
        if (code == CS_OK)
            code = walk_day(db, ruleset, &asked, out, sum_visit, &out->weeks[i], &out->weeks[i], message);
        out->has_week[i] = code == CS_OK && out->weeks[i].basics.conversations > 0;
        out->week_count += out->has_week[i];
    }
    return code;
}

cs_error changes_read(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, int64_t at_ms, cs_changes *out,
                      cs_message *message) {
    cs_filter timeless = *filter;
    int64_t zone = 0;
    timeless.from_ms = timeless.to_ms = CS_NO_TIME;
    *out = (cs_changes){.truth = {.is_settled = true, .counted_ms = CS_NO_TIME}};
    cs_error code = asked_of(db, &timeless, &out->asked, &zone, message);
    out->truth.zone_minutes = zone;
    if (code == CS_OK) code = choose_days(db, at_ms, zone, out, message);
    if (code == CS_OK) code = read_day(db, ruleset, &out->now, out, message);
    if (code == CS_OK) code = read_day(db, ruleset, &out->before, out, message);
    if (code == CS_OK) code = read_weeks(db, ruleset, out, message);
    if (code == CS_OK) {
        out->asked.first_day = out->now.day;
        out->asked.last_day = out->now.day + 1;
    }
    return code;
}

static void day_free(cs_changes_day *one) {
    sum_free(&one->all);
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) sums_free(&one->by[d]);
}

void changes_free(cs_changes *changes) {
    day_free(&changes->now);
    day_free(&changes->before);
    for (int i = 0; i < CS_MOST_USUAL; i++) sum_free(&changes->weeks[i]);
}

/* ---- told ---- */

cs_error figures_changes(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *measure,
                         int64_t at_ms, cs_json_writer *out, cs_message *message) {
    cs_changes changes = {0};
    cs_measures catalogue = {0};
    const cs_measure *only = NULL;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? measures_open(db, ruleset, arena, &catalogue, message)
                          : message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    if (code == CS_OK && measure && *measure && !(only = measures_find(&catalogue, measure))) {
        code = message_set(message, CS_ERR_USAGE, "there is no measure \"%.60s\"", measure);
        message_place(message, "measure");
        message_remedy(message, "take an id of GET /api/v1/measures");
    }
    if (code == CS_OK) code = changes_read(db, ruleset, filter, at_ms, &changes, message);
    if (code == CS_OK) code = changes_write(&changes, &catalogue, only, out, message);
    changes_free(&changes);
    arena_free(arena);
    return code;
}
