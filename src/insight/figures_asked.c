#include "insight/figures.h"

#include "base/clock.h"
#include "insight/figure_calendar.h"
#include "quality/finding_json.h"

#include <string.h>

/* Where clocks go forward or back, a day begins an hour or two off. */
enum { MINUTE_MS = 60000, SLACK_MS = 2 * 3600000 };

/* To the day that begins there; else outwards, so that all that is asked is in. */
static int64_t day_at(int64_t ms, int64_t zone_minutes, bool is_end) {
    int64_t local = ms + zone_minutes * MINUTE_MS, day = floor_divide(local, CS_DAY_MS), into = local - day * CS_DAY_MS;
    if (into <= SLACK_MS) return day;
    return is_end || into >= CS_DAY_MS - SLACK_MS ? day + 1 : day;
}

cs_error asked_of(cs_db *db, const cs_filter *filter, cs_figures_asked *out, int64_t *zone_minutes,
                  cs_message *message) {
    *out = (cs_figures_asked){.first_day = CS_FIRST_DAY,
                              .last_day = CS_LAST_DAY,
                              .names = {filter->agent, filter->team, filter->queue, filter->channels}};
    cs_error code = figures_zone(db, zone_minutes, message);
    if (code != CS_OK) return code;
    if (filter->from_ms != CS_NO_TIME) out->first_day = day_at(filter->from_ms, *zone_minutes, false);
    if (filter->to_ms != CS_NO_TIME) out->last_day = day_at(filter->to_ms, *zone_minutes, true);
    if (out->first_day < out->last_day) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the span ends before it begins");
    message_place(message, "to");
    message_remedy(message, "give a to that is later than from, by a day at least");
    return CS_ERR_USAGE;
}

cs_error dimension_of(const char *by, bool has_channel, cs_dimension *out, cs_message *message) {
    *out = CS_BY_AGENT;
    if (!by || !*by) return CS_OK;
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) {
        if (strcmp(dimension_name(d), by) != 0 || (d == CS_BY_CHANNEL && !has_channel)) continue;
        *out = d;
        return CS_OK;
    }
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of by is not understood", by);
    message_place(message, "by");
    message_remedy(message, "by takes %s", has_channel ? "agent, team, queue, channel" : "agent, team, queue");
    return CS_ERR_USAGE;
}

static void bound_write(cs_json_writer *out, const char *key, int64_t day, int64_t zone_minutes) {
    if (day == CS_FIRST_DAY || day == CS_LAST_DAY)
        json_write_null(out, key);
    else
        json_write_int(out, key, day * CS_DAY_MS - zone_minutes * MINUTE_MS);
}

void span_write(const cs_figures_asked *asked, const cs_figures_truth *truth, cs_json_writer *out) {
    bound_write(out, "from_ms", asked->first_day, truth->zone_minutes);
    bound_write(out, "to_ms", asked->last_day, truth->zone_minutes);
    json_write_int(out, "zone_minutes", truth->zone_minutes);
    json_write_bool(out, "is_settled", truth->is_settled);
    time_write(out, "counted_ms", truth->is_settled ? clock_now_ms() : truth->counted_ms);
}

void mean_write(const cs_basics *basics, cs_json_writer *out) {
    json_object_open(out, "scores");
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++) {
        json_object_open(out, score_name(score));
        if (basics->counts[score] == 0)
            json_write_null(out, "mean");
        else
            json_write_double(out, "mean", (double)basics->sums[score] / (double)basics->counts[score], 1);
        json_write_int(out, "count", basics->counts[score]);
        json_object_close(out);
    }
    json_object_close(out);
}

void words_write(cs_json_writer *out, const char *key, const cs_words *words) {
    json_object_open(out, key);
    json_write_string(out, "zh", words->zh);
    json_write_string(out, "en", words->en);
    json_object_close(out);
}

void value_write(cs_json_writer *out, const char *key, bool has_value, double value) {
    if (has_value)
        json_write_double(out, key, value, 4);
    else
        json_write_null(out, key);
}
