/* ruleset_slot.h - the rule set in force, which may be exchanged while others work with the one before.
 * Floor: rules. Who takes one holds it until he is done: what was begun under a rule set ends under it, nothing waits.
 * Memory: the slot holds its rule set; slot_take gives one more hold, to be released. Threads: any.
 * Example: cs_ruleset *r = ruleset_slot_take(&slot); ... ruleset_release(r);  elsewhere: ruleset_slot_put(&slot, newer);
 */
#ifndef CS_RULES_RULESET_SLOT_H
#define CS_RULES_RULESET_SLOT_H

#include "rules/ruleset.h"

#include <pthread.h>

typedef struct cs_ruleset_slot {
    pthread_mutex_t lock; /* held for two instructions */
    cs_ruleset *current;
} cs_ruleset_slot;

void ruleset_slot_init(cs_ruleset_slot *slot, cs_ruleset *ruleset); /* holds it */
void ruleset_slot_free(cs_ruleset_slot *slot);
cs_ruleset *ruleset_slot_take(cs_ruleset_slot *slot);
void ruleset_slot_put(cs_ruleset_slot *slot, cs_ruleset *newer); /* holds it; lets go of the one before */

#endif
