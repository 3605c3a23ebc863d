/* ruleset.h - a rule set: parsed, checked and compiled; immutable and shared by all threads.
 * Floor: rules (knows text and conversation, nothing above). Sources are the .rules, .facts and .facts.csv files under the given
 * paths, in name order, so the same files give the same id everywhere.
 * Memory: ruleset_load gives one with a count of 1; ruleset_hold and ruleset_release count. Threads: any once loaded.
 * Example: ruleset_load(paths, 1, on_problem, NULL, &rules, &m); const cs_rule *r = ruleset_rule(rules, 0);
 */
#ifndef CS_RULES_RULESET_H
#define CS_RULES_RULESET_H

#include "base/error.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_ruleset cs_ruleset;

typedef enum cs_rule_kind { CS_RULE_EXPECT, CS_RULE_NEVER, CS_RULE_FLAG } cs_rule_kind;
typedef enum cs_score { CS_SCORE_COMPLIANCE, CS_SCORE_EXPERIENCE, CS_SCORE_RISK, CS_SCORE_COUNT } cs_score;

typedef struct cs_effect {
    cs_score score;
    int points; /* signed; for fatal the whole 100 */
    int max; /* with each: the most it may add up to, a positive number; 0: no bound */
    bool is_fatal; /* zeroes the score (risk: fills it) */
    bool is_each; /* once per finding instead of once per conversation */
} cs_effect;

enum {
    CS_MAX_EFFECTS = 3,
    CS_MAX_TAGS = 8,
    CS_MAX_RULES = 4000,
    CS_MAX_RULES_BYTES = 4 << 20,
    CS_MAX_SOURCE_BYTES = 16 << 20
};

typedef struct cs_rule {
    const char *name, *title_zh, *title_en; /* a title that is absent in one language is the other's, or the name */
    const char *pack; /* the folder the file stands in: "general" */
    const char *file;
    uint32_t line, index;
    const char *text; /* the rule as written */
    cs_rule_kind kind;
    cs_effect effects[CS_MAX_EFFECTS];
    uint32_t effect_count, tag_count, action_count;
    const char *tags[CS_MAX_TAGS];
    const char *actions[CS_MAX_TAGS]; /* "alert supervisor", "list call-first": words for people, done by later parts */
    bool is_high_risk;
} cs_rule;

typedef struct cs_rule_problem {
    const char *file;
    uint32_t line, column; /* from 1; column counts characters; line 0: the file as a whole */
    const char *reason, *hint; /* hint may be NULL */
} cs_rule_problem;
typedef void (*cs_on_problem)(void *context, const cs_rule_problem *problem);

/* paths: files or folders. Every problem is reported, not only the first; any problem gives CS_ERR_PARSE and no rule set. */
cs_error ruleset_load(const char *const *paths, size_t path_count, cs_on_problem on_problem, void *context,
                      cs_ruleset **out, cs_message *message);
/* The same with a folder where compiled patterns are kept for the next time; NULL: none. */
cs_error ruleset_load_cached(const char *cache, const char *const *paths, size_t path_count, cs_on_problem on_problem,
                             void *context, cs_ruleset **out, cs_message *message);
cs_error ruleset_restore_cached(const char *cache, const char *source, size_t bytes, cs_ruleset **out,
                                cs_message *message);
/* From the text that ruleset_source gave: how the store brings back an old rule set. */
cs_error ruleset_restore(const char *source, size_t bytes, cs_ruleset **out, cs_message *message);
const char *ruleset_source(const cs_ruleset *ruleset, size_t *bytes);
/* Whether one file is well formed. Names that it does not define are taken on trust: another file may define them. */
cs_error ruleset_examine(const char *text, size_t bytes, const char *name, cs_on_problem on_problem, void *context,
                         cs_message *message);
/* The same as ruleset_restore, and every problem is told. */
cs_error ruleset_compile(const char *source, size_t bytes, cs_on_problem on_problem, void *context, cs_ruleset **out,
                         cs_message *message);
/* Read and checked, without patterns: to look at and to cut excerpts from, not to be evaluated. source: as ruleset_source
 * gives it. alone: one file's text, names that it does not define are taken on trust. */
cs_error ruleset_read(const char *source, size_t bytes, cs_on_problem on_problem, void *context, cs_ruleset **out,
                      cs_message *message);
cs_error ruleset_read_alone(const char *text, size_t bytes, const char *name, cs_on_problem on_problem, void *context,
                            cs_ruleset **out, cs_message *message);
void ruleset_hold(cs_ruleset *ruleset);
void ruleset_release(cs_ruleset *ruleset);

cs_hash ruleset_id(const cs_ruleset *ruleset); /* of the source and the engine's version */
const char *ruleset_engine(void); /* version of the engine's meaning: "1" */
uint32_t ruleset_rule_count(const cs_ruleset *ruleset);
const cs_rule *ruleset_rule(const cs_ruleset *ruleset, uint32_t index);
const cs_rule *ruleset_find(const cs_ruleset *ruleset, const char *name); /* NULL: none */

#endif
