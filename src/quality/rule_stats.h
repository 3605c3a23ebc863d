/* rule_stats.h - how each rule came out over all stored conversations, and how far it can be trusted.
 * Floor: quality. Counts are of the current inspections under the store's current rule set; trust comes from people who look
 * at a random sample: of what the rule found for precision, of what it did not for recall.
 * Memory: rule_stats_free; buffers belong to the caller. Threads: whoever owns the cs_db.
 * Example: rule_stats_count(db, rules, &stats, &m); rule_stats_write(stats, &writer); rule_stats_free(stats);
 */
#ifndef CS_QUALITY_RULE_STATS_H
#define CS_QUALITY_RULE_STATS_H

#include "base/json.h"
#include "rules/evaluation.h"
#include "store/db.h"

typedef struct cs_rule_stats cs_rule_stats;

/* ruleset: the store's current one; conversations inspected under others are counted as left out. */
cs_error rule_stats_count(cs_db *db, const cs_ruleset *ruleset, cs_rule_stats **out, cs_message *message);
void rule_stats_free(cs_rule_stats *stats); /* NULL is allowed */
void rule_stats_write(const cs_rule_stats *stats, cs_json_writer *out);

/* ---- a review ---- */

enum { CS_MAX_REVIEW = 10000, CS_MAX_REVIEW_BYTES = 16 << 20 };

/* Strata: by what the rule said. Each conversation stands for weight conversations of its stratum. */
#define CS_REVIEW_TABLE(X)                                                                                             \
    X(FOUND, "found") /* hit, missed or noted */                                                                       \
    X(PASSED, "passed") /* clean, met, not noted */                                                                    \
    X(UNDECIDED, "undecided")                                                                                          \
    X(NOT_APPLICABLE, "not_applicable")
typedef enum cs_review_stratum {
#define X(code, name) CS_REVIEW_##code,
    CS_REVIEW_TABLE(X)
#undef X
        CS_REVIEW_COUNT
} cs_review_stratum;

const char *review_stratum_name(cs_review_stratum stratum);

/* rule: of the store's current rule set. A list to look through, as CSV: id, rule, stratum, weight, and answer to be filled in; in random order, the same for the
 * same seed. take of what was found, and as many of all the rest, each stratum in proportion but none left out. */
cs_error review_draw(cs_db *db, const cs_rule *rule, uint64_t seed, uint32_t take, cs_buffer *out, cs_message *message);

/* The list with its answers: "yes" where what the rule looks for is there, "no" where not, empty where nobody looked.
 * Writes precision and recall with their intervals as JSON. CS_ERR_PARSE names the line. */
cs_error review_read(const char *text, size_t bytes, cs_json_writer *out, cs_message *message);

#endif
