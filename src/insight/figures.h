/* figures.h - the figures as the JSON of docs/api.md: overview, trend, table, heat map, measures.
 * Floor: insight. Spans are whole days on the centre's own clock, that of its newest conversation.
 * Memory: none kept. Threads: whoever owns the cs_db, inside one reading transaction.
 * Example: figures_show(db, rules, &filter, out, &m);
 */
#ifndef CS_INSIGHT_FIGURES_H
#define CS_INSIGHT_FIGURES_H

#include "insight/measure.h"

enum { CS_MAX_POINTS = 4000, CS_MAX_HEAT_ROWS = 200 };

/* Of the filter only from, to, agent, team, queue and channels are asked. */
cs_error figures_show(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_json_writer *out,
                      cs_message *message);
/* measure: an id of the catalogue, or "conversations"; by: day, week, month; NULL: day. */
cs_error figures_trend(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *measure,
                       const char *by, cs_json_writer *out, cs_message *message);
/* by: agent, team, queue, channel; NULL: agent. */
cs_error figures_table(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *by,
                       cs_json_writer *out, cs_message *message);
cs_error figures_heat(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *by,
                      cs_json_writer *out, cs_message *message);

/* A day beside the day before and the same weekdays of eight weeks: what moved beyond chance, and what each agent, team, queue,
 * channel and rule has to do with it. measure: only this one, whether it moved or not; NULL: all. at_ms: a moment of the day;
 * CS_NO_TIME: the last full one. */
cs_error figures_changes(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *measure,
                         int64_t at_ms, cs_json_writer *out, cs_message *message);
/* Agents, teams or queues with enough conversations that miss more, or less, than all do together, beyond chance. */
cs_error figures_ranking(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *by,
                         cs_json_writer *out, cs_message *message);

cs_error measures_show(cs_db *db, const cs_ruleset *ruleset, cs_json_writer *out, cs_message *message);
/* body: {"target": 0.9} or {"target": null}; answers the measure. */
cs_error measures_set(cs_db *db, const cs_ruleset *ruleset, const char *id, const cs_json *body, cs_json_writer *out,
                      cs_message *message);

/* The summary of the API, from figures where its filters allow it and they are exact; else as archive_summary. */
cs_error figures_summary(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_json_writer *out,
                         cs_message *message);

/* ---- private to figures*.c ---- */

cs_error asked_of(cs_db *db, const cs_filter *filter, cs_figures_asked *out, int64_t *zone_minutes,
                  cs_message *message);
cs_error dimension_of(const char *by, bool has_channel, cs_dimension *out, cs_message *message);
/* "from_ms", "to_ms", "zone_minutes", "is_settled", "counted_ms" */
void span_write(const cs_figures_asked *asked, const cs_figures_truth *truth, cs_json_writer *out);
void mean_write(const cs_basics *basics, cs_json_writer *out); /* "scores" */
void words_write(cs_json_writer *out, const char *key, const cs_words *words);
void value_write(cs_json_writer *out, const char *key, bool has_value, double value);
void measure_write(const cs_measure *measure,
                   cs_json_writer *out); /* its members up to "is_rule", without what it comes to */
/* "drill": the filter of the list that shows the numerator; null where no single one does */
void measure_drill_write(const cs_measure *measure, const cs_ruleset *ruleset, cs_json_writer *out);

#endif
