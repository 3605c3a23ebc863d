/* rule_draft_check.h - whether what somebody writes of a rule is well formed within all the rules, and what it would be.
 * Floor: quality. Problems have their place in the text that is checked; where another rule suffers, line is 0 and the reason
 * names it. Fast enough for every pause of typing: only expressions, /…/, are compiled to be checked.
 * Memory: the arena given, rule sets beside it: draft_check_free. Threads: whoever owns the cs_db.
 * Example: draft_check(db, "no-blame", text, arena, &check, &m); if (!check.count) use(check.small); draft_check_free(&check);
 */
#ifndef CS_QUALITY_RULE_DRAFT_CHECK_H
#define CS_QUALITY_RULE_DRAFT_CHECK_H

#include "base/json.h"
#include "quality/rulebook.h"

enum { CS_MAX_DRAFT_PROBLEMS = 100 };

typedef struct cs_draft_problem {
    uint32_t line, column; /* from 1; 0: the text as a whole */
    const char *reason, *hint; /* hint may be NULL */
} cs_draft_problem;

typedef struct cs_draft_check {
    cs_draft_problem problems[CS_MAX_DRAFT_PROBLEMS];
    uint32_t count;
    const char *rule; /* that the text holds; NULL: none, or several */
    cs_ruleset *whole; /* all rules with this one, read and not compiled; NULL after problems */
    cs_ruleset *small; /* this rule and what it uses, without tests: draft_check_small */
} cs_draft_check;

/* rule: whose draft it is; NULL: of whichever rule the text holds. Problems are no failure: CS_OK with count above 0. */
cs_error draft_check(cs_db *db, const char *rule, const char *text, cs_arena *arena, cs_draft_check *out,
                     cs_message *message);
/* Makes small of a text without problems; what only compiling finds is then told as a problem. */
cs_error draft_check_small(cs_draft_check *made, const char *text, cs_arena *arena, cs_message *message);
void draft_check_free(cs_draft_check *check);
void draft_problems_write(const cs_draft_check *made, cs_json_writer *out, const char *key);

#endif
