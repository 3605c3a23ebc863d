/* rule_draft_case.h - a stored conversation becomes a test of a rule: what was said wrongly once is held fast.
 * Floor: quality. Cut around the turn as far as the rule says the same of the piece as of the whole, without times where it
 * needs none; numbers of people are covered. Only what really comes out is written.
 * Memory: the arena given. Threads: any. Example: case_make(&wish, arena, &made, &m); puts(made.block);
 */
#ifndef CS_QUALITY_RULE_DRAFT_CASE_H
#define CS_QUALITY_RULE_DRAFT_CASE_H

#include "rules/evaluation.h"

typedef struct cs_case_wish {
    cs_ruleset *rules; /* with the rule as it is written now */
    const char *rule;
    const cs_conversation *conversation;
    uint32_t turn; /* from 1; 0: the whole */
    cs_verdict expected;
    const char *text; /* of the draft: names of tests that are taken */
} cs_case_wish;

typedef struct cs_case {
    const char *name, *block; /* the test, to stand behind the draft's text */
    cs_verdict says; /* what the rule says of it now */
    bool is_needed; /* that is not what is expected */
} cs_case;

/* CS_ERR_USAGE: no piece that can be written as a test gives what the whole conversation does. */
cs_error case_make(const cs_case_wish *wish, cs_arena *arena, cs_case *out, cs_message *message);

#endif
