/* judgement_place.h - what the machine says at the place somebody judges, and the draw it was judged from. Only judgement*.c.
 * Floor: quality. Of the current inspection: its finding at the turn, else the rule's verdict in the whole conversation.
 * Memory: none. Threads: whoever owns the cs_db.
 * Example: judged_place_find(db, rules, seq, "apologise", 3, &place, &m);
 */
#ifndef CS_QUALITY_JUDGEMENT_PLACE_H
#define CS_QUALITY_JUDGEMENT_PLACE_H

#include "base/hash.h"
#include "quality/judgement.h"
#include "quality/rule_stats.h"

typedef struct cs_judged_place {
    cs_verdict verdict; /* at the turn */
    cs_review_stratum stratum; /* of the conversation */
    bool is_known, has_stratum; /* false: it was inspected under other rules, and found nothing there */
    int64_t turns; /* of the conversation */
    cs_hash definition; /* of the rule's text; zeros: the rule is gone */
} cs_judged_place;

/* CS_ERR_NOT_FOUND: no such conversation, or no such rule and nothing found by it. */
cs_error judged_place_find(cs_db *db, const cs_ruleset *ruleset, int64_t seq, const char *rule, int64_t turn,
                           cs_judged_place *out, cs_message *message);
cs_hash judgement_definition(const cs_rule *rule); /* NULL: zeros */
cs_review_stratum review_stratum_of(cs_verdict verdict);
/* The number of the draw, which is kept when it is judged from for the first time. */
cs_error review_origin_keep(cs_db *db, const cs_review_origin *origin, cs_hash definition, const cs_account *account,
                            int64_t *number, cs_message *message);

#endif
