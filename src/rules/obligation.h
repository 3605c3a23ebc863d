/* obligation.h - from conditions to verdicts: one rule over the final part of a timeline. Private to rules/.
 * A rule's obligations follow one another: while one is open, further triggers join it. What is decided is handed over
 * once, in order; what is pending stays for the next call.
 * Floor: rules. Memory: findings in the context's arena. Threads: one.
 * Example: obligation_step(&ctx, rules, i, &state, on_finding, e)
 */
#ifndef CS_RULES_OBLIGATION_H
#define CS_RULES_OBLIGATION_H

#include "rules/expression.h"

typedef struct cs_rule_state {
    uint32_t rule;
    uint64_t demands; /* bit per demand whose obligation was decided; bit 0: before any demand */
    uint32_t ordinal; /* of the last obligation that was decided */
    uint32_t gravest; /* ordinal of the one whose verdict stands for the rule */
    cs_moment cursor; /* triggers up to here joined an obligation or opened one */
    bool is_begun, is_finished;
    cs_verdict verdict; /* highest so far */
    cs_reason reason;
} cs_rule_state;

typedef struct cs_decided { /* a finding and when it is decided */
    cs_finding finding;
    cs_moment at;
    cs_scope window; /* where it was searched: a near-miss may still come after the decision */
} cs_decided;
typedef bool (*cs_on_decided)(void *sink, const cs_decided *decided); /* false: out of memory */

/* end: the conversation at its end with its fields; NULL while it runs. false: out of memory. */
bool obligation_step(cs_context *context, uint32_t rule, cs_rule_state *state, const cs_conversation *end,
                     cs_on_decided on_decided, void *sink);

/* What a rule says of a conversation in which nothing of it stands anywhere, if it has no `where`. */
void obligation_quiet(const cs_rule_body *body, cs_rule_kind kind, cs_channel channel, uint32_t spoke,
                      cs_verdict *verdict, cs_reason *reason);

/* condition.c: channel and where; PENDING while fields are not known. */
cs_outcome condition_value(const cs_rule_body *body, const cs_conversation *head, const cs_conversation *end);

/* explain.c: evidence for a finding. */
typedef struct cs_case { /* one obligation while it is judged */
    const cs_rule_body *body;
    const cs_node *node; /* what is expected or forbidden */
    const cs_occurrence *trigger; /* NULL: the conversation itself */
    cs_anchor anchor;
    cs_scope base, window; /* base: before the node's own windows */
    cs_scope later; /* the window as it was open when the verdict fell: near-misses are looked for outside it */
    cs_outcome outcome;
} cs_case;
bool explain_true(cs_context *context, const cs_case *judged, cs_finding *finding); /* met, hit, noted */
bool explain_false(cs_context *context, const cs_case *judged,
                   cs_finding *finding); /* missed, clean, undecided, not applicable */
/* One of several places where it is forbidden, sure or possible. */
bool explain_place(cs_context *context, const cs_occurrence *occurrence, cs_finding *finding);
/* Adds the nearest near-miss to a missed finding. Only the end knows what was said too late, so it is added then. */
bool explain_near_miss(cs_context *context, cs_decided *missed);

#endif
