#include "rules/ruleset_slot.h"

void ruleset_slot_init(cs_ruleset_slot *slot, cs_ruleset *ruleset) {
    pthread_mutex_init(&slot->lock, NULL);
    ruleset_hold(ruleset);
    slot->current = ruleset;
}

void ruleset_slot_free(cs_ruleset_slot *slot) {
    ruleset_release(slot->current);
    pthread_mutex_destroy(&slot->lock);
}

cs_ruleset *ruleset_slot_take(cs_ruleset_slot *slot) {
    pthread_mutex_lock(&slot->lock);
    cs_ruleset *ruleset = slot->current;
    ruleset_hold(ruleset);
    pthread_mutex_unlock(&slot->lock);
    return ruleset;
}

void ruleset_slot_put(cs_ruleset_slot *slot, cs_ruleset *newer) {
    ruleset_hold(newer);
    pthread_mutex_lock(&slot->lock);
    cs_ruleset *before = slot->current;
    slot->current = newer;
    pthread_mutex_unlock(&slot->lock);
    ruleset_release(before);
}
