/* rule_history.h - a rule's way through its versions: published, retired, rolled back; and what was said each time.
 * Floor: quality. All of it is checked as a draft is, before and outside of the transaction that writes it: that one is short.
 * Memory: the arena given. Threads: whoever owns the cs_db for reading; it opens one for writing itself.
 * Example: rule_history_publish(&turn, arena, &version, &m);
 */
#ifndef CS_QUALITY_RULE_HISTORY_H
#define CS_QUALITY_RULE_HISTORY_H

#include "base/json.h"
#include "quality/rulebook.h"

typedef struct cs_rule_turn { /* what somebody wants with a rule */
    cs_db *db; /* for reading, inside a transaction */
    const char *data;
    const cs_ruleset *current;
    const char *rule, *reason;
    const cs_account *account;
    int64_t now_ms;
    int64_t
        seen; /* the version that whoever asks has before him; CS_SEEN_OF_DRAFT: the one that the draft was begun on */
    bool *is_other; /* set with CS_ERR_CONFLICT where a newer one stands by now; may be NULL */
} cs_rule_turn;

enum { CS_SEEN_OF_DRAFT = -1 };

/* The draft of these changes becomes the rule. It must be well formed, its tests pass, a back-test was done on its text, unless
 * without_backtest and a reason. CS_ERR_CONFLICT: it is another draft, or another version stands by now; CS_ERR_USAGE: what
 * is missing. */
cs_error rule_history_publish(const cs_rule_turn *turn, int64_t changes, bool without_backtest, cs_arena *arena,
                              int64_t *version, cs_message *message);
/* Text by itself, over whatever stands: for operators. Its tests must pass. A draft of the rule stays, and is outdated. */
cs_error rule_history_publish_text(const cs_rule_turn *turn, const char *text, cs_arena *arena, int64_t *version,
                                   cs_message *message);
cs_error rule_history_retire(const cs_rule_turn *turn, cs_arena *arena, int64_t *version, cs_message *message);
cs_error rule_history_roll_back(const cs_rule_turn *turn, int64_t to, cs_arena *arena, int64_t *version,
                                cs_message *message);
/* {"items": [...]}: the newest first. Of a rule that was never published here only what the files say. */
cs_error rule_history_write(cs_db *db, const cs_ruleset *current, const char *rule, cs_arena *arena,
                            cs_json_writer *out, cs_message *message);
/* The newest of them, as one item; null where there is none. */
cs_error rule_history_write_newest(cs_db *db, const cs_ruleset *current, const char *rule, cs_arena *arena,
                                   cs_json_writer *out, const char *key, cs_message *message);

#endif
