/* evaluation_state.h - a running evaluation, for evaluation.c and signal.c only.
 * Floor: rules. Memory: the arena of the evaluation. Threads: one.
 * Example: code = evaluation_settle(e, &held, &m); if (code == CS_OK && !evaluation_wake(e)) ...
 */
#ifndef CS_RULES_EVALUATION_STATE_H
#define CS_RULES_EVALUATION_STATE_H

#include "rules/evaluation.h"
#include "rules/feed.h"
#include "rules/obligation.h"

typedef struct cs_held { /* pushed, not yet final */
    const cs_turn *turn; /* or a voice, or an event */
    const cs_voice *voice;
    const cs_event *event;
    int64_t start_ms;
} cs_held;

struct cs_evaluation {
    cs_scanner *scanner;
    const cs_syntax *syntax;
    cs_arena *arena;
    cs_timeline timeline;
    cs_table table;
    cs_feed feed;
    uint16_t *state_of; /* by rule: number of its state, from 1; 0: it sleeps */
    cs_rule_state *states; /* of the rules that something woke */
    uint32_t state_count, state_room, rule_count, woken_lists;
    uint32_t spoke; /* bit per role that spoke */
    cs_held *held;
    uint32_t held_count, held_room;
    cs_decided *decided; /* in order of decision */
    uint32_t decided_count, decided_room, decided_sorted;
    cs_signal *signals; /* that stand */
    uint32_t signal_count, signal_room;
};

cs_error evaluation_settle(cs_evaluation *evaluation, const cs_held *held,
                           cs_message *message); /* final, next in order */
bool evaluation_wake(cs_evaluation *evaluation); /* the rules that wait for what occurred; false: out of memory */
cs_context evaluation_context(const cs_evaluation *evaluation, const cs_conversation *end);

#endif
