/* review.h - what a person judges next: a random draw of findings of one rule or of all, and what came out of it.
 * Floor: quality. Of one rule also conversations in which it found nothing, for what it misses can only be seen there; of all
 * rules only findings: how often they are right.
 * Memory: none but the writer's. Threads: whoever owns the cs_db; a draw reads all verdicts, so on a thread of its own.
 * Example: review_write(db, rules, &(cs_review_wish){.rule = rule, .seed = 7, .take = 20}, &out, &m);
 */
#ifndef CS_QUALITY_REVIEW_H
#define CS_QUALITY_REVIEW_H

#include "base/json.h"
#include "rules/evaluation.h"
#include "store/db.h"

enum { CS_MOST_REVIEWED = 200 }; /* cards of one draw */

typedef struct cs_review_wish {
    const cs_rule *rule; /* NULL: findings of all */
    int64_t seed;
    uint32_t take;
} cs_review_wish;

/* {"rule", "seed", "take", "populations", "items": […], "outcome"} (docs/api.md). */
cs_error review_write(cs_db *db, const cs_ruleset *ruleset, const cs_review_wish *wish, cs_json_writer *out,
                      cs_message *message);

/* The customer's newest other conversations; agent: only this one's (NULL: everybody's). */
cs_error related_write(cs_db *db, int64_t seq, const char *agent, cs_json_writer *out, cs_message *message);

#endif
