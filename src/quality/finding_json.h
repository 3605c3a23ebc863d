/* finding_json.h - findings and their evidence as the JSON of docs/api.md: the stored evidence, the conversation's page
 * and `callscope inspect --json` all write it here.
 * Floor: quality. Turns count from 1 outside; null where there is no turn, time or participant.
 * Memory: none but the writer's. Threads: any.
 * Example: finding_write(out, NULL, &verdicts.findings[i], numbers[i]);
 */
#ifndef CS_QUALITY_FINDING_JSON_H
#define CS_QUALITY_FINDING_JSON_H

#include "base/json.h"
#include "quality/scorecard.h"
#include "rules/evaluation.h"

void finding_write(cs_json_writer *out, const char *key, const cs_finding *finding, uint32_t number); /* 0: null */
void evidence_write(cs_json_writer *out, const char *key, const cs_finding *finding); /* the array */

/* Numbers the findings that need a person's eye in the order of the conversation, from 1; 0 for the others. The array
 * has finding_count items and lives in the arena; NULL when out of memory. */
const uint32_t *finding_numbers(const cs_verdicts *verdicts, cs_arena *arena);

void time_write(cs_json_writer *out, const char *key, int64_t ms); /* CS_NO_TIME: null */
void title_write(cs_json_writer *out, const char *key, const cs_rule *rule, const char *name); /* rule NULL: the name */
const char *rule_kind_name(cs_rule_kind kind);
/* "rules": every rule with its verdict and findings, in the rule set's order; texts: with the rule as written. */
void rules_write(cs_json_writer *out, const char *key, const cs_ruleset *ruleset, const cs_verdicts *verdicts,
                 const uint32_t *numbers, bool has_texts);
/* {"compliance": 75, "experience": null, "risk": 0} */
void scores_write(cs_json_writer *out, const char *key, const cs_scores *scores);
void arithmetic_write(cs_json_writer *out, const char *key, const cs_ruleset *ruleset, const cs_scores *scores,
                      const uint32_t *numbers);
void tags_write(cs_json_writer *out, const char *key, const cs_ruleset *ruleset, const cs_verdicts *verdicts);

#endif
