/* judge.h - one obligation: met or missed, hit or clean, undecided, or not applicable. Private to rules/.
 * Floor: rules. Memory: findings in the timeline's arena. Threads: one.
 * Example: judge_case(&ctx, body, trigger, &c, &finding)
 */
#ifndef CS_RULES_JUDGE_H
#define CS_RULES_JUDGE_H

#include "rules/obligation.h"

/* Judges what trigger opens (NULL: the conversation). false: still pending, c and finding mean nothing. */
bool judge_case(cs_context *context, const cs_rule_body *body, const cs_occurrence *trigger, cs_case *c,
                cs_finding *finding);
/* A prohibition that was not broken in the window of c. */
void judge_clean(const cs_context *context, const cs_case *c, cs_finding *finding);
/* The scope as it stands once the moment is over. */
cs_scope judge_until(cs_scope scope, cs_moment moment);

#endif
