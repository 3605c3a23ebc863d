#include "insight/figure_sum.h"

#include "insight/figure_calendar.h"
#include "quality/deferred.h"
#include "rules/across.h"

#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000 };

static bool is_of_somebody(const cs_figures_asked *asked) {
    bool is_asked = asked->by != 0;
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) is_asked |= asked->names[d] != NULL;
    return is_asked;
}

static bool has_across(const cs_ruleset *ruleset) {
    for (uint32_t i = 0; i < ruleset_rule_count(ruleset); i++)
        if (across_of(ruleset, i)) return true;
    return false;
}

static void add_state(cs_obligations *one, const char *state, int64_t count) {
    switch (deferred_state_parse(state)) {
    case CS_DEFERRED_MET: one->met = count; break;
    case CS_DEFERRED_MISSED: one->missed = count; break;
    case CS_DEFERRED_WAIVED: one->waived = count; break;
    default: one->undecided = count;
    }
}

cs_error obligations_walk(cs_db *db, const cs_ruleset *ruleset, const cs_figures_asked *asked, int64_t zone_minutes,
                          cs_obligations_visit visit, void *context, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t zone_ms = zone_minutes * MINUTE_MS, far = INT64_MAX / CS_DAY_MS - 2;
    if (is_of_somebody(asked) || !has_across(ruleset)) return CS_OK;
    int64_t first = asked->first_day > -far ? asked->first_day : -far,
            last = asked->last_day < far ? asked->last_day : far;
    cs_error code = db_query(db,
                             "SELECT rule, state, (opened_ms + :zone_ms) / 86400000, count(*) FROM deferred_obligation "
                             "WHERE is_current = 1 AND opened_ms >= :from_ms AND opened_ms < :to_ms "
                             "GROUP BY rule, state, (opened_ms + :zone_ms) / 86400000",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "zone_ms", zone_ms);
    db_bind_int64(stmt, "from_ms", first * CS_DAY_MS - zone_ms);
    db_bind_int64(stmt, "to_ms", last * CS_DAY_MS - zone_ms);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        const cs_rule *rule = ruleset_find(ruleset, db_text(stmt, 0));
        if (!rule || !across_of(ruleset, rule->index)) continue;
        cs_obligations one = {.rule = rule->index, .day = db_int64(stmt, 2)};
        add_state(&one, db_text(stmt, 1), db_int64(stmt, 3));
        visit(context, &one);
    }
    db_done(stmt);
    return code;
}

static void add_one(void *context, const cs_obligations *one) {
    cs_sum *sum = context;
    sum->rules[one->rule].met += one->met;
    sum->rules[one->rule].missed += one->missed;
    sum->rules[one->rule].undecided += one->undecided;
    sum->waived[one->rule] += one->waived;
}

cs_error sum_add_obligations(cs_sum *sum, cs_db *db, const cs_ruleset *ruleset, const cs_figures_asked *asked,
                             int64_t zone_minutes, cs_message *message) {
    sum->waived = calloc((size_t)sum->rule_count + 1, sizeof *sum->waived);
    if (!sum->waived) return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    for (uint32_t i = 0; i < sum->rule_count; i++) sum->waived[i] = across_of(ruleset, i) ? 0 : -1;
    return obligations_walk(db, ruleset, asked, zone_minutes, add_one, sum, message);
}
