/* rule_draft.h - what is being written of a rule: one draft a rule, saved as it is typed, well formed or not.
 * Floor: quality. Two people never overwrite each other: whoever saves says which state he saw (changes), and learns of the
 * other's instead: changes never comes twice, for a new draft counts on from the one before. A change of the text takes back what tests and back-tests said of it.
 * Memory: the arena given. Threads: whoever owns the cs_db.
 * Example: rule_draft_save(db, &save, &is_other, &m); rule_draft_write(db, "no-blame", arena, out, NULL, &m);
 */
#ifndef CS_QUALITY_RULE_DRAFT_H
#define CS_QUALITY_RULE_DRAFT_H

#include "base/hash.h"
#include "quality/rule_draft_check.h"

typedef struct cs_rule_draft {
    const char *rule, *text, *state, *reason, *by; /* state: draft, tested */
    const char *tests; /* JSON; NULL: not run on this text */
    int64_t changes, account, at_ms;
    int64_t version; /* the published one that it was begun on; 0: none stood */
} cs_rule_draft;

/* *out NULL: there is none. */
cs_error rule_draft_read(cs_db *db, const char *rule, cs_arena *arena, cs_rule_draft **out, cs_message *message);
cs_error rule_draft_list(cs_db *db, cs_arena *arena, cs_rule_draft **out, uint32_t *count, cs_message *message);
cs_hash rule_draft_hash(const char *text);
/* CS_ERR_USAGE: what can be no rule's name, or would not be reached by it. */
cs_error rule_name_check(const char *rule, cs_message *message);

typedef struct cs_draft_save {
    const char *rule, *text;
    const char *reason; /* NULL: as it was */
    int64_t seen; /* changes of what was seen; 0: none was there */
    int64_t version; /* of the draft that was seen; of a new one: what stood when it was begun */
    const cs_account *account;
    int64_t now_ms;
} cs_draft_save;

/* Inside a writing transaction. *is_other: somebody saved meanwhile, and nothing is changed. */
cs_error rule_draft_save(cs_db *db, const cs_draft_save *save, bool *is_other, cs_message *message);
cs_error rule_draft_delete(cs_db *db, const char *rule, cs_message *message); /* CS_ERR_NOT_FOUND */
/* The same, when it became a version; nothing happens where there is none. */
cs_error rule_draft_end(cs_db *db, const char *rule, cs_message *message);

/* CS_ERR_CONFLICT: it is another state of the draft by now, or there is none. */
cs_error rule_draft_expect(cs_db *db, const char *rule, int64_t changes, cs_message *message);

/* The draft as docs/api.md shows it, null where there is none; checked anew. */
cs_error rule_draft_write(cs_db *db, const char *rule, cs_arena *arena, cs_json_writer *out, const char *key,
                          cs_message *message);

/* ---- its tests ---- */

typedef struct cs_draft_tests {
    uint32_t tests, failed;
    const char *json; /* {"tests", "failed", "failures"} in the arena */
} cs_draft_tests;

/* Of this rule, and of those that use what it changes. check: without problems. */
cs_error rule_draft_test(const cs_ruleset *current, const char *rule, const char *text, const cs_draft_check *check,
                         cs_arena *arena, cs_draft_tests *out, cs_message *message);
/* Names of the tests that fail for a rule of this compiled set, in the arena; tests of other rules' pages among them. */
cs_error rule_tests_failing(cs_ruleset *rules, const cs_rule *rule, cs_arena *arena, const char ***names,
                            uint32_t *count, cs_message *message);
/* Inside a writing transaction: kept when the draft still is the one of these changes. */
cs_error rule_draft_keep_tests(cs_db *db, const char *rule, int64_t changes, const cs_draft_tests *tests,
                               cs_message *message);

#endif
