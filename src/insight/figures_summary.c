#include "insight/figures.h"

#include "base/clock.h"
#include "insight/figure_calendar.h"
#include "quality/archive_summary.h"

#include <stdlib.h>

enum { MINUTE_MS = 60000 };

static bool is_day(int64_t ms, int64_t zone_minutes) {
    int64_t local = ms + zone_minutes * MINUTE_MS;
    return ms == CS_NO_TIME || local == floor_divide(local, CS_DAY_MS) * CS_DAY_MS;
}

/* Only what cells are told apart by, over whole days. */
static bool is_of_cells(const cs_filter *f, int64_t zone_minutes) {
    return !f->rule && !f->verdict && !f->text && f->score < 0 && f->score_min < 0 && f->score_max < 0 &&
           !f->high_risk_only && f->seen < 0 && is_day(f->from_ms, zone_minutes) && is_day(f->to_ms, zone_minutes) &&
           (f->from_ms == CS_NO_TIME || f->to_ms == CS_NO_TIME || f->from_ms < f->to_ms);
}

static cs_error write(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const cs_sum *sum,
                      cs_json_writer *out, cs_message *message) {
    cs_summary_counts counts = {
        .conversations = sum->basics.conversations, .scored = sum->basics.scored, .high_risk = sum->basics.high_risk};
    counts.rules = calloc((size_t)sum->rule_count + 1, sizeof *counts.rules);
    if (!counts.rules) return message_set(message, CS_ERR_MEMORY, "no memory for the summary");
    for (int score = 0; score < CS_SCORE_COUNT; score++) {
        counts.sums[score] = sum->basics.sums[score];
        counts.counts[score] = sum->basics.counts[score];
    }
    for (uint32_t i = 0; i < sum->rule_count; i++)
        counts.rules[i] = (cs_summary_rule){.met = sum->rules[i].met,
                                            .missed = sum->rules[i].missed,
                                            .undecided = sum->rules[i].undecided,
                                            .not_applicable = sum_not_applicable(sum, i)};
    cs_error code = summary_write(db, ruleset, filter, &counts, out, message);
    free(counts.rules);
    return code;
}

cs_error figures_summary(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_json_writer *out,
                         cs_message *message) {
    cs_figures_asked asked;
    cs_figures_truth truth = {0};
    cs_sum sum = {0};
    int64_t zone = 0;
    cs_error code = figures_zone(db, &zone, message);
    if (code != CS_OK) return code;
    if (!is_of_cells(filter, zone)) return archive_summary(db, ruleset, filter, out, message);
    code = asked_of(db, filter, &asked, &zone, message);
    if (code == CS_OK) code = sum_init(&sum, ruleset_rule_count(ruleset), message);
    if (code == CS_OK) code = figures_walk(db, &asked, sum_visit, &sum, &truth, message);
    bool has_days = filter->from_ms != CS_NO_TIME || filter->to_ms != CS_NO_TIME;
    bool is_exact = truth.is_settled && (truth.has_one_zone || !has_days);
    if (code == CS_OK)
        code = is_exact ? write(db, ruleset, filter, &sum, out, message)
                        : archive_summary(db, ruleset, filter, out, message);
    sum_free(&sum);
    return code;
}
