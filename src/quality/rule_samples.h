/* rule_samples.h - some conversations in which a rule found something, and some that it passed: to see what it means.
 * Floor: quality. Drawn by chance, the same for the same seed on the same store, and without reading everything: how good a
 * rule is, the draws of review.h say. What the rule says of them is evaluated, so met ones show their words, too.
 * Memory: none but the writer's. Threads: whoever owns the cs_db.
 * Example: rule_samples_write(db, packer, rules, rule, &(cs_rule_samples){.take = 20, .seed = 1}, out, &m);
 */
#ifndef CS_QUALITY_RULE_SAMPLES_H
#define CS_QUALITY_RULE_SAMPLES_H

#include "base/json.h"
#include "rules/evaluation.h"
#include "store/db.h"
#include "store/pack.h"

enum { CS_MOST_RULE_SAMPLES = 50 };

typedef struct cs_rule_samples {
    uint32_t take; /* of each kind, at most CS_MOST_RULE_SAMPLES */
    uint64_t seed;
} cs_rule_samples;

/* {"found", "passed"} of docs/api.md. */
cs_error rule_samples_write(cs_db *db, cs_packer *packer, cs_ruleset *rules, const cs_rule *rule,
                            const cs_rule_samples *wish, cs_json_writer *out, cs_message *message);

#endif
